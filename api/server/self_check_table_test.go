package server

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
	"shifan/internal/register"
	"shifan/internal/sheet"
)

func TestSelfChecksGoOutAndComeBackAsAWorkbook(t *testing.T) {
	h := newHouse(t)
	round := h.openDrill()
	path := "/api/v1/rounds/" + round + "/self-checks/workbook?category=district"
	standard, _ := award.SampleStandard(award.District)
	prefecture := h.officerOf("4101", "clerk")
	template := h.call(prefecture, "GET", path, nil).want(http.StatusOK)
	lines, err := sheet.Read(template.body, "单位代码", "单位名称", "所见版本")
	if err != nil || len(lines) != 1 || lines[0].Cell("单位代码") != "410102" || lines[0].Cell("所见版本") != "0" {
		t.Fatalf("%v, %v", lines, err)
	}
	for _, line := range lines {
		if !strings.HasPrefix(line.Cell("单位代码"), "4101") {
			t.Errorf("%s is not below the office", line.Cell("单位代码"))
		}
	}
	h.call(prefecture, "POST", path, string(template.body), "Content-Type: "+mediaSheet).refused(http.StatusBadRequest, award.Invalid) // nothing filled

	word := award.EnteredFor{Person: "李主任"}
	row := func(unit string) acts.SelfCheck {
		return acts.SelfCheck{UnitCode: unit, Marks: actstest.Full(standard), EnteredFor: word}
	}
	bad := row("410102")
	bad.Marks[0] = 99_00
	var filled bytes.Buffer
	if err := sheet.WriteSelfChecks(&filled, acts.SelfCheckTable{SelfCheckForm: acts.SelfCheckForm{Standard: standard}, Rows: []acts.SelfCheck{row("410102"), bad, row("42")}}); err != nil {
		t.Fatal(err)
	}
	send := func(path, file string) SelfCheckResults {
		return SelfCheckResults(into[SaveSelfChecksWorkbook200JSONResponse](
			h.call(prefecture, "POST", path, file, "Content-Type: "+mediaSheet).want(http.StatusOK)))
	}
	leaf := standard.Leaves()[0]
	for _, dry := range []string{"&dry_run=true", ""} { // the run finds that the dry run left nothing
		got := send(path+dry, filled.String())
		if got.DryRun != (dry != "") || got.Done != 1 || got.Refused != 2 || *got.Items[0].Row != 2 || *got.Items[0].Revision != 1 ||
			got.Items[2].Problem.Code != "not_found" {
			t.Fatalf("%+v", got)
		}
		if at := (*got.Items[1].Problem.Errors)[0].Pointer; !strings.HasPrefix(at, "/3/"+leaf.Code+" "+leaf.Title) {
			t.Errorf("the bad cell is at %s", at)
		}
	}
	if got := send(path, filled.String()); got.Done != 0 || got.Unchanged != 1 || got.Refused != 2 {
		t.Errorf("again %+v", got)
	}
	whole := h.call(prefecture, "GET", path, nil).want(http.StatusOK)
	if got := send(path, string(whole.body)); got.Done != 0 || got.Unchanged != 1 || got.Refused != 0 || *got.Items[0].Total != "100.00" {
		t.Errorf("round trip %+v", got)
	}
	h.call(h.officerOf("42", "clerk"), "GET", "/api/v1/rounds/"+round+"/self-checks/workbook?category=nothing", nil).refused(http.StatusBadRequest, award.Invalid)
}

// manyDistricts are as many districts below Henan as a table may hold rows; one
// is there already.
func manyDistricts() []register.Row {
	var rows []register.Row
	for n := range acts.MostSelfCheckRows - 1 {
		prefecture := fmt.Sprintf("41%02d", 2+n/90)
		if n%90 == 0 {
			rows = append(rows, register.Row{Code: prefecture, Name: prefecture + "市", Kind: award.KindPrefecture, Sure: true})
		}
		code := fmt.Sprintf("%s%02d", prefecture, 1+n%90)
		rows = append(rows, register.Row{Code: code, Name: code + "区", Kind: award.KindDistrict, Sure: true})
	}
	return rows
}

// The acts are called without the server, which would end a request that takes
// too long on a busy machine: how long they take is in docs/measurements.md.
func TestAWorkbookOfTheMostRowsIsKeptRowByRow(t *testing.T) {
	h := newHouse(t, manyDistricts()...)
	round := h.openDrill()
	path := "/api/v1/rounds/" + round + "/self-checks/workbook?category=district"
	province := h.officerOf("41", "clerk")
	by, err := h.acts.Authenticate(t.Context(), province)
	if err != nil {
		t.Fatal(err)
	}
	form, err := h.acts.SelfCheckForm(t.Context(), by, round, award.District)
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	if err := h.db.Select(&codes, `SELECT code FROM round_unit WHERE round_id = $1 AND kind = 'district' AND code LIKE '41%' ORDER BY code`, round); err != nil {
		t.Fatal(err)
	}
	if len(codes) != acts.MostSelfCheckRows {
		t.Fatalf("%d districts", len(codes))
	}
	table := acts.SelfCheckTable{SelfCheckForm: form}
	for _, code := range codes {
		table.Rows = append(table.Rows, acts.SelfCheck{UnitCode: code, Marks: actstest.Full(form.Standard), EnteredFor: award.EnteredFor{Person: "李主任"}})
	}
	table.Rows[1999].Marks[0] = 99_00
	filled := func() string {
		var book bytes.Buffer
		if err := sheet.WriteSelfChecks(&book, table); err != nil {
			t.Fatal(err)
		}
		return book.String()
	}
	book := []byte(filled())
	for _, dry := range []bool{true, false} {
		began := time.Now()
		rows, err := sheet.ReadSelfChecks(book, round, award.District, form)
		if err != nil {
			t.Fatal(err)
		}
		results, err := h.acts.SaveSelfCheckTable(t.Context(), by, acts.Key{Method: "POST", Path: path, Key: fmt.Sprint(dry)}, rows, dry)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%d rows in %.1f s; dry run: %t", len(rows), time.Since(began).Seconds(), dry)
		refused := 0
		for _, r := range results {
			if r.Refusal != nil {
				refused++
			}
		}
		last := results[1999].Refusal
		if refused != 1 || last == nil {
			t.Fatalf("%d refused; the last row: %v", refused, last)
		}
		if at := sheet.LocateSelfCheck(rows[1999], form, last).Fields[0].Pointer; !strings.HasPrefix(at, "/2001/1.1 ") {
			t.Errorf("the bad cell is at %s", at)
		}
	}

	table.Rows = append(table.Rows, table.Rows[0])
	problem := h.call(province, "POST", path, filled(), "Content-Type: "+mediaSheet).refused(http.StatusBadRequest, award.Invalid)
	if !strings.Contains(problem.Detail, "2000") || !strings.Contains(problem.Detail, "2001") {
		t.Errorf("one row too many is told as %q", problem.Detail)
	}
	h.exec(`WITH u AS (INSERT INTO unit DEFAULT VALUES RETURNING id)
		INSERT INTO round_unit SELECT (jsonb_populate_record(r, jsonb_build_object('unit_id', u.id, 'code', '419901'))).*
		FROM u, round_unit r WHERE r.code = '410102'`)
	problem = h.call(province, "GET", path, nil).refused(http.StatusBadRequest, award.Invalid)
	if !strings.Contains(problem.Detail, "2000") {
		t.Errorf("one unit too many is told as %q", problem.Detail)
	}
}

func TestTheSameWorkbookSentTwiceAtOnceIsKeptOnce(t *testing.T) {
	var more []register.Row
	for n := range 20 {
		more = append(more, register.Row{Code: fmt.Sprintf("4101%02d", 3+n), Name: "区", Kind: award.KindDistrict, Sure: true})
	}
	h := newHouse(t, more...)
	path := "/api/v1/rounds/" + h.openDrill() + "/self-checks/workbook?category=district"
	standard, _ := award.SampleStandard(award.District)
	table := acts.SelfCheckTable{SelfCheckForm: acts.SelfCheckForm{Standard: standard}}
	for n := range 21 {
		table.Rows = append(table.Rows, acts.SelfCheck{
			UnitCode: fmt.Sprintf("4101%02d", 2+n), Marks: actstest.Full(standard), EnteredFor: award.EnteredFor{Person: "李主任"},
		})
	}
	var book bytes.Buffer
	if err := sheet.WriteSelfChecks(&book, table); err != nil {
		t.Fatal(err)
	}
	prefecture := h.officerOf("4101", "clerk")
	answers := make([]answer, 3)
	var wait sync.WaitGroup
	for i := range answers {
		wait.Go(func() { answers[i] = h.call(prefecture, "POST", path, book.String(), "Content-Type: "+mediaSheet) })
	}
	wait.Wait()
	done := 0
	for _, a := range answers {
		got := into[SaveSelfChecksWorkbook200JSONResponse](a.want(http.StatusOK))
		if got.Done+got.Unchanged != 21 || got.Refused != 0 {
			t.Errorf("done %d, unchanged %d, refused %d", got.Done, got.Unchanged, got.Refused)
		}
		done += got.Done
	}
	var revisions, audits int
	if err := h.db.QueryRowContext(t.Context(), `SELECT (SELECT sum(revision) FROM self_check), (SELECT count(*) FROM audit WHERE name = 'save-self-check')`).Scan(&revisions, &audits); err != nil {
		t.Fatal(err)
	}
	if done != 21 || revisions != 21 || audits != 21 {
		t.Errorf("done %d, %d revisions, %d audit rows", done, revisions, audits)
	}
}

func TestWhatFactsFillGoesOutMarkedAndIsNotReadBack(t *testing.T) {
	h := newHouse(t)
	h.exec(`UPDATE unit_version SET kind_sure = true WHERE code = '410102001001'`)
	round := h.openDrillOf("community")
	path := "/api/v1/rounds/" + round + "/self-checks/workbook?category=community"
	street := h.officerOf("410102001", "clerk")
	year := time.Now().Year()
	h.call(street, "PUT", fmt.Sprintf("/api/v1/units/410102001001/facts/%d", year), map[string]any{
		"residents": 1000, "volunteers": 123, "service_centre": true,
	}).want(http.StatusOK)
	template := h.call(street, "GET", path, nil).want(http.StatusOK)
	columns := map[string]string{"share": "", "centre": ""}
	standard, _ := award.SampleStandard(award.Community)
	for _, leaf := range standard.Leaves() {
		bound := leaf.Unit
		if bound == "" {
			bound = leaf.Max.String()
		}
		switch leaf.Fact {
		case "volunteers/residents":
			columns["share"] = fmt.Sprintf("%s %s(%s)", leaf.Code, leaf.Title, bound)
		case "service_centre":
			columns["centre"] = fmt.Sprintf("%s %s(%s)", leaf.Code, leaf.Title, bound)
		}
	}
	lines, err := sheet.Read(template.body, columns["share"], columns["centre"])
	if err != nil || len(lines) != 1 || lines[0].Cell(columns["share"]) != "※12.30" || lines[0].Cell(columns["centre"]) != "※6.00" {
		t.Fatalf("%v, %v", lines, err)
	}

	table := acts.SelfCheckTable{SelfCheckForm: acts.SelfCheckForm{Standard: standard}, Rows: []acts.SelfCheck{{
		UnitCode: "410102001001", Marks: actstest.Full(standard), EnteredFor: award.EnteredFor{Person: "李主任"},
	}}}
	send := func() SelfCheckResult {
		var book bytes.Buffer
		if err := sheet.WriteSelfChecks(&book, table); err != nil {
			t.Fatal(err)
		}
		return into[SaveSelfChecksWorkbook200JSONResponse](
			h.call(street, "POST", path, book.String(), "Content-Type: "+mediaSheet).want(http.StatusOK)).Items[0]
	}
	if at := (*send().Problem.Errors)[0].Pointer; at != "/2/"+columns["share"] {
		t.Errorf("typing over a fact is refused at %s", at)
	}
	for _, leaf := range standard.Leaves() {
		if leaf.Fact != "" && leaf.Fact != "trained_workers/workers" {
			table.Rows[0].Filled = append(table.Rows[0].Filled, leaf.Code) // as it went out
		}
	}
	if got := send(); !got.Done || !*got.Ready {
		t.Fatalf("%+v", got)
	}
	saved := into[GetSelfCheck200JSONResponse](h.call(street, "GET", "/api/v1/rounds/"+round+"/self-checks/410102001001/community", nil).want(http.StatusOK))
	if *saved.FactsYear != year || len(*saved.FromFacts) != 2 || saved.Outdated != nil {
		t.Errorf("%+v", saved)
	}
}
