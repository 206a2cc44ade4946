package console_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/api/server"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
	"shifan/internal/sheet"
)

// workbookOf is a standard as a workbook.
func workbookOf(t *testing.T, s award.Standard) string {
	t.Helper()
	var book bytes.Buffer
	require.NoError(t, sheet.WriteStandard(&book, s))
	return book.String()
}

func sampleOf(t *testing.T, category award.Category) award.Standard {
	t.Helper()
	s, has := award.SampleStandard(category)
	require.True(t, has)
	return s
}

func TestAStandardIsImportedReadExportedAndPublishedOnPages(t *testing.T) {
	h := newHouse(t)
	s := sampleOf(t, award.Community)
	s.Title, s.Blocks[0].Leaves[0].Title = hostile, "指标"+hostile
	admin := h.as(h.Admin).get("/standards").whole(http.StatusOK).get("/standards/new").whole(http.StatusOK)
	broken := s
	broken.Blocks = append([]award.Block{{Title: "", Leaves: []award.Leaf{{Code: "9.1", Title: "多余", Kind: award.LeafPoints, Max: 7_00}}}}, s.Blocks...)
	admin.upload("/standards", admin.fill("/standards"), "file", "标准.xlsx", workbookOf(t, broken)).
		whole(http.StatusUnprocessableEntity).sees(`href="#file"`, "第 3 行“名称”", "第 2 行“满分”")
	admin.upload("/standards", admin.fill("/standards"), "file", "标准.xlsx", "no workbook").whole(http.StatusUnprocessableEntity).sees(`href="#file"`, "工作簿")
	admin.upload("/standards", admin.fill("/standards"), "file", "标准.json", `{"category":"community","marks":1}`).whole(http.StatusUnprocessableEntity).sees(`href="#file"`)
	admin.post("/standards").whole(http.StatusUnprocessableEntity).sees(`href="#file"`)
	admin.get("/standards/new").upload("/standards", admin.fill("/standards"), "file", "标准.XLSX", workbookOf(t, s))
	require.Equal(t, http.StatusSeeOther, admin.status, admin.body)
	at := strings.Split(admin.header.Get("Location"), "?")[0]
	admin.get(at).whole(http.StatusOK).sees("草稿（第 1 稿）", "一票否决", "必达", "满分 100 分", "还没有批次采用")

	admin.get(at + "/workbook")
	back, err := sheet.ReadStandard([]byte(admin.body))
	require.NoError(t, err)
	require.Equal(t, s, back.Standard)
	text := admin.get(at + "/text").body
	read, err := server.StandardText{}.Read([]byte(text))
	require.NoError(t, err)
	require.Equal(t, s.Digest(), read.Digest(), "what is exported is what was imported")

	admin.get(at).upload(at+"/content", admin.fill(at+"/content"), "file", "a.json", strings.Replace(text, `"max": "`, `"max": "x`, 1)).
		whole(http.StatusUnprocessableEntity).sees("/blocks/0/", `href="#file"`)
	admin.get(at).upload(at+"/content", admin.fill(at+"/content"), "file", "a.json", strings.Replace(text, `"community"`, `"street"`, 1)).
		whole(http.StatusUnprocessableEntity).sees("请核对文件")
	admin.get(at).upload(at+"/content", admin.fill(at+"/content"), "file", "a.json", strings.Replace(text, "指标", "改名", 1))
	require.Equal(t, http.StatusSeeOther, admin.status, admin.body)
	h.as(h.Head("41")).get(at).whole(http.StatusNotFound)

	admin.get(at + "/publication").whole(http.StatusOK).sees("不能修改")
	stale := admin.fill(at+"/publication", "revision", "1")
	admin.submit(at+"/publication", stale).whole(http.StatusConflict)
	admin.get(at + "/publication").post(at + "/publication")
	require.Equal(t, http.StatusSeeOther, admin.status, admin.body)
	admin.get(at).whole(http.StatusOK).sees("第 1 版", "改名")
	require.NotContains(t, admin.body, at+"/content")
	admin.get(at + "/publication").whole(http.StatusOK).sees("第 1 版")
	province := h.as(h.Head("41")).get(at).whole(http.StatusOK).sees("第 1 版")
	require.NotContains(t, province.body, at+"/copies")
	province.get("/standards?category=community").whole(http.StatusOK).sees("第 1 版", "全国")
	province.get("/standards/new").whole(http.StatusForbidden)

	admin.get(at).post(at + "/copies")
	require.Equal(t, http.StatusSeeOther, admin.status, admin.body)
	require.Equal(t, 2, actstest.One[int](h.World, `SELECT count(*) FROM standard`))
}

func TestAProvincesSubItemsAreReadBelowTheirIndicators(t *testing.T) {
	h := newHouse(t)
	round := h.OpenDrill(actstest.Drill{}).ID
	at := "/rounds/" + round + "/offices/41/sub-items/community"
	head := h.as(h.Head("41")).get("/rounds/" + round + "/offices/41").whole(http.StatusOK).sees(at)
	head.get(at).whole(http.StatusOK).sees("没有设细则")
	head.get("/rounds/" + round + "/offices/41/sub-items/none").whole(http.StatusUnprocessableEntity)
	rule, err := h.Round(round).Category(award.Community)
	require.NoError(t, err)
	var leaf award.Leaf
	for _, l := range rule.Standard.Leaves() {
		if l.Kind == award.LeafPoints {
			leaf = l
		}
	}
	columns := []string{"细则编号", "细则", "细则满分"}
	book := func(rows ...[]string) string {
		var out bytes.Buffer
		require.NoError(t, sheet.Write(&out, sheet.Table{Sheet: "细则", Columns: columns, Rows: rows}))
		return out.String()
	}
	head.get(at).upload(at, head.fill(at), "workbook", "细则.xlsx", book([]string{leaf.Code + ".1", "", "1"})).
		whole(http.StatusUnprocessableEntity).sees("第 2 行“", `href="#workbook"`)
	head.get(at).upload(at, head.fill(at), "workbook", "细则.xlsx", book([]string{leaf.Code + ".1", hostile, leaf.Max.String()}))
	require.Equal(t, http.StatusSeeOther, head.status, head.body)
	head.get(at+"?done=sub_items").whole(http.StatusOK).sees("共 1 条细则", leaf.Code+".1", "细则已保存")
	h.as(h.Clerk(community)).get(at).whole(http.StatusOK).sees(leaf.Code + ".1")
	h.as(h.Head("11")).get(at).whole(http.StatusNotFound)

	standard := h.as(h.Admin).get("/standards?category=community").whole(http.StatusOK).sees("系统自带", "示例")
	standard.get("/standards/"+actstest.One[string](h.World, `SELECT id::text FROM standard WHERE category = 'community'`)).whole(http.StatusOK).sees("不是民政部公布的标准", "/rounds/"+round)
}
