package award_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/award"
)

func TestTheLadderIsWhatLiesBetweenOwnerAndUnit(t *testing.T) {
	path := []int64{1, 41, 4101, 410102, 410102001}
	require.Equal(t, []int64{41, 4101, 410102}, award.LadderOffices(1, path))
	require.Equal(t, []int64{410102}, award.LadderOffices(4101, path))
	require.Empty(t, award.LadderOffices(410102, path), "its own superior owns the round")
	require.Empty(t, award.LadderOffices(410102001, path))
	require.Empty(t, award.LadderOffices(44, path), "an owner elsewhere")
}

func TestARuleOfTheLadderNamesCategories(t *testing.T) {
	r := award.DefaultRules()
	require.Empty(t, r.RequiresTitle, "nobody needs one unless the round says so")
	r.RequiresTitle = []award.Category{award.Street, "planet"}
	defects := r.Check()
	require.Len(t, defects, 1)
	require.Equal(t, "/rules/requires_title/1", defects[0].Pointer)
}
