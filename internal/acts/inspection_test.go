package acts_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
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

	low := c.full(award.District)
	low[0], low[1], low[2], low[3], low[4] = 0, 0, 0, 0, 0
	i, err = c.inspect(f, 1, low)
	require.NoError(t, err)
	require.False(t, i.Passed, "75 of 80")
	require.Equal(t, award.Points(75_00), i.Total)

	before := c.digest()
	for _, seen := range []int{0, 1, 3} {
		_, err = c.inspect(f, seen, low)
		requireRefused(t, err, award.Stale, "revision_stale")
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
	in.InspectedOn = award.DateOf(c.Now().AddDate(0, 0, 1))
	_, err = c.Acts.Inspect(t.Context(), c.Clerk("11"), c.Key(), in)
	requireRefused(t, err, award.Invalid, "date_future")
	require.Equal(t, before, c.digest())
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
	requireRefused(t, err, award.Stale, "revision_stale")
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
	require.NotEqual(t, before, c.digest(), "only the second filing is new")
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
		Round: c.round, Application: f.ID, Revision: seen, Team: "考察一组", InspectedOn: award.DateOf(c.Now()),
		Methods: []string{"实地走访", "查阅工作台账"}, Marks: marks, Finding: "符合标准",
	}
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
