package acts

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"shifan/internal/award"
)

// SiteVisit is what the nation's visit to a unit found (抽查考察, N 四(三)).
type SiteVisit struct {
	ID          int64
	Application int64
	Code        string
	Name        string
	Category    award.Category
	Members     []string // by name: for the record alone
	Visits      []award.Visit
	Place       string
	Findings    string
	Outcome     award.VisitOutcome
	Corrections []award.Correction
	Ground      string   // of a failure
	Evidence    []string // SHA-256
	At          time.Time
}

// siteVisitTx keeps visits.
type siteVisitTx interface {
	// AddVisit adds a visit; award.Conflict when the unit was visited.
	AddVisit(ctx context.Context, by award.Officer, v SiteVisit) error
	// VisitCorrections reads the corrections of visits, by application.
	VisitCorrections(ctx context.Context, applications []int64) (map[int64][]award.Correction, error)
	// SiteVisits lists a round's visits in order of ID.
	SiteVisits(ctx context.Context, round string, after int64, limit int) ([]SiteVisit, error)
}

// RecordVisit is a visit to a unit of the sample.
type RecordVisit struct {
	Round       string
	Application int64
	Members     []string
	Visits      []award.Visit
	Place       string
	Findings    string
	Outcome     award.VisitOutcome
	Corrections []award.Correction
	Ground      string
	Evidence    []string
}

// RecordedVisit is what recording a visit came to.
type RecordedVisit struct {
	Widened   int  // units added to the office's sample after this failure
	Missing   int  // units of the sample still to be visited
	Published bool // it was the last: seed and names are public
}

// RecordVisit keeps what a visit to a unit of the sample found (domain 6.2). It
// confirms, corrects marks or fails the unit, and adds no points. A failure ends
// the unit's file and may widen its office's sample; after the last visit seed
// and names are public. Once recorded it is final (D-73).
func (a *Acts) RecordVisit(ctx context.Context, by award.Officer, key Key, in RecordVisit) (Done[RecordedVisit], error) {
	return once(ctx, a, by, key, award.ActRecordVisit, in.Round, func(t *act) (RecordedVisit, error) {
		var done RecordedVisit
		r, err := t.assessing(ctx)
		if err != nil {
			return done, err
		}
		f, unit, err := t.toVisit(ctx, r, in.Application)
		if err != nil {
			return done, err
		}
		rule, err := r.Category(f.Category)
		if err != nil {
			return done, err
		}
		if err := t.checkVisit(ctx, r, rule.Standard, f, in); err != nil {
			return done, err
		}
		if err := t.AddVisit(ctx, by, SiteVisit{
			Application: in.Application, Members: in.Members, Visits: in.Visits, Place: in.Place, Findings: in.Findings,
			Outcome: in.Outcome, Corrections: in.Corrections, Ground: in.Ground, Evidence: in.Evidence,
		}); err != nil {
			return done, err
		}
		if err := t.citeVisit(ctx, f, in.Evidence); err != nil {
			return done, err
		}
		if in.Outcome == award.VisitCorrected && f.Marks != nil {
			corrected := NationalMarks{Application: f.ID, Marks: rule.Standard.Correct(f.Marks, in.Corrections), Note: "抽查更正"}
			if err := t.SaveMarks(ctx, by, []NationalMarks{corrected}); err != nil {
				return done, err
			}
		}
		if in.Outcome == award.VisitFailed {
			if err := t.moveAll(ctx, []int64{f.ID}, award.FileVetoed, "抽查不合格："+in.Ground); err != nil {
				return done, err
			}
			if done.Widened, err = t.widen(ctx, r, unit.Office); err != nil {
				return done, err
			}
		}
		if done.Missing, done.Published, err = t.publishAfterLast(ctx, r); err != nil {
			return done, err
		}
		return done, t.audit(ctx, fileSubject(f.ID), in.Ground, map[string]any{
			"outcome": in.Outcome, "corrected": len(in.Corrections), "widened": done.Widened, "published": done.Published,
		})
	})
}

// toVisit finds a unit that the sample has and that nobody has visited.
func (t *act) toVisit(ctx context.Context, r Round, application int64) (NationalFile, SampledUnit, error) {
	sample, err := t.Sample(ctx, r.ID)
	if err != nil {
		return NationalFile{}, SampledUnit{}, err
	}
	at := slices.IndexFunc(sample, func(u SampledUnit) bool { return u.Application == application })
	if at < 0 {
		return NationalFile{}, SampledUnit{}, award.Refuse(award.Conflict, "domain 6.2", "visit_not_sampled", application)
	}
	if sample[at].Outcome != "" {
		return NationalFile{}, SampledUnit{}, award.Refuse(award.Conflict, "D-73", "visit_recorded", sample[at].Name)
	}
	files, err := t.NationalFiles(ctx, r.ID, []int64{application}, award.MovesFrom(t.name, award.FileVetoed)...)
	if err != nil {
		return NationalFile{}, SampledUnit{}, err
	}
	if len(files) == 0 {
		return NationalFile{}, SampledUnit{}, award.Refuse(award.Conflict, "domain 6.2", "visit_left", sample[at].Name)
	}
	return files[0], sample[at], nil
}

// checkVisit names everything that is wrong with a visit at once.
func (t *act) checkVisit(ctx context.Context, r Round, standard award.Standard, f NationalFile, in RecordVisit) error {
	now, err := t.Now(ctx)
	if err != nil {
		return err
	}
	check, err := t.SpotCheck(ctx, r.ID)
	if err != nil {
		return err
	}
	defects := award.CheckVisits(in.Visits, now)
	drawn := award.DateOf(check.DrawnAt)
	for i, v := range in.Visits { // whom to visit was known to nobody before
		if v.On.Starts().Before(drawn.Starts()) {
			defects = append(defects, award.Defect{Pointer: fmt.Sprintf("/visits/%d/on", i), Key: "visit_before_draw", Args: []any{v.On.String(), drawn.String()}})
		}
	}
	require := func(pointer string, given bool) {
		if !given {
			defects = append(defects, award.Defect{Pointer: pointer, Key: "field_required"})
		}
	}
	require("/members", len(in.Members) > 0)
	require("/place", strings.TrimSpace(in.Place) != "")
	require("/findings", strings.TrimSpace(in.Findings) != "")
	require("/corrections", in.Outcome != award.VisitCorrected || len(in.Corrections) > 0)
	require("/ground", in.Outcome != award.VisitFailed || strings.TrimSpace(in.Ground) != "")
	if in.Outcome != award.VisitCorrected && len(in.Corrections) > 0 {
		defects = append(defects, award.Defect{Pointer: "/corrections", Key: "visit_corrects_not"})
	}
	if in.Outcome != award.VisitFailed && in.Ground != "" {
		defects = append(defects, award.Defect{Pointer: "/ground", Key: "visit_fails_not"})
	}
	marks, err := t.visitedMarks(ctx, r, f)
	if err != nil {
		return err
	}
	if defects = append(defects, standard.CheckCorrections(marks, in.Corrections)...); len(defects) > 0 {
		return award.RefuseFields(award.Invalid, "N 四(三)", "visits_malformed", defects)
	}
	return nil
}

// visitedMarks returns what a visit corrects: the nation's marks, else the
// experts' once all are in, else the unit's own.
func (t *act) visitedMarks(ctx context.Context, r Round, f NationalFile) ([]award.Points, error) {
	if f.Marks != nil {
		return f.Marks, nil
	}
	columns, err := expertColumns(ctx, t, r, f.ID)
	if err != nil {
		return nil, err
	}
	if column, in := columns[f.ID]; in {
		return column, nil
	}
	return t.FiledMarks(ctx, f.ID)
}

// citeVisit refers to what a visit brought back. Only the owner office sees it;
// it is the nation's paper and counts against no unit's space (D-35).
func (t *act) citeVisit(ctx context.Context, f NationalFile, digests []string) error {
	for i, digest := range digests {
		file, err := t.mustHaveEvidence(ctx, fmt.Sprintf("/evidence/%d", i), digest)
		if err != nil {
			return err
		}
		if _, err := t.UseEvidence(ctx, t.by, EvidenceUse{
			SHA256: digest, Name: file.Name, Round: t.round, Unit: f.Unit, Kind: award.UseVisit, Subject: fmt.Sprint(f.ID),
		}); err != nil {
			return err
		}
	}
	return nil
}

// publishAfterLast publishes seed and names once no unit of the sample waits for
// a visit, and returns how many do.
func (t *act) publishAfterLast(ctx context.Context, r Round) (missing int, published bool, err error) {
	waiting, err := t.unvisited(ctx, r)
	if err != nil || len(waiting) > 0 {
		return len(waiting), false, err
	}
	check, err := t.SpotCheck(ctx, r.ID)
	if err != nil || !check.PublishedAt.IsZero() {
		return 0, false, err
	}
	return 0, true, t.PublishSeed(ctx, r.ID)
}

// unvisited returns the units of the sample that wait for a visit; none in a
// round without a spot check.
func (t *act) unvisited(ctx context.Context, r Round) ([]SampledUnit, error) {
	if r.Rules.SpotCheckPercent == 0 {
		return nil, nil
	}
	sample, err := t.Sample(ctx, r.ID)
	return slices.DeleteFunc(sample, func(u SampledUnit) bool { return !u.missing() }), err
}

// SiteVisits lists the visits of a round, for its owner office.
func (a *Acts) SiteVisits(ctx context.Context, by award.Officer, round string, after int64, limit int) ([]SiteVisit, error) {
	var visits []SiteVisit
	err := a.store.InTx(ctx, func(tx Tx) error {
		r, err := tx.Round(ctx, round)
		if err != nil {
			return err
		}
		if !MaySee(by, r.ownerRow()) {
			return award.Refuse(award.NotFound, "", "not_found")
		}
		visits, err = tx.SiteVisits(ctx, round, after, limit)
		return err
	})
	return visits, err
}
