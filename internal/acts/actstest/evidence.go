package actstest

import (
	"context"
	"io/fs"
	"path/filepath"
	"strings"

	"shifan/internal/acts"
	"shifan/internal/award"
	"shifan/internal/evidence"
)

// keepEvidence gives the world a folder for its evidence.
func (w *World) keepEvidence() {
	w.t.Helper()
	w.EvidenceFolder = w.t.TempDir()
	files, err := evidence.Open(context.Background(), "file://"+w.EvidenceFolder)
	w.must(err)
	w.Evidence = acts.EvidenceStore{Files: files, Limits: award.DefaultEvidenceLimits()}
	w.Acts.KeepEvidence(w.Evidence)
}

// PDF is the content of a scan that says something.
func PDF(says string) string { return "%PDF-1.4\n% " + says + "\n%%EOF\n" }

// Uploads uploads a scan that says something for the officer's office and
// returns its SHA-256.
func (w *World) Uploads(by award.Officer, says string) string {
	w.t.Helper()
	done, err := w.Acts.UploadEvidence(context.Background(), by, w.Key(), acts.UploadEvidence{
		Name: "扫描件.pdf", Type: award.FilePDF, Length: -1, Content: strings.NewReader(PDF(says)),
	})
	w.must(err)
	return done.Result.SHA256
}

// EvidenceFiles lists what lies in the folder of evidence, by name.
func (w *World) EvidenceFiles() []string {
	w.t.Helper()
	var names []string
	w.must(filepath.WalkDir(w.EvidenceFolder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			names = append(names, entry.Name())
		}
		return err
	}))
	return names
}
