package postgres

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"iter"

	"github.com/jmoiron/sqlx"

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
	var done register.Summary
	err := s.inTx(ctx, func(tx *sqlx.Tx) error {
		in := registerImport{tx: tx, source: source, validFrom: validFrom, digest: sha256.New()}
		read, err := in.copy(ctx, rows, progress)
		if err != nil {
			return err
		}
		if err := in.judge(ctx); err != nil {
			return err
		}
		if err := in.apply(ctx); err != nil {
			return err
		}
		done, err = in.record(ctx, read)
		return err
	})
	if err != nil {
		return register.Summary{}, err
	}
	return done, nil
}

// registerImport is one import while it runs: a temporary table, incoming,
// filled by COPY and worked on as a whole (register_sql.go).
type registerImport struct {
	tx        *sqlx.Tx
	source    string
	validFrom award.Date
	digest    hash.Hash
}

// copy streams the rows into incoming and returns how many there were.
func (in *registerImport) copy(
	ctx context.Context, rows iter.Seq2[register.Row, error], progress func(done int),
) (read int, err error) {
	if _, err := in.tx.ExecContext(ctx, createIncoming); err != nil {
		return 0, fmt.Errorf("create the incoming table: %w", err)
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
	for row, err := range rows {
		if err != nil {
			return 0, err
		}
		if _, err := copying.ExecContext(ctx, in.values(row)...); err != nil {
			return 0, fmt.Errorf("copy line %d of the list: %w", row.Line, err)
		}
		row.Line = 0                         // where a row stands says nothing about it
		fmt.Fprintf(in.digest, "%#v\n", row) // a hash never fails to write
		if read++; read%progressEvery == 0 {
			progress(read)
		}
	}
	if _, err := copying.ExecContext(ctx); err != nil { // no values: that was all
		return 0, fmt.Errorf("copy the list: %w", err)
	}
	progress(read)
	return read, nil
}

// values are the columns of copyIncoming.
func (in *registerImport) values(row register.Row) []any {
	from, source := row.ValidFrom, row.Source
	if from == (award.Date{}) {
		from = in.validFrom
	}
	if source == "" {
		source = in.source
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
	if err := in.run(ctx, "lock the register", `LOCK TABLE unit_version IN SHARE ROW EXCLUSIVE MODE`); err != nil {
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
		{"index the list", indexIncoming},
		{"match the list", matchUnits},
		{"number new units", numberUnits},
		{"index the units", indexUnits},
		{"list what is known", listKnown},
		{"find parents", findParents},
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
	err := in.tx.QueryRowContext(ctx, countChanges).Scan(&done.Added, &done.Changed, &done.Unchanged, &done.Unsure)
	if err != nil {
		return register.Summary{}, fmt.Errorf("count what the import did: %w", err)
	}
	return done, in.run(ctx, "record the import", `
		INSERT INTO register_import (source, sha256, rows_read, rows_added, rows_changed, rows_unsure)
		VALUES ($1, $2, $3, $4, $5, $6)`,
		in.source, in.digest.Sum(nil), done.Read, done.Added, done.Changed, done.Unsure)
}

// refuse asks a query for bad rows, as line, column, message key and value, and
// refuses the list when there are any.
func (in *registerImport) refuse(ctx context.Context, query string) (err error) {
	rows, err := in.tx.QueryContext(ctx, query)
	if err != nil {
		return fmt.Errorf("look for bad rows: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var defects register.Defects
	for rows.Next() {
		var line int
		var column, key, value string
		if err := rows.Scan(&line, &column, &key, &value); err != nil {
			return fmt.Errorf("read a bad row: %w", err)
		}
		defects.Add(line, column, key, value)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read the bad rows: %w", err)
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
