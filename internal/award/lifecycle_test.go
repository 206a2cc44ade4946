package award_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/award"
)

var update = flag.Bool("update", false, "write the diagrams of docs/lifecycle.md anew")

const lifecycle = "../../docs/lifecycle.md"

// TestTheLifecycleDiagramsShowTheTables keeps the state diagrams of
// docs/lifecycle.md equal to the tables of legal moves.
func TestTheLifecycleDiagramsShowTheTables(t *testing.T) {
	page, err := os.ReadFile(lifecycle)
	require.NoError(t, err)
	text := string(page)
	for name, diagram := range map[string]string{
		"file":      diagram(award.FileMoves()),
		"title":     diagram(award.TitleMoves()),
		"round":     diagram(award.RoundMoves()),
		"objection": diagram(award.ObjectionMoves()),
		"stage":     diagram(award.StageMoves()),
	} {
		block := regexp.MustCompile(`(?s)(<!-- moves:` + name + ` -->\n).*?(<!-- /moves -->)`)
		require.Regexp(t, block, text, "docs/lifecycle.md has no place for the moves of a %s", name)
		text = block.ReplaceAllString(text, "${1}```mermaid\n"+diagram+"```\n${2}")
	}
	if *update {
		require.NoError(t, os.WriteFile(lifecycle, []byte(text), 0o644))
		return
	}
	require.Equal(t, text, string(page), "run: go test ./internal/award -run Lifecycle -update")
}

// diagram draws moves as a Mermaid state diagram: one arrow per pair of states,
// with the acts that make it.
func diagram[S ~string](moves []award.Move[S]) string {
	type arrow struct{ from, to S }
	var order []arrow
	acts := make(map[arrow][]string)
	for _, m := range moves {
		a := arrow{m.From, m.To}
		if acts[a] == nil {
			order = append(order, a)
		}
		if !slices.Contains(acts[a], string(m.Act)) {
			acts[a] = append(acts[a], string(m.Act))
		}
	}
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	for _, a := range order {
		fmt.Fprintf(&b, "    %s --> %s: %s\n", a.from, a.to, strings.Join(acts[a], ", "))
	}
	return b.String()
}

// TestEveryStateHasAWay proves that no state of a file is an island: each but
// the first can be reached, and each that has not ended can be left. Cancelling
// the round is no move of the table.
func TestEveryStateHasAWay(t *testing.T) {
	for _, state := range award.FileStates() {
		reached := slices.ContainsFunc(award.FileMoves(), func(m award.FileMove) bool { return m.To == state })
		left := slices.ContainsFunc(award.FileMoves(), func(m award.FileMove) bool { return m.From == state })
		if state != award.FileDraft && state != award.FileRoundCancelled {
			require.True(t, reached, "nothing leads to %s", state)
		}
		if !state.Ended() {
			require.True(t, left, "nothing leads out of %s", state)
		}
	}
}
