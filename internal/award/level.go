package award

import "slices"

// KindsAt lists the kinds a unit of the code may be of: its level is in its
// code's length (GB/T 2260), so that a correction (D-13, D-14) changes what a
// unit is and never where it stands. The codes 0 and BT are of one kind each.
func KindsAt(code string) []Kind {
	if code == CodeNation {
		return []Kind{KindNation}
	}
	switch len(code) {
	case 2:
		return []Kind{KindProvince}
	case 4:
		return []Kind{KindPrefecture}
	case 6:
		return []Kind{KindDistrict, KindCountyCity, KindCounty, KindZone}
	case 9:
		return []Kind{KindStreet, KindTown, KindTownship, KindZone}
	case 12:
		return []Kind{KindCommunity, KindVillage}
	}
	return nil
}

// KindFits reports whether a unit of the code may be of the kind.
func KindFits(code string, kind Kind) bool { return slices.Contains(KindsAt(code), kind) }
