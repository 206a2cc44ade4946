-- +goose Up

-- Who an officer is at the identity provider (统一身份, D-119): signing in there
-- is signing in here. Bound by its owner, who proves both; never made by us.
CREATE TABLE identity (
    officer_id bigint      NOT NULL,
    issuer     text        NOT NULL,                       -- the provider, as its tokens name it
    subject    text        NOT NULL,                       -- the person there, for good; means nothing elsewhere
    name       text        NOT NULL,                       -- what the person was called there when it was bound; may be empty
    bound_at   timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT identity_pkey PRIMARY KEY (officer_id),
    CONSTRAINT identity_once UNIQUE (issuer, subject),
    CONSTRAINT identity_officer FOREIGN KEY (officer_id) REFERENCES officer (id),
    CONSTRAINT identity_subject CHECK (subject <> '')
);

-- That a browser has proved an identity which is bound to nobody yet: it may be
-- bound for some minutes, by the password of an account. The cookie holds 256
-- random bits; only their SHA-256 is kept.
CREATE TABLE identity_proof (
    sha256    bytea       NOT NULL,
    issuer    text        NOT NULL,
    subject   text        NOT NULL,
    name      text        NOT NULL,
    proved_at timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT identity_proof_pkey PRIMARY KEY (sha256),
    CONSTRAINT identity_proof_digest CHECK (octet_length(sha256) = 32)
);

CREATE INDEX identity_proof_age_idx ON identity_proof (proved_at);

COMMENT ON TABLE identity IS '统一身份: who an officer is at the identity provider';
COMMENT ON TABLE identity_proof IS '待绑定的统一身份: proved by a browser, bound to nobody yet';
