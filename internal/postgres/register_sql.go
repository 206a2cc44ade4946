package postgres

import "shifan/internal/award"

// The statements of an import, in the order ImportRegister runs them. Each works
// on the whole list at once: a row at a time would take minutes.

// importRoom lets sorts and hashes of a long list stay in memory: some of them
// at once, of one import at a time.
const importRoom = `
	SET LOCAL work_mem = '64MB';
	SET LOCAL maintenance_work_mem = '128MB'`

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
		source      text    NOT NULL
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

// badAlone finds rows that are wrong whatever the register holds.
const badAlone = `
	SELECT max(line) AS line, 'code', 'register_code_twice', code FROM incoming
	GROUP BY code HAVING count(*) > 1
	UNION ALL
	SELECT line, 'valid_to', 'register_dates_reversed', valid_to::text FROM incoming
	WHERE valid_to <= valid_from
	ORDER BY line`

// matchUnits finds the unit that last had the code, with the version the row is
// compared with, and numbers new units in order of their codes. A code that was
// given up before the row begins is free: the row is a new unit. A table is made
// rather than incoming filled in: an update would write every row twice.
const matchUnits = `
	ANALYZE incoming;
	CREATE TEMPORARY TABLE matched ON COMMIT DROP AS
	SELECT line, code, name, kind, kind_sure, kind_stated, parent_code, office_code, valid_from, valid_to, source,
	       coalesce(old_unit, nextval(pg_get_serial_sequence('unit', 'id'))) AS unit_id, old_unit IS NULL AS is_new,
	       old_from, old_to, old_name, old_kind, old_sure, old_parent, old_office
	FROM (
		SELECT i.line, i.code, i.name, i.kind, i.kind_sure, i.kind_stated, i.parent_code, i.office_code,
		       i.valid_from, i.valid_to, i.source,
		       last.unit_id AS old_unit, last.valid_from AS old_from, last.valid_to AS old_to, last.name AS old_name,
		       last.kind AS old_kind, last.kind_sure AS old_sure, last.parent_id AS old_parent,
		       last.recommending_office_id AS old_office
		FROM incoming i
		LEFT JOIN (
			SELECT DISTINCT ON (code) code, unit_id, valid_from, valid_to, name, kind, kind_sure, parent_id, recommending_office_id
			FROM unit_version
			ORDER BY code, valid_from DESC
		) last ON last.code = i.code
			AND (last.valid_to IS NULL OR last.valid_to = i.valid_to OR last.valid_to > i.valid_from)
		ORDER BY i.code COLLATE "C"
	) found;
	ANALYZE matched`

// listKnown lists the units that a row may name or hang under: those that some
// code of the list begins with, and those that it states.
const listKnown = `
	CREATE TEMPORARY TABLE stated ON COMMIT DROP AS
	SELECT parent_code AS code FROM matched WHERE parent_code IS NOT NULL
	UNION
	SELECT office_code FROM matched WHERE office_code IS NOT NULL;
	ANALYZE stated;
	CREATE TEMPORARY TABLE known ON COMMIT DROP AS
	SELECT code, unit_id, kind, is_new, valid_to IS NOT NULL AS ends FROM matched
	WHERE length(code) <= 9 OR code IN (SELECT code FROM stated)
	UNION ALL
	SELECT v.code, v.unit_id, v.kind, false, false FROM unit_version v
	WHERE v.valid_to IS NULL AND (length(v.code) <= 9 OR v.code IN (SELECT code FROM stated))
	  AND NOT EXISTS (SELECT FROM matched m WHERE m.code = v.code);
	CREATE UNIQUE INDEX ON known (code);
	ANALYZE known`

// compareVersions finds each row's parent and recommending office, keeps what a
// list may not overwrite (see ImportRegister) and says what becomes of the row.
//
// The parent is the stated one, else the unit with the longest code that begins
// the row's own; placeholders are no units, so what is below them finds the next
// one up, and so does what is below a unit that ends. The cities of the Corps
// find the Corps (D-11).
const compareVersions = `
	CREATE TEMPORARY TABLE judged ON COMMIT DROP AS
	SELECT kept.*,
		CASE
			WHEN is_new THEN 'add'
			WHEN same AND old_to IS NOT DISTINCT FROM valid_to THEN 'same'
			WHEN old_to IS NOT NULL THEN 'older'
			WHEN same AND valid_to > old_from THEN 'end'
			WHEN valid_from = old_from THEN 'correct'
			WHEN valid_from > old_from THEN 'replace'
			ELSE 'older'
		END AS change
	FROM (
		SELECT next.*,
			(name, kind, kind_sure, parent_id, office_id)
			IS NOT DISTINCT FROM
			(old_name, old_kind, old_sure, old_parent, old_office) AS same
		FROM (
			SELECT m.line, m.code, m.name, m.valid_from, m.valid_to, m.source, m.parent_code, m.office_code, m.unit_id, m.is_new,
				m.old_from, m.old_to, m.old_name, m.old_kind, m.old_sure, m.old_parent, m.old_office,
				CASE WHEN NOT m.kind_stated AND m.name = m.old_name THEN m.old_kind ELSE m.kind END AS kind,
				CASE WHEN NOT m.kind_stated AND m.name = m.old_name THEN m.old_sure ELSE m.kind_sure END AS kind_sure,
				CASE WHEN m.parent_code IS NULL AND (m.old_to IS NOT NULL OR m.valid_to IS NOT NULL
				          OR above.unit_id IS NOT NULL AND ending.unit_id IS NULL AND found.is_new IS NOT TRUE)
				     THEN coalesce(m.old_parent, found.unit_id) ELSE found.unit_id END AS parent_id,
				CASE WHEN m.office_code IS NOT NULL THEN office.unit_id
				     WHEN m.is_new AND m.kind = 'province' THEN m.unit_id
				     ELSE m.old_office END AS office_id
			FROM matched m
			LEFT JOIN known street     ON street.code = left(m.code, 9) AND length(m.code) > 9
				AND (NOT street.ends OR m.valid_to IS NOT NULL)
			LEFT JOIN known county     ON county.code = left(m.code, 6) AND length(m.code) > 6
				AND (NOT county.ends OR m.valid_to IS NOT NULL)
			LEFT JOIN known prefecture ON prefecture.code = left(m.code, 4) AND length(m.code) > 4
				AND (NOT prefecture.ends OR m.valid_to IS NOT NULL)
			LEFT JOIN known province   ON length(m.code) > 2
				AND province.code = CASE WHEN m.code LIKE '` + award.CodeCorpsCities + `%' THEN '` + award.CodeCorps + `' ELSE left(m.code, 2) END
			LEFT JOIN known found      ON found.code = CASE
				WHEN m.parent_code IS NOT NULL THEN m.parent_code
				WHEN m.code = '` + award.CodeNation + `' THEN NULL
				ELSE coalesce(street.code, county.code, prefecture.code, province.code, '` + award.CodeNation + `') END
			LEFT JOIN known office     ON office.code = m.office_code
			LEFT JOIN unit_version above ON above.unit_id = m.old_parent AND above.valid_to IS NULL
			LEFT JOIN matched ending   ON ending.unit_id = m.old_parent AND ending.valid_to IS NOT NULL
		) next
	) kept;
	ANALYZE judged`

// badTogether finds rows that do not fit the register, or each other. A parent
// has a shorter code, except that a zone may hang under a unit of its own
// length; so no unit can come to stand above itself.
const badTogether = `
	SELECT line, 'parent' AS col, 'register_parent_unknown' AS key, coalesce(parent_code, code) AS value
	FROM judged WHERE parent_id IS NULL AND code <> '` + award.CodeNation + `'
	UNION ALL
	SELECT line, 'parent', 'register_parent_not_above', parent_code
	FROM judged
	WHERE parent_id IS NOT NULL AND parent_code IS NOT NULL
	  AND length(parent_code) >= length(code)
	  AND NOT (length(parent_code) = length(code) AND kind = 'zone'
	           AND EXISTS (SELECT FROM known WHERE known.code = parent_code AND known.kind <> 'zone'))
	UNION ALL
	SELECT line, 'recommending_office', 'register_office_unknown', office_code
	FROM judged WHERE office_id IS NULL AND office_code IS NOT NULL
	UNION ALL
	SELECT line, 'valid_from', 'register_row_older', valid_from::text
	FROM judged WHERE change = 'older'
	ORDER BY line, col`

const insertUnits = `
	INSERT INTO unit (id) OVERRIDING SYSTEM VALUE
	SELECT unit_id FROM judged WHERE is_new`

const endVersions = `
	UPDATE unit_version v SET valid_to = CASE i.change WHEN 'replace' THEN i.valid_from ELSE i.valid_to END
	FROM judged i
	WHERE i.change IN ('replace', 'end') AND v.unit_id = i.unit_id AND v.valid_from = i.old_from`

// correctVersions mends the version that began the same day: the unit never was
// what the first list of that day said.
const correctVersions = `
	UPDATE unit_version v SET
		name = i.name, kind = i.kind, kind_sure = i.kind_sure, parent_id = i.parent_id,
		recommending_office_id = i.office_id, valid_to = i.valid_to, source = i.source
	FROM judged i
	WHERE i.change = 'correct' AND v.unit_id = i.unit_id AND v.valid_from = i.old_from`

const insertVersions = `
	INSERT INTO unit_version (unit_id, valid_from, valid_to, code, name, kind, kind_sure,
		parent_id, recommending_office_id, source)
	SELECT unit_id, valid_from, valid_to, code, name, kind, kind_sure, parent_id, office_id, source
	FROM judged WHERE change IN ('add', 'replace')`

// badAfterwards finds units that the list left under one that it ends.
const badAfterwards = `
	SELECT coalesce(i.line, 0) AS line, 'parent', 'register_parent_ended', v.code
	FROM judged ended
	JOIN unit_version v ON v.parent_id = ended.unit_id AND v.valid_to IS NULL
	LEFT JOIN judged i ON i.code = v.code
	WHERE ended.valid_to IS NOT NULL
	  AND NOT EXISTS (SELECT FROM unit_version p WHERE p.unit_id = v.parent_id AND p.valid_to IS NULL)
	ORDER BY line, v.code`

const countChanges = `
	SELECT count(*) FILTER (WHERE change = 'add'),
	       count(*) FILTER (WHERE change IN ('end', 'correct', 'replace')),
	       count(*) FILTER (WHERE change = 'same'),
	       count(*) FILTER (WHERE NOT kind_sure)
	FROM judged`

// analyzeVersions tells the planner of a register that may just have appeared.
const analyzeVersions = `ANALYZE unit_version`

// differences are what changed, in the order of register.Changes, after all is
// written. A kind that is unsure carries a question mark.
const differences = `
	SELECT d.rank, d.change, j.code, j.name, d.was, d.now
	FROM judged j
	CROSS JOIN LATERAL (VALUES
		(1, 'ended',   j.valid_to IS NOT NULL, '', j.valid_to::text),
		(2, 'moved',   j.parent_id IS DISTINCT FROM j.old_parent,
			(SELECT p.code FROM unit_version p WHERE p.unit_id = j.old_parent ORDER BY p.valid_from DESC LIMIT 1),
			(SELECT p.code FROM unit_version p WHERE p.unit_id = j.parent_id ORDER BY p.valid_from DESC LIMIT 1)),
		(3, 'renamed', j.name <> j.old_name, j.old_name, j.name),
		(4, 'kind',    (j.kind, j.kind_sure) <> (j.old_kind, j.old_sure),
			j.old_kind || CASE WHEN j.old_sure THEN '' ELSE '?' END, j.kind || CASE WHEN j.kind_sure THEN '' ELSE '?' END),
		(5, 'office',  j.office_id IS DISTINCT FROM j.old_office,
			(SELECT p.code FROM unit_version p WHERE p.unit_id = j.old_office ORDER BY p.valid_from DESC LIMIT 1),
			(SELECT p.code FROM unit_version p WHERE p.unit_id = j.office_id ORDER BY p.valid_from DESC LIMIT 1))
	) AS d (rank, change, holds, was, now)
	WHERE j.change IN ('end', 'correct', 'replace') AND d.holds
	UNION ALL
	SELECT 6, 'added', code, name, '', kind || CASE WHEN kind_sure THEN '' ELSE '?' END
	FROM judged WHERE is_new
	UNION ALL
	SELECT 7, 'unmentioned', v.code, v.name, '', ''
	FROM unit_version v
	WHERE v.valid_to IS NULL AND v.code NOT IN ('` + award.CodeNation + `', '` + award.CodeCorps + `')
	  AND NOT EXISTS (SELECT FROM judged j WHERE j.unit_id = v.unit_id)`

const listDifferences = `
	SELECT change, code, name, coalesce(was, ''), coalesce(now, '') FROM (` + differences + `) AS d
	ORDER BY rank, code`

const countDifferences = `
	SELECT change, count(*) FROM (` + differences + `) AS d GROUP BY change`
