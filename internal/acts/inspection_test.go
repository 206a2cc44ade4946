package acts_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

func TestTheProvinceInspectsAFileAndRevisesItsMarks(t *testing.T) {
	c := open(t)
	f := c.filed("110101", award.District) // at the province at once
	i, err := c.inspect(f, 0, c.full(award.District))
	require.NoError(t, err)
	require.Equal(t, 1, i.Revision)
	require.True(t, i.Passed)
	f = c.reload(f)
	require.Equal(t, award.FileInspected, f.State)
	require.Equal(t, "11", f.WaitingCode)
	require.Equal(t, award.Points(100_00), *f.ProvinceTotal)

	rule, err := c.Round(c.round).Category(award.District)
	require.NoError(t, err)
	low := actstest.Marks(t, rule.Standard, 75_00)
	i, err = c.inspect(f, 1, low)
	require.NoError(t, err)
	require.False(t, i.Passed, "75 of 80")
	require.Equal(t, award.Points(75_00), i.Total)

	before := c.digest()
	for _, seen := range []int{0, 1, 3} {
		_, err = c.inspect(f, seen, low)
		requireRefused(t, err, award.Stale, "stale")
	}
	require.Equal(t, before, c.digest())
}

func TestOnlyTheRecommendingOfficeInspectsAndOnlyWhatHasArrived(t *testing.T) {
	c := open(t)
	climbing := c.filed("410102001", award.Street)
	arrived := c.filed("110101", award.District)
	before := c.digest()
	_, err := c.inspect(climbing, 0, c.full(award.Street))
	requireRefused(t, err, award.Conflict, "file_move")
	in := c.inspection(arrived, 0, c.full(award.District))
	for by, code := range map[string]award.Code{"110101": award.Forbidden, "0": award.Forbidden, "41": award.NotFound} {
		_, err = c.Acts.Inspect(t.Context(), c.Clerk(by), c.Key(), in)
		require.Equal(t, code, award.CodeOf(err), by)
	}
	_, err = c.inspect(arrived, 0, nil)
	requireRefused(t, err, award.Invalid, "marks_malformed")
	in.Visits = []award.Visit{{On: award.DateOf(c.Now().AddDate(0, 0, 1)), Methods: []string{"听人说"}}}
	_, err = c.Acts.Inspect(t.Context(), c.Clerk("11"), c.Key(), in)
	requireRefused(t, err, award.Invalid, "visits_malformed")
	require.Equal(t, []string{"/visits/0/on date_future", "/visits/0/methods/0 method_unknown"}, defects(err))
	require.Equal(t, before, c.digest())
}

func TestAnIndicatorThatDiffersFromTheSelfMarksNeedsARemark(t *testing.T) {
	c := open(t)
	f := c.filed("110101", award.District) // with full marks
	marks := c.full(award.District)
	marks[0], marks[1] = 4_00, 3_99 // of 5: a fifth, and a hundredth more
	in := c.inspection(f, 0, marks)
	in.Remarks = nil
	before := c.digest()
	_, err := c.Acts.Inspect(t.Context(), c.Clerk("11"), c.Key(), in)
	requireRefused(t, err, award.Incomplete, "remarks_defective")
	require.Equal(t, []string{"/remarks/1.2 remark_required"}, defects(err))
	in.Remarks = map[string]string{"1.2": "台账不全", "7.7": "没有这项"}
	_, err = c.Acts.Inspect(t.Context(), c.Clerk("11"), c.Key(), in)
	require.Equal(t, []string{"/remarks/7.7 indicator_unknown"}, defects(err))
	require.Equal(t, before, c.digest())

	delete(in.Remarks, "7.7")
	in.Visits = append(in.Visits, award.Visit{On: award.DateOf(c.Now().AddDate(0, 0, -1)), Methods: []string{"听取汇报"}})
	done, err := c.Acts.Inspect(t.Context(), c.Clerk("11"), c.Key(), in)
	require.NoError(t, err)
	require.Equal(t, []string{"1.2"}, done.Result.Flagged)

	read, err := c.Acts.InspectionOf(t.Context(), c.Head("110101"), c.round, f.ID)
	require.NoError(t, err)
	require.Equal(t, in.Visits, read.Visits)
	require.Equal(t, in.Members, read.Members)
	require.Equal(t, in.Remarks, read.Remarks)
	require.Equal(t, []string{"1.2"}, read.Flagged)
	_, err = c.Acts.InspectionOf(t.Context(), c.Head("41"), c.round, f.ID)
	require.Equal(t, award.NotFound, award.CodeOf(err))
	require.Zero(t, actstest.One[int](c.World, `SELECT count(*) FROM audit WHERE detail::text LIKE '%李四%'`), "names are in no log")
}

func TestTheReportOnInspectionsHasAFindingForEachUnit(t *testing.T) {
	c := open(t)
	f := c.filed("110101", award.District)
	empty, err := c.Acts.InspectionReport(t.Context(), c.Clerk("11"), c.round, "11")
	require.NoError(t, err)
	require.Contains(t, empty.Text, "未对单位进行考核验收")
	_, err = c.inspect(f, 0, c.full(award.District))
	require.NoError(t, err)
	_, err = c.survey(f, 0, award.Survey{Satisfied: 4, Unknown: 1})
	require.NoError(t, err)
	report, err := c.Acts.InspectionReport(t.Context(), c.Clerk("11"), c.round, "11")
	require.NoError(t, err)
	require.Len(t, report.Units, 1)
	for _, text := range []string{
		"北京市关于全国和谐社区建设示范单位考核验收情况的报告",
		"2026-11-02至2026-11-02,采取查阅工作台账、实地走访等方式,对1个单位进行了考核验收。",
		"1.东城区(110101,全国和谐社区建设示范城区(市)):省级考核得分100.00,达到标准。符合标准\n",
		"群众满意度测评:北京市实施(入户问卷),测评5人,满意4人,基本满意0人,不满意0人,不了解1人。\n",
	} {
		require.Contains(t, report.Text, text)
	}
	_, err = c.Acts.InspectionReport(t.Context(), c.Clerk("41"), c.round, "11")
	require.Equal(t, award.NotFound, award.CodeOf(err))
}

func TestASurveyIsKeptWhetherItPassesOrNot(t *testing.T) {
	c := open(t)
	f := c.filed("110101", award.District)
	s, err := c.survey(f, 0, award.Survey{Satisfied: 4, Unknown: 1})
	require.NoError(t, err)
	require.True(t, s.Passed, "four of five asked")
	s, err = c.survey(f, 1, award.Survey{Satisfied: 3, Unknown: 2})
	require.NoError(t, err)
	require.False(t, s.Passed)
	require.Equal(t, "survey_below", s.Reason)
	_, err = c.inspect(f, 0, c.full(award.District))
	require.NoError(t, err)
	s, err = c.survey(f, 2, award.Survey{Satisfied: 4})
	require.NoError(t, err, "inspected or not")
	require.Equal(t, "survey_too_small", s.Reason)

	before := c.digest()
	_, err = c.survey(f, 0, award.Survey{Satisfied: 5})
	requireRefused(t, err, award.Stale, "stale")
	require.Equal(t, before, c.digest())
}

func TestASurveyNeedsAFileAtTheProvinceAndDaysInOrder(t *testing.T) {
	c := open(t)
	climbing := c.filed("410102001", award.Street)
	before := c.digest()
	_, err := c.survey(climbing, 0, award.Survey{Satisfied: 5})
	requireRefused(t, err, award.Conflict, "survey_not_at_province")
	arrived := c.filed("110101", award.District)
	in := acts.SaveSurvey{Round: c.round, Application: arrived.ID, Method: "入户", Answers: award.Survey{Satisfied: 5}}
	in.FirstDay = award.DateOf(c.Now())
	in.LastDay = award.DateOf(c.Now().AddDate(0, 0, -1))
	_, err = c.Acts.Survey(t.Context(), c.Clerk("11"), c.Key(), in)
	require.Equal(t, []string{"/last_day date_order"}, defects(err))
	in.LastDay = award.DateOf(c.Now().AddDate(0, 0, 1))
	_, err = c.Acts.Survey(t.Context(), c.Clerk("11"), c.Key(), in)
	require.Equal(t, []string{"/last_day date_future"}, defects(err))
	in.FirstDay, in.LastDay = award.DateOf(c.Now().AddDate(0, 0, -1)), award.DateOf(c.Now())
	_, err = c.Acts.Survey(t.Context(), c.Clerk("11"), c.Key(), in)
	require.Equal(t, []string{"/first_day survey_before_round"}, defects(err))
	in.FirstDay, in.Answers, in.ConductedBy = in.LastDay, award.Survey{Satisfied: -1, Unknown: 1}, "东城区"
	_, err = c.Acts.Survey(t.Context(), c.Clerk("11"), c.Key(), in)
	require.Equal(t, []string{"/conducted_by survey_by_unit", "/satisfied count_bounds", "/satisfied survey_asked_nobody"}, defects(err))
	require.NotEqual(t, before, c.digest(), "only the second filing is new")

	in.Answers, in.ConductedBy = award.Survey{Satisfied: 5}, ""
	_, err = c.Acts.Survey(t.Context(), c.Clerk("11"), c.Key(), in)
	require.NoError(t, err)
	read, err := c.Acts.SurveyOf(t.Context(), c.Head("110101"), c.round, arrived.ID)
	require.NoError(t, err)
	require.Equal(t, "北京市", read.ConductedBy, "the office itself, where it commissioned nobody")
	require.True(t, read.Passed)
}

func TestNothingMoreIsFoundOutOnceThePackageIsSent(t *testing.T) {
	c := open(t)
	f := c.filed("110101", award.District)
	c.Exec(`UPDATE office_stage SET state = 'complete' WHERE round_id = $1 AND office_id = $2 AND stage = 'recommendation'`,
		c.round, c.Unit("11"))
	before := c.digest()
	_, err := c.inspect(f, 0, c.full(award.District))
	requireRefused(t, err, award.Closed, "package_sent")
	_, err = c.survey(f, 0, award.Survey{Satisfied: 5})
	requireRefused(t, err, award.Closed, "package_sent")
	require.Equal(t, before, c.digest())
}

func (c *country) inspection(f acts.File, seen int, marks []award.Points) acts.Inspect {
	return acts.Inspect{
		Round: c.round, Application: f.ID, Revision: seen, Team: "考察一组", Members: []string{"李四", "王五"},
		Visits: []award.Visit{{On: award.DateOf(c.Now()), Methods: []string{"实地走访", "查阅工作台账"}}},
		Marks:  marks, Remarks: c.remarks(f.Category), Finding: "符合标准",
	}
}

// remarks says something of every indicator.
func (c *country) remarks(category award.Category) map[string]string {
	rule, err := c.Round(c.round).Category(category)
	require.NoError(c.t, err)
	remarks := map[string]string{}
	for _, leaf := range rule.Standard.Leaves() {
		remarks[leaf.Code] = "现场核对"
	}
	return remarks
}

func (c *country) inspect(f acts.File, seen int, marks []award.Points) (acts.Inspection, error) {
	c.t.Helper()
	done, err := c.Acts.Inspect(c.t.Context(), c.Clerk(f.OfficeCode), c.Key(), c.inspection(f, seen, marks))
	return done.Result, err
}

func (c *country) survey(f acts.File, seen int, answers award.Survey) (acts.Survey, error) {
	c.t.Helper()
	done, err := c.Acts.Survey(c.t.Context(), c.Clerk(f.OfficeCode), c.Key(), acts.SaveSurvey{
		Round: c.round, Application: f.ID, Revision: seen, Method: "入户问卷",
		FirstDay: award.DateOf(c.Now()), LastDay: award.DateOf(c.Now()), Answers: answers,
	})
	return done.Result, err
}
