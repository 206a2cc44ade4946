package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/lib/pq"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// readStage reads an office's stage. suffix may lock the row.
func readStage(ctx context.Context, q queryer, round string, office int64, stage award.Stage, suffix string) (acts.StageRecord, error) {
	var s acts.StageRecord
	var overdue, completed, closed sql.NullTime
	err := q.QueryRowxContext(ctx, `
		SELECT revision, due_at, state, overdue_at, completed_at, closed_at, reason FROM office_stage
		WHERE round_id = $1 AND office_id = $2 AND stage = $3 `+suffix, round, office, stage).
		Scan(&s.Revision, &s.DueAt, &s.State, &overdue, &completed, &closed, &s.Reason)
	if errors.Is(err, sql.ErrNoRows) {
		return acts.StageRecord{}, award.Refuse(award.NotFound, "N 四", "office_stage_unknown", string(stage))
	}
	if err != nil {
		return acts.StageRecord{}, fmt.Errorf("read stage: %w", err)
	}
	s.OverdueAt, s.CompletedAt, s.ClosedAt = overdue.Time, completed.Time, closed.Time
	return s, nil
}

// Offices reads every recommending office of a round, in D-09 order.
func (t *tx) Offices(ctx context.Context, round string) ([]acts.Office, error) {
	return readOffices(ctx, t, round)
}

// tallyColumns are a round r's number and its offices, counted.
const tallyColumns = `
	r.number,
	(SELECT count(*) FROM round_office f WHERE f.round_id = r.id),
	(SELECT count(*) FROM office_stage st WHERE st.round_id = r.id AND st.stage = 'recommendation' AND (st.state = 'closed'
		OR EXISTS (SELECT FROM package p WHERE p.round_id = r.id AND p.office_id = st.office_id AND p.state = 'accepted'))),
	(SELECT count(DISTINCT p.office_id) FROM package p WHERE p.round_id = r.id AND p.state = 'sent'),
	(SELECT count(*) FROM office_stage st WHERE st.round_id = r.id AND st.stage = 'recommendation'
		AND st.state = 'open' AND st.overdue_at IS NOT NULL)`

func (f *frozen) readRoundStanding(ctx context.Context, q queryer, id string) (acts.RoundStanding, error) {
	r, err := f.readRound(ctx, q, id, "")
	if err != nil {
		return acts.RoundStanding{}, err
	}
	s := acts.RoundStanding{Round: r}
	s.Categories = slices.Clone(r.Categories) // the round's own are shared
	for i := range s.Categories {
		s.Categories[i].Standard, s.Categories[i].Form = award.Standard{}, nil
	}
	err = q.QueryRowxContext(ctx, `SELECT `+tallyColumns+` FROM round r WHERE r.id = $1`, id).
		Scan(&s.Number, &s.Offices.Total, &s.Offices.Done, &s.Offices.Sent, &s.Offices.Overdue)
	if err != nil {
		return acts.RoundStanding{}, fmt.Errorf("count offices: %w", err)
	}
	notices, err := readNotices(ctx, q, `WHERE n.round_id = $1 AND n.scope = 'national' ORDER BY n.number DESC LIMIT 1`, id)
	if err != nil {
		return acts.RoundStanding{}, err
	}
	if len(notices) > 0 {
		s.Notice = &notices[0]
	}
	return s, nil
}

// RoundStanding reads a round as it now stands, inside an act.
func (t *tx) RoundStanding(ctx context.Context, id string) (acts.RoundStanding, error) {
	return t.frozen.readRoundStanding(ctx, t, id)
}

// RoundStanding reads a round as it now stands.
func (s *Store) RoundStanding(ctx context.Context, id string) (acts.RoundStanding, error) {
	return s.frozen.readRoundStanding(ctx, s.db, id)
}

// RoundPage lists the rounds an officer may see, newest first: owned by its
// office, by one above, or by one below.
func (s *Store) RoundPage(ctx context.Context, by award.Officer, in acts.RoundQuery) ([]acts.RoundStanding, error) {
	var ids []string
	err := s.db.SelectContext(ctx, &ids, `
		SELECT r.id FROM round r
		WHERE ($1 = 0 OR r.number < $1) AND (r.owner_office_id = ANY($2) OR EXISTS (
			WITH RECURSIVE up AS (
				SELECT v.parent_id FROM unit_version v WHERE v.unit_id = r.owner_office_id AND v.valid_to IS NULL
				UNION ALL
				SELECT v.parent_id FROM up JOIN unit_version v ON v.unit_id = up.parent_id AND v.valid_to IS NULL
			) SELECT FROM up WHERE parent_id = $3))
		  AND ($4 = 0 OR EXISTS (SELECT FROM round_category c WHERE c.round_id = r.id AND c.standard_id = $4))
		ORDER BY r.number DESC LIMIT $5`, in.Before, pq.Array(by.Path), by.Office, in.Standard, in.Limit)
	if err != nil {
		return nil, fmt.Errorf("list rounds: %w", err)
	}
	rounds := make([]acts.RoundStanding, len(ids))
	for i, id := range ids { // a page of rounds is short: one every two years, and drills
		if rounds[i], err = s.RoundStanding(ctx, id); err != nil {
			return nil, err
		}
	}
	return rounds, nil
}

// OfficeStandings reads recommending offices with what their standing is told
// from.
func (s *Store) OfficeStandings(ctx context.Context, round, code string) ([]acts.OfficeStanding, error) {
	offices, err := readOffices(ctx, s.db, round)
	if err != nil {
		return nil, err
	}
	facts, err := s.officeFacts(ctx, round)
	if err != nil {
		return nil, err
	}
	notices, err := readNotices(ctx, s.db, `WHERE n.round_id = $1 AND n.scope = 'provincial' ORDER BY n.number`, round)
	if err != nil {
		return nil, err
	}
	of := make(map[int64][]acts.Notice)
	for _, n := range notices {
		of[n.Office] = append(of[n.Office], n)
	}
	var standings []acts.OfficeStanding
	for _, o := range offices {
		if code != "" && o.Code != code {
			continue
		}
		f := facts[o.ID]
		f.told.Stage = o.Stage.State
		standings = append(standings, acts.OfficeStanding{
			Office: o, Package: f.told.Package, WaitingFor: f.told.WaitingFor(),
			SelfCheckReportedAt: f.reported.Time, Notices: of[o.ID],
		})
	}
	return standings, nil
}

// officeFact is what is known of an office beside its own rows.
type officeFact struct {
	told     award.OfficeFacts
	reported sql.NullTime
}

func (s *Store) officeFacts(ctx context.Context, round string) (map[int64]officeFact, error) {
	rows, err := s.db.QueryxContext(ctx, `
		SELECT f.office_id, coalesce(p.state, ''), sc.completed_at,
		       ap.closes_at <= shifan_now(), f.arrival_at <= shifan_now(),
		       EXISTS (SELECT FROM list l WHERE l.round_id = f.round_id AND l.office_id = f.office_id AND l.kind = 'proposed'),
		       EXISTS (SELECT FROM public_notice n WHERE n.round_id = f.round_id AND n.office_id = f.office_id AND n.state = 'announced'),
		       EXISTS (SELECT FROM public_notice n WHERE n.round_id = f.round_id AND n.office_id = f.office_id AND n.state = 'ended'),
		       EXISTS (SELECT FROM recommendation c WHERE c.round_id = f.round_id AND c.office_id = f.office_id)
		FROM round_office f
		JOIN intake ap ON ap.round_id = f.round_id AND ap.office_id = f.office_id AND ap.kind = 'apply'
		LEFT JOIN office_stage sc ON sc.round_id = f.round_id AND sc.office_id = f.office_id AND sc.stage = 'self_check'
		LEFT JOIN LATERAL (
			SELECT state FROM package p WHERE p.round_id = f.round_id AND p.office_id = f.office_id ORDER BY revision DESC LIMIT 1
		) p ON true
		WHERE f.round_id = $1`, round)
	if err != nil {
		return nil, fmt.Errorf("read what offices wait for: %w", err)
	}
	defer rows.Close()
	facts := make(map[int64]officeFact)
	for rows.Next() {
		var id int64
		var f officeFact
		err := rows.Scan(&id, &f.told.Package, &f.reported, &f.told.ApplyOver, &f.told.Arrived,
			&f.told.Proposed, &f.told.NoticeLive, &f.told.NoticeEnded, &f.told.Recommending)
		if err != nil {
			return nil, fmt.Errorf("read what an office waits for: %w", err)
		}
		facts[id] = f
	}
	return facts, rows.Err()
}
