package server

import (
	"embed"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"

	"golang.org/x/text/language"
)

// catalogs hold the sentence for every message key: what is wrong, by which
// article, and what to do. Keys come from internal/award and internal/acts; a
// test reads their source and fails when a catalog lacks one.
//
//go:embed text/zh-CN.json text/en.json
var catalogs embed.FS

// texts are the catalogs by language.
type texts map[string]map[string]string

// The languages, the first of which is everybody's who asks for none.
var languages = []string{"zh-CN", "en"}

var languageMatcher = language.NewMatcher([]language.Tag{language.MustParse("zh-CN"), language.MustParse("en")})

func readTexts() (texts, error) {
	t := make(texts, len(languages))
	for _, name := range languages {
		raw, err := catalogs.ReadFile("text/" + name + ".json")
		if err != nil {
			return nil, fmt.Errorf("open %s: %w", name, err)
		}
		var catalog map[string]string
		if err := json.Unmarshal(raw, &catalog); err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		t[name] = catalog
	}
	return t, nil
}

// language returns which of our languages the caller reads best.
func (t texts) language(accept string) string {
	wanted, _, err := language.ParseAcceptLanguage(accept)
	if err != nil || len(wanted) == 0 {
		return languages[0]
	}
	_, index, confidence := languageMatcher.Match(wanted...)
	if confidence == language.No {
		return languages[0]
	}
	return languages[index]
}

// placeholder is {0}, an argument as it is, or {0:state}, an argument whose own
// word stands in the catalog under state_<argument>.
var placeholder = regexp.MustCompile(`\{(\d)(?::([a-z]+))?\}`)

// say writes a message. A key the catalog lacks is shown as it is, which the
// test of the catalogs prevents.
func (t texts) say(language, key string, args ...any) string {
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
