-- +goose Up

-- What an office's opinion (审核意见, N 四(一)) carries beside its words.
ALTER TABLE endorsement
    ADD COLUMN seal bytea,   -- SHA-256 of the scan of the sealed page, kept as evidence; null: none
    ADD COLUMN rank integer, -- place in the office's own order of what it sends up, under an intake limit (D-37)
    ADD CONSTRAINT endorsement_seal CHECK (octet_length(seal) = 32),
    ADD CONSTRAINT endorsement_rank CHECK (rank IS NULL OR rank > 0 AND opinion = 'agree');

CREATE INDEX endorsement_agreed_idx ON endorsement (office_id, application_id) WHERE opinion = 'agree';

-- The application form with every seal on it, as it goes into the package (D-38).
ALTER TABLE application
    ADD COLUMN form_scan bytea, -- SHA-256 of the scan, kept as evidence; null: none yet
    ADD CONSTRAINT application_form_scan CHECK (octet_length(form_scan) = 32);

-- How many files of a category a prefecture or county may send up (名额分配),
-- set by its recommending office before the first of its area is filed (D-37).
-- The row is locked before anything is counted under it.
CREATE TABLE intake_limit (
    round_id  text    NOT NULL,
    office_id bigint  NOT NULL,  -- the recommending office that set it
    unit_id   bigint  NOT NULL,  -- the prefecture or county
    category  text    NOT NULL,
    places    integer NOT NULL,

    CONSTRAINT intake_limit_pkey PRIMARY KEY (round_id, unit_id, category),
    CONSTRAINT intake_limit_office FOREIGN KEY (round_id, office_id) REFERENCES round_office (round_id, office_id),
    CONSTRAINT intake_limit_unit FOREIGN KEY (round_id, unit_id) REFERENCES round_unit (round_id, unit_id),
    CONSTRAINT intake_limit_category FOREIGN KEY (round_id, category) REFERENCES round_category (round_id, category),
    CONSTRAINT intake_limit_bounds CHECK (places >= 0)
);

CREATE INDEX intake_limit_office_idx ON intake_limit (round_id, office_id);

-- The revision of an office's intake limits as a whole; 0: never set.
ALTER TABLE round_office ADD COLUMN intake_limits_revision integer NOT NULL DEFAULT 0;

-- A unit's one request that its own marks be looked at again (复核, domain 4).
-- The marks that decided stay as they were: a correction stands here.
CREATE TABLE review (
    application_id bigint      NOT NULL,
    round_id       text        NOT NULL,
    mark_column    text        NOT NULL,            -- award.MarkColumn: whose marks
    total          bigint      NOT NULL,            -- hundredths, as they were
    reason         text        NOT NULL,
    office_id      bigint      NOT NULL,            -- whose uninvolved officer answers
    requested_by   bigint      NOT NULL,            -- officer
    requested_at   timestamptz NOT NULL DEFAULT shifan_now(),
    due_at         timestamptz NOT NULL,            -- exclusive (D-40)
    outcome        text,                            -- award.ReviewOutcome; null: not answered
    answer         text        NOT NULL DEFAULT '',
    marks          bigint[],                        -- corrected, in the standard's leaf order
    corrected      bigint,                          -- hundredths: what they come to
    answered_by    bigint,                          -- officer
    answered_at    timestamptz,

    CONSTRAINT review_pkey PRIMARY KEY (application_id),
    CONSTRAINT review_application FOREIGN KEY (application_id) REFERENCES application (id),
    CONSTRAINT review_column CHECK (mark_column IN ('province', 'nation')),
    CONSTRAINT review_outcome CHECK (outcome IN ('kept', 'corrected')),
    CONSTRAINT review_answered CHECK ((outcome IS NULL) = (answered_at IS NULL) AND (outcome IS NULL) = (answered_by IS NULL)),
    CONSTRAINT review_corrected CHECK ((marks IS NULL) = (corrected IS NULL)
        AND (coalesce(outcome, 'kept') = 'corrected') = (marks IS NOT NULL))
);

CREATE INDEX review_open_idx ON review (office_id, due_at) WHERE outcome IS NULL;
