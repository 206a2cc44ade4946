//go:build race

package acts_test

// repetitions of the race for the last place.
const repetitions = 1000
