package register_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"shifan/internal/award"
	"shifan/internal/register"
)

// The official figures for the end of 2023 are 397 county-level cities and 977
// districts; the statistical list lacks the two districts of 三沙市.
func TestTheEmbeddedRegisterHasTheKnownUnits(t *testing.T) {
	rows, err := register.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	got, last := make(map[award.Kind]int), ""
	for row, err := range rows {
		if err != nil {
			t.Fatal(err)
		}
		if row.Code <= last {
			t.Fatalf("%s comes after %s: twice, or out of order", row.Code, last)
		}
		last = row.Code
		if row.Sure {
			got[row.Kind]++
		}
	}
	want := map[award.Kind]int{
		award.KindProvince: 31, award.KindPrefecture: 333,
		award.KindDistrict: 975, award.KindCountyCity: 397, award.KindCounty: 1470,
		award.KindStreet: 9066, award.KindTown: 21366, award.KindTownship: 8198,
		award.KindZone: 2669,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sure units by kind (-want +got):\n%s", diff)
	}
}

func TestTheSampleHasTheCommunitiesOf2008AndIsAlwaysTheSame(t *testing.T) {
	first, second := sample(t), sample(t)
	communities, codes := 0, make(map[string]bool)
	for _, row := range first {
		codes[row.Code] = true
		if row.Kind != award.KindCommunity {
			continue
		}
		communities++
		if row.Source != register.CommunitiesSource {
			t.Fatalf("%s is generated and does not say so: %q", row.Code, row.Source)
		}
		if !codes[row.Parent] {
			t.Fatalf("%s hangs under %s, which is no unit before it", row.Code, row.Parent)
		}
	}
	if communities != 82006 {
		t.Errorf("%d communities, want 82006", communities)
	}
	if len(codes) != len(first) {
		t.Errorf("%d codes for %d units", len(codes), len(first))
	}
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("the second time differs:\n%s", diff)
	}
}

func TestTheSampleCanBeLeftEarly(t *testing.T) {
	rows, err := register.Sample()
	if err != nil {
		t.Fatal(err)
	}
	for row, err := range rows {
		if err != nil {
			t.Fatal(err)
		}
		if row.Kind == award.KindCommunity {
			break
		}
	}
}

func sample(t *testing.T) []register.Row {
	t.Helper()
	rows, err := register.Sample()
	if err != nil {
		t.Fatal(err)
	}
	var all []register.Row
	for row, err := range rows {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, row)
	}
	return all
}
