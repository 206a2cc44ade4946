package acts_test

import (
	"slices"
	"testing"
	"time"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// nationalNotice puts the candidates before the public and ends the notice.
func (p province) nationalNotice() acts.Notice {
	p.t.Helper()
	n, err := p.announceNationally()
	p.must(err)
	p.At(n.FinalAt)
	ended, err := p.Acts.EndNotice(p.t.Context(), p.round.ID, n.Number)
	p.must(err)
	if !ended {
		p.t.Fatal("the national notice has not ended")
	}
	return n
}

func (p province) announceNationally() (acts.Notice, error) {
	done, err := p.Acts.AnnounceNotice(p.t.Context(), p.Admin, p.Key(), acts.AnnounceNoticeInput{
		Round: p.round.ID, Office: award.CodeNation,
		Evidence: []award.Evidence{
			{Medium: award.CentralMedium, Name: "中国社会报", PublishedAt: p.Now()}, {Medium: award.Website, Name: "民政部网站", PublishedAt: p.Now()},
		},
	})
	return done.Result, err
}

func (p province) decide(date time.Time) (acts.DecideResult, error) {
	done, err := p.Acts.Decide(p.t.Context(), p.Admin, p.Key(), acts.DecideInput{
		Round: p.round.ID, Number: "民发〔2027〕88号", Date: award.DateOf(date),
	})
	return done.Result, err
}

func TestTheDecisionNamesThoseWhoseNoticeHasEndedShortOfTheSuspended(t *testing.T) {
	p := newProvince(t)
	f := p.scored(award.Community, 95, 90, 85)
	_, err := p.decide(p.Now())
	p.refused(err, award.Conflict, "notice_not_ended")
	_, err = p.announceNationally()
	p.refused(err, award.Conflict, "list_missing")
	_, err = p.fix()
	p.must(err)
	n, err := p.announceNationally()
	p.must(err)
	p.At(justBefore(n.FinalAt))
	_, err = p.decide(p.Now())
	p.refused(err, award.Conflict, "notice_not_ended")
	p.At(n.FinalAt)
	_, err = p.Acts.EndNotice(t.Context(), p.round.ID, n.Number)
	p.must(err)
	p.Exec(`UPDATE application SET suspended = true WHERE id = $1`, f[1])

	_, err = p.decide(p.Now().Add(24 * time.Hour))
	p.refused(err, award.Invalid, "decision_date_future")
	result, err := p.decide(p.Now())
	p.must(err)
	if result.Named[award.Community] != 2 || result.Named[award.District] != 0 {
		t.Errorf("named %v", result.Named)
	}
	if got, want := p.states(f...), []string{"named", "noticed_nationally", "named"}; !slices.Equal(got, want) {
		t.Errorf("states %v, want %v", got, want)
	}
	_, err = p.decide(p.Now())
	p.refused(err, award.Conflict, "decided")

	titles, err := p.Acts.Titles(t.Context(), p.Admin, p.round.ID, "")
	p.must(err)
	if len(titles) != 2 || titles[0].Number != "演练-"+p.round.ID+"-社-001" || titles[1].Number != "演练-"+p.round.ID+"-社-002" ||
		titles[0].Code > titles[1].Code || titles[0].Text != "全国和谐社区建设示范社区" {
		t.Errorf("titles %+v", titles)
	}
	if told := actstest.One[string](p.World, `SELECT string_agg(subject || E'\n' || body, '|' ORDER BY body) FROM message WHERE kind = 'result'`); told !=
		"〔结果告知〕命名\n结果：命名。\n依据：民发〔2027〕88号\n本单位得分：省级考核得分 90.00，部级核定得分 85.00|"+
			"〔结果告知〕命名\n结果：命名。\n依据：民发〔2027〕88号\n本单位得分：省级考核得分 90.00，部级核定得分 95.00" {
		t.Errorf("units were told %s", told)
	}
	if n := actstest.One[int](p.World, `SELECT count(*) FROM title_register`); n != 0 {
		t.Errorf("a drill entered %d titles in the register", n)
	}
	verified, err := p.Acts.PublicTitle(t.Context(), titles[0].Number)
	p.must(err)
	if verified.Name != titles[0].Name || !verified.Drill {
		t.Errorf("verified %+v", verified)
	}
	_, err = p.Acts.PublicTitle(t.Context(), "2008-1-社-001")
	p.refused(err, award.NotFound, "title_unknown")
}

// 公示后无异议的授予: no decision is older than the list it rests on, and no
// supplementary one older than the decision.
func TestADecisionIsNotDatedBeforeItsListWasFinal(t *testing.T) {
	p := newProvince(t)
	f := p.scored(award.Community, 95, 90)
	_, err := p.fix()
	p.must(err)
	n := p.nationalNotice()
	p.Exec(`UPDATE application SET suspended = true WHERE id = $1`, f[1])
	p.At(n.FinalAt.AddDate(0, 0, 3))
	_, err = p.decide(n.FinalAt.AddDate(0, 0, -1))
	p.refused(err, award.Invalid, "decision_date_early")
	_, err = p.decide(n.FinalAt.AddDate(0, 0, 1))
	p.must(err)

	p.Exec(`UPDATE application SET suspended = false WHERE id = $1`, f[1])
	supplement := func(on time.Time) error {
		_, err := p.Acts.Supplement(t.Context(), p.Admin, p.Key(), acts.SupplementInput{
			Round: p.round.ID, Number: "民发〔2027〕90号", Date: award.DateOf(on), Ground: "异议不成立",
		})
		return err
	}
	p.refused(supplement(n.FinalAt), award.Invalid, "supplement_date_early")
	p.must(supplement(n.FinalAt.AddDate(0, 0, 1)))
}

func TestARoundMayNameNobody(t *testing.T) {
	p := newProvince(t)
	p.scored(award.Community, 79)
	_, err := p.fix()
	p.must(err)
	p.nationalNotice()
	result, err := p.decide(p.Now())
	p.must(err)
	if result.Named[award.Community] != 0 {
		t.Errorf("named %v", result.Named)
	}
	if r := p.Round(p.round.ID); r.DecisionNumber != "民发〔2027〕88号" || r.DecidedAt.IsZero() {
		t.Errorf("decided %q at %s", r.DecisionNumber, r.DecidedAt)
	}
}
