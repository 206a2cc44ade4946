package acts_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

func TestAnApplicationStartsWithWhatTheRegisterKnows(t *testing.T) {
	c := open(t)
	done, err := c.Acts.CreateApplication(t.Context(), c.Clerk("410102001"), c.Key(), acts.CreateApplication{
		Round: c.round, Unit: "410102001", Category: award.Street, Form: map[string]string{"head": "张三"},
	})
	require.NoError(t, err)
	f := done.Result
	require.Equal(t, award.FileDraft, f.State)
	require.Equal(t, map[string]string{"unit": "林山寨街道", "code": "410102001", "head": "张三"}, f.Form)
	require.Equal(t, "410102001", f.WaitingCode, "it waits for the unit itself")
	require.Equal(t, "41", f.OfficeCode)
	require.Nil(t, f.SelfTotal)
}

func TestAUnitHasOneLiveApplicationARound(t *testing.T) {
	c := open(t)
	first := c.draft("410102001")
	before := c.digest()
	_, err := c.create("410102001", award.Street)
	requireRefused(t, err, award.Conflict, "application_exists")
	require.Equal(t, before, c.digest())

	_, err = c.Acts.Withdraw(t.Context(), c.Head("410102001"), c.Key(), c.on(first, "条件不具备"))
	require.NoError(t, err)
	second, err := c.create("410102001", award.Street)
	require.NoError(t, err, "a withdrawn application is not live")
	require.NotEqual(t, first.ID, second.ID)
}

func TestTwoOfficersWhoApplyForOneUnitAtOnceMakeOneApplication(t *testing.T) {
	c := open(t)
	var made, refused int
	var mutex sync.Mutex
	var group sync.WaitGroup
	clerk := c.Clerk("410102001")
	for range 10 {
		group.Go(func() {
			_, err := c.Acts.CreateApplication(context.Background(), clerk, acts.Key{},
				acts.CreateApplication{Round: c.round, Unit: "410102001", Category: award.Street})
			mutex.Lock()
			defer mutex.Unlock()
			switch award.CodeOf(err) {
			case award.Conflict:
				refused++
			default:
				if err == nil {
					made++
				}
			}
		})
	}
	group.Wait()
	require.Equal(t, 1, made)
	require.Equal(t, 9, refused)
}

func TestWhoMayNotApplyIsToldWhy(t *testing.T) {
	c := open(t)
	// A holder of the title does not apply again in the same category (domain 6.8).
	c.Exec(`INSERT INTO title (number, round_id, application_id, unit_id, category, text, drill, named_on)
	        VALUES ('旧-1', 'old', 0, $1, 'street', '全国和谐社区建设示范街道', false, '2009-01-01')`, c.Unit("410102001"))
	before := c.digest()
	for _, tt := range []struct {
		name, unit string
		by         string
		category   award.Category
		code       award.Code
		key        string
	}{
		{"a holder of the title", "410102001", "410102001", award.Street, award.Conflict, "title_holder"},
		{"a town in the category of streets", "410122100", "410122100", award.Street, award.Invalid, "unit_not_eligible"},
		{"a county in the category of districts", "410122", "410122", award.District, award.Invalid, "unit_not_eligible"},
		{"a village in the category of communities", "410122100201", "410122100", award.Community, award.Invalid, "unit_not_eligible"},
		{"a unit of unsure kind", actstest.Unsure, actstest.Unsure, award.District, award.Conflict, "unit_kind_unsure"},
		{"a category that the round has not", "4101", "4101", award.City, award.Invalid, "category_not_in_round"},
		{"a unit that is not in the register", "999999", "410102001", award.Street, award.NotFound, "unit_unknown"},
		{"the nation itself", "0", "0", award.Street, award.Invalid, "unit_above_offices"},
		{"a neighbour", "410102002", "410102001", award.Street, award.NotFound, "not_found"},
		{"a unit below", "410102001", "410102001001", award.Street, award.NotFound, "not_found"},
		{"another province", "410102002", "11", award.Street, award.NotFound, "not_found"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := c.Acts.CreateApplication(t.Context(), c.Clerk(tt.by), c.Key(),
				acts.CreateApplication{Round: c.round, Unit: tt.unit, Category: tt.category})
			requireRefused(t, err, tt.code, tt.key)
		})
	}
	_, err := c.Acts.CreateApplication(t.Context(), c.Officer("410102002", award.RoleAuditor), c.Key(),
		acts.CreateApplication{Round: c.round, Unit: "410102002", Category: award.Street})
	requireRefused(t, err, award.Forbidden, "forbidden_create-application")
	require.Equal(t, before, c.digest(), "nothing of it is on record")
}

func TestAFormIsEditedByThoseWhoHaveSeenItAsItIs(t *testing.T) {
	c := open(t)
	f := c.draft("410102001")
	edit := func(revision int, form map[string]string) (acts.File, error) {
		done, err := c.Acts.EditApplication(t.Context(), c.Clerk("410102001"), c.Key(),
			acts.EditApplication{Round: c.round, Application: f.ID, Revision: revision, Form: form})
		return done.Result, err
	}
	edited, err := edit(f.Revision, map[string]string{"head": "李四"})
	require.NoError(t, err)
	require.Equal(t, "李四", edited.Form["head"])
	require.Equal(t, f.Form["deeds"], edited.Form["deeds"], "what is not named stays")
	require.Equal(t, f.Revision+1, edited.Revision)

	before := c.digest()
	_, err = edit(f.Revision, map[string]string{"head": "王五"})
	requireRefused(t, err, award.Stale, "stale")
	_, err = edit(edited.Revision, map[string]string{"slogan": "争先"})
	requireRefused(t, err, award.Invalid, "form_malformed")
	require.Equal(t, before, c.digest())

	c.ready("410102001", award.Street)
	filed, err := c.file(edited)
	require.NoError(t, err)
	_, err = edit(filed.Revision, map[string]string{"head": "王五"})
	requireRefused(t, err, award.Conflict, "file_not_with_unit")
}

func TestFilingNamesEverythingThatIsMissingAtOnce(t *testing.T) {
	c := open(t)
	f, err := c.create("410102001", award.Street)
	require.NoError(t, err)
	before := c.digest()
	_, err = c.file(f)
	requireRefused(t, err, award.Incomplete, "file_incomplete")
	require.Equal(t, []string{
		"/self_check self_check_missing", "/form/head form_required", "/form/contact form_required",
		"/form/residents form_required", "/form/staff form_required", "/form/deeds form_required",
	}, defects(err))

	failing := make([]award.Points, 21)
	_, err = c.selfCheck("410102001", award.Street, 0, failing)
	require.NoError(t, err)
	afterCheck := c.digest()
	_, err = c.file(f)
	require.Contains(t, defects(err), "/self_check self_check_not_ready")
	require.Equal(t, afterCheck, c.digest())
	require.NotEqual(t, before, afterCheck)
}

func TestAFiledApplicationWaitsForTheFirstOfficeAndKeepsWhatWasFiled(t *testing.T) {
	c := open(t)
	f := c.filed("410102001001", award.Community)
	require.Equal(t, award.FileFiled, f.State)
	require.Equal(t, "410102001", f.WaitingCode)
	require.Equal(t, "林山寨街道", f.WaitingName)
	require.True(t, f.Due().Equal(actstest.Start().Add(6*actstest.Day)), "five working days after today: %s", f.Due())
	require.Equal(t, award.Points(100_00), *f.SelfTotal)

	require.Equal(t, 1, actstest.One[int](c.World, `
		SELECT count(*) FROM application_revision WHERE application_id = $1 AND revision = $2
		  AND form->>'deeds' = '居民自治' AND self_check[1] = 500`, f.ID, f.Revision))
	moves, err := c.Acts.History(t.Context(), c.Clerk("410102"), c.round, f.ID)
	require.NoError(t, err)
	require.Len(t, moves, 1)
	require.Equal(t, award.ActFile, moves[0].Act)
	require.Equal(t, "410102001001", moves[0].OfficeCode)
}

func TestFilingTwiceFilesOnce(t *testing.T) {
	c := open(t)
	f := c.drafted("410102001", award.Street)
	key := c.Key()
	first, err := c.Acts.FileApplication(t.Context(), c.Clerk("410102001"), key, c.on(f, ""))
	require.NoError(t, err)
	before := c.digest()
	again, err := c.Acts.FileApplication(t.Context(), c.Clerk("410102001"), key, c.on(f, ""))
	require.NoError(t, err, "the same key is the same act")
	require.Equal(t, first.Receipt.Act, again.Receipt.Act)
	require.Equal(t, first.Result.Revision, again.Result.Revision)

	_, err = c.Acts.FileApplication(t.Context(), c.Clerk("410102001"), c.Key(), acts.OnFile{Round: c.round, Application: f.ID})
	requireRefused(t, err, award.Conflict, "file_move")
	require.Equal(t, before, c.digest())
}

func TestASuperiorFilesForAUnitWithoutAComputer(t *testing.T) {
	c := open(t)
	f := c.drafted("410102001001", award.Community)
	done, err := c.Acts.FileApplication(t.Context(), c.Clerk("410102"), c.Key(), c.on(f, ""))
	require.NoError(t, err)
	moves, err := c.Acts.History(t.Context(), c.Clerk("410102"), c.round, done.Result.ID)
	require.NoError(t, err)
	require.Equal(t, "410102", moves[0].OfficeCode, "the record names who did it")
}

func TestOnlyTheUnitItselfWithdrawsAndOnlyWithAReason(t *testing.T) {
	c := open(t)
	f := c.filed("410102001", award.Street)
	before := c.digest()
	_, err := c.Acts.Withdraw(t.Context(), c.Clerk("410102"), c.Key(), c.on(f, "代撤"))
	requireRefused(t, err, award.Forbidden, "forbidden_withdraw")
	_, err = c.Acts.Withdraw(t.Context(), c.Clerk("410102001"), c.Key(), c.on(f, ""))
	requireRefused(t, err, award.Invalid, "reason_required")
	require.Equal(t, before, c.digest())

	done, err := c.Acts.Withdraw(t.Context(), c.Clerk("410102001"), c.Key(), c.on(f, "主动撤回"))
	require.NoError(t, err)
	require.Equal(t, award.FileWithdrawn, done.Result.State)
	require.Zero(t, done.Result.Waiting)
	require.Equal(t, "主动撤回", done.Result.Ground)
	_, err = c.file(done.Result)
	requireRefused(t, err, award.Conflict, "file_move")
}

func TestAWithdrawnFileLeavesItsListsButAFrozenListStays(t *testing.T) {
	c := open(t)
	list := actstest.One[int64](c.World, `
		INSERT INTO list (round_id, office_id, kind, revision, minutes, met_on, sha256, officer_id)
		VALUES ($1, $2, 'proposed', 1, '会议纪要', '2026-11-02', '', $3) RETURNING id`, c.round, c.Unit("41"), c.Admin.ID)
	for position, unit := range []string{"410102001", "410103001"} {
		f := c.filed(unit, award.Street)
		c.Exec(`INSERT INTO list_item (list_id, application_id, category, position) VALUES ($1, $2, 'street', $3)`, list, f.ID, position+1)
		c.Exec(`INSERT INTO recommendation (application_id, round_id, office_id, category, position)
		        VALUES ($1, $2, $3, 'street', $4)`, f.ID, c.round, f.Office, position+1)
		state, kept := award.FileRecommended, 0
		if position == 1 { // the nation has frozen the list meanwhile
			state, kept = award.FileReviewed, 1
			c.Exec(`UPDATE round SET list_frozen_at = shifan_now() WHERE id = $1`, c.round)
		}
		c.Exec(`UPDATE application SET state = $2 WHERE id = $1`, f.ID, state)
		_, err := c.Acts.Withdraw(t.Context(), c.Head(unit), c.Key(), c.on(f, "主动撤回"))
		require.NoError(t, err)
		require.Equal(t, 1, actstest.One[int](c.World,
			`SELECT count(*) FROM list_item WHERE application_id = $1 AND removed_at IS NOT NULL`, f.ID))
		require.Equal(t, kept, actstest.One[int](c.World, `SELECT count(*) FROM recommendation WHERE application_id = $1`, f.ID))
	}
}

func TestASuspendedRoundTakesNoFileActs(t *testing.T) {
	c := open(t)
	f := c.drafted("410102001", award.Street)
	_, err := c.Acts.SuspendRound(t.Context(), c.Admin, c.Key(), c.round, "暂停")
	require.NoError(t, err)
	before := c.digest()
	_, err = c.file(f)
	requireRefused(t, err, award.Closed, "round_suspended")
	_, err = c.create("410102002", award.Street)
	requireRefused(t, err, award.Closed, "round_suspended")
	_, err = c.selfCheck("410102002", award.Street, 0, c.full(award.Street))
	requireRefused(t, err, award.Closed, "round_suspended")
	require.Equal(t, before, c.digest())
	_, err = c.Acts.Application(t.Context(), c.Clerk("410102001"), c.round, f.ID)
	require.NoError(t, err, "reading goes on")
}

func TestAListShowsTheCallersSubtreePageByPage(t *testing.T) {
	c := open(t)
	var ids []int64
	for _, unit := range []string{"410102001", "410103001", "410102", "110101001", "441900003"} {
		category := award.Street
		if len(unit) == 6 {
			category = award.District
		}
		ids = append(ids, c.filed(unit, category).ID)
	}
	list := func(by award.Officer, q acts.FilesQuery) []int64 {
		t.Helper()
		q.Round = c.round
		if q.Limit == 0 {
			q.Limit = 100
		}
		files, err := c.Acts.Applications(t.Context(), by, q)
		require.NoError(t, err)
		var out []int64
		for _, f := range files {
			out = append(out, f.ID)
		}
		return out
	}
	require.Equal(t, ids, list(c.Admin, acts.FilesQuery{}), "the owner sees all")
	require.Equal(t, ids[:3], list(c.Clerk("41"), acts.FilesQuery{}))
	require.Equal(t, ids[:3], list(c.Clerk("4101"), acts.FilesQuery{}))
	require.Equal(t, []int64{ids[0], ids[2]}, list(c.Clerk("410102"), acts.FilesQuery{}))
	require.Equal(t, ids[:1], list(c.Clerk("410102001"), acts.FilesQuery{}))
	require.Empty(t, list(c.Clerk("410122"), acts.FilesQuery{}), "a county without applicants")
	require.Empty(t, list(c.Clerk("BT"), acts.FilesQuery{}))

	require.Equal(t, ids[:2], list(c.Admin, acts.FilesQuery{Limit: 2}))
	require.Equal(t, ids[2:4], list(c.Admin, acts.FilesQuery{Limit: 2, After: ids[1]}))
	require.Empty(t, list(c.Admin, acts.FilesQuery{After: ids[4]}), "after the last")
	require.Equal(t, ids[2:3], list(c.Admin, acts.FilesQuery{Category: award.District}))
	require.Equal(t, ids[3:4], list(c.Admin, acts.FilesQuery{Office: "11"}))
	require.Empty(t, list(c.Clerk("41"), acts.FilesQuery{Office: "11"}), "a filter shows nobody else's files")
	require.Empty(t, list(c.Admin, acts.FilesQuery{State: award.FileDraft}))
	require.Equal(t, ids[:1], list(c.Clerk("410102"), acts.FilesQuery{Waiting: c.Unit("410102")}))
	require.Equal(t, ids[2:3], list(c.Clerk("4101"), acts.FilesQuery{Waiting: c.Unit("4101")}))

	_, err := c.Acts.Applications(t.Context(), award.Officer{}, acts.FilesQuery{Round: c.round, Limit: 100})
	requireRefused(t, err, award.NotFound, "not_found")
}

func TestAFileIsShownToItsChainAloneAndTellsNobodyElseThatItExists(t *testing.T) {
	c := open(t)
	f := c.filed("410102001001", award.Community)
	for _, office := range []string{"410102001001", "410102001", "410102", "4101", "41", "0"} {
		_, err := c.Acts.Application(t.Context(), c.Clerk(office), c.round, f.ID)
		require.NoError(t, err, office)
	}
	for _, office := range []string{"410102001002", "410102002", "410103", "11", "BT"} {
		_, err := c.Acts.Application(t.Context(), c.Clerk(office), c.round, f.ID)
		requireRefused(t, err, award.NotFound, "not_found")
		_, err = c.Acts.History(t.Context(), c.Clerk(office), c.round, f.ID)
		requireRefused(t, err, award.NotFound, "not_found")
		_, err = c.Acts.Endorsements(t.Context(), c.Clerk(office), c.round, f.ID)
		requireRefused(t, err, award.NotFound, "not_found")
	}
	_, err := c.Acts.Application(t.Context(), c.Admin, c.round, f.ID+1)
	requireRefused(t, err, award.NotFound, "not_found")
	_, err = c.Acts.Application(t.Context(), c.Admin, "2008-1", f.ID)
	requireRefused(t, err, award.NotFound, "round_unknown")
}

// country is a small country with an open drill.
type country struct {
	*actstest.World
	t     testing.TB
	round string
}

// open returns a country whose drill has just opened.
func open(t testing.TB) *country {
	t.Helper()
	w := actstest.New(t)
	return &country{World: w, t: t, round: w.OpenDrill(actstest.Drill{}).ID}
}

// full is the most that the standard of a category gives, without a veto.
func (c *country) full(category award.Category) []award.Points {
	c.t.Helper()
	rule, err := c.Round(c.round).Category(category)
	require.NoError(c.t, err)
	return actstest.Full(rule.Standard)
}

func (c *country) selfCheck(unit string, category award.Category, revision int, marks []award.Points) (acts.SelfCheck, error) {
	c.t.Helper()
	done, err := c.Acts.SaveSelfCheck(context.Background(), c.Clerk(unit), c.Key(), acts.SaveSelfCheck{
		Round: c.round, Unit: unit, Category: category, Revision: revision, Marks: marks,
	})
	return done.Result, err
}

// ready gives a unit a self-check that passes.
func (c *country) ready(unit string, category award.Category) {
	c.t.Helper()
	_, err := c.selfCheck(unit, category, 0, c.full(category))
	require.NoError(c.t, err)
}

func (c *country) create(unit string, category award.Category) (acts.File, error) {
	c.t.Helper()
	done, err := c.Acts.CreateApplication(context.Background(), c.Clerk(unit), c.Key(),
		acts.CreateApplication{Round: c.round, Unit: unit, Category: category})
	return done.Result, err
}

// draft is a whole draft of a street, without a self-check.
func (c *country) draft(unit string) acts.File {
	c.t.Helper()
	done, err := c.Acts.CreateApplication(context.Background(), c.Clerk(unit), c.Key(), acts.CreateApplication{
		Round: c.round, Unit: unit, Category: award.Street, Form: form(),
	})
	require.NoError(c.t, err)
	return done.Result
}

// drafted is a whole draft with a self-check that passes.
func (c *country) drafted(unit string, category award.Category) acts.File {
	c.t.Helper()
	c.ready(unit, category)
	done, err := c.Acts.CreateApplication(context.Background(), c.Clerk(unit), c.Key(), acts.CreateApplication{
		Round: c.round, Unit: unit, Category: category, Form: form(),
	})
	require.NoError(c.t, err)
	return done.Result
}

// file files as the unit does, having seen the file.
func (c *country) file(f acts.File) (acts.File, error) {
	c.t.Helper()
	done, err := c.Acts.FileApplication(context.Background(), c.Clerk(f.UnitCode), c.Key(), c.on(f, ""))
	return done.Result, err
}

// filed is a filed application.
func (c *country) filed(unit string, category award.Category) acts.File {
	c.t.Helper()
	f, err := c.file(c.drafted(unit, category))
	require.NoError(c.t, err)
	return f
}

// reload is the file as it stands.
func (c *country) reload(f acts.File) acts.File {
	c.t.Helper()
	f, err := c.Store.File(context.Background(), f.Round, f.ID)
	require.NoError(c.t, err)
	return f
}

func (c *country) on(f acts.File, reason string) acts.OnFile {
	return acts.OnFile{Round: f.Round, Application: f.ID, Revision: f.Revision, Reason: reason}
}

// digest is a fingerprint of everything that file acts write.
func (c *country) digest() string {
	c.t.Helper()
	var sums []string
	for _, table := range []string{
		"self_check", "application", "application_history", "application_revision", "endorsement", "inspection", "survey",
		"recommendation", "list_item", "intake", "round_office", "act", "audit", "outbox", "message",
	} {
		sums = append(sums, fmt.Sprintf(
			`SELECT '%[1]s ' || encode(sha256(coalesce(string_agg(x::text, E'\n' ORDER BY x::text), '')::bytea), 'hex') AS sum FROM %[1]s x`, table))
	}
	return actstest.One[string](c.World, `SELECT string_agg(sum, E'\n') FROM (`+strings.Join(sums, " UNION ALL ")+`) sums`)
}

func form() map[string]string {
	return map[string]string{
		"head": "张三", "contact": "0371-60000000", "residents": "12000", "staff": "30", "deeds": "居民自治",
	}
}

func requireRefused(t testing.TB, err error, code award.Code, key string) {
	t.Helper()
	refusal, ok := errors.AsType[*award.Error](err)
	require.True(t, ok, "not refused: %v", err)
	require.Equal(t, string(code)+" "+key, string(refusal.Code)+" "+refusal.Key, "%v", err)
}

// defects are the pointers and keys of a refusal.
func defects(err error) []string {
	var out []string
	if refusal, ok := errors.AsType[*award.Error](err); ok {
		for _, d := range refusal.Fields {
			out = append(out, d.Pointer+" "+d.Key)
		}
	}
	return out
}
