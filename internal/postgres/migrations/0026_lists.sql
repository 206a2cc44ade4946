-- +goose Up

-- Lists of files are read in the order of their numbers, a page at a time, by
-- what a reader asks for: they cost the same however many files a round has.
CREATE INDEX application_office_order_idx ON application (round_id, office_id, id);
CREATE INDEX application_category_idx ON application (round_id, category, id);
CREATE INDEX application_state_idx ON application (round_id, state, id);

-- A round's units below an office.
CREATE INDEX round_unit_parent_idx ON round_unit (round_id, parent_id);
