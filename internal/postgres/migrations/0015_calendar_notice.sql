-- +goose Up

-- A notice of the State Council that changes the calendar built in, or adds a
-- year to it (工作日历变更, D-60): proposed by one administrator of the
-- register's root, approved by another. The calendar in force is the one built
-- in with every approved change on top, in order of version.
CREATE TABLE calendar_change (
    id          bigint      GENERATED ALWAYS AS IDENTITY,
    document    text        NOT NULL,           -- the notice's number: 国办发明电〔2020〕1号
    publishes   integer,                        -- the year whose calendar it is; null: it changes days alone
    proposed_by bigint      NOT NULL,           -- officer
    proposed_at timestamptz NOT NULL DEFAULT shifan_now(),
    version     integer,                        -- of the calendar from it on, from 1; null: not approved
    approved_by bigint,                         -- officer
    approved_at timestamptz,
    sha256      bytea,                          -- award.CalendarDiffHash of what was approved

    CONSTRAINT calendar_change_pkey PRIMARY KEY (id),
    CONSTRAINT calendar_change_version UNIQUE (version),
    CONSTRAINT calendar_change_approved CHECK ((version IS NULL) = (approved_by IS NULL)
        AND (version IS NULL) = (approved_at IS NULL) AND (version IS NULL) = (sha256 IS NULL)),
    CONSTRAINT calendar_change_two CHECK (approved_by <> proposed_by)
);

-- The days of a change.
CREATE TABLE calendar_day (
    change_id bigint NOT NULL,
    date      date   NOT NULL,
    kind      text   NOT NULL,                  -- award.DayKind
    holiday   text   NOT NULL DEFAULT '',       -- 春节

    CONSTRAINT calendar_day_pkey PRIMARY KEY (change_id, date),
    CONSTRAINT calendar_day_change FOREIGN KEY (change_id) REFERENCES calendar_change (id),
    CONSTRAINT calendar_day_kind CHECK (kind IN ('off', 'work', 'ordinary'))
);

CREATE TRIGGER calendar_day_final BEFORE UPDATE OR DELETE ON calendar_day
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_final();

-- A notice whose window may move, and that may be withdrawn for a corrected one.
ALTER TABLE public_notice
    ADD COLUMN revision     integer NOT NULL DEFAULT 1, -- counted up by every change of its window, proofs or state
    ADD COLUMN counted_from timestamptz,                -- the day its working days are counted from; null: its first
    ADD COLUMN corrects_id  bigint,                     -- the withdrawn notice in whose place it stands (更正)
    ADD CONSTRAINT public_notice_corrects FOREIGN KEY (corrects_id) REFERENCES public_notice (id),
    ADD CONSTRAINT public_notice_corrected_once UNIQUE (corrects_id);

-- What was done to a notice after it was announced: extended, its window moved
-- by a proof or by the calendar, withdrawn. Read by anyone (D-15).
CREATE TABLE public_notice_change (
    notice_id    bigint      NOT NULL,
    revision     integer     NOT NULL,          -- the notice's from it on
    name         text        NOT NULL,          -- award.Act
    reason       text        NOT NULL,
    working_days integer     NOT NULL,          -- from it on; so below
    closes_at    timestamptz NOT NULL,
    final_at     timestamptz NOT NULL,
    act_id       bigint,
    at           timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT public_notice_change_pkey PRIMARY KEY (notice_id, revision),
    CONSTRAINT public_notice_change_notice FOREIGN KEY (notice_id) REFERENCES public_notice (id),
    CONSTRAINT public_notice_change_act FOREIGN KEY (act_id) REFERENCES act (id)
);

CREATE TRIGGER public_notice_change_final BEFORE UPDATE OR DELETE ON public_notice_change
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_final();

-- A proof may be put right: the piece it stood in stays, marked. An extension
-- has proofs of its own.
ALTER TABLE public_notice_evidence
    ADD COLUMN revision    integer NOT NULL DEFAULT 1,  -- of the notice that brought it; above 1: how a change was announced
    ADD COLUMN replaced_by integer;                     -- the position of the proof that puts it right; null: it stands

-- What a scan found in a notice before it was announced and somebody let stand,
-- by name and with a reason (D-64). Not public.
CREATE TABLE public_notice_waiver (
    notice_id  bigint NOT NULL,
    place      text   NOT NULL,                 -- JSON pointer into the notice
    kind       text   NOT NULL,                 -- award.FindingKind
    sample     text   NOT NULL,                 -- masked
    reason     text   NOT NULL,
    officer_id bigint NOT NULL,

    CONSTRAINT public_notice_waiver_pkey PRIMARY KEY (notice_id, place, sample),
    CONSTRAINT public_notice_waiver_notice FOREIGN KEY (notice_id) REFERENCES public_notice (id)
);
