-- +goose Up

-- A proposed change of the calendar that is not approved (不予批准, D-97): it
-- stays, with who said no and why, and can never be approved.
ALTER TABLE calendar_change
    ADD COLUMN rejected_by bigint,                  -- officer; null: not rejected
    ADD COLUMN rejected_at timestamptz,
    ADD COLUMN reason      text NOT NULL DEFAULT '', -- of the rejection
    ADD CONSTRAINT calendar_change_rejected CHECK (
        (rejected_by IS NULL) = (rejected_at IS NULL) AND (rejected_by IS NULL) = (reason = '')),
    ADD CONSTRAINT calendar_change_one_end CHECK (version IS NULL OR rejected_by IS NULL);

-- The next round of a series, drafted by the procedure (N 二, D-98): a person
-- checks and opens it.
ALTER TABLE round
    ADD COLUMN follows_id text,                     -- the round it is a copy of; null: a person drafted it
    ADD CONSTRAINT round_follows FOREIGN KEY (follows_id) REFERENCES round (id);
