// Package evidence keeps the bytes of evidence (佐证材料) in a folder or an object
// store, and asks a scanner about them. What a file is, whose, and who may read
// it does not belong here: internal/acts and the record know.
package evidence

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/gcerrors"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// Store is a folder or bucket of evidence.
type Store struct {
	bucket *blob.Bucket
	folder string // "": not a folder of this machine
}

var _ acts.Files = (*Store)(nil)

// Configured returns where evidence is kept, by the addresses of store and
// scanner; without the first none is taken, without the second nothing scanned.
func Configured(ctx context.Context, store, scanner string) (acts.EvidenceStore, error) {
	var configured acts.EvidenceStore
	if store == "" {
		return configured, nil
	}
	files, err := Open(ctx, store)
	if err != nil {
		return configured, err
	}
	configured.Files, configured.Limits = files, award.DefaultEvidenceLimits()
	if scanner != "" {
		configured.Scanner = Clamd(scanner)
	}
	return configured, nil
}

// Open opens the store at a URL: file:///folder, which is made where it is not
// there, or any scheme whose driver main has imported, such as s3://bucket.
func Open(ctx context.Context, address string) (*Store, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("the address of the evidence is not a URL")
	}
	if u.Scheme != fileblob.Scheme {
		bucket, err := blob.OpenBucket(ctx, address)
		if err != nil {
			return nil, fmt.Errorf("open the evidence: %w", err)
		}
		return &Store{bucket: bucket}, nil
	}
	// What is half written lies beside what it becomes: another disk could not be
	// renamed from.
	bucket, err := fileblob.OpenBucket(u.Path, &fileblob.Options{
		CreateDir: true, DirFileMode: 0o700, NoTempDir: true, Metadata: fileblob.MetadataDontWrite,
	})
	if err != nil {
		return nil, fmt.Errorf("open the folder of the evidence: %w", err)
	}
	return &Store{bucket: bucket, folder: u.Path}, nil
}

// Put writes a file; when the content ends in an error, nothing is left.
func (s *Store) Put(ctx context.Context, name string, content io.Reader) error {
	ctx, abandon := context.WithCancel(ctx)
	defer abandon()
	w, err := s.bucket.NewWriter(ctx, name, &blob.WriterOptions{ContentType: "application/octet-stream"})
	if err != nil {
		return fmt.Errorf("begin to write: %w", err)
	}
	if _, err := io.Copy(w, content); err != nil {
		abandon() // a writer that is closed then keeps nothing
		return errors.Join(fmt.Errorf("write: %w", err), closed(w))
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("finish writing: %w", err)
	}
	return nil
}

// closed closes what was abandoned, which says so.
func closed(w io.Closer) error {
	if err := w.Close(); err != nil && !errors.Is(err, context.Canceled) && gcerrors.Code(err) != gcerrors.Canceled {
		return err
	}
	return nil
}

// Copy makes a file of another, unless it is there. In a folder it is a link:
// no byte is copied, and there is no moment at which half of it is there.
func (s *Store) Copy(ctx context.Context, from, to string) error {
	if s.folder != "" {
		return s.link(from, to)
	}
	there, err := s.bucket.Exists(ctx, to)
	if err != nil || there {
		return err
	}
	return s.bucket.Copy(ctx, to, from, nil)
}

// link gives a file a second name, and waits until the disk has both: the record
// is about to say that it is there.
func (s *Store) link(from, to string) error {
	from, to = filepath.Join(s.folder, from), filepath.Join(s.folder, to)
	if err := sync(from); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	if err := os.Link(from, to); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return sync(filepath.Dir(to))
}

func sync(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Open reads a file.
func (s *Store) Open(ctx context.Context, name string) (io.ReadSeekCloser, error) {
	return s.bucket.NewReader(ctx, name, nil)
}

// Remove removes a file, if it is there.
func (s *Store) Remove(ctx context.Context, name string) error {
	err := s.bucket.Delete(ctx, name)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil
	}
	return err
}

// Older returns the names of files in a folder written before an instant.
func (s *Store) Older(ctx context.Context, folder string, before time.Time) ([]string, error) {
	var names []string
	files := s.bucket.List(&blob.ListOptions{Prefix: folder + "/"})
	for {
		f, err := files.Next(ctx)
		if errors.Is(err, io.EOF) {
			return names, nil
		}
		if err != nil {
			return nil, err
		}
		if f.ModTime.Before(before) {
			names = append(names, f.Key)
		}
	}
}
