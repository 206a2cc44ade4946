package postgres_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"sync"
	"testing"

	"github.com/jmoiron/sqlx"

	"shifan/internal/acts"
	"shifan/internal/award"
	"shifan/internal/postgres"
	"shifan/internal/postgres/pgtest"
	"shifan/internal/register"
)

// deaf is a procedure that hears everything and does nothing.
type deaf struct{}

func (deaf) Signal(context.Context, acts.Signal) error { return nil }

// desk is a record with the nation, a province and its first administrator.
type desk struct {
	t     *testing.T
	url   string
	db    *sqlx.DB
	acts  *acts.Acts
	admin award.Officer
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, url: pgtest.URL(t)}
	d.restart()
	rows := append(register.Roots(), register.Row{Code: "41", Name: "河南省", Kind: award.KindProvince, Sure: true})
	list := func(yield func(register.Row, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
	store := postgres.New(d.db)
	if _, err := store.ImportRegister(t.Context(), "test", award.Date{Year: 2020, Month: 1, Day: 1}, list, func(int) {}); err != nil {
		t.Fatalf("import register: %v", err)
	}
	key, err := d.acts.EnsureAdministrator(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if d.admin, err = d.acts.Authenticate(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	return d
}

// restart is a new process on the same record.
func (d *desk) restart() {
	d.t.Helper()
	db, err := sqlx.Connect("postgres", d.url)
	if err != nil {
		d.t.Fatal(err)
	}
	db.SetMaxOpenConns(20)
	d.t.Cleanup(func() { db.Close() })
	d.db = db
	d.acts = acts.New(postgres.New(db), deaf{}, slog.New(slog.DiscardHandler))
}

func (d *desk) store() *postgres.Store { return postgres.New(d.db) }

// add adds an officer of that name under a key.
func (d *desk) add(a *acts.Acts, key, name string) (acts.Done[acts.OfficerRecord], error) {
	return a.CreateOfficer(d.t.Context(), d.admin, keyOf(key, name), acts.CreateOfficer{
		Name: name, Office: "41", Roles: []award.Role{award.RoleClerk},
	})
}

func keyOf(key, body string) acts.Key {
	return acts.Key{Method: "POST", Path: "/api/v1/officers", Key: key, Body: sha256.Sum256([]byte(body))}
}

// officers counts the officers of the province.
func (d *desk) officers() (n int) {
	d.t.Helper()
	const query = `SELECT count(*) FROM officer o JOIN unit_version v ON v.unit_id = o.office_id WHERE v.code = '41'`
	if err := d.db.Get(&n, query); err != nil {
		d.t.Fatal(err)
	}
	return n
}

func TestTheSameKeyTwiceIsOneActWithOneOutcome(t *testing.T) {
	d := newDesk(t)
	first, err := d.add(d.acts, "k", "张三")
	if err != nil {
		t.Fatal(err)
	}
	second, err := d.add(d.acts, "k", "张三")
	if err != nil || second.Receipt.Act != first.Receipt.Act || !second.Receipt.At.Equal(first.Receipt.At) ||
		second.Result.ID != first.Result.ID || second.Result.Name != "张三" {
		t.Errorf("second %+v, %v; first %+v", second, err, first)
	}
	if n := d.officers(); n != 1 {
		t.Errorf("%d officers", n)
	}
	var audited int
	if err := d.db.Get(&audited, `SELECT count(*) FROM audit WHERE act_id = $1`, first.Receipt.Act); err != nil || audited != 1 {
		t.Errorf("audited %d times, %v", audited, err)
	}
}

func TestAnotherBodyUnderTheSameKeyIsRefused(t *testing.T) {
	d := newDesk(t)
	if _, err := d.add(d.acts, "k", "张三"); err != nil {
		t.Fatal(err)
	}
	_, err := d.add(d.acts, "k", "李四")
	if award.CodeOf(err) != award.Incomplete {
		t.Errorf("got %v", err)
	}
	if n := d.officers(); n != 1 {
		t.Errorf("%d officers", n)
	}
}

func TestAKeyBelongsToOneOfficerMethodAndPath(t *testing.T) {
	d := newDesk(t)
	made, err := d.acts.CreateOfficer(t.Context(), d.admin, keyOf("k", ""), acts.CreateOfficer{Name: "甲", Office: "0", Roles: []award.Role{award.RoleHead}})
	if err != nil {
		t.Fatal(err)
	}
	other := d.admin
	other.ID = made.Result.ID
	in := acts.CreateOfficer{Name: "乙", Office: "41", Roles: []award.Role{award.RoleClerk}}
	elsewhere := keyOf("k", "乙")
	elsewhere.Path = "/api/v1/other"
	for name, do := range map[string]func() (acts.Done[acts.OfficerRecord], error){
		"another officer": func() (acts.Done[acts.OfficerRecord], error) {
			return d.acts.CreateOfficer(t.Context(), other, keyOf("k", "乙"), in)
		},
		"another path": func() (acts.Done[acts.OfficerRecord], error) {
			return d.acts.CreateOfficer(t.Context(), d.admin, elsewhere, in)
		},
	} {
		if done, err := do(); err != nil || done.Result.ID == made.Result.ID {
			t.Errorf("%s got %+v, %v", name, done, err)
		}
	}
	if n := d.officers(); n != 2 {
		t.Errorf("%d officers", n)
	}
}

func TestWithoutAKeyEveryCallIsAnAct(t *testing.T) {
	d := newDesk(t)
	for range 2 {
		if _, err := d.add(d.acts, "", "张三"); err != nil {
			t.Fatal(err)
		}
	}
	if n := d.officers(); n != 2 {
		t.Errorf("%d officers", n)
	}
}

// fifty calls do at once and returns what each got.
func fifty(do func(i int) (acts.Done[acts.OfficerRecord], error)) (done []acts.Done[acts.OfficerRecord], errs []error) {
	done, errs = make([]acts.Done[acts.OfficerRecord], 50), make([]error, 50)
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range done {
		all.Go(func() {
			<-start
			done[i], errs[i] = do(i)
		})
	}
	close(start)
	all.Wait()
	return done, errs
}

func TestFiftyAtOnceUnderOneKeyAreOneAct(t *testing.T) {
	d := newDesk(t)
	done, errs := fifty(func(int) (acts.Done[acts.OfficerRecord], error) { return d.add(d.acts, "k", "张三") })
	for i := range done {
		if errs[i] != nil || done[i].Receipt.Act != done[0].Receipt.Act || done[i].Result.ID != done[0].Result.ID {
			t.Errorf("call %d got %+v, %v", i, done[i], errs[i])
		}
	}
	if n := d.officers(); n != 1 {
		t.Errorf("%d officers", n)
	}
}

func TestOfFiftyBodiesAtOnceUnderOneKeyOneIsDone(t *testing.T) {
	d := newDesk(t)
	_, errs := fifty(func(i int) (acts.Done[acts.OfficerRecord], error) {
		return d.add(d.acts, "k", string(rune('甲'+i)))
	})
	done := 0
	for i, err := range errs {
		switch {
		case err == nil:
			done++
		case award.CodeOf(err) != award.Incomplete:
			t.Errorf("call %d got %v", i, err)
		}
	}
	if n := d.officers(); done != 1 || n != 1 {
		t.Errorf("%d calls done, %d officers", done, n)
	}
}

func TestAnOutcomeOutlivesTheProcess(t *testing.T) {
	d := newDesk(t)
	first, err := d.add(d.acts, "k", "张三")
	if err != nil {
		t.Fatal(err)
	}
	if err := d.db.Close(); err != nil {
		t.Fatal(err)
	}
	d.restart()
	second, err := d.add(d.acts, "k", "张三")
	if err != nil || second.Receipt.Act != first.Receipt.Act || second.Result.ID != first.Result.ID {
		t.Errorf("after a restart %+v, %v; before %+v", second, err, first)
	}
	if n := d.officers(); n != 1 {
		t.Errorf("%d officers", n)
	}
}

// lossy commits and loses the answer, once.
type lossy struct {
	acts.Store
	lost bool
}

var errLost = errors.New("the connection broke after the commit")

func (l *lossy) InTx(ctx context.Context, fn func(tx acts.Tx) error) error {
	if err := l.Store.InTx(ctx, fn); err != nil || l.lost {
		return err
	}
	l.lost = true
	return errLost
}

func TestAnActWhoseAnswerWasLostIsDoneOnceWhenAskedAgain(t *testing.T) {
	d := newDesk(t)
	a := acts.New(&lossy{Store: postgres.New(d.db)}, deaf{}, slog.New(slog.DiscardHandler))
	if _, err := d.add(a, "k", "张三"); !errors.Is(err, errLost) {
		t.Fatalf("the answer was not lost: %v", err)
	}
	if n := d.officers(); n != 1 {
		t.Fatalf("%d officers after the lost answer", n)
	}
	again, err := d.add(a, "k", "张三")
	if err != nil || again.Receipt.Act == 0 || again.Result.ID == 0 {
		t.Errorf("asked again: %+v, %v", again, err)
	}
	if n := d.officers(); n != 1 {
		t.Errorf("%d officers", n)
	}
}

func TestARefusalIsNoOutcomeAndLeavesNothing(t *testing.T) {
	d := newDesk(t)
	in := acts.CreateOfficer{Name: "张三", Office: "42", Roles: []award.Role{award.RoleClerk}}
	if _, err := d.acts.CreateOfficer(t.Context(), d.admin, keyOf("k", "x"), in); award.CodeOf(err) != award.NotFound {
		t.Fatalf("got %v", err)
	}
	var kept int
	if err := d.db.Get(&kept, `SELECT count(*) FROM act`); err != nil || kept != 0 {
		t.Errorf("%d acts kept of a refusal, %v", kept, err)
	}
	in.Office = "41" // what was missing is there now, or another content under the same key: nothing stands in its way
	if _, err := d.acts.CreateOfficer(t.Context(), d.admin, keyOf("k", "y"), in); err != nil {
		t.Errorf("after a refusal: %v", err)
	}
}

func TestTheDecisionLogIsNeverChanged(t *testing.T) {
	d := newDesk(t)
	for _, statement := range []string{`UPDATE audit SET ground = 'other'`, `DELETE FROM audit`} {
		if _, err := d.db.Exec(statement); err == nil {
			t.Errorf("%s was done", statement)
		}
	}
}
