package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"shifan/internal/award"
)

func TestAWrittenTableReadsTheSame(t *testing.T) {
	var book bytes.Buffer
	require.NoError(t, Write(&book, Table{
		Sheet: "指标", Columns: []string{"编号", "标题"},
		Rows: [][]string{{"0012", "有方案"}, {"", ""}, {"1.2", "𠮷祥社区"}},
	}))
	rows, err := Read(book.Bytes(), "编号", "标题")
	require.NoError(t, err)
	require.Len(t, rows, 2, "empty rows are left out")
	assert.Equal(t, "0012", rows[0].Cell("编号"), "codes keep their zeros")
	assert.Equal(t, 4, rows[1].Number, "as the clerk counts")
	assert.Equal(t, "𠮷祥社区", rows[1].Cell("标题"))
	assert.Empty(t, rows[0].Cell("没有的列"))
}

func TestATextThatBeginsLikeAFormulaStaysText(t *testing.T) {
	var book bytes.Buffer
	require.NoError(t, Write(&book, Table{Sheet: "表", Columns: []string{"甲"}, Rows: [][]string{{"=1+1"}, {"@x"}}}))
	rows, err := Read(book.Bytes(), "甲")
	require.NoError(t, err)
	assert.Equal(t, "'=1+1", rows[0].Cell("甲"))
	assert.Equal(t, "'@x", rows[1].Cell("甲"))
}

func TestHostileWorkbooksAreRefused(t *testing.T) {
	with := func(change func(*excelize.File)) []byte {
		book := excelize.NewFile()
		require.NoError(t, book.SetSheetRow("Sheet1", "A1", &[]string{"编号", "标题"}))
		change(book)
		var out bytes.Buffer
		require.NoError(t, book.Write(&out))
		return out.Bytes()
	}
	tests := map[string]struct {
		file []byte
		key  string
	}{
		"no zip at all":      {[]byte("code,name\n1,2\n"), "sheet_malformed"},
		"nothing":            {nil, "sheet_malformed"},
		"cut short":          {with(func(*excelize.File) {})[:200], "sheet_malformed"},
		"a zip of something": {zipOf(t, "readme.txt", 10), "sheet_malformed"},
		"a zip bomb":         {zipOf(t, "xl/worksheets/sheet1.xml", 300<<20), "sheet_unfolds"},
		"a packed desert":    {zipOf(t, "xl/worksheets/sheet1.xml", 100<<20), "sheet_unfolds"},
		"a column missing": {with(func(b *excelize.File) {
			require.NoError(t, b.SetCellValue("Sheet1", "B1", "名称"))
		}), "sheet_column_missing"},
		"a formula": {with(func(b *excelize.File) {
			require.NoError(t, b.SetCellFormula("Sheet1", "B2", `HYPERLINK("http://x","y")`))
			require.NoError(t, b.SetCellValue("Sheet1", "A2", "1"))
		}), "sheet_formula"},
		"a cell of 100 MB": {zipText(t, "xl/sharedStrings.xml", 100<<20), "sheet_cell_too_long"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Read(tt.file, "编号", "标题")
			refusal, ok := errors.AsType[*award.Error](err)
			require.True(t, ok, "%v", err)
			assert.Equal(t, tt.key, refusal.Key)
		})
	}
}

// zipOf packs one part of so many equal bytes.
func zipOf(t *testing.T, name string, bytesOf int64) []byte {
	t.Helper()
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	part, err := archive.Create(name)
	require.NoError(t, err)
	_, err = io.CopyN(part, zeros{}, bytesOf)
	require.NoError(t, err)
	require.NoError(t, archive.Close())
	return out.Bytes()
}

// zipText packs one text that does not pack well enough to be seen as a bomb.
func zipText(t *testing.T, name string, bytesOf int64) []byte {
	t.Helper()
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	part, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
	require.NoError(t, err)
	_, err = io.WriteString(part, "<sst><si><t>")
	require.NoError(t, err)
	_, err = io.CopyN(part, zeros{}, bytesOf)
	require.NoError(t, err)
	require.NoError(t, archive.Close())
	return out.Bytes()
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return copy(p, strings.Repeat(" ", len(p))), nil }

func TestAPrintedTableIsAsWideAsItsPaperWithItsFirstRowOnEveryPage(t *testing.T) {
	var file bytes.Buffer
	name := "它's表"
	require.NoError(t, Write(&file, Table{Sheet: name, Columns: []string{"一", "二"}, Rows: [][]string{{"1", "2"}}}))
	book, err := excelize.OpenReader(&file)
	require.NoError(t, err)
	defer book.Close()
	props, err := book.GetSheetProps(name)
	require.NoError(t, err)
	require.True(t, *props.FitToPage)
	layout, err := book.GetPageLayout(name)
	require.NoError(t, err)
	require.Equal(t, []any{9, "landscape", 1, 0}, []any{*layout.Size, *layout.Orientation, *layout.FitToWidth, *layout.FitToHeight})
	require.Equal(t, []excelize.DefinedName{{Name: "_xlnm.Print_Titles", RefersTo: "'它''s表'!$1:$1", Scope: name}}, book.GetDefinedName())
}
