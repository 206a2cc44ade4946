-- +goose Up

-- The sample or real standard of one category (N 三, annex 1): immutable once
-- published, used by rounds.
CREATE TABLE standard (
    id           bigint      GENERATED ALWAYS AS IDENTITY,
    category     text        NOT NULL,
    version      integer     NOT NULL,
    title        text        NOT NULL,
    sample       boolean     NOT NULL,          -- 示例: not the Ministry's text
    indicators   jsonb       NOT NULL,          -- award.Standard: blocks and leaves, maxima in hundredths of a point
    sha256       bytea       NOT NULL,
    published_at timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT standard_pkey PRIMARY KEY (id),
    CONSTRAINT standard_version UNIQUE (category, version)
);

-- One run of naming and commendation (批次).
CREATE TABLE round (
    id              text        NOT NULL,       -- 2026-1; drills drill-7
    number          bigint      GENERATED ALWAYS AS IDENTITY,  -- in the order drafted: what lists of rounds are paged by
    revision        integer     NOT NULL DEFAULT 1,
    title           text        NOT NULL,
    owner_office_id bigint      NOT NULL,       -- its rights end at its subtree
    drill           boolean     NOT NULL,       -- 演练: own calendar, titles marked and outside the register
    drill_day       interval,                   -- how long one working day of a drill lasts
    state           text        NOT NULL,       -- award.RoundState
    stage           text        NOT NULL,       -- award.Stage
    approval_number text        NOT NULL DEFAULT '',  -- 批准文号
    document_number text        NOT NULL DEFAULT '',
    contacts        jsonb       NOT NULL DEFAULT '[]',
    rules           jsonb       NOT NULL,       -- award.Rules: notice length, satisfaction, return days, …; frozen at opening
    registry_date   date        NOT NULL,       -- the register as of this day is the round's

    -- The round's dates (N closing paragraph), exclusive instants. An office may have its own (intake, office_stage).
    self_check_closes_at  timestamptz NOT NULL, -- "by the end of December" = 00:00 of 1 January
    apply_closes_at       timestamptz NOT NULL, -- D-17
    recommendation_due_at timestamptz NOT NULL,
    assessment_due_at     timestamptz NOT NULL,

    created_at   timestamptz NOT NULL DEFAULT shifan_now(),
    opening_at   timestamptz,                   -- the opening act; freezing runs
    opened_at    timestamptz,                   -- register, limits, standards frozen
    suspended_at timestamptz,                   -- set while suspended
    list_frozen_at  timestamptz,                -- domain 6.1: no return after that
    list_sha256     bytea,
    scored_at       timestamptz,                -- national scores computed over the frozen list
    candidates_at   timestamptz,
    decided_at   timestamptz,
    decision_number text,
    decision_date   date,
    ended_at     timestamptz,                   -- closed or cancelled

    CONSTRAINT round_pkey PRIMARY KEY (id),
    CONSTRAINT round_number UNIQUE (number),
    CONSTRAINT round_owner FOREIGN KEY (owner_office_id) REFERENCES unit (id),
    CONSTRAINT round_state CHECK (state IN ('draft', 'opening', 'open', 'suspended', 'closed', 'cancelled')),
    CONSTRAINT round_stage CHECK (stage IN ('self_check', 'recommendation', 'assessment', 'public_notice', 'commendation')),
    CONSTRAINT round_drill CHECK (drill = (drill_day IS NOT NULL)),
    CONSTRAINT round_dates CHECK (self_check_closes_at <= apply_closes_at
        AND apply_closes_at < recommendation_due_at AND recommendation_due_at < assessment_due_at)
);

-- A category of a round: its two ceilings (N 二, 四(二)) and its standard.
CREATE TABLE round_category (
    round_id    text    NOT NULL,
    category    text    NOT NULL,
    title       text    NOT NULL,               -- printed always whole: 全国和谐社区建设示范城区(市)
    quota       integer NOT NULL,               -- most units the nation may name
    ratio       integer,                        -- units for each unit recommended; null only for city
    kinds       text[]  NOT NULL,               -- award.Kind open to it
    standard_id bigint,                         -- set at opening
    form        jsonb   NOT NULL DEFAULT '[]',  -- award.FormField: the application form, frozen at opening

    CONSTRAINT round_category_pkey PRIMARY KEY (round_id, category),
    CONSTRAINT round_category_round FOREIGN KEY (round_id) REFERENCES round (id),
    CONSTRAINT round_category_standard FOREIGN KEY (standard_id) REFERENCES standard (id),
    CONSTRAINT round_category_name CHECK (category IN ('district', 'street', 'community', 'city', 'village')),
    CONSTRAINT round_category_quota CHECK (quota > 0),
    CONSTRAINT round_category_ratio CHECK (ratio > 0 OR (ratio IS NULL AND category = 'city'))
);

-- The register as this round sees it, frozen at opening (domain 9).
CREATE TABLE round_unit (
    round_id  text     NOT NULL,
    unit_id   bigint   NOT NULL,
    code      text     NOT NULL,
    name      text     NOT NULL,
    kind      text     NOT NULL,
    kind_sure boolean  NOT NULL,
    parent_id bigint,
    office_id bigint,                           -- the recommending office it counts for; null above it
    path      bigint[] NOT NULL,                -- root … parent, itself: the chain it climbs, backwards

    CONSTRAINT round_unit_pkey PRIMARY KEY (round_id, unit_id),
    CONSTRAINT round_unit_code UNIQUE (round_id, code),
    CONSTRAINT round_unit_round FOREIGN KEY (round_id) REFERENCES round (id),
    CONSTRAINT round_unit_unit FOREIGN KEY (unit_id) REFERENCES unit (id)
);

CREATE INDEX round_unit_office_idx ON round_unit (round_id, office_id, kind);

-- A recommending office (省级推荐机构) in a round.
CREATE TABLE round_office (
    round_id   text        NOT NULL,
    office_id  bigint      NOT NULL,
    code       text        NOT NULL,
    name       text        NOT NULL,
    gate       integer     GENERATED ALWAYS AS IDENTITY, -- advisory lock: acts under the office share it, levers take it alone (architecture 1)
    arrival_at timestamptz NOT NULL,            -- 到省截止: what still climbs then passes up marked 未签署意见 (D-16)
    passed_up_at timestamptz,                   -- when that was done
    drafts_lapsed_at timestamptz,               -- when drafts not filed lapsed (逾期未报)

    CONSTRAINT round_office_pkey PRIMARY KEY (round_id, office_id),
    CONSTRAINT round_office_code UNIQUE (round_id, code),
    CONSTRAINT round_office_gate UNIQUE (gate),
    CONSTRAINT round_office_round FOREIGN KEY (round_id) REFERENCES round (id)
);

-- Intake dates are clocks: nothing is accepted from closes_at on (domain 3).
-- A file act holds the office's gate shared, closing and moving hold it alone.
CREATE TABLE intake (
    round_id  text        NOT NULL,
    office_id bigint      NOT NULL,             -- the recommending office whose units it is for
    kind      text        NOT NULL,
    closes_at timestamptz NOT NULL,             -- exclusive
    closed_at timestamptz,                      -- when the procedure closed it; it was over at closes_at

    CONSTRAINT intake_pkey PRIMARY KEY (round_id, office_id, kind),
    CONSTRAINT intake_office FOREIGN KEY (round_id, office_id) REFERENCES round_office (round_id, office_id),
    CONSTRAINT intake_kind CHECK (kind IN ('self_check', 'apply')),
    CONSTRAINT intake_closed CHECK (closed_at >= closes_at)
);

-- Office dates are promises: late is overdue, not shut out (domain 3). The
-- owner office has rows like any other.
CREATE TABLE office_stage (
    round_id     text        NOT NULL,
    office_id    bigint      NOT NULL,
    stage        text        NOT NULL,          -- award.Stage
    revision     integer     NOT NULL DEFAULT 1,
    due_at       timestamptz NOT NULL,
    state        text        NOT NULL DEFAULT 'open',   -- award.StageState
    overdue_at   timestamptz,                   -- when it was found overdue (逾期); kept after a late completion
    completed_at timestamptz,
    closed_at    timestamptz,                   -- closed by name
    reason       text        NOT NULL DEFAULT '',
    report       jsonb       NOT NULL DEFAULT '{}',     -- the numbers the office reported

    CONSTRAINT office_stage_pkey PRIMARY KEY (round_id, office_id, stage),
    CONSTRAINT office_stage_round FOREIGN KEY (round_id) REFERENCES round (id),
    CONSTRAINT office_stage_name CHECK (stage IN ('self_check', 'recommendation', 'assessment', 'public_notice', 'commendation')),
    CONSTRAINT office_stage_state CHECK (state IN ('open', 'complete', 'closed'))
);

-- How many each office may recommend (N 四(二), D-01), with the basis printed
-- wherever a limit is shown. Locked before anything is counted under it.
CREATE TABLE recommendation_limit (
    round_id   text    NOT NULL,
    office_id  bigint  NOT NULL,
    category   text    NOT NULL,
    eligible   integer NOT NULL,                -- units of the category under the office
    source     text    NOT NULL,                -- register, or the official list's name
    counted_on date    NOT NULL,
    ratio      integer NOT NULL,
    places     integer NOT NULL,                -- award.Quota.RecommendationLimit

    CONSTRAINT recommendation_limit_pkey PRIMARY KEY (round_id, office_id, category),
    CONSTRAINT recommendation_limit_office FOREIGN KEY (round_id, office_id) REFERENCES round_office (round_id, office_id),
    CONSTRAINT recommendation_limit_category FOREIGN KEY (round_id, category) REFERENCES round_category (round_id, category),
    CONSTRAINT recommendation_limit_bounds CHECK (places BETWEEN 0 AND eligible)
);

-- Batches that walk many rows: freeze, pass up, score, lapse. The number in a
-- workflow's ID comes from here.
CREATE TABLE batch (
    round_id    text        NOT NULL,
    office_id   bigint      NOT NULL,           -- the owner office for the round's own batches
    job         text        NOT NULL,           -- award.Job
    number      integer     NOT NULL DEFAULT 1,
    started_at  timestamptz NOT NULL DEFAULT shifan_now(),
    finished_at timestamptz,
    done        integer     NOT NULL DEFAULT 0,
    failed      integer     NOT NULL DEFAULT 0,

    CONSTRAINT batch_pkey PRIMARY KEY (round_id, office_id, job, number)
);

-- A unit that a batch could not deal with: listed for an operator, and the
-- others go on.
CREATE TABLE batch_failure (
    round_id  text        NOT NULL,
    office_id bigint      NOT NULL,
    job       text        NOT NULL,
    number    integer     NOT NULL,
    subject   text        NOT NULL,
    reason    text        NOT NULL,
    at        timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT batch_failure_pkey PRIMARY KEY (round_id, office_id, job, number, subject)
);
