-- +goose Up

-- A category without a ratio (city, N 二) has no limit, and its cut no row to
-- refer to: a cut refers to its office and category instead.
ALTER TABLE recommendation
    DROP CONSTRAINT recommendation_limit,
    ADD CONSTRAINT recommendation_office FOREIGN KEY (round_id, office_id) REFERENCES round_office (round_id, office_id),
    ADD CONSTRAINT recommendation_category FOREIGN KEY (round_id, category) REFERENCES round_category (round_id, category);

-- The guard behind the rule (award.CheckCut): whatever writes a cut or a limit,
-- no transaction ends with more recommended than places (N 四(二)). The limit's
-- row is held before it is counted, so that two can not pass at once.
-- +goose StatementBegin
CREATE FUNCTION recommendation_within_limit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    most integer;
    used integer;
BEGIN
    SELECT l.places INTO most FROM recommendation_limit l
    WHERE l.round_id = NEW.round_id AND l.office_id = NEW.office_id AND l.category = NEW.category FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL; -- no ratio, no limit
    END IF;
    SELECT count(*) INTO used FROM recommendation r
    WHERE r.round_id = NEW.round_id AND r.office_id = NEW.office_id AND r.category = NEW.category;
    IF used > most THEN
        RAISE EXCEPTION 'office % recommends % of % in category %', NEW.office_id, used, most, NEW.category
            USING ERRCODE = 'check_violation', CONSTRAINT = 'recommendation_within_limit';
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE CONSTRAINT TRIGGER recommendation_within_limit AFTER INSERT OR UPDATE ON recommendation
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION recommendation_within_limit();
CREATE CONSTRAINT TRIGGER recommendation_limit_above_used AFTER UPDATE OF places ON recommendation_limit
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION recommendation_within_limit();

-- Which cut an officer has seen: two who fill the last place do not overwrite
-- each other.
ALTER TABLE round_office ADD COLUMN cut_revision integer NOT NULL DEFAULT 0; -- 0: no cut yet

-- Rounds opened before the rule existed flag differences as new ones do (D-46).
UPDATE round SET rules = rules || '{"difference_percent": 20}' WHERE NOT rules ? 'difference_percent';

-- An inspection in full: who went, when and how, and what is said of single
-- indicators. inspected_on and methods are those of all visits together.
ALTER TABLE inspection
    ADD COLUMN members text[] NOT NULL DEFAULT '{}',   -- names, for the record alone: in no log
    ADD COLUMN visits  jsonb  NOT NULL DEFAULT '[]',   -- award.Visit: day and methods of each
    ADD COLUMN remarks jsonb  NOT NULL DEFAULT '{}';   -- by indicator code; required where marks differ (D-46)

-- Who asked the residents: the recommending office or whom it commissioned (受托机构).
ALTER TABLE survey ADD COLUMN conducted_by text NOT NULL DEFAULT '';

-- One letter by which an office asks departments about its units (征求意见,
-- N 五(一), 五(三)).
CREATE TABLE department_asking (
    id          bigint      GENERATED ALWAYS AS IDENTITY,
    round_id    text        NOT NULL,
    office_id   bigint      NOT NULL,
    number      text        NOT NULL,           -- of the letter (函号)
    asked_on    date        NOT NULL,
    due_on      date        NOT NULL,           -- a promise of the departments: nothing is decided by it
    departments text[]      NOT NULL,
    officer_id  bigint      NOT NULL,
    at          timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT department_asking_pkey PRIMARY KEY (id),
    CONSTRAINT department_asking_number UNIQUE (round_id, office_id, number),
    CONSTRAINT department_asking_office FOREIGN KEY (round_id, office_id) REFERENCES round_office (round_id, office_id),
    CONSTRAINT department_asking_order CHECK (due_on >= asked_on)
);

-- What a department says of a unit: one answer each. Open until answered, or
-- until the office ends the asking with a minuted reason (D-45).
CREATE TABLE department_opinion (
    application_id bigint      NOT NULL,
    department     text        NOT NULL,
    asking_id      bigint      NOT NULL,
    state          text        NOT NULL DEFAULT 'open', -- award.DepartmentState
    ground         text        NOT NULL DEFAULT '',     -- of an objection
    letter         text        NOT NULL DEFAULT '',     -- its number
    answered_on    date,
    reason         text        NOT NULL DEFAULT '',     -- of the decision, or why the asking ended unanswered
    officer_id     bigint      NOT NULL,
    at             timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT department_opinion_pkey PRIMARY KEY (application_id, department),
    CONSTRAINT department_opinion_application FOREIGN KEY (application_id) REFERENCES application (id),
    CONSTRAINT department_opinion_asking FOREIGN KEY (asking_id) REFERENCES department_asking (id),
    CONSTRAINT department_opinion_state CHECK (state IN ('open', 'clear', 'objected', 'set_aside', 'upheld', 'unanswered'))
);

CREATE INDEX department_opinion_asking_idx ON department_opinion (asking_id);

-- The units a package revision was sent with, so that two can be compared.
CREATE TABLE package_unit (
    round_id       text    NOT NULL,
    office_id      bigint  NOT NULL,
    revision       integer NOT NULL,
    application_id bigint  NOT NULL,
    category       text    NOT NULL,

    CONSTRAINT package_unit_pkey PRIMARY KEY (round_id, office_id, revision, application_id),
    CONSTRAINT package_unit_package FOREIGN KEY (round_id, office_id, revision) REFERENCES package (round_id, office_id, revision),
    CONSTRAINT package_unit_application FOREIGN KEY (application_id) REFERENCES application (id)
);
