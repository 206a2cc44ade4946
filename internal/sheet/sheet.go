// Package sheet reads and writes workbooks (.xlsx): the tables that offices
// fill in offline and the ones they are given to print. It turns rows into
// values of internal/award and internal/acts and back; what the values mean, and
// where they are kept, does not belong here.
package sheet

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/xuri/excelize/v2"

	"shifan/internal/award"
)

// What a workbook may hold. An .xlsx is a zip: some kilobytes can unfold to
// gigabytes, so every bound is checked before anything is unfolded, and again
// by the reader while it unfolds.
const (
	MostRows   = 100_000 // a category's units, with room
	MostCells  = 600     // columns of a row: 500 indicators and what names the unit
	MostCell   = 32_767  // characters of a cell: Excel's own bound
	mostParts  = 200     // files in the zip
	mostUnzip  = 256 << 20
	mostXML    = 16 << 20 // above it a part is unfolded to disk and read from there
	mostFactor = 200      // times its packed size
)

// Row is one row of a table: its number as the clerk sees it, and its cells by
// column.
type Row struct {
	Number int // of the sheet, from 1
	cells  []string
	at     map[string]int
}

// Cell returns the text of a column, trimmed; empty where the row ends before.
func (r Row) Cell(column string) string {
	i, there := r.at[column]
	if !there || i >= len(r.cells) {
		return ""
	}
	return strings.TrimSpace(r.cells[i])
}

// Defect names what is wrong with a cell, by row and column as the clerk sees
// them: /3/标题.
func (r Row) Defect(column, key string, args ...any) award.Defect {
	return award.Defect{Pointer: fmt.Sprintf("/%d/%s", r.Number, column), Key: key, Args: args}
}

// Read reads the first sheet of a workbook as a table whose first row names the
// columns. Every one of the named columns must be there; others are kept. Rows
// of empty cells are left out. A file that is no workbook, unfolds to more than
// is allowed, or holds a formula is refused: a formula's value is whatever the
// program that saved it thought.
func Read(file []byte, columns ...string) (rows []Row, err error) {
	if err := safe(file); err != nil {
		return nil, err
	}
	book, err := excelize.OpenReader(bytes.NewReader(file), excelize.Options{
		UnzipSizeLimit: mostUnzip, UnzipXMLSizeLimit: mostXML, RawCellValue: true,
	})
	if err != nil {
		return nil, award.Refuse(award.Invalid, "", "sheet_malformed")
	}
	defer func() { err = errors.Join(err, book.Close()) }()
	name := book.GetSheetName(0)
	lines, err := book.Rows(name)
	if err != nil {
		return nil, award.Refuse(award.Invalid, "", "sheet_malformed")
	}
	defer func() { err = errors.Join(err, lines.Close()) }()

	at := make(map[string]int)
	var defects []award.Defect
	for number := 1; lines.Next(); number++ {
		if number > MostRows+1 {
			return nil, award.Refuse(award.Invalid, "", "sheet_too_long", MostRows)
		}
		cells, err := lines.Columns()
		if err != nil {
			return nil, award.Refuse(award.Invalid, "", "sheet_malformed")
		}
		if number == 1 {
			for i, title := range cells {
				at[strings.TrimSpace(title)] = i
			}
			for _, column := range columns {
				if _, there := at[column]; !there {
					return nil, award.Refuse(award.Invalid, "", "sheet_column_missing", column)
				}
			}
			continue
		}
		row := Row{Number: number, cells: cells, at: at}
		if row.empty() {
			continue
		}
		defects = append(defects, row.bounds()...)
		rows = append(rows, row)
	}
	if err := lines.Error(); err != nil {
		return nil, award.Refuse(award.Invalid, "", "sheet_malformed")
	}
	if len(defects) > 0 {
		return nil, award.RefuseFields(award.Invalid, "", "sheet_defects", defects)
	}
	return rows, nil
}

func (r Row) empty() bool {
	for _, cell := range r.cells {
		if strings.TrimSpace(cell) != "" {
			return false
		}
	}
	return true
}

func (r Row) bounds() []award.Defect {
	if len(r.cells) > MostCells {
		return []award.Defect{{Pointer: fmt.Sprintf("/%d", r.Number), Key: "sheet_too_wide", Args: []any{MostCells}}}
	}
	return nil
}

// safe refuses a file that is no zip, one that would unfold to more than a
// workbook has any use for, one with a text longer than a cell may hold, and
// one with formulas. It reads the parts as they unfold and keeps none.
func safe(file []byte) error {
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return award.Refuse(award.Invalid, "", "sheet_malformed")
	}
	if len(archive.File) > mostParts {
		return award.Refuse(award.Invalid, "", "sheet_unfolds", mostUnzip>>20)
	}
	var whole uint64
	for _, part := range archive.File {
		whole += part.UncompressedSize64
		if whole > mostUnzip || part.UncompressedSize64 > mostXML && part.UncompressedSize64 > mostFactor*part.CompressedSize64 {
			return award.Refuse(award.Invalid, "", "sheet_unfolds", mostUnzip>>20)
		}
	}
	for _, part := range archive.File {
		if strings.HasPrefix(part.Name, "xl/worksheets/") || part.Name == "xl/sharedStrings.xml" {
			if err := scan(part); err != nil {
				return err
			}
		}
	}
	return nil
}

// An element of a sheet as far as scan must know it: a cell with its place, and
// a formula.
var (
	cellElement    = regexp.MustCompile(`^(?:\w+:)?c\s[^>]*\br="([A-Z]+[0-9]+)"`)
	formulaElement = regexp.MustCompile(`^(?:\w+:)?f[\s/>]`)
)

// scan walks the elements of one part.
func scan(part *zip.File) (err error) {
	in, err := part.Open()
	if err != nil {
		return award.Refuse(award.Invalid, "", "sheet_malformed")
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	elements := bufio.NewScanner(in)
	elements.Buffer(make([]byte, 64<<10), 8*MostCell) // a character may be written in as many bytes
	elements.Split(upToElement)
	var cell []byte
	for elements.Scan() {
		element := elements.Bytes()
		if at := cellElement.FindSubmatch(element); at != nil {
			cell = append(cell[:0], at[1]...)
		}
		if formulaElement.Match(element) {
			return award.Refuse(award.Invalid, "", "sheet_formula", string(cell))
		}
	}
	if errors.Is(elements.Err(), bufio.ErrTooLong) {
		return award.Refuse(award.Invalid, "", "sheet_cell_too_long", string(cell), MostCell)
	}
	if elements.Err() != nil {
		return award.Refuse(award.Invalid, "", "sheet_malformed")
	}
	return nil
}

// upToElement splits XML before each element, so that a token is an element and
// the text behind it.
func upToElement(data []byte, atEOF bool) (int, []byte, error) {
	if i := bytes.IndexByte(data, '<'); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}

// Table is a sheet to be written: what stands in its first row, then the rows.
// Every cell is text, so that codes keep their zeros and nothing is taken for a
// formula.
type Table struct {
	Sheet   string // its name, at most 31 characters
	Columns []string
	Widths  []float64 // in characters, by column; those left out are 12
	Rows    [][]string
}

// Write writes tables as the sheets of one workbook. Printed, a table is as wide
// as a sheet of paper, A4 across, with its first row on every page.
func Write(to io.Writer, tables ...Table) (err error) {
	book := excelize.NewFile()
	defer func() { err = errors.Join(err, book.Close()) }()
	var lines []excelize.Border
	for _, side := range []string{"left", "top", "right", "bottom"} {
		lines = append(lines, excelize.Border{Type: side, Color: "B0B0B0", Style: 1})
	}
	text, err := book.NewStyle(&excelize.Style{NumFmt: 49, Border: lines, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}) // 49: text
	if err != nil {
		return fmt.Errorf("style cells: %w", err)
	}
	bold, err := book.NewStyle(&excelize.Style{
		NumFmt: 49, Border: lines, Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"},
		Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"F0F0F0"}},
	})
	if err != nil {
		return fmt.Errorf("style the first row: %w", err)
	}
	for i, table := range tables {
		if i == 0 {
			err = book.SetSheetName("Sheet1", table.Sheet)
		} else {
			_, err = book.NewSheet(table.Sheet)
		}
		if err != nil {
			return fmt.Errorf("name a sheet: %w", err)
		}
		if err := layOut(book, table.Sheet); err != nil {
			return fmt.Errorf("lay out sheet %s: %w", table.Sheet, err)
		}
		if err := write(book, table, text, bold); err != nil {
			return fmt.Errorf("write sheet %s: %w", table.Sheet, err)
		}
	}
	if _, err := book.WriteTo(to); err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	return nil
}

// twoLines is the height of the first row, in points: long headings wrap.
const twoLines = 30

// layOut says how a sheet is printed.
func layOut(book *excelize.File, sheet string) error {
	const a4 = 9
	fit, paper, wide, tall, across := true, a4, 1, 0, "landscape"
	if err := book.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	layout := excelize.PageLayoutOptions{Size: &paper, Orientation: &across, FitToWidth: &wide, FitToHeight: &tall} // as many pages high as it takes
	if err := book.SetPageLayout(sheet, &layout); err != nil {
		return err
	}
	if err := book.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{OddFooter: "&L&A&R&P / &N"}); err != nil {
		return err
	}
	return book.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + strings.ReplaceAll(sheet, "'", "''") + "'!$1:$1", Scope: sheet})
}

func write(book *excelize.File, table Table, text, bold int) error {
	stream, err := book.NewStreamWriter(table.Sheet)
	if err != nil {
		return err
	}
	for i := range table.Columns {
		width := 12.0
		if i < len(table.Widths) {
			width = table.Widths[i]
		}
		if err := stream.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := stream.SetRow("A1", cells(table.Columns, bold), excelize.RowOpts{Height: twoLines}); err != nil {
		return err
	}
	for i, row := range table.Rows {
		at, err := excelize.CoordinatesToCellName(1, i+2)
		if err != nil {
			return err
		}
		if err := stream.SetRow(at, cells(row, text)); err != nil {
			return err
		}
	}
	return stream.Flush()
}

func cells(values []string, style int) []any {
	out := make([]any, len(values))
	for i, value := range values {
		out[i] = excelize.Cell{StyleID: style, Value: harmless(value)}
	}
	return out
}

// harmless keeps a text that begins like a formula from becoming one when the
// sheet is saved as CSV and opened again.
func harmless(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
