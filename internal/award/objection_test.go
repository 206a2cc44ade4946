package award_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"shifan/internal/award"
)

func TestEveryActOnAnObjectionInEveryStateIsInTheTableOrRefused(t *testing.T) {
	may := map[award.Act][]award.ObjectionState{
		award.ActAttachToObjection:    {award.ObjectionReceived},
		award.ActAdmitObjection:       {award.ObjectionReceived},
		award.ActInvestigateObjection: {award.ObjectionAdmitted},
		award.ActCommission:           {award.ObjectionAdmitted, award.ObjectionInvestigating},
		award.ActExtendObjection:      {award.ObjectionAdmitted, award.ObjectionInvestigating},
		award.ActRuleObjection:        {award.ObjectionInvestigating},
		award.ActAssignObjection:      award.OpenObjections(),
		award.ActRaiseObjection:       award.OpenObjections(),
		award.ActWithdrawObjection:    award.OpenObjections(),
	}
	for _, m := range award.ObjectionMoves() {
		require.Contains(t, may, m.Act)
	}
	for act, froms := range may {
		for _, from := range award.ObjectionStates() {
			any := false
			for _, to := range award.ObjectionStates() {
				any = any || award.MoveObjection(from, act, to) == nil
			}
			require.Equal(t, slices.Contains(froms, from), any, "%s from %s", act, from)
		}
	}
	for _, state := range award.ObjectionStates() { // what is settled stays so
		left := slices.ContainsFunc(award.ObjectionMoves(), func(m award.ObjectionMove) bool { return m.From == state })
		require.Equal(t, state.Open(), left, "%s", state)
	}
}

func TestAnObjectionIsTakenInTheWindowAndALetterByItsPostmark(t *testing.T) {
	day := func(d int) time.Time { return award.Date{Year: 2022, Month: time.November, Day: d}.Starts() }
	// Mon 31 Oct – Fri 4 Nov 2022, and letters until Fri 11.
	w := award.ObjectionWindow{Opens: award.Date{Year: 2022, Month: time.October, Day: 31}.Starts(), Closes: day(5), Final: day(12)}
	last := w.Closes.Add(-time.Nanosecond)
	for name, c := range map[string]struct {
		channel   award.Channel
		came, now time.Time
		key       string
	}{
		"by form on the first instant":                   {award.ChannelForm, w.Opens, w.Opens, ""},
		"by form before it":                              {award.ChannelForm, w.Opens, w.Opens.Add(-1), "objection_not_open"},
		"by form in the last instant":                    {award.ChannelForm, last, last, ""},
		"by form at its end":                             {award.ChannelForm, w.Closes, w.Closes, "objection_closed"},
		"by form when the list is final":                 {award.ChannelForm, w.Final, w.Final, "objection_is_report"},
		"a letter postmarked on the last day, a week on": {award.ChannelLetter, day(4), w.Final.Add(-1), ""},
		"a letter postmarked the day after":              {award.ChannelLetter, day(5), day(6), "objection_outside"},
		"a letter postmarked before the first day":       {award.ChannelLetter, w.Opens.AddDate(0, 0, -1), day(1), "objection_outside"},
		"a letter of tomorrow":                           {award.ChannelLetter, day(3), day(2), "objection_future"},
		"a letter when the list is final":                {award.ChannelLetter, day(4), w.Final, "objection_is_report"},
		"a call of the last minute, entered on Monday":   {award.ChannelPhone, last, day(7), ""},
		"a visit after the end":                          {award.ChannelVisit, w.Closes, day(7), "objection_outside"},
		"a fax of the first instant":                     {award.ChannelFax, w.Opens, w.Opens, ""},
		"an e-mail entered too early":                    {award.ChannelEmail, w.Opens, w.Opens.Add(-1), "objection_not_open"},
	} {
		err := w.Admits(c.channel, c.came, c.now)
		if c.key == "" {
			require.NoError(t, err, name)
			continue
		}
		require.ErrorContains(t, err, c.key, name)
	}
}

func TestTheLimitsOfD03(t *testing.T) {
	c := award.PublishedCalendar()
	friday := award.Date{Year: 2022, Month: time.November, Day: 4}.Starts().Add(10 * time.Hour)
	r := award.DefaultRules()
	require.Equal(t, "2022年11月11日 24:00止", award.Until(r.AdmitBy(c, friday)), "five working days after")
	require.Equal(t, "2022年12月4日 24:00止", award.Until(r.RuleBy(c, friday)), "thirty days, a Sunday too")
	require.Equal(t, r.AdmitBy(c, friday), award.Rules{}.AdmitBy(c, friday), "a round frozen without the rule")
	require.Equal(t, r.RuleBy(c, friday), award.Rules{}.RuleBy(c, friday))
}

func TestAReceiptIsReadAsItIsSaidAndASlipIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var random [award.ReceiptRandom]byte
		for i := range random {
			random[i] = rapid.Byte().Draw(t, "byte")
		}
		receipt := award.NewReceipt(random)
		require.Len(t, receipt, 19)
		said := strings.ToLower(strings.ReplaceAll(receipt, "-", " "))
		said = strings.NewReplacer("0", "o", "1", "l").Replace(said)
		read, ok := award.ParseReceipt(said)
		require.True(t, ok)
		require.Equal(t, receipt, read)

		plain := []byte(strings.ReplaceAll(receipt, "-", ""))
		at := rapid.IntRange(0, len(plain)-1).Draw(t, "at")
		other := rapid.SampledFrom([]byte("0123456789ABCDEFGHJKMNPQRSTVWXYZ")).Draw(t, "other")
		if other != plain[at] {
			plain[at] = other
			_, ok = award.ParseReceipt(string(plain))
			require.False(t, ok, "one wrong character")
		}
	})
	for _, none := range []string{"", "7K2M", strings.Repeat("U", 16), strings.Repeat("众", 16)} {
		_, ok := award.ParseReceipt(none)
		require.False(t, ok, none)
	}
}

func TestACommissionNamesNobodyAndCopiesNothing(t *testing.T) {
	facts := "我是三号楼的王小明，去年十月起社区服务中心长期锁门，台账系突击补造，有照片为证。"
	who := []string{"王小明", "138-0000-1234"}
	require.NoError(t, award.CheckCommission("请核查该社区服务中心2025年10月以来的开放情况，并调阅台账原件。", facts, who...))
	for name, text := range map[string]string{
		"the name":                "请核查王小明反映的情况。",
		"the name, spaced":        "请核查王 小 明反映的情况。",
		"the number":              "请与13800001234联系。",
		"the words":               "经反映：去年十月起社区服务中心长期锁门，台账系突击补造，请核查。",
		"the words, repunctuated": "去年十月起,社区服务中心,长期锁门,台账系突击补造",
	} {
		require.Error(t, award.CheckCommission(text, facts, who...), name)
	}
	require.NoError(t, award.CheckCommission("请核查。", "短", "", ""), "a lead names nobody")
}
