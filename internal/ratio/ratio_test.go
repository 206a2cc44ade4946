package ratio_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/ratio"
)

func TestAMeasureIsJudgedByItsMedian(t *testing.T) {
	for _, c := range []struct {
		m    ratio.Measure
		line string
	}{
		{
			ratio.Measure{Name: "submit-1", Ratios: []float64{0.9, 0.1, 0.5}, Target: 0.5, AtLeast: true, Beside: "3 of 4"},
			"ratio submit-1 0.50 target 0.50 PASS (median of 3 pairs, spread 0.10–0.90; 3 of 4)\n",
		},
		{
			ratio.Measure{Name: "submit-1", Ratios: []float64{0.9, 0.1, 0.49}, Target: 0.5, AtLeast: true},
			"ratio submit-1 0.49 target 0.50 MISS (median of 3 pairs, spread 0.10–0.90)\n",
		},
		{
			ratio.Measure{Name: "import", Ratios: []float64{2, 9, 3}, Target: 3},
			"ratio import 3.00 target 3.00 PASS (median of 3 pairs, spread 2.00–9.00)\n",
		},
		{
			ratio.Measure{Name: "import", Ratios: []float64{3.5}, Target: 3},
			"ratio import 3.50 target 3.00 MISS (median of 1 pairs, spread 3.50–3.50)\n",
		},
	} {
		var line strings.Builder
		c.m.Print(&line)
		require.Equal(t, c.line, line.String())
	}
}
