-- +goose Up

-- The spot check of a round (抽查, N 四(三), domain 6.2): sealed as the round
-- opens, drawn as its list freezes, published after the last visit. A round
-- opened before there was one has none.
CREATE TABLE spot_check (
    round_id     text        NOT NULL,
    commitment   bytea       NOT NULL,           -- award.Seed.Commitment: public from the first day
    sealed_at    timestamptz NOT NULL DEFAULT shifan_now(),
    drawn_at     timestamptz,
    published_at timestamptz,                    -- from then on seed, list and sample are anybody's

    CONSTRAINT spot_check_pkey PRIMARY KEY (round_id),
    CONSTRAINT spot_check_round FOREIGN KEY (round_id) REFERENCES round (id),
    CONSTRAINT spot_check_commitment CHECK (octet_length(commitment) = 32),
    CONSTRAINT spot_check_order CHECK (published_at IS NULL OR drawn_at IS NOT NULL)
);

-- The seed, apart from everything else, so that nothing that reads a spot check
-- can show it before its time. Never changed.
CREATE TABLE spot_check_seed (
    round_id text  NOT NULL,
    seed     bytea NOT NULL,

    CONSTRAINT spot_check_seed_pkey PRIMARY KEY (round_id),
    CONSTRAINT spot_check_seed_of FOREIGN KEY (round_id) REFERENCES spot_check (round_id),
    CONSTRAINT spot_check_seed_size CHECK (octet_length(seed) = 32)
);

CREATE TRIGGER spot_check_seed_final BEFORE UPDATE OR DELETE ON spot_check_seed
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_final();

-- The frozen list of recommended units (总名单) with each unit's place in the
-- order of the draw: whatever becomes of a file, the list stays. Append-only.
CREATE TABLE frozen_unit (
    application_id bigint  NOT NULL,
    round_id       text    NOT NULL,
    category       text    NOT NULL,
    office_code    text    NOT NULL,             -- the recommending office
    code           text    NOT NULL,
    name           text    NOT NULL,
    place          integer NOT NULL,             -- award.Turn, from 1 in category and office

    CONSTRAINT frozen_unit_pkey PRIMARY KEY (application_id),
    CONSTRAINT frozen_unit_place UNIQUE (round_id, office_code, category, place),
    CONSTRAINT frozen_unit_application FOREIGN KEY (application_id) REFERENCES application (id),
    CONSTRAINT frozen_unit_round FOREIGN KEY (round_id) REFERENCES spot_check (round_id)
);

CREATE TRIGGER frozen_unit_final BEFORE UPDATE OR DELETE ON frozen_unit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_final();

-- The sample: who is visited, and why. Append-only.
CREATE TABLE spot_check_unit (
    application_id bigint      NOT NULL,
    sampled_as     text        NOT NULL,            -- award.SampledAs
    reason         text        NOT NULL DEFAULT '', -- of one named by hand; published with it
    officer_id     bigint,                          -- who named it; null: drawn
    at             timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT spot_check_unit_pkey PRIMARY KEY (application_id),
    CONSTRAINT spot_check_unit_listed FOREIGN KEY (application_id) REFERENCES frozen_unit (application_id),
    CONSTRAINT spot_check_unit_as CHECK (sampled_as IN ('drawn', 'widened', 'by_hand')),
    CONSTRAINT spot_check_unit_reason CHECK ((sampled_as = 'by_hand') = (reason <> ''))
);

CREATE TRIGGER spot_check_unit_final BEFORE UPDATE OR DELETE ON spot_check_unit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_final();

-- A widening of one office's sample after failures (扩大抽查, D-72). Append-only.
CREATE TABLE spot_check_widening (
    round_id    text        NOT NULL,
    office_code text        NOT NULL,
    number      integer     NOT NULL,            -- from 1 for each office
    failed      integer     NOT NULL,            -- units that failed by then
    drawn       integer     NOT NULL,            -- of so many drawn
    at          timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT spot_check_widening_pkey PRIMARY KEY (round_id, office_code, number),
    CONSTRAINT spot_check_widening_of FOREIGN KEY (round_id) REFERENCES spot_check (round_id)
);

CREATE TRIGGER spot_check_widening_final BEFORE UPDATE OR DELETE ON spot_check_widening
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_final();

-- What the nation's visit to a unit found (抽查考察): once, and final.
CREATE TABLE site_visit (
    id             bigint      GENERATED ALWAYS AS IDENTITY,
    application_id bigint      NOT NULL,
    members        text[]      NOT NULL,         -- names, for the record alone: in no log
    visits         jsonb       NOT NULL,         -- award.Visit: day and methods of each
    place          text        NOT NULL,
    findings       text        NOT NULL,
    outcome        text        NOT NULL,         -- award.VisitOutcome
    corrections    jsonb       NOT NULL,         -- award.Correction
    ground         text        NOT NULL,         -- of a failure, as the unit is told
    evidence       text[]      NOT NULL,         -- SHA-256, hexadecimal
    officer_id     bigint      NOT NULL,
    at             timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT site_visit_pkey PRIMARY KEY (id),
    CONSTRAINT site_visit_once UNIQUE (application_id),
    CONSTRAINT site_visit_sampled FOREIGN KEY (application_id) REFERENCES spot_check_unit (application_id),
    CONSTRAINT site_visit_officer FOREIGN KEY (officer_id) REFERENCES officer (id),
    CONSTRAINT site_visit_outcome CHECK (outcome IN ('confirmed', 'corrected', 'failed')),
    CONSTRAINT site_visit_ground CHECK ((outcome = 'failed') = (ground <> ''))
);

CREATE TRIGGER site_visit_final BEFORE UPDATE OR DELETE ON site_visit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_final();

-- Who has visited a unit took part in deciding on it, too.
CREATE OR REPLACE VIEW took_part (application_id, officer_id) AS
    SELECT application_id, officer_id FROM application_history WHERE act <> 'rule-objection'
    UNION ALL SELECT application_id, officer_id FROM endorsement
    UNION ALL SELECT application_id, officer_id FROM inspection
    UNION ALL SELECT application_id, officer_id FROM survey
    UNION ALL SELECT application_id, officer_id FROM site_visit
    UNION ALL SELECT application_id, officer_id FROM assessment_mark
    UNION ALL SELECT application_id, officer_id FROM department_opinion WHERE state IN ('set_aside', 'upheld')
    UNION ALL SELECT i.application_id, l.officer_id FROM list_item i JOIN list l ON l.id = i.list_id
    UNION ALL SELECT i.application_id, n.officer_id FROM list_item i JOIN public_notice n ON n.list_id = i.list_id;

-- award.UseKind says which kinds there are.
ALTER TABLE evidence_use
    DROP CONSTRAINT IF EXISTS evidence_use_kind,
    ADD CONSTRAINT evidence_use_kind CHECK (kind <> '');

-- A round not yet opened gets the rules that new ones have.
UPDATE round SET rules = '{"spot_check_percent": 20, "spot_check_failures": 20}' || rules WHERE state = 'draft';
