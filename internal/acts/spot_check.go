package acts

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"shifan/internal/award"
)

// SpotCheck is the spot check of a round (抽查, domain 6.2).
type SpotCheck struct {
	Round       string
	RoundTitle  string
	Drill       bool
	Percent     int // of each category and office, D-08
	Failures    int // share of failures above which an office's sample widens, D-72
	Commitment  []byte
	SealedAt    time.Time
	ListSHA256  []byte // award.FrozenHash; nil: not frozen yet
	DrawnAt     time.Time
	PublishedAt time.Time // zero: seed and names are not public

	Seed      *award.Seed // once published
	List      []award.Turn
	Sample    []SampledUnit
	Widenings []Widening
}

// SampledUnit is a unit of the sample.
type SampledUnit struct {
	Application int64
	award.Turn
	As      award.SampledAs
	Reason  string // of one named by hand
	Outcome award.VisitOutcome
	Left    bool // withdrawn or otherwise ended without a visit
}

// missing reports whether a unit of the sample has still to be visited.
func (u SampledUnit) missing() bool { return u.Outcome == "" && !u.Left }

// Widening is one widening of an office's sample after failures (扩大抽查).
type Widening struct {
	Office string // code
	Number int    // from 1
	Failed int    // units that had failed
	Drawn  int    // of so many drawn
	At     time.Time
}

// FrozenTurn is a unit of the frozen list in the order of the draw.
type FrozenTurn struct {
	Application int64
	award.Turn
}

// spotCheckTx keeps the spot check. The seed leaves it for the draw alone.
type spotCheckTx interface {
	// SealSeed keeps a round's seed and its commitment.
	SealSeed(ctx context.Context, round string, seed award.Seed, commitment [32]byte) error
	// SpotCheck reads a round's spot check without list and sample;
	// award.NotFound when it has none.
	SpotCheck(ctx context.Context, round string) (SpotCheck, error)
	// SealedSeed reads the seed; the round's row is held and its list frozen.
	SealedSeed(ctx context.Context, round string) (award.Seed, error)
	// KeepDraw keeps the frozen list in the order of the draw.
	KeepDraw(ctx context.Context, round string, turns []FrozenTurn) error
	// FrozenTurns reads the frozen list in that order; of one office unless it
	// is empty.
	FrozenTurns(ctx context.Context, round, office string) ([]FrozenTurn, error)
	// AddToSample adds units of the frozen list to the sample.
	AddToSample(ctx context.Context, by award.Officer, units []int64, as award.SampledAs, reason string) error
	// Sample reads the sample, by category, office and place.
	Sample(ctx context.Context, round string) ([]SampledUnit, error)
	// AddWidening records a widening.
	AddWidening(ctx context.Context, round string, w Widening) error
	// Widenings reads a round's widenings in order.
	Widenings(ctx context.Context, round string) ([]Widening, error)
	// PublishSeed records that seed and names are public.
	PublishSeed(ctx context.Context, round string) error
	// PublishedSeed reads the seed of a published spot check.
	PublishedSeed(ctx context.Context, round string) (award.Seed, error)
	siteVisitTx
}

// DrawFrom sets where seeds come from; without it that is crypto/rand.
func (a *Acts) DrawFrom(random io.Reader) { a.random = random }

// seal seals the seed of a round that opens and returns its commitment, which is
// public from then on: before the first package can be accepted, so that nobody
// can try seeds against a known list (domain 6.2). nil: the round has no spot
// check.
func (a *Acts) seal(ctx context.Context, tx Tx, r Round) ([]byte, error) {
	if r.Rules.SpotCheckPercent == 0 {
		return nil, nil
	}
	var seed award.Seed
	if _, err := io.ReadFull(a.random, seed[:]); err != nil {
		return nil, fmt.Errorf("read a seed: %w", err)
	}
	commitment := seed.Commitment(r.ID)
	return commitment[:], tx.SealSeed(ctx, r.ID, seed, commitment)
}

// mustBeSealed refuses to accept a package before the seed's commitment is
// public.
func (t *act) mustBeSealed(ctx context.Context, r Round) error {
	if r.Rules.SpotCheckPercent == 0 {
		return nil
	}
	_, err := t.SpotCheck(ctx, r.ID)
	return err
}

// draw draws the sample of the list that freezes (domain 6.2), in the same
// transaction: nobody sees the one without the other.
func draw(ctx context.Context, tx Tx, r Round, files []NationalFile, list [32]byte) error {
	if r.Rules.SpotCheckPercent == 0 {
		return nil
	}
	seed, err := tx.SealedSeed(ctx, r.ID)
	if err != nil {
		return err
	}
	ids := make(map[award.FrozenUnit]int64, len(files))
	units := make([]award.FrozenUnit, len(files))
	for i, f := range files {
		units[i] = f.frozen()
		ids[units[i]] = f.ID
	}
	turns := award.Draw(seed, list, units)
	kept := make([]FrozenTurn, len(turns))
	for i, turn := range turns {
		kept[i] = FrozenTurn{ids[turn.FrozenUnit], turn}
	}
	if err := tx.KeepDraw(ctx, r.ID, kept); err != nil {
		return err
	}
	sample := r.sample(kept, 0)
	if err := tx.AddToSample(ctx, award.Officer{}, sample, award.SampleDrawn, ""); err != nil {
		return err
	}
	if len(sample) == 0 { // nobody is recommended, nobody is visited
		if err := tx.PublishSeed(ctx, r.ID); err != nil {
			return err
		}
	}
	if err := tx.Audit(ctx, Entry{
		Round: r.ID, Name: award.StepDraw, Subject: "round/" + r.ID, Ground: "N 四(三)",
		Detail: map[string]any{"units": len(units), "sample": len(sample), "list_sha256": fmt.Sprintf("%x", list)},
	}); err != nil {
		return err
	}
	return tx.Post(ctx, Message{
		Round: r.ID, Office: r.Owner, Occasion: "drawn/" + r.ID, Kind: string(award.StepDraw),
		Subject: fmt.Sprintf("〔需办理〕抽查样本已抽取，共 %d 个单位", len(sample)),
		Body:    r.Title + "：名单仅所有者机构可见，最后一次抽查考察录入后与种子一并公布。在此之前请勿通知被抽查单位。",
	})
}

// sample returns the applications of the turns that the rule puts into the
// sample.
func (r Round) sample(turns []FrozenTurn, widenings int) []int64 {
	type stratum struct {
		category award.Category
		office   string
	}
	units := make(map[stratum]int)
	for _, turn := range turns {
		units[stratum{turn.Category, turn.Office}]++
	}
	var sample []int64
	for _, turn := range turns {
		if turn.Place <= r.Rules.SampleSize(units[stratum{turn.Category, turn.Office}], widenings) {
			sample = append(sample, turn.Application)
		}
	}
	return sample
}

// assessing opens an act of the owner office on the frozen list, while its marks
// are not complete.
func (t *act) assessing(ctx context.Context) (Round, error) {
	r, err := t.lockOwned(ctx)
	if err != nil {
		return Round{}, err
	}
	if r.ListFrozenAt.IsZero() {
		return Round{}, award.Refuse(award.Conflict, "domain 6.1", "list_not_frozen")
	}
	stage, err := t.Stage(ctx, r.ID, r.Owner, award.StageAssessment)
	if err != nil {
		return Round{}, err
	}
	if stage.State != award.StageOpen {
		return Round{}, award.Refuse(award.Conflict, "N 四(三)", "marks_complete")
	}
	return r, nil
}

// mostAdded is how many units one act may name by hand.
const mostAdded = 200

// AddedToSpotCheck is how many units were named.
type AddedToSpotCheck struct {
	Added int
}

// AddToSpotCheck names units of the frozen list to be visited beside those drawn
// (指定抽查), with a reason that is published with them; until the last visit is
// recorded.
func (a *Acts) AddToSpotCheck(ctx context.Context, by award.Officer, key Key, round string, applications []int64, reason string) (Done[AddedToSpotCheck], error) {
	return once(ctx, a, by, key, award.ActAddToSpotCheck, round, func(t *act) (AddedToSpotCheck, error) {
		r, err := t.assessing(ctx)
		if err != nil {
			return AddedToSpotCheck{}, err
		}
		check, err := t.SpotCheck(ctx, r.ID)
		if err != nil {
			return AddedToSpotCheck{}, err
		}
		switch {
		case reason == "":
			return AddedToSpotCheck{}, reasonRequired()
		case !check.PublishedAt.IsZero():
			return AddedToSpotCheck{}, award.Refuse(award.Closed, "domain 6.2", "spot_check_published")
		case len(applications) == 0 || len(applications) > mostAdded:
			return AddedToSpotCheck{}, award.Refuse(award.Invalid, "", "spot_check_many", mostAdded, len(applications))
		}
		if err := t.mayBeAdded(ctx, r, applications); err != nil {
			return AddedToSpotCheck{}, err
		}
		if err := t.AddToSample(ctx, by, applications, award.SampleByHand, reason); err != nil {
			return AddedToSpotCheck{}, err
		}
		return AddedToSpotCheck{len(applications)}, t.audit(ctx, "round/"+r.ID, reason, map[string]any{"applications": applications})
	})
}

// mayBeAdded checks that each unit stands on the frozen list and is not in the
// sample.
func (t *act) mayBeAdded(ctx context.Context, r Round, applications []int64) error {
	files, err := t.NationalFiles(ctx, r.ID, applications, award.FileReviewed, award.FileMarked)
	if err != nil {
		return err
	}
	sample, err := t.Sample(ctx, r.ID)
	if err != nil {
		return err
	}
	var defects []award.Defect
	for i, id := range applications {
		pointer := fmt.Sprintf("/applications/%d", i)
		at := slices.IndexFunc(files, func(f NationalFile) bool { return f.ID == id })
		switch {
		case at < 0:
			defects = append(defects, award.Defect{Pointer: pointer, Key: "mark_not_listed", Args: []any{id}})
		case slices.Contains(applications[:i], id):
			defects = append(defects, award.Defect{Pointer: pointer, Key: "item_twice", Args: []any{files[at].Name}})
		case slices.ContainsFunc(sample, func(u SampledUnit) bool { return u.Application == id }):
			defects = append(defects, award.Defect{Pointer: pointer, Key: "spot_check_has", Args: []any{files[at].Name}})
		}
	}
	if len(defects) > 0 {
		return award.RefuseFields(award.Invalid, "domain 6.2", "spot_check_additions", defects)
	}
	return nil
}

// widen widens an office's sample when too many of its drawn units have failed
// (D-72): by the next ones in the order of the draw. It returns how many it adds.
func (t *act) widen(ctx context.Context, r Round, office string) (int, error) {
	sample, err := t.Sample(ctx, r.ID)
	if err != nil {
		return 0, err
	}
	w := Widening{Office: office, Number: 1}
	in := make(map[int64]bool, len(sample))
	for _, u := range sample {
		in[u.Application] = true
		if u.Office != office || u.As == award.SampleByHand { // named on suspicion: no measure of the others
			continue
		}
		w.Drawn++
		if u.Outcome == award.VisitFailed {
			w.Failed++
		}
	}
	if r.Rules.SpotCheckPercent == 0 || !r.Rules.Widens(w.Failed, w.Drawn) {
		return 0, nil
	}
	before, err := t.Widenings(ctx, r.ID)
	if err != nil {
		return 0, err
	}
	for _, b := range before {
		if b.Office == office {
			w.Number++
		}
	}
	turns, err := t.FrozenTurns(ctx, r.ID, office)
	if err != nil {
		return 0, err
	}
	var next []int64
	needed := w.Number // one that adds nobody, by the rounding or because all were named by hand, leads on to the next
	for ; ; needed++ {
		reached := r.sample(turns, needed)
		next = slices.DeleteFunc(slices.Clone(reached), func(id int64) bool { return in[id] })
		if len(next) > 0 {
			break
		}
		if len(reached) == len(turns) { // every unit of the office is visited already
			return 0, nil
		}
	}
	for ; w.Number <= needed; w.Number++ {
		if err := t.AddWidening(ctx, r.ID, w); err != nil {
			return 0, err
		}
	}
	return len(next), t.AddToSample(ctx, award.Officer{}, next, award.SampleWidened, "")
}

// SpotCheckOf reads the spot check with its sample, for the owner office alone:
// no unit knows of a visit before it comes (N 五(二) 防止形式主义).
func (a *Acts) SpotCheckOf(ctx context.Context, by award.Officer, round string) (SpotCheck, error) {
	var check SpotCheck
	err := a.store.InTx(ctx, func(tx Tx) error {
		r, err := tx.Round(ctx, round)
		if err != nil {
			return err
		}
		if !MaySee(by, r.ownerRow()) {
			return award.Refuse(award.NotFound, "", "not_found")
		}
		if check, err = readSpotCheck(ctx, tx, round); err != nil {
			return err
		}
		if check.Widenings, err = tx.Widenings(ctx, round); err != nil {
			return err
		}
		check.Sample, err = tx.Sample(ctx, round)
		return err
	})
	return check, err
}

// PublicSpotCheck reads what anyone may read of a spot check: the commitment at
// any time, rule and hash of the list once it is frozen, and after the last visit
// everything that is needed to draw again.
func (a *Acts) PublicSpotCheck(ctx context.Context, round string) (SpotCheck, error) {
	var check SpotCheck
	err := a.store.InTx(ctx, func(tx Tx) error {
		var err error
		if check, err = readSpotCheck(ctx, tx, round); err != nil || check.PublishedAt.IsZero() {
			return err
		}
		seed, err := tx.PublishedSeed(ctx, round)
		if err != nil {
			return err
		}
		check.Seed = &seed
		turns, err := tx.FrozenTurns(ctx, round, "")
		if err != nil {
			return err
		}
		for _, turn := range turns {
			check.List = append(check.List, turn.Turn)
		}
		if check.Widenings, err = tx.Widenings(ctx, round); err != nil {
			return err
		}
		check.Sample, err = tx.Sample(ctx, round)
		return err
	})
	return check, err
}

// readSpotCheck reads a spot check and what the round says of it.
func readSpotCheck(ctx context.Context, tx Tx, round string) (SpotCheck, error) {
	r, err := tx.Round(ctx, round)
	if err != nil {
		return SpotCheck{}, err
	}
	check, err := tx.SpotCheck(ctx, round)
	check.RoundTitle, check.Drill, check.ListSHA256 = r.Title, r.Drill, r.ListSHA256
	check.Percent, check.Failures = r.Rules.SpotCheckPercent, r.Rules.SpotCheckFailures
	return check, err
}
