// Package archive writes a unit's archive of one round (一单位一档) as a ZIP: a page
// for people, the same as JSON, the evidence under safe names, and a manifest with
// the digest of each. What is in it and who may have it is internal/acts' to say;
// how it is sent is the border's.
package archive

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"strings"
	"unicode"

	"shifan/internal/acts"
	"shifan/internal/award"
)

//go:embed page.html
var files embed.FS

// Source reads the evidence of an archive.
type Source interface {
	OpenEvidence(ctx context.Context, by award.Officer, digest string) (acts.EvidenceFile, io.ReadSeekCloser, error)
}

// Words says the word of a state, an act or an opinion: filestate_draft.
type Words func(key string, args ...any) string

// entry is one line of the manifest.
type entry struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// left is a paper that could not be put in, and why.
type left struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Reason string `json:"reason"`
}

// writer writes one archive as it goes: no part is held whole.
type writer struct {
	acts.Archive
	names   map[string]string // of papers, by digest
	zip     *zip.Writer
	written []entry
	left    []left
}

// Write writes the archive. A paper that its reader may no longer have, or that is
// infected, is left out and named in the manifest; any other fault breaks the
// archive off, without its directory, so that nobody takes it for whole.
func Write(ctx context.Context, to io.Writer, by award.Officer, from Source, a acts.Archive, say Words) error {
	w := &writer{Archive: a, names: names(a), zip: zip.NewWriter(to)}
	page, err := template.New("page.html").Funcs(template.FuncMap{
		"word": func(kind string, value any) string { return say(kind + "_" + fmt.Sprint(value)) },
		"name": func(sha256 string) string { return w.names[sha256] },
	}).ParseFS(files, "page.html")
	if err != nil {
		return fmt.Errorf("read the page of an archive: %w", err)
	}
	if err := w.part("档案.html", func(to io.Writer) error { return page.Execute(to, a) }); err != nil {
		return err
	}
	if err := w.part("档案.json", func(to io.Writer) error { return encode(to, a) }); err != nil {
		return err
	}
	for _, paper := range a.Papers() {
		if err := w.paper(ctx, by, from, paper, w.names[paper.SHA256], say); err != nil {
			return err
		}
	}
	manifest := struct {
		Round   string  `json:"round"`
		Unit    string  `json:"unit"`
		Name    string  `json:"name"`
		MadeAt  string  `json:"made_at"`
		Files   []entry `json:"files"`
		LeftOut []left  `json:"left_out"`
	}{a.Round, a.Unit, a.Name, a.MadeAt.In(award.Beijing).Format("2006-01-02T15:04:05-07:00"), w.written, w.left}
	if err := w.part("manifest.json", func(to io.Writer) error { return encode(to, manifest) }); err != nil {
		return err
	}
	return w.zip.Close()
}

func encode(to io.Writer, v any) error {
	out := json.NewEncoder(to)
	out.SetIndent("", "  ")
	return out.Encode(v)
}

// paper puts one file of evidence in.
func (w *writer) paper(ctx context.Context, by award.Officer, from Source, use acts.EvidenceUse, name string, say Words) error {
	_, content, err := from.OpenEvidence(ctx, by, use.SHA256)
	if refusal, ok := errors.AsType[*award.Error](err); ok {
		w.left = append(w.left, left{name, use.SHA256, say(refusal.Key, refusal.Args...)})
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }() // it was read
	return w.part(name, func(to io.Writer) error { _, err := io.Copy(to, content); return err })
}

// part writes one part and notes its digest.
func (w *writer) part(name string, write func(to io.Writer) error) error {
	to, err := w.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: w.MadeAt})
	if err != nil {
		return fmt.Errorf("begin %s: %w", name, err)
	}
	sum, size := sha256.New(), &counter{}
	if err := write(io.MultiWriter(to, sum, size)); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	w.written = append(w.written, entry{name, size.n, hex.EncodeToString(sum.Sum(nil))})
	return nil
}

type counter struct{ n int64 }

// Write implements io.Writer.
func (c *counter) Write(p []byte) (int, error) { c.n += int64(len(p)); return len(p), nil }

// names gives each paper a name that is safe on every system, and its own.
func names(a acts.Archive) map[string]string {
	out := make(map[string]string)
	for i, paper := range a.Papers() {
		out[paper.SHA256] = fmt.Sprintf("佐证材料/%03d-%s", i+1, Safe(paper.Name))
	}
	return out
}

// longestName is how many characters of a name are kept: with a number before it
// and a folder it fits every file system.
const longestName = 60

// Safe returns a name that names a file and nothing else: no folder, no sign that
// a system gives a meaning, none that is not seen or turns the direction of
// writing; its ending stays.
func Safe(name string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`/\:*?"<>|`, r), unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return '_'
		}
		return r
	}, name)
	for strings.Contains(clean, "..") {
		clean = strings.ReplaceAll(clean, "..", ".")
	}
	base, ending := []rune(clean), []rune{}
	if dot := strings.LastIndex(clean, "."); dot > 0 && len(clean)-dot <= 6 {
		base, ending = []rune(clean[:dot]), []rune(clean[dot:])
	}
	clean = strings.Trim(string(base[:min(len(base), longestName)]), ". ") + strings.TrimRight(string(ending), ". ")
	if strings.Trim(clean, "._ ") == "" {
		return "_"
	}
	return clean
}
