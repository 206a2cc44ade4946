package acts_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

func TestEveryOfficeOnAChainWithoutAUserIsListedBeforeOpening(t *testing.T) {
	w := actstest.New(t)
	id := w.Draft(actstest.Drill{})
	list := func() (codes []string, total int) {
		for after := int64(0); ; {
			page, err := w.Acts.ChainsWithoutUsers(t.Context(), w.Admin, id, after, 7)
			require.NoError(t, err)
			total = page.Total
			sum := 0
			for _, o := range page.Offices {
				sum += o.Eligible
			}
			require.Equal(t, page.Total, sum)
			for _, item := range page.Items {
				codes, after = append(codes, item.Code), item.Unit
			}
			if len(page.Items) < 7 {
				return codes, total
			}
		}
	}
	codes, total := list()
	require.Len(t, codes, total)
	// Of each shape of chain: streets and towns, counties, prefectures, the
	// province; never the units at its foot.
	for _, code := range []string{"11", "110101", "110101001", "41", "4101", "410122", "410122100", "4419", "441900003", "BT", "659001", "659001001"} {
		require.Contains(t, codes, code)
	}
	for _, code := range []string{"0", "110101001001", "410122100201", actstest.Unsure} {
		require.NotContains(t, codes, code)
	}

	w.Head("410122")
	disabled := w.Head("410122100")
	w.Exec(`UPDATE officer SET disabled_at = shifan_now() WHERE id = $1`, disabled.ID)
	after, fewer := list()
	require.Equal(t, total-1, fewer)
	require.NotContains(t, after, "410122")
	require.Contains(t, after, "410122100", "an officer who is disabled is none")

	_, err := w.Acts.ChainsWithoutUsers(t.Context(), w.Head("4101"), id, 0, 10) // 4101 has a user now
	require.Error(t, err)
	fewer--

	done, err := w.Acts.OpenRound(t.Context(), w.Admin, w.Key(), id)
	require.NoError(t, err, "it is a warning and no hindrance")
	require.Equal(t, fewer, done.Result.Unstaffed)
}

func TestARoundOfAProvinceLooksAtItsOwnChains(t *testing.T) {
	w := actstest.New(t)
	id := w.Draft(actstest.Drill{Owner: "41"})
	page, err := w.Acts.ChainsWithoutUsers(t.Context(), w.Officer("41", award.RoleAdmin, award.RoleHead), id, 0, 100)
	require.NoError(t, err)
	require.Equal(t, []acts.Recommender{{Code: "4101", Name: "郑州市", Eligible: page.Total}}, page.Offices)
	for _, item := range page.Items {
		require.Equal(t, "4101", item.RecommendingOffice)
	}
}
