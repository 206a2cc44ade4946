package postgres

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// Committee reads an office's committee with its meetings and motions.
func (t *tx) Committee(ctx context.Context, round string, office int64) (acts.Committee, error) {
	var c acts.Committee
	for _, read := range []func(context.Context, string, int64, *acts.Committee) error{
		t.readMembers, t.readMeetings, t.readMotions, t.readMotionUnits, t.readVotes,
	} {
		if err := read(ctx, round, office, &c); err != nil {
			return acts.Committee{}, err
		}
	}
	for i := range c.Motions {
		m := &c.Motions[i]
		if m.State != award.MotionClosed {
			continue
		}
		outcome := m.Count.Outcome // the record's: counting shows how it came about
		votes := make([]award.Vote, 0, len(m.Votes))
		for _, v := range m.Votes {
			votes = append(votes, v)
		}
		m.Count = award.CountVotes(votes)
		m.Count.Outcome = outcome
	}
	return c, nil
}

func (t *tx) readMembers(ctx context.Context, round string, office int64, c *acts.Committee) error {
	rows, err := t.QueryxContext(ctx, `
		SELECT m.id, m.name, m.unit, m.chair, m.ties,
		       ARRAY(SELECT u.code FROM round_unit u WHERE u.round_id = m.round_id AND u.unit_id = ANY(m.ties) ORDER BY u.code)
		FROM committee_member m WHERE m.round_id = $1 AND m.office_id = $2 ORDER BY m.position`, round, office)
	if err != nil {
		return fmt.Errorf("read a committee's members: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var m acts.Member
		if err := rows.Scan(&m.ID, &m.Name, &m.Unit, &m.Chair, (*pq.Int64Array)(&m.Ties), (*pq.StringArray)(&m.TieCodes)); err != nil {
			return fmt.Errorf("read a committee's member: %w", err)
		}
		c.Members = append(c.Members, m)
	}
	return rows.Err()
}

func (t *tx) readMeetings(ctx context.Context, round string, office int64, c *acts.Committee) error {
	rows, err := t.QueryxContext(ctx, `
		SELECT number, to_char(met_on, 'YYYY-MM-DD'), place, present, minutes, sha256
		FROM committee_meeting WHERE round_id = $1 AND office_id = $2 ORDER BY number`, round, office)
	if err != nil {
		return fmt.Errorf("read a committee's meetings: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var m acts.Meeting
		var met string
		if err := rows.Scan(&m.Number, &met, &m.Place, (*pq.Int64Array)(&m.Present), &m.Minutes, &m.SHA256); err != nil {
			return fmt.Errorf("read a meeting: %w", err)
		}
		if m.MetOn, err = award.ParseDate(met); err != nil {
			return fmt.Errorf("read a meeting's day: %w", err)
		}
		c.Meetings = append(c.Meetings, m)
	}
	return rows.Err()
}

func (t *tx) readMotions(ctx context.Context, round string, office int64, c *acts.Committee) error {
	rows, err := t.QueryxContext(ctx, `
		SELECT id, number, meeting, kind, category, reason, coalesce(requested_by, 0), recused, state, coalesce(outcome, '')
		FROM motion WHERE round_id = $1 AND office_id = $2 ORDER BY number`, round, office)
	if err != nil {
		return fmt.Errorf("read motions: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		m := acts.Motion{Votes: map[int64]award.Vote{}}
		if err := rows.Scan(&m.ID, &m.Number, &m.Meeting, &m.Kind, &m.Category, &m.Reason, &m.RequestedBy,
			(*pq.Int64Array)(&m.Recused), &m.State, &m.Count.Outcome); err != nil {
			return fmt.Errorf("read a motion: %w", err)
		}
		c.Motions = append(c.Motions, m)
	}
	return rows.Err()
}

func (t *tx) readMotionUnits(ctx context.Context, round string, office int64, c *acts.Committee) error {
	rows, err := t.QueryxContext(ctx, `
		SELECT m.number, a.id, u.code, u.name, a.category
		FROM motion m JOIN motion_unit x ON x.motion_id = m.id
		JOIN application a ON a.id = x.application_id
		JOIN round_unit u ON u.round_id = a.round_id AND u.unit_id = a.unit_id
		WHERE m.round_id = $1 AND m.office_id = $2 ORDER BY m.number, x.position`, round, office)
	if err != nil {
		return fmt.Errorf("read units of motions: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var number int
		var u acts.MotionUnit
		if err := rows.Scan(&number, &u.Application, &u.Code, &u.Name, &u.Category); err != nil {
			return fmt.Errorf("read a motion's unit: %w", err)
		}
		c.Motions[number-1].Units = append(c.Motions[number-1].Units, u)
	}
	return rows.Err()
}

func (t *tx) readVotes(ctx context.Context, round string, office int64, c *acts.Committee) error {
	rows, err := t.QueryxContext(ctx, `
		SELECT m.number, v.member_id, v.vote FROM motion m JOIN motion_vote v ON v.motion_id = m.id
		WHERE m.round_id = $1 AND m.office_id = $2`, round, office)
	if err != nil {
		return fmt.Errorf("read votes: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var number int
		var member int64
		var vote award.Vote
		if err := rows.Scan(&number, &member, &vote); err != nil {
			return fmt.Errorf("read a vote: %w", err)
		}
		c.Motions[number-1].Votes[member] = vote
	}
	return rows.Err()
}

// SaveMembers writes a committee's members. A member is known by name and unit.
func (t *tx) SaveMembers(ctx context.Context, by award.Officer, round string, office int64, members []acts.Member) error {
	names, units := make([]string, len(members)), make([]string, len(members))
	for i, m := range members {
		names[i], units[i] = m.Name, m.Unit
	}
	_, err := t.ExecContext(ctx, `
		DELETE FROM committee_member m WHERE m.round_id = $1 AND m.office_id = $2
		AND NOT EXISTS (SELECT FROM unnest($3::text[], $4::text[]) AS n (name, unit) WHERE n.name = m.name AND n.unit = m.unit)`,
		round, office, pq.Array(names), pq.Array(units))
	if err != nil {
		return fmt.Errorf("remove members: %w", err)
	}
	for i, m := range members {
		_, err := t.ExecContext(ctx, `
			INSERT INTO committee_member (round_id, office_id, position, name, unit, chair, ties, officer_id)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT ON CONSTRAINT committee_member_once DO UPDATE SET
				position = excluded.position, chair = excluded.chair, ties = excluded.ties,
				officer_id = excluded.officer_id, at = shifan_now()`,
			round, office, i+1, m.Name, m.Unit, m.Chair, pq.Array(append([]int64{}, m.Ties...)), by.ID)
		if err != nil {
			return fmt.Errorf("write a member: %w", err)
		}
	}
	return nil
}

// SaveMeeting writes a meeting.
func (t *tx) SaveMeeting(ctx context.Context, by award.Officer, round string, office int64, m acts.Meeting) error {
	_, err := t.ExecContext(ctx, `
		INSERT INTO committee_meeting (round_id, office_id, number, met_on, place, present, minutes, sha256, officer_id)
		VALUES ($1, $2, $3, $4::date, $5, $6, $7, $8, $9)
		ON CONFLICT ON CONSTRAINT committee_meeting_pkey DO UPDATE SET
			met_on = excluded.met_on, place = excluded.place, present = excluded.present, minutes = excluded.minutes,
			sha256 = excluded.sha256, officer_id = excluded.officer_id, at = shifan_now()`,
		round, office, m.Number, m.MetOn.String(), m.Place, pq.Array(append([]int64{}, m.Present...)), m.Minutes, m.SHA256, by.ID)
	if err != nil {
		return fmt.Errorf("write a meeting: %w", err)
	}
	return nil
}

// AddMotion writes a motion with its units.
func (t *tx) AddMotion(ctx context.Context, by award.Officer, round string, office int64, m acts.Motion) (int64, error) {
	var id int64
	err := t.GetContext(ctx, &id, `
		INSERT INTO motion (round_id, office_id, number, meeting, kind, category, reason, requested_by, recused, officer_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, nullif($8::bigint, 0), $9, $10) RETURNING id`,
		round, office, m.Number, m.Meeting, m.Kind, m.Category, m.Reason, m.RequestedBy, pq.Array(append([]int64{}, m.Recused...)), by.ID)
	if err != nil {
		return 0, fmt.Errorf("write a motion: %w", err)
	}
	files := make([]int64, len(m.Units))
	for i, u := range m.Units {
		files[i] = u.Application
	}
	_, err = t.ExecContext(ctx, `
		INSERT INTO motion_unit (motion_id, application_id, position)
		SELECT $1, u.id, u.position FROM unnest($2::bigint[]) WITH ORDINALITY AS u (id, position)`, id, pq.Array(files))
	if err != nil {
		return 0, fmt.Errorf("write a motion's units: %w", err)
	}
	return id, nil
}

// Separate takes a unit out of an open motion.
func (t *tx) Separate(ctx context.Context, motion, application int64) error {
	_, err := t.ExecContext(ctx, `DELETE FROM motion_unit WHERE motion_id = $1 AND application_id = $2`, motion, application)
	if err != nil {
		return fmt.Errorf("separate a unit: %w", err)
	}
	_, err = t.ExecContext(ctx, `
		UPDATE motion SET state = 'withdrawn'
		WHERE id = $1 AND NOT EXISTS (SELECT FROM motion_unit WHERE motion_id = $1)`, motion)
	if err != nil {
		return fmt.Errorf("withdraw an empty motion: %w", err)
	}
	return nil
}

// SaveVotes writes all votes on an open motion.
func (t *tx) SaveVotes(ctx context.Context, by award.Officer, motion int64, votes map[int64]award.Vote) error {
	members, cast := make([]int64, 0, len(votes)), make([]string, 0, len(votes))
	for member, vote := range votes {
		members, cast = append(members, member), append(cast, string(vote))
	}
	_, err := t.ExecContext(ctx, `
		INSERT INTO motion_vote (motion_id, member_id, vote, officer_id)
		SELECT $1, v.member, v.vote, $4 FROM unnest($2::bigint[], $3::text[]) AS v (member, vote)
		ON CONFLICT ON CONSTRAINT motion_vote_pkey DO UPDATE SET
			vote = excluded.vote, officer_id = excluded.officer_id, at = shifan_now()`,
		motion, pq.Array(members), pq.Array(cast), by.ID)
	if err != nil {
		return fmt.Errorf("write votes: %w", err)
	}
	return nil
}

// CloseMotion writes what a motion came to.
func (t *tx) CloseMotion(ctx context.Context, by award.Officer, motion int64, outcome award.Outcome) error {
	_, err := t.ExecContext(ctx, `
		UPDATE motion SET state = 'closed', outcome = $2, closed_by = $3, closed_at = shifan_now() WHERE id = $1`, motion, outcome, by.ID)
	if err != nil {
		return fmt.Errorf("close a motion: %w", err)
	}
	return nil
}
