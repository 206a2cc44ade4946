-- +goose Up

-- A list of units that a body has adopted: a province's proposed list, the
-- nation's candidates. Frozen when adopted; a changed list is a new revision.
CREATE TABLE list (
    id         bigint      GENERATED ALWAYS AS IDENTITY,
    round_id   text        NOT NULL,
    office_id  bigint      NOT NULL,            -- whose list it is
    kind       text        NOT NULL,            -- award.ListKind
    revision   integer     NOT NULL,
    minutes    text        NOT NULL,            -- the minuted meeting that adopted it
    met_on     date        NOT NULL,
    sha256     bytea       NOT NULL,            -- award.ListHash over its items in D-09 order
    officer_id bigint      NOT NULL,
    adopted_at timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT list_pkey PRIMARY KEY (id),
    CONSTRAINT list_revision UNIQUE (round_id, office_id, kind, revision),
    CONSTRAINT list_round FOREIGN KEY (round_id) REFERENCES round (id),
    CONSTRAINT list_kind CHECK (kind IN ('proposed', 'candidates'))
);

CREATE TABLE list_item (
    list_id        bigint  NOT NULL,
    application_id bigint  NOT NULL,
    category       text    NOT NULL,
    position       integer NOT NULL,            -- the body's own order within the category, from 1
    reason         text    NOT NULL DEFAULT '', -- why it departs from the rank, where it does
    removed_at     timestamptz,                 -- left the list after its notice (upheld objection, withdrawal)

    CONSTRAINT list_item_pkey PRIMARY KEY (list_id, application_id),
    CONSTRAINT list_item_position UNIQUE (list_id, category, position),
    CONSTRAINT list_item_list FOREIGN KEY (list_id) REFERENCES list (id),
    CONSTRAINT list_item_application FOREIGN KEY (application_id) REFERENCES application (id)
);

CREATE INDEX list_item_application_idx ON list_item (application_id);

-- A public notice (公示): a frozen list before the public for a window (domain 7, D-02).
CREATE TABLE public_notice (
    id           bigint      GENERATED ALWAYS AS IDENTITY,
    round_id     text        NOT NULL,
    number       integer     NOT NULL,          -- within the round; part of the workflow's ID
    list_id      bigint      NOT NULL,
    office_id    bigint      NOT NULL,          -- the publishing office
    scope        text        NOT NULL,          -- provincial | national
    working_days integer     NOT NULL,
    opens_at     timestamptz NOT NULL,          -- 00:00 of the first day
    closes_at    timestamptz NOT NULL,          -- exclusive: 24:00 of the last
    final_at     timestamptz NOT NULL,          -- letters postmarked inside the window may arrive until then (domain 7)
    provisional  boolean     NOT NULL,          -- a year's calendar is not yet published
    contacts     jsonb       NOT NULL DEFAULT '[]',
    text         text        NOT NULL DEFAULT '',
    state        text        NOT NULL DEFAULT 'announced', -- award.NoticeState
    officer_id   bigint      NOT NULL,
    announced_at timestamptz NOT NULL DEFAULT shifan_now(),
    ended_at     timestamptz,

    CONSTRAINT public_notice_pkey PRIMARY KEY (id),
    CONSTRAINT public_notice_number UNIQUE (round_id, number),
    CONSTRAINT public_notice_list FOREIGN KEY (list_id) REFERENCES list (id),
    CONSTRAINT public_notice_scope CHECK (scope IN ('provincial', 'national')),
    CONSTRAINT public_notice_state CHECK (state IN ('announced', 'ended', 'withdrawn')),
    CONSTRAINT public_notice_window CHECK (closes_at > opens_at)
);

CREATE UNIQUE INDEX public_notice_one_live ON public_notice (list_id) WHERE state <> 'withdrawn';

-- Proof of publication (公示情况): the window starts no earlier than the latest.
CREATE TABLE public_notice_evidence (
    notice_id    bigint NOT NULL,
    position     integer NOT NULL,
    medium       text   NOT NULL,               -- award.Medium: local_medium, central_medium, website
    name         text   NOT NULL,
    published_at timestamptz NOT NULL,         -- the start of the day of publication
    link         text   NOT NULL DEFAULT '',

    CONSTRAINT public_notice_evidence_pkey PRIMARY KEY (notice_id, position),
    CONSTRAINT public_notice_evidence_notice FOREIGN KEY (notice_id) REFERENCES public_notice (id)
);

-- The cut to the recommendation limit (N 四(二)), made after public notice.
CREATE TABLE recommendation (
    application_id bigint      NOT NULL,
    round_id       text        NOT NULL,
    office_id      bigint      NOT NULL,
    category       text        NOT NULL,
    position       integer     NOT NULL,        -- the office's order within the category
    at             timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT recommendation_pkey PRIMARY KEY (application_id),
    CONSTRAINT recommendation_application FOREIGN KEY (application_id) REFERENCES application (id),
    CONSTRAINT recommendation_limit FOREIGN KEY (round_id, office_id, category)
        REFERENCES recommendation_limit (round_id, office_id, category)
);

CREATE INDEX recommendation_office_idx ON recommendation (round_id, office_id, category);

-- The recommendation package (推荐材料): covering letter and the four parts of N 四(二).
CREATE TABLE package (
    round_id      text        NOT NULL,
    office_id     bigint      NOT NULL,
    revision      integer     NOT NULL,
    letter_number text        NOT NULL,         -- 推荐函 number
    letter        jsonb       NOT NULL,         -- award.Document
    report        jsonb       NOT NULL,         -- 考核验收报告, one per province: award.Document
    state         text        NOT NULL DEFAULT 'adopted', -- award.PackageState
    officer_id    bigint      NOT NULL,
    adopted_at    timestamptz NOT NULL DEFAULT shifan_now(),
    sent_at       timestamptz,
    answered_at   timestamptz,
    reason        text        NOT NULL DEFAULT '',   -- why it was returned
    revision_due_at timestamptz,                -- a returned one: by when; afterwards the last accepted stands

    CONSTRAINT package_pkey PRIMARY KEY (round_id, office_id, revision),
    CONSTRAINT package_office FOREIGN KEY (round_id, office_id) REFERENCES round_office (round_id, office_id),
    CONSTRAINT package_state CHECK (state IN ('adopted', 'sent', 'accepted', 'returned'))
);

-- Marks of the nation's assessment (评估验收): 部级核定得分.
CREATE TABLE assessment_mark (
    application_id bigint      NOT NULL,
    revision       integer     NOT NULL DEFAULT 1,
    marks          bigint[]    NOT NULL,        -- hundredths, the standard's leaf order
    note           text        NOT NULL DEFAULT '',
    officer_id     bigint      NOT NULL,
    at             timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT assessment_mark_pkey PRIMARY KEY (application_id),
    CONSTRAINT assessment_mark_application FOREIGN KEY (application_id) REFERENCES application (id)
);

-- What the scoring batch computed, file by file. Computing it again writes the same row.
CREATE TABLE score (
    application_id bigint      NOT NULL,
    total          bigint      NOT NULL,        -- hundredths
    blocks         bigint[]    NOT NULL,        -- hundredths per first-level block
    passed         boolean     NOT NULL,
    reasons        text[]      NOT NULL,        -- message keys of what failed
    at             timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT score_pkey PRIMARY KEY (application_id),
    CONSTRAINT score_application FOREIGN KEY (application_id) REFERENCES application (id)
);

-- Titles given (荣誉称号). A drill's are marked and never enter the register of titles.
CREATE TABLE title (
    id             bigint      GENERATED ALWAYS AS IDENTITY,
    number         text        NOT NULL,        -- printed on plaque and certificate
    round_id       text        NOT NULL,
    application_id bigint      NOT NULL,
    unit_id        bigint      NOT NULL,
    category       text        NOT NULL,
    text           text        NOT NULL,        -- the full title
    drill          boolean     NOT NULL,
    named_on       date        NOT NULL,        -- the decision's date
    state          text        NOT NULL DEFAULT 'active',

    CONSTRAINT title_pkey PRIMARY KEY (id),
    CONSTRAINT title_number UNIQUE (number),
    CONSTRAINT title_application UNIQUE (application_id),
    CONSTRAINT title_state CHECK (state IN ('active', 'in_recheck', 'kept', 'rectifying', 'revoked', 'deregistered'))
);

CREATE VIEW title_register AS
    SELECT id, number, round_id, application_id, unit_id, category, text, named_on, state
    FROM title WHERE NOT drill;
