-- +goose Up

-- The transaction that wrote the row. Rows are sealed in the order of xid and
-- id once every transaction before xid has ended: identity numbers alone commit
-- out of order. Rows older than this migration all bear its own. The row's seal
-- does not cover it, since a copy of the database counts transactions anew.
ALTER TABLE audit ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();

CREATE INDEX audit_xid_idx ON audit (xid, id);

-- One row for each sealed row of the decision log, in one chain without gaps:
-- sha256 covers the row, its salt and the seal before (internal/award/log.go).
-- Written by the sealer alone; never updated, never deleted. There is no foreign
-- key: it would lock and so write every row of audit a second time, and a row
-- that is gone is what the verifier looks for.
CREATE TABLE audit_seal (
    position bigint NOT NULL,  -- 1, 2, 3, …
    audit_id bigint NOT NULL,
    salt     bytea  NOT NULL,  -- random: the digest of a withheld row can not be guessed at
    sha256   bytea  NOT NULL,

    CONSTRAINT audit_seal_pkey PRIMARY KEY (position),
    CONSTRAINT audit_seal_once UNIQUE (audit_id),
    CONSTRAINT audit_seal_position CHECK (position > 0),
    CONSTRAINT audit_seal_salt CHECK (length(salt) = 16),
    CONSTRAINT audit_seal_sha256 CHECK (length(sha256) = 32)
);

CREATE TRIGGER audit_seal_final BEFORE UPDATE OR DELETE ON audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_final();
