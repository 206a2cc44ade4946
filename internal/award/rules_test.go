package award_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shifan/internal/award"
)

func TestTheDefaultRulesAreThoseOfTheInterpretations(t *testing.T) {
	want := award.Rules{
		NoticeDays: 5, LetterDays: 5, PassMark: 80_00, Satisfaction: 80,
		MinimumAsked: map[award.Category]int{award.Community: 50, award.Street: 200, award.District: 500}, DifferencePercent: 20,
		ReturnDays: 10, ArrivalDays: 60, EndorseDays: 10, EarlierNoticeDays: 3,
		SealedForm: true, ReviewRequestDays: 5, ReviewDays: 10, ObjectionAdmitDays: 5, ObjectionRuleDays: 30,
		SpotCheckPercent: 20, SpotCheckFailures: 20, ExpertTrim: true, ExpertOutlier: 10_00,
		CommitteeVotes: true,
	}
	if diff := cmp.Diff(want, award.DefaultRules()); diff != "" {
		t.Errorf("D-01 … D-40 (-want +got):\n%s", diff)
	}
	if defects := award.DefaultRules().Check(); len(defects) > 0 {
		t.Errorf("the defaults have defects: %v", defects)
	}
}

func TestARuleOutOfBoundsIsNamed(t *testing.T) {
	for pointer, change := range map[string]func(r *award.Rules){
		"/rules/notice_days":            func(r *award.Rules) { r.NoticeDays = 0 },
		"/rules/letter_days":            func(r *award.Rules) { r.LetterDays = -1 },
		"/rules/return_days":            func(r *award.Rules) { r.ReturnDays = 0 },
		"/rules/arrival_days":           func(r *award.Rules) { r.ArrivalDays = 367 },
		"/rules/endorse_days":           func(r *award.Rules) { r.EndorseDays = 1 << 40 }, // a window nobody would live to see
		"/rules/earlier_notice_days":    func(r *award.Rules) { r.EarlierNoticeDays = -1 },
		"/rules/review_days":            func(r *award.Rules) { r.ReviewDays = -1 },
		"/rules/objection_admit_days":   func(r *award.Rules) { r.ObjectionAdmitDays = 0 },
		"/rules/objection_rule_days":    func(r *award.Rules) { r.ObjectionRuleDays = 0 },
		"/rules/review_request_days":    func(r *award.Rules) { r.ReviewRequestDays = 367 },
		"/rules/seal_levels/0":          func(r *award.Rules) { r.SealLevels = []award.Level{"village"} },
		"/rules/satisfaction":           func(r *award.Rules) { r.Satisfaction = 101 },
		"/rules/pass_mark":              func(r *award.Rules) { r.PassMark = 100_01 },
		"/rules/departments/1":          func(r *award.Rules) { r.Departments = []string{"公安厅", ""} },
		"/rules/experts_per_file":       func(r *award.Rules) { r.ExpertsPerFile = 10 },
		"/rules/expert_outlier":         func(r *award.Rules) { r.ExpertOutlier = -1 },
		"/rules/spot_check_percent":     func(r *award.Rules) { r.SpotCheckPercent = 101 },
		"/rules/spot_check_failures":    func(r *award.Rules) { r.SpotCheckFailures = -1 },
		"/rules/difference_percent":     func(r *award.Rules) { r.DifferencePercent = 101 },
		"/rules/minimum_asked/street":   func(r *award.Rules) { r.MinimumAsked[award.Street] = -1 },
		"/rules/minimum_asked/province": func(r *award.Rules) { r.MinimumAsked["province"] = 1 },
	} {
		r := award.DefaultRules()
		change(&r)
		if defects := r.Check(); len(defects) != 1 || defects[0].Pointer != pointer {
			t.Errorf("%s: %v", pointer, defects)
		}
	}
}

// firstRound is the definition of the first round, drafted in October 2008.
func firstRound() (award.Definition, time.Time) {
	d := award.Definition{
		Title: "全国和谐社区建设示范单位", Rules: award.DefaultRules(),
		RegistryDate: award.Date{Year: 2008, Month: time.October, Day: 6},
		Dates: award.Dates{
			SelfCheckCloses:   award.EndOfMonth(2008, time.December).Closes(),
			ApplyCloses:       award.EndOfMonth(2008, time.December).Closes(),
			RecommendationDue: award.EndOfMonth(2009, time.April).Closes(),
			AssessmentDue:     award.EndOfMonth(2009, time.June).Closes(),
		},
	}
	for _, c := range []award.Category{award.District, award.Street, award.Community} {
		d.Categories = append(d.Categories, award.CategoryRule{Category: c, Quota: award.FirstRound()[c]})
	}
	return d, award.Date{Year: 2008, Month: time.October, Day: 6}.Starts()
}

func TestADefinitionsDefectsPointToWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		change func(d *award.Definition)
		want   []string
	}{
		"the first round has none": {change: func(*award.Definition) {}},
		"a drill of a second":      {change: func(d *award.Definition) { d.DrillDay = time.Second }},
		"a city without a ratio": {change: func(d *award.Definition) {
			d.Categories = append(d.Categories, award.CategoryRule{Category: award.City, Quota: award.Quota{Places: 1}})
		}},
		"no categories": {func(d *award.Definition) { d.Categories = nil }, []string{"/categories field_required"}},
		"a category twice": {
			func(d *award.Definition) { d.Categories[2] = d.Categories[0] },
			[]string{"/categories/2/category category_twice"},
		},
		"a street without a ratio": {
			func(d *award.Definition) { d.Categories[1].Quota.Ratio = 0 },
			[]string{"/categories/1/ratio number_too_small"},
		},
		"a quota beyond all units": {
			func(d *award.Definition) { d.Categories[0].Quota.Places = award.MostUnits + 1 },
			[]string{"/categories/0/quota number_too_large"},
		},
		"a date missing": {
			func(d *award.Definition) { d.Dates.AssessmentDue = time.Time{} },
			[]string{"/dates/assessment field_required"},
		},
		"applications before self-checks": {
			func(d *award.Definition) { d.Dates.ApplyCloses = d.Dates.ApplyCloses.Add(-1) },
			[]string{"/dates/apply date_order"},
		},
		"two dates at once": {
			func(d *award.Definition) { d.Dates.AssessmentDue = d.Dates.RecommendationDue },
			[]string{"/dates/assessment date_order"},
		},
		"tomorrow's register": {
			func(d *award.Definition) { d.RegistryDate.Day++ },
			[]string{"/registry_date registry_date_future"},
		},
		"half a second's day": {
			func(d *award.Definition) { d.DrillDay = time.Second / 2 },
			[]string{"/drill_day_seconds number_too_small"},
		},
		"a rule": {func(d *award.Definition) { d.Rules.NoticeDays = 0 }, []string{"/rules/notice_days number_too_small"}},
	} {
		t.Run(name, func(t *testing.T) {
			d, now := firstRound()
			c.change(&d)
			var got []string
			for _, defect := range d.Check(now) {
				got = append(got, defect.Pointer+" "+defect.Key)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("defects (-want +got):\n%s", diff)
			}
		})
	}
}

func TestADateIsPastFromItsOwnInstantOn(t *testing.T) {
	d, _ := firstRound()
	if defects := d.Check(d.Dates.SelfCheckCloses.Add(-time.Nanosecond)); len(defects) > 0 {
		t.Errorf("a moment before: %v", defects)
	}
	if defects := d.Check(d.Dates.SelfCheckCloses); len(defects) != 2 { // and applications, at the same instant
		t.Errorf("at the instant: %v", defects)
	}
}

func TestWhatIsLeftOutIsFilledInAndWhatIsSaidStays(t *testing.T) {
	d, now := firstRound()
	d.Dates.ApplyCloses, d.RegistryDate = time.Time{}, award.Date{}
	d.Categories[0].Title, d.Categories[0].Kinds = "自拟", []award.Kind{award.KindZone}
	filled := d.Defaulted(now)
	if filled.Categories[0].Title != "自拟" || !slices.Equal(filled.Categories[0].Kinds, []award.Kind{award.KindZone}) {
		t.Errorf("what was said is gone: %+v", filled.Categories[0])
	}
	if filled.Categories[1].Title != "全国和谐社区建设示范街道" || !slices.Equal(filled.Categories[1].Kinds, []award.Kind{award.KindStreet}) {
		t.Errorf("a category's defaults: %+v", filled.Categories[1])
	}
	if !filled.Dates.ApplyCloses.Equal(d.Dates.SelfCheckCloses) || filled.RegistryDate.String() != "2008-10-06" {
		t.Errorf("D-17, and today's register: %+v, %s", filled.Dates, filled.RegistryDate)
	}
	if d.Categories[1].Title != "" {
		t.Error("the definition itself was changed")
	}
}

func TestARoundIntoAnUnpublishedYearIsWarnedOf(t *testing.T) {
	d, _ := firstRound()
	known := award.NewCalendar(map[award.Date]award.DayKind{{Year: 2008, Month: time.October, Day: 1}: award.DayOff})
	if got := award.ProvisionalYears(known, d.Dates); !slices.Equal(got, []int{2009}) {
		t.Errorf("opened in October it runs into %v", got)
	}
	if got := award.ProvisionalYears(award.PublishedCalendar(), d.Dates); len(got) > 0 {
		t.Errorf("all known since: %v", got)
	}
}

func TestAnArrivalDateIsSixtyDaysBeforeAndNeverBeforeTheFormCloses(t *testing.T) {
	d, _ := firstRound()
	c, r := award.PublishedCalendar(), d.Rules
	if got := award.Arrival(c, r, d.Dates.ApplyCloses, d.Dates.RecommendationDue); award.Until(got) != "2009年3月1日 24:00止" {
		t.Errorf("the first round's files arrive by %s", award.Until(got))
	}
	late := d.Dates.RecommendationDue.AddDate(0, 0, -10)
	if got := award.Arrival(c, r, late, d.Dates.RecommendationDue); !got.Equal(late) {
		t.Errorf("with a late form they arrive by %s", award.Until(got))
	}
}

func TestADateMovesNeverIntoThePastAndEarlierOnlyWithAWarning(t *testing.T) {
	c, r := award.PublishedCalendar(), award.DefaultRules()
	now := beijing(2024, time.August, 12, 9) // a Monday; three working days' warning ends Thursday 24:00
	from := beijing(2024, time.September, 1, 0)
	warned := beijing(2024, time.August, 16, 0)
	for name, m := range map[string]struct {
		to     time.Time
		reason string
		want   string
	}{
		"later":                         {from.AddDate(0, 1, 0), "汛情", ""},
		"the same day again":            {from, "汛情", ""},
		"earlier, with the warning":     {warned, "汛情", ""},
		"earlier, a moment less":        {warned.Add(-time.Nanosecond), "汛情", "date_earlier_warning"},
		"now is too late":               {now, "汛情", "date_past"},
		"a moment later is without one": {now.Add(time.Nanosecond), "汛情", "date_earlier_warning"},
		"without a reason":              {from.AddDate(0, 1, 0), "", "reason_required"},
	} {
		t.Run(name, func(t *testing.T) { requireKey(t, award.MayMoveDate(c, r, from, m.to, now, m.reason), m.want) })
	}
	if err := award.MayMoveDate(c, r, now.AddDate(0, 0, -1), now.Add(time.Hour), now, "延期"); err != nil {
		t.Errorf("a date that has passed may be given time without a warning: %v", err)
	}
}
