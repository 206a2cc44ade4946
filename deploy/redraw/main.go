// Command redraw draws a round's spot check (抽查) again from what is published,
// and says whether the sample is the one that was visited. It needs no network,
// no database and nothing else of this project, whose rule it states a second
// time: reading it is reading how the draw is made.
//
//	curl -s $API/public/spot-checks/2026-1 | redraw      (or: redraw FILE)
//
// It ends with 0 when everything agrees, 1 when something differs, and 2 when
// there is nothing to draw yet.
package main

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// published is the answer of GET /public/spot-checks/{round}.
type published struct {
	Round      string `json:"round"`
	Commitment string `json:"commitment"`
	Seed       string `json:"seed"`
	ListSHA256 string `json:"list_sha256"`
	Rule       struct {
		Percent  int `json:"percent"`
		Failures int `json:"failures"`
	} `json:"rule"`
	List      []unit `json:"list"`
	Sample    []unit `json:"sample"`
	Added     []unit `json:"added"`
	Widenings []struct {
		Office string `json:"office"`
		Failed int    `json:"failed"`
		Drawn  int    `json:"drawn"`
	} `json:"widenings"`
}

type unit struct {
	Category string `json:"category"`
	Office   string `json:"office"`
	Code     string `json:"code"`
	Name     string `json:"name"`
}

func main() {
	code, err := run(os.Args[1:], os.Stdin, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "redraw:", err)
	}
	os.Exit(code)
}

// The ways it ends.
const (
	agrees  = 0
	differs = 1
	nothing = 2
)

func run(args []string, in io.Reader, out io.Writer) (int, error) {
	if len(args) > 1 {
		return nothing, errors.New("give one file, or the published answer on standard input")
	}
	if len(args) == 1 {
		text, err := os.ReadFile(args[0])
		if err != nil {
			return nothing, err
		}
		in = bytes.NewReader(text)
	}
	var p published
	if err := json.NewDecoder(in).Decode(&p); err != nil {
		return nothing, fmt.Errorf("read the published answer: %w", err)
	}
	if p.Seed == "" {
		return nothing, fmt.Errorf("round %s: the seed is sealed until the last visit is recorded (种子尚未公布)", p.Round)
	}
	drawn, differences := p.check()
	fmt.Fprintf(out, "批次 %s  总名单 %d 个单位  抽取 %d 个\n承诺 commitment %s\n名单 list       %s\n种子 seed       %s\n",
		p.Round, len(p.List), len(drawn), p.Commitment, p.ListSHA256, p.Seed)
	for _, u := range drawn {
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\n", u.Category, u.Office, u.Code, u.Name)
	}
	for _, d := range differences {
		fmt.Fprintln(out, "不符 DIFFERS:", d)
	}
	if len(differences) > 0 {
		return differs, nil
	}
	fmt.Fprintln(out, "一致 OK: 种子、名单、样本均与公布相符")
	return agrees, nil
}

func hash(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }

// check draws again, and lists everything that differs from what is published.
func (p published) check() (drawn []unit, differences []string) {
	say := func(format string, args ...any) { differences = append(differences, fmt.Sprintf(format, args...)) }

	if got := hash("shifan spot-check seed\n" + p.Round + "\n" + p.Seed + "\n"); got != p.Commitment {
		say("the seed is not the one committed to: its commitment is %s (种子与承诺不符)", got)
	}
	lines := make([]string, len(p.List))
	for i, u := range p.List {
		lines[i] = u.Category + "\t" + u.Office + "\t" + u.Code + "\t" + u.Name + "\n"
	}
	slices.Sort(lines)
	list := hash(strings.Join(lines, ""))
	if list != p.ListSHA256 {
		say("the list is not the one frozen: its hash is %s (名单与指纹不符)", list)
	}

	widened := map[string]int{}
	for _, w := range p.Widenings {
		widened[w.Office]++
		if w.Failed*100 <= p.Rule.Failures*w.Drawn {
			say("office %s was widened after %d failures of %d, which the rule does not ask for (扩大抽查不合规则)", w.Office, w.Failed, w.Drawn)
		}
	}
	strata := map[[2]string][]unit{}
	for _, u := range p.List {
		s := [2]string{u.Category, u.Office}
		strata[s] = append(strata[s], u)
	}
	ticket := func(u unit) string {
		return hash("shifan spot-check draw\n" + p.Seed + "\n" + list + "\n" + u.Category + "\n" + u.Code + "\n")
	}
	for s, units := range strata {
		slices.SortFunc(units, func(a, b unit) int { return cmp.Compare(ticket(a), ticket(b)) })
		n := len(units)
		drawn = append(drawn, units[:min(n, (n*p.Rule.Percent*(1+widened[s[1]])+99)/100)]...)
	}
	byCode := func(a, b unit) int {
		return cmp.Or(cmp.Compare(a.Category, b.Category), cmp.Compare(a.Office, b.Office), cmp.Compare(a.Code, b.Code))
	}
	slices.SortFunc(drawn, byCode)

	// A unit named by hand stays listed so when the sample widens to it.
	for _, u := range drawn {
		if !slices.Contains(p.Sample, u) && !slices.Contains(p.Added, u) {
			say("%s %s was drawn and is not in the published sample (应抽未抽)", u.Code, u.Name)
		}
	}
	for _, u := range p.Sample {
		if !slices.Contains(drawn, u) {
			say("%s %s is in the published sample and was not drawn (未抽中而列入)", u.Code, u.Name)
		}
	}
	for _, u := range p.Added {
		if !slices.Contains(p.List, u) {
			say("%s %s was named by hand and is not on the list (指定的单位不在名单中)", u.Code, u.Name)
		}
	}
	return drawn, differences
}
