package postgres

import "shifan/internal/award"

// The statements of an import, in the order ImportRegister runs them. Each works
// on the whole list at once: a row at a time would take minutes.

const createIncoming = `
	CREATE TEMPORARY TABLE incoming (
		line        integer NOT NULL,
		code        text    NOT NULL,
		name        text    NOT NULL,
		kind        text    NOT NULL,
		kind_sure   boolean NOT NULL,
		kind_stated boolean NOT NULL,
		parent_code text,              -- null: the next unit above by code
		office_code text,              -- null: as it was; a new province recommends itself
		valid_from  date    NOT NULL,
		valid_to    date,
		source      text    NOT NULL,

		unit_id     bigint,            -- what follows is found out here
		is_new      boolean NOT NULL DEFAULT false,
		old_from    date,              -- with unit_id: the version it is compared with
		parent_id   bigint,
		office_id   bigint,
		change      text               -- add, same, end, correct, replace, older
	) ON COMMIT DROP`

const copyIncoming = `
	COPY incoming (line, code, name, kind, kind_sure, kind_stated,
		parent_code, office_code, valid_from, valid_to, source)
	FROM STDIN`

// addRoot adds a root that neither the list nor the register has.
const addRoot = `
	INSERT INTO incoming (line, code, name, kind, kind_sure, kind_stated,
		parent_code, office_code, valid_from, valid_to, source)
	SELECT $1, $2::text, $3, $4, $5, $6, $7, $8, $9::date, $10::date, $11
	WHERE NOT EXISTS (SELECT FROM incoming WHERE code = $2)
	  AND NOT EXISTS (SELECT FROM unit_version WHERE code = $2 AND valid_to IS NULL)`

const indexIncoming = `
	CREATE UNIQUE INDEX ON incoming (code);
	ANALYZE incoming`

// badAlone finds rows that are wrong whatever the register holds.
const badAlone = `
	SELECT max(line) AS line, 'code', 'register_code_twice', code FROM incoming
	GROUP BY code HAVING count(*) > 1
	UNION ALL
	SELECT line, 'valid_to', 'register_dates_reversed', valid_to::text FROM incoming
	WHERE valid_to <= valid_from
	ORDER BY line`

// matchUnits finds the unit that last had the code. A code that was given up
// before the row begins is free: the row is a new unit.
const matchUnits = `
	UPDATE incoming i SET unit_id = last.unit_id, old_from = last.valid_from
	FROM (
		SELECT DISTINCT ON (code) code, unit_id, valid_from, valid_to
		FROM unit_version
		ORDER BY code, valid_from DESC
	) last
	WHERE last.code = i.code
	  AND (last.valid_to IS NULL OR last.valid_to = i.valid_to OR last.valid_to > i.valid_from)`

const numberUnits = `
	UPDATE incoming SET unit_id = nextval(pg_get_serial_sequence('unit', 'id')), is_new = true
	WHERE unit_id IS NULL`

// indexUnits lets the planner see the units, which it still takes for absent.
const indexUnits = `
	CREATE UNIQUE INDEX ON incoming (unit_id);
	ANALYZE incoming`

// listKnown lists every unit that a row may name or hang under.
const listKnown = `
	CREATE TEMPORARY TABLE known ON COMMIT DROP AS
	SELECT code, unit_id, kind, valid_to IS NOT NULL AS ends FROM incoming
	UNION ALL
	SELECT v.code, v.unit_id, v.kind, false FROM unit_version v
	WHERE v.valid_to IS NULL AND NOT EXISTS (SELECT FROM incoming i WHERE i.code = v.code);
	CREATE UNIQUE INDEX ON known (code);
	ANALYZE known`

// findParents takes the stated parent, else the unit with the longest code that
// begins the row's own; placeholders are no units, so what is below them finds
// the next one up, and so does what is below a unit that ends. The cities of the
// Corps find the Corps (D-11).
const findParents = `
	UPDATE incoming i SET parent_id = found.parent_id, office_id = found.office_id
	FROM (
		SELECT i.code,
			CASE WHEN i.parent_code IS NOT NULL THEN stated.unit_id
			     WHEN i.code = '` + award.CodeNation + `' THEN NULL
			     ELSE coalesce(street.unit_id, county.unit_id, prefecture.unit_id, province.unit_id,
			                   (SELECT unit_id FROM known WHERE code = '` + award.CodeNation + `'))
			END AS parent_id,
			office.unit_id AS office_id
		FROM incoming i
		LEFT JOIN known stated     ON stated.code = i.parent_code
		LEFT JOIN known office     ON office.code = i.office_code
		LEFT JOIN known street     ON street.code = left(i.code, 9) AND length(i.code) > 9
			AND (NOT street.ends OR i.valid_to IS NOT NULL)
		LEFT JOIN known county     ON county.code = left(i.code, 6) AND length(i.code) > 6
			AND (NOT county.ends OR i.valid_to IS NOT NULL)
		LEFT JOIN known prefecture ON prefecture.code = left(i.code, 4) AND length(i.code) > 4
			AND (NOT prefecture.ends OR i.valid_to IS NOT NULL)
		LEFT JOIN known province   ON length(i.code) > 2
			AND province.code = CASE WHEN i.code LIKE '` + award.CodeCorpsCities + `%' THEN '` + award.CodeCorps + `' ELSE left(i.code, 2) END
	) found
	WHERE found.code = i.code`

// compareVersions keeps what a list may not overwrite (see ImportRegister) and
// says what becomes of each row.
const compareVersions = `
	UPDATE incoming i SET
		kind = next.kind, kind_sure = next.kind_sure, parent_id = next.parent_id, office_id = next.office_id,
		change = CASE
			WHEN i.is_new THEN 'add'
			WHEN next.same AND next.old_to IS NOT DISTINCT FROM i.valid_to THEN 'same'
			WHEN next.old_to IS NOT NULL THEN 'older'
			WHEN next.same AND i.valid_to > i.old_from THEN 'end'
			WHEN i.valid_from = i.old_from THEN 'correct'
			WHEN i.valid_from > i.old_from THEN 'replace'
			ELSE 'older'
		END
	FROM (
		SELECT kept.*,
			(kept.name, kept.kind, kept.kind_sure, kept.parent_id, kept.office_id)
			IS NOT DISTINCT FROM
			(v.name, v.kind, v.kind_sure, v.parent_id, v.recommending_office_id) AS same,
			v.valid_to AS old_to
		FROM (
			SELECT i.code, i.unit_id, i.old_from, i.name,
				CASE WHEN NOT i.kind_stated AND i.name = v.name THEN v.kind ELSE i.kind END AS kind,
				CASE WHEN NOT i.kind_stated AND i.name = v.name THEN v.kind_sure ELSE i.kind_sure END AS kind_sure,
				CASE WHEN i.parent_code IS NULL AND (v.valid_to IS NOT NULL OR i.valid_to IS NOT NULL
				          OR above.unit_id IS NOT NULL AND ending.unit_id IS NULL AND added.unit_id IS NULL)
				     THEN coalesce(v.parent_id, i.parent_id) ELSE i.parent_id END AS parent_id,
				CASE WHEN i.office_code IS NOT NULL THEN i.office_id
				     WHEN i.is_new AND i.kind = 'province' THEN i.unit_id
				     ELSE v.recommending_office_id END AS office_id
			FROM incoming i
			LEFT JOIN unit_version v     ON v.unit_id = i.unit_id AND v.valid_from = i.old_from
			LEFT JOIN unit_version above ON above.unit_id = v.parent_id AND above.valid_to IS NULL
			LEFT JOIN incoming ending    ON ending.unit_id = v.parent_id AND ending.valid_to IS NOT NULL
			LEFT JOIN incoming added     ON added.unit_id = i.parent_id AND added.is_new
		) kept
		LEFT JOIN unit_version v ON v.unit_id = kept.unit_id AND v.valid_from = kept.old_from
	) next
	WHERE next.code = i.code`

// badTogether finds rows that do not fit the register, or each other. A parent
// has a shorter code, except that a zone may hang under a unit of its own
// length; so no unit can come to stand above itself.
const badTogether = `
	SELECT line, 'parent' AS col, 'register_parent_unknown' AS key, coalesce(parent_code, code) AS value
	FROM incoming WHERE parent_id IS NULL AND code <> '` + award.CodeNation + `'
	UNION ALL
	SELECT line, 'parent', 'register_parent_not_above', parent_code
	FROM incoming
	WHERE parent_id IS NOT NULL AND parent_code IS NOT NULL
	  AND length(parent_code) >= length(code)
	  AND NOT (length(parent_code) = length(code) AND kind = 'zone'
	           AND EXISTS (SELECT FROM known WHERE known.code = parent_code AND known.kind <> 'zone'))
	UNION ALL
	SELECT line, 'recommending_office', 'register_office_unknown', office_code
	FROM incoming WHERE office_id IS NULL AND office_code IS NOT NULL
	UNION ALL
	SELECT line, 'valid_from', 'register_row_older', valid_from::text
	FROM incoming WHERE change = 'older'
	ORDER BY line, col`

const insertUnits = `
	INSERT INTO unit (id) OVERRIDING SYSTEM VALUE
	SELECT unit_id FROM incoming WHERE is_new`

const endVersions = `
	UPDATE unit_version v SET valid_to = CASE i.change WHEN 'replace' THEN i.valid_from ELSE i.valid_to END
	FROM incoming i
	WHERE i.change IN ('replace', 'end') AND v.unit_id = i.unit_id AND v.valid_from = i.old_from`

// correctVersions mends the version that began the same day: the unit never was
// what the first list of that day said.
const correctVersions = `
	UPDATE unit_version v SET
		name = i.name, kind = i.kind, kind_sure = i.kind_sure, parent_id = i.parent_id,
		recommending_office_id = i.office_id, valid_to = i.valid_to, source = i.source
	FROM incoming i
	WHERE i.change = 'correct' AND v.unit_id = i.unit_id AND v.valid_from = i.old_from`

const insertVersions = `
	INSERT INTO unit_version (unit_id, valid_from, valid_to, code, name, kind, kind_sure,
		parent_id, recommending_office_id, source)
	SELECT unit_id, valid_from, valid_to, code, name, kind, kind_sure, parent_id, office_id, source
	FROM incoming WHERE change IN ('add', 'replace')`

// badAfterwards finds units that the list left under one that has ended.
const badAfterwards = `
	SELECT coalesce(i.line, 0) AS line, 'parent', 'register_parent_ended', v.code
	FROM unit_version v
	LEFT JOIN incoming i ON i.code = v.code
	WHERE v.valid_to IS NULL AND v.parent_id IS NOT NULL
	  AND NOT EXISTS (SELECT FROM unit_version p WHERE p.unit_id = v.parent_id AND p.valid_to IS NULL)
	ORDER BY line, v.code`

const countChanges = `
	SELECT count(*) FILTER (WHERE change = 'add'),
	       count(*) FILTER (WHERE change IN ('end', 'correct', 'replace')),
	       count(*) FILTER (WHERE change = 'same'),
	       count(*) FILTER (WHERE NOT kind_sure)
	FROM incoming`

// analyzeVersions tells the planner of a register that may just have appeared.
const analyzeVersions = `ANALYZE unit_version`
