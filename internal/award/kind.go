package award

import (
	"slices"
	"strconv"
	"strings"
)

// Kind says what a unit of the register is (单位类型). It decides which
// category the unit may apply in.
type Kind string

// The kinds, from the nation down.
const (
	KindNation     Kind = "nation"      // 全国
	KindProvince   Kind = "province"    // 省、自治区、直辖市、兵团
	KindPrefecture Kind = "prefecture"  // 地级市、地区、自治州、盟、师
	KindDistrict   Kind = "district"    // 市辖区
	KindCountyCity Kind = "county_city" // 县级市
	KindCounty     Kind = "county"      // 县、自治县、旗、自治旗、林区、特区
	KindZone       Kind = "zone"        // 开发区、管理区、农场等: run like a level of government without being one
	KindStreet     Kind = "street"      // 街道
	KindTown       Kind = "town"        // 镇
	KindTownship   Kind = "township"    // 乡、民族乡、苏木
	KindCommunity  Kind = "community"   // 社区 (居民委员会)
	KindVillage    Kind = "village"     // 村 (村民委员会)
)

// Kinds lists every kind, so that tests can prove none is forgotten.
func Kinds() []Kind {
	return []Kind{
		KindNation, KindProvince, KindPrefecture,
		KindDistrict, KindCountyCity, KindCounty, KindZone,
		KindStreet, KindTown, KindTownship,
		KindCommunity, KindVillage,
	}
}

// ParseKind returns the kind of that name, or refuses.
func ParseKind(name string) (Kind, error) {
	if !slices.Contains(Kinds(), Kind(name)) {
		return "", Refuse(Invalid, "D-13", "kind_unknown", name)
	}
	return Kind(name), nil
}

// The codes that GB/T 2260 does not give (D-11). Every other code is a GB/T
// 2260 code without its trailing zeros: 41, 4101, 410102, 410102001,
// 410102001001.
const (
	CodeNation = "0"  // 全国, the root of the register
	CodeCorps  = "BT" // 新疆生产建设兵团

	// CodeCorpsCities begins the codes of the cities that the Corps runs inside
	// Xinjiang; they hang under the Corps and not under the region.
	CodeCorpsCities = "6590"
)

// Inference is what the rule D-13 makes of one row of a list.
type Inference struct {
	Kind Kind

	// Sure is false where code and name disagree or the rule does not reach: the
	// unit is listed for correction and is not eligible until then.
	Sure bool

	// Placeholder marks a row that stands for no unit, such as 市辖区: what is
	// below it hangs under the next real unit above.
	Placeholder bool
}

// InferKind tells the kind of a unit from its code and name together, because
// codes alone mislead: 152201 乌兰浩特市 is a city, 310151 崇明区 a district
// (D-13). prefecture is the name of the prefecture above a unit of county
// level, empty where there is none. The code is canonical, except that a
// placeholder may keep its zeros: 441900 东莞市 under 4419 东莞市.
func InferKind(code, name, prefecture string) Inference {
	if code == CodeNation {
		return sure(KindNation)
	}
	switch len(code) {
	case 2:
		return sure(KindProvince)
	case 4:
		return inferPrefecture(name)
	case 6:
		return inferCounty(code, name, prefecture)
	case 9:
		return inferStreet(code, name)
	case 12:
		return inferCommunity(code, name)
	default:
		return Inference{} // no canonical code has this length
	}
}

func inferPrefecture(name string) Inference {
	if isPlaceholder(name) {
		return Inference{Kind: KindPrefecture, Placeholder: true}
	}
	return Inference{Kind: KindPrefecture, Sure: endsIn(name, "市", "州", "盟", "地区")}
}

func inferCounty(code, name, prefecture string) Inference {
	cityNumber, number := digits(code[2:4]), digits(code[4:6])
	// 市辖区 lie in cities of prefecture level alone, numbered 01–20 and 51–70.
	// Elsewhere a 区 is none: 神农架林区 hangs under the province, 万山特区 under a
	// 地区, and so do the four of 大兴安岭地区. There 51–70 number areas run by a
	// branch of the prefecture, which are no level of government (D-13).
	underCity := between(cityNumber, 1, 20) || between(cityNumber, 51, 70)
	isZone := between(number, 71, 79) || !underCity && between(number, 51, 70)

	switch {
	case isPlaceholder(name), name == prefecture:
		return Inference{Kind: KindCounty, Placeholder: true}
	case endsIn(name, "市"):
		return Inference{Kind: KindCountyCity, Sure: !isZone}
	case endsIn(name, "县", "旗"):
		return Inference{Kind: KindCounty, Sure: !isZone}
	case isZone:
		return Inference{Kind: KindZone, Sure: true}
	case endsIn(name, "特区"):
		return sure(KindCounty)
	case endsIn(name, "区") && underCity:
		return Inference{Kind: KindDistrict, Sure: between(number, 1, 20) || between(number, 51, 70)}
	case endsIn(name, "林区"):
		return sure(KindCounty)
	default:
		return Inference{Kind: KindCounty}
	}
}

func inferStreet(code, name string) Inference {
	byName := Kind("")
	switch {
	case strings.HasSuffix(name, "直辖村级区划"): // 230803198 向阳区直辖村级区划
		return Inference{Kind: KindTown, Placeholder: true}
	case endsIn(name, "街道", "街道办事处", "办事处"):
		byName = KindStreet
	case endsIn(name, "镇"):
		byName = KindTown
	case endsIn(name, "乡", "苏木"):
		byName = KindTownship
	}
	switch number := digits(code[6:9]); {
	case number == 0: // 350527000 金门县, the county over again
		return Inference{Kind: KindTown, Placeholder: true}
	case number <= 99:
		return agreed(KindStreet, byName)
	case number <= 199:
		return agreed(KindTown, byName)
	case number <= 399:
		return agreed(KindTownship, byName)
	case byName != "": // numbered as a zone or farm, named as something else
		return Inference{Kind: byName}
	default: // 400 and above: 开发区, 农场, 团场 and the like
		return sure(KindZone)
	}
}

func inferCommunity(code, name string) Inference {
	byName := Kind("")
	switch {
	case endsIn(name, "村委会", "村民委员会"):
		byName = KindVillage
	case endsIn(name, "居委会", "居民委员会"):
		byName = KindCommunity
	}
	switch number := digits(code[9:12]); {
	case between(number, 1, 199):
		return agreed(KindCommunity, byName)
	case between(number, 200, 399):
		return agreed(KindVillage, byName)
	case between(number, 400, 499): // 类似居委会
		return Inference{Kind: KindCommunity}
	default: // 类似村委会
		return Inference{Kind: KindVillage}
	}
}

// agreed takes the kind from the code, and is sure unless the name says
// another.
func agreed(byCode, byName Kind) Inference {
	return Inference{Kind: byCode, Sure: byName == "" || byName == byCode}
}

func sure(kind Kind) Inference { return Inference{Kind: kind, Sure: true} }

// isPlaceholder reports whether a list uses the name where it has no unit.
func isPlaceholder(name string) bool {
	switch name {
	case "市辖区", "县", "市",
		"省直辖县级行政区划", "自治区直辖县级行政区划",
		"省直辖县级行政单位", "自治区直辖县级行政单位":
		return true
	}
	return false
}

func endsIn(name string, endings ...string) bool {
	return slices.ContainsFunc(endings, func(ending string) bool { return strings.HasSuffix(name, ending) })
}

func between(n, low, high int) bool { return low <= n && n <= high }

// digits reads a group of a code; -1, which no rule names, when it is no number.
func digits(group string) int {
	n, err := strconv.Atoi(group)
	if err != nil {
		return -1
	}
	return n
}
