package sheet_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/award"
	"shifan/internal/sheet"
)

func TestTheWorkbookOfAccountsComesBackFilledIn(t *testing.T) {
	var book bytes.Buffer
	require.NoError(t, sheet.WriteAccounts(&book, []acts.RegisterUnit{{Code: "410102", Name: "中原区"}, {Code: "410103", Name: "二七区"}}))
	rows, err := sheet.ReadAccounts(book.Bytes())
	require.NoError(t, err)
	require.Empty(t, rows, "nobody is named yet")

	book.Reset()
	require.NoError(t, sheet.Write(&book, sheet.Table{
		Sheet: "首个账号", Columns: []string{"机构代码", "机构名称", "经办人姓名", "职责"},
		Rows: [][]string{{"410102", "中原区", "张三", "负责人、经办"}, {"410103", "二七区", "", "负责人"}, {"410122", "中牟县", "李四", "局长"}, {"410181", "", "王五", ""}},
	}))
	rows, err = sheet.ReadAccounts(book.Bytes())
	require.NoError(t, err)
	require.Equal(t, []acts.AccountFor{
		{Row: 2, Office: "410102", Name: "张三", Roles: []award.Role{award.RoleHead, award.RoleClerk}},
		{Row: 4, Office: "410122", Name: "李四", Roles: []award.Role{"局长"}},
		{Row: 5, Office: "410181", Name: "王五"},
	}, rows)
}

func TestWhatBecameOfEachRowIsWrittenBeside(t *testing.T) {
	var book bytes.Buffer
	require.NoError(t, sheet.WriteOpened(&book, []acts.Account{
		{Row: 2, Office: "410102", Title: "中原区", Name: "张三", Roles: []award.Role{award.RoleHead}, Key: "shifan_x"},
		{Row: 3, Office: "1", Name: "李四", Defect: &award.Defect{Key: "account_not_below"}},
	}, func(d award.Defect) string { return "错误:" + d.Key }))
	rows, err := sheet.Read(book.Bytes(), "机构代码", "办理结果", "密钥(仅此一次)")
	require.NoError(t, err)
	require.Len(t, rows, 2)
	require.Equal(t, "已开通", rows[0].Cell("办理结果"))
	require.Equal(t, "shifan_x", rows[0].Cell("密钥(仅此一次)"))
	require.Equal(t, "错误:account_not_below", rows[1].Cell("办理结果"))
	require.Empty(t, rows[1].Cell("密钥(仅此一次)"))
}
