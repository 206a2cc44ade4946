package acts

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"shifan/internal/award"
)

// ProvinceFile is a file that has come to the province, as its recommending
// office ranks it.
type ProvinceFile struct {
	ID          int64
	Unit        int64
	Code        string
	Name        string
	Category    award.Category
	State       award.FileState
	Revision    int
	Suspended   bool
	Filed       bool
	FormScanned bool // with its seals (D-38)
	Inspected   bool
	Passed      bool         // the inspection
	Finding     bool         // it has one
	Total       award.Points // 省级考核得分
	Surveyed    bool
	Survey      award.Survey
	Barred      []string     // by these departments; only where it is asked for
	Owed        []Correction // what its line must say, and has not been noticed yet; likewise
	Path        []int64      // the unit's: root … itself
}

// surveyed says whether the unit's survey is there and passes the round's gate.
func (f ProvinceFile) surveyed(rules award.Rules) error {
	if !f.Surveyed {
		return award.Refuse(award.Incomplete, "N 四(二)", "survey_missing", f.Name)
	}
	return rules.CheckSurvey(f.Category, f.Survey)
}

// contender is the file as the rank sees it: it passes when both its
// inspection and its survey do and no department bars it.
func (f ProvinceFile) contender(rules award.Rules) award.Contender {
	return award.Contender{
		Application: f.ID, Unit: f.Code, Score: f.Total,
		Passed: f.Inspected && f.Passed && f.surveyed(rules) == nil && f.cleared() == nil,
	}
}

// proposalTx keeps the files at the province and the lists that bodies adopt.
type proposalTx interface {
	// ProvinceFiles reads the files of a recommending office in the states,
	// with inspection and survey, by category and code.
	ProvinceFiles(ctx context.Context, round string, office int64, states ...award.FileState) ([]ProvinceFile, error)
	// LatestList reads an office's latest list of the kind; the zero list when
	// there is none.
	LatestList(ctx context.Context, round string, office int64, kind award.ListKind) (AdoptedList, error)
	// AddList writes a list as the office's next revision and returns it.
	AddList(ctx context.Context, round string, by award.Officer, office int64, list AdoptedList) (AdoptedList, error)
	// NoticeOf returns the state of the notice that is not withdrawn of a list;
	// empty when it has none.
	NoticeOf(ctx context.Context, list int64) (award.NoticeState, error)
}

// AdoptProposalsInput is the minuted meeting's list, in the body's own order.
type AdoptProposalsInput struct {
	Round, Office string // codes
	Minutes       string
	MetOn         award.Date
	Items         []ProposalItem
}

// ProposalItem is one unit of a list to adopt.
type ProposalItem struct {
	Application int64
	Reason      string
}

// AdoptProposals adopts the proposed list (议定拟推荐名单, domain 5.4): units that
// passed inspection and survey and that no department bars, each departure from the rank with its reason.
// It replaces an earlier list unless that one is before the public; units whose
// notice has ended stay noticed and are not adopted again. One whose line a ruling
// has corrected comes back by a list that says so (D-101).
func (a *Acts) AdoptProposals(ctx context.Context, by award.Officer, key Key, in AdoptProposalsInput) (Done[AdoptedList], error) {
	return once(ctx, a, by, key, award.ActAdoptProposals, in.Round, func(t *act) (AdoptedList, error) {
		// The list refers to the round's row: held first, as the order of locks has it.
		if _, err := t.LockRound(ctx, in.Round); err != nil {
			return AdoptedList{}, err
		}
		round, office, err := t.behindGate(ctx, in.Office)
		if err != nil {
			return AdoptedList{}, err
		}
		if err := office.MustBeWorking(); err != nil {
			return AdoptedList{}, err
		}
		if !office.PassedUp { // every file has come up before any is ranked
			return AdoptedList{}, award.Refuse(award.Conflict, "domain 4", "files_still_climbing", award.Until(office.ArrivalAt))
		}
		if err := t.metBefore(ctx, in.MetOn); err != nil {
			return AdoptedList{}, err
		}
		earlier, err := t.LatestList(ctx, in.Round, office.ID, award.ListProposed)
		if err != nil {
			return AdoptedList{}, err
		}
		if earlier.ID != 0 {
			notice, err := t.NoticeOf(ctx, earlier.ID)
			if err != nil {
				return AdoptedList{}, err
			}
			if notice == award.NoticeAnnounced {
				return AdoptedList{}, award.Refuse(award.Conflict, "N 四(二)", "list_under_notice", earlier.Revision)
			}
		}
		files, err := t.ProvinceFiles(ctx, in.Round, office.ID,
			award.FileAtProvince, award.FileInspected, award.FileProposed, award.FileNoticedLocally, award.FileRecommended)
		if err != nil {
			return AdoptedList{}, err
		}
		if err := barred(ctx, t, round, office.ID, files); err != nil {
			return AdoptedList{}, err
		}
		if err := withOwed(ctx, t, files); err != nil {
			return AdoptedList{}, err
		}
		items, err := checkProposals(round.Rules, files, in.Items)
		if err != nil {
			return AdoptedList{}, err
		}
		if round.Rules.ProvinceVotes {
			if err := t.mustBeCarried(ctx, desk{round: round, id: office.ID, code: office.Code}, items); err != nil {
				return AdoptedList{}, err
			}
		}
		hash := award.ListHash(listed(items))
		list, err := t.AddList(ctx, in.Round, by, office.ID, AdoptedList{
			Kind: award.ListProposed, Minutes: in.Minutes, MetOn: in.MetOn, SHA256: hash[:], Items: items,
		})
		if err != nil {
			return AdoptedList{}, err
		}
		if err := t.moveProposed(ctx, files, items, in.Minutes); err != nil {
			return AdoptedList{}, err
		}
		subject := fmt.Sprintf("list/%d", list.ID)
		if err := t.audit(ctx, subject, in.Minutes, map[string]any{"units": len(items), "sha256": fmt.Sprintf("%x", hash)}); err != nil {
			return AdoptedList{}, err
		}
		return list, t.tellOffice(ctx, office.Code, award.StageRecommendation)
	})
}

// mustBeCarried refuses a list with a unit that the review body has not taken, in
// a round where it votes (D-80).
func (t *act) mustBeCarried(ctx context.Context, d desk, items []ListItem) error {
	c, err := t.Committee(ctx, t.round, d.id)
	if err != nil {
		return err
	}
	agendas, err := localAgendas(ctx, t, d, c)
	if err != nil {
		return err
	}
	var defects []award.Defect
	for i, item := range items {
		k, err := agendaOf(agendas, item.Application)
		if err != nil || !slices.Contains(k.Taken(), item.Application) {
			defects = append(defects, award.Defect{Pointer: fmt.Sprintf("/items/%d", i), Key: "item_not_carried", Args: []any{item.Name}})
		}
	}
	if len(defects) > 0 {
		return award.RefuseFields(award.Incomplete, "D-80", "proposals_not_carried", defects)
	}
	return nil
}

// adoptable are the states a file can be adopted from, by the table of moves.
func adoptable(s award.FileState) bool {
	return slices.Contains(award.MovesFrom(award.ActAdoptProposals, award.FileProposed), s)
}

// checkProposals checks every item at once and returns the list's items.
func checkProposals(rules award.Rules, files []ProvinceFile, proposed []ProposalItem) ([]ListItem, error) {
	byID := make(map[int64]ProvinceFile, len(files))
	contenders := map[award.Category][]award.Contender{}
	for _, f := range files {
		byID[f.ID] = f
		if adoptable(f.State) && !f.held() {
			contenders[f.Category] = append(contenders[f.Category], f.contender(rules))
		}
	}

	var defects []award.Defect
	items := make([]ListItem, 0, len(proposed))
	orders := map[award.Category][]award.Contender{}
	places := map[award.Category][]int{} // where in proposed each of the category's stands
	seen := map[int64]bool{}
	for i, p := range proposed {
		pointer := fmt.Sprintf("/items/%d", i)
		f, known := byID[p.Application]
		if defect := proposalDefect(rules, f, known, seen[p.Application]); defect != nil {
			defects = append(defects, award.Defect{Pointer: pointer, Key: defect.Key, Args: defect.Args})
			continue
		}
		seen[f.ID] = true
		orders[f.Category] = append(orders[f.Category], f.contender(rules))
		places[f.Category] = append(places[f.Category], i)
		item := ListItem{
			Application: f.ID, Code: f.Code, Name: f.Name, Category: f.Category,
			Position: len(orders[f.Category]), Reason: p.Reason,
		}
		item.carry(f.Owed)
		items = append(items, item)
	}
	for _, category := range award.Categories() {
		for _, k := range award.Departures(orders[category], contenders[category]) {
			if i := places[category][k]; proposed[i].Reason == "" {
				defects = append(defects, award.Defect{
					Pointer: fmt.Sprintf("/items/%d/reason", i), Key: "reason_departs", Args: []any{byID[proposed[i].Application].Name},
				})
			}
		}
	}
	if len(defects) > 0 {
		return nil, award.RefuseFields(award.Incomplete, "domain 5.4", "proposals_defective", defects)
	}
	return items, nil
}

// proposalDefect returns what keeps a file off the list, or nil.
func proposalDefect(rules award.Rules, f ProvinceFile, known, twice bool) *award.Error {
	switch {
	case !known: // also a file elsewhere: nobody learns what exists there
		return award.Refuse(award.Incomplete, "N 四(二)", "item_unknown")
	case twice:
		return award.Refuse(award.Incomplete, "N 四(二)", "item_twice", f.Name)
	case !adoptable(f.State):
		return award.Refuse(award.Incomplete, "N 四(二)", "item_state", f.Name, string(f.State))
	case f.held():
		return award.Refuse(award.Incomplete, "domain 7", "item_suspended", f.Name)
	case !f.Inspected || !f.Passed:
		return award.Refuse(award.Incomplete, "N 四(二)", "item_not_passed", f.Name)
	}
	for _, gate := range []error{f.surveyed(rules), f.cleared()} {
		if refusal, ok := errors.AsType[*award.Error](gate); ok {
			return refusal
		}
	}
	return nil
}

// moveProposed moves what the list names up, and what an earlier one named and
// this one leaves out back. A suspended unit holds its place.
func (t *act) moveProposed(ctx context.Context, files []ProvinceFile, items []ListItem, ground string) error {
	in := make([]int64, len(items))
	for i, item := range items {
		in[i] = item.Application
	}
	out := []int64{}
	for _, f := range files {
		if f.State == award.FileProposed && !f.Suspended && !slices.Contains(in, f.ID) {
			out = append(out, f.ID)
		}
	}
	if err := t.moveAll(ctx, in, award.FileProposed, ground); err != nil {
		return err
	}
	return t.moveAll(ctx, out, award.FileInspected, ground)
}

// Proposals is the rank of an office's files and the list it adopted.
type Proposals struct {
	Ranked  []RankedFile
	Adopted AdoptedList
}

// RankedFile is a file with its place in the rank.
type RankedFile struct {
	ProvinceFile
	Rank   int  // 0: does not pass
	Passes bool // inspection, survey and departments
}

// Proposals reads the rank of an office's files, best first within each
// category, and its latest proposed list.
func (a *Acts) Proposals(ctx context.Context, by award.Officer, round, office string, category award.Category) (Proposals, error) {
	var out Proposals
	err := a.readOffice(ctx, by, round, office, func(tx Tx, r Round, o Office) error {
		files, err := tx.ProvinceFiles(ctx, round, o.ID, award.FileInspected, award.FileProposed,
			award.FileNoticedLocally, award.FileRecommended, award.FileReviewed, award.FileMarked)
		if err != nil {
			return err
		}
		if err := barred(ctx, tx, r, o.ID, files); err != nil {
			return err
		}
		for _, c := range award.Categories() {
			if category == "" || category == c {
				out.Ranked = append(out.Ranked, rank(r.Rules, files, c)...)
			}
		}
		out.Adopted, err = tx.LatestList(ctx, round, o.ID, award.ListProposed)
		return err
	})
	return out, err
}

func rank(rules award.Rules, files []ProvinceFile, category award.Category) []RankedFile {
	byID := map[int64]ProvinceFile{}
	var contenders []award.Contender
	for _, f := range files {
		if f.Category == category {
			byID[f.ID] = f
			contenders = append(contenders, f.contender(rules))
		}
	}
	var ranked []RankedFile
	for _, r := range award.Rank(contenders) {
		ranked = append(ranked, RankedFile{ProvinceFile: byID[r.Application], Rank: r.Rank, Passes: r.Passed})
	}
	return ranked
}
