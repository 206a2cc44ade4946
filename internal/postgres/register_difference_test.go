package postgres_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"shifan/internal/award"
	"shifan/internal/postgres"
	"shifan/internal/register"
)

// changed is small with one change of every kind, and one unit left out.
const changed = `code,name,kind,parent,recommending_office,valid_to
11,北京市,,,,
110101,东城区,,,,
110101001,东华门新街道,,,,
110101001001,多福巷社区居委会,,,,2010-07-01
110101002,景山街道,,,,
44,广东省,,,,
4419,东莞市,,,,
441900003,东城街道,town,,,
65,新疆维吾尔自治区,,,,
6501,乌鲁木齐市,,,,
650102,天山区,,65,BT,
659001,石河子市,,,,
659001500,石河子镇,,,,
`

func TestADifferenceIsToldForEveryChange(t *testing.T) {
	db, store := newStore(t)
	importList(t, store, day2008, small)
	before := versions(t, db)

	dry, told := compare(t, store, changed, true)
	want := []register.Difference{
		{Change: register.ChangeEnded, Code: "110101001001", Name: "多福巷社区居委会", Is: "2010-07-01"},
		{Change: register.ChangeMoved, Code: "650102", Name: "天山区", Was: "6501", Is: "65"},
		{Change: register.ChangeRenamed, Code: "110101001", Name: "东华门新街道", Was: "东华门街道", Is: "东华门新街道"},
		{Change: register.ChangeKind, Code: "441900003", Name: "东城街道", Was: "street", Is: "town"},
		{Change: register.ChangeOffice, Code: "650102", Name: "天山区", Is: "BT"},
		{Change: register.ChangeAdded, Code: "110101002", Name: "景山街道", Is: "street"},
		{Change: register.ChangeUnmentioned, Code: "659001001", Name: "新城街道"},
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(before, versions(t, db)); diff != "" {
		t.Errorf("the dry run changed the register:\n%s", diff)
	}
	var imports int
	if err := db.GetContext(t.Context(), &imports, `SELECT count(*) FROM register_import`); err != nil || imports != 1 {
		t.Errorf("%d imports are on record after a dry run (%v)", imports, err)
	}

	done, told := compare(t, store, changed, false)
	if diff := cmp.Diff(dry, done); diff != "" {
		t.Errorf("the import did not do what the dry run told:\n%s", diff)
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	for _, change := range register.Changes() {
		if done.Differences[change] != 1 {
			t.Errorf("%d counted as %s, want 1", done.Differences[change], change)
		}
	}
}

func TestTheSameListAgainTellsNothing(t *testing.T) {
	_, store := newStore(t)
	compare(t, store, changed, false)
	report, told := compare(t, store, changed, false)
	if len(told) != 0 || len(report.Differences) != 0 {
		t.Errorf("told %v, counted %v", told, report.Differences)
	}
}

func TestAnUnsureKindIsMarkedInADifference(t *testing.T) {
	_, store := newStore(t)
	_, told := compare(t, store, "code,name\n46,海南省\n460321,西沙群岛\n", false)
	if last := told[2]; last.Is != "county?" { // after the nation and 46
		t.Errorf("told %+v", last)
	}
}

func TestWhoeverHasHeardEnoughIsToldNoMore(t *testing.T) {
	_, store := newStore(t)
	told := 0
	report, err := store.CompareRegister(t.Context(), register.Import{
		Source: "名册", ValidFrom: day2008, Rows: open(t, small), Progress: func(int) {},
		Differs: func(register.Difference) error { told++; return register.ErrEnough },
	})
	if err != nil || told != 1 || report.Differences[register.ChangeAdded] != 15 {
		t.Errorf("told %d of %v, %v", told, report.Differences, err)
	}
}

func TestABadListTellsNoDifference(t *testing.T) {
	_, store := newStore(t)
	_, err := store.CompareRegister(t.Context(), register.Import{
		Source: "名册", ValidFrom: day2008, Rows: open(t, "code,name\n11,北京市\n11,北京\n"), Progress: func(int) {},
		Differs: func(d register.Difference) error { t.Errorf("told %+v", d); return nil },
	})
	if award.CodeOf(err) != award.Invalid {
		t.Errorf("got %v", err)
	}
}

// compare imports the list as of the end of 2008.
func compare(t *testing.T, store *postgres.Store, list string, dry bool) (register.Report, []register.Difference) {
	t.Helper()
	var told []register.Difference
	report, err := store.CompareRegister(t.Context(), register.Import{
		Source: "名册", ValidFrom: day2008, Rows: open(t, list), DryRun: dry, Progress: func(int) {},
		Differs: func(d register.Difference) error { told = append(told, d); return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return report, told
}
