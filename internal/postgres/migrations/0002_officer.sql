-- +goose Up

-- Who acts (domain 11, architecture 2). An officer is a person in an office
-- (a unit, acting) with roles; every key, act, history and audit row names one.
CREATE TABLE officer (
    id          bigint      GENERATED ALWAYS AS IDENTITY,
    name        text        NOT NULL,           -- the person; never leaves PostgreSQL for Temporal or a log
    office_id   bigint      NOT NULL,           -- the unit this officer acts for
    roles       text[]      NOT NULL,           -- award.Role
    created_by  bigint,                         -- null for the first administrator alone
    created_at  timestamptz NOT NULL DEFAULT shifan_now(),
    disabled_at timestamptz,

    CONSTRAINT officer_pkey PRIMARY KEY (id),
    CONSTRAINT officer_office FOREIGN KEY (office_id) REFERENCES unit (id),
    CONSTRAINT officer_creator FOREIGN KEY (created_by) REFERENCES officer (id),
    CONSTRAINT officer_roles CHECK (roles <@ ARRAY['admin', 'head', 'clerk', 'auditor'] AND cardinality(roles) > 0)
);

CREATE INDEX officer_office_idx ON officer (office_id);

-- A key is 256 random bits; only its SHA-256 is kept (a password's slow hash
-- would buy nothing against a guess of 256 bits).
CREATE TABLE api_key (
    id           bigint      GENERATED ALWAYS AS IDENTITY,
    officer_id   bigint      NOT NULL,
    sha256       bytea       NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT shifan_now(),
    expires_at   timestamptz,
    last_used_at timestamptz,                   -- to the hour, so that reading costs no write
    revoked_at   timestamptz,

    CONSTRAINT api_key_pkey PRIMARY KEY (id),
    CONSTRAINT api_key_sha256 UNIQUE (sha256),
    CONSTRAINT api_key_officer FOREIGN KEY (officer_id) REFERENCES officer (id),
    CONSTRAINT api_key_digest CHECK (octet_length(sha256) = 32)
);

CREATE INDEX api_key_officer_idx ON api_key (officer_id);

-- One row per act (architecture 2). The unique key makes a retry harmless: the
-- second call finds the first one's outcome. A signalling act is also the
-- outbox: signalled_at stays null until the workflow has been told.
CREATE TABLE act (
    id           bigint      GENERATED ALWAYS AS IDENTITY,
    officer_id   bigint      NOT NULL,
    method       text        NOT NULL,
    path         text        NOT NULL,
    key          text        NOT NULL,          -- Idempotency-Key, or a random one where the caller sent none
    body_sha256  bytea       NOT NULL,
    name         text        NOT NULL,          -- award.Act
    round_id     text,
    outcome      jsonb,                         -- what the first call answered; null only inside its own transaction
    at           timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT act_pkey PRIMARY KEY (id),
    CONSTRAINT act_once UNIQUE (officer_id, method, path, key),
    CONSTRAINT act_officer FOREIGN KEY (officer_id) REFERENCES officer (id)
);

-- What the procedure must hear of an act. Rows are sent after the commit by
-- whoever made the act, and again by the keeper until they arrive.
CREATE TABLE outbox (
    id           bigint      GENERATED ALWAYS AS IDENTITY,
    act_id       bigint      NOT NULL,
    workflow_id  text        NOT NULL,
    signal       text        NOT NULL,          -- the act's name
    office_code  text        NOT NULL DEFAULT '',
    stage        text        NOT NULL DEFAULT '',
    at           timestamptz NOT NULL DEFAULT shifan_now(),
    signalled_at timestamptz,

    CONSTRAINT outbox_pkey PRIMARY KEY (id),
    CONSTRAINT outbox_act FOREIGN KEY (act_id) REFERENCES act (id)
);

CREATE INDEX outbox_unsent_idx ON outbox (id) WHERE signalled_at IS NULL;
CREATE INDEX outbox_act_idx ON outbox (act_id);

-- The decision log (architecture 5): who did what, for which office, on what
-- ground. Written in the act's own transaction; never updated, never deleted.
CREATE TABLE audit (
    id         bigint      GENERATED ALWAYS AS IDENTITY,
    at         timestamptz NOT NULL DEFAULT shifan_now(),
    act_id     bigint,                          -- null: done by the procedure, not by a person
    officer_id bigint,
    office_id  bigint,
    round_id   text,
    name       text        NOT NULL,            -- award.Act, or the procedure's step
    subject    text        NOT NULL,            -- kind and id of the row acted on, such as application/17
    ground     text        NOT NULL DEFAULT '', -- the reason given, or the article that made it due
    detail     jsonb       NOT NULL DEFAULT '{}',

    CONSTRAINT audit_pkey PRIMARY KEY (id),
    CONSTRAINT audit_act FOREIGN KEY (act_id) REFERENCES act (id)
);

CREATE INDEX audit_round_idx ON audit (round_id, id);
CREATE INDEX audit_subject_idx ON audit (subject, id);

-- +goose StatementBegin
CREATE FUNCTION audit_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit table is append-only';
END $$;
-- +goose StatementEnd

CREATE TRIGGER audit_final BEFORE UPDATE OR DELETE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_final();
