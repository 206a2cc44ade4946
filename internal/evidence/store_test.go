package evidence_test

import (
	"context"
	"errors"
	"io"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/stretchr/testify/require"
	_ "gocloud.dev/blob/memblob"
	_ "gocloud.dev/blob/s3blob"

	"shifan/internal/evidence"
)

// stores opens one of each kind.
func stores(t *testing.T) map[string]*evidence.Store {
	t.Helper()
	folder, err := evidence.Open(t.Context(), "file://"+filepath.Join(t.TempDir(), "new", "folder"))
	require.NoError(t, err)
	bucket, err := evidence.Open(t.Context(), "mem://")
	require.NoError(t, err)
	return map[string]*evidence.Store{"a folder": folder, "a bucket": bucket, "S3": overS3(t)}
}

// overS3 opens a bucket behind a server that speaks S3 over HTTP.
func overS3(t *testing.T) *evidence.Store {
	t.Helper()
	kept := s3mem.New()
	require.NoError(t, kept.CreateBucket("shifan-evidence"))
	server := httptest.NewServer(gofakes3.New(kept).Server())
	t.Cleanup(server.Close)
	t.Setenv("AWS_ACCESS_KEY_ID", "shifan")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "shifan")
	s, err := evidence.Open(t.Context(), "s3://shifan-evidence?region=cn-north-1&use_path_style=true&endpoint="+url.QueryEscape(server.URL))
	require.NoError(t, err)
	return s
}

func TestAFileIsWrittenCopiedReadAndRemoved(t *testing.T) {
	for name, s := range stores(t) {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			require.NoError(t, s.Put(ctx, "incoming/a", strings.NewReader("content")))
			require.NoError(t, s.Copy(ctx, "incoming/a", "ab/abcd"))
			require.NoError(t, s.Put(ctx, "incoming/b", strings.NewReader("other")))
			require.NoError(t, s.Copy(ctx, "incoming/b", "ab/abcd"), "what is there stays")
			require.NoError(t, s.Remove(ctx, "incoming/a"))
			require.NoError(t, s.Remove(ctx, "incoming/a"), "twice is once")

			f, err := s.Open(ctx, "ab/abcd")
			require.NoError(t, err)
			defer f.Close()
			_, err = f.Seek(3, io.SeekStart)
			require.NoError(t, err)
			text, err := io.ReadAll(f)
			require.NoError(t, err)
			require.Equal(t, "tent", string(text))

			names, err := s.Older(ctx, "incoming", time.Now().Add(time.Minute))
			require.NoError(t, err)
			require.Equal(t, []string{"incoming/b"}, names)
			names, err = s.Older(ctx, "incoming", time.Now().Add(-time.Minute))
			require.NoError(t, err)
			require.Empty(t, names)
		})
	}
}

func TestAFileThatBreaksOffLeavesNothing(t *testing.T) {
	for name, s := range stores(t) {
		t.Run(name, func(t *testing.T) {
			gone := errors.New("the sender is gone")
			err := s.Put(t.Context(), "incoming/a", io.MultiReader(strings.NewReader(strings.Repeat("x", 1<<20)), iotest.ErrReader(gone)))
			require.ErrorIs(t, err, gone)

			ctx, hangUp := context.WithCancel(t.Context())
			err = s.Put(ctx, "incoming/b", io.MultiReader(strings.NewReader("x"), hangsUp{hangUp}))
			require.Error(t, err)

			names, err := s.Older(t.Context(), "incoming", time.Now().Add(time.Minute))
			require.NoError(t, err)
			require.Empty(t, names)
		})
	}
}

// hangsUp ends the request and the content with it, as if it were whole.
type hangsUp struct{ hangUp func() }

func (h hangsUp) Read([]byte) (int, error) {
	h.hangUp()
	return 0, io.EOF
}

func TestNobodyElseOnTheMachineReadsTheFolder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "evidence")
	_, err := evidence.Open(t.Context(), "file://"+folder)
	require.NoError(t, err)
	info, err := os.Stat(folder)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
}
