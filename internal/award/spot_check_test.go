package award_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"shifan/internal/award"
)

const (
	shellCommitment = "86a45aab0b76f7e2afba89e771bc9559eba9a83095ca412f3a5a6fd320c4dee3"
	shellList       = "f8b185407b9c815504d40461022e348ab082f45516b39451ea8228713347eeef"
)

func frozenUnit(category award.Category, office, code string) award.FrozenUnit {
	return award.FrozenUnit{Listed: award.Listed{Category: category, Code: code, Name: "单位" + code}, Office: office}
}

// frozenList makes up a frozen list of a few offices, some codes of which share
// all but the last digit.
func frozenList(t *rapid.T) []award.FrozenUnit {
	var units []award.FrozenUnit
	for _, category := range []award.Category{award.District, award.Street, award.Community} {
		for _, office := range []string{"11", "41", "BT"} {
			for i := range rapid.IntRange(0, 30).Draw(t, fmt.Sprint(category, office)) {
				units = append(units, frozenUnit(category, office, fmt.Sprintf("%s%06d", office, i)))
			}
		}
	}
	return units
}

func seedOf(t *rapid.T) award.Seed {
	return award.Seed(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "seed"))
}

// The numbers were worked out with sha256sum alone:
//
//	printf 'shifan spot-check seed\n2026-1\n%s\n' $SEED | sha256sum
//	printf 'district\t41\t410102\t单位410102\nstreet\t41\t410102001\t单位410102001\n' | sha256sum
func TestCommitmentListAndTicketsAreWhatAShellComputes(t *testing.T) {
	var seed award.Seed
	for i := range seed {
		seed[i] = byte(i)
	}
	commitment := seed.Commitment("2026-1")
	require.Equal(t, shellCommitment, hex.EncodeToString(commitment[:]))
	list := award.FrozenHash([]award.FrozenUnit{
		frozenUnit(award.Street, "41", "410102001"), frozenUnit(award.District, "41", "410102"),
	})
	require.Equal(t, shellList, hex.EncodeToString(list[:]))
}

func TestTheSampleIsAShareOfEachCategoryAndOfficeRoundedUp(t *testing.T) {
	rules := award.DefaultRules()           // 20 %
	for units, want := range map[int][]int{ // by widenings
		0: {0, 0}, 1: {1, 1}, 4: {1, 2}, 5: {1, 2}, 6: {2, 3}, 10: {2, 4, 6, 8, 10, 10}, 263: {53, 106},
	} {
		for widenings, size := range want {
			require.Equal(t, size, rules.SampleSize(units, widenings), "%d units, widened %d times", units, widenings)
		}
	}
	rules.SpotCheckPercent = 0
	require.Zero(t, rules.SampleSize(100, 3), "a round without a spot check")
}

func TestMoreThanTheShareOfFailuresWidensAndExactlyTheShareDoesNot(t *testing.T) {
	rules := award.DefaultRules() // 20 %
	require.False(t, rules.Widens(0, 0))
	require.False(t, rules.Widens(1, 5))
	require.True(t, rules.Widens(1, 4))
	require.False(t, rules.Widens(2, 10))
	require.True(t, rules.Widens(3, 10))
}

func TestTheDrawDoesNotDependOnTheOrderOfTheList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed, units := seedOf(t), frozenList(t)
		shuffled := rapid.Permutation(units).Draw(t, "shuffled")
		list := award.FrozenHash(units)
		require.Equal(t, list, award.FrozenHash(shuffled))
		require.Equal(t, award.Draw(seed, list, units), award.Draw(seed, list, shuffled))
	})
}

func TestEveryUnitHasOnePlaceAndThePlacesHaveNoGap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed, units := seedOf(t), frozenList(t)
		turns := award.Draw(seed, award.FrozenHash(units), units)
		require.Len(t, turns, len(units))
		places := map[string]int{}
		for _, turn := range turns {
			stratum := string(turn.Category) + turn.Office
			places[stratum]++
			require.Equal(t, places[stratum], turn.Place)
			require.Contains(t, units, turn.FrozenUnit)
		}
	})
}

func TestWideningOnlyAdds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := award.Rules{SpotCheckPercent: rapid.IntRange(1, 100).Draw(t, "percent")}
		units, widenings := rapid.IntRange(0, 2000).Draw(t, "units"), rapid.IntRange(0, 20).Draw(t, "widenings")
		size, wider := rules.SampleSize(units, widenings), rules.SampleSize(units, widenings+1)
		require.LessOrEqual(t, size, wider)
		require.LessOrEqual(t, wider, units)
		require.Equal(t, units > 0, size > 0, "at least one where there is any")
	})
}

func TestChangingAnythingOfAUnitChangesTheHashAndTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		units := append(frozenList(t), frozenUnit(award.City, "41", "4101"))
		at := rapid.IntRange(0, len(units)-1).Draw(t, "which")
		changed := slices.Clone(units)
		switch rapid.IntRange(0, 4).Draw(t, "what") {
		case 0:
			changed[at].Name += "改"
		case 1:
			changed[at].Code += "9"
		case 2:
			changed[at].Office = "99"
		case 3:
			changed[at].Category = award.Village
		case 4:
			changed = slices.Delete(changed, at, at+1)
		}
		require.NotEqual(t, award.FrozenHash(units), award.FrozenHash(changed))
	})
}

// Over many seeds every unit comes first about as often as every other: a unit's
// code gives it no better place.
func TestNoUnitIsFavoured(t *testing.T) {
	const units, draws = 10, 4000
	var list []award.FrozenUnit
	for i := range units {
		list = append(list, frozenUnit(award.Street, "41", fmt.Sprintf("41010200%d", i)))
	}
	hash, first := award.FrozenHash(list), map[string]int{}
	dice := rand.New(rand.NewPCG(1, 2))
	for range draws {
		var seed award.Seed
		for i := range seed {
			seed[i] = byte(dice.Uint32())
		}
		first[award.Draw(seed, hash, list)[0].Code]++
	}
	for _, u := range list {
		require.InDelta(t, draws/units, first[u.Code], 100, "5 standard deviations: %s", u.Code)
	}
}

func TestAnotherSeedHasAnotherCommitment(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := seedOf(t), seedOf(t)
		require.Equal(t, a == b, a.Commitment("2026-1") == b.Commitment("2026-1"))
		require.NotEqual(t, a.Commitment("2026-1"), a.Commitment("2026-2"))
		require.NotEqual(t, a.Commitment("2026-1"), sha256.Sum256(a[:]))
	})
}
