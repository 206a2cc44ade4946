package acts

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"shifan/internal/award"
)

// EvidenceFile is a file of evidence (佐证材料) of an office: its content, which
// is kept once whoever sends it, under the name the office gave it.
type EvidenceFile struct {
	ID         int64           `json:"id"` // lists go by it
	SHA256     string          `json:"sha256"`
	Office     int64           `json:"office"` // whose it is
	OfficeCode string          `json:"office_code"`
	Name       string          `json:"name"`
	Type       award.FileType  `json:"type"`
	Size       int64           `json:"size"` // bytes
	Scan       award.ScanState `json:"scan"`
	Uploads    int             `json:"uploads"` // how often the office sent it: more than once is burden
	Uses       int             `json:"uses"`    // how many subjects refer to it
	UploadedAt time.Time       `json:"uploaded_at"`
}

// EvidenceStore is where evidence is kept and who looks at it first.
type EvidenceStore struct {
	Files   Files
	Scanner Scanner // nil: what comes is kept unscanned
	Limits  award.EvidenceLimits
}

// Files keeps the bytes of evidence under names. internal/evidence implements it.
type Files interface {
	// Put writes a file. When the content ends in an error, nothing is left.
	Put(ctx context.Context, name string, content io.Reader) error
	// Copy makes a file of another, unless it is there; it is durable afterwards.
	Copy(ctx context.Context, from, to string) error
	// Open reads a file.
	Open(ctx context.Context, name string) (io.ReadSeekCloser, error)
	// Remove removes a file; one that is not there is removed.
	Remove(ctx context.Context, name string) error
	// Older returns the names of files in a folder written before an instant.
	Older(ctx context.Context, folder string, before time.Time) ([]string, error)
}

// Scanner looks for malware (查毒). internal/evidence implements it.
type Scanner interface {
	// Scan returns what it found; "": nothing.
	Scan(ctx context.Context, content io.Reader) (string, error)
}

// KeepEvidence sets where evidence is kept. Acts without it take no evidence.
func (a *Acts) KeepEvidence(store EvidenceStore) { a.evidence = store }

// evidenceTx keeps evidence and what refers to it.
type evidenceTx interface {
	// LockEvidence holds a digest alone until the end: nobody adds, refers to or
	// removes the content meanwhile. Taken last, after every other lock.
	LockEvidence(ctx context.Context, sha256 string) error
	// ShareEvidence holds a digest with others who refer to it.
	ShareEvidence(ctx context.Context, sha256 string) error
	// EvidenceKept reads a content's scan; "" when it is not kept.
	EvidenceKept(ctx context.Context, sha256 string) (award.ScanState, error)
	// SaveEvidence adds the content and the office's file, or counts one more
	// upload of it.
	SaveEvidence(ctx context.Context, by award.Officer, f EvidenceFile) (EvidenceFile, error)
	// WaitingEvidence sums the bytes of an office's files, other than of the
	// digest, that nothing refers to.
	WaitingEvidence(ctx context.Context, office int64, but string) (int64, error)
	// EvidenceSights returns through what an office may see a content: its own
	// file or one below it, and a use in a round. Empty: it may not.
	EvidenceSights(ctx context.Context, office, officer int64, sha256 string) ([]EvidenceSight, error)
	evidenceUseTx
	evidenceRestTx
}

// EvidenceSight is a file as seen through one row that the policy judges.
type EvidenceSight struct {
	EvidenceFile
	Row Row
}

// evidenceReads answers questions about evidence.
type evidenceReads interface {
	// EvidencePage lists the files of an office and those below it.
	EvidencePage(ctx context.Context, q EvidenceQuery) ([]EvidenceFile, error)
	// EvidenceTally counts an office's uploads and uses.
	EvidenceTally(ctx context.Context, office int64) (EvidenceTally, error)
	evidenceUseReads
}

// UploadEvidence is a file as it comes.
type UploadEvidence struct {
	Name    string // as the uploader's machine has it, in Unicode's composed form
	Type    award.FileType
	Length  int64 // as announced; negative: not
	Content io.Reader
}

// UploadEvidence takes a file of evidence for the officer's own office (上传). It
// is hashed while it is written aside, looked at, and only then kept under its
// digest; whatever ends earlier leaves nothing. The same content is kept once,
// and the answer does not tell whether another office had it.
func (a *Acts) UploadEvidence(ctx context.Context, by award.Officer, key Key, in UploadEvidence) (Done[EvidenceFile], error) {
	var none Done[EvidenceFile]
	if err := Can(by, award.ActUploadEvidence, Row{Unit: by.Office, Path: by.Path}); err != nil {
		return none, err
	}
	if err := a.takes(in); err != nil {
		return none, err
	}
	aside := incoming + "/" + rand.Text()
	digest, size, err := a.stage(ctx, aside, in)
	if err != nil {
		return none, err
	}
	f := EvidenceFile{
		SHA256: hex.EncodeToString(digest), Office: by.Office, OfficeCode: by.OfficeCode,
		Name: in.Name, Type: in.Type, Size: size,
	}
	key.Body = sha256.Sum256(fmt.Append(nil, f.SHA256, "\n", f.Type, "\n", f.Name)) // known only now
	done, err := a.keep(ctx, by, key, aside, f)
	a.clear(ctx, aside, f.SHA256, err != nil)
	return done, err
}

// takes refuses what can be refused of a file before a byte of it is read.
func (a *Acts) takes(in UploadEvidence) error {
	if a.evidence.Files == nil {
		return award.Refuse(award.Unavailable, "", "evidence_unavailable")
	}
	if defects := award.CheckFileName(in.Name, in.Type); len(defects) > 0 {
		return award.RefuseFields(award.Invalid, "D-35", "file_name_malformed", defects)
	}
	if in.Length > a.evidence.Limits.File {
		return a.tooLarge()
	}
	return nil
}

// incoming is the folder of files that are not kept yet.
const incoming = "incoming"

// keptAs is the name under which a content is kept: folders by the first
// digits, since a folder of a million files is slow to read.
func keptAs(digest string) string { return digest[:2] + "/" + digest }

// stage writes a file aside and returns its digest and size, or refuses it and
// leaves nothing.
func (a *Acts) stage(ctx context.Context, aside string, in UploadEvidence) (digest []byte, size int64, err error) {
	limit := a.evidence.Limits.File
	look := &looked{hash: sha256.New()}
	content := &sender{from: io.TeeReader(io.LimitReader(in.Content, limit+1), look)}
	if err := a.evidence.Files.Put(ctx, aside, content); err != nil {
		if content.failed != nil { // the sender's side broke off, not ours
			return nil, 0, award.Refuse(award.Invalid, "D-35", "evidence_broken_off")
		}
		return nil, 0, fmt.Errorf("write evidence aside: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.evidence.Files.Remove(context.WithoutCancel(ctx), aside))
		}
	}()
	if look.size > limit {
		return nil, 0, a.tooLarge()
	}
	if look.size == 0 {
		return nil, 0, award.Refuse(award.Invalid, "D-35", "evidence_empty")
	}
	told, ok := award.TypeOfFile(look.head, look.tail, look.size)
	if !ok {
		return nil, 0, award.Refuse(award.Invalid, "D-35", "evidence_type_unknown")
	}
	if told != in.Type {
		return nil, 0, award.Refuse(award.Invalid, "D-35", "evidence_type_differs", string(in.Type), string(told))
	}
	return look.hash.Sum(nil), look.size, nil
}

func (a *Acts) tooLarge() error {
	return award.Refuse(award.Invalid, "D-35", "evidence_too_large", a.evidence.Limits.File>>20)
}

// keep makes what was written aside the content of its digest and the file the
// office's, in one act.
func (a *Acts) keep(ctx context.Context, by award.Officer, key Key, aside string, f EvidenceFile) (Done[EvidenceFile], error) {
	var err error
	if f.Scan, err = a.scan(ctx, aside); err != nil {
		return Done[EvidenceFile]{}, err
	}
	if f.Scan == award.ScanInfected {
		return Done[EvidenceFile]{}, infected()
	}
	return once(ctx, a, by, key, award.ActUploadEvidence, "", func(t *act) (EvidenceFile, error) {
		if err := t.LockUnits(ctx, []int64{by.Office}); err != nil { // two uploads do not share the last megabyte
			return EvidenceFile{}, err
		}
		waiting, err := t.WaitingEvidence(ctx, by.Office, f.SHA256)
		if err != nil {
			return EvidenceFile{}, err
		}
		if limit := a.evidence.Limits.Waiting; waiting+f.Size > limit {
			return EvidenceFile{}, award.Refuse(award.OverLimit, "D-35", "evidence_waiting", limit>>20)
		}
		if err := a.keepContent(ctx, t, aside, f.SHA256, f.Scan); err != nil {
			return EvidenceFile{}, err
		}
		saved, err := t.SaveEvidence(ctx, by, f)
		if err != nil {
			return EvidenceFile{}, err
		}
		return saved, t.audit(ctx, "evidence/"+f.SHA256, "", map[string]any{
			"type": f.Type, "size": f.Size, "scan": saved.Scan, "uploads": saved.Uploads,
		})
	})
}

// keepContent makes what was written aside the content of its digest, which it
// holds until the end. What an earlier scan found infected is not kept again
// unless this one found it clean.
func (a *Acts) keepContent(ctx context.Context, tx Tx, aside, digest string, scan award.ScanState) error {
	if err := tx.LockEvidence(ctx, digest); err != nil {
		return err
	}
	known, err := tx.EvidenceKept(ctx, digest)
	if err != nil {
		return err
	}
	if known == award.ScanInfected && scan == award.ScanUnscanned {
		return infected()
	}
	if err := a.evidence.Files.Copy(ctx, aside, keptAs(digest)); err != nil {
		return fmt.Errorf("keep evidence: %w", err)
	}
	return nil
}

// clear removes what was written aside. After a refusal it first sees to it that
// the content is kept only if somebody holds it; where that can not be told now,
// what lies aside stays, and TidyEvidence finds the content by it.
func (a *Acts) clear(ctx context.Context, aside, digest string, refused bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), clearPatience)
	defer cancel()
	var err error
	if refused {
		err = a.dropLoose(ctx, digest)
	}
	if err == nil {
		err = a.evidence.Files.Remove(ctx, aside)
	}
	if err != nil {
		a.log.WarnContext(ctx, "evidence written aside stays until it is tidied", "error", err)
	}
}

// clearPatience bounds how long an answer waits for what was written aside to
// go.
const clearPatience = 10 * time.Second

// scan asks the scanner about a file. A scanner that is down and configured
// keeps everything out.
func (a *Acts) scan(ctx context.Context, name string) (award.ScanState, error) {
	if a.evidence.Scanner == nil {
		return award.ScanUnscanned, nil
	}
	content, err := a.evidence.Files.Open(ctx, name)
	if err != nil {
		return "", fmt.Errorf("open evidence to scan it: %w", err)
	}
	defer content.Close()
	found, err := a.evidence.Scanner.Scan(ctx, content)
	if err != nil {
		a.log.WarnContext(ctx, "evidence not scanned", "error", err)
		return "", award.Refuse(award.Unavailable, "D-35", "scanner_unavailable")
	}
	if found != "" {
		a.log.WarnContext(ctx, "evidence is infected", "found", found)
		return award.ScanInfected, nil
	}
	return award.ScanClean, nil
}

func infected() error { return award.Refuse(award.Invalid, "D-35", "evidence_infected") }

// OpenEvidence opens a file that the officer may see: of its office or one
// below, or in use on something it may see. What does not exist and what is
// not to be seen answer the same.
func (a *Acts) OpenEvidence(ctx context.Context, by award.Officer, digest string) (EvidenceFile, io.ReadSeekCloser, error) {
	var f EvidenceFile
	err := a.store.InTx(ctx, func(tx Tx) (err error) {
		f, err = seeEvidence(ctx, tx, by, digest)
		return err
	})
	if err != nil {
		return EvidenceFile{}, nil, err
	}
	if f.Scan == award.ScanInfected {
		return EvidenceFile{}, nil, infected()
	}
	if a.evidence.Files == nil {
		return EvidenceFile{}, nil, award.Refuse(award.Unavailable, "", "evidence_unavailable")
	}
	content, err := a.evidence.Files.Open(ctx, keptAs(digest))
	if err != nil {
		return EvidenceFile{}, nil, fmt.Errorf("open evidence: %w", err)
	}
	return f, content, nil
}

// seeEvidence reads a file as the officer may see it, or refuses.
func seeEvidence(ctx context.Context, tx Tx, by award.Officer, digest string) (EvidenceFile, error) {
	sights, err := tx.EvidenceSights(ctx, by.Office, by.ID, digest)
	if err != nil {
		return EvidenceFile{}, err
	}
	for _, s := range sights {
		if MaySee(by, s.Row) {
			return s.EvidenceFile, nil
		}
	}
	return EvidenceFile{}, award.Refuse(award.NotFound, "D-36", "evidence_unknown", digest)
}

// EvidenceQuery asks for a page of files in order of ID.
type EvidenceQuery struct {
	Below int64 // only files of this office's subtree; 0: all
	After int64
	Limit int
}

// Evidence lists the files of an office and of those below it (材料库), so that a
// paper is found again instead of being uploaded again. office is a code; "":
// the officer's own.
func (a *Acts) Evidence(ctx context.Context, by award.Officer, office string, q EvidenceQuery) ([]EvidenceFile, error) {
	unit, err := a.Unit(ctx, by, office)
	if err != nil {
		return nil, err
	}
	if q.Below = unit.ID; len(unit.Path) == 1 {
		q.Below = 0
	}
	files, err := a.store.EvidencePage(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("list evidence: %w", err)
	}
	return files, nil
}

// EvidenceTally is what evidence costs an office and spares it (N 五(三)).
type EvidenceTally struct {
	Uploads int   // files sent, repeats included
	Files   int   // different ones
	Bytes   int64 // of those
	Uses    int   // references the office's officers have made
	Reused  int   // of those, by reference alone: all but the first of each file
}

// EvidenceTally counts the uploads of an office and how often a reference
// spared one.
func (a *Acts) EvidenceTally(ctx context.Context, by award.Officer, office string) (EvidenceTally, error) {
	unit, err := a.Unit(ctx, by, office)
	if err != nil {
		return EvidenceTally{}, err
	}
	return a.store.EvidenceTally(ctx, unit.ID)
}
