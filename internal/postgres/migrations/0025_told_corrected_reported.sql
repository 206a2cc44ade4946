-- +goose Up

-- An expert acts for no office: what is told it goes to it alone, and not to
-- the inbox of the office that keeps its account.
ALTER TABLE message
    ADD COLUMN officer_id bigint,                 -- whom alone it is for; null: for the office
    ADD CONSTRAINT message_officer FOREIGN KEY (officer_id) REFERENCES officer (id);

CREATE INDEX message_officer_idx ON message (officer_id, id) WHERE officer_id IS NOT NULL;

-- The corrections that a list carries (更正, D-67): objections partly upheld
-- before it was adopted, whose words stand on the line of their unit. They are
-- settled when a notice of the list has ended. Append-only.
CREATE TABLE list_correction (
    list_id      bigint NOT NULL,
    objection_id bigint NOT NULL,

    CONSTRAINT list_correction_pkey PRIMARY KEY (list_id, objection_id),
    CONSTRAINT list_correction_list FOREIGN KEY (list_id) REFERENCES list (id),
    CONSTRAINT list_correction_objection FOREIGN KEY (objection_id) REFERENCES objection (id)
);

CREATE INDEX list_correction_objection_idx ON list_correction (objection_id);
CREATE TRIGGER list_correction_final BEFORE UPDATE OR DELETE ON list_correction
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_final();

-- Reports on holders that anybody sends by form (举报). Nobody handles one until
-- an officer takes it.
ALTER TABLE title_report
    ALTER COLUMN officer_id DROP NOT NULL,        -- null: taken by nobody yet
    ADD COLUMN receipt     text,                  -- award.NewReceipt: what whoever reported asks with; by form alone
    ADD COLUMN call_sha256 bytea,                 -- of the call's key or else its body: sent again it is found again
    ADD COLUMN body_sha256 bytea,
    DROP CONSTRAINT title_report_channel,
    ADD CONSTRAINT title_report_channel CHECK (channel IN ('form', 'letter', 'phone', 'fax', 'email', 'visit', 'objection')),
    ADD CONSTRAINT title_report_receipt UNIQUE (receipt),
    ADD CONSTRAINT title_report_call UNIQUE (title_id, call_sha256),
    ADD CONSTRAINT title_report_form CHECK
        ((channel = 'form') = (receipt IS NOT NULL AND call_sha256 IS NOT NULL AND body_sha256 IS NOT NULL)),
    ADD CONSTRAINT title_report_taken CHECK (officer_id IS NOT NULL OR channel = 'form');
