package acts_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

func TestFirstAccountsAreOpenedRowByRow(t *testing.T) {
	w := actstest.New(t)
	head := w.Head("4101")
	w.Head("410103") // has somebody
	offices, err := w.Acts.OfficesToStaff(t.Context(), head)
	require.NoError(t, err)
	var codes []string
	for _, o := range offices {
		codes = append(codes, o.Code)
	}
	require.Equal(t, []string{"410102", "410122", "410181", actstest.Unsure}, codes)

	done, err := w.Acts.OpenAccounts(t.Context(), head, w.Key(), []acts.AccountFor{
		{Row: 2, Office: "410102", Name: " 张三 "},
		{Row: 3, Office: "410103", Name: "李四"},
		{Row: 4, Office: "410102001", Name: "王五"},
		{Row: 5, Office: "410122", Name: "赵六", Roles: []award.Role{"局长"}},
		{Row: 6, Office: "410122", Name: "赵六", Roles: []award.Role{award.RoleAdmin}},
		{Row: 7, Office: "410102", Name: "孙七"},
		{Row: 8, Office: "410181", Name: "周八", Roles: []award.Role{award.RoleClerk, award.RoleHead}},
	})
	require.NoError(t, err)
	var problems []string
	for _, a := range done.Result {
		problem := ""
		if a.Defect != nil {
			problem = a.Defect.Pointer + " " + a.Defect.Key
		}
		problems = append(problems, problem)
		require.Equal(t, a.Defect == nil, a.Key != "" && a.Officer != 0 && a.KeyID != 0)
	}
	require.Equal(t, []string{
		"", "/3/office account_there", "/4/office account_not_below", "/5/roles role_unknown",
		"/6/roles role_admin_by_admin", "/7/office account_there", "",
	}, problems)

	by, err := w.Acts.Authenticate(t.Context(), done.Result[0].Key)
	require.NoError(t, err)
	require.Equal(t, []award.Role{award.RoleHead}, by.Roles)
	require.Equal(t, w.Unit("410102"), by.Office)
	require.Equal(t, "张三", done.Result[0].Name)
	require.Equal(t, 1, actstest.One[int](w, `SELECT count(*) FROM audit WHERE name = 'open-accounts'`))
	require.Zero(t, actstest.One[int](w, `SELECT count(*) FROM audit WHERE detail::text LIKE '%shifan_%'`), "a key is in the log")
	require.Zero(t, actstest.One[int](w, `SELECT count(*) FROM audit WHERE detail::text LIKE '%张三%'`), "a name is in the log")
}

func TestAccountsOpenedAgainAreNotShownAgain(t *testing.T) {
	w := actstest.New(t)
	key, rows := w.Key(), []acts.AccountFor{{Row: 2, Office: "410102", Name: "张三"}}
	first, err := w.Acts.OpenAccounts(t.Context(), w.Head("4101"), key, rows)
	require.NoError(t, err)
	second, err := w.Acts.OpenAccounts(t.Context(), w.Head("4101"), key, rows)
	require.NoError(t, err)
	require.Equal(t, first.Result[0].KeyID, second.Result[0].KeyID)
	require.Empty(t, second.Result[0].Key)
}

func TestOfTwoWorkbooksAtOnceOneOpensTheAccount(t *testing.T) {
	w := actstest.New(t)
	head := w.Head("4101")
	keys := []acts.Key{w.Key(), w.Key()}
	var group sync.WaitGroup
	var opened [2]bool
	for i := range keys {
		group.Go(func() {
			done, err := w.Acts.OpenAccounts(t.Context(), head, keys[i], []acts.AccountFor{{Row: 2, Office: "410102", Name: "张三"}})
			opened[i] = err == nil && done.Result[0].Defect == nil
		})
	}
	group.Wait()
	require.True(t, opened[0] != opened[1], "%v", opened)
	require.Equal(t, 1, actstest.One[int](w, `SELECT count(*) FROM officer WHERE office_id = $1`, w.Unit("410102")))
}

func TestAccountsAreOpenedByAHead(t *testing.T) {
	w := actstest.New(t)
	rows := []acts.AccountFor{{Row: 2, Office: "410102", Name: "张三"}}
	_, err := w.Acts.OpenAccounts(t.Context(), w.Clerk("4101"), w.Key(), rows)
	requireRefused(t, err, award.Forbidden, "forbidden_open-accounts")
	_, err = w.Acts.OpenAccounts(t.Context(), w.Head("4101"), w.Key(), nil)
	requireRefused(t, err, award.Invalid, "accounts_number")
}
