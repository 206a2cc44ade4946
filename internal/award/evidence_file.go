package award

import (
	"encoding/binary"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// FileType is what a file of evidence (佐证材料) may be.
type FileType string

// The types of evidence files (D-35): papers as scanned or photographed, and
// the office documents a unit keeps.
const (
	FilePDF  FileType = "pdf"
	FileJPEG FileType = "jpeg"
	FilePNG  FileType = "png"
	FileXLSX FileType = "xlsx"
	FileDOCX FileType = "docx"
	FileOFD  FileType = "ofd" // GB/T 33190, the layout of archived official documents
)

// FileTypes lists every type.
func FileTypes() []FileType {
	return []FileType{FilePDF, FileJPEG, FilePNG, FileXLSX, FileDOCX, FileOFD}
}

// Media returns the media type a file is sent with.
func (t FileType) Media() string {
	switch t {
	case FilePDF:
		return "application/pdf"
	case FileJPEG:
		return "image/jpeg"
	case FilePNG:
		return "image/png"
	case FileXLSX:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case FileDOCX:
		return "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	case FileOFD:
		return "application/ofd"
	}
	return "application/octet-stream"
}

// endings returns how the names of such files end.
func (t FileType) endings() []string {
	if t == FileJPEG {
		return []string{".jpg", ".jpeg"}
	}
	return []string{"." + string(t)}
}

// FileTypeOf returns the type that a file's name says, by its ending; "" when it
// says none.
func FileTypeOf(name string) FileType {
	ending := strings.ToLower(path.Ext(name))
	for _, t := range FileTypes() {
		if slices.Contains(t.endings(), ending) {
			return t
		}
	}
	return ""
}

// EvidenceLimits are the numbers of D-35. They bound what an office can store,
// not what a round judges, and so are no rules of a round.
type EvidenceLimits struct {
	File       int64 // most bytes of one file
	UnitRound  int64 // most bytes of the files in use on one unit in one round
	Waiting    int64 // most bytes of an office's files that nothing refers to yet
	OrphanDays int   // calendar days after which a file that nothing ever referred to is removed
}

// DefaultEvidenceLimits returns the limits of D-35.
func DefaultEvidenceLimits() EvidenceLimits {
	return EvidenceLimits{File: 20 << 20, UnitRound: 500 << 20, Waiting: 500 << 20, OrphanDays: 30}
}

// mostFileName is the longest name of a file, in characters (D-35).
const mostFileName = 200

// CheckFileName returns what is wrong with the name of a file: it is a bare
// name that every system can keep, and its ending is the type's, so that
// nobody opens a paper as something else.
func CheckFileName(name string, t FileType) []Defect {
	var defects []Defect
	say := func(key string, args ...any) { defects = append(defects, Defect{"/query/name", key, args}) }
	if strings.ContainsAny(name, `/\`) {
		say("file_name_path")
	}
	if strings.ContainsFunc(name, unprintable) {
		say("file_name_characters")
	}
	if n := utf8.RuneCountInString(name); n > mostFileName {
		say("file_name_long", mostFileName, n)
	}
	ending := path.Ext(name)
	if stem := strings.TrimSuffix(name, ending); strings.Trim(stem, " .") == "" || strings.TrimSpace(name) != name {
		say("file_name_empty")
	}
	if !slices.Contains(t.endings(), strings.ToLower(ending)) {
		say("file_name_ending", string(t), strings.Join(t.endings(), " / "))
	}
	return defects
}

// unprintable reports characters that hide in a name: controls, marks that turn
// the direction of writing, line breaks, halves of characters.
func unprintable(r rune) bool {
	return r == utf8.RuneError || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Cs, unicode.Zl, unicode.Zp)
}

// What is looked at to tell a file's type.
const (
	FileHead = 8                    // bytes from the beginning
	FileTail = mostDirectory + eocd // bytes from the end

	mostDirectory = 256 << 10 // of a zip: a document of 20 MB has a hundredth of it
)

// TypeOfFile tells by its bytes what a file is: head are its first FileHead,
// tail its last FileTail, or all of a shorter one. False when it is none of the
// types. What name and header claim is not asked.
func TypeOfFile(head, tail []byte, size int64) (FileType, bool) {
	switch {
	case has(head, "%PDF-"):
		return FilePDF, true
	case has(head, "\xff\xd8\xff"):
		return FileJPEG, true
	case has(head, "\x89PNG\r\n\x1a\n"):
		return FilePNG, true
	case has(head, "PK\x03\x04"):
		return typeOfZip(tail, size)
	}
	return "", false
}

func has(head []byte, magic string) bool { return strings.HasPrefix(string(head), magic) }

// The parts of a zip (APPNOTE 6.3): its last record, which says where the
// directory is, and the directory's records, in bytes.
const (
	eocd        = 22
	directory   = 46
	encrypted   = 1 << 0
	nameAt      = 28
	zipEnd      = "PK\x05\x06"
	zipEntry    = "PK\x01\x02"
	macroEnding = "vbaproject.bin"
)

// typeOfZip tells what a zip is by the names in its directory. Nothing is
// unfolded. A zip with a comment, in several parts, of 64 bits, with anything
// before or behind it, locked, or with macros is none of ours.
func typeOfZip(tail []byte, size int64) (FileType, bool) {
	if len(tail) < eocd {
		return "", false
	}
	end := tail[len(tail)-eocd:]
	if !has(end, zipEnd) || binary.LittleEndian.Uint32(end[4:]) != 0 || binary.LittleEndian.Uint16(end[20:]) != 0 {
		return "", false
	}
	entries := int(binary.LittleEndian.Uint16(end[10:]))
	length, start := int64(binary.LittleEndian.Uint32(end[12:])), int64(binary.LittleEndian.Uint32(end[16:]))
	if length > int64(len(tail)-eocd) || start+length+eocd != size {
		return "", false
	}
	rest := tail[int64(len(tail)-eocd)-length : len(tail)-eocd]
	parts := make(map[FileType]bool)
	var typed bool // [Content_Types].xml, which every OPC package has
	for range entries {
		if len(rest) < directory || !has(rest, zipEntry) || binary.LittleEndian.Uint16(rest[8:])&encrypted != 0 {
			return "", false
		}
		name := int(binary.LittleEndian.Uint16(rest[nameAt:]))
		whole := directory + name + int(binary.LittleEndian.Uint16(rest[nameAt+2:])) + int(binary.LittleEndian.Uint16(rest[nameAt+4:]))
		if len(rest) < whole {
			return "", false
		}
		part := string(rest[directory : directory+name])
		switch {
		case strings.HasSuffix(strings.ToLower(part), macroEnding):
			return "", false
		case part == "[Content_Types].xml":
			typed = true
		case mainPart(part, "xl/workbook"):
			parts[FileXLSX] = true
		case mainPart(part, "word/document"):
			parts[FileDOCX] = true
		case part == "OFD.xml":
			parts[FileOFD] = true
		}
		rest = rest[whole:]
	}
	if len(rest) != 0 || len(parts) != 1 || typed == parts[FileOFD] {
		return "", false
	}
	for t := range parts {
		return t, true
	}
	return "", false
}

// mainPart reports whether a part is the one that makes a document what it is;
// some writers number it: word/document2.xml.
func mainPart(part, stem string) bool {
	middle, ok := strings.CutPrefix(part, stem)
	middle, xml := strings.CutSuffix(middle, ".xml")
	return ok && xml && strings.Trim(middle, "0123456789") == ""
}

// ScanState is what the scanner said of a file (查毒).
type ScanState string

// The states of a scan.
const (
	ScanUnscanned ScanState = "unscanned" // no scanner was configured when it came
	ScanClean     ScanState = "clean"
	ScanInfected  ScanState = "infected" // found by a later scan: not given out any more
)

// ScanStates lists every state.
func ScanStates() []ScanState { return []ScanState{ScanUnscanned, ScanClean, ScanInfected} }

// UseKind is the kind of thing that refers to evidence (引用).
type UseKind string

// The kinds of subjects.
const (
	UseSelfCheck   UseKind = "self_check"  // an indicator of a self-check
	UseEndorsement UseKind = "endorsement" // the scan of the sealed page
	UsePackage     UseKind = "package"     // covering letter, report, signed minutes
	UseNotice      UseKind = "notice"      // proof of publication
	UseVisit       UseKind = "visit"       // what a visit of the spot check found: the owner office's alone
)

// UseKinds lists every kind.
func UseKinds() []UseKind {
	return []UseKind{UseSelfCheck, UseEndorsement, UsePackage, UseNotice, UseVisit}
}
