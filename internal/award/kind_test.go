package award_test

import (
	"testing"

	"shifan/internal/award"
)

func TestInferKind(t *testing.T) {
	sure := func(kind award.Kind) award.Inference { return award.Inference{Kind: kind, Sure: true} }
	unsure := func(kind award.Kind) award.Inference { return award.Inference{Kind: kind} }
	placeholder := func(kind award.Kind) award.Inference { return award.Inference{Kind: kind, Placeholder: true} }

	tests := []struct {
		code, name, prefecture string
		want                   award.Inference
	}{
		// The nation, provinces and the Corps, which GB/T 2260 does not know (D-11).
		{"0", "全国", "", sure(award.KindNation)},
		{"11", "北京市", "", sure(award.KindProvince)},
		{"65", "新疆维吾尔自治区", "", sure(award.KindProvince)},
		{"BT", "新疆生产建设兵团", "", sure(award.KindProvince)},

		// Prefectures, and the rows that stand for none.
		{"4101", "郑州市", "", sure(award.KindPrefecture)},
		{"2327", "大兴安岭地区", "", sure(award.KindPrefecture)},
		{"5133", "甘孜藏族自治州", "", sure(award.KindPrefecture)},
		{"1522", "兴安盟", "", sure(award.KindPrefecture)},
		{"4399", "某新区", "", unsure(award.KindPrefecture)},
		{"1101", "市辖区", "", placeholder(award.KindPrefecture)},
		{"5002", "县", "", placeholder(award.KindPrefecture)},
		{"4290", "省直辖县级行政区划", "", placeholder(award.KindPrefecture)},
		{"6590", "自治区直辖县级行政区划", "", placeholder(award.KindPrefecture)},

		// Codes alone mislead.
		{"152201", "乌兰浩特市", "兴安盟", sure(award.KindCountyCity)},
		{"310151", "崇明区", "市辖区", sure(award.KindDistrict)},
		{"500156", "武隆区", "市辖区", sure(award.KindDistrict)},
		{"419001", "济源市", "省直辖县级行政区划", sure(award.KindCountyCity)},
		{"469003", "儋州市", "", sure(award.KindCountyCity)},
		{"659001", "石河子市", "", sure(award.KindCountyCity)},
		{"110101", "东城区", "", sure(award.KindDistrict)},
		{"150206", "白云鄂博矿区", "包头市", sure(award.KindDistrict)},
		{"210113", "沈北新区", "沈阳市", sure(award.KindDistrict)},
		{"410182", "荥阳市", "郑州市", sure(award.KindCountyCity)},
		{"110228", "密云县", "", sure(award.KindCounty)},
		{"150121", "土默特左旗", "呼和浩特市", sure(award.KindCounty)},
		{"522230", "万山区", "铜仁地区", unsure(award.KindCounty)},
		{"410133", "某区", "郑州市", unsure(award.KindDistrict)},

		// 林区 and 特区 are no districts; districts whose names end alike are.
		{"429021", "神农架林区", "", sure(award.KindCounty)},
		{"520203", "六枝特区", "六盘水市", sure(award.KindCounty)},
		{"522230", "万山特区", "铜仁地区", sure(award.KindCounty)},
		{"610103", "碑林区", "西安市", sure(award.KindDistrict)},
		{"231202", "北林区", "绥化市", sure(award.KindDistrict)},
		{"230705", "西林区", "伊春市", sure(award.KindDistrict)},
		{"230751", "金林区", "伊春市", sure(award.KindDistrict)},
		{"140109", "万柏林区", "太原市", sure(award.KindDistrict)},

		// The four of 大兴安岭地区.
		{"232761", "加格达奇区", "大兴安岭地区", sure(award.KindZone)},
		{"232762", "松岭区", "大兴安岭地区", sure(award.KindZone)},
		{"232763", "新林区", "大兴安岭地区", sure(award.KindZone)},
		{"232764", "呼中区", "大兴安岭地区", sure(award.KindZone)},
		{"232721", "呼玛县", "大兴安岭地区", sure(award.KindCounty)},
		{"632857", "大柴旦行政委员会", "海西蒙古族藏族自治州", sure(award.KindZone)}, // numbered as they are

		// Zones under pseudo-codes 71 to 79, and no further.
		{"130171", "石家庄高新技术产业开发区", "石家庄市", sure(award.KindZone)},
		{"130672", "保定白沟新城", "保定市", sure(award.KindZone)},
		{"152571", "乌拉盖管理区管委会", "锡林郭勒盟", sure(award.KindZone)},
		{"411379", "某示范区", "南阳市", sure(award.KindZone)},
		{"411380", "某示范区", "南阳市", unsure(award.KindDistrict)},
		{"411371", "某市", "南阳市", unsure(award.KindCountyCity)},

		// Neither district, city nor county by name: someone must say.
		{"460321", "西沙群岛", "三沙市", unsure(award.KindCounty)},

		// Cities without districts: the prefecture over again.
		{"441900", "东莞市", "东莞市", placeholder(award.KindCounty)},
		{"620201", "嘉峪关市", "嘉峪关市", placeholder(award.KindCounty)},
		{"130101", "市辖区", "石家庄市", placeholder(award.KindCounty)},
		{"220201", "吉林市", "白城市", sure(award.KindCountyCity)}, // another's name is no placeholder

		// Streets, towns, townships by the third group.
		{"110101001", "东华门街道", "", sure(award.KindStreet)},
		{"110101099", "某街道", "", sure(award.KindStreet)},
		{"110105021", "南磨房地区", "", sure(award.KindStreet)},
		{"110101100", "某镇", "", sure(award.KindTown)},
		{"110101199", "某镇", "", sure(award.KindTown)},
		{"110101200", "某民族乡", "", sure(award.KindTownship)},
		{"152221399", "某苏木", "", sure(award.KindTownship)},
		{"110101098", "某镇", "", unsure(award.KindStreet)},
		{"110101101", "某街道", "", unsure(award.KindTown)},
		{"150521403", "保康街道办事处", "", unsure(award.KindStreet)},
		{"469024401", "加来镇", "", unsure(award.KindTown)},
		{"659001500", "石河子镇", "", unsure(award.KindTown)},
		{"659001503", "兵团一五二团", "", sure(award.KindZone)},
		{"130273400", "某经济开发区", "", sure(award.KindZone)},
		{"350527000", "金门县", "", placeholder(award.KindTown)},
		{"230803198", "向阳区直辖村级区划", "", placeholder(award.KindTown)},

		// Residents' committees and villages by the fourth.
		{"110101001001", "多福巷社区居委会", "", sure(award.KindCommunity)},
		{"110101001199", "某社区", "", sure(award.KindCommunity)},
		{"110101001200", "某村委会", "", sure(award.KindVillage)},
		{"110101001399", "某村民委员会", "", sure(award.KindVillage)},
		{"110101001002", "某村委会", "", unsure(award.KindCommunity)},
		{"110101001201", "某社区居委会", "", unsure(award.KindVillage)},
		{"110101001400", "某农场生活区", "", unsure(award.KindCommunity)},
		{"110101001500", "某林场", "", unsure(award.KindVillage)},

		// No canonical code: no kind, and never sure.
		{"", "", "", award.Inference{}},
		{"11010", "东城区", "", award.Inference{}},
	}
	for _, tt := range tests {
		t.Run(tt.code+" "+tt.name, func(t *testing.T) {
			if got := award.InferKind(tt.code, tt.name, tt.prefecture); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestParseKindKnowsEveryKindAndNoOther(t *testing.T) {
	for _, kind := range award.Kinds() {
		if got, err := award.ParseKind(string(kind)); err != nil || got != kind {
			t.Errorf("ParseKind(%q) = %q, %v", kind, got, err)
		}
	}
	for _, name := range []string{"", "市辖区", "District"} {
		if _, err := award.ParseKind(name); award.CodeOf(err) != award.Invalid {
			t.Errorf("ParseKind(%q) was not refused: %v", name, err)
		}
	}
}
