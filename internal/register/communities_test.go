package register_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shifan/internal/award"
	"shifan/internal/register"
)

func TestCommunitiesAreSharedByStreetsAndAddUpExactly(t *testing.T) {
	streets := []register.Row{
		{Code: "659001001", Name: "新城街道"}, // the Corps, not Xinjiang
		{Code: "110101002", Name: "景山街道"},
		{Code: "110101001", Name: "东华门街道"},
		{Code: "650102001", Name: "燕儿窝街道"},
	}
	communities, err := register.Communities(streets, 11)
	if err != nil {
		t.Fatal(err)
	}
	// 11 over 2:1:1 is 5.5, 2.75, 2.75: whole parts 5, 2, 2, the rest to the
	// largest remainders, those of 65 and BT.
	var got []string
	for row := range communities {
		if row.Kind != award.KindCommunity || !row.Sure || !strings.HasPrefix(row.Code, row.Parent) {
			t.Errorf("generated %+v", row)
		}
		got = append(got, row.Code+" "+row.Name)
	}
	want := []string{
		"110101001001 东华门街道第一社区", "110101001002 东华门街道第二社区", "110101001003 东华门街道第三社区",
		"110101002001 景山街道第一社区", "110101002002 景山街道第二社区",
		"650102001001 燕儿窝街道第一社区", "650102001002 燕儿窝街道第二社区", "650102001003 燕儿窝街道第三社区",
		"659001001001 新城街道第一社区", "659001001002 新城街道第二社区", "659001001003 新城街道第三社区",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAStreetHoldsAtMost199Communities(t *testing.T) {
	street := []register.Row{{Code: "110101001", Name: "东华门街道"}}
	communities, err := register.Communities(street, 199)
	if err != nil {
		t.Fatal(err)
	}
	names := make(map[string]string)
	for row := range communities {
		names[row.Code[9:]] = row.Name
	}
	for code, numeral := range map[string]string{
		"001": "一", "010": "十", "011": "十一", "020": "二十", "099": "九十九", "100": "一百",
		"101": "一百零一", "110": "一百一十", "112": "一百一十二", "199": "一百九十九",
	} {
		if want := "东华门街道第" + numeral + "社区"; names[code] != want {
			t.Errorf("community %s is called %q, want %q", code, names[code], want)
		}
	}
	if len(names) != 199 {
		t.Errorf("%d different codes, want 199", len(names))
	}
	if _, err := register.Communities(street, 200); err == nil {
		t.Error("200 communities found room under one street")
	}
	if _, err := register.Communities(nil, 1); err == nil {
		t.Error("a community found room under no street")
	}
}

func TestNoStreetsAndNoCommunitiesIsNothingToDo(t *testing.T) {
	communities, err := register.Communities(nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for row := range communities {
		t.Errorf("generated %+v", row)
	}
}
