package acts

import (
	"context"
	"fmt"

	"shifan/internal/award"
)

// ScanForm is the scan of a file's form with every seal on it.
type ScanForm struct {
	Round       string
	Application int64
	Revision    int    // the one seen; 0: whichever
	SHA256      string // hex
}

// ScanForm keeps the scan of the application form with the seals of the unit and
// of every office that signed (申报表签章扫描件): the part of the package that the
// form is (N 四(二), D-38). Any time until the package is sent, by the unit or
// an office above it.
func (a *Acts) ScanForm(ctx context.Context, by award.Officer, key Key, in ScanForm) (Done[File], error) {
	return once(ctx, a, by, key, award.ActScanForm, in.Round, func(t *act) (File, error) {
		p, f, err := t.enterFile(ctx, in.Round, in.Application, in.Revision)
		if err != nil {
			return File{}, err
		}
		if f.State.Ended() {
			return File{}, award.Refuse(award.Conflict, "N 四", "file_move", string(t.name), string(f.State))
		}
		if err := p.undecided(); err != nil {
			return File{}, err
		}
		if err := t.citeAlone(ctx, "/sha256", EvidenceUse{
			SHA256: in.SHA256, Unit: f.Unit, Kind: award.UseEndorsement, Subject: fmt.Sprintf("%d/form", f.ID),
		}); err != nil {
			return File{}, err
		}
		if err := t.ScanForm(ctx, f.ID, in.SHA256); err != nil {
			return File{}, err
		}
		f.FormScan, f.Revision = in.SHA256, f.Revision+1
		return f, t.audit(ctx, fileSubject(f.ID), "", map[string]any{"sha256": in.SHA256})
	})
}
