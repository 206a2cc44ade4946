// Package text says things to people: a sentence in the reader's language for
// every message key. The API and the pages say the same.
package text

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"strconv"

	"golang.org/x/text/language"
)

// catalogs hold the sentence for every message key: what is wrong, by which
// article, and what to do. Keys come from internal/award and internal/acts; a
// test reads their source and fails when a catalog lacks one.
//
//go:embed zh-CN.json en.json
var catalogs embed.FS

// Texts are the catalogs by language.
type Texts map[string]map[string]string

// Languages returns our languages; the first is everybody's who asks for none.
func Languages() []string { return []string{"zh-CN", "en"} }

var languageMatcher = language.NewMatcher([]language.Tag{language.MustParse("zh-CN"), language.MustParse("en")})

// Read reads the catalogs of refusals, and those that a border adds for words of
// its own, which go before: <language>.json in each of the folders.
func Read(more ...fs.FS) (Texts, error) {
	t := make(Texts, len(Languages()))
	for _, name := range Languages() {
		t[name] = make(map[string]string)
		for _, folder := range append([]fs.FS{catalogs}, more...) {
			raw, err := fs.ReadFile(folder, name+".json")
			if err != nil {
				return nil, fmt.Errorf("open %s: %w", name, err)
			}
			var catalog map[string]string
			if err := json.Unmarshal(raw, &catalog); err != nil {
				return nil, fmt.Errorf("read %s: %w", name, err)
			}
			maps.Copy(t[name], catalog)
		}
	}
	return t, nil
}

// Language returns which of our languages the caller reads best.
func (t Texts) Language(accept string) string {
	wanted, _, err := language.ParseAcceptLanguage(accept)
	if err != nil || len(wanted) == 0 {
		return Languages()[0]
	}
	_, index, confidence := languageMatcher.Match(wanted...)
	if confidence == language.No {
		return Languages()[0]
	}
	return Languages()[index]
}

// placeholder is {0}, an argument as it is, or {0:state}, an argument whose own
// word stands in the catalog under state_<argument>.
var placeholder = regexp.MustCompile(`\{(\d)(?::([a-z]+))?\}`)

// Say writes a message. A key the catalog lacks is shown as it is, which the
// test of the catalogs prevents.
func (t Texts) Say(language, key string, args ...any) string {
	catalog := t[language]
	sentence, found := catalog[key]
	if !found {
		return key
	}
	return placeholder.ReplaceAllStringFunc(sentence, func(hole string) string {
		part := placeholder.FindStringSubmatch(hole)
		index, err := strconv.Atoi(part[1])
		if err != nil || index >= len(args) {
			return hole
		}
		value := fmt.Sprint(args[index])
		if part[2] != "" {
			if word, found := catalog[part[2]+"_"+value]; found {
				return word
			}
		}
		return value
	})
}
