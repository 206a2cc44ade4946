package acts_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

func TestAContactIsTheOfficesAndKeepsItsRevisions(t *testing.T) {
	w := actstest.New(t)
	contact := acts.Contact{Unit: "410102", Office: "中原区民政局基层政权科", Phone: "0371-67181234", Postcode: "450007"}
	done, err := w.Acts.SetContact(t.Context(), w.Clerk("410102"), w.Key(), contact)
	require.NoError(t, err)
	require.Equal(t, 1, done.Result.Revision)

	_, err = w.Acts.SetContact(t.Context(), w.Clerk("41"), w.Key(), contact)
	requireRefused(t, err, award.Stale, "stale")
	contact.Revision, contact.Address = 1, "郑州市中原区"
	done, err = w.Acts.SetContact(t.Context(), w.Clerk("41"), w.Key(), contact)
	require.NoError(t, err)
	require.Equal(t, 2, done.Result.Revision)
	require.Equal(t, 2, actstest.One[int](w, `SELECT count(*) FROM unit_contact`))

	// Those below write to it; those elsewhere do not see it.
	got, err := w.Acts.ContactOf(t.Context(), w.Clerk("410102001001"), "410102")
	require.NoError(t, err)
	require.Equal(t, "郑州市中原区", got.Address)
	_, err = w.Acts.ContactOf(t.Context(), w.Clerk("11"), "410102")
	requireRefused(t, err, award.NotFound, "unit_unknown_now")
	_, err = w.Acts.ContactOf(t.Context(), w.Clerk("410102"), "410102001")
	requireRefused(t, err, award.NotFound, "contact_none")
}

func TestAContactIsRefusedWithEveryDefect(t *testing.T) {
	w := actstest.New(t)
	_, err := w.Acts.SetContact(t.Context(), w.Clerk("410102"), w.Key(), acts.Contact{
		Unit: "410102", Office: " ", Phone: "张三", Postcode: "45000", Email: "a@b",
	})
	requireRefused(t, err, award.Invalid, "contact_defects")
	for _, pointer := range []string{"/office", "/phone", "/postcode", "/email"} {
		require.ErrorContains(t, err, pointer)
	}
	_, err = w.Acts.SetContact(t.Context(), w.Clerk("410102"), w.Key(), acts.Contact{Unit: "410102", Office: "民政局"})
	require.ErrorContains(t, err, "contact_without_way")
	_, err = w.Acts.SetContact(t.Context(), w.Clerk("410102001"), w.Key(), acts.Contact{Unit: "410102", Office: "民政局", Phone: "12345678"})
	requireRefused(t, err, award.NotFound, "not_found")
}
