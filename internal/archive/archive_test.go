package archive_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/archive"
	"shifan/internal/award"
)

// shelf is a source of evidence; what it has not, it refuses.
type shelf map[string]string

type paper struct{ io.ReadSeeker }

func (paper) Close() error { return nil }

func (s shelf) OpenEvidence(_ context.Context, _ award.Officer, digest string) (acts.EvidenceFile, io.ReadSeekCloser, error) {
	content, there := s[digest]
	switch {
	case digest == "broken":
		return acts.EvidenceFile{}, nil, errors.New("the store is away")
	case !there:
		return acts.EvidenceFile{}, nil, award.Refuse(award.Invalid, "D-35", "evidence_infected")
	}
	return acts.EvidenceFile{}, paper{strings.NewReader(content)}, nil
}

func words(key string, _ ...any) string { return key }

func sample(uses ...acts.EvidenceUse) acts.Archive {
	return acts.Archive{
		Round: "r", RoundTitle: "批次", Unit: "410102001001", Name: `<script>alert("名")</script>`, MadeAt: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC),
		Files: []acts.ArchivedFile{{Fields: []acts.ArchivedField{{Title: "事迹", Value: "<b>好</b>"}}}}, Evidence: uses,
	}
}

func TestAnArchiveHoldsEveryPaperOnceUnderASafeNameWithItsDigest(t *testing.T) {
	var out bytes.Buffer
	a := sample(acts.EvidenceUse{SHA256: "aa", Name: "../../etc/台账\u202e.pdf"}, acts.EvidenceUse{SHA256: "aa", Name: "又一次.pdf"}, acts.EvidenceUse{SHA256: "gone", Name: "毒.pdf"})
	require.NoError(t, archive.Write(t.Context(), &out, award.Officer{}, shelf{"aa": "%PDF"}, a, words))
	book, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	require.NoError(t, err)
	parts := map[string]string{}
	for _, f := range book.File {
		require.NotContains(t, f.Name, "..")
		require.NotContains(t, f.Name, "\u202e")
		content, err := f.Open()
		require.NoError(t, err)
		text, err := io.ReadAll(content)
		require.NoError(t, err)
		parts[f.Name] = string(text)
	}
	require.Len(t, parts, 4, "page, JSON, one paper, manifest")
	require.NotContains(t, parts["档案.html"], "<script")
	require.NotContains(t, parts["档案.html"], "<b>好")
	var manifest struct {
		Files   []struct{ Name, SHA256 string } `json:"files"`
		LeftOut []struct{ Reason string }       `json:"left_out"`
	}
	require.NoError(t, json.Unmarshal([]byte(parts["manifest.json"]), &manifest))
	require.Len(t, manifest.Files, 3)
	for _, f := range manifest.Files {
		sum := sha256.Sum256([]byte(parts[f.Name]))
		require.Equal(t, hex.EncodeToString(sum[:]), f.SHA256, f.Name)
	}
	require.Equal(t, "evidence_infected", manifest.LeftOut[0].Reason)
}

func TestAnArchiveThatBreaksOffIsNoArchive(t *testing.T) {
	var out bytes.Buffer
	a := sample(acts.EvidenceUse{SHA256: "broken", Name: "a.pdf"})
	require.Error(t, archive.Write(t.Context(), &out, award.Officer{}, shelf{}, a, words))
	_, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	require.Error(t, err)
}

func TestANameIsSafeOnEverySystem(t *testing.T) {
	for name, safe := range map[string]string{
		"台账.pdf": "台账.pdf", "a/b\\c:d.pdf": "a_b_c_d.pdf", "": "_", "..": "_", "\u202efdp.exe": "_fdp.exe", "a\x00.pdf": "a_.pdf",
		strings.Repeat("长", 200) + ".pdf": strings.Repeat("长", 60) + ".pdf",
	} {
		require.Equal(t, safe, archive.Safe(name), name)
	}
}
