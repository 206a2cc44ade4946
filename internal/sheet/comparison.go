package sheet

import (
	"io"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// WriteComparison writes a comparison sheet (得分对照表): the columns of marks side
// by side, what each level said, and what the sheet is, with the fingerprint of
// its data. It holds no formula: totals are the record's.
func WriteComparison(to io.Writer, c acts.Comparison) error {
	return Write(to, comparedMarks(c), levelRemarks(c), aboutComparison(c))
}

func comparedMarks(c acts.Comparison) Table {
	table := Table{
		Sheet: "得分对照表",
		Columns: []string{
			"一级指标", "编号", "指标", "满分", "自评填报值", "自评得分", "省级填报值", "省级考核得分", "差异", "考察意见",
			"专家评分", "部级核定填报值", "部级核定得分",
		},
		Widths: []float64{20, 8, 40, 8, 12, 10, 12, 13, 8, 40, 10, 15, 13},
	}
	for _, i := range c.Indicators {
		most, flagged := i.Max.String(), ""
		if i.Veto {
			most = "一票否决"
		}
		if i.Flagged {
			flagged = "差异"
		}
		_, expert := markCells(i.Expert)
		self, selfPoints := markCells(i.Self)
		province, provincePoints := markCells(i.Province)
		nation, nationPoints := markCells(i.Nation)
		table.Rows = append(table.Rows, []string{
			i.Block, i.Code, i.Title, most, self, selfPoints, province, provincePoints, flagged, i.Remark, expert, nation, nationPoints,
		})
		for _, item := range i.SubItems { // in the columns of what was entered: a column of points adds up without them
			table.Rows = append(table.Rows, []string{
				"", item.Code, "　" + item.Title, item.Max.String(), pointsCell(item.Self), "", pointsCell(item.Province),
			})
		}
	}
	table.Rows = append(table.Rows, []string{
		"合计", "", "", "", "", pointsCell(c.Total.Self), "", pointsCell(c.Total.Province), "", "",
		pointsCell(c.Total.Expert), "", pointsCell(c.Total.Nation),
	})
	return table
}

// markCells writes what was entered and what it gives; two empty cells where
// there is no mark.
func markCells(m *acts.ComparedMark) (value, points string) {
	if m == nil {
		return "", ""
	}
	return markText(m.Value), m.Points.String()
}

func pointsCell(p *award.Points) string {
	if p == nil {
		return ""
	}
	return p.String()
}

// opinionText is how an opinion is written on paper.
var opinionText = map[award.Opinion]string{
	award.OpinionAgree: "同意", award.OpinionDecline: "不同意", award.OpinionReturn: "退回补正", award.OpinionUnsigned: "未签署意见",
}

func levelRemarks(c acts.Comparison) Table {
	table := Table{
		Sheet: "各级审核意见", Columns: []string{"机构", "日期", "意见", "说明"}, Widths: []float64{30, 12, 12, 80},
	}
	for _, level := range c.Levels {
		table.Rows = append(table.Rows, []string{level.Office, level.On, opinionText[level.Opinion], level.Text})
	}
	return table
}

func aboutComparison(c acts.Comparison) Table {
	standard := c.Standard
	if c.Sample {
		standard += "(示例)"
	}
	return Table{
		Sheet: "说明", Columns: []string{"项目", "内容"}, Widths: []float64{20, 90},
		Rows: [][]string{
			{"批次", c.RoundTitle},
			{"单位", c.Name},
			{"代码", c.Unit},
			{"类别", c.Title},
			{"指导标准", standard},
			{"考核验收结论", c.Finding},
			{"部级核定说明", c.NationNote},
			{"数据指纹(SHA-256)", c.SHA256},
		},
	}
}
