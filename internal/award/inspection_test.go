package award_test

import (
	"slices"
	"testing"
	"time"

	"shifan/internal/award"
)

func TestAVisitHasADayThatHasComeAndMethodsThatTheNoticeNames(t *testing.T) {
	now := time.Date(2027, time.March, 10, 9, 0, 0, 0, award.Beijing)
	today, tomorrow := award.Date{Year: 2027, Month: time.March, Day: 10}, award.Date{Year: 2027, Month: time.March, Day: 11}
	defects := award.CheckVisits([]award.Visit{
		{On: today, Methods: []string{"实地走访", "听取汇报"}},
		{On: tomorrow},
		{On: today, Methods: []string{"抽样调查", "听人说"}},
	}, now)
	var got []string
	for _, d := range defects {
		got = append(got, d.Pointer+" "+d.Key)
	}
	if want := []string{"/visits/1/on date_future", "/visits/1/methods field_required", "/visits/2/methods/1 method_unknown"}; !slices.Equal(got, want) {
		t.Errorf("defects %v, want %v", got, want)
	}
	if defects := award.CheckVisits(nil, now); len(defects) != 1 || defects[0].Pointer != "/visits" {
		t.Errorf("no visit at all: %v", defects)
	}
}

func TestMethodsAndTheLastDayAreThoseOfAllVisits(t *testing.T) {
	first, last := award.Date{Year: 2027, Month: time.March, Day: 10}, award.Date{Year: 2027, Month: time.April, Day: 2}
	visits := []award.Visit{{On: last, Methods: []string{"实地走访"}}, {On: first, Methods: []string{"听取汇报", "实地走访"}}}
	if got := award.MethodsOf(visits); !slices.Equal(got, []string{"听取汇报", "实地走访"}) {
		t.Errorf("methods %v", got)
	}
	if got := award.LastVisit(visits); got != last {
		t.Errorf("last on %s", got)
	}
}

// differing is a standard of one indicator worth 5 points, one worth 3, and a
// veto.
func differing() award.Standard {
	return award.Standard{Blocks: []award.Block{{Leaves: []award.Leaf{
		{Code: "1", Kind: award.LeafPoints, Max: 5_00},
		{Code: "2", Kind: award.LeafPoints, Max: 3_00},
		{Code: "V", Kind: award.LeafBoolean, Max: 1_00, Veto: true},
	}}}}
}

func TestADifferenceIsFlaggedAboveTheThresholdAndNotAtIt(t *testing.T) {
	for name, tt := range map[string]struct {
		own, found []award.Points
		want       []int
	}{
		"the same":                          {[]award.Points{5_00, 3_00, 0}, []award.Points{5_00, 3_00, 0}, nil},
		"a fifth of the maximum, exactly":   {[]award.Points{5_00, 3_00, 0}, []award.Points{4_00, 2_40, 0}, nil},
		"a hundredth more":                  {[]award.Points{5_00, 3_00, 0}, []award.Points{3_99, 2_39, 0}, []int{0, 1}},
		"the province gives more":           {[]award.Points{2_00, 1_00, 0}, []award.Points{3_01, 1_60, 0}, []int{0}},
		"a veto that only one of them sees": {[]award.Points{5_00, 3_00, 0}, []award.Points{5_00, 3_00, 1_00}, []int{2}},
		"a veto that both see":              {[]award.Points{5_00, 3_00, 1_00}, []award.Points{5_00, 3_00, 1_00}, nil},
		"no self marks to compare with":     {nil, []award.Points{5_00, 3_00, 0}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got := differing().Differences(tt.own, tt.found, 20); !slices.Equal(got, tt.want) {
				t.Errorf("flagged %v, want %v", got, tt.want)
			}
		})
	}
	if got := differing().Differences([]award.Points{5_00, 0, 0}, []award.Points{0, 3_00, 0}, 100); got != nil {
		t.Errorf("at 100 %% nothing is flagged, got %v", got)
	}
	if got := differing().Differences([]award.Points{5_00, 3_00, 0}, []award.Points{4_99, 3_00, 0}, 0); !slices.Equal(got, []int{0}) {
		t.Errorf("at 0 %% every difference is flagged, got %v", got)
	}
}

func TestAFlaggedIndicatorNeedsARemarkAndARemarkAnIndicator(t *testing.T) {
	own, found := []award.Points{5_00, 3_00, 0}, []award.Points{1_00, 3_00, 0}
	var got []string
	for _, d := range differing().CheckRemarks([]int{0}, own, found, map[string]string{"2": "可以", "9": "没有这项"}) {
		got = append(got, d.Pointer+" "+d.Key)
	}
	if want := []string{"/remarks/1 remark_required", "/remarks/9 indicator_unknown"}; !slices.Equal(got, want) {
		t.Errorf("defects %v, want %v", got, want)
	}
	if defects := differing().CheckRemarks([]int{0}, own, found, map[string]string{"1": "台账不全"}); len(defects) > 0 {
		t.Errorf("defects %v", defects)
	}
}
