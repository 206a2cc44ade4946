package award

import "fmt"

// ListKind says what a list of units is for.
type ListKind string

// The kinds of list.
const (
	ListProposed   ListKind = "proposed"   // 拟推荐名单, adopted by the province's review body
	ListCandidates ListKind = "candidates" // 候选名单, fixed by the owner office
)

// TitleNumber returns the number printed on plaque and certificate (称号编号),
// such as 2026-1-区-001: the round, the category, and the place in the decision's
// list (D-09). A drill's starts with 演练 and never enters the register.
func TitleNumber(round string, drill bool, category Category, n int) string {
	mark := map[Category]string{District: "区", Street: "街", Community: "社", City: "市", Village: "村"}[category]
	number := fmt.Sprintf("%s-%s-%03d", round, mark, n)
	if drill {
		return "演练-" + number
	}
	return number
}
