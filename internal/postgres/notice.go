package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// noticeColumns are scanned by scanNotice, wherever a notice is read. They hold
// nothing that the public may not read (D-15).
const noticeColumns = `
	SELECT n.id, n.number, n.round_id, r.title, r.drill, n.office_id, coalesce(o.code, v.code), coalesce(o.name, v.name),
	       n.list_id, l.sha256, n.scope, n.state, n.revision, n.working_days, n.opens_at, coalesce(n.counted_from, n.opens_at),
	       n.closes_at, n.final_at, n.provisional, n.announced_at, n.ended_at, n.contacts, n.text,
	       coalesce(n.corrects_id, 0), coalesce((SELECT c.id FROM public_notice c WHERE c.corrects_id = n.id), 0)
	FROM public_notice n
	JOIN list l ON l.id = n.list_id
	JOIN round r ON r.id = n.round_id
	LEFT JOIN round_office o ON o.round_id = n.round_id AND o.office_id = n.office_id
	LEFT JOIN unit_version v ON v.unit_id = n.office_id AND v.valid_to IS NULL `

func scanNotice(row scanner) (acts.Notice, error) {
	var n acts.Notice
	var ended sql.NullTime
	var contacts []byte
	err := row.Scan(&n.ID, &n.Number, &n.Round, &n.RoundTitle, &n.Drill, &n.Office, &n.OfficeCode, &n.OfficeName,
		&n.List, &n.ListSHA256, &n.Scope, &n.State, &n.Revision, &n.WorkingDays, &n.OpensAt, &n.CountedFrom,
		&n.ClosesAt, &n.FinalAt, &n.Provisional, &n.AnnouncedAt, &ended, &contacts, &n.Text, &n.Corrects, &n.CorrectedBy)
	if err != nil {
		return acts.Notice{}, err
	}
	n.EndedAt = ended.Time
	if err := json.Unmarshal(contacts, &n.Contacts); err != nil {
		return acts.Notice{}, fmt.Errorf("read contacts of notice %d: %w", n.ID, err)
	}
	return n, nil
}

// readNotices reads notices, without evidence and list.
func readNotices(ctx context.Context, q queryer, where string, args ...any) ([]acts.Notice, error) {
	rows, err := q.QueryxContext(ctx, noticeColumns+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read notices: %w", err)
	}
	return collect(rows, "read notice", scanNotice)
}

// addEvidence completes notices with the proof of their publication.
func addEvidence(ctx context.Context, q queryer, notices []acts.Notice) error {
	at := make(map[int64]int, len(notices))
	ids := make([]int64, len(notices))
	for i, n := range notices {
		at[n.ID], ids[i] = i, n.ID
	}
	rows, err := q.QueryxContext(ctx, `
		SELECT e.notice_id, e.medium, e.name, e.published_at, e.link, coalesce(encode(u.sha256, 'hex'), '')
		FROM public_notice_evidence e
		JOIN public_notice n ON n.id = e.notice_id
		LEFT JOIN evidence_use u ON u.round_id = n.round_id AND u.unit_id = n.office_id AND u.kind = 'notice'
			AND u.subject = n.number || '/' || e.position AND u.ended_at IS NULL
		WHERE e.notice_id = ANY($1) AND e.replaced_by IS NULL AND e.revision = 1 ORDER BY e.notice_id, e.position`, pq.Array(ids))
	if err != nil {
		return fmt.Errorf("read evidence: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var notice int64
		var e award.Evidence
		if err := rows.Scan(&notice, &e.Medium, &e.Name, &e.PublishedAt, &e.Link, &e.SHA256); err != nil {
			return fmt.Errorf("read a piece of evidence: %w", err)
		}
		n := &notices[at[notice]]
		n.Evidence = append(n.Evidence, e)
	}
	return rows.Err()
}

// AddNotice writes a notice under the next number of its round.
func (t *tx) AddNotice(ctx context.Context, by award.Officer, n acts.Notice) (acts.Notice, error) {
	contacts, err := encode(n.Contacts)
	if err != nil {
		return acts.Notice{}, fmt.Errorf("encode contacts: %w", err)
	}
	err = t.QueryRowxContext(ctx, `
		INSERT INTO public_notice (round_id, number, list_id, office_id, scope, working_days, opens_at, closes_at, final_at,
			provisional, contacts, text, state, officer_id, counted_from, corrects_id)
		SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, nullif($15::bigint, 0)
		FROM public_notice WHERE round_id = $1
		RETURNING id, number, revision, announced_at`,
		n.Round, n.List, n.Office, n.Scope, n.WorkingDays, n.OpensAt, n.ClosesAt, n.FinalAt,
		n.Provisional, contacts, n.Text, n.State, by.ID, n.CountedFrom, n.Corrects).Scan(&n.ID, &n.Number, &n.Revision, &n.AnnouncedAt)
	if constraint(err) == "public_notice_one_live" {
		return acts.Notice{}, award.Refuse(award.Conflict, "domain 7", "notice_exists")
	}
	if err != nil {
		return acts.Notice{}, fmt.Errorf("write notice: %w", err)
	}
	_, err = t.AddNoticeEvidence(ctx, n.ID, 1, 0, n.Evidence)
	return n, err
}

// AddNoticeEvidence adds proofs to a notice and marks the one they put right.
func (t *tx) AddNoticeEvidence(ctx context.Context, notice int64, revision, replaces int, proofs []award.Evidence) (int, error) {
	first := 0
	err := t.GetContext(ctx, &first, `SELECT coalesce(max(position), 0) + 1 FROM public_notice_evidence WHERE notice_id = $1`, notice)
	if err != nil {
		return 0, fmt.Errorf("number proofs: %w", err)
	}
	for i, e := range proofs { // a few, never many
		_, err := t.ExecContext(ctx, `
			INSERT INTO public_notice_evidence (notice_id, position, medium, name, published_at, link, revision)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`, notice, first+i, e.Medium, e.Name, e.PublishedAt, e.Link, revision)
		if err != nil {
			return 0, fmt.Errorf("write evidence: %w", err)
		}
	}
	if replaces != 0 {
		_, err = t.ExecContext(ctx, `
			UPDATE public_notice_evidence SET replaced_by = $3 WHERE notice_id = $1 AND position = $2`, notice, replaces, first)
		if err != nil {
			return 0, fmt.Errorf("mark the proof put right: %w", err)
		}
	}
	return first, nil
}

// NoticeEvidence reads the proofs of a notice that stand.
func (t *tx) NoticeEvidence(ctx context.Context, notice int64) ([]acts.PlacedEvidence, error) {
	return readProofs(ctx, t, notice)
}

func readProofs(ctx context.Context, q queryer, notice int64) ([]acts.PlacedEvidence, error) {
	rows, err := q.QueryxContext(ctx, `
		SELECT e.position, e.revision, e.medium, e.name, e.published_at, e.link, coalesce(encode(u.sha256, 'hex'), '')
		FROM public_notice_evidence e
		JOIN public_notice n ON n.id = e.notice_id
		LEFT JOIN evidence_use u ON u.round_id = n.round_id AND u.unit_id = n.office_id AND u.kind = 'notice'
			AND u.subject = n.number || '/' || e.position AND u.ended_at IS NULL
		WHERE e.notice_id = $1 AND e.replaced_by IS NULL ORDER BY e.position`, notice)
	if err != nil {
		return nil, fmt.Errorf("read proofs: %w", err)
	}
	return collect(rows, "read a proof", func(row scanner) (p acts.PlacedEvidence, err error) {
		err = row.Scan(&p.Position, &p.Revision, &p.Medium, &p.Name, &p.PublishedAt, &p.Link, &p.SHA256)
		return p, err
	})
}

// AddWaivers keeps what an officer let stand in a notice.
func (t *tx) AddWaivers(ctx context.Context, by award.Officer, notice int64, waived []award.Waived) error {
	for _, w := range waived { // a few, never many
		_, err := t.ExecContext(ctx, `
			INSERT INTO public_notice_waiver (notice_id, place, kind, sample, reason, officer_id) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT ON CONSTRAINT public_notice_waiver_pkey DO NOTHING`, notice, w.Place, w.Kind, w.Sample, w.Reason, by.ID)
		if err != nil {
			return fmt.Errorf("write waiver: %w", err)
		}
	}
	return nil
}

// WithdrawNotice ends a notice without effect, with the change beside it.
func (t *tx) WithdrawNotice(ctx context.Context, notice int64, c acts.NoticeChange) error {
	_, err := t.ExecContext(ctx, `
		WITH withdrawn AS (
			UPDATE public_notice SET revision = revision + 1, state = $2, ended_at = shifan_now()
			WHERE id = $1 RETURNING id, revision, working_days, closes_at, final_at
		)
		INSERT INTO public_notice_change (notice_id, revision, name, reason, working_days, closes_at, final_at, act_id)
		SELECT id, revision, $3, $4, working_days, closes_at, final_at, $5 FROM withdrawn`,
		notice, award.NoticeWithdrawn, c.Name, c.Reason, c.Act)
	if err != nil {
		return fmt.Errorf("withdraw notice %d: %w", notice, err)
	}
	return nil
}

func readNoticeChanges(ctx context.Context, q queryer, notice int64) ([]acts.NoticeChange, error) {
	var rows []struct {
		Revision    int
		Name        award.Act
		Reason      string
		WorkingDays int       `db:"working_days"`
		ClosesAt    time.Time `db:"closes_at"`
		FinalAt     time.Time `db:"final_at"`
		Act         int64     `db:"act_id"`
		At          time.Time
	}
	err := q.SelectContext(ctx, &rows, `
		SELECT revision, name, reason, working_days, closes_at, final_at, coalesce(act_id, 0) AS act_id, at
		FROM public_notice_change WHERE notice_id = $1 ORDER BY revision`, notice)
	if err != nil {
		return nil, fmt.Errorf("read changes of notice %d: %w", notice, err)
	}
	changes := make([]acts.NoticeChange, len(rows))
	for i, r := range rows {
		changes[i] = acts.NoticeChange(r)
	}
	return changes, nil
}

// LockNotice reads a notice and holds its row.
func (t *tx) LockNotice(ctx context.Context, round string, number int) (acts.Notice, error) {
	n, err := scanNotice(t.QueryRowxContext(ctx,
		noticeColumns+`WHERE n.round_id = $1 AND n.number = $2 FOR UPDATE OF n`, round, number))
	if errors.Is(err, sql.ErrNoRows) {
		return acts.Notice{}, award.Refuse(award.NotFound, "", "notice_unknown", number)
	}
	if err != nil {
		return acts.Notice{}, fmt.Errorf("hold notice: %w", err)
	}
	return n, nil
}

// NoticedFiles returns the files on a list that stand in the state, are not
// suspended and have not been removed.
func (t *tx) NoticedFiles(ctx context.Context, list int64, state award.FileState) ([]int64, error) {
	var files []int64
	err := t.SelectContext(ctx, &files, `
		SELECT a.id FROM list_item i JOIN application a ON a.id = i.application_id
		WHERE i.list_id = $1 AND i.removed_at IS NULL AND a.state = $2 AND NOT a.suspended
		ORDER BY a.id FOR UPDATE OF a`, list, state)
	if err != nil {
		return nil, fmt.Errorf("read noticed files: %w", err)
	}
	return files, nil
}

// AnnouncedNotices reads the notices of a round that have not ended.
func (t *tx) AnnouncedNotices(ctx context.Context, round string) ([]acts.Notice, error) {
	return readNotices(ctx, t, `WHERE n.round_id = $1 AND n.state = 'announced' ORDER BY n.number`, round)
}

// MoveWindow writes a notice's window and the change beside it. The caller holds
// the round.
func (t *tx) MoveWindow(ctx context.Context, n acts.Notice, to award.NoticePlan, c acts.NoticeChange) error {
	_, err := t.ExecContext(ctx, `
		WITH moved AS (
			UPDATE public_notice SET revision = revision + 1, working_days = $2, opens_at = $3, counted_from = $4,
				closes_at = $5, final_at = $6, provisional = $7
			WHERE id = $1 RETURNING id, revision
		)
		INSERT INTO public_notice_change (notice_id, revision, name, reason, working_days, closes_at, final_at, act_id)
		SELECT id, revision, $8, $9, $2, $5, $6, nullif($10::bigint, 0) FROM moved`,
		n.ID, c.WorkingDays, to.Opens, to.CountedFrom, to.Closes, to.Final, to.Provisional, c.Name, c.Reason, c.Act)
	if err != nil {
		return fmt.Errorf("move window of notice %d: %w", n.ID, err)
	}
	return nil
}

// EndNotice records that a notice has ended.
func (t *tx) EndNotice(ctx context.Context, notice int64) error {
	_, err := t.ExecContext(ctx, `UPDATE public_notice SET state = 'ended', ended_at = shifan_now() WHERE id = $1`, notice)
	if err != nil {
		return fmt.Errorf("end notice: %w", err)
	}
	return nil
}

// NationalNotice reads the latest national notice of a round that has ended, or
// while none has the latest.
func (t *tx) NationalNotice(ctx context.Context, round string) (acts.Notice, error) {
	notices, err := readNotices(ctx, t,
		`WHERE n.round_id = $1 AND n.scope = 'national' ORDER BY n.state <> 'ended', n.number DESC LIMIT 1`, round)
	if err != nil || len(notices) == 0 {
		return acts.Notice{}, err
	}
	return notices[0], nil
}

// PublicNotices reads the notices of rounds that were not cancelled.
func (s *Store) PublicNotices(ctx context.Context, limit int) ([]acts.Notice, error) {
	notices, err := readNotices(ctx, s.db, `
		WHERE r.state <> 'cancelled'
		ORDER BY n.state <> 'announced', n.id DESC LIMIT $1`, limit)
	if err != nil {
		return nil, err
	}
	return notices, addEvidence(ctx, s.db, notices)
}

// PublicNotice reads a notice with its evidence and its list.
func (s *Store) PublicNotice(ctx context.Context, id int64) (acts.Notice, error) {
	notices, err := readNotices(ctx, s.db, `WHERE n.id = $1 AND (r.state <> 'cancelled' OR n.state = 'ended')`, id)
	if err != nil {
		return acts.Notice{}, err
	}
	if len(notices) == 0 {
		return acts.Notice{}, award.Refuse(award.NotFound, "", "notice_unknown", id)
	}
	if err := addEvidence(ctx, s.db, notices); err != nil {
		return acts.Notice{}, err
	}
	if notices[0].Proofs, err = readProofs(ctx, s.db, id); err != nil {
		return acts.Notice{}, err
	}
	if notices[0].Changes, err = readNoticeChanges(ctx, s.db, id); err != nil {
		return acts.Notice{}, err
	}
	if err := addTitles(ctx, s.db, &notices[0]); err != nil {
		return acts.Notice{}, err
	}
	items, err := readListItems(ctx, s.db, notices[0].List)
	for _, i := range items { // the whole frozen list, so that its hash can be computed again
		notices[0].Units = append(notices[0].Units, award.Listed{Category: i.Category, Code: i.Code, Name: i.Name, Correction: i.Correction})
	}
	return notices[0], err
}

// addTitles completes a notice with what its text names of the round.
func addTitles(ctx context.Context, q queryer, n *acts.Notice) error {
	var rows []struct {
		Category award.Category
		Title    string
		Document string
	}
	err := q.SelectContext(ctx, &rows, `
		SELECT c.category, c.title, r.document_number AS document FROM round_category c JOIN round r ON r.id = c.round_id
		WHERE c.round_id = $1`, n.Round)
	if err != nil {
		return fmt.Errorf("read titles of round %s: %w", n.Round, err)
	}
	n.CategoryTitles = make(map[award.Category]string, len(rows))
	for _, r := range rows {
		n.CategoryTitles[r.Category], n.DocumentNumber = r.Title, r.Document
	}
	return nil
}

// LiveNotices returns the numbers of a round's notices that have not ended.
func (t *tx) LiveNotices(ctx context.Context, round string) ([]int, error) {
	var numbers []int
	err := t.SelectContext(ctx, &numbers, `
		SELECT number FROM public_notice WHERE round_id = $1 AND state = 'announced' ORDER BY number`, round)
	if err != nil {
		return nil, fmt.Errorf("read live notices: %w", err)
	}
	return numbers, nil
}
