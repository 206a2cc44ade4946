package postgres_test

import (
	"errors"
	"iter"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jmoiron/sqlx"

	"shifan/internal/award"
	"shifan/internal/postgres"
	"shifan/internal/postgres/pgtest"
	"shifan/internal/register"
)

var (
	day2008 = award.Date{Year: 2008, Month: 12, Day: 31}
	day2010 = award.Date{Year: 2010, Month: 7, Day: 1}
	day2012 = award.Date{Year: 2012, Month: 1, Day: 1}
)

// small is a list with every way a unit finds its parent.
const small = `code,name
11,北京市
1101,市辖区
110101,东城区
110101001,东华门街道
110101001001,多福巷社区居委会
44,广东省
4419,东莞市
441900,东莞市
441900003,东城街道
65,新疆维吾尔自治区
6501,乌鲁木齐市
650102,天山区
6590,自治区直辖县级行政区划
659001,石河子市
659001001,新城街道
659001500,石河子镇
`

func TestUnitsHangUnderTheNextRealUnitAndCountForItsOffice(t *testing.T) {
	_, store := newStore(t)
	summary := importList(t, store, day2008, small)
	want := register.Summary{Read: 13, Added: 15, Unsure: 1} // the nation and the Corps come by themselves
	if summary != want {
		t.Errorf("did %+v, want %+v", summary, want)
	}
	for code, above := range map[string][2]string{ // parent, recommending office
		"0":            {"", ""},
		"BT":           {"0", "BT"},
		"11":           {"0", "11"},
		"110101":       {"11", "11"},
		"110101001":    {"110101", "11"},
		"110101001001": {"110101001", "11"},
		"4419":         {"44", "44"},
		"441900003":    {"4419", "44"},
		"650102":       {"6501", "65"},
		"659001":       {"BT", "BT"},
		"659001001":    {"659001", "BT"},
	} {
		unit := find(t, store, code, day2008)
		if unit.Parent != above[0] || unit.RecommendingOffice != above[1] {
			t.Errorf("%s hangs under %q and counts for %q, want %q and %q",
				code, unit.Parent, unit.RecommendingOffice, above[0], above[1])
		}
	}
	for _, placeholder := range []string{"1101", "441900", "6590"} {
		if _, err := store.UnitByCode(t.Context(), placeholder, day2008); award.CodeOf(err) != award.NotFound {
			t.Errorf("the placeholder %s became a unit: %v", placeholder, err)
		}
	}
}

func TestTheSameListAgainChangesNothing(t *testing.T) {
	db, store := newStore(t)
	importList(t, store, day2008, small)
	before := versions(t, db)
	summary := importList(t, store, day2010, small)
	if want := (register.Summary{Read: 13, Unchanged: 13, Unsure: 1}); summary != want {
		t.Errorf("did %+v, want %+v", summary, want)
	}
	if diff := cmp.Diff(before, versions(t, db)); diff != "" {
		t.Errorf("the register changed:\n%s", diff)
	}
	var digests, imports int
	err := db.QueryRowContext(t.Context(), `SELECT count(*), count(DISTINCT sha256) FROM register_import`).Scan(&imports, &digests)
	if err != nil {
		t.Fatal(err)
	}
	if imports != 2 || digests != 1 {
		t.Errorf("%d imports are on record with %d digests, want 2 of the same list", imports, digests)
	}
}

func TestAChangeEndsTheOldVersionAndKeepsTheUnit(t *testing.T) {
	_, store := newStore(t)
	importList(t, store, day2008, small)
	was := find(t, store, "110101001", day2008)

	summary := importList(t, store, day2010, "code,name\n110101001,东华门新街道\n110101,东城新区\n")
	if want := (register.Summary{Read: 2, Changed: 2}); summary != want {
		t.Errorf("did %+v, want %+v", summary, want)
	}
	is := find(t, store, "110101001", day2010)
	if is.ID != was.ID || is.Name != "东华门新街道" || is.ValidFrom != day2010 {
		t.Errorf("is now %+v", is)
	}
	still := find(t, store, "110101001", award.Date{Year: 2010, Month: 6, Day: 30})
	if still.Name != "东华门街道" || still.ValidTo != day2010 {
		t.Errorf("on the day before it was %+v", still)
	}
}

func TestASecondListOfTheSameDayCorrectsTheFirst(t *testing.T) {
	db, store := newStore(t)
	importList(t, store, day2008, small)
	count := len(versions(t, db))
	importList(t, store, day2008, "code,name,parent\n110101001,东华门街道办事处,11\n")
	if got := find(t, store, "110101001", day2008); got.Name != "东华门街道办事处" || got.Parent != "11" {
		t.Errorf("is %+v", got)
	}
	if got := len(versions(t, db)); got != count {
		t.Errorf("%d versions, want %d", got, count)
	}
}

func TestAListOlderThanTheRegisterIsRefused(t *testing.T) {
	_, store := newStore(t)
	importList(t, store, day2010, small)
	err := tryList(t, store, day2008, "code,name\n110101,东城老区\n")
	wantDefects(t, err, "/lines/2/valid_from register_row_older")
}

func TestAnEndedUnitIsGoneAndItsCodeFree(t *testing.T) {
	_, store := newStore(t)
	importList(t, store, day2008, small)
	was := find(t, store, "110101001001", day2008)
	const end = "code,name,valid_to\n110101001001,多福巷社区居委会,2010-07-01\n"
	if got := importList(t, store, day2008, end); got.Changed != 1 {
		t.Errorf("did %+v", got)
	}
	if got := importList(t, store, day2008, end); got.Unchanged != 1 {
		t.Errorf("the second time did %+v", got)
	}
	if _, err := store.UnitByCode(t.Context(), "110101001001", day2010); award.CodeOf(err) != award.NotFound {
		t.Errorf("on its end it is still there: %v", err)
	}
	find(t, store, "110101001001", award.Date{Year: 2010, Month: 6, Day: 30}) // its last day

	importList(t, store, day2012, "code,name\n110101001001,新社区居委会\n")
	if is := find(t, store, "110101001001", day2012); is.ID == was.ID {
		t.Error("another unit got the ID of the one that had the code before")
	}
	err := tryList(t, store, day2008, "code,name\n110101001001,老社区居委会\n")
	wantDefects(t, err, "/lines/2/valid_from register_row_older")
}

func TestAUnitMayNotEndBeforeThoseUnderIt(t *testing.T) {
	_, store := newStore(t)
	importList(t, store, day2008, small)
	const header = "code,name,parent,valid_from,valid_to\n"
	const street = "110101001,东华门街道,,,2010-07-01\n"
	wantDefects(t, tryList(t, store, day2008, header+street), "/lines/0/parent register_parent_ended")

	// The community ends with it, or goes to the next unit up.
	importList(t, store, day2008, header+street+"110101001001,多福巷社区居委会,,2010-07-01,\n")
	if got := find(t, store, "110101001001", day2010); got.Parent != "110101" {
		t.Errorf("hangs under %q, want 110101", got.Parent)
	}
	both := header + "441900003,东城街道,,,2010-07-01\n4419,东莞市,,,2010-07-01\n"
	for range 2 {
		importList(t, store, day2008, both)
	}
}

func TestAUnitThatEndsKeepsItsCorrectedParent(t *testing.T) {
	_, store := newStore(t)
	importList(t, store, day2008, small)
	importList(t, store, day2008, "code,name,parent\n110101001001,多福巷社区居委会,110101\n")
	const end = "code,name,valid_to\n110101,东城区,2010-07-01\n110101001,东华门街道,2010-07-01\n110101001001,多福巷社区居委会,2010-07-01\n"
	for range 2 {
		importList(t, store, day2008, end)
		if got := find(t, store, "110101001001", day2008); got.Parent != "110101" {
			t.Errorf("hung under %q, want 110101", got.Parent)
		}
	}
}

func TestACorrectedUnitStaysCorrectedWhenTheListComesAgain(t *testing.T) {
	db, store := newStore(t)
	importList(t, store, day2008, small)
	importList(t, store, day2010, "code,name,kind,parent,recommending_office\n659001500,石河子镇,street,BT,65\n")
	corrected := versions(t, db)
	if got := importList(t, store, day2012, small); got.Changed != 0 || got.Unsure != 0 {
		t.Errorf("did %+v", got)
	}
	if diff := cmp.Diff(corrected, versions(t, db)); diff != "" {
		t.Errorf("the list undid the correction:\n%s", diff)
	}
	unit := find(t, store, "659001500", day2012)
	if unit.Kind != award.KindStreet || !unit.Sure || unit.Parent != "BT" || unit.RecommendingOffice != "65" {
		t.Errorf("is %+v", unit)
	}
}

func TestUnitsMoveUnderANewUnitOnTheirWayUp(t *testing.T) {
	_, store := newStore(t)
	importList(t, store, day2008, "code,name\n46,海南省\n460400003,中和镇\n")
	if got := find(t, store, "460400003", day2008); got.Parent != "46" {
		t.Fatalf("hangs under %q", got.Parent)
	}
	importList(t, store, day2010, "code,name\n46,海南省\n4604,儋州市\n460400003,中和镇\n")
	if got := find(t, store, "460400003", day2010); got.Parent != "4604" {
		t.Errorf("hangs under %q, want the new 4604", got.Parent)
	}
}

func TestABadListLeavesNothingBehind(t *testing.T) {
	tests := map[string]struct {
		list    string
		defects []string
	}{
		"a code stands twice": {
			"code,name\n11,北京市\n110000,北京\n", []string{"/lines/3/code register_code_twice"},
		},
		"a stated parent is unknown": {
			"code,name,parent\n11,北京市,12\n", []string{"/lines/2/parent register_parent_unknown"},
		},
		"a parent is not above": {
			"code,name,parent\n11,北京市,12\n12,天津市,11\n",
			[]string{"/lines/2/parent register_parent_not_above", "/lines/3/parent register_parent_not_above"},
		},
		"a unit is its own parent": {
			"code,name,parent\n11,北京市,11\n", []string{"/lines/2/parent register_parent_not_above"},
		},
		"zones hang under each other": {
			"code,name,parent\n13,河北省,\n130171,某开发区,130172\n130172,另一开发区,130171\n",
			[]string{"/lines/3/parent register_parent_not_above", "/lines/4/parent register_parent_not_above"},
		},
		"a recommending office is unknown": {
			"code,name,recommending_office\n11,北京市,12\n", []string{"/lines/2/recommending_office register_office_unknown"},
		},
		"a unit ends before it begins": {
			"code,name,valid_from,valid_to\n11,北京市,2008-01-02,2008-01-02\n", []string{"/lines/2/valid_to register_dates_reversed"},
		},
		"a row can not be read, far down": {
			"code,name\n" + strings.Repeat("11,北京市\n", 2000) + "x,某区\n", []string{"/lines/2002/code register_code_malformed"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			db, store := newStore(t)
			wantDefects(t, tryList(t, store, day2008, tt.list), tt.defects...)
			if got := versions(t, db); len(got) != 0 {
				t.Errorf("left behind: %v", got)
			}
			if has, err := store.HasRegister(t.Context()); has || err != nil {
				t.Errorf("HasRegister = %v, %v", has, err)
			}
			// The connection is fit for the mended list.
			importList(t, store, day2008, small)
		})
	}
}

func TestAZoneMayHangUnderADistrict(t *testing.T) {
	_, store := newStore(t)
	importList(t, store, day2008, "code,name,parent\n13,河北省,\n1301,石家庄市,\n130102,长安区,\n130171,高新技术产业开发区,130102\n")
	if got := find(t, store, "130171", day2008); got.Parent != "130102" {
		t.Errorf("hangs under %q", got.Parent)
	}
}

func TestUnsureUnitsAreListedPageByPage(t *testing.T) {
	_, store := newStore(t)
	importList(t, store, day2008, small+"460321,西沙群岛\n46,海南省\n110101002,某镇\n")
	var got []string
	for after := ""; ; {
		page, err := store.UnsureUnits(t.Context(), after, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, unit := range page {
			got = append(got, unit.Code+" "+unit.Name+" "+unit.Parent+" "+unit.RecommendingOffice)
			after = unit.Code
		}
	}
	want := []string{"110101002 某镇 110101 11", "460321 西沙群岛 46 46", "659001500 石河子镇 659001 BT"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestImportsAtOnceAddEachUnitOnce(t *testing.T) {
	db, store := newStore(t)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if _, err := store.ImportRegister(t.Context(), "名册", day2008, open(t, small), func(int) {}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got := len(versions(t, db)); got != 15 {
		t.Errorf("%d versions, want 15", got)
	}
}

func TestAnImportTellsHowFarItIs(t *testing.T) {
	_, store := newStore(t)
	rows := func(yield func(register.Row, error) bool) {
		province := register.Row{Code: "11", Name: "北京市", Kind: award.KindProvince, Sure: true}
		if !yield(province, nil) {
			return
		}
		communities, err := register.Communities(streets(13), 13*199)
		if err != nil {
			t.Error(err)
			return
		}
		for row := range communities {
			row.Parent = "" // 11, the only unit above
			if !yield(row, nil) {
				return
			}
		}
	}
	var told []int
	_, err := store.ImportRegister(t.Context(), "名册", day2008, rows, func(done int) { told = append(told, done) })
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{1000, 2000, 13*199 + 1}, told); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAnImportWhoseListBreaksOffLeavesNothing(t *testing.T) {
	db, store := newStore(t)
	gone := errors.New("the upload broke off")
	rows := func(yield func(register.Row, error) bool) {
		yield(register.Row{Code: "11", Name: "北京市", Kind: award.KindProvince, Sure: true}, nil)
		yield(register.Row{}, gone)
	}
	if _, err := store.ImportRegister(t.Context(), "名册", day2008, rows, func(int) {}); !errors.Is(err, gone) {
		t.Errorf("got %v", err)
	}
	if got := versions(t, db); len(got) != 0 {
		t.Errorf("left behind: %v", got)
	}
}

func TestTheRecordTakesEveryKindAndNoOther(t *testing.T) {
	db, _ := newStore(t)
	insert := `
		WITH added AS (INSERT INTO unit DEFAULT VALUES RETURNING id)
		INSERT INTO unit_version (unit_id, valid_from, code, name, kind, kind_sure, source)
		SELECT id, '2008-12-31', $1, $1, $1, true, 'test' FROM added`
	for _, kind := range award.Kinds() {
		if _, err := db.ExecContext(t.Context(), insert, string(kind)); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
	if _, err := db.ExecContext(t.Context(), insert, "hamlet"); err == nil {
		t.Error("the record took a kind that the rules do not know")
	}
}

func newStore(t *testing.T) (*sqlx.DB, *postgres.Store) {
	t.Helper()
	db := pgtest.New(t)
	return db, postgres.New(db)
}

func open(t *testing.T, list string) iter.Seq2[register.Row, error] {
	t.Helper()
	rows, err := register.Open(strings.NewReader(list))
	if err != nil {
		t.Error(err)
	}
	return rows
}

func tryList(t *testing.T, store *postgres.Store, from award.Date, list string) error {
	t.Helper()
	_, err := store.ImportRegister(t.Context(), "名册", from, open(t, list), func(int) {})
	return err
}

func importList(t *testing.T, store *postgres.Store, from award.Date, list string) register.Summary {
	t.Helper()
	summary, err := store.ImportRegister(t.Context(), "名册", from, open(t, list), func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	return summary
}

func find(t *testing.T, store *postgres.Store, code string, on award.Date) register.Unit {
	t.Helper()
	unit, err := store.UnitByCode(t.Context(), code, on)
	if err != nil {
		t.Fatal(err)
	}
	return unit
}

func wantDefects(t *testing.T, err error, want ...string) {
	t.Helper()
	refusal, ok := errors.AsType[*award.Error](err)
	if !ok {
		t.Fatalf("got %v, want a refusal", err)
	}
	var got []string
	for _, defect := range refusal.Fields {
		got = append(got, defect.Pointer+" "+defect.Key)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("defects (-want +got):\n%s", diff)
	}
}

// versions returns the whole register as text, to compare before and after.
func versions(t *testing.T, db *sqlx.DB) []string {
	t.Helper()
	var all []string
	err := db.SelectContext(t.Context(), &all, `SELECT v::text FROM unit_version v ORDER BY unit_id, valid_from`)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func streets(n int) []register.Row {
	var streets []register.Row
	for i := range n {
		streets = append(streets, register.Row{Code: "1101010" + string(rune('0'+i/10)) + string(rune('0'+i%10)), Name: "某街道"})
	}
	return streets
}
