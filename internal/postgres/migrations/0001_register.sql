-- +goose Up

-- shifan_now is the one clock that judges: every act, intake and window reads
-- it. Tests replace this function to stand at the last second.
CREATE FUNCTION shifan_now() RETURNS timestamptz
    LANGUAGE sql VOLATILE
    AS 'SELECT clock_timestamp()';

-- The register of units (domain 9). A unit is also the office that acts for
-- it: the office of 东城区 is the unit 东城区, acting. The tree's root is the
-- nation (code 0), so the owner office of a national round is a row like any.
CREATE TABLE unit (
    id         bigint      GENERATED ALWAYS AS IDENTITY,  -- stable: survives code, name and parent
    created_at timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT unit_pkey PRIMARY KEY (id)
);

-- What a unit was, from one day to the next change. Exactly one row of a unit
-- is current (valid_to is null) until the unit is abolished.
CREATE TABLE unit_version (
    unit_id               bigint  NOT NULL,
    valid_from            date    NOT NULL,
    valid_to              date,             -- exclusive; null: still so
    code                  text    NOT NULL, -- GB/T 2260 without trailing zeros: 41, 4101, 410102, 410102001, 410102001001; 0 the nation; BT the Corps (D-11)
    name                  text    NOT NULL,
    kind                  text    NOT NULL, -- award.Kind
    kind_sure             boolean NOT NULL, -- false: the rule D-13 could not tell; listed and not eligible until corrected
    parent_id             bigint,           -- null for the nation alone; placeholder rows (市辖区, 省直辖) never become units
    recommending_office_id bigint,          -- null: inherited from the parent (domain 2)
    source                text    NOT NULL, -- the list it was read from, or the officer who corrected it

    CONSTRAINT unit_version_pkey PRIMARY KEY (unit_id, valid_from),
    CONSTRAINT unit_version_unit FOREIGN KEY (unit_id) REFERENCES unit (id),
    CONSTRAINT unit_version_parent FOREIGN KEY (parent_id) REFERENCES unit (id),
    CONSTRAINT unit_version_recommender FOREIGN KEY (recommending_office_id) REFERENCES unit (id),
    CONSTRAINT unit_version_span CHECK (valid_to IS NULL OR valid_to > valid_from),
    CONSTRAINT unit_version_kind CHECK (kind IN (
        'nation', 'province', 'prefecture',
        'district', 'county_city', 'county', 'zone',
        'street', 'town', 'township',
        'community', 'village'))
);

CREATE UNIQUE INDEX unit_version_current_code ON unit_version (code) WHERE valid_to IS NULL;
CREATE UNIQUE INDEX unit_version_current_unit ON unit_version (unit_id) WHERE valid_to IS NULL;
CREATE INDEX unit_version_unsure_idx ON unit_version (code) WHERE valid_to IS NULL AND NOT kind_sure;
CREATE INDEX unit_version_parent_idx ON unit_version (parent_id);
CREATE INDEX unit_version_code_idx ON unit_version (code text_pattern_ops, valid_from);

-- One row per import, so that a list can be traced to its file.
CREATE TABLE register_import (
    id         bigint      GENERATED ALWAYS AS IDENTITY,
    source     text        NOT NULL,  -- name and revision of the list
    sha256     bytea       NOT NULL,  -- of the rows, as read: the same list gives the same
    rows_read  integer     NOT NULL,
    rows_added integer     NOT NULL,
    rows_changed integer   NOT NULL,
    rows_unsure integer    NOT NULL,
    imported_at timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT register_import_pkey PRIMARY KEY (id)
);
