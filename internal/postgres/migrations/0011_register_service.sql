-- +goose Up

-- What an administrator did to a unit of the register (单位变更, domain 9): one
-- row for every unit that the act touched, children that moved with it included.
-- What the unit is since then is in unit_version, whose source names the act.
CREATE TABLE unit_change (
    act_id    bigint      NOT NULL,
    unit_id   bigint      NOT NULL,
    change    text        NOT NULL,             -- award.UnitChange
    effective date        NOT NULL,             -- the first day it holds
    document  text        NOT NULL,             -- number of the document that ordered it (批准文号)
    at        timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT unit_change_pkey PRIMARY KEY (unit_id, act_id),
    CONSTRAINT unit_change_act FOREIGN KEY (act_id) REFERENCES act (id),
    CONSTRAINT unit_change_unit FOREIGN KEY (unit_id) REFERENCES unit (id),
    CONSTRAINT unit_change_kind CHECK (change IN ('rename', 'move', 'recode', 'merge', 'abolish'))
);

COMMENT ON TABLE unit_change IS 'acts of administrators on units of the register, by unit';

CREATE TRIGGER unit_change_final BEFORE UPDATE OR DELETE ON unit_change
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_final();

-- What became of a unit that was merged (承继单位): a title's re-check after a
-- merger finds its unit here (domain 6.8).
CREATE TABLE unit_successor (
    unit_id      bigint NOT NULL,               -- the unit that ended
    successor_id bigint NOT NULL,
    effective    date   NOT NULL,               -- the successor's first day in its place
    act_id       bigint NOT NULL,

    CONSTRAINT unit_successor_pkey PRIMARY KEY (unit_id, successor_id),
    CONSTRAINT unit_successor_unit FOREIGN KEY (unit_id) REFERENCES unit (id),
    CONSTRAINT unit_successor_successor FOREIGN KEY (successor_id) REFERENCES unit (id),
    CONSTRAINT unit_successor_act FOREIGN KEY (act_id) REFERENCES act (id),
    CONSTRAINT unit_successor_other CHECK (unit_id <> successor_id)
);

COMMENT ON TABLE unit_successor IS 'the unit that a merged unit became part of';

CREATE INDEX unit_successor_idx ON unit_successor (successor_id);
CREATE TRIGGER unit_successor_final BEFORE UPDATE OR DELETE ON unit_successor
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_final();

-- How an office is reached (联系方式): the office's, never a person's (D-15).
-- Every revision stays; the last one holds.
CREATE TABLE unit_contact (
    unit_id    bigint      NOT NULL,
    revision   integer     NOT NULL,            -- from 1
    office     text        NOT NULL,            -- name of the office, as letters are addressed: 郑州市民政局基层政权科
    phone      text        NOT NULL DEFAULT '',
    address    text        NOT NULL DEFAULT '',
    postcode   text        NOT NULL DEFAULT '', -- six digits
    email      text        NOT NULL DEFAULT '',
    officer_id bigint      NOT NULL,            -- who entered it
    at         timestamptz NOT NULL DEFAULT shifan_now(),

    CONSTRAINT unit_contact_pkey PRIMARY KEY (unit_id, revision),
    CONSTRAINT unit_contact_unit FOREIGN KEY (unit_id) REFERENCES unit (id),
    CONSTRAINT unit_contact_officer FOREIGN KEY (officer_id) REFERENCES officer (id)
);

COMMENT ON TABLE unit_contact IS 'contacts of offices, revision by revision';

CREATE TRIGGER unit_contact_final BEFORE UPDATE OR DELETE ON unit_contact
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_final();
