package main

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shifan/internal/award"
)

// someLimits is a small country: two offices, one of them without streets, and
// one office with a single district.
func someLimits() []limit {
	return []limit{
		{Office: "41", Category: award.District, Eligible: 71, Places: 14},
		{Office: "41", Category: award.Street, Eligible: 660, Places: 22},
		{Office: "41", Category: award.Community, Eligible: 6000, Places: 40},
		{Office: "54", Category: award.District, Eligible: 1, Places: 1},
		{Office: "54", Category: award.Street, Eligible: 0, Places: 0},
	}
}

func TestThePlanReachesItsTargetWithoutInventingUnits(t *testing.T) {
	for _, target := range []int{1, 77, 100, 2000, 6000} {
		sum := 0
		for _, p := range shares(target, someLimits()) {
			if p.applicants > p.Eligible {
				t.Errorf("target %d: %s/%s has %d units and %d apply", target, p.Office, p.Category, p.Eligible, p.applicants)
			}
			if p.Places > 0 && p.applicants == 0 {
				t.Errorf("target %d: nobody applies for the %d places of %s/%s", target, p.Places, p.Office, p.Category)
			}
			sum += p.applicants
		}
		if sum < target {
			t.Errorf("target %d: only %d apply", target, sum)
		}
	}
}

func TestThePlanTakesAllUnitsWhenThereAreTooFew(t *testing.T) {
	sum := 0
	for _, p := range shares(1_000_000, someLimits()) {
		sum += p.applicants
	}
	if want := 71 + 660 + 6000 + 1; sum != want {
		t.Errorf("%d apply, want all %d", sum, want)
	}
}

func TestThePlanDoesNotDependOnTheOrderOfTheLimits(t *testing.T) {
	backwards := someLimits()
	slices.Reverse(backwards)
	if diff := cmp.Diff(shares(500, someLimits()), shares(500, backwards), cmp.AllowUnexported(place{})); diff != "" {
		t.Errorf("order matters (-want +got):\n%s", diff)
	}
}

func TestNobodyAppliesWhereNothingMayBeRecommended(t *testing.T) {
	if got := shares(10, nil); got != nil {
		t.Errorf("a plan without limits: %v", got)
	}
	if got := shares(10, []limit{{Office: "54", Category: award.Street}}); got != nil {
		t.Errorf("a plan without places: %v", got)
	}
}

func TestTheSameSeedGivesTheSameFateAndAnotherSeedAnother(t *testing.T) {
	differs := false
	for _, code := range []string{"410102", "410103", "410104", "410105", "410106"} {
		u := unit{Code: code}
		first := fate(1, u, award.District, []string{"4101"}, true)
		again := fate(1, u, award.District, []string{"4101"}, true)
		if diff := cmp.Diff(first, again, cmp.AllowUnexported(applicant{})); diff != "" {
			t.Errorf("%s: the same seed differs:\n%s", code, diff)
		}
		other := fate(2, u, award.District, []string{"4101"}, true)
		differs = differs || !cmp.Equal(first, other, cmp.AllowUnexported(applicant{}))
	}
	if !differs {
		t.Error("another seed changes nothing")
	}
}

func TestAnApplicantPassesItsOwnCheck(t *testing.T) {
	for i := range 500 {
		a := fate(uint64(i), unit{Code: "410102"}, award.District, nil, true)
		if a.selfTotal < passMark*100 {
			t.Fatalf("seed %d applies with %s", i, a.selfTotal)
		}
		if a.returnedBy != "" || a.declinedBy != "" {
			t.Fatalf("seed %d: nobody stands between a district and its municipality, yet %q %q", i, a.returnedBy, a.declinedBy)
		}
	}
}

func TestNationalMarksTieAcrossTheLastPlaceWhereThereAreTooMany(t *testing.T) {
	totals := nationalTotals(2008, award.Street, 300, 200)
	if totals[199] != totals[200] {
		t.Errorf("place 200 has %s, place 201 %s: no tie", totals[199], totals[200])
	}
	if !slices.ContainsFunc(totals, func(p award.Points) bool { return p < passMark*100 }) {
		t.Error("nobody fails")
	}

	few := nationalTotals(2008, award.Community, 20, 500) // more places than units: no tie is made
	if len(few) != 20 {
		t.Errorf("%d marks for 20 units", len(few))
	}
	if got := nationalTotals(2008, award.District, 0, 100); len(got) != 0 {
		t.Errorf("marks for nobody: %v", got)
	}
}

func TestMarksAddUpToTheTotalAskedFor(t *testing.T) {
	s := standard{PassMark: "80.00"}
	s.Blocks = make([]struct {
		Leaves []leaf `json:"leaves"`
	}, 1)
	for range 19 {
		s.Blocks[0].Leaves = append(s.Blocks[0].Leaves, leaf{Kind: award.LeafPoints, Max: "5.00"})
	}
	s.Blocks[0].Leaves = append(s.Blocks[0].Leaves,
		leaf{Kind: award.LeafBoolean, Max: "5.00", Gate: true},
		leaf{Kind: award.LeafBoolean, Max: "1.00", Veto: true})

	for _, total := range []award.Points{100_00, 98_75, 80_00, 79_75, 55_00, 5_00} {
		marks, err := s.marks(total)
		if err != nil {
			t.Fatal(err)
		}
		if len(marks) != 21 {
			t.Fatalf("%d marks for 21 indicators", len(marks))
		}
		var sum award.Points
		for i, text := range marks {
			mark, err := award.ParsePoints(text)
			if err != nil {
				t.Fatal(err)
			}
			if i < 19 && mark > 5_00 {
				t.Errorf("total %s: mark %d is %s of 5.00", total, i, mark)
			}
			sum += mark
		}
		if sum != total || marks[20] != "0.00" || marks[19] != "5.00" {
			t.Errorf("total %s: marks come to %s, gate %s, veto %s", total, sum, marks[19], marks[20])
		}
	}
	if marks, err := s.marks(101_00); err == nil {
		t.Errorf("101 of 100 points: %v", marks)
	}
}

// TestMarksFitTheSamples holds made-up marks of every total that the drill hands
// out against the samples themselves.
func TestMarksFitTheSamples(t *testing.T) {
	for _, category := range []award.Category{award.District, award.Street, award.Community} {
		sample, _ := award.SampleStandard(category)
		s := asServed(sample)
		missing := 0
		for total := award.Points(poorMark * 100); total <= bestMark*100; total += 25 {
			texts, err := s.marks(total)
			if err != nil {
				t.Fatal(err)
			}
			values := make([]award.Points, len(texts))
			for i, text := range texts {
				if values[i], err = award.ParseMark(text); err != nil {
					t.Fatal(err)
				}
			}
			if defects := sample.CheckMarks(values, true); len(defects) > 0 {
				t.Fatalf("%s at %s: %v", category, total, defects)
			}
			score := sample.Score(values, passMark*100)
			if score.Total != total || score.Passed != (total >= passMark*100) {
				t.Fatalf("%s: marks for %s come to %s, passed %v: %v", category, total, score.Total, score.Passed, score.Reasons)
			}
			for i, leaf := range sample.Leaves() {
				if leaf.Kind == award.LeafTarget && score.Leaves[i] == 0 {
					missing++
				}
			}
		}
		if missing == 0 {
			t.Errorf("%s: nobody misses a target", category)
		}
	}
}

// asServed is a standard as the API shows it.
func asServed(from award.Standard) standard {
	s := standard{Category: from.Category, PassMark: "80.00"}
	for _, b := range from.Blocks {
		var leaves []leaf
		for _, l := range b.Leaves {
			served := leaf{
				Code: l.Code, Kind: l.Kind, Max: l.Max.String(), Gate: l.Gate, Veto: l.Veto,
				Each: l.Each.String(), Sense: l.Sense, Target: l.Target.String(), Greatest: l.Greatest.String(),
			}
			for _, band := range l.Bands {
				served.Bands = append(served.Bands, struct {
					From   string `json:"from"`
					To     string `json:"to"`
					Points string `json:"points"`
				}{band.From.String(), band.To.String(), band.Points.String()})
			}
			leaves = append(leaves, served)
		}
		s.Blocks = append(s.Blocks, struct {
			Leaves []leaf `json:"leaves"`
		}{leaves})
	}
	return s
}
