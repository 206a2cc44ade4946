package award

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Seed is what a spot check (抽查) is drawn from: 32 bytes of a cryptographic
// source, sealed before the first package is accepted and published after the
// last visit (domain 6.2).
type Seed [32]byte

// String is the seed as it is published: lower-case hexadecimal.
func (s Seed) String() string { return hex.EncodeToString(s[:]) }

// Commitment returns what is public while the seed is sealed (种子承诺): the
// SHA-256 of three lines, so that a shell can check it.
func (s Seed) Commitment(round string) [32]byte {
	return sha256.Sum256(fmt.Appendf(nil, "shifan spot-check seed\n%s\n%s\n", round, s))
}

// FrozenUnit is one unit of the frozen list of recommended units.
type FrozenUnit struct {
	Listed
	Office string // code of the recommending office
}

// FrozenHash returns the SHA-256 of the frozen list (总名单): one line "category
// TAB office TAB code TAB name LF" for each unit, sorted by bytes. The office is
// in it because the sample is drawn office by office: who moved a unit to
// another would change the draw.
func FrozenHash(units []FrozenUnit) [32]byte {
	lines := make([]string, len(units))
	for i, u := range units {
		lines[i] = fmt.Sprintf("%s\t%s\t%s\t%s\n", u.Category, u.Office, u.Code, u.Name)
	}
	slices.Sort(lines)
	return sha256.Sum256([]byte(strings.Join(lines, "")))
}

// Turn is a unit's place in the order in which the units of one category and
// office are visited: the sample is the first so many.
type Turn struct {
	FrozenUnit
	Place int // from 1
}

// Draw puts the units of each category and office in the order of the draw: by
// the SHA-256 of five lines with the seed, the list's hash, category and code.
// Nobody can know the order without the seed, and who has both can draw again.
// The result is sorted by category, office and place, whatever the order of
// units.
func Draw(seed Seed, list [32]byte, units []FrozenUnit) []Turn {
	type ticketed struct {
		FrozenUnit
		ticket [32]byte
	}
	drawn := make([]ticketed, len(units))
	for i, u := range units {
		drawn[i] = ticketed{u, sha256.Sum256(fmt.Appendf(nil, "shifan spot-check draw\n%s\n%x\n%s\n%s\n", seed, list, u.Category, u.Code))}
	}
	order := Categories()
	slices.SortFunc(drawn, func(a, b ticketed) int {
		return cmp.Or(
			cmp.Compare(slices.Index(order, a.Category), slices.Index(order, b.Category)),
			cmp.Compare(a.Office, b.Office),
			bytes.Compare(a.ticket[:], b.ticket[:]),
		)
	})
	turns := make([]Turn, len(drawn))
	for i, d := range drawn {
		turns[i] = Turn{FrozenUnit: d.FrozenUnit, Place: 1}
		if before := i - 1; before >= 0 && turns[before].Category == d.Category && turns[before].Office == d.Office {
			turns[i].Place = turns[before].Place + 1
		}
	}
	return turns
}

// SampleSize returns how many of one category's units under one office are
// visited: the round's share of them, rounded up, so at least one where there is
// any (D-08, D-71); each widening adds the share again.
func (r Rules) SampleSize(units, widenings int) int {
	return min(units, (units*r.SpotCheckPercent*(1+widenings)+99)/100)
}

// Widens reports whether failures widen an office's sample (D-72): more than the
// round's share of its units drawn so far. Exact: no division.
func (r Rules) Widens(failed, drawn int) bool {
	return failed*100 > r.SpotCheckFailures*drawn
}

// SampledAs says why a unit is in the sample.
type SampledAs string

// The ways into the sample.
const (
	SampleDrawn   SampledAs = "drawn"   // 抽中
	SampleWidened SampledAs = "widened" // 扩大抽查: the next in the same order
	SampleByHand  SampledAs = "by_hand" // 指定: named by the owner office with a reason, listed apart
)
