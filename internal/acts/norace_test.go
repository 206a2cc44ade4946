//go:build !race

package acts_test

// repetitions of the race for the last place; under -race, as in make test, ten
// times as many.
const repetitions = 100
