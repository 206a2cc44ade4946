package acts

import (
	"context"
	"strings"

	"shifan/internal/award"
)

// This file is the way back of units that an objection has held up (异议办结后重新公示,
// domain 7, D-101): a line that a ruling has changed is noticed again, and so is a
// unit that its list's notice had left behind.

// Correction is what a ruling has made of a unit's line, and has still to be
// noticed (更正).
type Correction struct {
	Objection int64
	Text      string
}

// correctionTx keeps what is owed to the public.
type correctionTx interface {
	// OwedCorrections reads the corrections that have not been noticed yet, by
	// file: of those about which nothing else is open.
	OwedCorrections(ctx context.Context, files []int64) (map[int64][]Correction, error)
	// ToNotice returns the files on a list that stand in the state and may be
	// noticed with it: not suspended, or only until the corrections that the list
	// carries were noticed.
	ToNotice(ctx context.Context, list int64, state award.FileState) ([]int64, error)
	// WaitingCandidates lists the candidates of a round that may be noticed, in
	// the order of lists, and holds their files.
	WaitingCandidates(ctx context.Context, round string) ([]ListItem, error)
	// NoticeToCorrect returns the ID of an office's latest notice that is
	// withdrawn, or of one that is over, in whose place none stands yet; 0 when
	// there is none.
	NoticeToCorrect(ctx context.Context, round string, office int64, scope award.Scope, over bool) (int64, error)
}

// carry writes corrections on a line.
func (i *ListItem) carry(owed []Correction) {
	texts := make([]string, len(owed))
	for k, c := range owed {
		texts[k] = c.Text
		i.Corrects = append(i.Corrects, c.Objection)
	}
	i.Correction = strings.Join(texts, "；")
}

// held reports whether an objection that is open keeps the unit off a list. One
// that waits for a corrected line alone may stand on the next.
func (f ProvinceFile) held() bool { return f.Suspended && len(f.Owed) == 0 }

// withOwed completes suspended files with what their lines must say.
func withOwed(ctx context.Context, tx Tx, files []ProvinceFile) error {
	var suspended []int64
	for _, f := range files {
		if f.Suspended {
			suspended = append(suspended, f.ID)
		}
	}
	if len(suspended) == 0 {
		return nil
	}
	owed, err := tx.OwedCorrections(ctx, suspended)
	for i := range files {
		files[i].Owed = owed[files[i].ID]
	}
	return err
}

// candidatesToNotice returns the list of candidates to put before the public:
// the latest as it stands, or a revision of its own. That has those who wait for a
// notice, their lines corrected, when the latest was noticed, or withdrawn from
// notice and has changed since. Places stay empty (D-04, D-63).
func (t *act) candidatesToNotice(ctx context.Context, round Round) (AdoptedList, error) {
	list, err := t.LatestList(ctx, round.ID, round.Owner, award.ListCandidates)
	if err != nil || list.ID == 0 {
		return list, err
	}
	state, err := t.NoticeOf(ctx, list.ID)
	if err != nil || state == award.NoticeAnnounced {
		return list, err
	}
	if state == "" {
		withdrawn, err := t.NoticeToCorrect(ctx, round.ID, round.Owner, award.National, false)
		if err != nil || withdrawn == 0 { // its first notice
			return list, err
		}
	}
	waiting, err := t.waitingCandidates(ctx, round.ID)
	if err != nil {
		return AdoptedList{}, err
	}
	hash := award.ListHash(listed(waiting))
	switch {
	case len(waiting) == 0 && state == award.NoticeEnded:
		return list, nil // nobody waits: it has its notice
	case len(waiting) == 0:
		return AdoptedList{}, award.Refuse(award.Conflict, "domain 7", "list_empty", list.Revision)
	case string(hash[:]) == string(list.SHA256) && state == "":
		return list, nil // as it is
	}
	list.Items, list.SHA256 = waiting, hash[:]
	return t.AddList(ctx, round.ID, t.by, round.Owner, list)
}

// waitingCandidates lists the candidates that may be noticed, with what their lines
// must say.
func (t *act) waitingCandidates(ctx context.Context, round string) ([]ListItem, error) {
	waiting, err := t.WaitingCandidates(ctx, round)
	if err != nil {
		return nil, err
	}
	files := make([]int64, len(waiting))
	for i, item := range waiting {
		files[i] = item.Application
	}
	owed, err := t.OwedCorrections(ctx, files)
	places := map[award.Category]int{}
	for i := range waiting {
		item := &waiting[i]
		places[item.Category]++
		item.Position = places[item.Category]
		item.carry(owed[item.Application])
	}
	return waiting, err
}

// mustTakeNotices refuses work on the owner office's notices unless the round is
// open, or closed: what is corrected after the decision is noticed all the same.
func (r Round) mustTakeNotices() error {
	if r.State == award.RoundClosed {
		return nil
	}
	return r.MustBeOpen()
}
