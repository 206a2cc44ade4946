-- +goose Up
-- Drafts of experts' marks (评分草稿, D-114): an expert fills a standard in over
-- days. Forward only: to undo, add a migration.

-- Marks that an expert has not handed in. Nobody else reads them; the row goes as
-- the marks are handed in, or the expert withdraws.
CREATE TABLE expert_draft (
    assignment_id bigint      NOT NULL,
    marks         bigint[]    NOT NULL,           -- hundredths, the standard's leaf order; award.Blank: nothing yet
    note          text        NOT NULL DEFAULT '',
    at            timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT expert_draft_pkey PRIMARY KEY (assignment_id),
    CONSTRAINT expert_draft_assignment FOREIGN KEY (assignment_id) REFERENCES expert_assignment (id)
);
