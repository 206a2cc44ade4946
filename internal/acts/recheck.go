package acts

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"shifan/internal/award"
)

// RecheckFilter says which titles of the register a campaign is about; what is
// empty does not narrow it.
type RecheckFilter struct {
	Year     int // in which they were named
	Category award.Category
	Office   string // code of the recommending office
}

// Recheck is a re-check of many titles at once (集中复查, D-104): called by an office,
// with one date for all. What comes of each title is an act of its own.
type Recheck struct {
	ID         int64
	Office     int64 // that called it
	OfficeName string
	Filter     RecheckFilter
	DueAt      time.Time // exclusive
	Ground     string
	Document   string // of who called it; "": none
	At         time.Time
	Progress   []RecheckProgress // by recommending office, of what the reader may see
}

// RecheckProgress counts where the titles of one recommending office stand in a
// campaign.
type RecheckProgress struct {
	Code, Name   string
	InRecheck    int // 复查中
	Rectifying   int // 限期整改
	Kept         int // 保留
	Revoked      int // 撤销
	Deregistered int // 注销
}

// RecheckedTitle is a title in a campaign, and what has come of its re-check: the
// state reached before another re-check of it began.
type RecheckedTitle struct {
	Title
	Outcome award.TitleState
	Since   time.Time
}

// StartRechecks is a campaign to be called.
type StartRechecks struct {
	Filter   RecheckFilter
	Due      award.Date // the last day
	Ground   string
	Document string
	Titles   int // how many were shown; 0: whichever
}

// MostRechecked is how many titles one campaign may have: more than the nation
// names in a round (N 二).
const MostRechecked = 1000

// recheckTx keeps campaigns.
type recheckTx interface {
	// LockRecheckable reads the register's titles that an office may re-check and
	// that are due for none yet, by ID, and holds them.
	LockRecheckable(ctx context.Context, office int64, filter RecheckFilter, limit int) ([]Title, error)
	// AddRecheck writes a campaign with its titles, each as its re-check has begun.
	AddRecheck(ctx context.Context, by award.Officer, r Recheck, titles []Title) (Recheck, error)
}

// recheckReads answers questions about campaigns.
type recheckReads interface {
	// Recheckable lists what LockRecheckable would, by ID.
	Recheckable(ctx context.Context, office int64, filter RecheckFilter, limit int) ([]Title, error)
	// Rechecks lists the campaigns that an office called or that are about titles
	// it recommended, newest first, with the progress it may see.
	Rechecks(ctx context.Context, office, before int64, limit int) ([]Recheck, error)
	// Recheck reads one of them; award.NotFound when it is none of the office's.
	Recheck(ctx context.Context, office, id int64) (Recheck, error)
	// RecheckedTitles lists a campaign's titles that the office may see, by ID.
	RecheckedTitles(ctx context.Context, office, id, after int64, limit int) ([]RecheckedTitle, error)
}

// StartRechecks begins the re-check of many titles by one act (开展集中复查, D-104): of
// all that the filter finds and the officer's office may re-check, with one date.
// Each unit is told as by a single re-check, each recommending office once.
func (a *Acts) StartRechecks(ctx context.Context, by award.Officer, key Key, in StartRechecks) (Done[Recheck], error) {
	return once(ctx, a, by, key, award.ActStartRechecks, "", func(t *act) (Recheck, error) {
		if err := Can(by, t.name, Row{Owner: by.Office}); err != nil {
			return Recheck{}, err
		}
		now, err := t.Now(ctx)
		if err != nil {
			return Recheck{}, err
		}
		if err := in.check(now); err != nil {
			return Recheck{}, err
		}
		titles, err := t.LockRecheckable(ctx, by.Office, in.Filter, MostRechecked+1)
		if err != nil {
			return Recheck{}, err
		}
		switch {
		case len(titles) == 0:
			return Recheck{}, award.Refuse(award.Conflict, "D-104", "recheck_none")
		case len(titles) > MostRechecked:
			return Recheck{}, award.Refuse(award.OverLimit, "D-104", "recheck_many", MostRechecked)
		case in.Titles != 0 && in.Titles != len(titles):
			return Recheck{}, award.Refuse(award.Stale, "D-104", "recheck_changed", in.Titles, len(titles))
		}
		r := Recheck{Office: by.Office, Filter: in.Filter, DueAt: in.Due.Closes(), Ground: in.Ground, Document: in.Document}
		for i, title := range titles {
			if err := Can(by, t.name, title.Row()); err != nil {
				return Recheck{}, err
			}
			titles[i], err = t.moveTitle(ctx, title, titleMove{
				act: award.ActStartRecheck, to: award.TitleInRecheck, ground: in.Ground, document: in.Document, due: r.DueAt, unitAlone: true,
			})
			if err != nil {
				return Recheck{}, err
			}
		}
		if r, err = t.AddRecheck(ctx, by, r, titles); err != nil {
			return Recheck{}, err
		}
		if err := t.tellRecheck(ctx, r, titles); err != nil {
			return Recheck{}, err
		}
		return r, t.audit(ctx, recheckSubject(r.ID), in.Ground, map[string]any{
			"titles": len(titles), "due": in.Due.String(), "document": in.Document,
			"year": in.Filter.Year, "category": in.Filter.Category, "office": in.Filter.Office,
		})
	})
}

func recheckSubject(id int64) string { return fmt.Sprintf("recheck/%d", id) }

// check names every defect of a campaign to be called.
func (in StartRechecks) check(now time.Time) error {
	var defects []award.Defect
	if strings.TrimSpace(in.Ground) == "" {
		defects = append(defects, award.Defect{Pointer: "/reason", Key: "field_required"})
	}
	switch {
	case in.Due == award.Date{}:
		defects = append(defects, award.Defect{Pointer: "/due", Key: "field_required"})
	case !in.Due.Starts().After(now):
		defects = append(defects, award.Defect{Pointer: "/due", Key: "date_past", Args: []any{in.Due.String()}})
	}
	if in.Filter.Category != "" && !slices.Contains(award.Categories(), in.Filter.Category) {
		defects = append(defects, award.Defect{Pointer: "/category", Key: "category_unknown", Args: []any{string(in.Filter.Category)}})
	}
	if len(defects) > 0 {
		return award.RefuseFields(award.Invalid, "D-104", "recheck_malformed", defects)
	}
	return nil
}

// tellRecheck writes to each recommending office but the caller's once, whatever
// the number of its titles, and to the log of each round whose titles move.
func (t *act) tellRecheck(ctx context.Context, r Recheck, titles []Title) error {
	offices, rounds := make(map[int64][]Title), make(map[string][]string)
	for _, title := range titles {
		rounds[title.Round] = append(rounds[title.Round], title.Number)
		if title.Office != t.by.Office {
			offices[title.Office] = append(offices[title.Office], title)
		}
	}
	var messages []Message
	for office, own := range offices {
		messages = append(messages, Message{
			Round: own[0].Round, Office: office, Occasion: recheckSubject(r.ID), Kind: "title",
			Subject: fmt.Sprintf("〔需办理〕集中复查%d个称号", len(own)),
			Body:    fmt.Sprintf("依据：%s\n请逐一复查并作出保留或者限期整改的结论，期限：%s。", strings.TrimSpace(r.Ground+" "+r.Document), award.Until(r.DueAt)),
		})
	}
	if _, err := t.PostAll(ctx, messages); err != nil {
		return err
	}
	for round, numbers := range rounds {
		if err := t.Audit(ctx, Entry{
			Act: t.id, By: t.by, Round: round, Name: t.name, Subject: "round/" + round, Ground: r.Ground,
			Detail: map[string]any{"recheck": r.ID, "titles": numbers},
		}); err != nil {
			return err
		}
	}
	return nil
}

// Recheckable lists the titles that a campaign of the officer's office would be
// about, one more than it may have.
func (a *Acts) Recheckable(ctx context.Context, by award.Officer, filter RecheckFilter) ([]Title, error) {
	if err := Can(by, award.ActStartRechecks, Row{Owner: by.Office}); err != nil {
		return nil, err
	}
	titles, err := a.store.Recheckable(ctx, by.Office, filter, MostRechecked+1)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(titles, func(t Title) bool { return !MaySee(by, t.Row()) }), nil
}

// Rechecks lists the campaigns of the officer's office, or about titles that it
// recommended, newest first.
func (a *Acts) Rechecks(ctx context.Context, by award.Officer, before int64, limit int) ([]Recheck, error) {
	if by.ExpertAlone() {
		return nil, nil
	}
	return a.store.Rechecks(ctx, by.Office, before, limit)
}

// Recheck reads a campaign with the titles of it that the officer's office may
// see, by ID, after the given one.
func (a *Acts) Recheck(ctx context.Context, by award.Officer, id, after int64, limit int) (Recheck, []RecheckedTitle, error) {
	if by.ExpertAlone() {
		return Recheck{}, nil, award.Refuse(award.NotFound, "", "not_found")
	}
	r, err := a.store.Recheck(ctx, by.Office, id)
	if err != nil {
		return Recheck{}, nil, err
	}
	titles, err := a.store.RecheckedTitles(ctx, by.Office, id, after, limit)
	if err != nil {
		return Recheck{}, nil, err
	}
	return r, slices.DeleteFunc(titles, func(t RecheckedTitle) bool { return !MaySee(by, t.Row()) }), nil
}
