package main

import (
	"time"

	"shifan/internal/award"
)

// What of the API's answers and requests the drill uses, by the names of
// api/openapi.yaml.

// receipt proves an act (回执).
type receipt struct {
	At time.Time `json:"at"`
}

type instant struct {
	ClosesAt time.Time `json:"closes_at"`
	Shown    string    `json:"shown"`
}

type reason struct {
	Reason string `json:"reason"`
}

type contact struct {
	Unit  string `json:"unit"`
	Phone string `json:"phone"`
}

type round struct {
	ID       string           `json:"id"`
	Title    string           `json:"title"`
	State    award.RoundState `json:"state"`
	Stage    award.Stage      `json:"stage"`
	Drill    bool             `json:"drill"`
	Revision int              `json:"revision"`
	Dates    struct {
		SelfCheck      instant `json:"self_check"`
		Apply          instant `json:"apply"`
		Recommendation instant `json:"recommendation"`
		Assessment     instant `json:"assessment"`
	} `json:"dates"`
	Offices struct {
		Total   int `json:"total"`
		Done    int `json:"done"`
		Sent    int `json:"sent"`
		Overdue int `json:"overdue"`
	} `json:"offices"`
	ListFrozenAt time.Time `json:"list_frozen_at"`
	ScoredAt     time.Time `json:"scored_at"`
	CandidatesAt time.Time `json:"candidates_at"`
	Notice       *notice   `json:"notice"`
}

type roundDone struct {
	Round round `json:"round"`
}

type limit struct {
	Office     string         `json:"office"`
	OfficeName string         `json:"office_name"`
	Category   award.Category `json:"category"`
	Eligible   int            `json:"eligible"`
	Places     int            `json:"places"`
	Used       int            `json:"used"`
	Left       int            `json:"left"`
	Basis      string         `json:"basis"`
}

type standard struct {
	Category award.Category `json:"category"`
	PassMark string         `json:"pass_mark"`
	Blocks   []struct {
		Leaves []leaf `json:"leaves"`
	} `json:"blocks"`
	Form []formField `json:"form"`
}

type leaf struct {
	Code     string         `json:"code"`
	Kind     award.LeafKind `json:"kind"`
	Max      string         `json:"max"`
	Gate     bool           `json:"gate"`
	Veto     bool           `json:"veto"`
	Each     string         `json:"each"`
	Sense    award.Sense    `json:"sense"`
	Target   string         `json:"target"`
	Greatest string         `json:"greatest"`
	Bands    []struct {
		From   string `json:"from"`
		To     string `json:"to"`
		Points string `json:"points"`
	} `json:"bands"`
}

type formField struct {
	Key      string          `json:"key"`
	Title    string          `json:"title"`
	MaxRunes int             `json:"max_runes"`
	Kind     award.FieldKind `json:"kind"`
}

// unit is an entry of the register.
type unit struct {
	Code     string     `json:"code"`
	Name     string     `json:"name"`
	Kind     award.Kind `json:"kind"`
	KindSure bool       `json:"kind_sure"`
	Parent   string     `json:"parent"`
	Office   string     `json:"recommending_office"`
}

type application struct {
	ID            int64           `json:"id"`
	Unit          string          `json:"unit"`
	Name          string          `json:"name"`
	Category      award.Category  `json:"category"`
	Office        string          `json:"office"`
	Revision      int             `json:"revision"`
	State         award.FileState `json:"state"`
	Unsigned      bool            `json:"unsigned"`
	Ground        string          `json:"ground"`
	NationalTotal string          `json:"national_total"`
}

type applicationDone struct {
	Application application `json:"application"`
}

type funnel struct {
	Units               int `json:"units"`
	SelfChecked         int `json:"self_checked"`
	Ready               int `json:"ready"`
	Applied             int `json:"applied"`
	AtProvince          int `json:"at_province"`
	Unsigned            int `json:"unsigned"`
	Proposed            int `json:"proposed"`
	NoticedLocally      int `json:"noticed_locally"`
	Recommended         int `json:"recommended"`
	RecommendationLimit int `json:"recommendation_limit"`
	Candidates          int `json:"candidates"`
	Named               int `json:"named"`
	Quota               int `json:"quota"`
}

// standing is where a recommending office stands.
type standing struct {
	Office  string             `json:"office"`
	Name    string             `json:"name"`
	State   award.StageState   `json:"state"`
	Package award.PackageState `json:"package"`
	Overdue bool               `json:"overdue"`
	Late    bool               `json:"late"`
	Reason  string             `json:"reason"`
	Dates   struct {
		SelfCheck      instant `json:"self_check"`
		Apply          instant `json:"apply"`
		Arrival        instant `json:"arrival"`
		Recommendation instant `json:"recommendation"`
	} `json:"dates"`
	Notices []notice `json:"notices"`
}

// settled reports whether the nation waits for the office no longer.
func (s standing) settled() bool {
	return s.Package == award.PackageAccepted || s.State == award.StageClosed
}

type notice struct {
	ID      int64             `json:"id"`
	State   award.NoticeState `json:"state"`
	FinalAt time.Time         `json:"final_at"`
	Units   []struct {
		Category award.Category `json:"category"`
		Code     string         `json:"code"`
	} `json:"units"`
}

// over reports whether the window has ended and no letter can still arrive.
func (n notice) over(now time.Time) bool {
	return n.State == award.NoticeEnded && !now.Before(n.FinalAt)
}

type ranked struct {
	Rank        int            `json:"rank"`
	Application int64          `json:"application"`
	Unit        string         `json:"unit"`
	Category    award.Category `json:"category"`
	Total       string         `json:"total"`
	Passed      bool           `json:"passed"`
}

type evidence struct {
	Medium      award.Medium `json:"medium"`
	Name        string       `json:"name"`
	PublishedOn string       `json:"published_on"`
	Link        string       `json:"link,omitempty"`
}

type document struct {
	Title  string `json:"title"`
	Number string `json:"number,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
	Text   string `json:"text,omitempty"`
}

type lacking struct {
	Part award.Part `json:"part"`
	Unit string     `json:"unit"`
	Name string     `json:"name"`
}

type selection struct {
	Category   award.Category `json:"category"`
	Quota      int            `json:"quota"`
	Placed     []ranked       `json:"placed"`
	Tied       []ranked       `json:"tied"`
	PlacesLeft int            `json:"places_left"`
	Below      int            `json:"below"`
}

type message struct {
	Round string    `json:"round"`
	Kind  string    `json:"kind"`
	At    time.Time `json:"at"`
}

// moment writes an instant as drill rounds take it.
func moment(t time.Time) string { return t.Format(time.RFC3339Nano) }

// today is the Beijing date, for papers that carry one.
func today() string { return award.DateOf(time.Now()).String() }
