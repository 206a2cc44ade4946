-- +goose Up

-- The owner office asks departments too, about the frozen list (domain 6.4,
-- D-77): it is no recommending office of its own round, and its question is
-- another one than the province's.
ALTER TABLE department_asking
    DROP CONSTRAINT department_asking_office,
    ADD CONSTRAINT department_asking_round FOREIGN KEY (round_id) REFERENCES round (id);

ALTER TABLE department_opinion ADD COLUMN office_id bigint; -- the office that asks
UPDATE department_opinion o SET office_id = k.office_id FROM department_asking k WHERE k.id = o.asking_id;
ALTER TABLE department_opinion
    ALTER COLUMN office_id SET NOT NULL,
    DROP CONSTRAINT department_opinion_pkey,
    ADD CONSTRAINT department_opinion_pkey PRIMARY KEY (application_id, office_id, department);

-- The committee of an office for a round (评审委员会, D-07): of the owner office,
-- or the review body of a recommending office.
CREATE TABLE committee_member (
    id         bigint      GENERATED ALWAYS AS IDENTITY,
    round_id   text        NOT NULL,
    office_id  bigint      NOT NULL,            -- whose committee
    position   integer     NOT NULL,            -- from 1
    name       text        NOT NULL,
    unit       text        NOT NULL,            -- 工作单位
    chair      boolean     NOT NULL,            -- 主任委员
    ties       bigint[]    NOT NULL DEFAULT '{}', -- units of the register below which it may not vote (回避情形)
    officer_id bigint      NOT NULL,
    at         timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT committee_member_pkey PRIMARY KEY (id),
    CONSTRAINT committee_member_once UNIQUE (round_id, office_id, name, unit),
    CONSTRAINT committee_member_round FOREIGN KEY (round_id) REFERENCES round (id)
);

CREATE TABLE committee_meeting (
    round_id   text        NOT NULL,
    office_id  bigint      NOT NULL,
    number     integer     NOT NULL,            -- 第几次会议
    met_on     date        NOT NULL,
    place      text        NOT NULL,
    present    bigint[]    NOT NULL,            -- members
    minutes    text        NOT NULL,            -- 会议纪要: number or text
    sha256     text        NOT NULL DEFAULT '', -- of the signed minutes' scan, hex
    officer_id bigint      NOT NULL,
    at         timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT committee_meeting_pkey PRIMARY KEY (round_id, office_id, number),
    CONSTRAINT committee_meeting_round FOREIGN KEY (round_id) REFERENCES round (id)
);

-- What a meeting is asked (表决事项, D-79). What it came to is computed from the
-- recorded votes when it is closed, and final then.
CREATE TABLE motion (
    id           bigint      GENERATED ALWAYS AS IDENTITY,
    round_id     text        NOT NULL,
    office_id    bigint      NOT NULL,
    number       integer     NOT NULL,
    meeting      integer     NOT NULL,
    kind         text        NOT NULL,          -- award.MotionKind
    category     text        NOT NULL DEFAULT '', -- of a tie
    reason       text        NOT NULL DEFAULT '', -- of a departure
    requested_by bigint,                        -- the member on whose request a unit is separated
    recused      bigint[]    NOT NULL,          -- members not entitled, by their ties
    state        text        NOT NULL DEFAULT 'open', -- award.MotionState
    outcome      text,                          -- award.Outcome, of a closed one
    officer_id   bigint      NOT NULL,
    at           timestamptz NOT NULL DEFAULT shifan_now(),
    closed_by    bigint,
    closed_at    timestamptz,

    CONSTRAINT motion_pkey PRIMARY KEY (id),
    CONSTRAINT motion_number UNIQUE (round_id, office_id, number),
    CONSTRAINT motion_meeting FOREIGN KEY (round_id, office_id, meeting)
        REFERENCES committee_meeting (round_id, office_id, number),
    CONSTRAINT motion_requested_by FOREIGN KEY (requested_by) REFERENCES committee_member (id),
    CONSTRAINT motion_kind CHECK (kind IN ('list', 'unit', 'tie', 'departure')),
    CONSTRAINT motion_state CHECK (state IN ('open', 'closed', 'withdrawn')),
    CONSTRAINT motion_outcome CHECK ((state = 'closed') = (outcome IS NOT NULL) AND outcome IN ('carried', 'lost', 'inquorate'))
);

CREATE TABLE motion_unit (
    motion_id      bigint  NOT NULL,
    application_id bigint  NOT NULL,
    position       integer NOT NULL,

    CONSTRAINT motion_unit_pkey PRIMARY KEY (motion_id, application_id),
    CONSTRAINT motion_unit_motion FOREIGN KEY (motion_id) REFERENCES motion (id),
    CONSTRAINT motion_unit_application FOREIGN KEY (application_id) REFERENCES application (id)
);

CREATE TABLE motion_vote (
    motion_id  bigint      NOT NULL,
    member_id  bigint      NOT NULL,
    vote       text        NOT NULL,            -- award.Vote
    officer_id bigint      NOT NULL,            -- the secretary who entered it
    at         timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT motion_vote_pkey PRIMARY KEY (motion_id, member_id),
    CONSTRAINT motion_vote_motion FOREIGN KEY (motion_id) REFERENCES motion (id),
    CONSTRAINT motion_vote_member FOREIGN KEY (member_id) REFERENCES committee_member (id),
    CONSTRAINT motion_vote_vote CHECK (vote IN ('for', 'against', 'abstain', 'recused', 'absent'))
);

-- A closed motion is final: neither it, nor its units, nor a vote changes.
-- +goose StatementBegin
CREATE FUNCTION motion_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_motion bigint;
BEGIN
    IF TG_TABLE_NAME = 'motion' THEN
        of_motion := OLD.id;
    ELSIF TG_OP = 'INSERT' THEN
        of_motion := NEW.motion_id;
    ELSE
        of_motion := OLD.motion_id;
    END IF;
    IF EXISTS (SELECT FROM motion m WHERE m.id = of_motion AND m.state <> 'open') THEN
        RAISE EXCEPTION 'motion % is final', of_motion USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER motion_final BEFORE UPDATE OR DELETE ON motion FOR EACH ROW EXECUTE FUNCTION motion_is_final();
CREATE TRIGGER motion_unit_final BEFORE INSERT OR UPDATE OR DELETE ON motion_unit FOR EACH ROW EXECUTE FUNCTION motion_is_final();
CREATE TRIGGER motion_vote_final BEFORE INSERT OR UPDATE OR DELETE ON motion_vote FOR EACH ROW EXECUTE FUNCTION motion_is_final();

-- The decisions of a round (命名表彰决定): the one that names its candidates, and
-- supplementary ones for units whose objection was dismissed afterwards (domain 7).
CREATE TABLE decision (
    round_id      text        NOT NULL,
    number        text        NOT NULL,         -- 文号
    decided_on    date        NOT NULL,
    supplementary boolean     NOT NULL,
    ground        text        NOT NULL DEFAULT '', -- of a supplementary one
    officer_id    bigint      NOT NULL,
    at            timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT decision_pkey PRIMARY KEY (round_id, number),
    CONSTRAINT decision_round FOREIGN KEY (round_id) REFERENCES round (id)
);
CREATE UNIQUE INDEX decision_first ON decision (round_id) WHERE NOT supplementary;
CREATE TRIGGER decision_final BEFORE UPDATE OR DELETE ON decision
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_final();

-- Titles after naming (D-10): what is due next on one, and where its plaque is.
ALTER TABLE title
    ADD COLUMN revision        integer     NOT NULL DEFAULT 1,
    ADD COLUMN decision_number text        NOT NULL DEFAULT '',     -- that named the unit
    ADD COLUMN plaque_number   text        NOT NULL DEFAULT '',     -- 奖牌编号
    ADD COLUMN plaque          text        NOT NULL DEFAULT 'held', -- award.PlaqueState
    ADD COLUMN due_at          timestamptz,                         -- by when the next re-check begins, or the one under way or the rectification ends
    ADD COLUMN plaque_due_at   timestamptz,                         -- a plaque that has not come back by then is void
    ADD CONSTRAINT title_plaque CHECK (plaque IN ('held', 'due', 'returned'));

UPDATE title t SET decision_number = coalesce(r.decision_number, ''), plaque_number = '牌' || t.number,
    due_at = ((t.named_on + interval '2 years')::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
FROM round r WHERE r.id = t.round_id;

CREATE INDEX title_due_idx ON title (due_at) WHERE NOT drill AND due_at IS NOT NULL;
CREATE INDEX title_plaque_due_idx ON title (plaque_due_at) WHERE NOT drill AND plaque = 'due';
CREATE INDEX title_unit_idx ON title (unit_id);

CREATE OR REPLACE VIEW title_register AS
    SELECT id, number, round_id, application_id, unit_id, category, text, named_on, state,
           revision, decision_number, plaque_number, plaque, due_at, plaque_due_at
    FROM title WHERE NOT drill;

-- One row for each move of a title (称号办理过程).
CREATE TABLE title_history (
    id         bigint      GENERATED ALWAYS AS IDENTITY,
    title_id   bigint      NOT NULL,
    revision   integer     NOT NULL,            -- of the title after the move
    act        text        NOT NULL,            -- award.Act
    from_state text        NOT NULL,
    to_state   text        NOT NULL,
    officer_id bigint,                          -- null: the procedure, on a date
    ground     text        NOT NULL,
    document   text        NOT NULL DEFAULT '', -- number of the decision or document
    at         timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT title_history_pkey PRIMARY KEY (id),
    CONSTRAINT title_history_title FOREIGN KEY (title_id) REFERENCES title (id)
);
CREATE INDEX title_history_idx ON title_history (title_id, id);
CREATE TRIGGER title_history_final BEFORE UPDATE OR DELETE ON title_history
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_final();

-- A report on a holder (举报), taken at any time. Who reported is kept apart.
CREATE TABLE title_report (
    id         bigint      GENERATED ALWAYS AS IDENTITY,
    title_id   bigint      NOT NULL,
    channel    text        NOT NULL,            -- award.ReportChannel
    facts      text        NOT NULL,
    received   date        NOT NULL,
    officer_id bigint      NOT NULL,            -- the handling officer
    at         timestamptz NOT NULL DEFAULT shifan_now(),
    outcome    text,                            -- award.ReportOutcome; null: open
    finding    text        NOT NULL DEFAULT '',
    closed_by  bigint,
    closed_at  timestamptz,

    CONSTRAINT title_report_pkey PRIMARY KEY (id),
    CONSTRAINT title_report_title FOREIGN KEY (title_id) REFERENCES title (id),
    CONSTRAINT title_report_channel CHECK (channel IN ('letter', 'phone', 'fax', 'email', 'visit', 'objection')),
    CONSTRAINT title_report_outcome CHECK (outcome IN ('confirmed', 'unfounded'))
);
CREATE INDEX title_report_idx ON title_report (title_id, id);

-- Who reported: read by the handling officer and the supervisor alone.
CREATE TABLE title_reporter (
    report_id bigint NOT NULL,
    name      text   NOT NULL,
    contact   text   NOT NULL,

    CONSTRAINT title_reporter_pkey PRIMARY KEY (report_id),
    CONSTRAINT title_reporter_report FOREIGN KEY (report_id) REFERENCES title_report (id)
);

-- Units that may not apply (取消申报资格, D-10): five years after a falsification.
CREATE TABLE unit_bar (
    id         bigint      GENERATED ALWAYS AS IDENTITY,
    unit_id    bigint      NOT NULL,
    from_day   date        NOT NULL,
    until_day  date        NOT NULL,            -- exclusive: the first day on which it may apply again
    ground     text        NOT NULL,
    document   text        NOT NULL,
    officer_id bigint      NOT NULL,
    at         timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT unit_bar_pkey PRIMARY KEY (id),
    CONSTRAINT unit_bar_unit FOREIGN KEY (unit_id) REFERENCES unit (id),
    CONSTRAINT unit_bar_order CHECK (until_day > from_day)
);
CREATE INDEX unit_bar_idx ON unit_bar (unit_id, until_day);
CREATE TRIGGER unit_bar_final BEFORE UPDATE OR DELETE ON unit_bar
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_final();
