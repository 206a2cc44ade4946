package acts

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"

	"shifan/internal/award"
)

// attachmentTx keeps the files sent with objections.
type attachmentTx interface {
	// KeepContent adds a content of evidence that no office holds.
	KeepContent(ctx context.Context, f EvidenceFile) (award.ScanState, error)
	// AddAttachment adds a file to an objection, and reports whether it was not
	// there.
	AddAttachment(ctx context.Context, objection int64, a Attachment) (bool, error)
	// Attachments reads the files of an objection.
	Attachments(ctx context.Context, objection int64) ([]Attachment, error)
}

// AttachToObjection adds a file to an objection by its receipt number (补交附件),
// until somebody judges whether it is admitted: checked like every evidence, few
// and bounded (D-65). Whoever has the receipt may: the objector, or the clerk who
// entered it. The same file again changes nothing.
func (a *Acts) AttachToObjection(ctx context.Context, receipt string, seal bool, in UploadEvidence) (Attachment, error) {
	var none Attachment
	id, err := a.byReceipt(ctx, receipt)
	if err != nil {
		return none, err
	}
	if err := a.takes(in); err != nil {
		return none, err
	}
	if err := a.mayAttach(ctx, id, Attachment{Size: max(in.Length, 0)}); err != nil { // before a byte is written
		return none, err
	}
	aside := incoming + "/" + rand.Text()
	digest, size, err := a.stage(ctx, aside, in)
	if err != nil {
		return none, err
	}
	f := Attachment{SHA256: hex.EncodeToString(digest), Name: in.Name, Seal: seal, Type: in.Type, Size: size}
	f, err = a.keepAttachment(ctx, id, aside, f)
	a.clear(ctx, aside, f.SHA256, err != nil)
	return f, err
}

func (a *Acts) mayAttach(ctx context.Context, id int64, f Attachment) error {
	return a.store.InTx(ctx, func(tx Tx) error {
		o, err := tx.Objection(ctx, id)
		if err != nil {
			return err
		}
		return takesAttachment(ctx, tx, o, f)
	})
}

// takesAttachment judges whether an objection takes one more file.
func takesAttachment(ctx context.Context, tx Tx, o Objection, f Attachment) error {
	if err := award.MoveObjection(o.State, award.ActAttachToObjection, o.State); err != nil {
		return err
	}
	files, err := tx.Attachments(ctx, o.ID)
	if err != nil {
		return err
	}
	bytes := f.Size
	for _, had := range files {
		if had.SHA256 == f.SHA256 {
			return nil // it is there
		}
		bytes += had.Size
	}
	if len(files) >= award.MostAttachments || bytes > award.MostAttachedBytes {
		return award.Refuse(award.OverLimit, "D-65", "attachments_limit", award.MostAttachments, award.MostAttachedBytes>>20)
	}
	return nil
}

// keepAttachment makes what was written aside a content of evidence that the
// objection holds.
func (a *Acts) keepAttachment(ctx context.Context, id int64, aside string, f Attachment) (Attachment, error) {
	var err error
	if f.Scan, err = a.scan(ctx, aside); err != nil {
		return f, err
	}
	if f.Scan == award.ScanInfected {
		return f, infected()
	}
	return f, a.store.InTx(ctx, func(tx Tx) error {
		o, err := tx.LockObjection(ctx, id)
		if err != nil {
			return err
		}
		if err := takesAttachment(ctx, tx, o, f); err != nil {
			return err
		}
		if err := a.keepContent(ctx, tx, aside, f.SHA256, f.Scan); err != nil {
			return err
		}
		if _, err := tx.KeepContent(ctx, EvidenceFile{SHA256: f.SHA256, Size: f.Size, Type: f.Type, Scan: f.Scan}); err != nil {
			return err
		}
		fresh, err := tx.AddAttachment(ctx, id, f)
		if err != nil || !fresh {
			return err
		}
		return tx.Audit(ctx, Entry{
			Round: o.Round, Name: award.ActAttachToObjection, Subject: o.subject(), Ground: "domain 7",
			Detail: map[string]any{"type": f.Type, "size": f.Size},
		})
	})
}

// OpenAttachment opens a file of an objection to its handler or supervisor. Each
// reading is in the decision log: a file may say who sent it.
func (a *Acts) OpenAttachment(ctx context.Context, by award.Officer, objection int64, digest string) (EvidenceFile, io.ReadSeekCloser, error) {
	if a.evidence.Files == nil {
		return EvidenceFile{}, nil, award.Refuse(award.Unavailable, "", "evidence_unavailable")
	}
	var found Attachment
	err := a.step(ctx, func(tx Tx) error {
		o, err := tx.Objection(ctx, objection)
		if err != nil {
			return err
		}
		r, err := tx.Round(ctx, o.Round)
		if err != nil {
			return err
		}
		if err := Can(by, award.ActReadObjector, o.Row(r)); err != nil {
			return err
		}
		files, err := tx.Attachments(ctx, objection)
		if err != nil {
			return err
		}
		for _, f := range files {
			if f.SHA256 == digest {
				found = f
				return tx.Audit(ctx, Entry{
					By: by, Round: o.Round, Name: award.ActReadObjector, Subject: o.subject() + "/" + digest, Ground: "domain 7",
				})
			}
		}
		return award.Refuse(award.NotFound, "", "not_found")
	})
	if err != nil {
		return EvidenceFile{}, nil, err
	}
	if found.Scan == award.ScanInfected {
		return EvidenceFile{}, nil, infected()
	}
	content, err := a.evidence.Files.Open(ctx, keptAs(digest))
	if err != nil {
		return EvidenceFile{}, nil, fmt.Errorf("open an attachment: %w", err)
	}
	return EvidenceFile{SHA256: digest, Name: found.Name, Type: found.Type, Size: found.Size}, content, nil
}

// ReadObjector reads who made an objection (查看异议人): its handler, or the
// supervisor of the office that has it, and nobody else. Each reading is an act
// in the decision log; what was read is in no outcome.
func (a *Acts) ReadObjector(ctx context.Context, by award.Officer, key Key, id int64) (Done[struct{}], Objector, error) {
	done, err := once(ctx, a, by, key, award.ActReadObjector, "", func(t *act) (struct{}, error) {
		_, o, err := t.onObjection(ctx, id)
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, t.audit(ctx, o.subject(), "domain 7", nil)
	})
	if err != nil {
		return done, Objector{}, err
	}
	var who Objector
	err = a.store.InTx(ctx, func(tx Tx) error {
		o, err := tx.Objection(ctx, id)
		if err != nil {
			return err
		}
		r, err := tx.Round(ctx, o.Round)
		if err != nil {
			return err
		}
		if err := Can(by, award.ActReadObjector, o.Row(r)); err != nil { // a call repeated by one who handles it no more
			return err
		}
		who, err = tx.Objector(ctx, id)
		return err
	})
	return done, who, err
}

// ObjectionQuery asks for a page of objections in order of ID.
type ObjectionQuery struct {
	Office int64  // at and below it, or of the rounds it owns
	Round  string // "": any
	State  award.ObjectionState
	After  int64
	Limit  int
}

// Objections lists the objections that the officer's office and those below it
// have, and those of its rounds: what they are about and where they stand, never
// what they say.
func (a *Acts) Objections(ctx context.Context, by award.Officer, q ObjectionQuery) ([]Objection, error) {
	q.Office = by.Office
	found, err := a.store.ObjectionPage(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("list objections: %w", err)
	}
	for i := range found {
		found[i].Receipt = ""
	}
	return found, nil
}

// Objection reads one with its history. Facts, files and receipt are for the
// handler and the supervisor alone, like who made it.
func (a *Acts) Objection(ctx context.Context, by award.Officer, id int64) (Objection, error) {
	var o Objection
	err := a.store.InTx(ctx, func(tx Tx) error {
		var err error
		if o, err = tx.Objection(ctx, id); err != nil {
			return err
		}
		r, err := tx.Round(ctx, o.Round)
		if err != nil {
			return err
		}
		if !MaySee(by, o.Row(r)) {
			return award.Refuse(award.NotFound, "", "not_found")
		}
		if Can(by, award.ActReadObjector, o.Row(r)) != nil {
			o.Receipt, o.Facts = "", ""
			return nil
		}
		if o.Attachments, err = tx.Attachments(ctx, id); err != nil {
			return err
		}
		o.Commissions, err = tx.Commissions(ctx, id)
		return err
	})
	return o, err
}

// PublicObjection is what whoever objected may know: where it stands and the
// written answer, neither who handles it nor who made it.
func (a *Acts) PublicObjection(ctx context.Context, receipt string) (Objection, error) {
	id, err := a.byReceipt(ctx, receipt)
	if err != nil {
		return Objection{}, err
	}
	var o Objection
	err = a.store.InTx(ctx, func(tx Tx) error {
		o, err = tx.Objection(ctx, id)
		return err
	})
	return o, err
}

// byReceipt finds an objection by its receipt number, as people write it.
func (a *Acts) byReceipt(ctx context.Context, receipt string) (int64, error) {
	number, ok := award.ParseReceipt(receipt)
	if !ok {
		return 0, award.Refuse(award.NotFound, "domain 7", "receipt_malformed")
	}
	return a.store.ObjectionByReceipt(ctx, number)
}

// Commissions lists what the officer's office is asked to check.
func (a *Acts) Commissions(ctx context.Context, by award.Officer, after int64, limit int) ([]Commission, error) {
	found, err := a.store.CommissionPage(ctx, by.Office, after, limit)
	if err != nil {
		return nil, fmt.Errorf("list commissions: %w", err)
	}
	return found, nil
}
