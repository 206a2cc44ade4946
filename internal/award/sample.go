package award

import "fmt"

// SampleStandard returns a standard built on the headings that are known (N
// annex 1 itself is not available) and on O's tasks, plainly marked 示例. Its
// maxima add up to 100 points.
func SampleStandard(category Category) (Standard, bool) {
	headings := map[Category][]string{
		District:  {"经济社会发展又好又快", "组织领导坚强有力", "部门职责落实到位", "保障措施健全完善"},
		Street:    {"工作指导扎实有力", "管理服务优质高效", "保障措施落实到位", "社会参与广泛有序"},
		Community: {"组织机构规范", "队伍作用明显", "服务体系完善", "居民自治有序"}, // the last two are ours
	}[category]
	if headings == nil {
		return Standard{}, false
	}
	tasks := []string{"有方案、有部署、有检查", "制度健全并公开", "经费和场所有保障", "居民参与渠道畅通", "成效为居民认可"}
	s := Standard{
		Category: category,
		Title:    fmt.Sprintf("%s指导标准(示例,非附件原文)", category.FullTitle()),
		Sample:   true,
	}
	for b, heading := range headings {
		block := Block{Title: heading}
		for l, task := range tasks {
			block.Leaves = append(block.Leaves, Leaf{
				Code:  fmt.Sprintf("%d.%d", b+1, l+1),
				Title: heading + ":" + task,
				Kind:  LeafPoints,
				Max:   5_00, // 4 headings × 5 indicators × 5 points = 100
			})
		}
		s.Blocks = append(s.Blocks, block)
	}
	last := &s.Blocks[len(s.Blocks)-1]
	last.Leaves = append(last.Leaves, Leaf{
		Code: "V.1", Title: "当年发生有重大影响的责任事故或弄虚作假(一票否决)", Kind: LeafBoolean, Max: 1_00, Veto: true,
	})
	return s, true
}
