-- +goose Up

-- How an officer signs in to the pages (登录账号, D-94): a name and a password,
-- of which only a slow hash is kept. The API knows keys alone.
CREATE TABLE login (
    officer_id   bigint      NOT NULL,
    name         text        NOT NULL,           -- what is typed: award.CheckLogin
    hash         text        NOT NULL,           -- argon2id with its parameters, as $argon2id$v=19$m=…,t=…,p=…$salt$hash
    temporary    boolean     NOT NULL,           -- made by another officer: its owner chooses one before anything else
    failures     integer     NOT NULL DEFAULT 0, -- wrong passwords since the last right one
    locked_until timestamptz,                    -- exclusive; null or past: not locked
    changed_at   timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT login_pkey PRIMARY KEY (officer_id),
    CONSTRAINT login_name UNIQUE (name),
    CONSTRAINT login_officer FOREIGN KEY (officer_id) REFERENCES officer (id),
    CONSTRAINT login_failures CHECK (failures >= 0)
);

-- One sign-in (会话, D-93). The cookie holds 256 random bits; only their SHA-256
-- is kept. A row ends by its times, by signing out, by a new password, and with
-- the key that it was opened with.
CREATE TABLE session (
    sha256     bytea       NOT NULL,
    officer_id bigint      NOT NULL,
    key_id     bigint,                           -- signed in with this key; null: with the password
    created_at timestamptz NOT NULL DEFAULT shifan_now(),
    seen_at    timestamptz NOT NULL DEFAULT shifan_now(), -- to the minute, so that most pages cost no write
    ended_at   timestamptz,                      -- signed out, or ended by a new password

    CONSTRAINT session_pkey PRIMARY KEY (sha256),
    CONSTRAINT session_officer FOREIGN KEY (officer_id) REFERENCES officer (id),
    CONSTRAINT session_key FOREIGN KEY (key_id) REFERENCES api_key (id),
    CONSTRAINT session_digest CHECK (octet_length(sha256) = 32)
);

CREATE INDEX session_officer_idx ON session (officer_id);

COMMENT ON TABLE login IS '登录账号: how an officer signs in to the pages';
COMMENT ON TABLE session IS '会话: one sign-in, from its cookie to its end';
