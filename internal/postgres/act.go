package postgres

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// tx is one transaction on the record, as internal/acts sees it.
type tx struct {
	*transaction
	frozen *frozen // the store's
}

// InTx runs fn in one transaction and commits when it returns nil. fn is run
// again when PostgreSQL broke it off to end a deadlock.
func (s *Store) InTx(ctx context.Context, fn func(tx acts.Tx) error) error {
	var err error
	for range deadlockTries {
		err = s.inTx(ctx, func(t *transaction) error { return fn(&tx{t, &s.frozen}) })
		if !deadlocked(err) {
			break
		}
	}
	return err
}

// Try runs fn inside a savepoint.
func (t *tx) Try(ctx context.Context, fn func() error) error {
	if _, err := t.ExecContext(ctx, `SAVEPOINT try`); err != nil {
		return fmt.Errorf("set savepoint: %w", err)
	}
	if failed := fn(); failed != nil {
		if _, err := t.ExecContext(ctx, `ROLLBACK TO SAVEPOINT try; RELEASE SAVEPOINT try`); err != nil {
			return errors.Join(failed, fmt.Errorf("go back to savepoint: %w", err))
		}
		return failed
	}
	if _, err := t.ExecContext(ctx, `RELEASE SAVEPOINT try`); err != nil {
		return fmt.Errorf("release savepoint: %w", err)
	}
	return nil
}

// Now returns the clock that judges.
func (t *tx) Now(ctx context.Context) (time.Time, error) {
	var now time.Time
	if err := t.GetContext(ctx, &now, `SELECT shifan_now()`); err != nil {
		return time.Time{}, fmt.Errorf("read the clock: %w", err)
	}
	return now, nil
}

// BeginAct claims the key of an act. The unique constraint makes a second
// caller wait for the first and then find its outcome.
func (t *tx) BeginAct(ctx context.Context, by award.Officer, key acts.Key, name award.Act) (acts.Receipt, json.RawMessage, error) {
	if key.Key == "" {
		key.Key = "once-" + rand.Text()
	}
	var receipt acts.Receipt
	err := t.QueryRowxContext(ctx, `
		INSERT INTO act (officer_id, method, path, key, body_sha256, name)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT ON CONSTRAINT act_once DO NOTHING
		RETURNING id, at`,
		by.ID, key.Method, key.Path, key.Key, key.Body[:], name).Scan(&receipt.Act, &receipt.At)
	if err == nil {
		return receipt, nil, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return acts.Receipt{}, nil, fmt.Errorf("claim act: %w", err)
	}

	var body []byte
	var outcome json.RawMessage
	err = t.QueryRowxContext(ctx, `
		SELECT id, at, body_sha256, outcome FROM act
		WHERE officer_id = $1 AND method = $2 AND path = $3 AND key = $4`,
		by.ID, key.Method, key.Path, key.Key).Scan(&receipt.Act, &receipt.At, &body, &outcome)
	if err != nil {
		return acts.Receipt{}, nil, fmt.Errorf("read first act: %w", err)
	}
	if !bytes.Equal(body, key.Body[:]) {
		return acts.Receipt{}, nil, award.Refuse(award.Incomplete, "", "idempotency_body")
	}
	return receipt, outcome, nil
}

// EndAct stores the outcome of an act.
func (t *tx) EndAct(ctx context.Context, act int64, round string, outcome json.RawMessage) error {
	_, err := t.ExecContext(ctx, `UPDATE act SET outcome = $2, round_id = nullif($3, '') WHERE id = $1`,
		act, string(outcome), round)
	if err != nil {
		return fmt.Errorf("store outcome: %w", err)
	}
	return nil
}

// Audit writes one row of the decision log.
func (t *tx) Audit(ctx context.Context, e acts.Entry) error {
	detail := "{}"
	if e.Detail != nil {
		var err error
		if detail, err = encode(e.Detail); err != nil {
			return fmt.Errorf("encode audit detail: %w", err)
		}
	}
	_, err := t.ExecContext(ctx, `
		INSERT INTO audit (act_id, officer_id, office_id, round_id, name, subject, ground, detail)
		VALUES (nullif($1, 0), nullif($2, 0), coalesce((SELECT office_id FROM officer WHERE id = $2 AND $3 < 0), nullif($3, 0)),
			nullif($4, ''), $5, $6, $7, $8)`, // who acts for no office (award.NoOffice) is noted with the one that keeps the account
		e.Act, e.By.ID, e.By.Office, e.Round, e.Name, e.Subject, e.Ground, detail)
	if err != nil {
		return fmt.Errorf("write audit: %w", err)
	}
	return nil
}

// Tell leaves a signal in the outbox.
func (t *tx) Tell(ctx context.Context, act int64, s acts.Signal) error {
	_, err := t.ExecContext(ctx, `
		INSERT INTO outbox (act_id, workflow_id, signal, office_code, stage)
		VALUES ($1, $2, $3, $4, $5)`,
		act, s.Workflow, s.Name, s.Told.Office, s.Told.Stage)
	if err != nil {
		return fmt.Errorf("leave word: %w", err)
	}
	return nil
}

// Unsent returns signals not yet delivered, oldest first.
func (s *Store) Unsent(ctx context.Context, act int64, limit int) ([]acts.Signal, error) {
	rows, err := s.db.QueryxContext(ctx, `
		SELECT id, act_id, workflow_id, signal, office_code, stage FROM outbox
		WHERE signalled_at IS NULL AND ($1 = 0 OR act_id = $1)
		ORDER BY id LIMIT $2`, act, limit)
	if err != nil {
		return nil, fmt.Errorf("read outbox: %w", err)
	}
	return collect(rows, "read outbox row", func(row scanner) (g acts.Signal, err error) {
		err = row.Scan(&g.ID, &g.Told.Act, &g.Workflow, &g.Name, &g.Told.Office, &g.Told.Stage)
		return g, err
	})
}

// Sent records that signals have arrived.
func (s *Store) Sent(ctx context.Context, ids []int64) error {
	_, err := s.db.ExecContext(ctx, `UPDATE outbox SET signalled_at = shifan_now() WHERE id = ANY($1)`, pq.Array(ids))
	if err != nil {
		return fmt.Errorf("record delivery: %w", err)
	}
	return nil
}
