package sheet

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"shifan/internal/acts"
)

// WriteDocket writes what an office's review body has before it of a category
// (评审总表): one row for each unit, and what the table is. say puts a key of the
// texts into words.
func WriteDocket(to io.Writer, d acts.Docket, say func(key string, args ...any) string) error {
	table := Table{
		Sheet: "评审总表",
		Columns: []string{
			"单位代码", "单位名称", "自评得分", "省级考核得分", "排名", "考核未达标项", "测评人数", "满意率(%)", "群众满意度测评",
			"部门意见", "未清部门", "拟推荐序次", "偏离排名的理由", "推荐情况",
		},
		Widths: []float64{16, 32, 10, 13, 8, 40, 10, 10, 15, 50, 24, 11, 30, 40},
	}
	for _, item := range d.Items {
		province, asked, rate, survey := "", "", "", "未测评"
		if item.Inspected {
			province = item.Total.String()
		}
		if item.Surveyed {
			asked, survey = strconv.Itoa(item.Survey.Asked()), "未达到"
			if share, any := item.Survey.Satisfaction(); any {
				rate = share.String()
			}
			if item.Satisfied {
				survey = "达到"
			}
		}
		var failed, opinions []string
		for _, r := range item.Failed {
			failed = append(failed, say("failed_"+string(r.Failure), r.At, r.Got.String(), r.Want.String()))
		}
		for _, o := range item.Opinions {
			opinion := o.Department + "：" + o.State.Chinese()
			if o.Answer.Ground != "" {
				opinion += "(" + o.Answer.Ground + ")"
			}
			opinions = append(opinions, opinion)
		}
		table.Rows = append(table.Rows, []string{
			item.Code, item.Name, pointsCell(item.Self), province, countCell(item.Rank), strings.Join(failed, "\n"), asked, rate, survey,
			strings.Join(opinions, "\n"), strings.Join(item.Barred, "、"), countCell(item.Position), item.Departure,
			say("cut_reason_" + string(item.Reason)),
		})
	}
	return Write(to, table, Table{
		Sheet: "说明", Columns: []string{"项目", "内容"}, Widths: []float64{20, 90},
		Rows: [][]string{
			{"批次", d.RoundTitle},
			{"推荐机构", d.OfficeName},
			{"类别", d.Category.FullTitle()},
			{"推荐限额", fmt.Sprintf("%d(已用 %d)", d.Limit.Places, d.Limit.Used)},
			{"限额依据", d.Limit.Basis()},
			{"拟推荐名单纪要", d.Adopted.Minutes},
			{"排列", "按代码排列，不按得分排列；排名供评审机构参考"},
		},
	})
}

// countCell writes a place; nothing where there is none.
func countCell(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
