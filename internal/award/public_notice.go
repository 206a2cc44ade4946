package award

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"time"
)

// Medium is where a notice was published (domain 7).
type Medium string

// The media of N 四(二) and 四(四).
const (
	LocalMedium   Medium = "local_medium"   // 当地主要媒体
	CentralMedium Medium = "central_medium" // 中央有关媒体
	Website       Medium = "website"        // 网站
)

// Media lists every medium.
func Media() []Medium { return []Medium{LocalMedium, CentralMedium, Website} }

// Scope says whose list a notice shows.
type Scope string

// The scopes of a public notice.
const (
	Provincial Scope = "provincial" // 省级公示, N 四(二)
	National   Scope = "national"   // 全国公示, N 四(四)
)

// RequiredMedia returns where a notice of the scope must appear: a main local
// medium (N 四(二)), or a central medium and a website (N 四(四)).
func (s Scope) RequiredMedia() []Medium {
	if s == National {
		return []Medium{CentralMedium, Website}
	}
	return []Medium{LocalMedium}
}

// Evidence is proof of one publication (公示情况).
type Evidence struct {
	Medium      Medium    `json:"medium"`
	Name        string    `json:"name"`         // the newspaper, station or site
	PublishedAt time.Time `json:"published_at"` // the start of the day, for a drill the instant
	Link        string    `json:"link,omitempty"`
	SHA256      string    `json:"sha256,omitempty"` // of the scan, kept as evidence
}

// NoticeState is where a public notice stands.
type NoticeState string

// The states of a public notice.
const (
	NoticeAnnounced NoticeState = "announced" // 公示中, or waiting for its first day
	NoticeEnded     NoticeState = "ended"     // 公示毕
	NoticeWithdrawn NoticeState = "withdrawn" // 撤回
)

// NoticePlan is when a notice is before the public and when its list is final.
// It is provisional when part of it, letters included, lies in a year whose
// calendar is not published.
type NoticePlan struct {
	Window
	CountedFrom time.Time // the day its working days are counted from: its first, or that of a proof that came later
	Final       time.Time // letters postmarked in the window may arrive until then (domain 7)
}

// Recount returns the plan with its working days counted again, by a calendar
// that has changed, for more days, or from a later day. An announced window only
// ever grows: its first day stays, its last moves out and never back; one that
// has ended stays as it is, and only what waits for its letters may move; a
// list that is final stays so (domain 7, D-62).
func (p NoticePlan) Recount(c Calendar, days, letterDays int, now time.Time) NoticePlan {
	if !now.Before(p.Final) {
		return p
	}
	if now.Before(p.Closes) {
		p.Closes = later(p.Closes, c.Window(p.CountedFrom, days).Closes)
	}
	last := p.Closes.Add(-time.Nanosecond)
	p.Final = later(p.Final, c.After(last, letterDays))
	p.Provisional = !c.Published(p.Opens) || !c.Published(p.Final.Add(-time.Nanosecond))
	return p
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// PlanNotice returns the window of a notice asked to begin on the given
// instant: no earlier than the latest required publication, and no earlier than
// now (D-02). It is refused when a required publication is missing, or when the
// calendar of its year is not published: only opening a notice needs that.
func PlanNotice(c Calendar, scope Scope, evidence []Evidence, first, now time.Time, days, letterDays int) (NoticePlan, error) {
	if len(evidence) == 0 {
		return NoticePlan{}, Refuse(Incomplete, scope.rule(), "notice_evidence_missing", string(scope.RequiredMedia()[0]))
	}
	earliest := first
	for _, required := range scope.RequiredMedia() {
		if !slices.ContainsFunc(evidence, func(e Evidence) bool { return e.Medium == required }) {
			return NoticePlan{}, Refuse(Incomplete, scope.rule(), "notice_evidence_missing", string(required))
		}
	}
	for _, e := range evidence {
		if slices.Contains(scope.RequiredMedia(), e.Medium) && e.PublishedAt.After(earliest) {
			earliest = e.PublishedAt
		}
	}
	if today := c.DayStart(now); earliest.Before(today) {
		earliest = today // a window in the past would give the public less than its days
	}
	w := c.Window(c.DayStart(earliest), days)
	if w.Provisional {
		return NoticePlan{}, Refuse(Unavailable, "D-02", "calendar_unpublished", w.Closes.Add(-time.Second).In(Beijing).Year())
	}
	plan := NoticePlan{Window: w, CountedFrom: w.Opens, Final: c.After(w.Closes.Add(-time.Nanosecond), letterDays)}
	plan.Provisional = !c.Published(plan.Final.Add(-time.Nanosecond)) // letters may run into a year not yet known
	return plan, nil
}

func (s Scope) rule() string {
	if s == National {
		return "N 四(四)"
	}
	return "N 四(二)"
}

// Listed is one line of a list that is hashed and shown.
type Listed struct {
	Category Category
	Code     string
	Name     string

	Correction string // what a ruling has made of its line (更正); "": nothing
}

// SortListed puts lines in the order in which every list is shown: category,
// then code, which is the province order of GB/T 2260; never by mark (D-09).
func SortListed(lines []Listed) {
	order := Categories()
	slices.SortFunc(lines, func(a, b Listed) int {
		if a.Category != b.Category {
			return slices.Index(order, a.Category) - slices.Index(order, b.Category)
		}
		if a.Code < b.Code {
			return -1
		}
		if a.Code > b.Code {
			return 1
		}
		return 0
	})
}

// ListHash returns the SHA-256 of a list: one line "category TAB code TAB name
// LF" for each unit, in the order of SortListed, so that anyone can compute it
// from the published list. A corrected line has "TAB correction" before its end.
func ListHash(lines []Listed) [32]byte {
	sorted := slices.Clone(lines)
	SortListed(sorted)
	digest := sha256.New()
	for _, line := range sorted {
		fmt.Fprintf(digest, "%s\t%s\t%s", line.Category, line.Code, line.Name)
		if line.Correction != "" {
			fmt.Fprintf(digest, "\t%s", line.Correction)
		}
		fmt.Fprintln(digest)
	}
	return [32]byte(digest.Sum(nil))
}
