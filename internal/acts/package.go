package acts

import (
	"context"
	"fmt"
	"time"

	"shifan/internal/award"
)

// Package is a recommendation package (推荐材料, N 四(二)): covering letter and
// report, and with them the papers of every unit recommended.
type Package struct {
	Round       string
	Office      int64
	Revision    int // 0: none yet
	Letter      award.Document
	Report      award.Document
	State       award.PackageState
	SentAt      time.Time
	Reason      string    // why it was returned
	RevisionDue time.Time // a returned one: by when, exclusive
}

// PackageView is a package with the units it recommends and what it lacks.
type PackageView struct {
	Package
	OfficeCode string
	Units      []ProvinceFile
	Lacks      []award.Lack
}

// packageTx keeps packages and the stages of offices.
type packageTx interface {
	packageRevisionTx
	// Package reads an office's latest package; revision 0 when there is none.
	Package(ctx context.Context, round string, office int64) (Package, error)
	// SavePackage writes letter and report of the package's revision.
	SavePackage(ctx context.Context, by award.Officer, p Package) error
	// MovePackage records a package's new state: when it was sent, or the
	// answer with its reason and due date.
	MovePackage(ctx context.Context, p Package) error
	// NoticesOwed reads the revisions of the office's lists whose notice has not
	// ended, and of its latest proposed list when that has units and was never
	// noticed.
	NoticesOwed(ctx context.Context, round string, office int64) ([]int, error)
	// CompleteStage records that an office's stage is complete, with the numbers
	// it reports.
	CompleteStage(ctx context.Context, round string, office int64, stage award.Stage, report any) error
}

// PutPackageInput is the covering letter and the inspection report.
type PutPackageInput struct {
	Round, Office string
	Letter        award.Document
	Report        award.Document
}

// PutPackage saves the covering letter (推荐函) and the inspection report
// (考核验收报告). A returned package gets a new revision; one that is sent stands.
func (a *Acts) PutPackage(ctx context.Context, by award.Officer, key Key, in PutPackageInput) (Done[PackageView], error) {
	return once(ctx, a, by, key, award.ActPutPackage, in.Round, func(t *act) (PackageView, error) {
		round, office, err := t.behindGate(ctx, in.Office)
		if err != nil {
			return PackageView{}, err
		}
		if err := office.MustBeWorking(); err != nil {
			return PackageView{}, err
		}
		p, err := t.Package(ctx, in.Round, office.ID)
		if err != nil {
			return PackageView{}, err
		}
		if p.State != award.PackageAdopted { // none yet, or returned
			p = Package{Round: in.Round, Office: office.ID, Revision: p.Revision + 1, State: award.PackageAdopted}
		}
		p.Letter, p.Report = in.Letter, in.Report
		if err := t.SavePackage(ctx, by, p); err != nil {
			return PackageView{}, err
		}
		for part, document := range map[award.Part]award.Document{award.PartLetter: p.Letter, award.PartReport: p.Report} {
			err := t.citeAlone(ctx, "/"+string(part)+"/sha256", EvidenceUse{
				SHA256: document.SHA256, Unit: office.ID, Kind: award.UsePackage, Subject: fmt.Sprintf("%d/%s", p.Revision, part),
			})
			if err != nil {
				return PackageView{}, err
			}
		}
		if err := t.audit(ctx, packageSubject(office, p), "", map[string]any{
			"letter": in.Letter.Number, "letter_sha256": in.Letter.SHA256, "report_sha256": in.Report.SHA256,
		}); err != nil {
			return PackageView{}, err
		}
		view, err := viewPackage(ctx, t, round, office)
		view.Units = nil // the outcome is kept; units are read when asked for
		return view, err
	})
}

func packageSubject(o Office, p Package) string {
	return fmt.Sprintf("package/%s/%d", o.Code, p.Revision)
}

// PackageOf reads an office's package and what it lacks to be sent.
func (a *Acts) PackageOf(ctx context.Context, by award.Officer, round, office string) (PackageView, error) {
	var view PackageView
	err := a.readOffice(ctx, by, round, office, func(tx Tx, r Round, o Office) error {
		var err error
		view, err = viewPackage(ctx, tx, r, o)
		return err
	})
	return view, err
}

// viewPackage reads a package, its units, and what the rule says it lacks.
func viewPackage(ctx context.Context, tx Tx, round Round, office Office) (PackageView, error) {
	p, err := tx.Package(ctx, round.ID, office.ID)
	if err != nil {
		return PackageView{}, err
	}
	view := PackageView{Package: p, OfficeCode: office.Code}
	view.Units, err = tx.ProvinceFiles(ctx, round.ID, office.ID, sentStates()...)
	if err != nil {
		return PackageView{}, err
	}
	if err := barred(ctx, tx, round, office.ID, view.Units); err != nil {
		return PackageView{}, err
	}
	owed, err := tx.NoticesOwed(ctx, round.ID, office.ID)
	if err != nil {
		return PackageView{}, err
	}
	letter, report := p.Letter, p.Report
	if p.State == award.PackageReturned { // mended in a new revision, never sent again as it was
		letter, report = award.Document{}, award.Document{}
	}
	view.Lacks = award.Lacks(letter, report, papers(round.Rules, view.Units), owed)
	return view, nil
}

// sentStates are the states of files that an office has recommended and that
// have not left the round since by withdrawal or ruling.
func sentStates() []award.FileState {
	return []award.FileState{
		award.FileRecommended, award.FileReviewed, award.FileMarked, award.FileCandidate,
		award.FileNotSelected, award.FileNoticedNationally, award.FileNamed,
	}
}

func papers(rules award.Rules, files []ProvinceFile) []award.Papers {
	units := make([]award.Papers, len(files))
	for i, f := range files {
		units[i] = award.Papers{
			Listed:     award.Listed{Category: f.Category, Code: f.Code, Name: f.Name},
			Form:       f.Filed && (f.FormScanned || !rules.SealedForm),
			Inspection: f.Inspected && f.Passed && f.Finding,
			Survey:     f.surveyed(rules) == nil,
			Barred:     f.cleared() != nil,
		}
	}
	return units
}

// ReturnPackageInput says what to mend, and by when.
type ReturnPackageInput struct {
	Round, Office string
	Reason        string
	Due           time.Time // exclusive
}

// ReturnPackage returns a package to its office (退回补正, domain 5.7): its stage is
// open again until the date. No package is returned once the list is frozen.
func (a *Acts) ReturnPackage(ctx context.Context, by award.Officer, key Key, in ReturnPackageInput) (Done[struct{}], error) {
	return once(ctx, a, by, key, award.ActReturnPackage, in.Round, func(t *act) (struct{}, error) {
		none := struct{}{}
		round, office, p, err := t.sentPackage(ctx, in.Office)
		if err != nil {
			return none, err
		}
		if !round.ListFrozenAt.IsZero() {
			return none, award.Refuse(award.Closed, "domain 6.1", "list_frozen")
		}
		if err := round.wholeDay(in.Due); err != nil {
			return none, err
		}
		now, err := t.Now(ctx)
		if err != nil {
			return none, err
		}
		if !in.Due.After(now) {
			return none, award.Refuse(award.Invalid, "domain 3", "date_past", award.Until(in.Due))
		}
		stage := StageRecord{DueAt: in.Due, Reason: in.Reason} // a new date, not missed yet: the audit keeps whether the old one was
		if stage.State, err = award.MoveStage(office.Stage.State, award.ActReturnPackage); err != nil {
			return none, err
		}
		p.State, p.Reason, p.RevisionDue = award.PackageReturned, in.Reason, in.Due
		if err := t.MovePackage(ctx, p); err != nil {
			return none, err
		}
		if err := t.SaveStage(ctx, in.Round, office.ID, award.StageRecommendation, stage); err != nil {
			return none, err
		}
		if err := t.audit(ctx, packageSubject(office, p), in.Reason, map[string]any{"due": in.Due}); err != nil {
			return none, err
		}
		if err := t.Post(ctx, Message{
			Round: in.Round, Office: office.ID, Occasion: fmt.Sprintf("package-returned/%s/%d", in.Round, p.Revision),
			Kind:    string(award.ActReturnPackage),
			Subject: fmt.Sprintf("〔需补正·截止%s〕推荐材料已退回", award.Until(in.Due)),
			Body:    fmt.Sprintf("%s:%s的推荐材料(第%d次报送)退回补正。理由:%s", round.Title, office.Name, p.Revision, in.Reason),
		}); err != nil {
			return none, err
		}
		return none, t.tellOfficeAndRound(ctx, office.Code)
	})
}

// AcceptPackage accepts a package (材料审核通过, N 四(三)): the units it recommends
// are reviewed, the office's other files end as not recommended.
func (a *Acts) AcceptPackage(ctx context.Context, by award.Officer, key Key, round, officeCode string) (Done[struct{}], error) {
	return once(ctx, a, by, key, award.ActAcceptPackage, round, func(t *act) (struct{}, error) {
		none := struct{}{}
		r, office, p, err := t.sentPackage(ctx, officeCode)
		if err != nil {
			return none, err
		}
		if err := t.mustBeSealed(ctx, r); err != nil {
			return none, err
		}
		p.State = award.PackageAccepted
		if err := t.MovePackage(ctx, p); err != nil {
			return none, err
		}
		reviewed, err := t.MoveFiles(ctx, FilesMove{
			Round: round, Office: office.ID, From: award.MovesFrom(t.name, award.FileReviewed), To: award.FileReviewed,
			Act: t.name, By: by, Ground: "推荐材料审核通过", Waiting: r.Owner,
		})
		if err != nil {
			return none, err
		}
		ground := fmt.Sprintf("未列入%s的推荐名单", office.Name)
		left, err := t.MoveFiles(ctx, FilesMove{
			Round: round, Office: office.ID, From: award.MovesFrom(t.name, award.FileNotRecommended), To: award.FileNotRecommended,
			Act: t.name, By: by, Ground: ground,
		})
		if err != nil {
			return none, err
		}
		if err := t.audit(ctx, packageSubject(office, p), "", map[string]any{"reviewed": reviewed, "not_recommended": left}); err != nil {
			return none, err
		}
		if err := t.Post(ctx, Message{
			Round: round, Office: office.ID, Occasion: fmt.Sprintf("package-accepted/%s/%d", round, p.Revision),
			Kind:    string(award.ActAcceptPackage),
			Subject: "〔推荐材料审核通过〕",
			Body:    fmt.Sprintf("%s:%s的推荐材料审核通过,推荐%d个单位进入评估验收。", r.Title, office.Name, reviewed),
		}); err != nil {
			return none, err
		}
		return none, t.tellOfficeAndRound(ctx, officeCode)
	})
}

// sentPackage opens the owner's answer to a package that was sent.
func (t *act) sentPackage(ctx context.Context, officeCode string) (Round, Office, Package, error) {
	round, office, err := t.behindGate(ctx, officeCode)
	if err != nil {
		return Round{}, Office{}, Package{}, err
	}
	p, err := t.Package(ctx, t.round, office.ID)
	if err != nil {
		return Round{}, Office{}, Package{}, err
	}
	if p.State != award.PackageSent {
		return Round{}, Office{}, Package{}, award.Refuse(award.Conflict, "N 四(三)", "package_not_sent", office.Name)
	}
	return round, office, p, nil
}
