-- +goose Up

-- 监督员 (纪检监察) reads who objected and handles nothing, so holds no other
-- role. expert is the assessment's (0017).
ALTER TABLE officer
    DROP CONSTRAINT officer_roles,
    ADD CONSTRAINT officer_roles CHECK (
        roles <@ ARRAY['admin', 'head', 'clerk', 'auditor', 'supervisor', 'expert'] AND cardinality(roles) > 0),
    ADD CONSTRAINT officer_supervisor_alone CHECK (NOT roles @> ARRAY['supervisor'] OR cardinality(roles) = 1);

-- An objection (异议) to one unit on a list before the public, or a concrete
-- anonymous lead (线索) about it (domain 7). Who objected is in objector and
-- nowhere else: no query over this table can show it.
CREATE TABLE objection (
    id             bigint      GENERATED ALWAYS AS IDENTITY,
    receipt        text        NOT NULL,        -- award.Receipt: what whoever objected asks with
    kind           text        NOT NULL,        -- award.ObjectionKind
    notice_id      bigint      NOT NULL,
    round_id       text        NOT NULL,
    application_id bigint      NOT NULL,        -- the unit's file
    office_id      bigint      NOT NULL,        -- whose uninvolved officer handles it
    channel        text        NOT NULL,        -- award.Channel
    facts          text        NOT NULL,        -- for handler and supervisor alone: they may name their author
    received_at    timestamptz NOT NULL,        -- by the record's clock, or as the clerk says it came
    postmarked_at  timestamptz,                 -- of a letter: the start of its day, for a drill the instant
    entered_by     bigint,                      -- officer; null: by form
    call_sha256    bytea,                       -- of a public call's key or else its body: sent again it is found again
    body_sha256    bytea,
    state          text        NOT NULL DEFAULT 'received', -- award.ObjectionState
    handler_id     bigint,                      -- officer (承办人)
    admit_due_at   timestamptz NOT NULL,        -- exclusive (D-03)
    admitted_at    timestamptz,                 -- or refused
    rule_due_at    timestamptz,                 -- exclusive (D-03)
    extended_at    timestamptz,                 -- once
    ruled_at       timestamptz,
    withdrawn_at   timestamptz,                 -- by whoever objected: it goes on as a lead (D-69)
    answer         text        NOT NULL DEFAULT '', -- in writing, to whoever objected
    correction     text        NOT NULL DEFAULT '', -- partly upheld: what the list must say instead
    corrected_at   timestamptz,                 -- noticed again (D-67)
    at             timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT objection_pkey PRIMARY KEY (id),
    CONSTRAINT objection_receipt UNIQUE (receipt),
    CONSTRAINT objection_call UNIQUE (notice_id, call_sha256),
    CONSTRAINT objection_notice FOREIGN KEY (notice_id) REFERENCES public_notice (id),
    CONSTRAINT objection_application FOREIGN KEY (application_id) REFERENCES application (id),
    CONSTRAINT objection_handler FOREIGN KEY (handler_id) REFERENCES officer (id),
    CONSTRAINT objection_kind CHECK (kind IN ('objection', 'lead')),
    CONSTRAINT objection_channel CHECK (channel IN ('form', 'letter', 'phone', 'fax', 'email', 'visit')),
    CONSTRAINT objection_postmark CHECK ((channel = 'letter') = (postmarked_at IS NOT NULL)),
    CONSTRAINT objection_form CHECK ((channel = 'form') = (entered_by IS NULL)),
    CONSTRAINT objection_state CHECK (state IN
        ('received', 'admitted', 'inadmissible', 'investigating', 'upheld', 'partly_upheld', 'dismissed')),
    CONSTRAINT objection_ruled CHECK ((state IN ('upheld', 'partly_upheld', 'dismissed')) = (ruled_at IS NOT NULL)),
    CONSTRAINT objection_correction CHECK ((state = 'partly_upheld') = (correction <> ''))
);

CREATE INDEX objection_open_idx ON objection (application_id) WHERE state IN ('received', 'admitted', 'investigating');
CREATE INDEX objection_office_idx ON objection (office_id, id);
CREATE INDEX objection_notice_idx ON objection (notice_id, at);

-- Every act on an objection, in order.
CREATE TABLE objection_history (
    id           bigint      GENERATED ALWAYS AS IDENTITY,
    objection_id bigint      NOT NULL,
    act          text        NOT NULL,          -- award.Act
    from_state   text,                          -- null: it was received
    to_state     text        NOT NULL,
    officer_id   bigint,                        -- null: the public
    office_id    bigint,
    ground       text        NOT NULL DEFAULT '', -- names nobody who objected
    at           timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT objection_history_pkey PRIMARY KEY (id),
    CONSTRAINT objection_history_objection FOREIGN KEY (objection_id) REFERENCES objection (id)
);

CREATE INDEX objection_history_idx ON objection_history (objection_id, id);
CREATE TRIGGER objection_history_final BEFORE UPDATE OR DELETE ON objection_history
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_final();

-- Who objected (异议人). Read by one query, audited each time; a lead has none.
CREATE TABLE objector (
    objection_id bigint NOT NULL,
    kind         text   NOT NULL,               -- award.ObjectorKind
    name         text   NOT NULL,
    contact      text   NOT NULL,

    CONSTRAINT objector_pkey PRIMARY KEY (objection_id),
    CONSTRAINT objector_objection FOREIGN KEY (objection_id) REFERENCES objection (id),
    CONSTRAINT objector_kind CHECK (kind IN ('person', 'unit'))
);

-- Files sent with an objection. Not evidence of an office: only the handler and
-- the supervisor may open them.
CREATE TABLE objection_attachment (
    objection_id bigint      NOT NULL,
    sha256       bytea       NOT NULL,
    name         text        NOT NULL,
    seal         boolean     NOT NULL,          -- the scan of an objecting unit's sealed page
    at           timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT objection_attachment_pkey PRIMARY KEY (objection_id, sha256),
    CONSTRAINT objection_attachment_objection FOREIGN KEY (objection_id) REFERENCES objection (id),
    CONSTRAINT objection_attachment_content FOREIGN KEY (sha256) REFERENCES evidence_blob (sha256),
    CONSTRAINT objection_attachment_name CHECK (char_length(name) BETWEEN 1 AND 200)
);

CREATE INDEX objection_attachment_sha256_idx ON objection_attachment (sha256);

-- Facts that an office is asked to check (交办核查), in the handler's own words.
CREATE TABLE commission (
    id           bigint      GENERATED ALWAYS AS IDENTITY,
    objection_id bigint      NOT NULL,
    office_id    bigint      NOT NULL,          -- which checks
    text         text        NOT NULL,          -- without whoever objected
    due_at       timestamptz NOT NULL,          -- exclusive
    officer_id   bigint      NOT NULL,
    at           timestamptz NOT NULL DEFAULT shifan_now(),
    report       text        NOT NULL DEFAULT '',
    reported_by  bigint,                        -- officer
    reported_at  timestamptz,                   -- null: open

    CONSTRAINT commission_pkey PRIMARY KEY (id),
    CONSTRAINT commission_objection FOREIGN KEY (objection_id) REFERENCES objection (id),
    CONSTRAINT commission_reported CHECK ((reported_by IS NULL) = (reported_at IS NULL))
);

CREATE INDEX commission_objection_idx ON commission (objection_id);
CREATE INDEX commission_office_idx ON commission (office_id, id);
CREATE INDEX commission_open_idx ON commission (due_at) WHERE reported_at IS NULL;

-- A unit whose objection was partly upheld: what its line must say instead. It
-- stays suspended until a notice of the corrected list has ended (D-67).
ALTER TABLE list_item ADD COLUMN correct text NOT NULL DEFAULT '';

-- Who took part in deciding on a file: they neither handle an objection to it
-- (domain 7) nor answer its review (domain 4). Whatever else comes to decide on
-- files joins here. Ruling on an objection is no part in it.
CREATE VIEW took_part (application_id, officer_id) AS
    SELECT application_id, officer_id FROM application_history WHERE act <> 'rule-objection'
    UNION ALL SELECT application_id, officer_id FROM endorsement
    UNION ALL SELECT application_id, officer_id FROM inspection
    UNION ALL SELECT application_id, officer_id FROM survey
    UNION ALL SELECT application_id, officer_id FROM assessment_mark
    UNION ALL SELECT application_id, officer_id FROM department_opinion WHERE state IN ('set_aside', 'upheld')
    UNION ALL SELECT i.application_id, l.officer_id FROM list_item i JOIN list l ON l.id = i.list_id
    UNION ALL SELECT i.application_id, n.officer_id FROM list_item i JOIN public_notice n ON n.list_id = i.list_id;
