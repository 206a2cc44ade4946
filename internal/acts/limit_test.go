package acts_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

func count(eligible int) acts.OfficialCount {
	return acts.OfficialCount{
		Office: "41", Category: award.Street, Eligible: eligible, Source: "豫民函〔2026〕1号",
		CountedOn: award.Date{Year: 2026, Month: time.October, Day: 1}, Reason: "名录有遗漏",
	}
}

func TestAnOfficialCountReplacesOurs(t *testing.T) {
	w := actstest.New(t)
	r := w.OpenDrill(actstest.Drill{})
	done, err := w.Acts.SetLimit(t.Context(), w.Admin, w.Key(), r.ID, count(9))
	require.NoError(t, err)
	require.Equal(t, 4, done.Result.Places)
	require.Equal(t, "9 个单位(豫民函〔2026〕1号,2026-10-01)÷ 2,向下取整,至少 1 = 4", done.Result.Basis())
	limits, err := w.Acts.Limits(t.Context(), w.Head("41"), r.ID)
	require.NoError(t, err)
	require.Equal(t, done.Result, limitOf(t, limits, "41", award.Street))
	require.Len(t, limits, 3, "an office is shown its own")
	require.Equal(t, 1, actstest.One[int](w, `SELECT count(*) FROM message WHERE office_id = $1 AND occasion LIKE 'set-limit/%'`, w.Unit("41")))

	done, err = w.Acts.SetLimit(t.Context(), w.Admin, w.Key(), r.ID, count(0))
	require.NoError(t, err)
	require.Zero(t, done.Result.Places, "nobody eligible, no place")
}

func TestAnOfficialCountIsRefused(t *testing.T) {
	c := open(t)
	set := func(by award.Officer, in acts.OfficialCount) error {
		_, err := c.Acts.SetLimit(t.Context(), by, c.Key(), c.round, in)
		return err
	}
	bad := count(-1)
	bad.Source, bad.Reason = "", ""
	err := set(c.Admin, bad)
	requireRefused(t, err, award.Invalid, "count_defects")
	require.Equal(t, []string{"/eligible number_too_small", "/source field_required", "/reason field_required"}, defects(err))
	require.Equal(t, []string{"/eligible number_too_large"}, defects(set(c.Admin, count(award.MostUnits+1))))
	require.Equal(t, award.Forbidden, award.CodeOf(set(c.Head("41"), count(9))), "an office does not set its own limit")
	require.Equal(t, award.NotFound, award.CodeOf(set(c.Head("11"), count(9))))
	village := count(9)
	village.Category = award.Village
	requireRefused(t, set(c.Admin, village), award.Invalid, "category_not_in_round")

	for _, unit := range []string{"410102001", "410102002"} { // two places used
		f := c.filed(unit, award.Street)
		c.Exec(`INSERT INTO recommendation (application_id, round_id, office_id, category, position)
			SELECT id, round_id, office_id, category, id FROM application WHERE id = $1`, f.ID)
	}
	requireRefused(t, set(c.Admin, count(3)), award.OverLimit, "limit_below_used")
	require.NoError(t, set(c.Admin, count(4)), "exactly what is used")

	c.Exec(`INSERT INTO package (round_id, office_id, revision, letter_number, letter, report, officer_id)
		VALUES ($1, $2, 1, '函1', '{}', '{}', $3)`, c.round, c.Unit("11"), c.Head("11").ID) // adopted, not sent yet
	requireRefused(t, set(c.Admin, count(9)), award.Closed, "limits_fixed")
}

func TestACategoryWithoutARatioHasNoLimit(t *testing.T) {
	w := actstest.New(t)
	w.Exec(`INSERT INTO standard (category, version, title, sample, indicators, sha256) VALUES ('city', 1, '城市', false, '{}', '\x00')`)
	r := w.OpenDrill(actstest.Drill{Categories: append(actstest.DrillCategories(),
		award.CategoryRule{Category: award.City, Quota: award.Quota{Places: 1}})})
	require.Zero(t, actstest.One[int](w, `SELECT count(*) FROM recommendation_limit WHERE category = 'city'`))
	city := count(3)
	city.Category = award.City
	_, err := w.Acts.SetLimit(t.Context(), w.Admin, w.Key(), r.ID, city)
	requireRefused(t, err, award.Invalid, "category_without_limit")
}

func TestALimitIsNotLoweredBeneathACutUnderWay(t *testing.T) {
	c := open(t)
	f := c.filed("410102001", award.Street)
	lowered := make(chan error, 1)
	err := c.Store.InTx(t.Context(), func(tx acts.Tx) error {
		if _, err := tx.LockLimit(t.Context(), c.round, c.Unit("41"), award.Street); err != nil {
			return err
		}
		key := c.Key()
		go func() {
			_, err := c.Acts.SetLimit(context.Background(), c.Admin, key, c.round, count(0))
			lowered <- err
		}()
		select {
		case err := <-lowered:
			return errors.Join(errors.New("the lever did not wait"), err)
		case <-time.After(300 * time.Millisecond):
		}
		return tx.ReplaceRecommendations(t.Context(), c.round, c.Unit("41"),
			[]acts.Recommended{{Application: f.ID, Category: award.Street, Position: 1}})
	})
	require.NoError(t, err)
	requireRefused(t, <-lowered, award.OverLimit, "limit_below_used")
}
