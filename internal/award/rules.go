package award

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// Rules holds every number of one round that the Notice leaves to us (domain
// 8). A round stores the rules it was opened with; the defaults are D-01 … D-19.
type Rules struct {
	NoticeDays        int              `json:"notice_days"`         // working days of a public notice, D-02
	LetterDays        int              `json:"letter_days"`         // working days after a window until its list is final, domain 7
	PassMark          Points           `json:"pass_mark"`           // hundredths of a point, of 100, D-06
	Satisfaction      int              `json:"satisfaction"`        // least share of satisfied answers, in percent, D-06
	MinimumAsked      map[Category]int `json:"minimum_asked"`       // least answers of a survey, D-06
	DifferencePercent int              `json:"difference_percent"`  // a difference between self and province above this share of an indicator's maximum is flagged, D-46
	ReturnDays        int              `json:"return_days"`         // working days to mend a returned file, domain 4
	ArrivalDays       int              `json:"arrival_days"`        // calendar days from arrival to the recommendation date, domain 4
	EndorseDays       int              `json:"endorse_days"`        // working days an office has for a file before it is chased, D-20
	EarlierNoticeDays int              `json:"earlier_notice_days"` // working days' warning before a date moved earlier, D-21
	Departments       []string         `json:"departments"`         // every recommending office asks them (征求意见), D-45; none: nobody need be asked
	SealLevels        []Level          `json:"seal_levels"`         // levels that decide only with a scan of the sealed page, D-38
	SealedForm        bool             `json:"sealed_form"`         // a package needs the scan of each form with its seals, D-38
	ReviewRequestDays int              `json:"review_request_days"` // working days after its end in which a unit may ask for 复核, domain 4
	ReviewDays        int              `json:"review_days"`         // working days to answer it, D-40
	RequiresTitle     []Category       `json:"requires_title"`      // only holders of a title given below the owner may file, D-87; none by default

	NationalDepartments []string `json:"national_departments"` // the owner office asks them about the frozen list, D-77
	CommitteeVotes      bool     `json:"committee_votes"`      // candidates come only from motions that the committee has carried, D-79
	ProvinceVotes       bool     `json:"province_votes"`       // and so do the proposed lists of recommending offices, D-80

	Aftercare Aftercare `json:"aftercare,omitzero"` // of its titles, D-10

	ObjectionAdmitDays int `json:"objection_admit_days"` // working days to admit an objection or refuse it, D-03
	ObjectionRuleDays  int `json:"objection_rule_days"`  // days to rule on it, and once as many again, D-03
	SpotCheckPercent   int `json:"spot_check_percent"`   // share of an office's recommended units that is visited, D-08; 0: no spot check
	SpotCheckFailures  int `json:"spot_check_failures"`  // more failures than this share of an office's sample, in percent, widen it, D-72

	ExpertsPerFile int    `json:"experts_per_file"` // experts who mark each recommended unit (专家评分); 0: the owner office marks
	ExpertTrim     bool   `json:"expert_trim"`      // from four experts on, the highest and the lowest are left out, D-74
	ExpertOutlier  Points `json:"expert_outlier"`   // a total further from the others' mean is flagged, D-75
}

// DefaultRules returns the rules of domain 8.
func DefaultRules() Rules {
	return Rules{
		NoticeDays:        5,
		LetterDays:        5,
		PassMark:          80_00,
		Satisfaction:      80,
		MinimumAsked:      map[Category]int{Community: 50, Street: 200, District: 500},
		DifferencePercent: 20,
		ReturnDays:        10,
		ArrivalDays:       60,
		EndorseDays:       10,
		EarlierNoticeDays: 3,
		SealedForm:        true,
		ReviewRequestDays: 5,
		ReviewDays:        10,

		CommitteeVotes: true,

		ObjectionAdmitDays: objectionAdmitDays,
		ObjectionRuleDays:  objectionRuleDays,
		SpotCheckPercent:   20,
		SpotCheckFailures:  20,
		ExpertTrim:         true,
		ExpertOutlier:      10_00,
	}
}

// Check returns every defect of the rules.
func (r Rules) Check() []Defect {
	var defects []Defect
	between := func(pointer string, least, value, most int) {
		switch {
		case value < least:
			defects = append(defects, Defect{pointer, "number_too_small", []any{least, value}})
		case value > most:
			defects = append(defects, Defect{pointer, "number_too_large", []any{most, value}})
		}
	}
	between("/rules/notice_days", 1, r.NoticeDays, mostDays)
	between("/rules/letter_days", 0, r.LetterDays, mostDays)
	between("/rules/return_days", 1, r.ReturnDays, mostDays)
	between("/rules/arrival_days", 0, r.ArrivalDays, mostDays)
	between("/rules/endorse_days", 1, r.EndorseDays, mostDays)
	between("/rules/earlier_notice_days", 0, r.EarlierNoticeDays, mostDays)
	between("/rules/review_request_days", 0, r.ReviewRequestDays, mostDays)
	between("/rules/review_days", 0, r.ReviewDays, mostDays)
	between("/rules/objection_admit_days", 1, r.ObjectionAdmitDays, mostDays)
	between("/rules/objection_rule_days", 1, r.ObjectionRuleDays, mostDays)
	for i, level := range r.SealLevels {
		if !slices.Contains(Levels(), level) {
			defects = append(defects, Defect{fmt.Sprintf("/rules/seal_levels/%d", i), "level_unknown", []any{string(level)}})
		}
	}
	for i, category := range r.RequiresTitle {
		if !slices.Contains(Categories(), category) {
			defects = append(defects, Defect{fmt.Sprintf("/rules/requires_title/%d", i), "category_unknown", []any{string(category)}})
		}
	}
	between("/rules/satisfaction", 0, r.Satisfaction, 100)
	between("/rules/difference_percent", 0, r.DifferencePercent, 100)
	between("/rules/experts_per_file", 0, r.ExpertsPerFile, mostExperts)
	if r.ExpertOutlier < 0 || r.ExpertOutlier > mostPoints {
		defects = append(defects, Defect{"/rules/expert_outlier", "points_bounds", []any{mostPoints.String(), r.ExpertOutlier.String()}})
	}
	between("/rules/spot_check_percent", 0, r.SpotCheckPercent, 100)
	between("/rules/spot_check_failures", 0, r.SpotCheckFailures, 100)
	if r.PassMark < 0 || r.PassMark > mostPoints {
		defects = append(defects, Defect{"/rules/pass_mark", "points_bounds", []any{mostPoints.String(), r.PassMark.String()}})
	}
	defects = append(defects, r.Aftercare.Check()...)
	defects = append(defects, CheckDepartments("/rules/departments", r.Departments)...)
	defects = append(defects, CheckDepartments("/rules/national_departments", r.NationalDepartments)...)
	for _, category := range slices.Sorted(maps.Keys(r.MinimumAsked)) {
		pointer := "/rules/minimum_asked/" + string(category)
		if !slices.Contains(Categories(), category) {
			defects = append(defects, Defect{pointer, "category_unknown", []any{string(category)}})
			continue
		}
		between(pointer, 0, r.MinimumAsked[category], MostUnits)
	}
	return defects
}

// What keeps a slip of the keyboard from becoming a rule.
const (
	mostDays    = 366            // a round's day limits, in days
	mostPoints  = Points(100_00) // of a standard, D-06
	mostExperts = 9              // who mark one unit
	MostUnits   = 1_000_000      // no category has more units, no quota is higher (2023: some 620,000 communities and villages)
)

// CategoryRule is one category of a round as defined.
type CategoryRule struct {
	Category   Category
	Title      string
	Quota      Quota
	Kinds      []Kind
	Form       []FormField
	StandardID int64 // of the standard it is held against; 0: the latest at opening (D-33)
}

// Dates are a round's dates, exclusive instants (domain 3).
type Dates struct {
	SelfCheckCloses   time.Time
	ApplyCloses       time.Time // D-17
	RecommendationDue time.Time
	AssessmentDue     time.Time
}

// Definition is what an administrator says of a round before opening it.
type Definition struct {
	Title          string
	ApprovalNumber string
	DocumentNumber string
	Contacts       []Contact
	Categories     []CategoryRule
	Dates          Dates
	RegistryDate   Date
	Rules          Rules
	DrillDay       time.Duration // how long a drill's working day lasts; zero: a real round
}

// Defaulted returns the definition with what was left out filled in: titles,
// kinds and the sample form of each category, applications closing together
// with self-checks (D-17), and today's register.
func (d Definition) Defaulted(now time.Time) Definition {
	d.Categories = slices.Clone(d.Categories)
	for i := range d.Categories {
		c := &d.Categories[i]
		if c.Title == "" {
			c.Title = c.Category.FullTitle()
		}
		if c.Kinds == nil {
			c.Kinds = c.Category.Kinds()
		}
		if c.Form == nil {
			c.Form = SampleForm()
		}
		c.Form = slices.Clone(c.Form)
		for j := range c.Form {
			if c.Form[j].Kind == "" {
				c.Form[j].Kind = FieldText
			}
		}
	}
	if d.Dates.ApplyCloses.IsZero() {
		d.Dates.ApplyCloses = d.Dates.SelfCheckCloses
	}
	if d.RegistryDate == (Date{}) {
		d.RegistryDate = DateOf(now)
	}
	return d
}

// Next returns the definition of the next round of a series: what lasts is as it
// was; dates, numbers and register belong to one round alone (D-85).
func (d Definition) Next(title string, dates Dates, registry Date, drillDay time.Duration) Definition {
	if title != "" {
		d.Title = title
	}
	d.ApprovalNumber, d.DocumentNumber = "", ""
	d.Dates, d.RegistryDate, d.DrillDay = dates, registry, drillDay
	return d
}

// Contact is whom to ask (N's last lines).
type Contact struct {
	Unit    string `json:"unit"`
	Phone   string `json:"phone"`
	Address string `json:"address,omitempty"`
	Email   string `json:"email,omitempty"`
}

// Check returns every defect of a definition at the given instant: what is
// missing, unknown, out of order or past. An unpublished calendar year is no
// defect but a warning (domain 7): see ProvisionalYears.
func (d Definition) Check(now time.Time) []Defect {
	var defects []Defect
	say := func(pointer, key string, args ...any) { defects = append(defects, Defect{pointer, key, args}) }

	if d.Title == "" {
		say("/title", "field_required")
	}
	if len(d.Categories) == 0 {
		say("/categories", "field_required")
	}
	var seen []Category
	for i, c := range d.Categories {
		pointer := fmt.Sprintf("/categories/%d", i)
		if !slices.Contains(Categories(), c.Category) {
			say(pointer+"/category", "category_unknown", string(c.Category))
			continue
		}
		if slices.Contains(seen, c.Category) {
			say(pointer+"/category", "category_twice", c.Category.FullTitle())
		}
		seen = append(seen, c.Category)
		switch {
		case c.Quota.Places <= 0:
			say(pointer+"/quota", "number_too_small", 1, c.Quota.Places)
		case c.Quota.Places > MostUnits:
			say(pointer+"/quota", "number_too_large", MostUnits, c.Quota.Places)
		}
		switch {
		case c.Quota.Ratio < 0 || (c.Quota.Ratio == 0 && c.Category != City):
			say(pointer+"/ratio", "number_too_small", 1, c.Quota.Ratio)
		case c.Quota.Ratio > MostUnits:
			say(pointer+"/ratio", "number_too_large", MostUnits, c.Quota.Ratio)
		}
		defects = append(defects, CheckFields(pointer+"/form", c.Form)...)
	}

	inOrder := []struct {
		pointer string
		at      time.Time
	}{
		{"/dates/self_check", d.Dates.SelfCheckCloses},
		{"/dates/apply", d.Dates.ApplyCloses},
		{"/dates/recommendation", d.Dates.RecommendationDue},
		{"/dates/assessment", d.Dates.AssessmentDue},
	}
	for i, date := range inOrder {
		switch {
		case date.at.IsZero():
			say(date.pointer, "field_required")
		case !date.at.After(now):
			say(date.pointer, "date_past", Until(date.at))
		case i == 1 && date.at.Before(inOrder[0].at): // D-17: the same instant by default
			say(date.pointer, "date_order", inOrder[0].pointer)
		case i > 1 && !date.at.After(inOrder[i-1].at):
			say(date.pointer, "date_order", inOrder[i-1].pointer)
		}
	}
	if d.RegistryDate.Starts().After(now) {
		say("/registry_date", "registry_date_future", d.RegistryDate.String())
	}
	if d.DrillDay < 0 || (d.DrillDay > 0 && d.DrillDay < time.Second) {
		say("/drill_day_seconds", "number_too_small", 1, int(d.DrillDay.Seconds()))
	}
	return append(defects, d.Rules.Check()...)
}

// ProvisionalYears returns the years a round's dates run into whose calendar is
// not published: windows there are provisional (domain 7).
func ProvisionalYears(c Calendar, d Dates) []int {
	var years []int
	for _, at := range []time.Time{d.SelfCheckCloses, d.ApplyCloses, d.RecommendationDue, d.AssessmentDue} {
		last := at.Add(-time.Nanosecond) // an exclusive midnight belongs to the day before
		if year := last.In(Beijing).Year(); !c.Published(last) && !slices.Contains(years, year) {
			years = append(years, year)
		}
	}
	return years
}

// Arrival returns an office's default arrival date (到省截止, domain 4):
// ArrivalDays before its recommendation date, never before applications close.
func Arrival(c Calendar, r Rules, applyCloses, recommendationDue time.Time) time.Time {
	arrival := c.AddDays(recommendationDue, -r.ArrivalDays)
	if arrival.Before(applyCloses) {
		return applyCloses
	}
	return arrival
}

// MayMoveDate checks a new instant for a date (domain 3): never into the past;
// earlier only with the warning the round promises; reason required.
func MayMoveDate(c Calendar, r Rules, from, to, now time.Time, reason string) error {
	switch {
	case reason == "":
		return RefuseFields(Invalid, "domain 3", "reason_required", []Defect{{Pointer: "/reason", Key: "field_required"}})
	case !to.After(now):
		return Refuse(Invalid, "domain 3", "date_past", Until(to))
	case to.Before(from) && to.Before(c.After(now, r.EarlierNoticeDays)):
		return Refuse(Invalid, "D-21", "date_earlier_warning", r.EarlierNoticeDays)
	}
	return nil
}
