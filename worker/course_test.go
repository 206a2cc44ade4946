package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// course plays one drill round on a system, step by step, so that a test can
// break something between any two.
type course struct {
	*system
	round string
	day   time.Duration
	dates award.Dates
	files map[string]int64 // unit → application
	late  int64            // the objection that is open when its window ends
}

// theUnits are who applies: one of each shape of chain, so that the four
// recommending offices all have somebody.
var theUnits = map[string]award.Category{
	"110101": award.District, "110102": award.District,
	"410102": award.District, "410103": award.District, "410181": award.District,
	"441900003": award.Street,
	"659001":    award.District,
}

// unsigned are the units whose prefecture never signs: they arrive 未签署意见.
var unsigned = []string{"410181"}

func (s *system) ready() bool {
	answer, err := http.Get("http://" + s.health + "/readyz")
	if err != nil {
		return false
	}
	return answer.Body.Close() == nil && answer.StatusCode == http.StatusOK
}

// open opens a drill round whose intakes close after the given time and waits
// until it is open.
func (s *system) open(intake time.Duration) *course {
	s.t.Helper()
	c := &course{system: s, day: time.Second, files: make(map[string]int64)}
	now := s.Now()
	c.dates = award.Dates{
		SelfCheckCloses: now.Add(intake), ApplyCloses: now.Add(intake),
		RecommendationDue: now.Add(intake + 20*time.Second), AssessmentDue: now.Add(intake + time.Minute),
	}
	rules := award.DefaultRules()
	rules.NoticeDays, rules.LetterDays, rules.EarlierNoticeDays = 3, 1, 0 // seconds enough to object in
	rules.SealedForm, rules.SpotCheckPercent = false, 0
	rules.ArrivalDays = int((19 * time.Second) / c.day) // a second after the intakes
	rules.MinimumAsked = map[award.Category]int{award.District: 5, award.Street: 5}
	done, err := s.Acts.CreateRound(context.Background(), s.Admin, s.Key(), acts.RoundInput{Definition: award.Definition{
		Title: "演练批次", DrillDay: c.day, Dates: c.dates, Rules: rules,
		Categories: []award.CategoryRule{
			{Category: award.District, Quota: award.Quota{Places: 3, Ratio: 1}},
			{Category: award.Street, Quota: award.Quota{Places: 1, Ratio: 2}},
		},
	}})
	require.NoError(s.t, err)
	c.round = done.Result.ID
	opened, err := s.Acts.OpenRound(context.Background(), s.Admin, s.Key(), c.round)
	require.NoError(s.t, err)
	require.NotEqual(s.t, acts.ToldNone, opened.Receipt.Procedure)
	s.eventually(60*time.Second, "the round is open", func() bool { return c.Round(c.round).State == award.RoundOpen })
	return c
}

// marks gives a unit its marks: each unit its own total, the same for every column.
func (c *course) marks(unit string) []award.Points {
	c.t.Helper()
	r := c.Round(c.round)
	category, err := r.Category(theUnits[unit])
	require.NoError(c.t, err)
	marks := actstest.Full(category.Standard)
	lost := slices.Index(c.units(), unit) // 100 less half a point for each place in the order
	marks[0] -= award.Points(50 * lost)
	return marks
}

// units lists who applies, in order.
func (c *course) units() []string {
	var units []string
	for unit := range theUnits {
		units = append(units, unit)
	}
	slices.Sort(units)
	return units
}

// file has every unit check itself and file, and the prefectures endorse.
func (c *course) file() {
	c.t.Helper()
	ctx := context.Background()
	for _, unit := range c.units() {
		head := c.Head(unit)
		_, err := c.Acts.SaveSelfCheck(ctx, head, c.Key(), acts.SaveSelfCheck{
			Round: c.round, Unit: unit, Category: theUnits[unit], Marks: c.marks(unit),
		})
		require.NoError(c.t, err)
		created, err := c.Acts.CreateApplication(ctx, head, c.Key(), acts.CreateApplication{
			Round: c.round, Unit: unit, Category: theUnits[unit],
			Form: map[string]string{"head": "负责人", "contact": "0371-60000000", "residents": "100", "staff": "3", "deeds": "事迹"},
		})
		require.NoError(c.t, err)
		c.files[unit] = created.Result.ID
		_, err = c.Acts.FileApplication(ctx, head, c.Key(), acts.OnFile{Round: c.round, Application: created.Result.ID})
		require.NoError(c.t, err)
	}
	for unit, prefecture := range map[string]string{"410102": "4101", "410103": "4101", "441900003": "4419"} {
		_, err := c.Acts.Endorse(ctx, c.Head(prefecture), c.Key(), acts.Endorse{
			Round: c.round, Application: c.files[unit], Opinion: award.OpinionAgree,
			Text: "同意", Clerk: "经办", SigningHead: "签发", SealingBody: "人民政府",
		})
		require.NoError(c.t, err)
	}
}

// offices are the recommending offices.
func (c *course) offices() []string { return []string{"11", "41", "44", "BT"} }

// arrive waits until every office's files have arrived.
func (c *course) arrive() {
	c.t.Helper()
	for _, code := range c.offices() {
		c.eventually(60*time.Second, "files have arrived at "+code, func() bool { return c.Office(c.round, code).PassedUp })
	}
	for _, unit := range unsigned {
		require.True(c.t, actstest.One[bool](c.World, `SELECT unsigned FROM application WHERE id = $1`, c.files[unit]))
	}
}

// notice has every office inspect, adopt its list and give notice.
func (c *course) notice() {
	c.t.Helper()
	ctx, today := context.Background(), award.DateOf(c.Now())
	for _, code := range c.offices() {
		office := c.Head(code)
		var items []acts.ProposalItem
		for _, unit := range c.of(code) {
			_, err := c.Acts.Inspect(ctx, office, c.Key(), acts.Inspect{
				Round: c.round, Application: c.files[unit], Team: "考察组",
				Visits: []award.Visit{{On: today, Methods: []string{"实地走访"}}}, Marks: c.marks(unit), Finding: "达标",
			})
			require.NoError(c.t, err)
			_, err = c.Acts.Survey(ctx, office, c.Key(), acts.SaveSurvey{
				Round: c.round, Application: c.files[unit], Method: "入户", FirstDay: today, LastDay: today,
				Answers: award.Survey{Satisfied: 10, Basically: 5, Dissatisfied: 1},
			})
			require.NoError(c.t, err)
			items = append(items, acts.ProposalItem{Application: c.files[unit]})
		}
		_, err := c.Acts.AdoptProposals(ctx, office, c.Key(), acts.AdoptProposalsInput{
			Round: c.round, Office: code, Minutes: "纪要", MetOn: today, Items: items,
		})
		require.NoError(c.t, err)
		_, err = c.Acts.AnnounceNotice(ctx, office, c.Key(), acts.AnnounceNoticeInput{
			Round: c.round, Office: code, Contacts: []award.Contact{{Unit: "民政厅", Phone: "0"}},
			Evidence: []award.Evidence{{Medium: award.LocalMedium, Name: "日报", PublishedAt: c.Now()}},
		})
		require.NoError(c.t, err)
	}
}

// of lists the units of a recommending office, best first.
func (c *course) of(office string) []string {
	var of []string
	for _, unit := range c.units() {
		recommending := unit[:2]
		if recommending == "65" {
			recommending = "BT"
		}
		if recommending == office {
			of = append(of, unit)
		}
	}
	return of
}

// recommend waits for the notices' end, and has every office send its package
// and the owner accept it.
func (c *course) recommend() {
	c.t.Helper()
	ctx := context.Background()
	for _, code := range c.offices() {
		c.eventually(60*time.Second, "the notice of "+code+" has ended", func() bool {
			return actstest.One[int](c.World, `
				SELECT count(*) FROM public_notice n JOIN round_office f ON f.round_id = n.round_id AND f.office_id = n.office_id
				WHERE n.round_id = $1 AND f.code = $2 AND n.state = 'ended'`, c.round, code) == 1
		})
		office := c.Head(code)
		var files []int64
		for _, unit := range c.of(code) {
			files = append(files, c.files[unit])
		}
		_, err := c.Acts.Recommend(ctx, office, c.Key(), acts.RecommendInput{Round: c.round, Office: code, Applications: files})
		require.NoError(c.t, err)
		_, err = c.Acts.PutPackage(ctx, office, c.Key(), acts.PutPackageInput{
			Round: c.round, Office: code,
			Letter: award.Document{Title: "推荐函", Number: code + "〔2026〕1号", Text: "推荐"},
			Report: award.Document{Title: "考核验收报告", Text: "报告"},
		})
		require.NoError(c.t, err)
		_, err = c.Acts.CompleteStage(ctx, office, c.Key(), acts.CompleteStageInput{Round: c.round, Office: code, Stage: award.StageRecommendation})
		require.NoError(c.t, err)
		_, err = c.Acts.AcceptPackage(ctx, c.Admin, c.Key(), c.round, code)
		require.NoError(c.t, err)
	}
}

// assess marks, fixes the candidates and gives national notice.
func (c *course) assess() {
	c.t.Helper()
	ctx := context.Background()
	c.eventually(60*time.Second, "the list is frozen", func() bool { return !c.Round(c.round).ListFrozenAt.IsZero() })
	var marks []acts.NationalMarks
	for _, unit := range c.units() {
		marks = append(marks, acts.NationalMarks{Application: c.files[unit], Marks: c.marks(unit)})
	}
	_, err := c.Acts.Mark(ctx, c.Admin, c.Key(), c.round, marks)
	require.NoError(c.t, err)
	_, err = c.Acts.CompleteStage(ctx, c.Admin, c.Key(), acts.CompleteStageInput{Round: c.round, Office: award.CodeNation, Stage: award.StageAssessment})
	require.NoError(c.t, err)
	c.eventually(60*time.Second, "the marks are added up", func() bool { return !c.Round(c.round).ScoredAt.IsZero() })
	require.NoError(c.t, c.Carries(c.round))
	_, err = c.Acts.FixCandidates(ctx, c.Admin, c.Key(), acts.FixCandidatesInput{Round: c.round})
	require.NoError(c.t, err)
	_, err = c.Acts.AnnounceNotice(ctx, c.Admin, c.Key(), acts.AnnounceNoticeInput{
		Round: c.round, Office: award.CodeNation, Contacts: []award.Contact{{Unit: "评审办", Phone: "0"}},
		Evidence: []award.Evidence{
			{Medium: award.CentralMedium, Name: "人民日报", PublishedAt: c.Now()}, {Medium: award.Website, Name: "网站", PublishedAt: c.Now()},
		},
	})
	require.NoError(c.t, err)
}

// object has somebody object to two candidates, and an officer who took no part
// dismiss one while the window runs: that unit goes on with the others. The other
// is suspended when the window ends, until rejoin.
func (c *course) object() {
	c.t.Helper()
	ctx := context.Background()
	notice := actstest.One[int64](c.World, `SELECT id FROM public_notice WHERE round_id = $1 AND scope = 'national'`, c.round)
	var raised []int64
	for _, unit := range []string{"110101", lateUnit} {
		o, err := c.Acts.FileObjection(ctx, c.Key(), acts.ObjectionInput{
			Notice: notice, Unit: unit, Facts: "台账与实际不符，请予核查。",
			Objector: &acts.Objector{Kind: award.ObjectorPerson, Name: "赵某某", Contact: "010-00000001"},
		})
		require.NoError(c.t, err)
		raised = append(raised, o.ID)
	}
	c.dismiss(raised[0])
	c.late = raised[1]
}

// lateUnit is the candidate to which an objection is still open when the window
// ends.
const lateUnit = "410102"

// rejoin dismisses what is open when the window has ended: the suspended unit
// goes on with the others.
func (c *course) rejoin() {
	c.t.Helper()
	suspended := func() bool {
		return actstest.One[bool](c.World, `SELECT suspended FROM application WHERE id = $1`, c.files[lateUnit])
	}
	c.eventually(30*time.Second, "the unit is suspended at the window's end", suspended)
	c.dismiss(c.late)
	require.False(c.t, suspended())
}

// dismiss has an officer who took no part find nothing in an objection.
func (c *course) dismiss(objection int64) {
	c.t.Helper()
	ctx, free := context.Background(), c.Clerk(award.CodeNation)
	_, err := c.Acts.AssignObjection(ctx, c.Admin, c.Key(), objection, free.ID)
	require.NoError(c.t, err)
	_, err = c.Acts.AdmitObjection(ctx, free, c.Key(), acts.AdmitObjection{Objection: objection, Admitted: true})
	require.NoError(c.t, err)
	_, err = c.Acts.InvestigateObjection(ctx, free, c.Key(), objection)
	require.NoError(c.t, err)
	_, err = c.Acts.RuleObjection(ctx, free, c.Key(), acts.RuleObjection{
		Objection: objection, Outcome: award.ObjectionDismissed, Ground: "经核查，台账属实", Answer: "经核查，所述不实。",
	})
	require.NoError(c.t, err)
}

// decide waits for the national notice's end and decides; the round closes.
func (c *course) decide() {
	c.t.Helper()
	c.eventually(60*time.Second, "the national notice has ended", func() bool {
		return actstest.One[int](c.World, `SELECT count(*) FROM public_notice WHERE round_id = $1 AND scope = 'national' AND state = 'ended'`, c.round) == 1
	})
	_, err := c.Acts.Decide(context.Background(), c.Admin, c.Key(), acts.DecideInput{Round: c.round, Number: "民发〔2026〕1号", Date: award.DateOf(c.Now())})
	require.NoError(c.t, err)
	c.eventually(60*time.Second, "the round is closed", func() bool { return c.Round(c.round).State == award.RoundClosed })
}

// named lists the named units with their totals, in order.
func (c *course) named() []string {
	c.t.Helper()
	var rows []struct {
		Code  string
		Total int64
	}
	require.NoError(c.t, c.DB.Select(&rows, `
		SELECT u.code, s.total FROM title t
		JOIN round_unit u ON u.round_id = t.round_id AND u.unit_id = t.unit_id
		JOIN score s ON s.application_id = t.application_id
		WHERE t.round_id = $1 ORDER BY u.code`, c.round))
	var named []string
	for _, row := range rows {
		named = append(named, fmt.Sprintf("%s %s", row.Code, award.Points(row.Total)))
	}
	return named
}

// theNamed is what every undisturbed course comes to: three districts of six,
// best first, and one street.
var theNamed = []string{"110101 100.00", "110102 99.50", "410102 99.00", "441900003 97.50"}
