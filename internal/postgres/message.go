package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// Post writes a message to an office's inbox, once per office and occasion.
func (t *tx) Post(ctx context.Context, m acts.Message) error {
	_, err := t.PostAll(ctx, []acts.Message{m})
	return err
}

// PostAll posts messages at once and returns the offices whose message is new.
func (t *tx) PostAll(ctx context.Context, messages []acts.Message) ([]int64, error) {
	n := len(messages)
	rounds, offices, officers, occasions := make([]string, n), make([]int64, n), make([]int64, n), make([]string, n)
	kinds, subjects, bodies := make([]string, n), make([]string, n), make([]string, n)
	for i, m := range messages {
		rounds[i], offices[i], officers[i], occasions[i] = m.Round, m.Office, m.Officer, m.Occasion
		kinds[i], subjects[i], bodies[i] = m.Kind, m.Subject, m.Body
	}
	var fresh []int64
	err := t.SelectContext(ctx, &fresh, `
		INSERT INTO message (round_id, office_id, officer_id, occasion, kind, subject, body)
		SELECT nullif(round_id, ''), office_id, nullif(officer_id, 0), occasion, kind, subject, body
		FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[])
			AS n (round_id, office_id, officer_id, occasion, kind, subject, body)
		ORDER BY office_id
		ON CONFLICT ON CONSTRAINT message_occasion DO NOTHING
		RETURNING office_id`,
		pq.Array(rounds), pq.Array(offices), pq.Array(officers), pq.Array(occasions), pq.Array(kinds), pq.Array(subjects), pq.Array(bodies))
	if err != nil {
		return nil, fmt.Errorf("post messages: %w", err)
	}
	return fresh, nil
}

const messageColumns = `
	m.id, coalesce(m.round_id, '') AS round_id, m.office_id, coalesce(m.officer_id, 0) AS officer_id, coalesce(v.code, '') AS office_code,
	m.occasion, m.kind, m.subject, m.body, m.at, m.read_at`

const messageFrom = ` FROM message m LEFT JOIN unit_version v ON v.unit_id = m.office_id AND v.valid_to IS NULL `

type messageRow struct {
	ID         int64
	Round      string `db:"round_id"`
	Office     int64  `db:"office_id"`
	Officer    int64  `db:"officer_id"`
	OfficeCode string `db:"office_code"`
	Occasion   string
	Kind       string
	Subject    string
	Body       string
	At         time.Time
	ReadAt     sql.NullTime `db:"read_at"`
}

func (r messageRow) message() acts.Message {
	return acts.Message{
		ID: r.ID, Round: r.Round, Office: r.Office, Officer: r.Officer, OfficeCode: r.OfficeCode, Occasion: r.Occasion,
		Kind: r.Kind, Subject: r.Subject, Body: r.Body, At: r.At, ReadAt: r.ReadAt.Time,
	}
}

// Message reads a message.
func (t *tx) Message(ctx context.Context, id int64) (acts.Message, error) {
	var row messageRow
	err := t.GetContext(ctx, &row, `SELECT `+messageColumns+messageFrom+`WHERE m.id = $1`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return acts.Message{}, award.Refuse(award.NotFound, "", "not_found")
	}
	if err != nil {
		return acts.Message{}, fmt.Errorf("read message: %w", err)
	}
	return row.message(), nil
}

// MarkRead marks a message read, the first time.
func (t *tx) MarkRead(ctx context.Context, id int64) error {
	if _, err := t.ExecContext(ctx, `UPDATE message SET read_at = shifan_now() WHERE id = $1 AND read_at IS NULL`, id); err != nil {
		return fmt.Errorf("write message: %w", err)
	}
	return nil
}

// Inbox lists an office's and an officer's own messages, newest first: each from
// its own index.
func (s *Store) Inbox(ctx context.Context, office, officer, before int64, limit int) ([]acts.Message, error) {
	var rows []messageRow
	err := s.db.SelectContext(ctx, &rows, `
		WITH newest AS (
			(SELECT id FROM message WHERE office_id = $1 AND officer_id IS NULL AND ($3::bigint = 0 OR id < $3) ORDER BY id DESC LIMIT $4)
			UNION ALL
			(SELECT id FROM message WHERE officer_id = $2 AND ($3::bigint = 0 OR id < $3) ORDER BY id DESC LIMIT $4)
		)
		SELECT `+messageColumns+messageFrom+`JOIN newest n ON n.id = m.id ORDER BY m.id DESC LIMIT $4`, office, officer, before, limit)
	if err != nil {
		return nil, fmt.Errorf("read inbox: %w", err)
	}
	messages := make([]acts.Message, len(rows))
	for i, r := range rows {
		messages[i] = r.message()
	}
	return messages, nil
}

// Claim claims messages that the channels have not had yet, in one statement:
// of two processes at once, each gets its own.
func (s *Store) Claim(ctx context.Context, channels []string, limit int) (map[acts.Delivery]acts.Message, error) {
	var rows []struct {
		messageRow
		Channel string
	}
	err := s.db.SelectContext(ctx, &rows, `
		WITH page AS (
			SELECT id FROM message WHERE handed_at IS NULL ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED
		), handed AS (
			UPDATE message SET handed_at = shifan_now() FROM page WHERE message.id = page.id RETURNING message.id
		), claimed AS (
			INSERT INTO delivery (message_id, channel, state)
			SELECT h.id, c.channel, 'claimed' FROM handed h, unnest($1::text[]) AS c (channel)
			RETURNING message_id, channel
		)
		SELECT c.channel, `+messageColumns+messageFrom+`JOIN claimed c ON c.message_id = m.id`, pq.Array(channels), limit)
	if err != nil {
		return nil, fmt.Errorf("claim deliveries: %w", err)
	}
	claimed := make(map[acts.Delivery]acts.Message, len(rows))
	for _, r := range rows {
		claimed[acts.Delivery{Message: r.ID, Channel: r.Channel}] = r.message()
	}
	return claimed, nil
}

// EndDelivery records how a claim ended. One that was given up meanwhile stays
// unknown.
func (s *Store) EndDelivery(ctx context.Context, d acts.Delivery, note string) error {
	_, err := s.db.ExecContext(ctx, `
		UPDATE delivery SET state = CASE WHEN $3 = '' THEN 'sent' ELSE 'failed' END, ended_at = shifan_now(), note = $3
		WHERE message_id = $1 AND channel = $2 AND state = 'claimed'`, d.Message, d.Channel, note)
	if err != nil {
		return fmt.Errorf("end delivery: %w", err)
	}
	return nil
}

// AbandonClaims gives up claims that never ended.
func (s *Store) AbandonClaims(ctx context.Context, patience time.Duration) ([]acts.Delivery, error) {
	var rows []struct {
		Message int64 `db:"message_id"`
		Channel string
	}
	err := s.db.SelectContext(ctx, &rows, `
		UPDATE delivery SET state = 'unknown', ended_at = shifan_now(), note = 'claimed and never ended'
		WHERE state = 'claimed' AND claimed_at < shifan_now() - make_interval(secs => $1)
		RETURNING message_id, channel`, patience.Seconds())
	if err != nil {
		return nil, fmt.Errorf("abandon deliveries: %w", err)
	}
	abandoned := make([]acts.Delivery, len(rows))
	for i, r := range rows {
		abandoned[i] = acts.Delivery(r)
	}
	return abandoned, nil
}
