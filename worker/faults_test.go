package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/lib/pq"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"

	"shifan/deploy/local/server"
	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
	"shifan/workflows"
)

// ownTemporal is a Temporal server that a test may stop, start again and rob of
// its database.
type ownTemporal struct {
	t        *testing.T
	options  server.TemporalOptions
	instance *server.Temporal
}

func newTemporal(t *testing.T) *ownTemporal {
	t.Helper()
	binary := os.Getenv("TEST_TEMPORAL_BIN")
	require.NotEmpty(t, binary, "TEST_TEMPORAL_BIN is not set: run make test")
	port, err := server.FreePort()
	require.NoError(t, err)
	folder := t.TempDir()
	o := &ownTemporal{t: t, options: server.TemporalOptions{
		Binary: binary, Port: port, Database: filepath.Join(folder, "temporal.db"), Log: filepath.Join(folder, "temporal.log"),
	}}
	o.start()
	t.Cleanup(o.stop)
	return o
}

func (o *ownTemporal) start() {
	o.t.Helper()
	instance, err := server.StartTemporal(context.Background(), o.options)
	require.NoError(o.t, err)
	o.instance = instance
}

func (o *ownTemporal) stop() {
	o.t.Helper()
	if o.instance != nil {
		require.NoError(o.t, o.instance.Stop())
		o.instance = nil
	}
}

// forget deletes the database of a stopped server.
func (o *ownTemporal) forget() {
	o.t.Helper()
	files, err := filepath.Glob(o.options.Database + "*")
	require.NoError(o.t, err)
	require.NotEmpty(o.t, files)
	for _, file := range files {
		require.NoError(o.t, os.Remove(file))
	}
}

// TestTheRoundGoesOnWhileTemporalIsAway stops Temporal over the intakes' end:
// every act and read works meanwhile, nothing is accepted late, and soon after
// its return the round is where it would have been: within ten seconds when the
// machine is the test's own (make outage), within a minute beside other packages'
// tests. It says how long it took.
func TestTheRoundGoesOnWhileTemporalIsAway(t *testing.T) {
	temporal := newTemporal(t)
	s := systemOn(t, temporal.instance.Address, "default")
	s.startWorker("cached")
	c := s.open(12 * time.Second)
	temporal.stop()

	c.file() // every act stands
	late, err := c.Acts.CreateApplication(context.Background(), c.Head("410122001"), c.Key(), acts.CreateApplication{
		Round: c.round, Unit: "410122001", Category: award.Street,
	})
	require.NoError(t, err)
	moved, err := c.Acts.MoveOfficeDate(context.Background(), c.Admin, c.Key(), c.round, "BT", acts.DateMove{
		Which: "recommendation", To: c.dates.RecommendationDue.Add(5 * time.Second), Reason: "延期",
	})
	require.NoError(t, err)
	assert.Equal(t, acts.ToldPending, moved.Receipt.Procedure, "the act stands and the procedure will hear")
	_, err = c.Acts.Round(context.Background(), c.Admin, c.round)
	require.NoError(t, err, "every read works")

	time.Sleep(time.Until(c.dates.ApplyCloses) + 100*time.Millisecond)
	_, err = c.Acts.FileApplication(context.Background(), c.Head("410122001"), c.Key(), acts.OnFile{Round: c.round, Application: late.Result.ID})
	assert.Equal(t, award.Closed, award.CodeOf(err), "no timer fired, and nothing is accepted late: %v", err)
	require.False(t, c.Office(c.round, "41").ApplyClosed, "nobody closed the intake: Temporal is away")

	temporal.start()
	returned, patience := time.Now(), 60*time.Second
	if os.Getenv("SHIFAN_TEST_ALONE") != "" {
		patience = 10 * time.Second
	}
	each := func(holds func(acts.Office) bool) bool {
		for _, code := range c.offices() {
			if !holds(c.Office(c.round, code)) {
				return false
			}
		}
		return true
	}
	c.eventually(patience, "every date that passed has acted", func() bool {
		return c.Round(c.round).Stage == award.StageRecommendation &&
			each(func(o acts.Office) bool { return o.SelfCheckClosed && o.ApplyClosed })
	})
	c.eventually(time.Until(returned.Add(patience)), "the round is where it would have been", func() bool {
		return each(func(o acts.Office) bool { return o.Lapsed && o.PassedUp })
	})
	t.Logf("where it would have been %s after Temporal's return", time.Since(returned).Round(time.Millisecond))
	assert.Equal(t, "lapsed", actstest.One[string](c.World, `SELECT state FROM application WHERE id = $1`, late.Result.ID))
	c.eventually(10*time.Second, "every signal has arrived", func() bool {
		return actstest.One[int](c.World, `SELECT count(*) FROM outbox WHERE signalled_at IS NULL`) == 0
	})
	c.arrive()
	c.notice()
	c.recommend()
	c.assess()
	c.decide()
	assert.Equal(t, theNamed, c.named())
}

// TestADeletedTemporalDatabaseIsRebuilt takes Temporal's whole memory away in
// the middle of a round: the keeper starts every workflow again from the record,
// search attributes and schedules too, and the round ends with the same lists.
func TestADeletedTemporalDatabaseIsRebuilt(t *testing.T) {
	t.Parallel()
	temporal := newTemporal(t)
	s := systemOn(t, temporal.instance.Address, "default")
	s.startWorker("cached")
	c := s.open(12 * time.Second)
	c.file()
	c.arrive()
	c.notice()
	temporal.stop()
	temporal.forget()
	temporal.start()
	c.recommend()
	c.assess()
	temporal.stop()
	temporal.forget()
	temporal.start()
	c.decide()
	assert.Equal(t, theNamed, c.named())
	c.eventually(30*time.Second, "no workflow is missing or left over", func() bool {
		live, err := c.Acts.LiveWorkflows(context.Background())
		return err == nil && len(live) == 0
	})
}

// TestAWorkerKilledWhileScoringChangesNoScore kills the worker with SIGKILL
// between two pages of scoring: a new one finishes, and every total is what the
// marks add up to.
func TestAWorkerKilledWhileScoringChangesNoScore(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	w := s.startWorker("cached")
	c := s.open(12 * time.Second)
	c.file()
	c.arrive()
	c.notice()
	c.recommend()
	c.eventually(60*time.Second, "the list is frozen", func() bool { return !c.Round(c.round).ListFrozenAt.IsZero() })
	want := c.multiply(6000)
	c.slow(`INSERT ON score`, 400*time.Millisecond)

	_, err := c.Acts.CompleteStage(context.Background(), c.Admin, c.Key(), acts.CompleteStageInput{
		Round: c.round, Office: award.CodeNation, Stage: award.StageAssessment,
	})
	require.NoError(t, err)
	scored := func() int { return actstest.One[int](c.World, `SELECT count(*) FROM score`) }
	c.eventually(30*time.Second, "scoring has begun", func() bool { return scored() > 0 })
	require.NoError(t, w.Process.Kill())
	require.Error(t, w.Wait(), "killed")
	require.Less(t, scored(), len(want), "killed in the middle")
	require.True(t, c.Round(c.round).ScoredAt.IsZero())

	s.startWorker("cached")
	c.eventually(90*time.Second, "scoring is done", func() bool { return !c.Round(c.round).ScoredAt.IsZero() })
	var rows []struct{ ApplicationID, Total int64 }
	require.NoError(t, c.DB.Unsafe().Select(&rows, `SELECT application_id AS applicationid, total FROM score`))
	got := make(map[int64]int64, len(rows))
	for _, row := range rows {
		got[row.ApplicationID] = row.Total
	}
	assert.Equal(t, want, got)
}

// multiply adds marked files to the frozen list by the thousand, as if the
// country were larger, and returns every file's total.
func (c *course) multiply(n int) map[int64]int64 {
	c.t.Helper()
	ctx := context.Background()
	var marks []acts.NationalMarks
	for _, unit := range c.units() {
		marks = append(marks, acts.NationalMarks{Application: c.files[unit], Marks: c.marks(unit)})
	}
	_, err := c.Acts.Mark(ctx, c.Admin, c.Key(), c.round, marks)
	require.NoError(c.t, err)
	r := c.Round(c.round)
	standard, err := r.Category(award.District)
	require.NoError(c.t, err)
	leaves := standard.Standard.Leaves()

	tx, err := c.DB.Beginx()
	require.NoError(c.t, err)
	for i := range n {
		m := make([]int64, len(leaves))
		for j, leaf := range leaves {
			if leaf.Kind == award.LeafPoints {
				m[j] = rand.Int64N(int64(leaf.Max) + 1)
			}
		}
		array := "{"
		for j, v := range m {
			if j > 0 {
				array += ","
			}
			array += fmt.Sprint(v)
		}
		_, err := tx.Exec(`
			WITH u AS (INSERT INTO unit DEFAULT VALUES RETURNING id),
			f AS (INSERT INTO round_unit (round_id, unit_id, code, name, kind, kind_sure, office_id, path)
				SELECT $1, u.id, $2, '增加', 'district', true, (SELECT office_id FROM round_office WHERE round_id = $1 AND code = '41'), ARRAY[u.id] FROM u
				RETURNING unit_id, office_id),
			a AS (INSERT INTO application (round_id, unit_id, category, office_id, state)
				SELECT $1, f.unit_id, 'district', f.office_id, 'marked' FROM f RETURNING id)
			INSERT INTO assessment_mark (application_id, marks, officer_id) SELECT a.id, $3::bigint[], $4 FROM a`,
			c.round, fmt.Sprintf("99%06d", i), array+"}", c.Admin.ID)
		require.NoError(c.t, err)
	}
	require.NoError(c.t, tx.Commit())

	var rows []struct {
		ID       int64
		Category award.Category
		Marks    pq.Int64Array
	}
	require.NoError(c.t, c.DB.Select(&rows, `
		SELECT m.application_id AS id, a.category, m.marks
		FROM assessment_mark m JOIN application a ON a.id = m.application_id`))
	want := make(map[int64]int64, len(rows))
	for _, row := range rows {
		rule, err := r.Category(row.Category)
		require.NoError(c.t, err)
		values := make([]award.Points, len(row.Marks))
		for i, v := range row.Marks {
			values[i] = award.Points(v)
		}
		want[row.ID] = int64(rule.Standard.Score(values, 0).Total)
	}
	return want
}

// slow makes every such statement take a while longer, so that a test can act
// in the middle.
func (c *course) slow(what string, by time.Duration) {
	c.t.Helper()
	c.Exec(`CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(` +
		fmt.Sprint(by.Seconds()) + `); RETURN NULL; END $$`)
	c.Exec(`CREATE TRIGGER slowly AFTER ` + what + ` FOR EACH STATEMENT EXECUTE FUNCTION slowly()`)
}

// TestAWorkerToldToStopDrains ends a worker with SIGTERM in the middle of a
// page: it finishes what it has begun, and exits in good order.
func TestAWorkerToldToStopDrains(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	w := s.startWorker("cached")
	c := &course{system: s}
	c.slow(`INSERT ON round_unit`, 2*time.Second)
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.eventually(20*time.Second, "a page is being frozen", func() bool {
			return actstest.One[int](c.World, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`) > 0
		})
		require.NoError(t, w.Process.Signal(syscall.SIGTERM))
	}()
	now := s.Now()
	drafted, err := s.Acts.CreateRound(context.Background(), s.Admin, s.Key(), acts.RoundInput{Definition: award.Definition{
		Title: "演练批次", DrillDay: time.Second, Rules: award.DefaultRules(), Categories: actstest.DrillCategories(),
		Dates: award.Dates{
			SelfCheckCloses: now.Add(time.Hour), ApplyCloses: now.Add(time.Hour),
			RecommendationDue: now.Add(2 * time.Hour), AssessmentDue: now.Add(3 * time.Hour),
		},
	}})
	require.NoError(t, err)
	_, err = s.Acts.OpenRound(context.Background(), s.Admin, s.Key(), drafted.Result.ID)
	require.NoError(t, err)
	<-done
	require.NoError(t, w.Wait(), "exit code 0")
	assert.Positive(t, actstest.One[int](s.World, `SELECT count(*) FROM round_unit`), "the page under way was finished")
}

// TestAnAttributeOfAnotherTypeIsNotPolledOver refuses to start on a namespace
// where workflows would hang.
func TestAnAttributeOfAnotherTypeIsNotPolledOver(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	ctx := context.Background()
	_, err := s.temporal.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace: s.namespace, SearchAttributes: map[string]enumspb.IndexedValueType{"WaitingFor": enumspb.INDEXED_VALUE_TYPE_INT},
	})
	require.NoError(t, err)
	err = workflows.Provision(ctx, s.temporal, s.namespace)
	require.ErrorContains(t, err, "WaitingFor")

	other := newSystem(t)
	require.NoError(t, workflows.Provision(ctx, other.temporal, other.namespace))
	require.NoError(t, workflows.Provision(ctx, other.temporal, other.namespace), "doing it again changes nothing")
}
