-- +goose Up

-- Where each recommending office stands, once: the keeper, the round's view and
-- the pages all mean the same by "done". Settled is when nothing more is asked
-- of the office: package accepted, closed by name, or the list frozen.
CREATE VIEW office_standing AS
    SELECT f.round_id, f.office_id, f.code,
           st.state AS stage_state, st.due_at, st.overdue_at,
           p.state AS package_state,
           (st.state = 'closed'
               OR (st.state = 'complete' AND coalesce(p.state = 'accepted', false))
               OR r.list_frozen_at IS NOT NULL) AS settled
    FROM round_office f
    JOIN round r ON r.id = f.round_id
    JOIN office_stage st ON st.round_id = f.round_id AND st.office_id = f.office_id AND st.stage = 'recommendation'
    LEFT JOIN LATERAL (
        SELECT p.state FROM package p
        WHERE p.round_id = f.round_id AND p.office_id = f.office_id
        ORDER BY p.revision DESC LIMIT 1) p ON true;

CREATE INDEX outbox_workflow_idx ON outbox (workflow_id, id DESC);
