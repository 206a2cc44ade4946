package acts_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

func TestAFileClimbsEveryShapeOfChain(t *testing.T) {
	c := open(t)
	for _, tt := range []struct {
		name, unit string
		category   award.Category
		chain      []string // who has it, from the first office to the province
	}{
		{"community, street, district, prefecture, province", "410102001001", award.Community, []string{"410102001", "410102", "4101", "41"}},
		{"a community under a town of a county", "410122100001", award.Community, []string{"410122100", "410122", "4101", "41"}},
		{"a municipality has no prefecture", "110101001001", award.Community, []string{"110101001", "110101", "11"}},
		{"a district of a municipality is at the province at once", "110101", award.District, []string{"11"}},
		{"a street of 东莞 has no county level", "441900003", award.Street, []string{"4419", "44"}},
		{"a community of 东莞", "441900004001", award.Community, []string{"441900004", "4419", "44"}},
		{"a community of the Corps", "659001001001", award.Community, []string{"659001001", "659001", "BT"}},
		{"the Corps' city counts for the Corps", "659001", award.District, []string{"BT"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := c.filed(tt.unit, tt.category)
			var had []string
			for f.State != award.FileAtProvince {
				had = append(had, f.WaitingCode)
				f = c.agree(f)
			}
			require.Equal(t, tt.chain, append(had, f.WaitingCode))
			require.Equal(t, tt.chain[len(tt.chain)-1], f.OfficeCode)
			require.False(t, f.Unsigned)
			require.True(t, f.DueAt.IsZero())
			require.True(t, f.Due().Equal(c.Office(c.round, f.OfficeCode).Stage.DueAt), "at the province the office's own date governs")

			opinions, err := c.Acts.Endorsements(t.Context(), c.Clerk(tt.unit), c.round, f.ID)
			require.NoError(t, err)
			require.Len(t, opinions, len(tt.chain)-1)
			moves, err := c.Acts.History(t.Context(), c.Clerk(tt.unit), c.round, f.ID)
			require.NoError(t, err)
			require.Len(t, moves, len(tt.chain), "one move for the filing and one for each opinion")
		})
	}
}

func TestOnlyTheOfficeWhoseTurnItIsHasAnOpinion(t *testing.T) {
	c := open(t)
	f := c.filed("410102001001", award.Community)
	before := c.digest()
	for by, code := range map[string]award.Code{
		"410102":       award.Forbidden, // not yet
		"4101":         award.Forbidden,
		"41":           award.Forbidden,
		"0":            award.Forbidden,
		"410102001001": award.Forbidden, // the unit itself
		"410102002":    award.NotFound,
		"11":           award.NotFound,
	} {
		_, err := c.Acts.Endorse(t.Context(), c.Clerk(by), c.Key(), c.opinion(f, award.OpinionAgree))
		require.Equal(t, code, award.CodeOf(err), "%s: %v", by, err)
	}
	_, err := c.Acts.Endorse(t.Context(), c.Officer("410102001", award.RoleAuditor), c.Key(), c.opinion(f, award.OpinionAgree))
	requireRefused(t, err, award.Forbidden, "forbidden_endorse")

	stale := c.opinion(f, award.OpinionAgree)
	stale.Revision--
	_, err = c.Acts.Endorse(t.Context(), c.Clerk("410102001"), c.Key(), stale)
	requireRefused(t, err, award.Stale, "stale")
	_, err = c.Acts.Endorse(t.Context(), c.Clerk("410102001"), c.Key(), c.opinion(f, "abstain"))
	requireRefused(t, err, award.Invalid, "opinion_unknown")
	_, err = c.Acts.Endorse(t.Context(), c.Clerk("410102001"), c.Key(), c.opinion(f, award.OpinionUnsigned))
	requireRefused(t, err, award.Invalid, "opinion_unknown")
	require.Equal(t, before, c.digest(), "nothing of it is on record")

	draft := c.drafted("410102002001", award.Community)
	_, err = c.Acts.Endorse(t.Context(), c.Clerk("410102002001"), c.Key(), c.opinion(draft, award.OpinionAgree))
	requireRefused(t, err, award.Conflict, "file_move")
}

func TestOfTwoOfficersOfAnOfficeOneSigns(t *testing.T) {
	c := open(t)
	f := c.filed("410102001001", award.Community)
	f = c.agree(f) // with the district
	officers := []award.Officer{c.Clerk("410102"), c.Head("410102")}
	in := c.opinion(f, award.OpinionAgree)
	in.Revision = 0 // neither has looked at the revision
	var group sync.WaitGroup
	errs := make([]error, 2)
	for i, by := range officers {
		group.Go(func() { _, errs[i] = c.Acts.Endorse(context.Background(), by, acts.Key{}, in) })
	}
	group.Wait()
	require.True(t, (errs[0] == nil) != (errs[1] == nil), "%v, %v", errs[0], errs[1])
	require.Equal(t, "4101", c.reload(f).WaitingCode, "one step and no more")
}

func TestAReturnedFileIsMendedByItsDateAndGoesOnWhereItWas(t *testing.T) {
	c := open(t)
	f := c.filed("410102001001", award.Community)
	f = c.agree(c.agree(f)) // with the prefecture
	f = c.sendBack(f, "410102001001", time.Time{})
	require.Equal(t, award.FileReturned, f.State)
	require.Equal(t, "410102001001", f.WaitingCode)
	require.True(t, f.Due().Equal(actstest.Start().Add(6*actstest.Day)), "five working days: %s", f.Due())
	require.Equal(t, []string{award.OfficeWorkflow(c.round, "41")}, c.Procedure.Told(award.ActEndorse), "a date has come into the record")
	require.Equal(t, 1, actstest.One[int](c.World, `SELECT count(*) FROM message WHERE office_id = $1 AND kind = 'returned'`, f.Unit))

	edited, err := c.Acts.EditApplication(t.Context(), c.Clerk("410102001001"), c.Key(), acts.EditApplication{
		Round: c.round, Application: f.ID, Revision: f.Revision, Form: map[string]string{"deeds": "已补正"},
	})
	require.NoError(t, err)
	c.At(f.Due().Add(-time.Microsecond))
	f, err = c.file(edited.Result)
	require.NoError(t, err)
	require.Equal(t, "4101", f.WaitingCode, "where it was")
	require.Equal(t, award.FileClimbing, f.State)
	require.Equal(t, "居民自治,已补正", actstest.One[string](c.World, `
		SELECT string_agg(form->>'deeds', ',' ORDER BY revision) FROM application_revision WHERE application_id = $1`, f.ID),
		"both revisions are kept")
}

func TestAReturnObeysItsOwnDateAndNotTheIntakes(t *testing.T) {
	c := open(t)
	f := c.filed("410102001", award.Street)
	closes := c.Office(c.round, "41").ApplyClosesAt
	c.At(closes.Add(-actstest.Day))
	due := closes.Add(3 * actstest.Day)
	f = c.sendBack(f, "410102001", due)
	require.True(t, f.Due().Equal(due))

	c.At(due)
	before := c.digest()
	_, err := c.file(f)
	requireRefused(t, err, award.Closed, "return_overdue")
	require.Equal(t, before, c.digest())
	c.At(due.Add(-time.Microsecond))
	_, err = c.file(f)
	require.NoError(t, err, "long after applications have closed")
}

func TestAReturnGoesToAnEarlierOfficeAndIntoTheFuture(t *testing.T) {
	c := open(t)
	f := c.agree(c.filed("410102001001", award.Community))
	before := c.digest()
	for _, to := range []string{"410102", "4101", "41", "0", "410102002", "999999", ""} {
		in := c.opinion(f, award.OpinionReturn)
		in.ReturnTo = to
		_, err := c.Acts.Endorse(t.Context(), c.Clerk("410102"), c.Key(), in)
		requireRefused(t, err, award.Invalid, "return_not_earlier")
	}
	in := c.opinion(f, award.OpinionReturn)
	in.ReturnTo, in.Due = "410102001", c.Now()
	_, err := c.Acts.Endorse(t.Context(), c.Clerk("410102"), c.Key(), in)
	requireRefused(t, err, award.Invalid, "date_past")
	require.Equal(t, before, c.digest())
}

func TestAnOfficeMendsWhatWasReturnedToItOrSendsItFurtherDown(t *testing.T) {
	c := open(t)
	f := c.agree(c.agree(c.agree(c.filed("410102001001", award.Community))))
	require.Equal(t, award.FileAtProvince, f.State)
	f = c.sendBack(f, "410102", time.Time{})

	_, err := c.Acts.Endorse(t.Context(), c.Clerk("410102"), c.Key(), c.opinion(f, award.OpinionDecline))
	requireRefused(t, err, award.Conflict, "file_move")
	_, err = c.file(f)
	requireRefused(t, err, award.Conflict, "file_move")

	further := c.sendBack(f, "410102001001", time.Time{})
	refiled, err := c.file(further)
	require.NoError(t, err)
	require.Equal(t, "410102", refiled.WaitingCode, "back to the office that sent it further")
	require.Equal(t, "4101", c.agree(refiled).WaitingCode)

	g := c.agree(c.agree(c.agree(c.filed("410102002001", award.Community))))
	g = c.sendBack(g, "410102", time.Time{})
	require.Equal(t, award.FileAtProvince, c.agree(g).State, "mended, it goes on where it was")
}

func TestADeclinedFileIsCalledUpOnceByTheOfficeDirectlyAbove(t *testing.T) {
	c := open(t)
	f := c.decline(c.filed("410102001001", award.Community))
	require.Equal(t, award.FileDeclined, f.State)
	require.Zero(t, f.Waiting)
	require.Equal(t, "理由", f.Ground)
	require.Equal(t, 1, actstest.One[int](c.World, `SELECT count(*) FROM message WHERE office_id = $1 AND kind = 'result'`, f.Unit))

	before := c.digest()
	for by, key := range map[string]string{"4101": "call_up_not_superior", "41": "call_up_not_superior", "410102001": "call_up_not_superior"} {
		_, err := c.Acts.CallUp(t.Context(), c.Head(by), c.Key(), c.on(f, "情况特殊"))
		requireRefused(t, err, award.Forbidden, key)
	}
	_, err := c.Acts.CallUp(t.Context(), c.Clerk("410102"), c.Key(), c.on(f, "情况特殊"))
	requireRefused(t, err, award.Forbidden, "forbidden_call-up")
	_, err = c.Acts.CallUp(t.Context(), c.Head("410102"), c.Key(), c.on(f, ""))
	requireRefused(t, err, award.Invalid, "reason_required")
	require.Equal(t, before, c.digest())

	done, err := c.Acts.CallUp(t.Context(), c.Head("410102"), c.Key(), c.on(f, "情况特殊"))
	require.NoError(t, err)
	require.Equal(t, award.FileClimbing, done.Result.State)
	require.Equal(t, "410102", done.Result.WaitingCode)
	require.Empty(t, done.Result.Ground)
	require.True(t, done.Result.EndedAt.IsZero())

	again := c.decline(done.Result)
	_, err = c.Acts.CallUp(t.Context(), c.Head("4101"), c.Key(), c.on(again, "再提"))
	requireRefused(t, err, award.Conflict, "call_up_twice")
}

func TestAFileIsNotCalledUpBesideANewApplication(t *testing.T) {
	c := open(t)
	f := c.decline(c.filed("410102001", award.Street))
	_, err := c.create("410102001", award.Street)
	require.NoError(t, err, "a declined application is not live")
	before := c.digest()
	_, err = c.Acts.CallUp(t.Context(), c.Head("4101"), c.Key(), c.on(f, "情况特殊"))
	requireRefused(t, err, award.Conflict, "application_exists")
	require.Equal(t, before, c.digest())
}

func TestAfterTheArrivalDateNobodyWaitsForAnOfficeInBetween(t *testing.T) {
	c := open(t)
	f := c.agree(c.filed("410102001001", award.Community)) // with the district
	arrival := c.Office(c.round, "41").ArrivalAt
	c.At(arrival.Add(-actstest.Day))
	f = c.sendBack(f, "410102001001", arrival.Add(2*actstest.Day))
	c.At(arrival.Add(actstest.Day))
	f, err := c.file(f)
	require.NoError(t, err)
	require.Equal(t, award.FileAtProvince, f.State)
	require.True(t, f.Unsigned)
	opinions, err := c.Acts.Endorsements(t.Context(), c.Admin, c.round, f.ID)
	require.NoError(t, err)
	var unsigned []string
	for _, o := range opinions {
		if o.Opinion == award.OpinionUnsigned {
			unsigned = append(unsigned, o.OfficeCode)
		}
	}
	require.Equal(t, []string{"410102", "4101"}, unsigned, "the passed-by are named")
}

func TestTheRevisionsOfAFileAreKeptAndCompared(t *testing.T) {
	c := open(t)
	f := c.filed("410102001", award.Street)
	_, err := c.Acts.CompareRevisions(t.Context(), c.Clerk("410102"), c.round, f.ID, 0, 0)
	requireRefused(t, err, award.NotFound, "file_revision_unknown")

	first := f.Revision
	f = c.sendBack(f, "410102001", time.Time{})
	edited, err := c.Acts.EditApplication(t.Context(), c.Clerk("410102001"), c.Key(), acts.EditApplication{
		Round: c.round, Application: f.ID, Revision: f.Revision, Form: map[string]string{"deeds": "已补正"},
	})
	require.NoError(t, err)
	marks := c.full(award.Street)
	marks[0] -= 100
	_, err = c.selfCheck("410102001", award.Street, 1, marks)
	require.NoError(t, err)
	f, err = c.file(edited.Result)
	require.NoError(t, err)

	revisions, err := c.Acts.Revisions(t.Context(), c.Clerk("41"), c.round, f.ID)
	require.NoError(t, err)
	require.Len(t, revisions, 2)
	compared, err := c.Acts.CompareRevisions(t.Context(), c.Clerk("410102"), c.round, f.ID, 0, 0)
	require.NoError(t, err)
	require.Equal(t, []int{first, f.Revision}, []int{compared.From, compared.To})
	require.Equal(t, []award.Change{{Key: "deeds", Title: "主要事迹", Old: "居民自治", New: "已补正"}}, compared.Fields)
	require.Len(t, compared.Marks, 1)
	same, err := c.Acts.CompareRevisions(t.Context(), c.Clerk("410102"), c.round, f.ID, first, first)
	require.NoError(t, err)
	require.Empty(t, append(same.Fields, same.Marks...))
	_, err = c.Acts.CompareRevisions(t.Context(), c.Clerk("11"), c.round, f.ID, 0, 0)
	requireRefused(t, err, award.NotFound, "not_found")
}

func TestARoundAsksALevelForTheScanOfTheSealedPage(t *testing.T) {
	w := actstest.New(t)
	rules := actstest.DrillRules()
	rules.SealLevels = []award.Level{award.LevelCounty}
	c := &country{World: w, t: t, round: w.OpenDrill(actstest.Drill{Rules: rules}).ID}
	f := c.agree(c.filed("410102001001", award.Community)) // the street needs none
	require.Equal(t, "中原区人民政府", f.SealingBody(), "the government's seal is proposed")
	in := c.opinion(f, award.OpinionAgree)
	in.SealingBody = ""
	_, err := c.Acts.Endorse(t.Context(), c.Clerk("410102"), c.Key(), in)
	requireRefused(t, err, award.Incomplete, "opinion_incomplete")
	require.Equal(t, []string{"/seal seal_required"}, defects(err))
	in.Seal = unknownScan
	_, err = c.Acts.Endorse(t.Context(), c.Clerk("410102"), c.Key(), in)
	requireRefused(t, err, award.Invalid, "evidence_unknown_here")
	in.Seal = c.Uploads(c.Clerk("410102"), "签章页")
	f = c.endorse(in, "410102")
	opinions, err := c.Acts.Endorsements(t.Context(), c.Clerk("4101"), c.round, f.ID)
	require.NoError(t, err)
	require.Equal(t, []string{in.Seal, "中原区人民政府"}, []string{opinions[1].Seal, opinions[1].SealingBody})
}

// unknownScan is the SHA-256 of a scan that nobody uploaded.
const unknownScan = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

func TestAPackageNeedsTheScanOfEveryFormWithItsSeals(t *testing.T) {
	p := newProvince(t)
	f := p.files(award.Street, 95)
	p.notice(f...)
	p.must(p.recommend("第2次评审会纪要", f...))
	p.must(p.putPackage())
	p.Exec(`UPDATE round SET rules = rules || '{"sealed_form": true}' WHERE id = $1`, p.round.ID)
	_, err := p.complete(award.StageRecommendation)
	require.Len(t, p.refused(err, award.Incomplete, "package_incomplete"), 1)

	in := acts.ScanForm{Round: p.round.ID, Application: f[0], SHA256: unknownScan}
	_, err = p.Acts.ScanForm(t.Context(), p.head, p.Key(), in)
	p.refused(err, award.Invalid, "evidence_unknown_here")
	in.SHA256 = p.Uploads(p.head, "申报表")
	_, err = p.Acts.ScanForm(t.Context(), p.Clerk("11"), p.Key(), in)
	p.refused(err, award.NotFound, "not_found")
	_, err = p.Acts.ScanForm(t.Context(), p.head, p.Key(), in)
	p.must(err)
	_, err = p.complete(award.StageRecommendation)
	p.must(err)
	_, err = p.Acts.ScanForm(t.Context(), p.head, p.Key(), in)
	p.refused(err, award.Closed, "package_sent")
}

func TestEveryOfficeSeesWhomTheOfficesBelowKeepWaiting(t *testing.T) {
	c := open(t)
	c.filed("410102001", award.Street) // with 410102, due after five days
	late := c.filed("410103001", award.Street)
	c.agree(c.filed("410122001", award.Street)) // with 4101
	c.filed("110101001", award.Street)
	c.Exec(`UPDATE application SET due_at = shifan_now(), reminders = 2 WHERE id = $1`, late.ID)
	waiting := func(by, office string, after int64, limit int) []acts.OfficeWaiting {
		t.Helper()
		out, err := c.Acts.WaitingAt(t.Context(), c.Clerk(by), office, acts.WaitingQuery{Round: c.round, After: after, Limit: limit})
		require.NoError(t, err)
		return out
	}
	byCode := map[string]acts.OfficeWaiting{}
	for _, o := range waiting("4101", "", 0, 100) {
		byCode[o.Code] = o
	}
	require.Len(t, byCode, 3, "its own and those below")
	require.Equal(t, 1, byCode["410103"].Overdue)
	require.Equal(t, 2, byCode["410103"].Reminders)
	require.Zero(t, byCode["410102"].Overdue)
	require.True(t, byCode["410102"].Oldest.Equal(actstest.Start()))
	require.Equal(t, "郑州市", byCode["4101"].Name)

	require.Len(t, waiting("0", "", 0, 100), 4)
	require.Len(t, waiting("41", "410102", 0, 100), 1)
	require.Empty(t, waiting("410102001", "", 0, 100))
	first := waiting("4101", "", 0, 2)
	require.Len(t, first, 2)
	require.Len(t, waiting("4101", "", first[1].Office, 2), 1)
	_, err := c.Acts.WaitingAt(t.Context(), c.Clerk("410102"), "410103", acts.WaitingQuery{Round: c.round, Limit: 10})
	requireRefused(t, err, award.NotFound, "not_found")
}

// opinion is an opinion of whoever has the file.
func (c *country) opinion(f acts.File, opinion award.Opinion) acts.Endorse {
	return acts.Endorse{
		Round: c.round, Application: f.ID, Revision: f.Revision, Opinion: opinion, Text: "理由",
		Clerk: "经办甲", SigningHead: "签发乙", SealingBody: "某机关",
	}
}

func (c *country) endorse(in acts.Endorse, by string) acts.File {
	c.t.Helper()
	done, err := c.Acts.Endorse(context.Background(), c.Clerk(by), c.Key(), in)
	require.NoError(c.t, err)
	return done.Result
}

func (c *country) agree(f acts.File) acts.File {
	c.t.Helper()
	return c.endorse(c.opinion(f, award.OpinionAgree), f.WaitingCode)
}

func (c *country) decline(f acts.File) acts.File {
	c.t.Helper()
	return c.endorse(c.opinion(f, award.OpinionDecline), f.WaitingCode)
}

func (c *country) sendBack(f acts.File, to string, due time.Time) acts.File {
	c.t.Helper()
	in := c.opinion(f, award.OpinionReturn)
	in.ReturnTo, in.Due = to, due
	return c.endorse(in, f.WaitingCode)
}
