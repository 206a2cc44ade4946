package server

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"shifan/api/server/text"
	"shifan/internal/award"
)

// TestEveryMessageHasASentenceInEveryLanguage reads the source of whoever
// refuses and fails when a catalog lacks a key, so that nobody is ever answered
// with one.
func TestEveryMessageHasASentenceInEveryLanguage(t *testing.T) {
	texts, err := text.Read()
	if err != nil {
		t.Fatal(err)
	}
	keys := make(map[string]string) // key → where
	for _, m := range messagesOf(t, "../../internal/award", "../../internal/acts", "../../internal/postgres", "../../internal/sheet", "../../internal/openid", ".") {
		keys[m.key] = m.place
		for _, language := range text.Languages() {
			for _, at := range holes(texts[language][m.key]) {
				if m.arguments >= 0 && at >= strconv.Itoa(m.arguments) { // one digit each
					t.Errorf("%s has a hole {%s} in %s, and %s gives %d arguments", m.key, at, language, m.place, m.arguments)
				}
			}
		}
	}
	for _, name := range award.OfficeActs() {
		keys["forbidden_"+string(name)] = "internal/acts/policy.go"
	}
	for _, part := range award.Parts() {
		keys["lacks_"+string(part)] = "internal/award/package.go"
	}
	for _, part := range []award.Part{award.PartForm, award.PartReport, award.PartSurvey} {
		keys["lacks_unit_"+string(part)] = "internal/award/package.go"
	}
	for _, intake := range award.Intakes() {
		keys[string(intake)+"_closed"] = "internal/award/intake.go"
	}
	if len(keys) < 150 {
		t.Fatalf("only %d keys found: the walk is broken", len(keys))
	}
	for _, language := range text.Languages() {
		var lacking []string
		for key, place := range keys {
			if _, found := texts[language][key]; !found {
				lacking = append(lacking, key+" ("+place+")")
			}
		}
		slices.Sort(lacking)
		if len(lacking) > 0 {
			t.Errorf("%s lacks %d sentences:\n  %s", language, len(lacking), strings.Join(lacking, "\n  "))
		}
	}
}

func TestCatalogsSayTheSameInEveryLanguage(t *testing.T) {
	texts, err := text.Read()
	if err != nil {
		t.Fatal(err)
	}
	chinese, english := texts["zh-CN"], texts["en"]
	for key, sentence := range chinese {
		if english[key] == "" {
			t.Errorf("%s is Chinese alone", key)
		}
		if a, b := holes(sentence), holes(english[key]); !slices.Equal(a, b) {
			t.Errorf("%s: Chinese fills %v, English %v", key, a, b)
		}
	}
	for key, sentence := range english {
		if chinese[key] == "" {
			t.Errorf("%s is English alone", key)
		}
		if rest := articleCited.ReplaceAllString(sentence, ""); regexp.MustCompile(`\p{Han}`).MatchString(rest) {
			t.Errorf("%s: the English is Chinese", key)
		}
	}
}

// articleCited is how an article is cited in either language.
var articleCited = regexp.MustCompile(`[NO] [一二三四五](\([一二三四五]\))?`)

// argumentHole is where a sentence takes an argument.
var argumentHole = regexp.MustCompile(`\{(\d)(?::([a-z]+))?\}`)

// holes are the arguments a sentence uses, each once.
func holes(sentence string) []string {
	var found []string
	for _, m := range argumentHole.FindAllStringSubmatch(sentence, -1) {
		found = append(found, m[1])
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// TestEveryWordOfTheRulesIsInTheCatalogs keeps sentences from showing a state or
// an act by its name in code.
func TestEveryWordOfTheRulesIsInTheCatalogs(t *testing.T) {
	texts, err := text.Read()
	if err != nil {
		t.Fatal(err)
	}
	words := make(map[string]bool)
	for _, s := range award.FileStates() {
		words["filestate_"+string(s)] = true
	}
	for _, s := range award.RoundStates() {
		words["roundstate_"+string(s)] = true
	}
	for _, s := range award.ObjectionStates() {
		words["objectionstate_"+string(s)] = true
	}
	for _, m := range award.ObjectionMoves() {
		words["act_"+string(m.Act)] = true
	}
	for _, s := range award.StageStates() {
		words["stagestate_"+string(s)] = true
	}
	for _, a := range award.OfficeActs() {
		words["act_"+string(a)] = true
	}
	for _, m := range award.FileMoves() {
		words["act_"+string(m.Act)] = true
	}
	for _, k := range award.Kinds() {
		words["kind_"+string(k)] = true
	}
	for _, k := range award.LeafKinds() {
		words["leafkind_"+string(k)] = true
	}
	for _, f := range award.Failures() {
		words["failed_"+string(f)] = true
	}
	for _, r := range award.CutReasons() {
		words["cut_reason_"+string(r)] = true
	}
	for _, c := range award.Categories() {
		words["category_"+string(c)] = true
	}
	for _, m := range award.Media() {
		words["medium_"+string(m)] = true
	}
	for _, d := range award.DateNames() {
		words["word_"+d.Chinese()] = true
	}
	for _, s := range award.Stages() {
		words["word_"+s.Chinese()] = true
	}
	for _, language := range text.Languages() {
		for word := range words {
			if texts[language][word] == "" {
				t.Errorf("%s lacks the word %s", language, word)
			}
		}
	}
}

func TestArgumentsFillTheirHoles(t *testing.T) {
	texts := text.Texts{"zh-CN": {
		"k": "{1}件，第{0}件为“{2:state}”，{3}", "state_filed": "已申报", "same": "{0}{0}", "two": "{0}，{1}",
	}}
	tests := map[string]struct {
		key  string
		args []any
		want string
	}{
		"in any order, words looked up":      {"k", []any{1, 2, "filed", "x"}, "2件，第1件为“已申报”，x"},
		"a word nobody has":                  {"k", []any{1, 2, "lost", "x"}, "2件，第1件为“lost”，x"},
		"too few arguments":                  {"two", []any{1}, "1，{1}"},
		"an argument that looks like a hole": {"same", []any{"{0}"}, "{0}{0}"},
		"a key nobody has":                   {"none", nil, "none"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := texts.Say("zh-CN", tt.key, tt.args...); got != tt.want {
				t.Errorf("said %q, want %q", got, tt.want)
			}
		})
	}
}

var messageKey = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)+$|^(internal|stale|decided|unavailable)$`)

// message is one place in the source where a message is given.
type message struct {
	key, place string
	arguments  int // how many it is given; -1: not to be seen
}

// messagesOf returns the messages in the source of packages: what is passed to
// Refuse, RefuseFields or to a local function that makes a refusal or a defect,
// and what stands in a Defect. Keys that are put together are left to the
// test's own lists.
func messagesOf(t *testing.T, folders ...string) (messages []message) {
	t.Helper()
	files := token.NewFileSet()
	for _, folder := range folders {
		sources, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range sources {
			if strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, ".gen.go") {
				continue
			}
			file, err := parser.ParseFile(files, path, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			take := func(e ast.Expr, arguments int) {
				if key, ok := literal(e); ok && messageKey.MatchString(key) {
					messages = append(messages, message{key, files.Position(e.Pos()).String(), arguments})
				}
			}
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CallExpr:
					takeCall(n, take)
				case *ast.CompositeLit:
					takeDefect(n, take)
				}
				return true
			})
		}
	}
	return messages
}

// takeCall takes the key of a call that makes a refusal: of Refuse the third
// argument, those after it fill the message; of a local function any that
// looks like a key.
func takeCall(call *ast.CallExpr, take func(key ast.Expr, arguments int)) {
	if !makesRefusal(call) {
		return
	}
	if name := called(call); name == "Refuse" && len(call.Args) >= 3 {
		arguments := len(call.Args) - 3
		if call.Ellipsis.IsValid() {
			arguments = -1
		}
		take(call.Args[2], arguments)
		return
	}
	for _, argument := range call.Args {
		take(argument, -1)
	}
}

// takeDefect takes the key of a Defect that is written out.
func takeDefect(composite *ast.CompositeLit, take func(key ast.Expr, arguments int)) {
	var key, args ast.Expr
	for i, element := range composite.Elts {
		pair, named := element.(*ast.KeyValueExpr)
		switch {
		case named && typeName(pair.Key) == "Key":
			key = pair.Value
		case named && typeName(pair.Key) == "Args":
			args = pair.Value
		case !named && typeName(composite.Type) == "Defect" && i == 1:
			key = element
		case !named && typeName(composite.Type) == "Defect" && i == 2:
			args = element
		}
	}
	if key == nil {
		return
	}
	switch a := args.(type) {
	case nil:
		take(key, 0)
	case *ast.CompositeLit:
		take(key, len(a.Elts))
	default:
		take(key, -1)
	}
}

func literal(e ast.Expr) (string, bool) {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(l.Value)
	return text, err == nil
}

// makesRefusal reports whether a call makes a refusal or a defect: Refuse and
// RefuseFields, and the small local functions that wrap them.
func makesRefusal(call *ast.CallExpr) bool {
	return slices.Contains([]string{"Refuse", "RefuseFields", "refuse", "say", "one", "atLeast", "atMost", "within"}, called(call))
}

func called(call *ast.CallExpr) string { return typeName(call.Fun) }

func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}
