package postgres

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"hash"
	"iter"
	"strconv"

	"shifan/internal/award"
	"shifan/internal/register"
)

// progressEvery is after how many rows an import says how far it is.
const progressEvery = 1000

// ImportRegister brings the register up to a list (导入单位名册), in one
// transaction: all of the list or, when a row is bad, none of it. Rows without a
// date of their own count from validFrom. The order of rows does not matter.
//
// A unit is known by its code. One whose name, kind, parent or recommending
// office differs keeps its ID: its version ends on the new one's first day. An
// import that says nothing new changes nothing. A unit that the list does not
// mention stays, since a list may be a part; it ends by a row with a valid_to.
//
// What people have corrected is not inferred away: an inferred kind (D-13) counts
// for a new unit or a new name only, and a parent found by code only for a new
// unit, under a new unit, or when the old parent ends. A unit that is as it was
// keeps its first day.
func (s *Store) ImportRegister(
	ctx context.Context, source string, validFrom award.Date,
	rows iter.Seq2[register.Row, error], progress func(done int),
) (register.Summary, error) {
	report, err := s.CompareRegister(ctx, register.Import{
		Source: source, ValidFrom: validFrom, Rows: rows, Progress: progress,
	})
	return report.Summary, err
}

// CompareRegister is ImportRegister that also tells every difference between
// list and register, and on a dry run leaves it at that.
func (s *Store) CompareRegister(ctx context.Context, list register.Import) (register.Report, error) {
	var done register.Report
	err := s.inTx(ctx, func(tx *transaction) error {
		in := registerImport{Import: list, tx: tx, digest: sha256.New()}
		read, err := in.copy(ctx)
		if err != nil {
			return err
		}
		in.begin(register.StepCompare)
		if err := in.judge(ctx); err != nil {
			return err
		}
		in.begin(register.StepWrite)
		if err := in.apply(ctx); err != nil {
			return err
		}
		if done.Summary, err = in.record(ctx, read); err != nil {
			return err
		}
		if done.Differences, err = in.countDifferences(ctx); err != nil {
			return err
		}
		if list.Differs != nil {
			if err := in.tellDifferences(ctx); err != nil {
				return err
			}
		}
		if list.DryRun {
			return errDryRun
		}
		return nil
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return register.Report{}, err
	}
	return done, nil
}

// errDryRun takes a dry run back.
var errDryRun = errors.New("a dry run changes nothing")

// registerImport is one import while it runs: temporary tables, filled by COPY
// and worked on as a whole (register_sql.go).
type registerImport struct {
	register.Import
	tx     *transaction
	digest hash.Hash
	line   []byte // of the digest
}

func (in *registerImport) begin(step register.Step) {
	if in.Begin != nil {
		in.Begin(step)
	}
}

// copy streams the rows into incoming and returns how many there were.
func (in *registerImport) copy(ctx context.Context) (read int, err error) {
	if err := in.run(ctx, "give the import room", importRoom); err != nil {
		return 0, err
	}
	if err := in.run(ctx, "create the incoming table", createIncoming); err != nil {
		return 0, err
	}
	copying, err := in.tx.PrepareContext(ctx, copyIncoming)
	if err != nil {
		return 0, fmt.Errorf("begin to copy the list: %w", err)
	}
	defer func() {
		if closing := copying.Close(); closing != nil {
			err = errors.Join(err, fmt.Errorf("end the copy of the list: %w", closing))
		}
	}()
	for row, err := range in.Rows {
		if err != nil {
			return 0, err
		}
		if _, err := copying.ExecContext(ctx, in.values(row)...); err != nil {
			return 0, fmt.Errorf("copy line %d of the list: %w", row.Line, err)
		}
		in.digestRow(row)
		if read++; read%progressEvery == 0 {
			in.Progress(read)
		}
	}
	if _, err := copying.ExecContext(ctx); err != nil { // no values: that was all
		return 0, fmt.Errorf("copy the list: %w", err)
	}
	in.Progress(read)
	return read, nil
}

// digestRow adds a row to the digest of the list. Where it stands says nothing
// about it; no field can hold the separator.
func (in *registerImport) digestRow(row register.Row) {
	in.line = in.line[:0]
	for _, field := range []string{
		row.Code, row.Name, row.Source, string(row.Kind), row.Parent, row.RecommendingOffice,
	} {
		in.line = append(append(in.line, field...), '\x1f')
	}
	in.line = strconv.AppendBool(in.line, row.Sure)
	in.line = strconv.AppendBool(in.line, row.Stated)
	for _, day := range []award.Date{row.ValidFrom, row.ValidTo} {
		if day != (award.Date{}) {
			in.line = append(in.line, day.String()...)
		}
		in.line = append(in.line, '\x1f')
	}
	in.digest.Write(append(in.line, '\n')) // a hash never fails to write
}

// values are the columns of copyIncoming.
func (in *registerImport) values(row register.Row) []any {
	from, source := row.ValidFrom, row.Source
	if from == (award.Date{}) {
		from = in.ValidFrom
	}
	if source == "" {
		source = in.Source
	}
	var until any
	if row.ValidTo != (award.Date{}) {
		until = row.ValidTo.String()
	}
	return []any{
		row.Line, row.Code, row.Name, string(row.Kind), row.Sure, row.Stated,
		orNull(row.Parent), orNull(row.RecommendingOffice), from.String(), until, source,
	}
}

// judge matches the list with the register, and refuses it when a row can not
// stand.
func (in *registerImport) judge(ctx context.Context) error {
	// Two imports at once would each miss what the other adds. Readers go on.
	if err := in.run(ctx, "lock the register", lockRegister); err != nil {
		return err
	}
	for _, root := range register.Roots() {
		root.Source = "D-11"
		if err := in.run(ctx, "add the roots", addRoot, in.values(root)...); err != nil {
			return err
		}
	}
	if err := in.refuse(ctx, badAlone); err != nil {
		return err
	}
	for _, step := range []struct{ what, sql string }{
		{"match the list", matchUnits},
		{"list what is known", listKnown},
		{"compare with the register", compareVersions},
	} {
		if err := in.run(ctx, step.what, step.sql); err != nil {
			return err
		}
	}
	return in.refuse(ctx, badTogether)
}

// apply writes what judge found.
func (in *registerImport) apply(ctx context.Context) error {
	for _, step := range []struct{ what, sql string }{
		{"add units", insertUnits},
		{"end versions", endVersions},
		{"correct versions", correctVersions},
		{"open versions", insertVersions},
		{"analyze the register", analyzeVersions},
	} {
		if err := in.run(ctx, step.what, step.sql); err != nil {
			return err
		}
	}
	return in.refuse(ctx, badAfterwards)
}

// record notes the import and counts what it did.
func (in *registerImport) record(ctx context.Context, read int) (register.Summary, error) {
	done := register.Summary{Read: read}
	err := in.tx.QueryRowxContext(ctx, countChanges).Scan(&done.Added, &done.Changed, &done.Unchanged, &done.Unsure)
	if err != nil {
		return register.Summary{}, fmt.Errorf("count what the import did: %w", err)
	}
	return done, in.run(ctx, "record the import", `
		INSERT INTO register_import (source, sha256, rows_read, rows_added, rows_changed, rows_unsure)
		VALUES ($1, $2, $3, $4, $5, $6)`,
		in.Source, in.digest.Sum(nil), done.Read, done.Added, done.Changed, done.Unsure)
}

// countDifferences counts every difference by what changed.
func (in *registerImport) countDifferences(ctx context.Context) (map[register.Change]int, error) {
	counts := make(map[register.Change]int)
	err := in.each(ctx, countDifferences, func(rows *sql.Rows) error {
		var change register.Change
		var count int
		if err := rows.Scan(&change, &count); err != nil {
			return err
		}
		counts[change] = count
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("count the differences: %w", err)
	}
	return counts, nil
}

// tellDifferences tells every difference, in the order of Changes and by code.
func (in *registerImport) tellDifferences(ctx context.Context) error {
	err := in.each(ctx, listDifferences, func(rows *sql.Rows) error {
		var d register.Difference
		if err := rows.Scan(&d.Change, &d.Code, &d.Name, &d.Was, &d.Is); err != nil {
			return err
		}
		return in.Differs(d)
	})
	if err != nil && !errors.Is(err, register.ErrEnough) {
		return fmt.Errorf("tell the differences: %w", err)
	}
	return nil
}

// each hands every row of a query to fn.
func (in *registerImport) each(ctx context.Context, query string, fn func(rows *sql.Rows) error) (err error) {
	rows, err := in.tx.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := fn(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// refuse asks a query for bad rows, as line, column, message key and value, and
// refuses the list when there are any.
func (in *registerImport) refuse(ctx context.Context, query string) error {
	var defects register.Defects
	err := in.each(ctx, query, func(rows *sql.Rows) error {
		var line int
		var column, key, value string
		if err := rows.Scan(&line, &column, &key, &value); err != nil {
			return err
		}
		defects.Add(line, column, key, value)
		return nil
	})
	if err != nil {
		return fmt.Errorf("look for bad rows: %w", err)
	}
	return defects.Err()
}

func (in *registerImport) run(ctx context.Context, what, query string, args ...any) error {
	if _, err := in.tx.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// orNull stores an empty text as null.
func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}
