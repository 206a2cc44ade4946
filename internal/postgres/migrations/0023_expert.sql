-- +goose Up

-- Experts (专家) and third-party bodies mark the files they are assigned, and
-- see nothing else of the office that keeps their account.
ALTER TABLE officer
    DROP CONSTRAINT IF EXISTS officer_roles,
    ADD CONSTRAINT officer_roles CHECK (roles <@ ARRAY['admin', 'head', 'clerk', 'auditor', 'supervisor', 'expert'] AND cardinality(roles) > 0);

-- The pool of experts of an office that owns rounds (专家库, domain 6.3).
CREATE TABLE expert (
    officer_id bigint      NOT NULL,
    office_id  bigint      NOT NULL,              -- whose pool
    revision   integer     NOT NULL DEFAULT 1,
    kind       text        NOT NULL,              -- award.ExpertKind
    province   text        NOT NULL DEFAULT '',   -- code of the recommending office whose files are not for it
    unit_id    bigint,                            -- the unit it belongs to
    conflicts  bigint[]    NOT NULL,              -- units and offices it has declared
    categories text[]      NOT NULL,              -- what it knows; none: everything
    most       integer     NOT NULL,              -- files at most in a round
    active     boolean     NOT NULL,
    at         timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT expert_pkey PRIMARY KEY (officer_id),
    CONSTRAINT expert_officer FOREIGN KEY (officer_id) REFERENCES officer (id),
    CONSTRAINT expert_unit FOREIGN KEY (unit_id) REFERENCES unit (id),
    CONSTRAINT expert_kind CHECK (kind IN ('person', 'body')),
    CONSTRAINT expert_most CHECK (most >= 0)
);

CREATE INDEX expert_office_idx ON expert (office_id);

-- A file assigned to an expert. Who has recused itself from a file does not get
-- it again.
CREATE TABLE expert_assignment (
    id             bigint      GENERATED ALWAYS AS IDENTITY,
    round_id       text        NOT NULL,
    application_id bigint      NOT NULL,
    expert_id      bigint      NOT NULL,          -- officer
    assigned_at    timestamptz NOT NULL DEFAULT shifan_now(),
    recused_at     timestamptz,
    reason         text        NOT NULL DEFAULT '', -- of the recusal

    CONSTRAINT expert_assignment_pkey PRIMARY KEY (id),
    CONSTRAINT expert_assignment_once UNIQUE (application_id, expert_id),
    CONSTRAINT expert_assignment_application FOREIGN KEY (application_id) REFERENCES application (id),
    CONSTRAINT expert_assignment_expert FOREIGN KEY (expert_id) REFERENCES expert (officer_id),
    CONSTRAINT expert_assignment_recused CHECK ((recused_at IS NULL) = (reason = ''))
);

CREATE INDEX expert_assignment_round_idx ON expert_assignment (round_id, id);
CREATE INDEX expert_assignment_expert_idx ON expert_assignment (expert_id, round_id);

-- Marks handed in by an expert (专家评分): final. Append-only.
CREATE TABLE expert_mark (
    assignment_id bigint      NOT NULL,
    marks         bigint[]    NOT NULL,           -- hundredths, the standard's leaf order
    total         bigint      NOT NULL,
    note          text        NOT NULL DEFAULT '',
    at            timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT expert_mark_pkey PRIMARY KEY (assignment_id),
    CONSTRAINT expert_mark_assignment FOREIGN KEY (assignment_id) REFERENCES expert_assignment (id)
);

CREATE TRIGGER expert_mark_final BEFORE UPDATE OR DELETE ON expert_mark
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_final();
