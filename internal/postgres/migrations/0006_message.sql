-- +goose Up

-- Messages to offices, one row per office and occasion; the in-app inbox is
-- this table, other channels are deliveries of its rows.
CREATE TABLE message (
    id         bigint      GENERATED ALWAYS AS IDENTITY,
    round_id   text,
    office_id  bigint      NOT NULL,
    occasion   text        NOT NULL,            -- unique per office: a repeat writes nothing
    kind       text        NOT NULL,            -- award.MessageKind
    subject    text        NOT NULL,            -- the act and its date first: 〔需办理·截止11月30日〕…
    body       text        NOT NULL,
    at         timestamptz NOT NULL DEFAULT shifan_now(),
    read_at    timestamptz,
    handed_at  timestamptz,                     -- when the channels claimed it; null: not yet

    CONSTRAINT message_pkey PRIMARY KEY (id),
    CONSTRAINT message_occasion UNIQUE (office_id, occasion)
);

CREATE INDEX message_office_idx ON message (office_id, id);
CREATE INDEX message_unhanded_idx ON message (id) WHERE handed_at IS NULL;

-- One delivery per message and channel: claimed before it is sent, so that an
-- unknown outcome is listed for a person and never resent blindly.
CREATE TABLE delivery (
    message_id bigint      NOT NULL,
    channel    text        NOT NULL,            -- log; mail later
    state      text        NOT NULL,            -- claimed, sent, failed, unknown
    claimed_at timestamptz NOT NULL DEFAULT shifan_now(),
    ended_at   timestamptz,
    note       text        NOT NULL DEFAULT '',

    CONSTRAINT delivery_pkey PRIMARY KEY (message_id, channel),
    CONSTRAINT delivery_message FOREIGN KEY (message_id) REFERENCES message (id),
    CONSTRAINT delivery_state CHECK (state IN ('claimed', 'sent', 'failed', 'unknown'))
);

CREATE INDEX delivery_open_idx ON delivery (state, claimed_at) WHERE state IN ('claimed', 'failed', 'unknown');
