package actstest

import (
	"iter"
	"time"

	"shifan/internal/award"
	"shifan/internal/register"
)

// registerDate is the day the small register holds from.
func registerDate() award.Date { return award.Date{Year: 2020, Month: time.January, Day: 1} }

// rows yields the small register. It has one of each shape of chain (domain 4):
// a province with prefecture, districts, county and county-level city; a
// municipality without prefectures; a prefecture without county level; the
// Corps. 410183 is of unsure kind, and so not eligible (D-13).
func rows() iter.Seq2[register.Row, error] {
	return func(yield func(register.Row, error) bool) {
		for i, u := range units() {
			row := register.Row{
				Line: i + 1, Code: u.code, Name: u.name, Kind: u.kind, Stated: true, Sure: u.code != Unsure,
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// Unsure is the code of the unit of unsure kind.
const Unsure = "410183"

type unit struct {
	code, name string
	kind       award.Kind
}

func units() []unit {
	return []unit{
		{"11", "北京市", award.KindProvince},
		{"110101", "东城区", award.KindDistrict},
		{"110102", "西城区", award.KindDistrict},
		{"110101001", "东华门街道", award.KindStreet},
		{"110101002", "景山街道", award.KindStreet},
		{"110102001", "西长安街街道", award.KindStreet},
		{"110101001001", "多福巷社区", award.KindCommunity},
		{"110101001002", "银闸社区", award.KindCommunity},
		{"110101002001", "隆福寺社区", award.KindCommunity},
		{"110102001001", "西交民巷社区", award.KindCommunity},

		{"41", "河南省", award.KindProvince},
		{"4101", "郑州市", award.KindPrefecture},
		{"410102", "中原区", award.KindDistrict},
		{"410103", "二七区", award.KindDistrict},
		{"410122", "中牟县", award.KindCounty},
		{"410181", "巩义市", award.KindCountyCity},
		{Unsure, "新密市", award.KindCountyCity},
		{"410102001", "林山寨街道", award.KindStreet},
		{"410102002", "建设路街道", award.KindStreet},
		{"410103001", "淮河路街道", award.KindStreet},
		{"410122001", "青年路街道", award.KindStreet},
		{"410122100", "韩寺镇", award.KindTown},
		{"410181001", "新华路街道", award.KindStreet},
		{"410102001001", "伏牛路社区", award.KindCommunity},
		{"410102001002", "华山路社区", award.KindCommunity},
		{"410102002001", "建设路社区", award.KindCommunity},
		{"410103001001", "淮河路社区", award.KindCommunity},
		{"410122001001", "青年路社区", award.KindCommunity},
		{"410122100001", "韩寺社区", award.KindCommunity}, // under a town: applies and counts
		{"410122100201", "胡辛庄村", award.KindVillage},   // never in the base of community (D-18)
		{"410181001001", "新华路社区", award.KindCommunity},

		{"44", "广东省", award.KindProvince},
		{"4419", "东莞市", award.KindPrefecture}, // no county level below it
		{"441900003", "东城街道", award.KindStreet},
		{"441900004", "南城街道", award.KindStreet},
		{"441900003001", "岗贝社区", award.KindCommunity},
		{"441900004001", "元美社区", award.KindCommunity},

		{"659001", "石河子市", award.KindCountyCity}, // of the Corps, which is a root of its own (D-11)
		{"659001001", "新城街道", award.KindStreet},
		{"659001001001", "一社区", award.KindCommunity},
	}
}
