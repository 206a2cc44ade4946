package acts

import (
	"context"
	"slices"

	"shifan/internal/award"
)

// PackageRevision is a package as it was saved or sent, with the units it was
// sent with; none while it is not sent.
type PackageRevision struct {
	Package
	Units []award.Listed
}

// packageRevisionTx keeps what packages were sent with.
type packageRevisionTx interface {
	// KeepPackageUnits keeps the units that a package's revision is sent with.
	KeepPackageUnits(ctx context.Context, p Package, units []ProvinceFile) error
	// PackageRevisions reads every revision of an office's package, oldest first.
	PackageRevisions(ctx context.Context, round string, office int64) ([]PackageRevision, error)
}

// PackageRevisions reads every revision of an office's package (历次报送).
func (a *Acts) PackageRevisions(ctx context.Context, by award.Officer, round, office string) ([]PackageRevision, error) {
	var revisions []PackageRevision
	err := a.readOffice(ctx, by, round, office, func(tx Tx, _ Round, o Office) error {
		var err error
		revisions, err = tx.PackageRevisions(ctx, round, o.ID)
		return err
	})
	return revisions, err
}

// PackageComparison is what changed from one revision of a package to another.
type PackageComparison struct {
	From, To       PackageRevision
	LetterChanged  bool
	ReportChanged  bool
	Added, Removed []award.Listed // units
}

// ComparePackages compares two revisions of an office's package.
func (a *Acts) ComparePackages(ctx context.Context, by award.Officer, round, office string, from, to int) (PackageComparison, error) {
	revisions, err := a.PackageRevisions(ctx, by, round, office)
	if err != nil {
		return PackageComparison{}, err
	}
	for _, wanted := range []int{from, to} {
		if wanted < 1 || wanted > len(revisions) { // numbered from 1 without a gap
			return PackageComparison{}, award.Refuse(award.NotFound, "domain 5.7", "package_revision_unknown", wanted)
		}
	}
	c := PackageComparison{From: revisions[from-1], To: revisions[to-1]}
	c.LetterChanged, c.ReportChanged = c.From.Letter != c.To.Letter, c.From.Report != c.To.Report
	c.Added, c.Removed = without(c.To.Units, c.From.Units), without(c.From.Units, c.To.Units)
	return c, nil
}

// without returns the units that others does not have.
func without(units, others []award.Listed) []award.Listed {
	return slices.DeleteFunc(slices.Clone(units), func(u award.Listed) bool { return slices.Contains(others, u) })
}
