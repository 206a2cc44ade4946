-- +goose Up

-- Standards are drafted, then published (N 三, D-33): what is published is never
-- changed. Those that were there came with the system and are published.
ALTER TABLE standard
    ADD COLUMN owner_id   bigint,                                     -- the office whose standard it is; null: the sample that the system brings along
    ADD COLUMN revision   integer     NOT NULL DEFAULT 1,             -- of the draft
    ADD COLUMN updated_at timestamptz NOT NULL DEFAULT shifan_now(),
    ALTER COLUMN version DROP NOT NULL,                               -- of the category, over all owners; given at publishing
    ALTER COLUMN published_at DROP NOT NULL,
    ADD CONSTRAINT standard_owner FOREIGN KEY (owner_id) REFERENCES unit (id),
    ADD CONSTRAINT standard_category CHECK (category IN ('district', 'street', 'community', 'city', 'village')),
    ADD CONSTRAINT standard_published CHECK ((version IS NULL) = (published_at IS NULL));

CREATE INDEX standard_owner_idx ON standard (owner_id);

-- +goose StatementBegin
CREATE FUNCTION standard_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published standard is final';
END $$;
-- +goose StatementEnd

CREATE TRIGGER standard_final BEFORE UPDATE OR DELETE ON standard
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION standard_is_final();
