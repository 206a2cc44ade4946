package award

// Quota bounds one category of a round at its two gates. Both numbers are
// ceilings and never targets: 宁缺勿滥, better an empty place than a unit below
// the standard (N 五(二)).
type Quota struct {
	// Places (名额) is the most units the nation may name. Source: N 二.
	Places int

	// Ratio is the provincial ratio, in eligible units for each unit
	// recommended: 5 means one in five. Source: N 四(二). Zero: none, legal for
	// city alone, which has no recommendation limit.
	Ratio int
}

// FirstRound returns the quotas of the first round (N 二, 四(二)). A round
// stores the quotas it was opened with.
func FirstRound() map[Category]Quota {
	return map[Category]Quota{
		District:  {Places: 100, Ratio: 5},
		Street:    {Places: 200, Ratio: 30},
		Community: {Places: 500, Ratio: 150},
	}
}

// RecommendationLimit (推荐限额) returns how many units an office may recommend
// when it has the given number of eligible ones: rounded down, but at least
// one where it has any (N 四(二), D-01).
func (q Quota) RecommendationLimit(eligible int) int {
	if q.Ratio <= 0 || eligible <= 0 {
		return 0
	}
	return max(1, eligible/q.Ratio)
}
