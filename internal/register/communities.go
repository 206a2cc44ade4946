package register

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"

	"shifan/internal/award"
)

const (
	// CommunityTotal is how many residents' committees the country had at the
	// end of 2008, the base from which the ratio 150:1 of N 四(二) leads to a
	// pool just above the quota (D-01).
	CommunityTotal = 82006

	// CommunitiesSource names the rows of Communities as what they are.
	CommunitiesSource = "示例数据：按街道生成的社区，并非真实名录"

	// communitiesPerStreet is the most the codes 001–199 leave room for (D-13).
	communitiesPerStreet = 199
)

// Communities generates total communities (社区) under the given streets: first
// shared among the recommending offices in proportion to their streets, by
// largest remainder and then by code, then evenly over the streets of each. The
// same streets always give the same communities.
//
// They are sample data (示例数据): a real list of the communities of 2008 does
// not exist as data. The names say so by their numbers, 东华门街道第一社区.
func Communities(streets []Row, total int) (iter.Seq[Row], error) {
	if total > len(streets)*communitiesPerStreet {
		return nil, fmt.Errorf("generate communities: %d do not fit under %d streets", total, len(streets))
	}
	streets = slices.Clone(streets)
	slices.SortFunc(streets, func(a, b Row) int {
		return cmp.Or(cmp.Compare(officeOf(a.Code), officeOf(b.Code)), cmp.Compare(a.Code, b.Code))
	})
	counts := make(map[string]int)
	for _, street := range streets {
		counts[officeOf(street.Code)]++
	}
	shares := apportion(total, counts)

	return func(yield func(Row) bool) {
		placed := make(map[string]int) // streets of the office already dealt with
		for _, street := range streets {
			office := officeOf(street.Code)
			share := shares[office] / counts[office]
			if placed[office] < shares[office]%counts[office] {
				share++
			}
			placed[office]++
			for n := 1; n <= share; n++ {
				if !yield(community(street, n)) {
					return
				}
			}
		}
	}, nil
}

func community(street Row, n int) Row {
	return Row{
		Code:   fmt.Sprintf("%s%03d", street.Code, n),
		Name:   street.Name + "第" + numeral(n) + "社区",
		Source: CommunitiesSource,
		Kind:   award.KindCommunity,
		Sure:   true,
		Parent: street.Code,
	}
}

// officeOf returns the recommending office a code falls to by itself (D-11).
func officeOf(code string) string {
	if strings.HasPrefix(code, award.CodeCorpsCities) {
		return award.CodeCorps
	}
	return code[:2]
}

// apportion shares total in proportion to the counts: everyone the whole part,
// what is left one each to the largest remainders, equal ones by code.
func apportion(total int, counts map[string]int) map[string]int {
	sum, codes := 0, make([]string, 0, len(counts))
	for code, count := range counts {
		sum += count
		codes = append(codes, code)
	}
	shares, left := make(map[string]int), total
	for _, code := range codes {
		shares[code] = total * counts[code] / sum
		left -= shares[code]
	}
	slices.SortFunc(codes, func(a, b string) int {
		return cmp.Or(cmp.Compare(total*counts[b]%sum, total*counts[a]%sum), cmp.Compare(a, b))
	})
	for _, code := range codes[:left] {
		shares[code]++
	}
	return shares
}

// numeral writes 1 to 199 in Chinese: 一, 十, 十一, 二十, 一百零一, 一百一十.
func numeral(n int) string {
	digits := []string{"", "一", "二", "三", "四", "五", "六", "七", "八", "九"}
	hundreds, tens, ones := n/100, n/10%10, n%10
	text := ""
	if hundreds > 0 {
		text = digits[hundreds] + "百"
	}
	switch {
	case tens > 1 || tens == 1 && hundreds > 0:
		text += digits[tens] + "十"
	case tens == 1:
		text += "十"
	case hundreds > 0 && ones > 0:
		text += "零"
	}
	return text + digits[ones]
}
