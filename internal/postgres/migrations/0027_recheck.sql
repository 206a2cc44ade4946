-- +goose Up

-- A re-check of many titles at once (集中复查, D-104). Append-only: what comes of
-- each title stands in its history.
CREATE TABLE recheck (
    id             bigint      GENERATED ALWAYS AS IDENTITY,
    office_id      bigint      NOT NULL,        -- that called it
    named_in       integer,                     -- year; null: any
    category       text,                        -- award.Category; null: any
    recommended_by text,                        -- code of the recommending office; null: any
    due_at         timestamptz NOT NULL,        -- exclusive, of every title in it
    ground         text        NOT NULL,
    document       text        NOT NULL,        -- number of the notice that calls it; empty: none
    officer_id     bigint      NOT NULL,
    at             timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT recheck_pkey PRIMARY KEY (id),
    CONSTRAINT recheck_office FOREIGN KEY (office_id) REFERENCES unit (id),
    CONSTRAINT recheck_officer FOREIGN KEY (officer_id) REFERENCES officer (id)
);
CREATE INDEX recheck_office_idx ON recheck (office_id, id);
CREATE TRIGGER recheck_final BEFORE UPDATE OR DELETE ON recheck
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_final();

-- The titles of a campaign, as their re-check began.
CREATE TABLE recheck_title (
    recheck_id bigint  NOT NULL,
    title_id   bigint  NOT NULL,
    revision   integer NOT NULL,                -- of the title once its re-check had begun

    CONSTRAINT recheck_title_pkey PRIMARY KEY (recheck_id, title_id),
    CONSTRAINT recheck_title_recheck FOREIGN KEY (recheck_id) REFERENCES recheck (id),
    CONSTRAINT recheck_title_title FOREIGN KEY (title_id) REFERENCES title (id)
);
CREATE INDEX recheck_title_idx ON recheck_title (title_id);
CREATE TRIGGER recheck_title_final BEFORE UPDATE OR DELETE ON recheck_title
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_final();
