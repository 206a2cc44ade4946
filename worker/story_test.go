//go:build e2e

package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/api/console"
	"shifan/api/server"
	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// TestAStoryInARealBrowser lets deploy/e2e/story.mjs bring a round from its draft
// to its titles through the pages in Chromium, with a worker and Temporal running:
// once with JavaScript and once without. `make e2e` brings what it needs.
func TestAStoryInARealBrowser(t *testing.T) {
	for name, scripts := range map[string]string{"with JavaScript": "1", "without JavaScript": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSystem(t)
			s.Acts.KeepEvidence(s.Evidence)
			s.startWorker("cached")
			s.tell(scripts)
			require.Equal(t, 1, actstest.One[int](s.World, `SELECT count(*) FROM title`))
			require.Equal(t, 1, actstest.One[int](s.World, `SELECT count(*) FROM application WHERE state = 'removed'`))
			s.eventually(30*time.Second, "the round is closed", func() bool {
				return actstest.One[string](s.World, `SELECT state FROM round`) == string(award.RoundClosed)
			})
		})
	}
}

// tell serves the pages and lets the story be told on them.
func (s *system) tell(scripts string) {
	s.t.Helper()
	log := slog.New(slog.NewTextHandler(s.t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	pages, err := console.New(console.Options{Acts: s.Acts, Log: log})
	require.NoError(s.t, err)
	contract, err := os.ReadFile("../api/openapi.yaml")
	require.NoError(s.t, err)
	handler, err := server.New(server.Options{
		Acts: s.Acts, Log: log, Contract: contract, Pages: pages, Now: time.Now, Ready: func(context.Context) error { return nil },
	})
	require.NoError(s.t, err)
	site := httptest.NewServer(handler)
	s.t.Cleanup(site.Close)

	key := func(o award.Officer) string {
		made, err := s.Acts.CreateKeys(s.t.Context(), s.Admin, s.Key(), []acts.KeyFor{{Office: o.OfficeCode, Officer: o.ID}})
		require.NoError(s.t, err)
		return made.Result[0].Key
	}
	text := func(v any) string {
		out, err := json.Marshal(v)
		require.NoError(s.t, err)
		return string(out)
	}
	root, err := filepath.Abs("..")
	require.NoError(s.t, err)
	story := exec.CommandContext(s.t.Context(), "node", "story.mjs")
	story.Dir = filepath.Join(root, ".local", "e2e", "tool")
	story.Env = append(os.Environ(),
		"BASE="+site.URL, "SHOTS="+filepath.Join(root, ".local", "e2e"), "SCRIPTS="+scripts, "MARKS="+text(wholeMarks(s.t)), "HANDLER=0[clerk]",
		"UNITS="+text([]map[string]string{
			{"name": "伏牛路社区", "key": key(s.Clerk("410102001001"))},
			{"name": "华山路社区", "key": key(s.Clerk("410102001002"))},
		}),
		"KEYS="+text(map[string]string{
			"admin": key(s.Admin), "street": key(s.Head("410102001")), "county": key(s.Head("410102")), "prefecture": key(s.Head("4101")),
			"province": key(s.Head("41")), "handler": key(s.Clerk(award.CodeNation)),
		}))
	said, err := story.CombinedOutput()
	s.t.Log(string(said))
	require.NoError(s.t, err)
}

// wholeMarks are place and value of each indicator of the sample standard, block
// by block, that come to everything it has.
func wholeMarks(t *testing.T) [][][2]string {
	t.Helper()
	standard, has := award.SampleStandard(award.Community)
	require.True(t, has)
	values, place := actstest.Full(standard), 0
	var blocks [][][2]string
	for _, block := range standard.Blocks {
		var filled [][2]string
		for range block.Leaves {
			filled = append(filled, [2]string{strconv.Itoa(place), strings.TrimSuffix(strings.TrimRight(values[place].String(), "0"), ".")})
			place++
		}
		blocks = append(blocks, filled)
	}
	return blocks
}
