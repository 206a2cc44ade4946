package acts

import (
	"context"
	"fmt"
	"time"

	"shifan/internal/award"
)

// Endorsement is an office's opinion on a file (审核意见).
type Endorsement struct {
	Application  int64
	Revision     int // of the file it speaks of
	Office       int64
	OfficeCode   string // when read
	OfficeName   string // when read
	Opinion      award.Opinion
	Text         string
	Clerk        string // 经办
	SigningHead  string // 签发
	SealingBody  string // 署名机关
	Seal         string // SHA-256 of the scan of the sealed page, hex; empty: none
	Rank         int    // in the office's own order, under an intake limit; 0: none
	ReturnTo     int64  // the office or unit a return goes to
	ReturnToCode string // when read
	Officer      int64  // who entered it; 0: nobody, the date passed the office by
	At           time.Time
}

// endorsementTx keeps opinions.
type endorsementTx interface {
	// AddEndorsement adds an opinion; opinions are never changed.
	AddEndorsement(ctx context.Context, e Endorsement) error
	// FileRevisions reads a file's revisions, oldest first.
	FileRevisions(ctx context.Context, application int64) ([]FileRevision, error)
	// ScanForm keeps the scan of the form with its seals.
	ScanForm(ctx context.Context, application int64, sha256 string) error
}

// Endorse is an office's opinion on the file that waits for it.
type Endorse struct {
	Round       string
	Application int64
	Revision    int // the one seen; 0: whichever
	Opinion     award.Opinion
	Text        string
	Clerk       string
	SigningHead string
	SealingBody string    // empty: as proposed for the office (award.SealingBody)
	Seal        string    // SHA-256 of the scan of the sealed page, hex; may be asked for (D-38)
	Rank        int       // in the office's own order, under an intake limit; 0: the first free place
	ReturnTo    string    // code; for a return
	Due         time.Time // by when the return is mended; zero: the round's ReturnDays
}

// Endorse gives the opinion of the office a file waits for (N 四(一), 按照程序
// 依次): 同意 sends it on, 不同意 ends the climb, 退回补正 sends it back with a
// date.
func (a *Acts) Endorse(ctx context.Context, by award.Officer, key Key, in Endorse) (Done[File], error) {
	return once(ctx, a, by, key, award.ActEndorse, in.Round, func(t *act) (File, error) {
		p, f, err := t.enterFile(ctx, in.Round, in.Application, in.Revision)
		if err != nil {
			return File{}, err
		}
		if in.SealingBody == "" {
			in.SealingBody = f.SealingBody()
		}
		opinion := Endorsement{
			Application: f.ID, Revision: f.Revision, Office: f.Waiting, Opinion: in.Opinion, Text: in.Text,
			Clerk: in.Clerk, SigningHead: in.SigningHead, SealingBody: in.SealingBody, Seal: in.Seal, Officer: by.ID,
		}
		var next award.Place
		switch in.Opinion {
		case award.OpinionAgree:
			next, err = f.standing().Agreed(p.arrived())
		case award.OpinionDecline:
			next, err = decline(&f, in)
		case award.OpinionReturn:
			next, err = t.sendBack(ctx, p, &f, in)
			opinion.ReturnTo = next.Waiting
		default:
			err = award.Refuse(award.Invalid, "N 四(一)", "opinion_unknown", string(in.Opinion))
		}
		if err != nil {
			return File{}, err
		}
		if err := t.mayBeSigned(ctx, p, f, in); err != nil {
			return File{}, err
		}
		if in.Opinion == award.OpinionAgree {
			if opinion.Rank, err = t.takePlace(ctx, f, in.Rank); err != nil {
				return File{}, err
			}
		}
		if err := t.AddEndorsement(ctx, opinion); err != nil {
			return File{}, err
		}
		return t.moveFile(ctx, p, f, next, in.Text)
	})
}

// EndorseMany gives one office's opinions on many files (批量签署), item by item;
// a dry run says what each would come to.
func (a *Acts) EndorseMany(ctx context.Context, by award.Officer, key Key, items []Endorse, dry bool) ([]Item[File], error) {
	return bulk(ctx, a, key, dry, MostItems, items, func(a *Acts, key Key, in Endorse) (Done[File], error) {
		return a.Endorse(ctx, by, key, in)
	})
}

// mayBeSigned checks that the opinion has all that its office must give.
func (t *act) mayBeSigned(ctx context.Context, p place, f File, in Endorse) error {
	err := p.round.Rules.CheckOpinion(award.LevelOf(f.WaitingCode), in.Opinion, in.Text, award.Signature{
		Clerk: in.Clerk, SigningHead: in.SigningHead, SealingBody: in.SealingBody, Seal: in.Seal,
	})
	if err != nil || in.Seal == "" {
		return err
	}
	_, err = t.cite(ctx, "/seal", EvidenceUse{
		SHA256: in.Seal, Unit: f.Unit, Kind: award.UseEndorsement, Subject: fmt.Sprintf("%d/%d", f.ID, f.Waiting),
	})
	return err
}

// decline ends the climb with a reason, of which the unit is told.
func decline(f *File, in Endorse) (award.Place, error) {
	next, err := f.standing().Declined()
	if err != nil {
		return next, err
	}
	f.DeclinedBy, f.Ground = f.Waiting, in.Text
	return next, nil
}

// sendBack returns the file with a date by which it is mended. The office's
// workflow looks again: a date has come into the record.
func (t *act) sendBack(ctx context.Context, p place, f *File, in Endorse) (award.Place, error) {
	target, err := t.Unit(ctx, p.round.ID, in.ReturnTo)
	if award.CodeOf(err) == award.NotFound {
		return award.Place{}, award.Refuse(award.Invalid, "N 四(一)", "return_not_earlier")
	}
	if err != nil {
		return award.Place{}, err
	}
	next, err := f.standing().Returned(target.ID)
	if err != nil {
		return next, err
	}
	f.DueAt = in.Due
	if in.Due.IsZero() {
		f.DueAt = p.round.Calendar().After(p.now, p.round.Rules.ReturnDays)
	}
	if !f.DueAt.After(p.now) {
		return next, award.Refuse(award.Invalid, "domain 4", "date_past", award.Until(f.DueAt))
	}
	if err := t.tellOffice(ctx, p.office.Code, award.StageRecommendation); err != nil {
		return next, err
	}
	return next, t.Post(ctx, Message{
		Round: p.round.ID, Office: target.ID, Occasion: fmt.Sprintf("returned/%d/%d", f.ID, f.Revision), Kind: "returned",
		Subject: fmt.Sprintf("〔需办理·截止%s〕%s退回%s的申报材料，请补正", award.Until(f.DueAt), f.WaitingName, f.UnitName), Body: in.Text,
	})
}

// CallUp takes up a declined file (提级审核): only the office directly above the
// one that declined, once, with a reason (domain 4).
func (a *Acts) CallUp(ctx context.Context, by award.Officer, key Key, in OnFile) (Done[File], error) {
	return once(ctx, a, by, key, award.ActCallUp, in.Round, func(t *act) (File, error) {
		p, f, err := t.enterFile(ctx, in.Round, in.Application, in.Revision)
		if err != nil {
			return File{}, err
		}
		next, err := f.standing().Lifted(by.Office, p.arrived())
		if err != nil {
			return File{}, err
		}
		if in.Reason == "" {
			return File{}, reasonRequired()
		}
		if err := p.undecided(); err != nil {
			return File{}, err
		}
		f.CalledUp, f.Ground, f.EndedAt = true, "", time.Time{}
		if f, err = t.moveFile(ctx, p, f, next, in.Reason); err != nil {
			return File{}, err
		}
		return f, t.Post(ctx, Message{
			Round: p.round.ID, Office: f.Unit, Occasion: fmt.Sprintf("called-up/%d", f.ID), Kind: "called-up",
			Subject: "〔告知〕你单位的申报已由上级机构提级审核", Body: in.Reason,
		})
	})
}

// undecided refuses what the recommending office's finished stage can no longer
// take in.
func (p place) undecided() error {
	switch p.office.Stage.State {
	case award.StageOpen:
		return nil
	case award.StageClosed:
		return award.Refuse(award.Closed, "domain 3", "office_closed_by_name")
	case award.StageComplete:
		return award.Refuse(award.Closed, "N 四(二)", "package_sent")
	}
	return award.Refuse(award.Closed, "N 四(二)", "package_sent")
}

// Endorsements lists what offices have said of a file, in the order given.
func (a *Acts) Endorsements(ctx context.Context, by award.Officer, round string, application int64) ([]Endorsement, error) {
	if _, err := a.Application(ctx, by, round, application); err != nil {
		return nil, err
	}
	list, err := a.store.Endorsements(ctx, application)
	if err != nil {
		return nil, fmt.Errorf("read endorsements: %w", err)
	}
	return list, nil
}
