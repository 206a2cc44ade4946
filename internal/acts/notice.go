package acts

import (
	"context"
	"fmt"
	"slices"
	"time"

	"shifan/internal/award"
)

// Notice is a public notice (公示): a frozen list before the public for a
// window, with its evidence. Everything in it may be read by anyone (D-15).
type Notice struct {
	ID         int64
	Number     int // within the round
	Round      string
	RoundTitle string
	Drill      bool
	Office     int64 // the publishing office
	OfficeCode string
	OfficeName string
	List       int64
	ListSHA256 []byte
	Scope      award.Scope
	State      award.NoticeState
	Revision   int // counted up by every change

	WorkingDays int
	OpensAt     time.Time
	CountedFrom time.Time // the day its working days are counted from: its first, or that of a proof that came later
	ClosesAt    time.Time // exclusive
	FinalAt     time.Time // exclusive: letters postmarked in the window may arrive until then
	Provisional bool      // part of it lies in a year whose calendar is not published
	AnnouncedAt time.Time
	EndedAt     time.Time // zero: not yet

	Contacts []award.Contact
	Evidence []award.Evidence
	Text     string

	Corrects    int64 // the notice in whose place it stands, or some lines of which it corrects; 0: none
	CorrectedBy int64 // the notice that stands in its place; 0: none

	// Only where one notice is read.
	Units          []award.Listed // in D-09 order
	Proofs         []PlacedEvidence
	Changes        []NoticeChange
	DocumentNumber string // of the round
	CategoryTitles map[award.Category]string
}

// Plan returns the notice's window as the rules know it.
func (n Notice) Plan() award.NoticePlan {
	return award.NoticePlan{
		Window:      award.Window{Opens: n.OpensAt, Closes: n.ClosesAt, Provisional: n.Provisional},
		CountedFrom: n.CountedFrom, Final: n.FinalAt,
	}
}

// withPlan returns the notice with its window as planned.
func (n Notice) withPlan(p award.NoticePlan, days int) Notice {
	n.WorkingDays, n.OpensAt, n.CountedFrom, n.ClosesAt, n.FinalAt = days, p.Opens, p.CountedFrom, p.Closes, p.Final
	n.Provisional = p.Provisional
	return n
}

// NoticeChange is what was done to a notice after it was announced. Read by
// anyone.
type NoticeChange struct {
	Revision    int
	Name        award.Act
	Reason      string
	WorkingDays int // from it on; so below
	ClosesAt    time.Time
	FinalAt     time.Time
	Act         int64
	At          time.Time
}

// OfficialText writes the notice as an office publishes it (公示正文).
func (n Notice) OfficialText() string {
	return award.NoticeText(award.NoticeForm{
		Scope: n.Scope, Number: n.Number, RoundTitle: n.RoundTitle, DocumentNumber: n.DocumentNumber, Drill: n.Drill,
		Corrects: n.Corrects != 0, Body: n.Text, Plan: n.Plan(), WorkingDays: n.WorkingDays, Titles: n.CategoryTitles,
		Units: n.Units, ListHash: n.ListSHA256, Contacts: n.Contacts, Office: n.OfficeName, AnnouncedAt: n.AnnouncedAt,
	})
}

// noticeTx keeps public notices.
type noticeTx interface {
	// AddNotice writes a notice under the next number of its round, whose row
	// the caller holds, and returns it.
	AddNotice(ctx context.Context, by award.Officer, n Notice) (Notice, error)
	// LockNotice reads a notice and holds its row; award.NotFound when there is none.
	LockNotice(ctx context.Context, round string, number int) (Notice, error)
	// NoticedFiles returns the files on a list that stand in the state, are not
	// suspended and have not been removed from it.
	NoticedFiles(ctx context.Context, list int64, state award.FileState) ([]int64, error)
	// MoveWindow writes a notice's window as planned, for the days the change
	// names, and the change beside it.
	MoveWindow(ctx context.Context, n Notice, to award.NoticePlan, change NoticeChange) error
	noticeChangeTx
	// EndNotice records that a notice has ended.
	EndNotice(ctx context.Context, notice int64) error
	// LiveNotices returns the numbers of a round's notices that have not ended.
	LiveNotices(ctx context.Context, round string) ([]int, error)
}

// listReads is what anyone may read, without a key.
type listReads interface {
	// PublicNotices reads notices, those still before the public first, without
	// their lists.
	PublicNotices(ctx context.Context, limit int) ([]Notice, error)
	// PublicNotice reads one with its list; award.NotFound when there is none.
	PublicNotice(ctx context.Context, id int64) (Notice, error)
	// PublicTitle reads a title by its number; award.NotFound when there is none.
	PublicTitle(ctx context.Context, number string) (Title, error)
	titleReads
}

// AnnounceNoticeInput says where and from when a list is before the public.
type AnnounceNoticeInput struct {
	Round, Office string
	FirstDay      time.Time // its first instant; zero: as soon as the rule allows
	Evidence      []award.Evidence
	Contacts      []award.Contact
	Text          string
	Waivers       []award.Waiver // of what a scan finds in it (D-64)
}

// AnnounceNotice puts a list before the public: a province its latest proposed
// list (N 四(二)), the owner office the candidates (N 四(四)). The window is the
// rule's, award.PlanNotice; one list has one live notice.
func (a *Acts) AnnounceNotice(ctx context.Context, by award.Officer, key Key, in AnnounceNoticeInput) (Done[Notice], error) {
	return once(ctx, a, by, key, award.ActAnnounceNotice, in.Round, func(t *act) (Notice, error) {
		round, err := t.LockRound(ctx, in.Round) // numbers are given under it
		if err != nil {
			return Notice{}, err
		}
		if in.Office == round.OwnerCode {
			return t.announceNational(ctx, a, round, in)
		}
		return t.announceProvincial(ctx, a, in)
	})
}

func (t *act) announceNational(ctx context.Context, a *Acts, round Round, in AnnounceNoticeInput) (Notice, error) {
	if err := Can(t.by, t.name, round.ownerRow()); err != nil {
		return Notice{}, err
	}
	if err := round.mustTakeNotices(); err != nil {
		return Notice{}, err
	}
	earlier, err := t.NationalNotice(ctx, round.ID)
	if err != nil {
		return Notice{}, err
	}
	list, err := t.candidatesToNotice(ctx, round)
	if err != nil {
		return Notice{}, err
	}
	n, err := t.announce(ctx, a, round, Notice{
		Office: round.Owner, OfficeCode: round.OwnerCode, OfficeName: round.OwnerName, Scope: award.National,
	}, list, award.FileCandidate, in)
	if err != nil {
		return Notice{}, err
	}
	if earlier.State == award.NoticeEnded { // the round's own stage waits for it no more
		return n, t.tellWindow(ctx, round, n)
	}
	return n, t.tellRound(ctx, award.StagePublicNotice)
}

func (t *act) announceProvincial(ctx context.Context, a *Acts, in AnnounceNoticeInput) (Notice, error) {
	round, office, err := t.behindGate(ctx, in.Office)
	if err != nil {
		return Notice{}, err
	}
	if err := office.MustBeWorking(); err != nil {
		return Notice{}, err
	}
	list, err := t.LatestList(ctx, in.Round, office.ID, award.ListProposed)
	if err != nil {
		return Notice{}, err
	}
	if list.ID != 0 && len(list.Items) == 0 {
		return Notice{}, award.Refuse(award.Conflict, "N 四(二)", "list_empty", list.Revision)
	}
	n, err := t.announce(ctx, a, round, Notice{
		Office: office.ID, OfficeCode: office.Code, OfficeName: office.Name, Scope: award.Provincial,
	}, list, award.FileProposed, in)
	if err != nil {
		return Notice{}, err
	}
	return n, t.tellOffice(ctx, office.Code, award.StageRecommendation)
}

// announce plans and writes the notice of a list whose units must all still
// stand in the state.
func (t *act) announce(ctx context.Context, a *Acts, round Round, n Notice, list AdoptedList, state award.FileState, in AnnounceNoticeInput) (Notice, error) {
	if list.ID == 0 {
		return Notice{}, award.Refuse(award.Conflict, "N 四", "list_missing")
	}
	live, err := t.NoticeOf(ctx, list.ID)
	if err != nil {
		return Notice{}, err
	}
	if live != "" {
		return Notice{}, award.Refuse(award.Conflict, "domain 7", "notice_exists", list.Revision)
	}
	standing, err := t.ToNotice(ctx, list.ID, state)
	if err != nil {
		return Notice{}, err
	}
	if gone := len(list.Items) - len(standing); gone > 0 && n.Scope == award.Provincial {
		// The province adopts again without them; the nation's list stands, its places stay empty (D-04).
		return Notice{}, award.Refuse(award.Conflict, "domain 7", "list_outdated", gone)
	}
	now, err := t.Now(ctx)
	if err != nil {
		return Notice{}, err
	}
	first := in.FirstDay
	if first.IsZero() {
		first = round.Calendar().DayStart(now)
	}
	if err := round.wholeDay(first); err != nil {
		return Notice{}, err
	}
	for _, e := range in.Evidence {
		if err := round.wholeDay(e.PublishedAt); err != nil {
			return Notice{}, err
		}
	}
	plan, err := award.PlanNotice(round.Calendar(), n.Scope, in.Evidence, first, now, round.Rules.NoticeDays, round.Rules.LetterDays)
	if err != nil {
		return Notice{}, err
	}
	n.Round, n.RoundTitle, n.Drill = round.ID, round.Title, round.Drill
	n.List, n.ListSHA256, n.State = list.ID, list.SHA256, award.NoticeAnnounced
	n = n.withPlan(plan, round.Rules.NoticeDays)
	n.Contacts, n.Evidence, n.Text = in.Contacts, in.Evidence, in.Text
	corrected := slices.ContainsFunc(list.Items, func(i ListItem) bool { return i.Correction != "" })
	if n.Corrects, err = t.NoticeToCorrect(ctx, round.ID, n.Office, n.Scope, corrected); err != nil {
		return Notice{}, err
	}
	if n, err = t.AddNotice(ctx, t.by, n); err != nil {
		return Notice{}, err
	}
	if err := t.citeProofs(ctx, n, 1, n.Evidence); err != nil {
		return Notice{}, err
	}
	waived, err := a.scanNotice(ctx, n, list.Items, in.Waivers)
	if err != nil {
		return Notice{}, err
	}
	if err := t.AddWaivers(ctx, t.by, n.ID, waived); err != nil {
		return Notice{}, err
	}
	return n, t.audit(ctx, noticeSubject(n), "", map[string]any{
		"number": n.Number, "corrects": n.Corrects, "list_sha256": fmt.Sprintf("%x", list.SHA256), "units": len(list.Items), "waived": len(waived),
		"opens_at": n.OpensAt, "closes_at": n.ClosesAt, "final_at": n.FinalAt,
	})
}

// ownerRow is the owner office as an office that acts in its own round.
func (r Round) ownerRow() Row {
	return Row{Owner: r.Owner, Office: r.Owner, Unit: r.Owner, Path: []int64{r.Owner}}
}

// EndNotice ends a notice once its list is final: its units, short of those
// suspended or removed, have been noticed. It reports false while the date has
// not come or the round is not under way; ending again changes nothing.
func (a *Acts) EndNotice(ctx context.Context, round string, number int) (bool, error) {
	ended := false
	err := a.step(ctx, func(tx Tx) error {
		r, err := tx.LockRound(ctx, round) // no lever suspends or cancels it meanwhile
		if err != nil {
			return err
		}
		if err := tx.ShutNotice(ctx, round, number); err != nil { // nor is an objection on its way, or being settled
			return err
		}
		n, err := tx.LockNotice(ctx, round, number)
		if err != nil {
			return err
		}
		if n.State == award.NoticeEnded {
			ended = true
			return nil
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if n.State != award.NoticeAnnounced || r.State != award.RoundOpen && r.State != award.RoundClosed || now.Before(n.FinalAt) {
			return nil
		}
		ended = true
		return endNotice(ctx, tx, n)
	})
	return ended, err
}

func endNotice(ctx context.Context, tx Tx, n Notice) error {
	from, to, rule := award.FileProposed, award.FileNoticedLocally, "N 四(二)"
	if n.Scope == award.National {
		from, to, rule = award.FileCandidate, award.FileNoticedNationally, "N 四(四)"
	}
	if err := tx.SettleCorrections(ctx, n); err != nil { // owed to the notice before it
		return err
	}
	if _, err := suspendObjected(ctx, tx, n); err != nil {
		return err
	}
	files, err := tx.NoticedFiles(ctx, n.List, from)
	if err != nil {
		return err
	}
	moved := 0
	if len(files) > 0 {
		moved, err = tx.MoveFiles(ctx, FilesMove{
			Round: n.Round, Applications: files, From: award.MovesFrom(award.StepNoticeEnded, to), To: to,
			Act: award.StepNoticeEnded, Ground: rule,
		})
		if err != nil {
			return err
		}
	}
	if err := tx.EndNotice(ctx, n.ID); err != nil {
		return err
	}
	if err := tx.Audit(ctx, Entry{
		Round: n.Round, Name: award.StepNoticeEnded, Subject: fmt.Sprintf("notice/%d", n.ID), Ground: rule,
		Detail: map[string]any{"number": n.Number, "units": moved},
	}); err != nil {
		return err
	}
	return tx.Post(ctx, Message{
		Round: n.Round, Office: n.Office, Occasion: fmt.Sprintf("notice-ended/%s/%d", n.Round, n.Number),
		Kind:    string(award.StepNoticeEnded),
		Subject: fmt.Sprintf("〔公示期满〕第%d号公示已结束,%d个单位可进入下一步", n.Number, moved),
		Body:    fmt.Sprintf("%s第%d号公示于%s。", n.RoundTitle, n.Number, award.Until(n.FinalAt)),
	})
}

// publicNotices is the most notices the public list shows.
const publicNotices = 200

// PublicNotices reads the notices before the public and those that have ended.
func (a *Acts) PublicNotices(ctx context.Context) ([]Notice, error) {
	return a.store.PublicNotices(ctx, publicNotices)
}

// PublicNotice reads one notice with its list and hash.
func (a *Acts) PublicNotice(ctx context.Context, id int64) (Notice, error) {
	n, err := a.store.PublicNotice(ctx, id)
	if err == nil {
		award.SortListed(n.Units)
	}
	return n, err
}
