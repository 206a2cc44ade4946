package console_test

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// filled returns a workbook with cells written into it.
func (b *browser) filled(at string, cells map[string]string) string {
	b.t.Helper()
	b.get(at)
	require.Equal(b.t, http.StatusOK, b.status, b.body)
	book, err := excelize.OpenReader(bytes.NewReader([]byte(b.body)))
	require.NoError(b.t, err)
	for cell, value := range cells {
		require.NoError(b.t, book.SetCellValue(book.GetSheetName(0), cell, value))
	}
	var out bytes.Buffer
	require.NoError(b.t, book.Write(&out))
	return out.String()
}

func TestAStreetEndorsesManyFilesAtOnceAfterTrying(t *testing.T) {
	h := newHouse(t)
	round := h.OpenDrill(actstest.Drill{}).ID
	for _, unit := range []string{"410102001001", "410102001002"} {
		clerk := h.as(h.Clerk(unit)).checks(round, unit, award.Community)
		file := clerk.applies(round, "事迹")
		clerk.get(file+"/form").post(file+"/form", "file", "1")
		require.Equal(t, http.StatusSeeOther, clerk.status, clerk.body)
	}
	at := "/rounds/" + round + "/endorsements"
	b := h.as(h.Head(street)).get(at+"?category=community&all=1").whole(http.StatusOK).sees("伏牛路社区", "华山路社区", `value="1" aria-label="同意：伏牛路社区" checked`)
	form := b.fill(at, "clerk", "张三", "signing_head", "王主任", "dry", "1")
	form["applications"] = []string{"1", "2", "99"}
	b.submit(at, form).whole(http.StatusOK).sees("可以办成 2 项，不能办成 1 项", "可以签署")
	require.Zero(t, actstest.One[int](h.World, `SELECT count(*) FROM endorsement`))
	form = b.fill(at, "clerk", "张三", "signing_head", "王主任", "sign", "1")
	form["applications"] = []string{"1", "2"}
	b.submit(at, form).whole(http.StatusOK).sees("已办成 2 项，未办成 0 项", "已签署")
	b.submit(at, form).whole(http.StatusOK)
	require.Equal(t, 2, actstest.One[int](h.World, `SELECT count(*) FROM endorsement`), "the same form again is the same acts")
	b.get(at).whole(http.StatusOK).sees("没有符合条件的材料")
	form = b.fill(at, "clerk", "")
	b.submit(at, form).whole(http.StatusUnprocessableEntity)
	book := b.get("/rounds/" + round + "/files/1/comparison")
	require.Equal(t, http.StatusOK, book.status)
	require.NoError(t, func() error { _, err := excelize.OpenReader(bytes.NewReader([]byte(book.body))); return err }())
}

func TestSelfChecksComeByWorkbookRowByRow(t *testing.T) {
	h := newHouse(t)
	round := h.OpenDrill(actstest.Drill{}).ID
	at := "/rounds/" + round + "/self-check-table"
	b := h.as(h.Clerk(street)).get(at).whole(http.StatusOK)
	blank := b.filled(at+"/workbook?category=community", nil)
	b.get(at)
	b.upload(at, b.fill(at, "category", "community", "dry", "1"), "workbook", "自查表.xlsx", blank)
	b.whole(http.StatusUnprocessableEntity)
	b.upload(at, b.fill(at, "category", "community", "dry", "1"), "workbook", "自查表.xlsx", "not a workbook").whole(http.StatusUnprocessableEntity)
	b.submit(at, b.fill(at, "category", "community")).whole(http.StatusUnprocessableEntity).sees(`href="#workbook"`)

	book, err := excelize.OpenReader(bytes.NewReader([]byte(blank)))
	require.NoError(t, err)
	rows, err := book.GetRows(book.GetSheetName(0))
	require.NoError(t, err)
	require.Contains(t, rows[1][0]+rows[1][1], "410102001001")
	cells := map[string]string{}
	for i, title := range rows[0] {
		cell, err := excelize.CoordinatesToCellName(i+1, 2)
		require.NoError(t, err)
		if i > 3 && title != "" && len(cells) == 0 {
			cells[cell] = "绝对不是分数"
		}
	}
	wrong := b.filled(at+"/workbook?category=community", cells)
	b.get(at)
	b.upload(at, b.fill(at, "category", "community", "dry", "1"), "workbook", "自查表.xlsx", wrong).whole(http.StatusOK).sees("不能办成 1 项", "410102001001")
	require.Zero(t, actstest.One[int](h.World, `SELECT count(*) FROM self_check`))
}

func TestTheFirstAccountsOfTheOfficesBelowComeByWorkbook(t *testing.T) {
	h := newHouse(t)
	head := h.Head("410102")
	b := h.as(head).get("/staff/accounts").whole(http.StatusOK)
	book := b.filled("/staff/accounts/workbook", map[string]string{"C2": "李<b>四</b>"})
	b.get("/staff/accounts")
	form := b.fill("/staff/accounts")
	b.upload("/staff/accounts", form, "workbook", "账号.xlsx", book).whole(http.StatusOK).sees("已开通 1 个", "jg410102", "只显示这一次", "李&lt;b&gt;")
	b.upload("/staff/accounts", form, "workbook", "账号.xlsx", book).whole(http.StatusOK).sees("临时密码不再显示")
	require.Equal(t, 1, actstest.One[int](h.World, `SELECT count(*) FROM login`))
	b.get("/staff/accounts")
	b.upload("/staff/accounts", b.fill("/staff/accounts"), "workbook", "账号.xlsx", book).whole(http.StatusOK).sees("已有可用账号")
	h.as(h.Clerk("410102")).get("/staff/accounts").whole(http.StatusForbidden)
}

func TestTheArchiveOfAUnitIsForWhoMaySeeIt(t *testing.T) {
	h := newHouse(t)
	round := h.OpenDrill(actstest.Drill{}).ID
	clerk := h.as(h.Clerk(community))
	papers := "/rounds/" + round + "/self-checks/" + community + "/community/evidence/1.1"
	clerk.get(papers)
	clerk.upload(papers, clerk.tokens(), "file", "台账.pdf", actstest.PDF("台账"))
	require.Equal(t, http.StatusSeeOther, clerk.status, clerk.body)
	clerk.checks(round, community, award.Community).applies(round, "事迹很多")
	at := "/rounds/" + round + "/units/" + community + "/archive"
	for _, reader := range []award.Officer{h.Clerk(community), h.Head(street), h.Admin} {
		b := h.as(reader).get(at)
		require.Equal(t, http.StatusOK, b.status)
		book, err := zip.NewReader(strings.NewReader(b.body), int64(len(b.body)))
		require.NoError(t, err)
		said := map[string]string{}
		for _, part := range book.File {
			content, err := part.Open()
			require.NoError(t, err)
			text, err := io.ReadAll(content)
			require.NoError(t, err)
			said[part.Name] = string(text)
		}
		require.Len(t, said, 4)
		require.Contains(t, said["档案.html"], "事迹很多")
		require.Contains(t, said["佐证材料/001-台账.pdf"], "台账")
	}
	h.as(h.Head("410103")).get(at).whole(http.StatusNotFound)
}
