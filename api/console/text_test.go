package console

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/api/server/text"
	"shifan/internal/acts"
	"shifan/internal/award"
)

func catalog(t *testing.T) text.Texts {
	t.Helper()
	words, err := fs.Sub(files, "text")
	require.NoError(t, err)
	texts, err := text.Read(words)
	require.NoError(t, err)
	return texts
}

var (
	saidInCode = regexp.MustCompile(`(?:\bT\(|Key: )"([a-z][a-z0-9_-]*)"`)
	doneInCode = regexp.MustCompile(`(?m)[dD]one\(.*, "([a-z_]+)"\)$`)
	saidInPage = regexp.MustCompile(`\.T \(?"([a-z][a-z0-9_-]*)"`)
)

// TestEveryTextOfAPageIsInEveryLanguage reads the templates and the code for the
// keys they name.
func TestEveryTextOfAPageIsInEveryLanguage(t *testing.T) {
	keys := make(map[string]string)
	take := func(pattern *regexp.Regexp, prefix, glob string) {
		paths, err := filepath.Glob(glob)
		require.NoError(t, err)
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			source, err := os.ReadFile(path)
			require.NoError(t, err)
			for _, m := range pattern.FindAllStringSubmatch(string(source), -1) {
				key := prefix + m[1]
				if !strings.HasSuffix(key, "_") {
					keys[key] = path
				}
			}
		}
	}
	take(saidInCode, "", "*.go")
	take(doneInCode, "done_", "*.go")
	take(saidInPage, "", "templates/*.html")
	take(saidInPage, "", "templates/frame/*.html")
	require.Greater(t, len(keys), 200, "the walk is broken")

	word := func(kind, value string) { keys[kind+"_"+value] = "a word" }
	for _, o := range []award.Opinion{award.OpinionAgree, award.OpinionDecline, award.OpinionReturn, award.OpinionUnsigned} {
		word("opinion", string(o))
	}
	for _, r := range award.Roles() {
		word("role", string(r))
	}
	for _, k := range award.UseKinds() {
		word("use", string(k))
	}
	for _, s := range []award.Scope{award.Provincial, award.National} {
		word("scope", string(s))
	}
	for _, s := range award.Stages() {
		word("stage_waits", string(s))
	}
	word("how_target", string(award.AtLeast))
	word("how_target", string(award.AtMost))
	word("done", "signed_out")
	for _, s := range award.TitleStates() {
		word("titlestate", string(s))
		if s.Held() {
			word("title_due", string(s))
		}
	}
	for _, s := range []award.PlaqueState{award.PlaqueHeld, award.PlaqueDue, award.PlaqueReturned, award.PlaqueVoid} {
		word("plaquestate", string(s))
	}
	for _, t := range award.ProgressTargets() {
		word("measure", string(t.Measure))
	}
	for _, s := range award.ObjectionStates() {
		word("objectionstate", string(s))
	}
	for _, k := range []string{"objection", "lead"} {
		word("objectionkind", k)
	}
	for _, k := range []string{"person", "unit", asLead} {
		word("objector", k)
	}
	for _, ch := range award.Channels() {
		word("channel", string(ch))
	}
	for _, k := range award.ExpertKinds() {
		word("expertkind", string(k))
	}
	for _, k := range award.MotionKinds() {
		word("motionkind", string(k))
	}
	for _, s := range []award.MotionState{award.MotionOpen, award.MotionClosed, award.MotionWithdrawn} {
		word("motionstate", string(s))
	}
	for _, o := range []award.Outcome{award.Carried, award.Lost, award.Inquorate} {
		word("outcome", string(o))
	}
	for _, v := range award.Votes() {
		word("ballot", string(v))
	}
	for _, s := range caseSteps() {
		word("help_step", s.Name)
		word("done_case", s.Name)
		word("act", string(s.Act))
	}
	for _, k := range award.LogFaultKinds() {
		word("logfault", string(k))
	}
	for _, k := range append(award.ReportChannels(), award.ReportForm) {
		word("reportchannel", string(k))
	}
	for _, o := range award.ReportOutcomes() {
		word("reportstate", string(o))
		word("report_closes", string(o))
	}
	word("reportstate", "received")
	word("reportstate", "taken")
	for _, k := range award.DayKinds() {
		word("daykind", string(k))
		if k != award.DayOrdinary {
			word("daymark", string(k))
		}
	}
	for _, d := range award.WindowDates() {
		word("windowdate", string(d))
	}
	for _, k := range []acts.DueKind{acts.DueEndorse, acts.DueReturn, acts.DueReview, acts.DueAdmit} {
		word("duekind", string(k))
	}
	for i := range 12 {
		word("month", strconv.Itoa(i+1))
	}
	for i := range 7 {
		word("weekday", strconv.Itoa(i+1))
		word("weekday_short", strconv.Itoa(i+1))
	}
	word("rule", "N")
	word("rule", "O")

	texts := catalog(t)
	for _, language := range text.Languages() {
		for key, place := range keys {
			if texts[language][key] == "" {
				t.Errorf("%s lacks %s (%s)", language, key, place)
			}
		}
	}
}

func TestPagesSayTheSameInEveryLanguage(t *testing.T) {
	own := func(language string) map[string]string {
		raw, err := files.ReadFile("text/" + language + ".json")
		require.NoError(t, err)
		var words map[string]string
		require.NoError(t, json.Unmarshal(raw, &words))
		return words
	}
	chinese, english := own("zh-CN"), own("en")
	hole := regexp.MustCompile(`\{\d\}`)
	holes := func(sentence string) []string {
		found := hole.FindAllString(sentence, -1)
		slices.Sort(found)
		return slices.Compact(found)
	}
	require.ElementsMatch(t, slices.Collect(maps.Keys(chinese)), slices.Collect(maps.Keys(english)))
	for key, sentence := range chinese {
		require.Equal(t, holes(sentence), holes(english[key]), key)
		require.NotRegexp(t, `\p{Han}`, english[key], key)
	}
}
