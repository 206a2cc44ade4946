package server

import (
	"archive/zip"
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"shifan/internal/award"
)

const standards = "/api/v1/standards"

// aStandard is a standard as JSON; what uses every kind is internal/sheet's.
func aStandard() map[string]any {
	return map[string]any{
		"category": "village", "title": "示范村指导标准", "max": "100", "blocks": []any{
			map[string]any{"title": "组织机构", "max": "60", "minimum": "20.5", "leaves": []any{
				map[string]any{"code": "1.1", "title": "制度健全", "kind": "points", "max": "30"},
				map[string]any{"code": "1.2", "title": "志愿者占比", "kind": "target", "max": "30", "unit": "%", "sense": "at_least", "target": "10", "greatest": "100"},
			}},
			map[string]any{"title": "服务", "leaves": []any{
				map[string]any{"code": "2.1", "title": "满意度", "kind": "bands", "max": "40", "unit": "%", "greatest": "100", "bands": []any{
					map[string]any{"from": "0", "to": "80", "points": "0"},
					map[string]any{"from": "80", "to": "100", "points": "40"},
				}},
			}},
		},
	}
}

func (h *house) draftStandard(content any) StandardHead {
	h.t.Helper()
	return into[StandardDone](h.call(h.admin, "POST", standards, content).want(http.StatusCreated)).Standard
}

func (h *house) upload(id int64, revision int, file []byte, headers ...string) answer {
	h.t.Helper()
	headers = append([]string{"Content-Type: " + mediaSheet, fmt.Sprintf("If-Match: %d", revision)}, headers...)
	return h.call(h.admin, "PUT", fmt.Sprintf("%s/%d/workbook", standards, id), string(file), headers...)
}

func TestTheSameStandardByWorkbookAndByJSONHasTheSameDigest(t *testing.T) {
	h := newHouse(t)
	byJSON := h.draftStandard(aStandard())
	book := h.call(h.admin, "GET", fmt.Sprintf("%s/%d/workbook", standards, byJSON.Id), nil).want(http.StatusOK)
	if got := book.header.Get("Content-Type"); got != mediaSheet {
		t.Errorf("Content-Type %q", got)
	}

	other := aStandard()
	other["title"] = "另一份"
	draft := h.draftStandard(other)
	if draft.Sha256 == byJSON.Sha256 {
		t.Fatal("two standards have one digest")
	}
	byBook := into[StandardDone](h.upload(draft.Id, draft.Revision, book.body).want(http.StatusOK)).Standard
	if byBook.Sha256 != byJSON.Sha256 || byBook.Revision != 2 || byBook.Title != "示范村指导标准" {
		t.Errorf("by workbook %+v, by JSON %+v", byBook, byJSON)
	}

	read := into[ReadStandard200JSONResponse](h.call(h.admin, "GET", fmt.Sprintf("%s/%d", standards, draft.Id), nil).want(http.StatusOK))
	if again := h.draftStandard(read.Content); again.Sha256 != byJSON.Sha256 {
		t.Errorf("what was read and sent again has another digest: %+v", again)
	}
}

func TestAStandardIsPublishedAndListed(t *testing.T) {
	h := newHouse(t)
	draft := h.draftStandard(aStandard())
	path := fmt.Sprintf("%s/%d", standards, draft.Id)
	h.call(h.officerOf("41", "head"), "GET", path, nil).refused(http.StatusNotFound, award.NotFound)
	h.call(h.admin, "POST", path+"/publication", nil).refused(http.StatusBadRequest, award.Invalid)
	done := into[StandardDone](h.call(h.admin, "POST", path+"/publication", nil, "If-Match: 1").want(http.StatusOK))
	if done.Standard.State != "published" || *done.Standard.Version != 1 || done.Standard.PublishedAt == nil {
		t.Errorf("published %+v", done.Standard)
	}
	h.call(h.admin, "PUT", path, aStandard(), "If-Match: 1").refused(http.StatusConflict, award.Conflict)
	h.draftStandard(aStandard())
	first := into[ListStandards200JSONResponse](h.call(h.admin, "GET", standards+"?limit=1", nil).want(http.StatusOK))
	rest := into[ListStandards200JSONResponse](h.call(h.admin, "GET", standards+"?limit=5&category=village&cursor="+*first.Next, nil).want(http.StatusOK))
	if len(first.Items) != 1 || first.Items[0].State != "draft" || len(rest.Items) != 1 || rest.Items[0].Id != draft.Id || rest.Next != nil {
		t.Errorf("listed %+v, then %+v", first, rest)
	}
}

func TestDefectsOfAStandardAreNamedWhereTheyStand(t *testing.T) {
	h := newHouse(t)
	draft := h.draftStandard(aStandard())
	bad := aStandard()
	bad["max"] = "90"
	if got := pointersOf(h.call(h.admin, "POST", standards, bad).refused(http.StatusBadRequest, award.Invalid)); got != "/max" {
		t.Errorf("JSON: %s", got)
	}
	book := h.call(h.admin, "GET", fmt.Sprintf("%s/%d/workbook", standards, draft.Id), nil).want(http.StatusOK).body
	spoilt := changed(t, book, map[string]string{"E2": "90", "G5": "", "K7": "81"})
	problem := h.upload(draft.Id, 1, spoilt).refused(http.StatusBadRequest, award.Invalid)
	if got := pointersOf(problem); got != "/5/单位 /9/上限 /2/满分" {
		t.Errorf("workbook: %s", got)
	}
	malformed := changed(t, book, map[string]string{"E4": "三十", "D5": "公式"})
	if got := pointersOf(h.upload(draft.Id, 1, malformed).refused(http.StatusBadRequest, award.Invalid)); got != "/4/满分 /5/计分方式" {
		t.Errorf("workbook: %s", got)
	}
	otherCategory := changed(t, book, map[string]string{"B2": "street"})
	if got := pointersOf(h.upload(draft.Id, 1, otherCategory).refused(http.StatusBadRequest, award.Invalid)); got != "/2/编号" {
		t.Errorf("workbook of another category: %s", got)
	}
}

func TestAHostileWorkbookIsRefusedAndNothingIsStored(t *testing.T) {
	h := newHouse(t)
	draft := h.draftStandard(aStandard())
	book := h.call(h.admin, "GET", fmt.Sprintf("%s/%d/workbook", standards, draft.Id), nil).want(http.StatusOK).body
	stored := func() string {
		var digest string
		if err := h.db.Get(&digest, `
			SELECT md5(coalesce((SELECT string_agg(s::text, '|' ORDER BY s.id) FROM standard s), '')
				|| (SELECT count(*) FROM act) || (SELECT count(*) FROM audit))`); err != nil {
			t.Fatal(err)
		}
		return digest
	}
	before := stored()
	formula := func() []byte {
		file, err := excelize.OpenReader(bytes.NewReader(book))
		if err != nil {
			t.Fatal(err)
		}
		if err := file.SetCellFormula("指导标准", "E4", "SUM(1,2)"); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := file.Write(&out); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	for name, tt := range map[string]struct {
		file    []byte
		headers []string
		status  int
		says    string
	}{
		"a zip bomb":         {packed(t, "xl/worksheets/sheet1.xml", strings.Repeat("0", 1<<20), 300), nil, 400, "解压"},
		"a cell of 100 MB":   {packed(t, "xl/sharedStrings.xml", "<sst><si><t>"+random(1<<20), 100), nil, 400, "单元格"},
		"a formula":          {formula(), nil, 400, "公式"},
		"another media type": {book, []string{"Content-Type: text/csv"}, 415, mediaSheet},
		"JSON":               {[]byte(`{}`), []string{"Content-Type: application/json"}, 415, mediaSheet},
		"truncated":          {book[:len(book)-200], nil, 400, "工作簿"},
		"nothing":            {nil, nil, 400, ""},
		"larger than allowed": {
			bytes.Repeat([]byte{'x'}, mostSheet+1), nil, 413, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			problem := h.upload(draft.Id, 1, tt.file, tt.headers...).refused(tt.status, award.Invalid)
			if !strings.Contains(problem.Detail, tt.says) {
				t.Errorf("says %q, want %q in it", problem.Detail, tt.says)
			}
			if stored() != before {
				t.Error("something was stored")
			}
		})
	}
}

// packed is a zip with one part of so many times the text, besides what makes it
// look like a workbook.
func packed(t *testing.T, part, text string, times int) []byte {
	t.Helper()
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	w, err := archive.Create(part)
	if err != nil {
		t.Fatal(err)
	}
	for range times {
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// random is text that packs badly enough to pass for honest: one character in
// sixty-four in no order, from a fixed beginning.
func random(n int) string {
	var b strings.Builder
	state := uint32(1)
	for b.Len() < n {
		state = state*1664525 + 1013904223
		b.WriteByte(" ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyz-"[state>>26])
		b.WriteString(strings.Repeat("x", 63))
	}
	return b.String()
}

// changed is the workbook with some cells set.
func changed(t *testing.T, book []byte, cells map[string]string) []byte {
	t.Helper()
	file, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	for cell, text := range cells {
		if err := file.SetCellStr("指导标准", cell, text); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := file.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func pointersOf(p Problem) string {
	var pointers []string
	if p.Errors != nil {
		for _, e := range *p.Errors {
			pointers = append(pointers, e.Pointer)
		}
	}
	return strings.Join(pointers, " ")
}
