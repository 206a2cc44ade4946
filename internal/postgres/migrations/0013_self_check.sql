-- +goose Up

-- What a unit reports of itself once a year (年度基本情况, domain 10),
-- independent of rounds: it fills indicators and forms. What it said before is in
-- the audit.
CREATE TABLE year_facts (
    unit_id     bigint      NOT NULL,
    year        integer     NOT NULL,
    revision    integer     NOT NULL DEFAULT 1,
    facts       jsonb       NOT NULL,           -- award.Facts: name -> whole number; yes 1, no 0; what is not there is not reported
    reported_by bigint      NOT NULL,           -- officer; of a superior office when 代录
    updated_at  timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT year_facts_pkey PRIMARY KEY (unit_id, year),
    CONSTRAINT year_facts_unit FOREIGN KEY (unit_id) REFERENCES unit (id),
    CONSTRAINT year_facts_officer FOREIGN KEY (reported_by) REFERENCES officer (id)
);

-- A self-check may be saved with blanks: begun, but not yet a self-check made.
-- Those of earlier releases have none.
ALTER TABLE self_check
    ADD COLUMN complete   boolean NOT NULL DEFAULT true,  -- no indicator is blank
    ADD COLUMN notes      jsonb   NOT NULL DEFAULT '{}',  -- indicator code -> award.Note: facts, gap, measure
    ADD COLUMN facts_year integer NOT NULL DEFAULT 0,     -- of the facts that filled indicators; 0: none did
    ADD COLUMN filled     text[]  NOT NULL DEFAULT '{}',  -- codes of the indicators they filled
    ADD COLUMN prefilled  integer NOT NULL DEFAULT 0,     -- indicators that nobody had to type (N 五(三))
    ADD COLUMN on_word_of text    NOT NULL DEFAULT '',    -- 代录: the person of the unit on whose word it was entered
    ADD COLUMN scan       text    NOT NULL DEFAULT '',    -- 代录: SHA-256 of the sealed paper, in hexadecimal
    ADD CONSTRAINT self_check_ready CHECK (complete OR NOT ready);

-- Progress reads no more of a self-check than this, and never its marks.
DROP INDEX self_check_office_idx;
CREATE INDEX self_check_office_idx ON self_check (round_id, office_id) INCLUDE (unit_id, category, complete, ready, prefilled);

-- How much of its form nobody had to type.
ALTER TABLE application
    ADD COLUMN prefilled integer NOT NULL DEFAULT 0;

-- What a round asked of a unit last is looked up when the next one begins.
CREATE INDEX self_check_unit_idx ON self_check (unit_id, category);

-- A field of a form says its kind where it once only said whether it is a number.
UPDATE round_category c SET form = (
    SELECT coalesce(jsonb_agg(
        (f.field - 'number') || jsonb_build_object('kind', CASE WHEN f.field ->> 'number' = 'true' THEN 'number' ELSE 'text' END)
        ORDER BY f.place), '[]')
    FROM jsonb_array_elements(c.form) WITH ORDINALITY AS f (field, place));
