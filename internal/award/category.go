package award

import "slices"

// Category is a class of unit that a round names (类别, N 二).
type Category string

// The categories.
const (
	District  Category = "district"  // 示范城区(市): districts and county-level cities (D-12)
	Street    Category = "street"    // 示范街道
	Community Category = "community" // 示范社区
	City      Category = "city"      // 示范市: prefecture level and above, named irregularly; no ratio
	Village   Category = "village"   // D-18: a category or round of their own
)

// Categories lists every category, in the Notice's order.
func Categories() []Category {
	return []Category{District, Street, Community, City, Village}
}

// ParseCategory returns the category of that name, or a refusal.
func ParseCategory(name string) (Category, error) {
	if c := Category(name); slices.Contains(Categories(), c) {
		return c, nil
	}
	return "", Refuse(Invalid, "N 二", "category_unknown", name)
}

// Kinds returns the kinds of unit open to the category by N 二 and D-12, D-18.
// A round stores the kinds it was opened with.
func (c Category) Kinds() []Kind {
	switch c {
	case District:
		return []Kind{KindDistrict, KindCountyCity}
	case Street:
		return []Kind{KindStreet}
	case Community:
		return []Kind{KindCommunity}
	case City:
		return []Kind{KindPrefecture}
	case Village:
		return []Kind{KindVillage}
	}
	return nil
}

// FullTitle returns the whole title as the Notice prints it (N 二); a round may
// store another.
func (c Category) FullTitle() string {
	switch c {
	case District:
		return "全国和谐社区建设示范城区(市)"
	case Street:
		return "全国和谐社区建设示范街道"
	case Community:
		return "全国和谐社区建设示范社区"
	case City:
		return "全国和谐社区建设示范市"
	case Village:
		return "全国和谐社区建设示范村"
	}
	return ""
}
