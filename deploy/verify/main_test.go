package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/internal/award"
	"shifan/internal/logfile"
	"shifan/internal/postgres/pgtest"
)

// exported writes a log of three rows to a file and returns it with its head.
func exported(t *testing.T) (name string, head award.LogHead) {
	t.Helper()
	round := "2026-1"
	var file bytes.Buffer
	require.NoError(t, logfile.Write(&file, round, func(yield func(award.LogLink, error) bool) {
		for i := range int64(3) {
			row := award.LogRow{ID: i, At: time.Unix(1793581200+i, 0), Round: &round, Name: award.ActFile, Subject: "application/1", Detail: "{}"}
			head = head.Next(row.Digest(award.LogSalt{}))
			if !yield(award.LogLink{LogHead: head, Row: &row}, nil) {
				return
			}
		}
	}))
	name = filepath.Join(t.TempDir(), "log.ndjson")
	require.NoError(t, os.WriteFile(name, file.Bytes(), 0o600))
	return name, head
}

func TestAFileIsVerifiedWithoutADatabase(t *testing.T) {
	name, head := exported(t)
	var out bytes.Buffer
	intact, err := run(t.Context(), []string{"-head", head.String(), name}, "", nil, &out)
	require.NoError(t, err)
	require.True(t, intact, out.String())
	require.Contains(t, out.String(), head.String())

	text, err := os.ReadFile(name)
	require.NoError(t, err)
	altered := strings.Replace(string(text), `"subject":"application/1"`, `"subject":"application/2"`, 1)
	out.Reset()
	intact, err = run(t.Context(), []string{"-"}, "", strings.NewReader(altered), &out)
	require.NoError(t, err)
	require.False(t, intact)
	require.Contains(t, out.String(), "row 1: 内容或顺序被改")
	require.Contains(t, out.String(), "no known head was given")
}

func TestTheDatabaseIsVerifiedAgainstAKnownHead(t *testing.T) {
	_, head := exported(t)
	url := pgtest.URL(t)
	var out bytes.Buffer
	intact, err := run(context.Background(), []string{"-database"}, url, nil, &out)
	require.NoError(t, err)
	require.True(t, intact, out.String())
	intact, err = run(context.Background(), []string{"-database", "-head", head.String()}, url, nil, &out)
	require.NoError(t, err)
	require.False(t, intact, "the database knows nothing of the head")
}

func TestWhatCanNotBeVerifiedIsAnErrorAndNoVerdict(t *testing.T) {
	name, _ := exported(t)
	for _, args := range [][]string{{}, {name, name}, {"-database", name}, {"-head", "1:00", name}, {name + ".gone"}, {"-database"}, {"-nothing"}} {
		_, err := run(t.Context(), args, "", nil, &bytes.Buffer{})
		require.Error(t, err, args)
	}
}

func TestEveryFaultHasItsWords(t *testing.T) {
	for _, kind := range award.LogFaultKinds() {
		require.NotEmpty(t, words[kind], kind)
	}
	require.Len(t, words, len(award.LogFaultKinds()))
}
