package acts

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"shifan/internal/award"
)

// TitleChange is one move of a title, a row of its history (称号办理过程).
type TitleChange struct {
	Act      award.Act
	From, To award.TitleState
	Revision int
	Officer  string // name, when read
	Ground   string
	Document string
	At       time.Time
}

// titleTx keeps titles after naming.
type titleTx interface {
	// LockTitle reads a title and holds it; award.NotFound when there is none.
	LockTitle(ctx context.Context, number string) (Title, error)
	// HeldTitles reads the register's titles that units hold, in order, and holds
	// their rows.
	HeldTitles(ctx context.Context, units []int64) ([]Title, error)
	// SaveTitle writes a held title as it now stands, and the row of its history.
	SaveTitle(ctx context.Context, by award.Officer, title Title, change TitleChange) error
	// TitleHistory reads a title's moves, oldest first.
	TitleHistory(ctx context.Context, number string) ([]TitleChange, error)
	// AddBar bars a unit from applying, from a day until another, exclusive.
	AddBar(ctx context.Context, by award.Officer, unit int64, from, until award.Date, ground, document string) error
	// Barred reads the longest bar on the day of a unit or of those that became
	// part of it; the zero Bar when there is none.
	Barred(ctx context.Context, unit int64, on award.Date) (Bar, error)
	// UnderWay reads the files that a unit, or one that goes on in its place, has
	// under way, by ID: round and application alone.
	UnderWay(ctx context.Context, unit int64) ([]OnFile, error)
	reportTx
	recheckTx
}

// titleReads answers questions about titles.
type titleReads interface {
	// TitlePage lists titles of the register that an office may see, by ID.
	TitlePage(ctx context.Context, q TitleQuery) ([]Title, error)
	// ReportByReceipt finds a report by form; award.NotFound when there is none.
	ReportByReceipt(ctx context.Context, receipt string) (TitleReport, error)
	// TitleReportPage lists the reports that an office handles, newest first,
	// without who reported.
	TitleReportPage(ctx context.Context, office int64, q TitleReportQuery) ([]ListedReport, error)
	recheckReads
}

// Bar keeps a unit from applying (取消申报资格).
type Bar struct {
	Until    award.Date // the first day on which it may apply again
	Ground   string
	Document string
	Merged   string // name of the unit it was laid on, which became part of this one; "": its own
}

// refuse says what the bar means to a unit; nil when there is none.
func (b Bar) refuse(name string) error {
	switch {
	case b.Until == (award.Date{}):
		return nil
	case b.Merged != "":
		return award.Refuse(award.Conflict, "D-103", "unit_barred_merged", name, b.Until.String(), b.Merged, b.Ground, b.Document)
	}
	return award.Refuse(award.Conflict, "D-10", "unit_barred", name, b.Until.String(), b.Ground, b.Document)
}

// TitleQuery asks for a page of the register of titles (称号名录).
type TitleQuery struct {
	Office int64            // the caller's
	State  award.TitleState // "": any
	After  int64
	Limit  int
}

// Row returns what the policy must know of the title: of the office that gave
// it, the one that recommended, and the unit as the round had it.
func (t Title) Row() Row {
	return Row{Owner: t.Owner, Office: t.Office, Unit: t.Unit, Path: t.Path}
}

// TitleInput is an act on a title with its ground.
type TitleInput struct {
	Number   string
	Revision int    // the one seen; 0: whichever
	Ground   string // what was found
	Document string // number of the decision or document

	Falsified bool // of a revocation: 弄虚作假, which bars the unit (D-10)
}

// StartRecheck begins a re-check of a title (复查, D-10).
func (a *Acts) StartRecheck(ctx context.Context, by award.Officer, key Key, in TitleInput) (Done[Title], error) {
	return a.onTitle(ctx, by, key, award.ActStartRecheck, award.TitleInRecheck, in)
}

// KeepTitle keeps a title after its re-check or rectification (保留).
func (a *Acts) KeepTitle(ctx context.Context, by award.Officer, key Key, in TitleInput) (Done[Title], error) {
	return a.onTitle(ctx, by, key, award.ActKeepTitle, award.TitleKept, in)
}

// OrderRectification gives a unit time to mend what its re-check found (限期整改).
func (a *Acts) OrderRectification(ctx context.Context, by award.Officer, key Key, in TitleInput) (Done[Title], error) {
	return a.onTitle(ctx, by, key, award.ActOrderRectification, award.TitleRectifying, in)
}

// RevokeTitle revokes a title by a decision (撤销): the plaque comes back or is
// void, the place stays empty (D-04), and after a falsification the unit may not
// apply for five years; what it has applied for ends (D-117).
func (a *Acts) RevokeTitle(ctx context.Context, by award.Officer, key Key, in TitleInput) (Done[Title], error) {
	return a.onTitle(ctx, by, key, award.ActRevokeTitle, award.TitleRevoked, in)
}

// DeregisterTitle ends a title whose unit is no more (注销).
func (a *Acts) DeregisterTitle(ctx context.Context, by award.Officer, key Key, in TitleInput) (Done[Title], error) {
	return a.onTitle(ctx, by, key, award.ActDeregisterTitle, award.TitleDeregistered, in)
}

func (a *Acts) onTitle(ctx context.Context, by award.Officer, key Key, name award.Act, to award.TitleState, in TitleInput) (Done[Title], error) {
	return once(ctx, a, by, key, name, "", func(t *act) (Title, error) {
		title, err := t.atTitle(ctx, in.Number)
		if err != nil {
			return Title{}, err
		}
		if in.Revision != 0 && in.Revision != title.Revision {
			return Title{}, award.Outdated()
		}
		if strings.TrimSpace(in.Ground) == "" {
			return Title{}, reasonRequired()
		}
		if in.Falsified && to != award.TitleRevoked {
			return Title{}, award.RefuseFields(award.Invalid, "D-10", "title_falsified", []award.Defect{{Pointer: "/falsified", Key: "title_falsified"}})
		}
		if !to.Held() && strings.TrimSpace(in.Document) == "" {
			return Title{}, award.RefuseFields(award.Invalid, "O 四(四)", "title_document", []award.Defect{{Pointer: "/document", Key: "field_required"}})
		}
		if title, err = t.moveTitle(ctx, title, titleMove{act: t.name, to: to, ground: in.Ground, document: in.Document}); err != nil {
			return Title{}, err
		}
		if in.Falsified {
			if err := t.bar(ctx, title, in); err != nil {
				return Title{}, err
			}
		}
		return title, t.audit(ctx, "title/"+title.Number, in.Ground,
			map[string]any{"state": to, "document": in.Document, "falsified": in.Falsified})
	})
}

// atTitle opens an act on a title of the register. A drill's is outside it.
func (t *act) atTitle(ctx context.Context, number string) (Title, error) {
	title, err := t.LockTitle(ctx, number)
	if err != nil {
		return Title{}, err
	}
	t.round = title.Round
	if err := Can(t.by, t.name, title.Row()); err != nil {
		return Title{}, err
	}
	if title.Drill {
		return Title{}, award.Refuse(award.Conflict, "architecture 6", "title_drill", number)
	}
	return title, nil
}

// titleMove is a move of a title with its ground.
type titleMove struct {
	act              award.Act // of the table
	to               award.TitleState
	ground, document string
	due              time.Time // zero: as the round's rules have it
	unitAlone        bool      // the recommending office is told otherwise
}

// moveTitle moves a held title by the table, says what is due next on it, and
// tells its unit and the office that recommended it.
func (t *act) moveTitle(ctx context.Context, title Title, m titleMove) (Title, error) {
	if err := award.MoveTitle(title.State, m.act, m.to); err != nil {
		return Title{}, err
	}
	round, err := t.Round(ctx, title.Round)
	if err != nil {
		return Title{}, err
	}
	now, err := t.Now(ctx)
	if err != nil {
		return Title{}, err
	}
	today, after := award.DateOf(now), round.Rules.Aftercare
	change := TitleChange{Act: m.act, From: title.State, To: m.to, Ground: m.ground, Document: m.document}
	title.State, title.DueAt = m.to, after.Due(m.to, today)
	if !m.due.IsZero() {
		title.DueAt = m.due
	}
	title.Revision++
	if !m.to.Held() {
		title.Plaque, title.PlaqueDueAt = award.PlaqueDue, after.PlaqueDue(today)
	}
	if err := t.SaveTitle(ctx, t.by, title, change); err != nil {
		return Title{}, err
	}
	told := []int64{title.Unit, title.Office}
	if m.unitAlone {
		told = told[:1]
	}
	for _, office := range told {
		if err := t.Post(ctx, Message{
			Round: title.Round, Office: office, Occasion: fmt.Sprintf("title/%s/%d", title.Number, title.Revision), Kind: "title",
			Subject: fmt.Sprintf("〔称号%s〕%s", m.to.Chinese(), title.Text),
			Body:    title.told(m.ground, m.document),
		}); err != nil {
			return Title{}, err
		}
	}
	return title, nil
}

// told says to an office what has become of a title, and what to do by when.
func (t Title) told(ground, document string) string {
	lines := []string{fmt.Sprintf("%s(编号 %s):%s。", t.Name, t.Number, t.State.Chinese()), "依据:" + ground}
	if document != "" {
		lines = append(lines, "文号:"+document)
	}
	switch t.State {
	case award.TitleRectifying:
		lines = append(lines, "请完成整改并报告，期限："+award.Until(t.DueAt)+"。")
	case award.TitleInRecheck:
		lines = append(lines, "复查办结期限："+award.Until(t.DueAt)+"。")
	case award.TitleActive, award.TitleKept:
		lines = append(lines, "下次复查开始期限："+award.Until(t.DueAt)+"。")
	case award.TitleRevoked, award.TitleDeregistered:
		lines = append(lines, "奖牌交回期限："+award.Until(t.PlaqueDueAt)+"，逾期作废。")
	}
	return strings.Join(lines, "\n")
}

// bar keeps the unit of a title that was got by falsification from applying, and
// ends what it has applied for: its own, and those of whoever goes on in its place.
func (t *act) bar(ctx context.Context, title Title, in TitleInput) error {
	round, err := t.Round(ctx, title.Round)
	if err != nil {
		return err
	}
	now, err := t.Now(ctx)
	if err != nil {
		return err
	}
	today := award.DateOf(now)
	if err := t.AddBar(ctx, t.by, title.Unit, today, round.Rules.Aftercare.BarredUntil(today), in.Ground, in.Document); err != nil {
		return err
	}
	files, err := t.UnderWay(ctx, title.Unit)
	if err != nil {
		return err
	}
	for _, f := range files { // a unit has few: one of each round
		if err := t.endBarred(ctx, f, "取消申报资格："+in.Ground); err != nil {
			return err
		}
	}
	return nil
}

// endBarred ends a file of a barred unit wherever it stands (D-117), and tells its
// unit and the office that recommends it. The place it leaves stays as one that
// was withdrawn.
func (t *act) endBarred(ctx context.Context, of OnFile, ground string) error {
	if _, err := t.PassFileGate(ctx, of.Round, of.Application); err != nil {
		return err
	}
	f, err := t.LockFile(ctx, of.Round, of.Application)
	if err != nil || f.State.Ended() { // meanwhile
		return err
	}
	if _, err := t.MoveFiles(ctx, FilesMove{
		Round: f.Round, Applications: []int64{f.ID}, From: []award.FileState{f.State}, To: award.FileBarred, Act: t.name, By: t.by, Ground: ground,
	}); err != nil {
		return err
	}
	if err := t.LeaveLists(ctx, f.ID); err != nil {
		return err
	}
	if err := t.Post(ctx, Message{
		Round: f.Round, Office: f.Office, Occasion: fmt.Sprintf("barred/%d", f.ID), Kind: "barred",
		Subject: fmt.Sprintf("〔取消申报资格〕%s的申报结束", f.UnitName),
		Body:    ground + "。该单位退出本批次，已列入名单的不再保留。",
	}); err != nil {
		return err
	}
	return t.Audit(ctx, Entry{Act: t.id, By: t.by, Round: f.Round, Name: t.name, Subject: fileSubject(f.ID), Ground: ground})
}

// mayStand refuses a unit that is barred from applying (取消申报资格), or that holds
// the title it would apply for (domain 6.8). One given by another office is
// another title, and may be asked for (分级创建, D-87).
func (t *act) mayStand(ctx context.Context, p place, unit int64, name string, category award.Category) error {
	bar, err := t.Barred(ctx, unit, award.DateOf(p.now))
	if err != nil {
		return err
	}
	if err := bar.refuse(name); err != nil {
		return err
	}
	held, err := t.HeldTitle(ctx, unit, category, p.round.Owner)
	if err != nil {
		return err
	}
	if held != "" {
		return award.Refuse(award.Conflict, "domain 6.8", "title_holder", name, held)
	}
	return nil
}

// ReturnPlaque records that a plaque has come back (交回奖牌), also after it was
// void.
func (a *Acts) ReturnPlaque(ctx context.Context, by award.Officer, key Key, number string) (Done[Title], error) {
	return once(ctx, a, by, key, award.ActReturnPlaque, "", func(t *act) (Title, error) {
		title, err := t.atTitle(ctx, number)
		if err != nil {
			return Title{}, err
		}
		if title.Plaque != award.PlaqueDue {
			return Title{}, award.Refuse(award.Conflict, "D-10", "plaque_not_due", number)
		}
		title.Plaque = award.PlaqueReturned
		title.Revision++
		if err := t.SaveTitle(ctx, by, title, TitleChange{Act: t.name, From: title.State, To: title.State, Ground: "奖牌已交回"}); err != nil {
			return Title{}, err
		}
		return title, t.audit(ctx, "title/"+number, "", nil)
	})
}

// titlesFollow does to the titles of units what a change of the units does: a
// merger re-checks them, an abolished unit's are deregistered (D-82).
func (t *act) titlesFollow(ctx context.Context, units []int64, to award.TitleState, ground, document string) ([]string, error) {
	titles, err := t.HeldTitles(ctx, units)
	if err != nil {
		return nil, err
	}
	var moved []string
	for _, title := range titles {
		if title.State == to {
			continue // already being re-checked
		}
		if _, err := t.moveTitle(ctx, title, titleMove{act: t.name, to: to, ground: ground, document: document}); err != nil {
			return nil, err
		}
		moved = append(moved, title.Number)
	}
	return moved, nil
}

// TitleView is a title with all that was done to it.
type TitleView struct {
	Title
	History []TitleChange
	Reports []TitleReport // for the offices that gave it and recommended it alone
}

// Title reads a title, for whoever may see its unit.
func (a *Acts) Title(ctx context.Context, by award.Officer, number string) (TitleView, error) {
	found, err := a.PublicTitle(ctx, number)
	if err != nil {
		return TitleView{}, err
	}
	if !MaySee(by, found.Row()) {
		return TitleView{}, award.Refuse(award.NotFound, "", "title_unknown", number)
	}
	out := TitleView{Title: found}
	err = a.store.InTx(ctx, func(tx Tx) error {
		var err error
		if out.History, err = tx.TitleHistory(ctx, number); err != nil {
			return err
		}
		if !slices.Contains([]int64{out.Owner, out.Office}, by.Office) {
			return nil
		}
		out.Reports, err = tx.TitleReports(ctx, number)
		for i := range out.Reports {
			out.Reports[i].hide(by)
		}
		return err
	})
	return out, err
}

// TitleRegister lists the register of titles, as far as the officer may see it.
func (a *Acts) TitleRegister(ctx context.Context, by award.Officer, q TitleQuery) ([]Title, error) {
	q.Office = by.Office
	titles, err := a.store.TitlePage(ctx, q)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(titles, func(t Title) bool { return !MaySee(by, t.Row()) }), nil
}
