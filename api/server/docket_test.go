package server

import (
	"net/http"
	"testing"

	"shifan/internal/award"
	"shifan/internal/sheet"
)

func TestTheDocketIsReadAsJSONAndAsAWorkbook(t *testing.T) {
	h := newHouse(t)
	round := h.openDrill()
	h.inspected(round)
	h.exec(`UPDATE survey SET satisfied = 2, basically = 0, dissatisfied = 1`)
	path := "/api/v1/rounds/" + round + "/offices/41/docket/district"
	clerk := h.officerOf("41", "clerk")
	docket := into[GetDocket200JSONResponse](h.call(clerk, "GET", path, nil).want(http.StatusOK))
	if len(docket.Items) != 1 || docket.Limit.Places != 1 {
		t.Fatalf("%+v", docket)
	}
	item := docket.Items[0]
	if item.Unit != "410102" || *item.Province != "95.50" || item.Self != nil || *item.Survey.Satisfaction != "66.66" || item.Survey.Passed ||
		item.Reason != DocketItemReason(award.CutSurvey) || item.Text == "" || item.Position != nil {
		t.Errorf("%+v", item)
	}
	book := h.call(clerk, "GET", path+"/workbook", nil).want(http.StatusOK)
	rows, err := sheet.Read(book.body, "单位代码", "省级考核得分", "满意率(%)", "群众满意度测评", "推荐情况")
	if err != nil || len(rows) != 1 || rows[0].Cell("省级考核得分") != "95.50" || rows[0].Cell("群众满意度测评") != "未达到" || rows[0].Cell("推荐情况") != item.Text {
		t.Fatalf("%v, %v", rows, err)
	}
	h.call(h.officerOf("42", "clerk"), "GET", path, nil).refused(http.StatusNotFound, award.NotFound)
}
