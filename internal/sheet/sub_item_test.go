package sheet_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/award"
	"shifan/internal/sheet"
)

func TestTheWorkbookOfSubItemsComesBackAsItWentOut(t *testing.T) {
	items := award.SubItems{{Code: "1.2.1", Title: "=有文本", Max: 2_00}, {Code: "1.2.10", Title: "有落实", Max: 3_00}}
	var file bytes.Buffer
	require.NoError(t, sheet.WriteSubItems(&file, acts.SubItems{Standard: twoLeaves(), Items: items}))
	book, err := sheet.ReadSubItems(file.Bytes())
	require.NoError(t, err)
	require.Equal(t, items, book.Items)

	file.Reset()
	require.NoError(t, sheet.WriteSubItems(&file, acts.SubItems{Standard: twoLeaves()}))
	book, err = sheet.ReadSubItems(file.Bytes())
	require.NoError(t, err)
	require.Empty(t, book.Items, "an indicator without sub-items has an empty row, which takes none")
}

func TestWhatIsWrongWithSubItemsIsSaidOfTheirRows(t *testing.T) {
	columns := []string{"细则编号", "细则", "细则满分"}
	read := func(rows ...[]string) (sheet.SubItemSheet, error) {
		var file bytes.Buffer
		require.NoError(t, sheet.Write(&file, sheet.Table{Sheet: "细则", Columns: columns, Rows: rows}))
		return sheet.ReadSubItems(file.Bytes())
	}
	_, err := read([]string{"1.2.1", "有文本", "两分"}, []string{"1.2.2", "有落实", ""})
	refusal := new(award.Error)
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, []award.Defect{
		{Pointer: "/2/细则满分", Key: "points_malformed", Args: []any{"两分"}},
		{Pointer: "/3/细则满分", Key: "points_malformed", Args: []any{""}},
	}, refusal.Fields)

	book, err := read([]string{"", "", ""}, []string{"1.2.1", "有文本", "2"}, []string{"", "", ""}, []string{"1.3.1", "", "3"})
	require.NoError(t, err)
	refused := award.RefuseFields(award.Invalid, "", "sub_items_defective", twoLeaves().CheckSubItems(book.Items))
	require.ErrorAs(t, book.Locate(refused), &refusal)
	require.Equal(t, []award.Defect{
		{Pointer: "/5/细则编号", Key: "sub_item_no_leaf", Args: []any{"1.3.1"}},
		{Pointer: "/5/细则", Key: "field_required"},
		{Pointer: "/3/细则满分", Key: "sub_item_sum", Args: []any{"1.2", "5.00", "2.00"}},
	}, refusal.Fields)
}
