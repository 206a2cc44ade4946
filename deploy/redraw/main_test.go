package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"shifan/internal/award"
)

// publish draws by the rule and writes what the API would publish.
func publish(seed award.Seed, units []award.FrozenUnit, percent int, widenings map[string]int) published {
	p := published{Round: "2026-1", Seed: seed.String()}
	list := award.FrozenHash(units)
	commitment := seed.Commitment(p.Round)
	p.Commitment, p.ListSHA256 = hex.EncodeToString(commitment[:]), hex.EncodeToString(list[:])
	p.Rule.Percent, p.Rule.Failures = percent, 20
	size := map[[2]string]int{}
	for _, u := range units {
		size[[2]string{string(u.Category), u.Office}]++
		p.List = append(p.List, shown(u))
	}
	for office, n := range widenings {
		for range n {
			p.Widenings = append(p.Widenings, struct {
				Office string `json:"office"`
				Failed int    `json:"failed"`
				Drawn  int    `json:"drawn"`
			}{office, 1, 2})
		}
	}
	rules := award.Rules{SpotCheckPercent: percent}
	for _, turn := range award.Draw(seed, list, units) {
		if turn.Place <= rules.SampleSize(size[[2]string{string(turn.Category), turn.Office}], widenings[turn.Office]) {
			p.Sample = append(p.Sample, shown(turn.FrozenUnit))
		}
	}
	return p
}

func shown(u award.FrozenUnit) unit {
	return unit{string(u.Category), u.Office, u.Code, u.Name}
}

func country() []award.FrozenUnit {
	var units []award.FrozenUnit
	for _, category := range []award.Category{award.District, award.Street, award.Community} {
		for _, office := range []string{"11", "41", "BT"} {
			for i := range 11 {
				code := fmt.Sprintf("%s%04d", office, i)
				units = append(units, award.FrozenUnit{Listed: award.Listed{Category: category, Code: code, Name: "单位" + code}, Office: office})
			}
		}
	}
	return units
}

// redraw runs the command on a published answer.
func redraw(t *testing.T, p published) (int, string) {
	t.Helper()
	text, err := json.Marshal(p)
	require.NoError(t, err)
	var out bytes.Buffer
	code, err := run(nil, bytes.NewReader(text), &out)
	require.NoError(t, err)
	return code, out.String()
}

func TestThreeRunsAndTheCommandDrawTheSameSample(t *testing.T) {
	seed := award.Seed{1, 2, 3}
	first := publish(seed, country(), 20, map[string]int{"41": 1})
	for range 2 {
		require.Equal(t, first, publish(seed, country(), 20, map[string]int{"41": 1}))
	}
	require.Len(t, first.Sample, 3*(3+5+3), "20 % of eleven, rounded up, and once more in one office")
	code, out := redraw(t, first)
	require.Equal(t, agrees, code, out)
	for _, u := range first.Sample {
		require.Contains(t, out, u.Code)
	}

	file := filepath.Join(t.TempDir(), "published.json")
	text, err := json.Marshal(first)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, text, 0o600))
	var again bytes.Buffer
	code, err = run([]string{file}, strings.NewReader("not read"), &again)
	require.NoError(t, err)
	require.Equal(t, agrees, code)
	require.Equal(t, out, again.String())
}

func TestTheCommandAgreesWithTheRuleOnAnyList(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		seed := award.Seed(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(r, "seed"))
		units := rapid.Permutation(country()).Draw(r, "order")[:rapid.IntRange(0, 99).Draw(r, "units")]
		widenings := map[string]int{"41": rapid.IntRange(0, 6).Draw(r, "widenings")}
		drawn, differences := publish(seed, units, rapid.IntRange(1, 100).Draw(r, "percent"), widenings).check()
		require.Empty(r, differences)
		require.LessOrEqual(r, len(drawn), len(units))
	})
}

func TestWhateverIsChangedIsDetected(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(p *published)
		says   string
	}{
		"a unit has another name":          {func(p *published) { p.List[5].Name = "别的单位" }, "名单与指纹不符"},
		"a unit is missing from the list":  {func(p *published) { p.List = p.List[1:] }, "名单与指纹不符"},
		"a unit is of another office":      {func(p *published) { p.List[0].Office = "41" }, "名单与指纹不符"},
		"another seed":                     {func(p *published) { p.Seed = strings.Repeat("ab", 32) }, "种子与承诺不符"},
		"the seed of another round":        {func(p *published) { p.Round = "2028-1" }, "种子与承诺不符"},
		"a drawn unit was not visited":     {func(p *published) { p.Sample = p.Sample[1:] }, "应抽未抽"},
		"a unit that was not drawn":        {func(p *published) { p.Sample = append(p.Sample, p.List...) }, "未抽中而列入"},
		"a smaller share":                  {func(p *published) { p.Rule.Percent = 1 }, "未抽中而列入"},
		"a widening nobody has published":  {func(p *published) { p.Widenings = nil }, "未抽中而列入"},
		"a widening without failures":      {func(p *published) { p.Widenings[0].Failed = 0 }, "扩大抽查不合规则"},
		"a unit by hand that is not on it": {func(p *published) { p.Added = []unit{{"street", "41", "419999", "无名"}} }, "指定的单位不在名单中"},
	} {
		t.Run(name, func(t *testing.T) {
			p := publish(award.Seed{7}, country(), 20, map[string]int{"41": 1})
			tt.change(&p)
			code, out := redraw(t, p)
			require.Equal(t, differs, code, out)
			require.Contains(t, out, tt.says)
		})
	}
}

func TestAUnitNamedByHandStaysListedSoWhenTheSampleReachesIt(t *testing.T) {
	p := publish(award.Seed{7}, country(), 20, nil)
	p.Added, p.Sample = append(p.Added, p.Sample[0]), p.Sample[1:]
	code, out := redraw(t, p)
	require.Equal(t, agrees, code, out)
}

func TestASealedSeedDrawsNothing(t *testing.T) {
	var out bytes.Buffer
	code, err := run(nil, strings.NewReader(`{"round":"2026-1","commitment":"00"}`), &out)
	require.Equal(t, nothing, code)
	require.ErrorContains(t, err, "sealed")
	code, err = run(nil, strings.NewReader(`<html>`), &out)
	require.Equal(t, nothing, code)
	require.Error(t, err)
	code, err = run([]string{"a", "b"}, nil, &out)
	require.Equal(t, nothing, code)
	require.Error(t, err)
}
