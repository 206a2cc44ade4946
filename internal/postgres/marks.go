package postgres

import (
	"database/sql/driver"
	"fmt"
	"strconv"

	"shifan/internal/award"
)

// marks are values as entered, as the record keeps them: one bigint[] in the
// order of the standard's leaves, NULL for a blank and -1 for an exemption. It
// is written and read as text, value by value: a page of scoring reads some
// 20,000 of them.
type marks []award.Points

// exempt stands for award.Exempt: what is entered is never below nothing.
const exempt = -1

// Value writes the array as a parameter.
func (m marks) Value() (driver.Value, error) { return m.text(), nil }

// text writes {500,NULL,-1}.
func (m marks) text() string {
	text := make([]byte, 0, 2+5*len(m))
	text = append(text, '{')
	for i, value := range m {
		if i > 0 {
			text = append(text, ',')
		}
		switch value {
		case award.Blank:
			text = append(text, "NULL"...)
		case award.Exempt:
			text = strconv.AppendInt(text, exempt, 10)
		default:
			text = strconv.AppendInt(text, int64(value), 10)
		}
	}
	return string(append(text, '}'))
}

// Scan reads them again; no array is no marks.
func (m *marks) Scan(from any) error {
	var text []byte
	switch from := from.(type) {
	case nil:
		*m = nil
		return nil
	case []byte:
		text = from
	case string:
		text = []byte(from)
	default:
		return fmt.Errorf("read marks: a %T", from)
	}
	if len(text) < 2 || text[0] != '{' || text[len(text)-1] != '}' {
		return fmt.Errorf("read marks: no array: %q", text)
	}
	read := make(marks, 0, 1+len(text)/4)
	for rest := text[1 : len(text)-1]; len(rest) > 0; {
		end := 0
		for end < len(rest) && rest[end] != ',' {
			end++
		}
		value, err := readMark(rest[:end])
		if err != nil {
			return err
		}
		read = append(read, value)
		rest = rest[min(end+1, len(rest)):]
	}
	*m = read
	return nil
}

func readMark(text []byte) (award.Points, error) {
	if string(text) == "NULL" {
		return award.Blank, nil
	}
	value, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read marks: %w", err)
	}
	if value == exempt {
		return award.Exempt, nil
	}
	return award.Points(value), nil
}
