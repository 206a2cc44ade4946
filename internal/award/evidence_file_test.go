package award_test

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"

	"shifan/internal/award"
)

// zipOf is a zip with parts of those names.
func zipOf(t *testing.T, parts ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range parts {
		part, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte("<x/>")); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAFilesTypeIsToldByItsBytesAlone(t *testing.T) {
	const types = "[Content_Types].xml"
	xlsx := zipOf(t, types, "_rels/.rels", "xl/workbook.xml")
	many := make([]string, 4000)
	for i := range many {
		many[i] = strings.Repeat("长", 30) + string(rune('一'+i))
	}
	locked := []byte(xlsx)
	locked[bytes.Index(locked, []byte("PK\x01\x02"))+8] |= 1
	counted := []byte(xlsx)
	counted[len(counted)-12]++ // one entry more than there is
	tests := map[string]struct {
		content string
		want    award.FileType // "": none
	}{
		"a PDF":                             {"%PDF-1.7\n…", award.FilePDF},
		"a JPEG":                            {"\xff\xd8\xff\xe0…", award.FileJPEG},
		"a PNG":                             {"\x89PNG\r\n\x1a\n…", award.FilePNG},
		"a workbook":                        {xlsx, award.FileXLSX},
		"a document":                        {zipOf(t, "word/document.xml", types), award.FileDOCX},
		"a document whose part is numbered": {zipOf(t, types, "word/document2.xml"), award.FileDOCX},
		"an OFD":                            {zipOf(t, "OFD.xml", "Doc_0/Document.xml"), award.FileOFD},

		"nothing":                               {"", ""},
		"a text":                                {"标题", ""},
		"a page":                                {"<html><script>alert(1)</script>", ""},
		"a program":                             {"MZ\x90\x00", ""},
		"a PDF behind something":                {"x%PDF-1.7", ""},
		"half a magic number":                   {"\x89PNG", ""},
		"a zip of something":                    {zipOf(t, "a.txt"), ""},
		"an empty zip":                          {zipOf(t), ""},
		"a program in a zip":                    {zipOf(t, "META-INF/MANIFEST.MF", "A.class"), ""},
		"a workbook without its types":          {zipOf(t, "xl/workbook.xml"), ""},
		"a workbook with macros":                {zipOf(t, types, "xl/workbook.xml", "xl/vbaProject.bin"), ""},
		"a workbook that is a document too":     {zipOf(t, types, "xl/workbook.xml", "word/document.xml"), ""},
		"an OFD that is a workbook too":         {zipOf(t, types, "OFD.xml", "xl/workbook.xml"), ""},
		"a part that only sounds like it":       {zipOf(t, types, "xl/workbook.xml.exe"), ""},
		"a workbook cut off":                    {xlsx[:len(xlsx)-1], ""},
		"a workbook with something behind it":   {xlsx + "x", ""},
		"a workbook with something before it":   {"PK\x03\x04" + xlsx, ""},
		"a locked workbook":                     {string(locked), ""},
		"a directory that lies about its count": {string(counted), ""},
		"a zip whose directory is too long":     {zipOf(t, append(many, types, "xl/workbook.xml")...), ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			head, tail := tt.content[:min(len(tt.content), award.FileHead)], tt.content[max(0, len(tt.content)-award.FileTail):]
			got, ok := award.TypeOfFile([]byte(head), []byte(tail), int64(len(tt.content)))
			if got != tt.want || ok != (tt.want != "") {
				t.Errorf("told %q, %v; want %q", got, ok, tt.want)
			}
		})
	}
}

// Whatever bytes come, telling their type neither panics nor finds a zip where
// none is.
func FuzzTypeOfFile(f *testing.F) {
	f.Add([]byte("PK\x03\x04"), []byte("PK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00\xff\xff\xff\xff\x00\x00\x00\x00\x00\x00"), int64(22))
	f.Fuzz(func(t *testing.T, head, tail []byte, size int64) {
		if _, ok := award.TypeOfFile(head, tail, size); ok && len(head) == 0 {
			t.Error("told without a beginning")
		}
	})
}

func TestAFilesNameIsABareNameWithItsTypesEnding(t *testing.T) {
	tests := map[string]struct {
		name string
		of   award.FileType
		keys []string
	}{
		"a scan":                         {"盖章页.pdf", award.FilePDF, nil},
		"a photograph, loudly":           {"IMG_0001.JPG", award.FileJPEG, nil},
		"a photograph":                   {"现场 照片.jpeg", award.FileJPEG, nil},
		"a rare character":               {"𠀀社区.pdf", award.FilePDF, nil},
		"200 characters":                 {strings.Repeat("长", 196) + ".pdf", award.FilePDF, nil},
		"201 characters":                 {strings.Repeat("长", 197) + ".pdf", award.FilePDF, []string{"file_name_long"}},
		"a path":                         {"../../etc/cron.d/x.pdf", award.FilePDF, []string{"file_name_path"}},
		"a path of the other kind":       {`C:\x.pdf`, award.FilePDF, []string{"file_name_path"}},
		"a line break":                   {"a\nb.pdf", award.FilePDF, []string{"file_name_characters"}},
		"a name written backwards":       {"a\u202efdp.pdf", award.FilePDF, []string{"file_name_characters"}},
		"broken UTF-8":                   {"a\xff.pdf", award.FilePDF, []string{"file_name_characters"}},
		"an ending alone":                {".pdf", award.FilePDF, []string{"file_name_empty"}},
		"dots alone":                     {"..pdf", award.FilePDF, []string{"file_name_empty"}},
		"a space behind":                 {"a.pdf ", award.FilePDF, []string{"file_name_empty", "file_name_ending"}},
		"nothing":                        {"", award.FilePDF, []string{"file_name_empty", "file_name_ending"}},
		"no ending":                      {"盖章页", award.FilePDF, []string{"file_name_ending"}},
		"another type's ending":          {"a.pdf", award.FilePNG, []string{"file_name_ending"}},
		"a program that calls itself so": {"a.pdf.exe", award.FilePDF, []string{"file_name_ending"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var keys []string
			for _, d := range award.CheckFileName(tt.name, tt.of) {
				keys = append(keys, d.Key)
			}
			if strings.Join(keys, " ") != strings.Join(tt.keys, " ") {
				t.Errorf("found %q, want %q", keys, tt.keys)
			}
		})
	}
}
