-- +goose Up

-- A unit's own check (自查, N 四(一)), for all units whether they apply or not.
CREATE TABLE self_check (
    round_id   text        NOT NULL,
    unit_id    bigint      NOT NULL,
    category   text        NOT NULL,
    office_id  bigint      NOT NULL,            -- the recommending office it counts for
    revision   integer     NOT NULL DEFAULT 1,
    marks      bigint[]    NOT NULL,            -- hundredths of a point, in the standard's leaf order
    gap        text        NOT NULL DEFAULT '', -- 差距
    measure    text        NOT NULL DEFAULT '', -- 改进措施
    total      bigint      NOT NULL,            -- hundredths; award.Score of the marks
    ready      boolean     NOT NULL,            -- 符合条件: the self-check passes
    entered_by bigint      NOT NULL,            -- officer; of a superior office when 代录
    updated_at timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT self_check_pkey PRIMARY KEY (round_id, unit_id, category),
    CONSTRAINT self_check_unit FOREIGN KEY (round_id, unit_id) REFERENCES round_unit (round_id, unit_id),
    CONSTRAINT self_check_category FOREIGN KEY (round_id, category) REFERENCES round_category (round_id, category)
);

CREATE INDEX self_check_office_idx ON self_check (round_id, office_id, category);

-- An application's file (申报材料) as it stands; application_history says how it came there.
CREATE TABLE application (
    id        bigint  GENERATED ALWAYS AS IDENTITY,
    round_id  text    NOT NULL,
    unit_id   bigint  NOT NULL,
    category  text    NOT NULL,
    office_id bigint  NOT NULL,                 -- the recommending office
    revision  integer NOT NULL DEFAULT 1,
    state     text    NOT NULL,                 -- award.FileState
    form      jsonb   NOT NULL DEFAULT '{}',    -- field key -> text

    waiting_office_id bigint,                   -- who must act next; the unit itself while it drafts or mends
    waiting_since     timestamptz,
    due_at            timestamptz,              -- by when; a return's due, independent of apply_by
    reminders         integer NOT NULL DEFAULT 0,
    resume_office_id  bigint,                   -- where a returned file goes on
    declined_by       bigint,                   -- the office that declined; its superior may call up once
    called_up         boolean NOT NULL DEFAULT false,
    unsigned          boolean NOT NULL DEFAULT false, -- 未签署意见: passed up at the arrival date (D-16)
    suspended         boolean NOT NULL DEFAULT false, -- an objection is open past its window
    ground            text    NOT NULL DEFAULT '',    -- why it ended as it did, as told to the unit

    created_at timestamptz NOT NULL DEFAULT shifan_now(),
    filed_at   timestamptz,
    ended_at   timestamptz,

    CONSTRAINT application_pkey PRIMARY KEY (id),
    CONSTRAINT application_unit FOREIGN KEY (round_id, unit_id) REFERENCES round_unit (round_id, unit_id),
    CONSTRAINT application_category FOREIGN KEY (round_id, category) REFERENCES round_category (round_id, category),
    CONSTRAINT application_office FOREIGN KEY (round_id, office_id) REFERENCES round_office (round_id, office_id),
    CONSTRAINT application_state CHECK (state IN (
        'draft', 'filed', 'climbing', 'returned', 'at_province', 'inspected',
        'proposed', 'noticed_locally', 'recommended', 'not_recommended', 'reviewed', 'marked',
        'candidate', 'not_selected', 'noticed_nationally', 'named', 'removed',
        'withdrawn', 'lapsed', 'declined', 'barred', 'vetoed', 'round_cancelled'))
);

-- One live application per unit and round (domain 4: one unit, one category, one live application).
CREATE UNIQUE INDEX application_one_live ON application (round_id, unit_id)
    WHERE state NOT IN ('withdrawn', 'lapsed', 'declined', 'barred', 'vetoed', 'removed', 'round_cancelled');
CREATE INDEX application_round_idx ON application (round_id, id);
CREATE INDEX application_office_idx ON application (round_id, office_id, state, id);
CREATE INDEX application_waiting_idx ON application (waiting_office_id, round_id, id) WHERE waiting_office_id IS NOT NULL;
CREATE INDEX application_unit_idx ON application (unit_id);

-- One row per move (who, when, on what ground). Append-only.
CREATE TABLE application_history (
    id             bigint      GENERATED ALWAYS AS IDENTITY,
    application_id bigint      NOT NULL,
    revision       integer     NOT NULL,        -- of the file after the move
    act            text        NOT NULL,        -- award.Act
    from_state     text        NOT NULL,
    to_state       text        NOT NULL,
    officer_id     bigint,                      -- null: the procedure, on a date
    office_id      bigint,
    ground         text        NOT NULL DEFAULT '',
    at             timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT application_history_pkey PRIMARY KEY (id),
    CONSTRAINT application_history_application FOREIGN KEY (application_id) REFERENCES application (id)
);

CREATE INDEX application_history_idx ON application_history (application_id, id);
CREATE TRIGGER application_history_final BEFORE UPDATE OR DELETE ON application_history
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_final();

-- The file as filed, revision by revision, so that two can be compared.
CREATE TABLE application_revision (
    application_id bigint      NOT NULL,
    revision       integer     NOT NULL,
    form           jsonb       NOT NULL,
    self_check     bigint[]    NOT NULL,        -- the marks it was filed with
    at             timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT application_revision_pkey PRIMARY KEY (application_id, revision),
    CONSTRAINT application_revision_application FOREIGN KEY (application_id) REFERENCES application (id)
);

-- An office's opinion on a file (审核意见), in the order given.
CREATE TABLE endorsement (
    id             bigint      GENERATED ALWAYS AS IDENTITY,
    application_id bigint      NOT NULL,
    revision       integer     NOT NULL,        -- of the file it speaks of
    office_id      bigint      NOT NULL,
    opinion        text        NOT NULL,        -- award.Opinion; unsigned: the arrival date passed it up (D-16)
    text           text        NOT NULL DEFAULT '',
    clerk          text        NOT NULL DEFAULT '',   -- 经办
    signing_head   text        NOT NULL DEFAULT '',   -- 签发
    sealing_body   text        NOT NULL DEFAULT '',   -- 署名机关
    return_to      bigint,                      -- the office or unit a return goes to
    officer_id     bigint,
    at             timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT endorsement_pkey PRIMARY KEY (id),
    CONSTRAINT endorsement_application FOREIGN KEY (application_id) REFERENCES application (id),
    CONSTRAINT endorsement_opinion CHECK (opinion IN ('agree', 'decline', 'return', 'unsigned'))
);

CREATE INDEX endorsement_idx ON endorsement (application_id, id);

-- The province's inspection of a unit (考察验收): its marks and finding.
CREATE TABLE inspection (
    application_id bigint      NOT NULL,
    revision       integer     NOT NULL DEFAULT 1,
    team           text        NOT NULL,
    inspected_on   date        NOT NULL,
    methods        text[]      NOT NULL,
    marks          bigint[]    NOT NULL,        -- hundredths, the standard's leaf order: 省级考核得分
    total          bigint      NOT NULL,
    passed         boolean     NOT NULL,
    finding        text        NOT NULL,
    officer_id     bigint      NOT NULL,
    at             timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT inspection_pkey PRIMARY KEY (application_id),
    CONSTRAINT inspection_application FOREIGN KEY (application_id) REFERENCES application (id)
);

-- 群众满意度测评 of a unit: counts alone, no respondent is named.
CREATE TABLE survey (
    application_id bigint      NOT NULL,
    revision       integer     NOT NULL DEFAULT 1,
    method         text        NOT NULL,
    first_day      date        NOT NULL,
    last_day       date        NOT NULL,
    satisfied      integer     NOT NULL,        -- 满意
    basically      integer     NOT NULL,        -- 基本满意
    dissatisfied   integer     NOT NULL,        -- 不满意
    unknown        integer     NOT NULL,        -- 不了解
    officer_id     bigint      NOT NULL,
    at             timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT survey_pkey PRIMARY KEY (application_id),
    CONSTRAINT survey_application FOREIGN KEY (application_id) REFERENCES application (id),
    CONSTRAINT survey_counts CHECK (satisfied >= 0 AND basically >= 0 AND dissatisfied >= 0 AND unknown >= 0),
    CONSTRAINT survey_period CHECK (last_day >= first_day)
);
