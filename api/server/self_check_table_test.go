package server

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
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
