package acts_test

import (
	"testing"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// The nation returns a package long after its date, and the next that was
// noticed enters for a unit that has withdrawn: the two revisions are kept and
// can be compared.
func TestAPackageReturnedAfterItsDateIsKeptBesideItsRevision(t *testing.T) {
	p := newProvince(t)
	p.limit(award.District, 1)
	f := p.files(award.District, 95, 90)
	p.notice(f...)
	p.must(p.recommend("", f[0]))
	p.must(p.putPackage())
	_, err := p.complete(award.StageRecommendation)
	p.must(err)
	p.At(p.Office(p.round.ID, "41").Stage.DueAt.Add(3 * actstest.Day))
	_, err = p.Acts.ReturnPackage(t.Context(), p.Admin, p.Key(), acts.ReturnPackageInput{
		Round: p.round.ID, Office: "41", Reason: "该单位已撤回", Due: p.Now().Add(5 * actstest.Day),
	})
	p.must(err)
	p.must(p.withdraw(f[0]))
	p.must(p.recommend("", f[1]))
	_, err = p.Acts.PutPackage(t.Context(), p.head, p.Key(), acts.PutPackageInput{
		Round: p.round.ID, Office: "41",
		Letter: award.Document{Title: "推荐函", Number: "豫民函〔2027〕19号"},
		Report: award.Document{Title: "考核验收报告", Text: "共考察若干单位。"},
	})
	p.must(err)
	p.At(p.Now().Add(6 * actstest.Day)) // past the new date too: late, not shut out
	done, err := p.complete(award.StageRecommendation)
	p.must(err)
	if !done.Late {
		t.Error("the revision came after its date and is not marked 逾期")
	}

	u := p.codes(f...)
	c, err := p.Acts.ComparePackages(t.Context(), p.Admin, p.round.ID, "41", 1, 2)
	p.must(err)
	if !c.LetterChanged || c.ReportChanged || c.From.State != award.PackageReturned || c.To.State != award.PackageSent || c.From.Reason != "该单位已撤回" {
		t.Errorf("compared %+v", c)
	}
	if len(c.Removed) != 1 || c.Removed[0].Code != u[0] || len(c.Added) != 1 || c.Added[0].Code != u[1] {
		t.Errorf("removed %v, added %v", c.Removed, c.Added)
	}
	same, err := p.Acts.ComparePackages(t.Context(), p.head, p.round.ID, "41", 2, 2)
	p.must(err)
	if same.LetterChanged || len(same.Added)+len(same.Removed) != 0 {
		t.Errorf("a revision differs from itself: %+v", same)
	}
	_, err = p.Acts.ComparePackages(t.Context(), p.head, p.round.ID, "41", 1, 3)
	p.refused(err, award.NotFound, "package_revision_unknown")
	_, err = p.Acts.PackageRevisions(t.Context(), p.Head("11"), p.round.ID, "41")
	p.refused(err, award.NotFound, "not_found")
}
