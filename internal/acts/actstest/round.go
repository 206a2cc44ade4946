package actstest

import (
	"context"
	"time"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// Day is how long a working day of a world's drill (演练) lasts.
const Day = time.Hour

// Drill is what a test may say of its round; zero fields take the defaults.
type Drill struct {
	Owner      string               // code; "": the nation
	Categories []award.CategoryRule // default: DrillCategories
	Rules      award.Rules          // default: DrillRules
	Dates      award.Dates          // default: DrillDates of now
	Real       bool                 // a real round, with the State Council's calendar; give Dates
}

// DrillCategories returns the usual categories with quotas and ratios small
// enough for a small country.
func DrillCategories() []award.CategoryRule {
	return []award.CategoryRule{
		{Category: award.District, Quota: award.Quota{Places: 2, Ratio: 2}},
		{Category: award.Street, Quota: award.Quota{Places: 3, Ratio: 2}},
		{Category: award.Community, Quota: award.Quota{Places: 4, Ratio: 2}},
	}
}

// DrillRules returns the usual rules with shorter days.
func DrillRules() award.Rules {
	r := award.DefaultRules()
	r.NoticeDays, r.LetterDays, r.ReturnDays, r.EndorseDays = 3, 1, 5, 5
	r.ArrivalDays, r.EarlierNoticeDays = 20, 1
	r.SpotCheckPercent = 0 // no visits: whose test it is asks for them
	r.SealedForm = false   // no scans: whose test it is asks for them
	r.MinimumAsked = map[award.Category]int{award.Community: 5, award.Street: 5, award.District: 5}
	return r
}

// DrillDates returns the dates of a drill that opens now: self-checks close
// after 20 days, applications after 30, the recommendation is due after 80 (so
// that files arrive by day 60), the assessment after 120.
func DrillDates(now time.Time) award.Dates {
	return award.Dates{
		SelfCheckCloses: now.Add(20 * Day), ApplyCloses: now.Add(30 * Day),
		RecommendationDue: now.Add(80 * Day), AssessmentDue: now.Add(120 * Day),
	}
}

// Draft drafts a round and returns its ID.
func (w *World) Draft(d Drill) string {
	w.t.Helper()
	in := acts.RoundInput{Owner: d.Owner, Definition: award.Definition{
		Title: "全国和谐社区建设示范单位", Categories: d.Categories, Rules: d.Rules, Dates: d.Dates, DrillDay: Day,
		Contacts: []award.Contact{{Unit: "基层政权和社区建设司", Phone: "010-00000000"}},
	}}
	if d.Categories == nil {
		in.Categories = DrillCategories()
	}
	if d.Rules.NoticeDays == 0 {
		in.Rules = DrillRules()
	}
	if d.Dates == (award.Dates{}) {
		in.Dates = DrillDates(w.Now())
	}
	if d.Real {
		in.DrillDay = 0
	}
	done, err := w.Acts.CreateRound(context.Background(), w.owner(d), w.Key(), in)
	w.must(err)
	return done.Result.ID
}

func (w *World) owner(d Drill) award.Officer {
	w.t.Helper()
	if d.Owner == "" {
		return w.Admin
	}
	return w.Officer(d.Owner, award.RoleAdmin, award.RoleHead)
}

// OpenDrill drafts, opens and freezes a round by its acts, as the procedure
// would, and returns it open.
func (w *World) OpenDrill(d Drill) acts.Round {
	w.t.Helper()
	id := w.Draft(d)
	_, err := w.Acts.OpenRound(context.Background(), w.owner(d), w.Key(), id)
	w.must(err)
	w.Freeze(id)
	return w.Round(id)
}

// Freeze does what the procedure does once a round is being opened.
func (w *World) Freeze(id string) {
	w.t.Helper()
	last := One[int64](w, `SELECT max(id) FROM unit`)
	page := max(20, last/10) // several pages even of a small country
	for from := int64(0); from < last; from += page {
		_, err := w.Acts.FreezePage(context.Background(),
			award.Page{Round: id, Job: award.JobFreeze, Number: 1, From: from, To: from + page})
		w.must(err)
	}
	w.must(w.Acts.Opened(context.Background(), id))
}

// Round reads a round.
func (w *World) Round(id string) acts.Round {
	w.t.Helper()
	r, err := w.Store.Round(context.Background(), id)
	w.must(err)
	return r
}

// Office reads a recommending office of a round.
func (w *World) Office(round, code string) acts.Office {
	w.t.Helper()
	offices, err := w.Store.Offices(context.Background(), round)
	w.must(err)
	for _, o := range offices {
		if o.Code == code {
			return o
		}
	}
	w.t.Fatalf("actstest: round %s has no office %s", round, code)
	return acts.Office{}
}
