package award

import "fmt"

// SampleStandard returns a standard built on the headings that are known (N
// annex 1 itself is not available) and on O's tasks and numbers, plainly marked
// 示例. Its maxima add up to 100 points.
func SampleStandard(category Category) (Standard, bool) {
	blocks := map[Category]func() []Block{District: districtSample, Street: streetSample, Community: communitySample}[category]
	if blocks == nil {
		return Standard{}, false
	}
	s := Standard{
		Category: category,
		Title:    fmt.Sprintf("%s指导标准(示例,非附件原文)", category.FullTitle()),
		Sample:   true,
		Blocks:   blocks(),
		Max:      mostPoints,
	}
	last := &s.Blocks[len(s.Blocks)-1]
	last.Leaves = append(last.Leaves, Leaf{
		Code: "V.1", Title: "当年发生有重大影响的责任事故或弄虚作假(一票否决)", Kind: LeafBoolean, Max: 1_00, Veto: true,
	})
	for i := range s.Blocks {
		s.Blocks[i].Max = s.Blocks[i].Maximum()
	}
	return s, true
}

func districtSample() []Block {
	return []Block{
		{Title: "经济社会发展又好又快", Leaves: []Leaf{
			judged("1.1", "和谐社区建设纳入当地经济社会发展规划,列入党委、政府重要议事日程", 5_00),
			inBands("1.2", "管理有序、服务完善、文明祥和的社区占城乡社区的比例", 7_00, 60_00, 80_00), // O 二: 80 %
			judged("1.3", "统筹城乡社区建设,城乡接合部、“城中村”、新建住宅区、流动人口聚居地社区组织健全", 5_00),
			judged("1.4", "就业、社会保险、社会救助等民生任务按年度计划完成", 4_00),
			deducted("1.5", "较大责任事故或影响较大的群体性事件", 4_00, "起"),
		}},
		{Title: "组织领导坚强有力", Leaves: []Leaf{
			mustHave("2.1", "建立党委领导、政府负责、民政牵头、有关部门配合的社区建设领导协调机构", 4_00),
			judged("2.2", "社区建设纳入领导班子绩效考核,有目标、有督查、有结果", 6_00),
			counted("2.3", "领导协调机构当年专题研究社区建设", 4_00, 1_00, "次"),
			judged("2.4", "创建活动有方案、有部署、有检查,不降格以求,不增加基层负担", 6_00),
			judged("2.5", "创建宣传广泛,社会各方面积极参与", 5_00),
		}},
		{Title: "部门职责落实到位", Leaves: []Leaf{
			judged("3.1", "各部门职责分工明确,协调配合,齐抓共管", 6_00),
			judged("3.2", "推行社区公共服务事项准入制度,权随责走、费随事转", 5_00),
			counted("3.3", "就业、社会保险、社会救助、社会治安、医疗卫生、计划生育、文化、教育、体育公共服务覆盖到社区", 4_50, 50, "项"),
			judged("3.4", "诉求表达、利益协调、矛盾调处、权益保障机制健全,运行有效", 5_50),
			percent("3.5", "城乡社区党组织和自治组织组建率", 4_00, 100_00),
		}},
		{Title: "保障措施健全完善", Leaves: []Leaf{
			judged("4.1", "社区工作经费、人员报酬和服务设施建设资金列入财政预算", 6_00),
			fromYear(percent("4.2", "当年受训不少于20小时的社区工作者占社区工作者的比例", 5_00, 90_00), "trained_workers/workers"), // O 四(三)
			percent("4.3", "设有统一标识的综合性社区服务中心的社区占社区的比例", 5_00, 80_00),
			fromYear(percent("4.4", "注册社区志愿者占居民人口的比例", 4_00, 10_00), "volunteers/residents"), // O 三(二)
			judged("4.5", "社区工作者专业化、职业化,待遇落实", 5_00),
		}},
	}
}

func streetSample() []Block {
	return []Block{
		{Title: "工作指导扎实有力", Leaves: []Leaf{
			judged("1.1", "党工委、办事处把社区建设摆上重要日程,有规划、有部署、有检查", 5_00),
			mustHave("1.2", "所辖社区居民委员会依法按期换届选举", 4_00),
			judged("1.3", "社区党组织领导核心作用突出,居民自治机制健全", 6_00),
			judged("1.4", "自查发现的差距有改进措施并逐项落实", 5_00),
			deducted("1.5", "将职责范围内事项转嫁给社区居民委员会", 5_00, "项"),
		}},
		{Title: "管理服务优质高效", Leaves: []Leaf{
			judged("2.1", "优化工作流程,规范服务标准,开展全程委托代理、全年无休等便民服务", 7_00),
			percent("2.2", "设有统一标识的综合性社区服务中心的社区占所辖社区的比例", 6_00, 80_00),
			counted("2.3", "就业、社会保险、社会救助、社会治安、医疗卫生、计划生育、文化、教育、体育公共服务覆盖到社区", 4_50, 50, "项"),
			inBands("2.4", "居民诉求按期办结的比例", 6_00, 80_00, 95_00),
			judged("2.5", "居家养老和面向低收入人群、老年人、残疾人、优抚对象、未成年人的服务落实", 6_50),
		}},
		{Title: "保障措施落实到位", Leaves: []Leaf{
			judged("3.1", "社区工作经费、办公和服务用房落实", 7_00),
			fromYear(percent("3.2", "当年受训不少于20小时的社区工作者占社区工作者的比例", 6_00, 90_00), "trained_workers/workers"),
			judged("3.3", "社区工作者配备到位,待遇落实", 6_00),
			{Code: "3.4", Title: "街道建有社区服务中心", Kind: LeafBoolean, Max: 3_00},
			judged("3.5", "社区信息资源共享,不要求重复报表", 3_00),
		}},
		{Title: "社会参与广泛有序", Leaves: []Leaf{
			fromYear(percent("4.1", "注册社区志愿者占居民人口的比例", 5_00, 10_00), "volunteers/residents"),
			counted("4.2", "登记或备案的社区民间组织", 4_00, 50, "个"),
			judged("4.3", "驻区单位共驻共建,向居民开放食堂、浴室、文体和科教设施", 6_00),
			judged("4.4", "邻里互助和慈善活动经常开展", 3_00),
			deducted("4.5", "因处置不当引发的群体性事件", 2_00, "起"),
		}},
	}
}

func communitySample() []Block {
	return []Block{
		{Title: "组织机构规范", Leaves: []Leaf{
			judged("1.1", "社区党组织健全,领导核心作用突出", 5_00),
			mustHave("1.2", "社区居民委员会依法选举产生,按期换届", 5_00),
			judged("1.3", "居民代表会议、居民小组和下属委员会健全", 5_00),
			judged("1.4", "居务公开、民主评议和财务制度落实", 5_00),
			judged("1.5", "社区民间组织管理规范,作用明显", 5_00),
		}},
		{Title: "队伍作用明显", Leaves: []Leaf{
			judged("2.1", "社区工作者结构合理,分工明确,走访居民经常", 6_00),
			fromYear(percent("2.2", "当年受训不少于20小时的社区工作者占社区工作者的比例", 7_00, 100_00), "trained_workers/workers"), // O 四(三)
			fromYear(percent("2.3", "注册社区志愿者占居民人口的比例", 7_00, 10_00), "volunteers/residents"),                // O 三(二)
			judged("2.4", "党员设岗定责、依岗承诺、帮扶困难群众", 5_00),
		}},
		{Title: "服务体系完善", Leaves: []Leaf{
			{Code: "3.1", Title: "有一个统一标识的综合性社区服务中心", Kind: LeafBoolean, Max: 6_00, Fact: "service_centre"}, // O 三(五)
			counted("3.2", "就业、社会保险、社会救助、社会治安、医疗卫生、计划生育、文化、教育、体育公共服务覆盖到社区", 4_50, 50, "项"),
			judged("3.3", "便民利民服务方便,实行委托代理", 6_00),
			judged("3.4", "居家养老和面向困难群体的服务落实", 5_50),
			inBands("3.5", "居民诉求按期办结的比例", 5_00, 80_00, 95_00),
			judged("3.6", "文化、体育、教育活动经常开展", 3_00),
		}},
		{Title: "居民自治有序", Leaves: []Leaf{
			judged("4.1", "居民议事协商和民意反映机制健全", 5_00),
			counted("4.2", "当年召开居民会议或居民代表会议", 4_00, 1_00, "次"),
			judged("4.3", "人民调解和群防群治落实,邻里和睦", 4_00),
			deducted("4.4", "可防性治安案件", 4_00, "起"),
			judged("4.5", "环境整洁,居民自觉维护", 3_00),
		}},
	}
}

func judged(code, title string, most Points) Leaf {
	return Leaf{Code: code, Title: title, Kind: LeafPoints, Max: most}
}

// fromYear is filled from the year's facts.
func fromYear(l Leaf, fact Measure) Leaf {
	l.Fact = fact
	return l
}

func mustHave(code, title string, most Points) Leaf {
	return Leaf{Code: code, Title: title + "(必达)", Kind: LeafBoolean, Max: most, Gate: true}
}

func counted(code, title string, most, each Points, unit string) Leaf {
	return Leaf{Code: code, Title: title, Kind: LeafCount, Max: most, Unit: unit, Each: each}
}

// deducted loses a point for each occurrence.
func deducted(code, title string, most Points, unit string) Leaf {
	return Leaf{Code: code, Title: title, Kind: LeafDeduction, Max: most, Unit: unit, Each: 1_00}
}

// percent must reach the number.
func percent(code, title string, most, number Points) Leaf {
	return Leaf{Code: code, Title: title, Kind: LeafTarget, Max: most, Unit: "%", Sense: AtLeast, Target: number, Greatest: 100_00}
}

// inBands gives nothing below some percentage, half from there on, all from good
// on.
func inBands(code, title string, most, some, good Points) Leaf {
	return Leaf{Code: code, Title: title, Kind: LeafBands, Max: most, Unit: "%", Greatest: 100_00, Bands: []Band{
		{From: 0, To: some}, {From: some, To: good, Points: most / 2}, {From: good, To: 100_00, Points: most},
	}}
}
