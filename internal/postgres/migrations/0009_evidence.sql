-- +goose Up

-- The content of a file of evidence (佐证材料, N 四(一)): known by its SHA-256,
-- kept once, whoever uploaded it. The bytes are in the store of evidence, under
-- the digest's name; a row here is never without them once an office holds it.
CREATE TABLE evidence_blob (
    sha256     bytea       NOT NULL,
    size       bigint      NOT NULL,            -- bytes
    type       text        NOT NULL,            -- award.FileType, told by the content
    scan       text        NOT NULL,            -- award.ScanState
    scanned_at timestamptz,                     -- null: never

    CONSTRAINT evidence_blob_pkey PRIMARY KEY (sha256),
    CONSTRAINT evidence_blob_digest CHECK (octet_length(sha256) = 32),
    CONSTRAINT evidence_blob_size CHECK (size > 0),
    CONSTRAINT evidence_blob_scan CHECK (scan IN ('unscanned', 'clean', 'infected'))
);

CREATE INDEX evidence_blob_unscanned_idx ON evidence_blob (sha256) WHERE scan = 'unscanned';

-- A file that an office has uploaded. It belongs to the office, not to a round.
CREATE TABLE evidence (
    id          bigint      GENERATED ALWAYS AS IDENTITY,
    office_id   bigint      NOT NULL,           -- a unit, acting
    sha256      bytea       NOT NULL,
    name        text        NOT NULL,           -- as the office first named it
    uploads     integer     NOT NULL DEFAULT 1, -- how often it sent the same content: more than once is burden (N 五(三))
    officer_id  bigint      NOT NULL,
    uploaded_at timestamptz NOT NULL DEFAULT shifan_now(), -- the last time

    CONSTRAINT evidence_pkey PRIMARY KEY (id),
    CONSTRAINT evidence_once UNIQUE (office_id, sha256),
    CONSTRAINT evidence_office FOREIGN KEY (office_id) REFERENCES unit (id),
    CONSTRAINT evidence_officer FOREIGN KEY (officer_id) REFERENCES officer (id),
    CONSTRAINT evidence_content FOREIGN KEY (sha256) REFERENCES evidence_blob (sha256),
    CONSTRAINT evidence_name CHECK (char_length(name) BETWEEN 1 AND 200)
);

CREATE INDEX evidence_sha256_idx ON evidence (sha256);

-- What refers to a file (引用), so that one upload serves many indicators and
-- rounds. Rows end and stay: what was once referred to stays with the record (D-36).
CREATE TABLE evidence_use (
    id         bigint      GENERATED ALWAYS AS IDENTITY,
    sha256     bytea       NOT NULL,
    name       text        NOT NULL,            -- the file's, as whoever refers to it saw it
    round_id   text        NOT NULL,
    unit_id    bigint      NOT NULL,            -- whom it is about; who may see that may see the file
    kind       text        NOT NULL,            -- award.UseKind
    subject    text        NOT NULL,            -- within unit and kind: category/leaf, revision/part
    office_id  bigint      NOT NULL,            -- of the officer who referred to it
    officer_id bigint      NOT NULL,
    at         timestamptz NOT NULL DEFAULT shifan_now(),
    ended_at   timestamptz,                     -- null: still so
    ended_by   bigint,                          -- officer

    CONSTRAINT evidence_use_pkey PRIMARY KEY (id),
    CONSTRAINT evidence_use_content FOREIGN KEY (sha256) REFERENCES evidence_blob (sha256),
    CONSTRAINT evidence_use_unit FOREIGN KEY (round_id, unit_id) REFERENCES round_unit (round_id, unit_id),
    CONSTRAINT evidence_use_officer FOREIGN KEY (officer_id) REFERENCES officer (id),
    CONSTRAINT evidence_use_kind CHECK (kind IN ('self_check', 'endorsement', 'package', 'notice'))
);

CREATE UNIQUE INDEX evidence_use_once ON evidence_use (round_id, unit_id, kind, subject, sha256) WHERE ended_at IS NULL;
CREATE INDEX evidence_use_sha256_idx ON evidence_use (sha256);
CREATE INDEX evidence_use_unit_idx ON evidence_use (round_id, unit_id, id);
CREATE INDEX evidence_use_office_idx ON evidence_use (office_id);
