package server

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"shifan/internal/award"
)

func TestFactsOfAYearFillTheForm(t *testing.T) {
	h := newHouse(t)
	round := h.openDrill()
	unit, henan := h.officerOf("410102", "clerk"), h.officerOf("41", "clerk")
	facts := "/api/v1/units/410102/facts/" + strconv.Itoa(award.DateOf(time.Now()).Year)

	h.call(unit, "GET", facts, nil).refused(http.StatusNotFound, award.NotFound)
	reported := into[ReportFacts200JSONResponse](h.call(unit, "PUT", facts,
		map[string]any{"residents": 900000, "service_centre": false}).want(http.StatusOK)).Facts
	if reported.Revision != 1 || *reported.Facts.Residents != 900000 || *reported.Facts.ServiceCentre || reported.Facts.Workers != nil {
		t.Errorf("reported %+v", reported)
	}
	h.call(unit, "PUT", facts, map[string]any{"residents": 1}).refused(http.StatusPreconditionFailed, award.Stale)
	p := h.call(unit, "PUT", facts, map[string]any{"volunteers": 2, "residents": 1, "workers": -1}, `If-Match: "1"`).
		refused(http.StatusBadRequest, award.Invalid)
	if p.Errors == nil || len(*p.Errors) != 2 || (*p.Errors)[1].Pointer != "/volunteers" {
		t.Errorf("defects %+v", p.Errors)
	}
	h.call(h.officerOf("42", "clerk"), "GET", facts, nil).refused(http.StatusNotFound, award.NotFound)

	file := into[ApplicationDone](h.call(unit, "POST", "/api/v1/rounds/"+round+"/applications",
		map[string]any{"unit": "410102", "category": "district"}).want(http.StatusCreated)).Application
	if (*file.Form)["residents"] != "900000" || *file.Prefilled != 3 {
		t.Errorf("form %+v", file)
	}
	progress := into[GetProgress200JSONResponse](h.call(henan, "GET", "/api/v1/rounds/"+round+"/progress", nil).want(http.StatusOK)).Items
	if len(progress) != 1 || progress[0].Office != "4101" || progress[0].Units != 1 || progress[0].Begun != 0 ||
		progress[0].Asked != 7 || progress[0].Prefilled != 3 {
		t.Errorf("progress %+v", progress)
	}
	h.call(henan, "GET", "/api/v1/rounds/"+round+"/progress?office=42", nil).refused(http.StatusNotFound, award.NotFound)
}

func TestARoundBringsItsOwnForm(t *testing.T) {
	h := newHouse(t)
	round := func(form ...map[string]any) map[string]any {
		return map[string]any{
			"title":      "全国和谐社区建设示范单位",
			"categories": []any{map[string]any{"category": "district", "quota": 1, "ratio": 1, "form": form}},
			"dates":      map[string]any{"self_check": "2099-12-31", "recommendation": "2100-04-30", "assessment": "2100-06-30"},
		}
	}
	p := h.call(h.admin, "POST", "/api/v1/rounds", round(
		map[string]any{"key": "a", "title": "甲", "kind": "choice"}, map[string]any{"key": "a", "title": "乙", "most": 3},
	)).refused(http.StatusBadRequest, award.Invalid)
	var pointers []string
	for _, e := range *p.Errors {
		pointers = append(pointers, e.Pointer)
	}
	if len(pointers) != 3 || pointers[0] != "/categories/0/form/0/choices" || pointers[1] != "/categories/0/form/1/key" {
		t.Errorf("defects at %q", pointers)
	}
	h.call(h.admin, "POST", "/api/v1/rounds", round(map[string]any{"key": "a", "title": "甲", "kind": "essay"})).
		refused(http.StatusBadRequest, award.Invalid)

	opened := h.openDrill(
		map[string]any{"key": "code", "title": "统一社会信用代码", "kind": "credit_code", "required": true, "help": "见登记证书"},
		map[string]any{"key": "deeds", "title": "主要事迹", "max_runes": 2000},
	)
	unit := h.officerOf("410102", "clerk")
	form := into[GetStandard200JSONResponse](h.call(unit, "GET", "/api/v1/rounds/"+opened+"/standards/district", nil).want(http.StatusOK)).Form
	if len(form) != 2 || *form[0].Kind != "credit_code" || *form[0].Help != "见登记证书" || *form[1].Kind != "text" {
		t.Errorf("form %+v", form)
	}
	h.call(h.admin, "PATCH", "/api/v1/rounds/"+opened, round(map[string]any{"key": "more", "title": "再填一项"}), `If-Match: "1"`).
		refused(http.StatusConflict, award.Conflict)
	h.call(unit, "POST", "/api/v1/rounds/"+opened+"/applications",
		map[string]any{"unit": "410102", "category": "district", "form": map[string]any{"more": "x"}}).refused(http.StatusBadRequest, award.Invalid)
}
