package register

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"shifan/internal/award"
)

// Columns of the forms. Code and name every form has; the others are optional,
// and an empty cell means what Row says of an empty field.
const (
	columnCode      = "code"
	columnName      = "name"
	columnKind      = "kind"
	columnParent    = "parent"
	columnOffice    = "recommending_office"
	columnValidFrom = "valid_from"
	columnValidTo   = "valid_to"
)

// MaxDefects is how many defects of a list are shown at once.
const MaxDefects = 20

// headerLimit is more bytes than any header has; telling forms apart looks no
// further.
const headerLimit = 4096

const byteOrderMark = "\ufeff" // spreadsheets write it before UTF-8

// Open tells by its header which form a list has, and returns its rows:
//
//   - the table of the Ministry's yearly codes: tab separated, with the columns
//     Source, Revision, Code, Name;
//   - our own CSV: code,name and any of kind, parent, recommending_office,
//     valid_from, valid_to.
//
// OpenFolder and OpenArchive read the third form, which has several files.
//
// Rows are read as they are asked for and not kept, so a list may be larger
// than memory. A prefecture must come before its counties, as in every list
// that is sorted by code. Placeholders (市辖区) are left out. The rows can be
// walked once. A list with bad rows ends in one refusal that names the first
// MaxDefects of them; what was yielded before it must then not be used.
func Open(r io.Reader) (iter.Seq2[Row, error], error) {
	list := newList()
	if err := list.open(r); err != nil {
		return nil, err
	}
	return func(yield func(Row, error) bool) {
		if list.rows(yield) {
			list.end(yield)
		}
	}, nil
}

// list is a list while it is read, of one file or several.
type list struct {
	lines   *csv.Reader
	at      map[string]int     // column name to position
	above   map[string]written // prefectures and counties by code, as far as read: some thousands
	before  int                // lines of the files before this one
	line    int                // the last line read, through all files
	defects Defects
}

// written is a row as the list has it.
type written struct{ raw, name string }

func newList() *list { return &list{above: make(map[string]written)} }

// open begins a file: it tells its form by the header.
func (l *list) open(r io.Reader) error {
	in := bufio.NewReaderSize(r, headerLimit)
	start, err := in.Peek(headerLimit)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the header of the list: %w", err)
	}
	if strings.HasPrefix(string(start), byteOrderMark) {
		if _, err := in.Discard(len(byteOrderMark)); err != nil {
			return fmt.Errorf("skip the byte order mark: %w", err)
		}
	}
	header, _, _ := strings.Cut(string(start), "\n")
	l.lines, l.at, l.before = csv.NewReader(in), make(map[string]int), l.line
	l.lines.ReuseRecord = true
	if strings.Contains(header, "\t") {
		l.lines.Comma = '\t'
		l.lines.LazyQuotes = true // the table quotes nothing
	}
	names, err := l.lines.Read()
	if err != nil && !errors.Is(err, io.EOF) {
		return award.Refuse(award.Invalid, "D-13", "register_form_unknown")
	}
	for i, name := range names {
		l.at[strings.ToLower(strings.TrimSpace(name))] = i
	}
	for _, column := range []string{columnCode, columnName} {
		if _, ok := l.at[column]; !ok {
			return award.Refuse(award.Invalid, "D-13", "register_form_unknown")
		}
	}
	l.line = l.before + 1
	return nil
}

// rows yields every good row of the file that is open and reports whether to go
// on.
func (l *list) rows(yield func(Row, error) bool) bool {
	for {
		record, err := l.lines.Read()
		if errors.Is(err, io.EOF) {
			return true
		}
		if syntax, ok := errors.AsType[*csv.ParseError](err); ok {
			l.line = l.before + syntax.Line
			l.defects.Add(l.line, "", "register_line_malformed")
			if errors.Is(err, csv.ErrFieldCount) {
				continue
			}
			return true // what follows a broken quote can not be told into lines
		}
		if err != nil {
			yield(Row{}, fmt.Errorf("read the list: %w", err))
			return false
		}
		if !slices.ContainsFunc(record, func(cell string) bool { return strings.TrimSpace(cell) != "" }) {
			continue // spreadsheets leave lines of empty cells at the end
		}
		row, ok := l.row(record)
		if ok && !yield(row, nil) {
			return false
		}
	}
}

// end yields the refusal when there was a bad row.
func (l *list) end(yield func(Row, error) bool) {
	if err := l.defects.Err(); err != nil {
		yield(Row{}, err)
	}
}

// row reads one record. It reports false when the record is bad, which is noted,
// or stands for no unit.
func (l *list) row(record []string) (Row, bool) {
	line, _ := l.lines.FieldPos(0)
	line += l.before
	l.line = line
	before := l.defects.Count
	row := Row{Line: line, Name: l.cell(record, columnName)}
	if !printable(row.Name) {
		l.defects.Add(line, columnName, "register_name_malformed", row.Name)
	}
	raw := l.cell(record, columnCode)
	row.Code = l.code(line, columnCode, raw)
	row.Parent = l.optionalCode(line, columnParent, record)
	row.RecommendingOffice = l.optionalCode(line, columnOffice, record)
	row.ValidFrom = l.date(line, columnValidFrom, record)
	row.ValidTo = l.date(line, columnValidTo, record)
	placeholder := l.kind(&row, raw, l.cell(record, columnKind))
	return row, l.defects.Count == before && !placeholder
}

// kind fills in the kind the list states, or what D-13 infers, and reports
// whether the row is a placeholder.
func (l *list) kind(row *Row, raw, stated string) (placeholder bool) {
	if row.Code == "" {
		return false // refused already
	}
	if stated != "" {
		kind, err := award.ParseKind(stated)
		if err != nil {
			l.defects.Add(row.Line, columnKind, "register_kind_unknown", stated)
		}
		row.Kind, row.Sure, row.Stated = kind, true, true
		return false
	}
	var prefecture string
	switch len(row.Code) {
	case 6:
		prefecture = l.above[row.Code[:4]].name
		fallthrough
	case 4:
		first, again := l.above[row.Code]
		if again && first.name == row.Name { // 441900 东莞市 after 4419, 350527000 金门县 after 350527
			return first.raw != raw
		}
		l.above[row.Code] = written{raw, row.Name}
	}
	inferred := award.InferKind(row.Code, row.Name, prefecture)
	row.Kind, row.Sure = inferred.Kind, inferred.Sure && !strings.ContainsFunc(row.Name, private)
	return inferred.Placeholder
}

func (l *list) cell(record []string, column string) string {
	i, ok := l.at[column]
	if !ok {
		return ""
	}
	return strings.TrimSpace(record[i])
}

func (l *list) code(line int, column, text string) string {
	code, ok := Canonical(text)
	if !ok {
		l.defects.Add(line, column, "register_code_malformed", text)
	}
	return code
}

func (l *list) optionalCode(line int, column string, record []string) string {
	text := l.cell(record, column)
	if text == "" {
		return ""
	}
	return l.code(line, column, text)
}

func (l *list) date(line int, column string, record []string) award.Date {
	text := l.cell(record, column)
	if text == "" {
		return award.Date{}
	}
	date, err := award.ParseDate(text)
	if err != nil {
		l.defects.Add(line, column, "register_date_malformed", text)
	}
	return date
}

// printable reports whether the text is a name: not empty, and UTF-8 without
// control characters. A list saved as GBK fails here.
func printable(name string) bool {
	return name != "" && utf8.ValidString(name) && !strings.ContainsFunc(name, func(r rune) bool {
		return !unicode.IsPrint(r) && !private(r) || r == unicode.ReplacementChar
	})
}

// private reports whether the character is one that Unicode leaves to private
// agreement: lists made from GBK have some in place of rare characters of names
// (D-42).
func private(r rune) bool { return unicode.Is(unicode.Co, r) }
