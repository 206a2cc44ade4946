package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"

	"shifan/internal/award"
)

// LookRound returns where a round stands, in one statement: one moment.
func (s *Store) LookRound(ctx context.Context, round string) (award.RoundView, error) {
	var v award.RoundView
	var selfCheckCloses, stageDue, recommendationDue sql.NullTime
	var recommending bool
	err := s.db.QueryRowxContext(ctx, `
		SELECT shifan_now(), r.state, r.stage, r.drill,
		       (SELECT max(closes_at) FROM intake i WHERE i.round_id = r.id AND i.kind = 'self_check'),
		       o.total, o.done, o.sent, o.overdue, o.due, o.total > o.done,
		       st.due_at, coalesce(st.state = 'open' AND st.overdue_at IS NULL AND st.due_at <= shifan_now(), false),
		       st.overdue_at IS NOT NULL AND st.state = 'open', coalesce(st.state = 'complete', false),
		       r.list_frozen_at IS NOT NULL, r.scored_at IS NOT NULL, r.candidates_at IS NOT NULL,
		       coalesce(n.number, 0), coalesce(n.ended, false), r.decided_at IS NOT NULL,
		       (SELECT count(*) FROM batch_failure b WHERE b.round_id = r.id)
		FROM round r
		LEFT JOIN office_stage st ON st.round_id = r.id AND st.office_id = r.owner_office_id AND st.stage = 'assessment'
		LEFT JOIN LATERAL (
			SELECT max(number) AS number, bool_or(n.state = 'ended') AS ended FROM public_notice n
			WHERE n.round_id = r.id AND n.scope = 'national' AND n.state <> 'withdrawn') n ON true
		CROSS JOIN LATERAL (
			SELECT count(*) AS total, count(*) FILTER (WHERE settled) AS done,
			       count(*) FILTER (WHERE package_state = 'sent') AS sent,
			       count(*) FILTER (WHERE overdue_at IS NOT NULL AND stage_state = 'open') AS overdue,
			       min(due_at) FILTER (WHERE stage_state = 'open' AND due_at > shifan_now()) AS due
			FROM office_standing v WHERE v.round_id = r.id) o
		WHERE r.id = $1`, round).Scan(
		&v.Now, &v.State, &v.Stage, &v.Drill, &selfCheckCloses,
		&v.Offices, &v.OfficesDone, &v.OfficesSent, &v.OfficesOverdue, &recommendationDue, &recommending,
		&stageDue, &v.OverdueUnmarked, &v.Overdue, &v.MarksComplete,
		&v.ListFrozen, &v.Scored, &v.CandidatesFixed, &v.Notice, &v.NoticeEnded, &v.Decided, &v.UnitsFailed)
	if errors.Is(err, sql.ErrNoRows) {
		return award.RoundView{}, award.Refuse(award.NotFound, "", "round_unknown", round)
	}
	if err != nil {
		return award.RoundView{}, fmt.Errorf("look at round: %w", err)
	}
	v.StageDue = stageDue.Time
	v.SelfCheckOver = selfCheckCloses.Valid && !v.Now.Before(selfCheckCloses.Time)
	v.Next = next(v.Now,
		award.Wake{At: selfCheckCloses.Time, Name: "自查截止"},
		award.Wake{At: recommendationDue.Time, Name: "省级推荐期限"},
		wakeUnless(v.Overdue || v.MarksComplete && v.Scored, award.Wake{At: stageDue.Time, Name: "评估验收期限"}))
	v.LastAct, err = s.lastAct(ctx, award.RoundWorkflow(round))
	return v, err
}

// LookOffice returns where a recommending office stands in a round.
func (s *Store) LookOffice(ctx context.Context, round, office string) (award.OfficeView, error) {
	var v award.OfficeView
	var notices pq.Int64Array
	var returnDue sql.NullTime
	var packageState sql.NullString
	err := s.db.QueryRowxContext(ctx, `
		SELECT shifan_now(), r.state, f.code,
		       sc.closes_at, sc.closed_at IS NOT NULL, ap.closes_at, ap.closed_at IS NOT NULL,
		       f.drafts_lapsed_at IS NOT NULL, f.arrival_at, f.passed_up_at IS NOT NULL,
		       v.stage_state, v.due_at,
		       v.stage_state = 'open' AND v.overdue_at IS NULL AND v.due_at <= shifan_now(),
		       v.overdue_at IS NOT NULL AND v.stage_state = 'open', v.package_state, v.settled,
		       (SELECT array_agg(number ORDER BY number) FROM public_notice n
		        WHERE n.round_id = r.id AND n.office_id = f.office_id AND n.scope = 'provincial' AND n.state = 'announced'),
		       a.returns_due, a.next_return, a.files, a.at_province, a.proposed, a.recommended
		FROM round_office f
		JOIN round r ON r.id = f.round_id
		JOIN office_standing v ON v.round_id = f.round_id AND v.office_id = f.office_id
		JOIN intake sc ON sc.round_id = f.round_id AND sc.office_id = f.office_id AND sc.kind = 'self_check'
		JOIN intake ap ON ap.round_id = f.round_id AND ap.office_id = f.office_id AND ap.kind = 'apply'
		CROSS JOIN LATERAL (
			SELECT count(*) FILTER (WHERE state = 'returned' AND due_at <= shifan_now()) AS returns_due,
			       min(due_at) FILTER (WHERE state = 'returned' AND due_at > shifan_now()) AS next_return,
			       count(*) FILTER (WHERE state IN ('draft', 'filed', 'climbing', 'returned')) AS files,
			       count(*) FILTER (WHERE state IN ('at_province', 'inspected')) AS at_province,
			       count(*) FILTER (WHERE state IN ('proposed', 'noticed_locally')) AS proposed,
			       count(*) FILTER (WHERE state IN ('recommended', 'reviewed', 'marked', 'candidate', 'noticed_nationally', 'named')) AS recommended
			FROM application a WHERE a.round_id = f.round_id AND a.office_id = f.office_id) a
		WHERE f.round_id = $1 AND f.code = $2`, round, office).Scan(
		&v.Now, &v.State, &v.Code, &v.SelfCheckClosesAt, &v.SelfCheckClosed, &v.ApplyClosesAt, &v.ApplyClosed,
		&v.DraftsLapsed, &v.ArrivalAt, &v.PassedUp, &v.StageState, &v.StageDue, &v.OverdueUnmarked, &v.Overdue,
		&packageState, &v.Settled, &notices, &v.ReturnsDue, &returnDue, &v.Files, &v.AtProvince, &v.Proposed, &v.Recommended)
	if errors.Is(err, sql.ErrNoRows) {
		return award.OfficeView{}, award.Refuse(award.NotFound, "N 四(二)", "office_unknown", office)
	}
	if err != nil {
		return award.OfficeView{}, fmt.Errorf("look at office: %w", err)
	}
	v.Package = award.PackageState(packageState.String)
	for _, n := range notices {
		v.Notices = append(v.Notices, int(n))
	}
	v.Next = next(v.Now,
		wakeUnless(v.SelfCheckClosed, award.Wake{At: v.SelfCheckClosesAt, Name: "自查截止"}),
		wakeUnless(v.ApplyClosed, award.Wake{At: v.ApplyClosesAt, Name: "申报截止"}),
		wakeUnless(v.PassedUp, award.Wake{At: v.ArrivalAt, Name: "到省截止"}),
		award.Wake{At: returnDue.Time, Name: "退回补正期限"},
		wakeUnless(v.StageState != award.StageOpen, award.Wake{At: v.StageDue, Name: "推荐期限"}))
	v.LastAct, err = s.lastAct(ctx, award.OfficeWorkflow(round, office))
	return v, err
}

// LookNotice returns where a public notice stands.
func (s *Store) LookNotice(ctx context.Context, round string, number int) (award.NoticeView, error) {
	var v award.NoticeView
	err := s.db.QueryRowxContext(ctx, `
		SELECT shifan_now(), CASE WHEN r.state = 'closed' AND n.state = 'announced' THEN 'open' ELSE r.state END, n.state, n.scope, coalesce(f.code, ''), n.opens_at, n.closes_at, n.final_at,
		       (SELECT count(*) FROM list_item i WHERE i.list_id = n.list_id AND i.removed_at IS NULL),
		       (SELECT count(*) FROM objection o WHERE o.notice_id = n.id AND o.state IN ('received', 'admitted', 'investigating'))
		FROM public_notice n
		JOIN round r ON r.id = n.round_id
		LEFT JOIN round_office f ON f.round_id = n.round_id AND f.office_id = n.office_id
		WHERE n.round_id = $1 AND n.number = $2`, round, number).Scan(
		&v.Now, &v.State, &v.Notice, &v.Scope, &v.OfficeCode, &v.OpensAt, &v.ClosesAt, &v.FinalAt, &v.Units, &v.Objections)
	if errors.Is(err, sql.ErrNoRows) {
		return award.NoticeView{}, award.Refuse(award.NotFound, "N 四(四)", "notice_unknown", number)
	}
	if err != nil {
		return award.NoticeView{}, fmt.Errorf("look at notice: %w", err)
	}
	v.Next = next(v.Now,
		award.Wake{At: v.ClosesAt, Name: "公示期满"},
		award.Wake{At: v.FinalAt, Name: "信函到达期满"})
	return v, nil
}

// lastAct returns the latest act that left word for a workflow.
func (s *Store) lastAct(ctx context.Context, workflow string) (award.LastAct, error) {
	var last award.LastAct
	err := s.db.QueryRowxContext(ctx, `
		SELECT a.id, a.name, coalesce(u.code, '') FROM outbox b
		JOIN act a ON a.id = b.act_id
		JOIN officer o ON o.id = a.officer_id
		LEFT JOIN unit_version u ON u.unit_id = o.office_id AND u.valid_to IS NULL
		WHERE b.workflow_id = $1 ORDER BY b.id DESC LIMIT 1`, workflow).Scan(&last.ID, &last.Name, &last.Office)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return award.LastAct{}, fmt.Errorf("read last act: %w", err)
	}
	return last, nil
}

// next returns the earliest date that lies ahead.
func next(now time.Time, dates ...award.Wake) award.Wake {
	var first award.Wake
	for _, d := range dates {
		if d.At.After(now) && (first.At.IsZero() || d.At.Before(first.At)) {
			first = d
		}
	}
	return first
}

// wakeUnless drops a date that no longer matters.
func wakeUnless(past bool, w award.Wake) award.Wake {
	if past {
		return award.Wake{}
	}
	return w
}
