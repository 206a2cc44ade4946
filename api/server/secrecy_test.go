package server

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// This file holds the secrecy matrix: every role × every operation of the
// contract × every parameter, on a country in which canaries are planted. It is
// made from the contract, so that an operation added tomorrow is asked too; what
// the matrix can not guess of it, it says.

// canary is a text that stands only in what somebody must not read.
type canary struct {
	what string
	text *regexp.Regexp
	from func(r reader) bool // whose answers it must not be in
}

// secrets lists what is planted and who must not read it. Add a line here, and
// plant it in newMatrix.
func secrets() []canary {
	// 41's people, the public, and an expert of the nation's, which sees what it is assigned.
	outsider := func(r reader) bool { return r.office != award.CodeNation || r.role == award.RoleExpert }
	return []canary{
		{"a name of another province's subtree", regexp.MustCompile(`鹤鸣`), outsider},
		{"a code of another province's subtree", regexp.MustCompile(`\b44[0-9]{2,10}\b`), outsider},
		{"a person of another province", regexp.MustCompile(`莫言之`), outsider},
		{"a mark of the nation's that is not open yet", regexp.MustCompile(`61\.37|评委未公开的话`), outsider},
		{"who objected, or on what facts", regexp.MustCompile(`柳隐者|13900001111|只告诉承办人的具体事实`), func(r reader) bool {
			return r.office != award.CodeNation || r.role != award.RoleSupervisor // no officer handles it yet
		}},
		{"who reported a holder of another province", regexp.MustCompile(`阮望舒|13900002222`), func(r reader) bool {
			return r.office != award.CodeNation || r.role != award.RoleSupervisor // its handler is none of those who ask
		}},
		{"who reported a holder", regexp.MustCompile(`秋若水|13900003333`), func(r reader) bool {
			return r.office != award.CodeNation && r.office != ownOffice || r.role != award.RoleSupervisor
		}},
		{"what was reported of a holder", regexp.MustCompile(`只告诉受理机构的事实`), func(r reader) bool {
			return r.office != award.CodeNation && r.office != ownOffice
		}},
		{"the seed of a spot check whose last visit is not recorded", regexp.MustCompile(`(5e){32}`), func(reader) bool { return true }},
		{"an expert's marks of a file that others have still to mark", regexp.MustCompile(`48\.13|专家未公开的话`), func(reader) bool { return true }},
		{"what an expert alone is told", regexp.MustCompile(`只告诉专家的话`), func(r reader) bool {
			return r.office != award.CodeNation || r.role != award.RoleExpert
		}},
		{"why a unit is in a sample that is not published", regexp.MustCompile(`尚未公布的理由`), outsider},
		{"a key", regexp.MustCompile(`shifan_[0-9A-Za-z]{20}`), func(reader) bool { return true }},
	}
}

// reader is somebody who asks: an officer with one role, or the public.
type reader struct {
	office string // "": the public
	role   award.Role
	key    string
}

func (r reader) String() string {
	if r.office == "" {
		return "the public"
	}
	return string(r.role) + " of " + r.office
}

// matrix is the country, the API over it, and who asks.
type matrix struct {
	*actstest.World
	t        *testing.T
	handler  http.Handler
	contract *contract
	readers  []reader
	asked    int
	values   map[string][]string // of a parameter or a field by its name, the foreign ones first
}

const (
	ownUnit, foreignUnit = "410102001001", "441900003001"
	ownOffice, foreign   = "41", "44"
)

// newMatrix makes the country: 41, whose people ask, and 44, whose names, codes
// and people they must not learn.
func newMatrix(t *testing.T) *matrix {
	t.Helper()
	w := actstest.New(t)
	m := &matrix{World: w, t: t}
	w.Exec(`UPDATE unit_version SET name = '鹤鸣' || name WHERE code LIKE '44__%'`)
	w.Acts.DrawFrom(strings.NewReader(strings.Repeat("\x5e", 32)))
	rules := actstest.DrillRules()
	rules.SpotCheckPercent, rules.ExpertsPerFile = 20, 2
	round := w.OpenDrill(actstest.Drill{Rules: rules}).ID
	own, other := m.filed(round, ownUnit), m.filed(round, foreignUnit)
	for _, file := range []int64{own, other} {
		w.Exec(`INSERT INTO inspection (application_id, team, inspected_on, methods, marks, total, passed, finding, officer_id)
			VALUES ($1, '考察组', '2026-11-02', '{走访}', '{}', 9000, true, '达到标准', $2)`, file, w.Admin.ID)
		w.Exec(`INSERT INTO survey (application_id, method, first_day, last_day, satisfied, basically, dissatisfied, unknown, officer_id)
			VALUES ($1, '入户', '2026-11-02', '2026-11-02', 9, 0, 1, 0, $2)`, file, w.Admin.ID)
		w.Exec(`INSERT INTO review (application_id, round_id, mark_column, total, reason, office_id, requested_by, due_at)
			SELECT id, round_id, 'province', 9000, '请复核', office_id, $2, shifan_now() FROM application WHERE id = $1`, file, w.Admin.ID)
		w.Exec(`INSERT INTO application_revision (application_id, revision, form, self_check)
			SELECT application_id, n, form, self_check FROM application_revision, generate_series(1, 2) n WHERE application_id = $1
			ON CONFLICT DO NOTHING`, file)
		w.Exec(`INSERT INTO frozen_unit (application_id, round_id, category, office_code, code, name, place)
			SELECT a.id, a.round_id, a.category, o.code, u.code, u.name, 1 FROM application a
			JOIN round_office o USING (round_id, office_id) JOIN round_unit u USING (round_id, unit_id) WHERE a.id = $1`, file)
		w.Exec(`INSERT INTO spot_check_unit (application_id, sampled_as, reason) VALUES ($1, 'by_hand', '尚未公布的理由')`, file)
		// Marks that nobody but the owner office may read yet.
		w.Exec(`INSERT INTO assessment_mark (application_id, marks, note, officer_id) VALUES ($1, '{6137}', '评委未公开的话', $2)`, file, w.Admin.ID)
		w.Exec(`INSERT INTO score (application_id, total, blocks, passed, reasons) VALUES ($1, 6137, '{6137}', false, '{}')`, file)
	}
	m.titled(own, ownUnit, "本省称号", acts.Reporter{Name: "秋若水", Contact: "13900003333"})
	m.titled(other, foreignUnit, "外省称号", acts.Reporter{Name: "阮望舒", Contact: "13900002222"})
	w.Exec(`INSERT INTO title_history (title_id, revision, act, from_state, to_state, officer_id, ground, document)
		SELECT id, revision, 'start-recheck', 'active', 'in_recheck', $1, '按期复查', '' FROM title`, m.Admin.ID)
	w.Exec(`WITH k AS (INSERT INTO recheck (office_id, due_at, ground, document, officer_id) VALUES ($1, shifan_now(), '按期复查', '', $2) RETURNING id)
		INSERT INTO recheck_title (recheck_id, title_id, revision) SELECT k.id, t.id, t.revision FROM k, title t`, m.Admin.Office, m.Admin.ID)
	person := actstest.One[int64](w, `INSERT INTO officer (name, office_id, roles) VALUES ('莫言之', $1, '{clerk}') RETURNING id`, w.Unit(foreignUnit))
	w.Exec(`INSERT INTO message (office_id, occasion, kind, subject, body) VALUES ($1, 'secrecy', 'test', '鹤鸣', '莫言之')`, w.Unit(foreign))
	message := actstest.One[string](w, `SELECT max(id)::text FROM message`)
	digest, receipt := m.evidence(), m.objection(round, own)
	_, err := w.Acts.SetContact(t.Context(), m.Clerk(foreignUnit), w.Key(), acts.Contact{Unit: foreignUnit, Office: "鹤鸣社区", Phone: "0769-00000000"})
	require.NoError(t, err)
	_, err = w.Acts.ReportFacts(t.Context(), m.Clerk(foreignUnit), w.Key(), acts.ReportFacts{Unit: foreignUnit, Year: 2026, Facts: award.Facts{award.FactResidents: 1}})
	require.NoError(t, err)

	m.values = map[string][]string{
		"round": {round}, "office": {foreign, "4419", ownOffice}, "unit": {foreignUnit, foreign, ownUnit}, "parent": {foreign, ownOffice},
		"application": {fmt.Sprint(other), fmt.Sprint(own)}, "applications": {fmt.Sprint(other)}, "officer": {fmt.Sprint(person)},
		"id": {message, "1"}, "number": {"1"}, "standard": {"1"}, "leaf": {"1.1"}, "sha256": {digest},
		"year": {"2026"}, "from": {"1"}, "to": {"2"}, "name": {"a.pdf"}, "department": {"教育厅"}, "limit": {"1", "500"},
		"cursor": {*cursorTo(1), *cursorTo(other)}, "subject": {fmt.Sprintf("application/%d", other), "office/" + foreign},
		"objection": {actstest.One[string](w, `SELECT max(id)::text FROM objection`)}, "commission": {"1"}, "receipt": {receipt},
		"head": {"1:" + strings.Repeat("0", 64)}, "meeting": {"1"}, "motion": {"1"},
		"due": {"2027-01-01"}, "to_date": {"2027-01-01"}, "code": {foreignUnit}, "owner": {foreign},
		"title": {"外省称号", "本省称号"}, "recheck": {"1"}, "report": {actstest.One[string](w, `SELECT max(id)::text FROM title_report`)},
		"link": {"https://example.org/"}, "email": {"a@example.org"}, "phone": {"010-00000000"},
	}

	m.contract, err = readContract(contractText(t))
	require.NoError(t, err)
	m.handler = serverOver(t, w.Acts, slog.New(slog.DiscardHandler))
	m.readers = []reader{{}}
	for _, office := range []string{award.CodeNation, ownOffice, ownUnit} {
		for _, role := range award.Roles() {
			issued, err := w.Acts.CreateKeys(t.Context(), w.Admin, w.Key(), []acts.KeyFor{{Office: office, Name: string(role), Roles: []award.Role{role}}})
			require.NoError(t, err)
			m.readers = append(m.readers, reader{office, role, issued.Result[0].Key})
		}
	}
	m.experts(round, own, other)
	return m
}

// experts has both files marked by one expert and not by the others who have to,
// one of whom keeps a draft;
// the own one is assigned to the expert who asks.
func (m *matrix) experts(round string, own, other int64) {
	m.t.Helper()
	asks := actstest.One[int64](m.World, `SELECT id FROM officer WHERE name = 'expert' AND office_id = $1`, m.Admin.Office)
	marked := actstest.One[int64](m.World, `INSERT INTO officer (name, office_id, roles) VALUES ('评卷人', $1, '{expert}') RETURNING id`, m.Admin.Office)
	drafting := actstest.One[int64](m.World, `INSERT INTO officer (name, office_id, roles) VALUES ('评卷人二', $1, '{expert}') RETURNING id`, m.Admin.Office)
	for _, expert := range []int64{asks, marked, drafting} {
		m.Exec(`INSERT INTO expert (officer_id, office_id, kind, conflicts, categories, most, active) VALUES ($1, $2, 'person', '{}', '{}', 9, true)`,
			expert, m.Admin.Office)
	}
	m.Exec(`INSERT INTO expert_assignment (round_id, application_id, expert_id) VALUES ($1, $2, $3)`, round, own, asks)
	m.Exec(`INSERT INTO message (office_id, officer_id, occasion, kind, subject, body) VALUES ($1, $2, 'expert', 'test', '评审', '只告诉专家的话')`, m.Admin.Office, asks)
	for _, file := range []int64{own, other} {
		m.Exec(`WITH s AS (INSERT INTO expert_assignment (round_id, application_id, expert_id) VALUES ($1, $2, $3) RETURNING id)
			INSERT INTO expert_mark (assignment_id, marks, total, note) SELECT id, '{4813}', 4813, '专家未公开的话' FROM s`, round, file, marked)
		m.Exec(`WITH s AS (INSERT INTO expert_assignment (round_id, application_id, expert_id) VALUES ($1, $2, $3) RETURNING id)
			INSERT INTO expert_draft (assignment_id, marks, note) SELECT id, '{4813}', '专家未公开的话' FROM s`, round, file, drafting)
	}
}

// evidence keeps a file of the foreign unit and returns its digest.
func (m *matrix) evidence() string {
	m.t.Helper()
	done, err := m.Acts.UploadEvidence(m.t.Context(), m.Clerk(foreignUnit), m.Key(), acts.UploadEvidence{
		Name: "鹤鸣.pdf", Type: award.FilePDF, Length: -1, Content: strings.NewReader("%PDF-1.7\n鹤鸣\n%%EOF\n"),
	})
	require.NoError(m.t, err)
	return done.Result.SHA256
}

// titled gives a file's unit a title, in the register, and a report on it.
func (m *matrix) titled(file int64, unit, number string, reporter acts.Reporter) {
	m.t.Helper()
	m.Exec(`INSERT INTO title (number, round_id, application_id, unit_id, category, text, drill, named_on)
		SELECT $2, round_id, id, unit_id, category, '示范社区', false, '2026-11-01' FROM application WHERE id = $1`, file, number)
	facts := "只告诉受理机构的事实"
	if unit == foreignUnit {
		facts = "鹤鸣：" + facts
	}
	_, err := m.Acts.ReportTitle(m.t.Context(), m.Admin, m.Key(), acts.TitleReport{
		Title: number, Channel: award.ReportChannels()[0], Facts: facts, Received: award.DateOf(m.Now()), Reporter: reporter,
	})
	require.NoError(m.t, err)
}

// objection puts a list with the own unit before the public, of the nation's
// office, and objects to the unit; it returns the receipt.
func (m *matrix) objection(round string, file int64) string {
	m.t.Helper()
	list := actstest.One[int64](m.World, `INSERT INTO list (round_id, office_id, kind, revision, minutes, met_on, sha256, officer_id)
		VALUES ($1, $2, 'candidates', 1, '会议纪要', '2026-11-01', sha256(''), $3) RETURNING id`, round, m.Admin.Office, m.Admin.ID)
	m.Exec(`INSERT INTO list_item (list_id, application_id, category, position) VALUES ($1, $2, 'community', 1)`, list, file)
	notice := actstest.One[int64](m.World, `INSERT INTO public_notice
		(round_id, number, list_id, office_id, scope, working_days, opens_at, closes_at, final_at, provisional, officer_id)
		VALUES ($1, 1, $2, $3, 'national', 5, shifan_now(), shifan_now() + interval '5 hours', shifan_now() + interval '6 hours', false, $4)
		RETURNING id`, round, list, m.Admin.Office, m.Admin.ID)
	o, err := m.Acts.FileObjection(m.t.Context(), m.Key(), acts.ObjectionInput{
		Notice: notice, Unit: ownUnit, Facts: "只告诉承办人的具体事实",
		Objector: &acts.Objector{Kind: award.ObjectorPerson, Name: "柳隐者", Contact: "13900001111"},
	})
	require.NoError(m.t, err)
	return o.Receipt
}

// filed brings a community's file on its way, and returns it.
func (m *matrix) filed(round, unit string) int64 {
	m.t.Helper()
	rule, err := m.Round(round).Category(award.Community)
	require.NoError(m.t, err)
	head := m.Head(unit)
	_, err = m.Acts.SaveSelfCheck(m.t.Context(), head, m.Key(), acts.SaveSelfCheck{Round: round, Unit: unit, Category: award.Community, Marks: actstest.Full(rule.Standard)})
	require.NoError(m.t, err)
	form := map[string]string{"head": "负责人", "contact": "0371-00000000", "residents": "8000", "staff": "12", "deeds": "服务到家"}
	if unit == foreignUnit {
		form["head"] = "莫言之"
	}
	made, err := m.Acts.CreateApplication(m.t.Context(), head, m.Key(), acts.CreateApplication{Round: round, Unit: unit, Category: award.Community, Form: form})
	require.NoError(m.t, err)
	_, err = m.Acts.FileApplication(m.t.Context(), head, m.Key(), acts.OnFile{Round: round, Application: made.Result.ID})
	require.NoError(m.t, err)
	return made.Result.ID
}

// TestNobodyReadsWhatIsNotTheirs asks everything in everybody's name.
func TestNobodyReadsWhatIsNotTheirs(t *testing.T) {
	m := newMatrix(t)
	var routes []string
	for route := range m.contract.operations {
		routes = append(routes, route)
	}
	slices.Sort(routes)
	asked, answered := 0, map[string]bool{}
	for _, act := range []bool{false, true} { // acts last: what succeeds changes the country
		for _, route := range routes {
			o := m.contract.operations[route]
			if o.act != act {
				continue
			}
			requests := m.requests(route, o)
			for _, r := range m.readers {
				if act && (r.office == award.CodeNation || r.office == "") {
					continue // the owner's acts are its own; the public's are asked for a key
				}
				for _, q := range requests {
					asked++
					answer := m.ask(r, q)
					if answer.Code < 300 {
						answered[o.OperationID] = true
					}
					m.look(r, q, answer)
				}
			}
			if !act && !answered[o.OperationID] && !unanswered[o.OperationID] {
				t.Errorf("tell the matrix what %s needs: nobody got an answer from it", o.OperationID)
			}
		}
	}
	t.Logf("%d requests of %d operations in the name of %d readers", asked, len(routes), len(m.readers))
}

// unanswered are reads of which the country has nothing to show: what they show
// is public, or is compared with what comes later.
var unanswered = map[string]bool{
	"getPublicTitle": true, "getPublicReport": true, "getCalendarChange": true, "comparePackages": true, "downloadAttachment": true,
	"proposeAssignment": true, // of a list that is frozen
}

// request is one question.
type request struct {
	route, operation, method, path, body, media string
}

// requests are the questions of an operation: every choice of its path, and for
// each parameter every value that may filter or sort.
func (m *matrix) requests(route string, o *operation) []request {
	m.t.Helper()
	method, path, _ := strings.Cut(route, " ")
	paths := []string{path}
	required := url.Values{}
	var filters []url.Values
	for _, p := range o.inputs {
		values := m.valuesOf(o, p.Name, p.Schema.Value)
		switch p.In {
		case "path":
			if o.act { // only what is another's: one's own acts would change what is asked next
				values = values[:1]
			}
			var longer []string
			for _, value := range values {
				for _, path := range paths {
					longer = append(longer, strings.Replace(path, ":"+p.Name, url.PathEscape(value), 1))
				}
			}
			paths = longer
		case "query":
			if p.Required {
				required.Set(p.Name, values[0])
			}
			for _, value := range values {
				filters = append(filters, url.Values{p.Name: {value}})
			}
		}
	}
	body, media := "", o.media
	switch {
	case o.body != nil:
		text, err := json.Marshal(m.sample(o, "", o.body))
		require.NoError(m.t, err)
		body = string(text)
		if defects, err := o.checkBody(mediaJSON, text); err != nil || len(defects) > 0 {
			m.t.Errorf("tell the matrix what %s needs: %s has %v %v", o.OperationID, body, defects, err)
		}
	case media != "":
		body = "not a workbook"
	}
	var out []request
	for _, path := range paths {
		for _, filter := range append(filters, url.Values{}) {
			query := url.Values{}
			for _, values := range []url.Values{required, filter} {
				for name, value := range values {
					query[name] = value
				}
			}
			target := path
			if len(query) > 0 {
				target += "?" + query.Encode()
			}
			out = append(out, request{route, o.OperationID, method, target, body, media})
		}
	}
	return out
}

// valuesOf are the values of a parameter or field: known by name, or all that
// its schema names.
func (m *matrix) valuesOf(o *operation, name string, s *openapi3.Schema) []string {
	m.t.Helper()
	var values []string
	switch {
	case len(s.Enum) > 0:
		for _, value := range s.Enum {
			values = append(values, fmt.Sprint(value))
		}
	case s.Type.Is("boolean"):
		values = []string{"true", "false"}
	case name == "Idempotency-Key" || name == "If-Match":
		values = []string{"1"}
	default:
		values = m.values[name]
	}
	if len(values) == 0 {
		m.t.Errorf("tell the matrix what %s needs: values of %q", o.OperationID, name)
		values = []string{"1"}
	}
	return values
}

// sample makes a body that the contract takes: of every field that must be, and
// of those that name something of another's.
func (m *matrix) sample(o *operation, name string, s *openapi3.Schema) any {
	m.t.Helper()
	switch {
	case len(s.AllOf) > 0:
		whole := map[string]any{}
		for _, part := range s.AllOf {
			if made, ok := m.sample(o, name, part.Value).(map[string]any); ok {
				for key, value := range made {
					whole[key] = value
				}
			}
		}
		return whole
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.Type.Includes("object"):
		made := map[string]any{}
		for key, p := range s.Properties {
			if slices.Contains(s.Required, key) || m.values[key] != nil {
				made[key] = m.sample(o, key, p.Value)
			}
		}
		return made
	case s.Type.Includes("array"):
		return []any{m.sample(o, name, s.Items.Value)}
	case s.Type.Includes("boolean"):
		return true
	case s.Type.Includes("integer"):
		if known := m.values[name]; known != nil {
			return json.Number(known[0])
		}
		if s.Min != nil {
			return max(*s.Min, 1)
		}
		return 1
	}
	switch known := m.values[name]; {
	case s.Format == "date":
		return "2026-11-03"
	case s.Format == "date-time":
		return "2026-11-03T09:00:00+08:00"
	case known != nil:
		return known[0]
	case s.Pattern != "":
		for _, guess := range []string{"80.00", "80", "2026-11-03", foreignUnit, strings.Repeat("0", 64)} {
			if regexp.MustCompile(s.Pattern).MatchString(guess) {
				return guess
			}
		}
		m.t.Errorf("tell the matrix what %s needs: %q like %s", o.OperationID, name, s.Pattern)
	}
	return strings.Repeat("文", max(1, int(s.MinLength)))
}

// ask asks.
func (m *matrix) ask(r reader, q request) *httptest.ResponseRecorder {
	ctx, cancel := context.WithTimeout(m.t.Context(), 20*time.Second)
	defer cancel()
	in := httptest.NewRequestWithContext(ctx, q.method, q.path, strings.NewReader(q.body))
	in.RemoteAddr = m.address()
	if r.key != "" {
		in.Header.Set("Authorization", "Bearer "+r.key)
	}
	if q.body != "" {
		in.Header.Set("Content-Type", q.media)
	}
	if m.contract.operations[q.route].act { // a read would be asked for a file of that tag
		in.Header.Set("If-Match", "1")
	}
	w := httptest.NewRecorder()
	m.handler.ServeHTTP(w, in)
	if w.Code == http.StatusInternalServerError {
		m.t.Errorf("%s %s in the name of %s fails: %s", q.method, q.path, r, w.Body)
	}
	return w
}

// address is where the next question comes from: no visitor asks too often.
func (m *matrix) address() string {
	m.asked++
	return fmt.Sprintf("10.%d.%d.%d:1", m.asked>>16, m.asked>>8&255, m.asked&255)
}

// look looks for canaries in an answer: in its body, a workbook's cells and its
// headers. What the question itself said is no secret.
func (m *matrix) look(r reader, q request, answer *httptest.ResponseRecorder) {
	m.t.Helper()
	asked, err := url.QueryUnescape(q.path + " " + q.body)
	require.NoError(m.t, err)
	said := strings.Join(answer.Header().Values("Content-Disposition"), " ") + " " + bodyText(m.t, answer.Body.Bytes())
	for _, c := range secrets() {
		unit := strings.HasSuffix(c.what, "of another province's subtree")
		if !c.from(r) || c.what == "a key" && handsOut[q.operation] || unit && published[q.operation] {
			continue
		}
		for _, found := range c.text.FindAllString(said, -1) {
			if !strings.Contains(asked, found) {
				m.t.Errorf("%s learns %s, %q, from %s %s (%d): %.300s", r, c.what, found, q.method, q.path, answer.Code, said)
				break
			}
		}
	}
}

// handsOut are the acts whose answer is a key, shown once.
var handsOut = map[string]bool{"createKeys": true, "openAccounts": true}

// published are the reads of what a decision has told everybody: the units named.
var published = map[string]bool{"listTitles": true, "/titles": true, "/titles/:number": true, "/titles/:number/report": true}

// bodyText returns what a body says; of a workbook, all its sheets.
func bodyText(t *testing.T, body []byte) string {
	t.Helper()
	if !bytes.HasPrefix(body, []byte("PK")) {
		return string(body)
	}
	book, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	require.NoError(t, err)
	var all strings.Builder
	for _, part := range book.File {
		content, err := part.Open()
		require.NoError(t, err)
		_, err = io.Copy(&all, content)
		require.NoError(t, err)
	}
	return all.String()
}

// TestTheMatrixSeesALeak: a matrix that finds nothing anywhere would pass. The
// owner office reads everything, so in its answers every canary must be.
func TestTheMatrixSeesALeak(t *testing.T) {
	m := newMatrix(t)
	found := map[string]bool{}
	for route, o := range m.contract.operations {
		if o.act || o.public {
			continue
		}
		for _, q := range m.requests(route, o) {
			for _, r := range m.readers {
				if r.office != award.CodeNation {
					continue
				}
				said := bodyText(t, m.ask(r, q).Body.Bytes())
				for _, c := range secrets() {
					found[c.what] = found[c.what] || c.text.MatchString(said)
				}
			}
		}
	}
	for _, c := range secrets() {
		somebody := slices.ContainsFunc(m.readers, func(r reader) bool { return !c.from(r) })
		if somebody && !found[c.what] {
			t.Errorf("nobody at all reads %s: is it planted?", c.what)
		}
	}
}
