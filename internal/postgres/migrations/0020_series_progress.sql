-- +goose Up

-- The county office's word on what a unit reported of a year (domain 10), and
-- whether the community meets the standard O 二 asks for. It holds for the revision it
-- was given on; facts that change need it anew.
ALTER TABLE year_facts
    ADD COLUMN confirmed_revision integer NOT NULL DEFAULT 0, -- of the facts; 0: never confirmed
    ADD COLUMN meets              boolean NOT NULL DEFAULT false, -- 管理有序、服务完善、文明祥和; only of what is confirmed
    ADD COLUMN confirmed_by       bigint,                     -- officer
    ADD COLUMN confirmed_at       timestamptz,
    ADD CONSTRAINT year_facts_confirmer FOREIGN KEY (confirmed_by) REFERENCES officer (id),
    ADD CONSTRAINT year_facts_confirmed CHECK (
        confirmed_revision BETWEEN 0 AND revision AND (confirmed_revision > 0) = (confirmed_by IS NOT NULL AND confirmed_at IS NOT NULL));

-- Progress goes down the tree of offices, and from the lowest of them to their
-- communities; villages are five sixths of the register and no part of it.
CREATE INDEX unit_version_offices_idx ON unit_version (parent_id)
    WHERE valid_to IS NULL AND kind NOT IN ('community', 'village');
CREATE INDEX unit_version_communities_idx ON unit_version (parent_id) INCLUDE (unit_id)
    WHERE valid_to IS NULL AND kind = 'community';
