-- +goose Up

-- The sub-items (细则) of a recommending office below a category's indicators
-- (N 五(二), D-34): set as a whole, behind its gate shut, until a self-check of the
-- category exists in its area. What they said before is in the audit.
CREATE TABLE sub_items (
    round_id  text    NOT NULL,
    office_id bigint  NOT NULL,  -- the recommending office
    category  text    NOT NULL,
    revision  integer NOT NULL,
    items     jsonb   NOT NULL,  -- award.SubItems, in the order of the standard; maxima in hundredths

    CONSTRAINT sub_items_pkey PRIMARY KEY (round_id, office_id, category),
    CONSTRAINT sub_items_office FOREIGN KEY (round_id, office_id) REFERENCES round_office (round_id, office_id),
    CONSTRAINT sub_items_category FOREIGN KEY (round_id, category) REFERENCES round_category (round_id, category),
    CONSTRAINT sub_items_list CHECK (jsonb_typeof(items) = 'array')
);

-- Marks by code of sub-item, in hundredths, beside the marks that they come to.
ALTER TABLE self_check           ADD COLUMN sub_marks jsonb NOT NULL DEFAULT '{}';
ALTER TABLE application_revision ADD COLUMN sub_marks jsonb NOT NULL DEFAULT '{}'; -- it was filed with
ALTER TABLE inspection           ADD COLUMN sub_marks jsonb NOT NULL DEFAULT '{}';
