package acts_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/lib/pq"

	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

func TestTheDocketHasAllThatTheBodyNeedsInTheOrderOfCodes(t *testing.T) {
	p := newProvince(t)
	p.limit(award.District, 1)
	f := p.files(award.District, 85, 95)
	low := p.files(award.District, 70)[0]
	other := p.files(award.Street, 90)[0]
	rule, err := p.round.Category(award.District)
	p.must(err)
	own, gated := pq.Array(hundredths(actstest.Full(rule.Standard))), actstest.Full(rule.Standard)
	for i, leaf := range rule.Standard.Leaves() {
		if leaf.Veto {
			gated[i] = 1_00
			break
		}
	}
	p.Exec(`UPDATE application SET filed_at = shifan_now()`)
	p.Exec(`INSERT INTO application_revision (application_id, revision, form, self_check) VALUES ($1, 1, '{}', $2)`, low, own)
	p.Exec(`UPDATE inspection SET marks = $2 WHERE application_id = $1`, low, pq.Array(hundredths(gated)))
	p.Exec(`UPDATE survey SET satisfied = 1, basically = 1, dissatisfied = 1, unknown = 0 WHERE application_id = $1`, low)
	p.notice(f[1], f[0])
	p.must(p.recommend("", f[1]))

	docket, err := p.Acts.Docket(t.Context(), p.Clerk("41"), p.round.ID, "41", award.District)
	p.must(err)
	if docket.Limit.Places != 1 || docket.Limit.Used != 1 || docket.Adopted.ID == 0 {
		t.Errorf("%+v, %+v", docket.Limit, docket.Adopted)
	}
	var got []string
	for i, item := range docket.Items {
		if i > 0 && item.Code <= docket.Items[i-1].Code {
			t.Errorf("%s stands behind %s", item.Code, docket.Items[i-1].Code)
		}
		if item.ID == other {
			t.Error("another category's file")
		}
		got = append(got, fmt.Sprint(item.ID, item.Rank, item.Position, item.Reason, item.Satisfied))
		if item.ID == low {
			rate, _ := item.Survey.Satisfaction()
			if item.Self == nil || *item.Self != 100_00 || len(item.Failed) != 1 || item.Failed[0].Failure != award.FailVeto || rate != 66_66 {
				t.Errorf("%+v", item)
			}
		}
	}
	for _, want := range []string{
		fmt.Sprint(f[1], 1, 1, award.CutTaken, true), fmt.Sprint(f[0], 2, 2, award.CutBeyondLimit, true),
		fmt.Sprint(low, 0, 0, award.CutNotPassed, false),
	} {
		if !slices.Contains(got, want) {
			t.Errorf("no %s in %v", want, got)
		}
	}
	_, err = p.Acts.Docket(t.Context(), p.Head("11"), p.round.ID, "41", award.District)
	p.refused(err, award.NotFound, "not_found")
	_, err = p.Acts.Docket(t.Context(), p.Clerk("41"), p.round.ID, "41", award.City)
	p.refused(err, award.Invalid, "category_not_in_round")
}

func hundredths(marks []award.Points) []int64 {
	out := make([]int64, len(marks))
	for i, mark := range marks {
		out[i] = int64(mark)
	}
	return out
}
