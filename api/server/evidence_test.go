package server

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"shifan/internal/acts"
	"shifan/internal/award"
	"shifan/internal/evidence"
)

// archive is a house that keeps evidence in a folder of its own.
type archive struct {
	*house
	folder string
	clerk  string // a key of the street's
}

func newArchive(t *testing.T, limits award.EvidenceLimits) *archive {
	t.Helper()
	a := &archive{house: newHouse(t), folder: t.TempDir()}
	files, err := evidence.Open(t.Context(), "file://"+a.folder)
	if err != nil {
		t.Fatal(err)
	}
	a.acts.KeepEvidence(acts.EvidenceStore{Files: files, Limits: limits})
	a.clerk = a.officerOf("410102001")
	return a
}

// files lists what lies in the folder.
func (a *archive) files() (names []string) {
	a.t.Helper()
	err := filepath.WalkDir(a.folder, func(_ string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			names = append(names, entry.Name())
		}
		return err
	})
	if err != nil {
		a.t.Fatal(err)
	}
	return names
}

// empty fails when anything of an upload is left: a file, a row, an act.
func (a *archive) empty() {
	a.t.Helper()
	if left := a.files(); len(left) > 0 {
		a.t.Errorf("left in the folder: %q", left)
	}
	var rows int
	err := a.db.Get(&rows, `SELECT (SELECT count(*) FROM evidence_blob) + (SELECT count(*) FROM evidence)
		+ (SELECT count(*) FROM act WHERE name = 'upload-evidence') + (SELECT count(*) FROM audit WHERE name = 'upload-evidence')`)
	if err != nil || rows > 0 {
		a.t.Errorf("%d rows are left, %v", rows, err)
	}
}

const octets = "Content-Type: application/octet-stream"

func (a *archive) upload(key, query, content string, headers ...string) answer {
	a.t.Helper()
	return a.call(key, "POST", "/api/v1/evidence?"+query, content, append([]string{octets}, headers...)...)
}

const scan = "%PDF-1.7\nthe sealed page\n%%EOF\n"

func TestAFileComesBackAsItWasSentAndIsNothingElse(t *testing.T) {
	a := newArchive(t, award.DefaultEvidenceLimits())
	done := into[EvidenceDone](a.upload(a.clerk, "name=%E7%9B%96%E7%AB%A0%E9%A1%B5.pdf&type=pdf", scan).want(http.StatusCreated))
	if sum := sha256.Sum256([]byte(scan)); done.Evidence.Sha256 != hex.EncodeToString(sum[:]) || done.Evidence.Name != "盖章页.pdf" ||
		done.Evidence.Office != "410102001" || done.Receipt.Act == 0 {
		t.Errorf("kept %+v", done)
	}
	path := "/api/v1/evidence/" + done.Evidence.Sha256
	got := a.call(a.clerk, "GET", path, nil).want(http.StatusOK)
	if string(got.body) != scan {
		t.Errorf("came back as %q", got.body)
	}
	for name, want := range map[string]string{
		"Content-Type":           "application/pdf",
		"Content-Disposition":    "attachment; filename*=utf-8''%E7%9B%96%E7%AB%A0%E9%A1%B5.pdf",
		"X-Content-Type-Options": "nosniff",
		"Content-Length":         fmt.Sprint(len(scan)),
		"Accept-Ranges":          "bytes",
	} {
		if got.header.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, got.header.Get(name), want)
		}
	}
	part := a.call(a.clerk, "GET", path, nil, "Range: bytes=9-12").want(http.StatusPartialContent)
	if string(part.body) != "the " {
		t.Errorf("the part is %q", part.body)
	}
	a.call(a.clerk, "GET", path, nil, "Range: bytes=900-").want(http.StatusRequestedRangeNotSatisfiable)
	a.call(a.clerk, "GET", path, nil, "If-None-Match: "+got.header.Get("ETag")).want(http.StatusNotModified)

	stranger := a.officerOf("42")
	p := a.call(stranger, "GET", path, nil).refused(http.StatusNotFound, award.NotFound)
	q := a.call(stranger, "GET", "/api/v1/evidence/"+strings.Repeat("0", 64), nil).refused(http.StatusNotFound, award.NotFound)
	if strings.ReplaceAll(p.Detail, done.Evidence.Sha256, "") != strings.ReplaceAll(q.Detail, strings.Repeat("0", 64), "") {
		t.Errorf("%q tells more than %q", p.Detail, q.Detail)
	}
}

func TestEvidenceIsListedAndCounted(t *testing.T) {
	a := newArchive(t, award.DefaultEvidenceLimits())
	for i := range 3 {
		a.upload(a.clerk, fmt.Sprintf("name=%d.pdf&type=pdf", i), scan+fmt.Sprint(i)).want(http.StatusCreated)
	}
	first := into[ListEvidence200JSONResponse](a.call(a.admin, "GET", "/api/v1/evidence?limit=2", nil).want(http.StatusOK))
	if len(first.Items) != 2 || first.Next == nil {
		t.Fatalf("first page %+v", first)
	}
	rest := into[ListEvidence200JSONResponse](a.call(a.admin, "GET", "/api/v1/evidence?limit=2&cursor="+*first.Next, nil).want(http.StatusOK))
	if len(rest.Items) != 1 || rest.Next != nil || rest.Items[0].Name != "2.pdf" {
		t.Errorf("last page %+v", rest)
	}
	tally := into[EvidenceTally](a.call(a.admin, "GET", "/api/v1/evidence/tally?office=410102001", nil).want(http.StatusOK))
	if tally.Files != 3 || tally.Uploads != 3 || tally.Uses != 0 {
		t.Errorf("tally %+v", tally)
	}
}

func TestANameIsComposed(t *testing.T) { // some systems send é as e and an accent
	a := newArchive(t, award.DefaultEvidenceLimits())
	done := into[EvidenceDone](a.upload(a.clerk, "name=caf%65%CC%81.pdf&type=pdf", scan).want(http.StatusCreated))
	if done.Evidence.Name != "café.pdf" {
		t.Errorf("kept as %q", done.Evidence.Name)
	}
}

// endless is a content of zeros behind a beginning, which counts what was read.
type endless struct {
	begin io.Reader
	read  int64
}

func (e *endless) Read(into []byte) (int, error) {
	n, err := e.begin.Read(into)
	if err == io.EOF {
		clear(into)
		n = len(into)
	}
	e.read += int64(n)
	return n, nil
}

func pdf(bytes int64) io.Reader {
	return io.LimitReader(&endless{begin: strings.NewReader("%PDF-")}, bytes)
}

func TestAHostileUploadIsRefusedAndLeavesNothing(t *testing.T) {
	a := newArchive(t, award.DefaultEvidenceLimits())
	var archived bytes.Buffer
	z := zip.NewWriter(&archived)
	if _, err := z.Create("xl/workbook.xml.exe"); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		query, content string
		headers        []string
		status         int
		code           award.Code
	}{
		"a body of another media type":         {"name=a.pdf&type=pdf", scan, []string{"Content-Type: application/pdf"}, 415, award.Invalid},
		"a form":                               {"name=a.pdf&type=pdf", scan, []string{"Content-Type: multipart/form-data; boundary=x"}, 415, award.Invalid},
		"a type nobody takes":                  {"name=a.exe&type=exe", "MZ", nil, 400, award.Invalid},
		"no name":                              {"type=pdf", scan, nil, 400, award.Invalid},
		"a path":                               {"name=..%2F..%2Fetc%2Fpasswd.pdf&type=pdf", scan, nil, 400, award.Invalid},
		"a path of the other kind":             {"name=..%5Ca.pdf&type=pdf", scan, nil, 400, award.Invalid},
		"a NUL in the name":                    {"name=a%00.pdf&type=pdf", scan, nil, 400, award.Invalid},
		"a line break for the header":          {"name=a%0D%0ASet-Cookie:x.pdf&type=pdf", scan, nil, 400, award.Invalid},
		"nothing":                              {"name=a.pdf&type=pdf", "", nil, 400, award.Invalid},
		"a program that is called a scan":      {"name=a.pdf&type=pdf", "MZ\x90\x00", nil, 400, award.Invalid},
		"a page that is called a picture":      {"name=a.png&type=png", "<html><script>alert(1)</script>", nil, 400, award.Invalid},
		"a scan that is called a picture":      {"name=a.jpg&type=jpeg", scan, nil, 400, award.Invalid},
		"a program in a workbook's clothes":    {"name=a.xlsx&type=xlsx", archived.String(), nil, 400, award.Invalid},
		"a zip that is called a scan":          {"name=a.pdf&type=pdf", archived.String(), nil, 400, award.Invalid},
		"more than a file may have":            {"name=a.pdf&type=pdf", "%PDF-" + strings.Repeat("x", 20<<20), nil, 413, award.Invalid},
		"more, and hidden behind a length":     {"name=a.pdf&type=pdf", "%PDF-" + strings.Repeat("x", 20<<20), []string{"Transfer-Encoding: chunked"}, 413, award.Invalid},
		"one from somebody who only looks":     {"name=a.pdf&type=pdf", scan, []string{"Authorization: Bearer " + a.officerOf("41", "auditor")}, 403, award.Forbidden},
		"one from nobody":                      {"name=a.pdf&type=pdf", scan, []string{"Authorization: Bearer x"}, 401, award.Forbidden},
		"one compressed, to be unfolded by us": {"name=a.pdf&type=pdf", "\x1f\x8b\x08", []string{"Content-Encoding: gzip"}, 400, award.Invalid},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := a.upload(a.clerk, tt.query, tt.content, tt.headers...).refused(tt.status, tt.code)
			if p.Detail == "" || strings.Contains(p.Detail, "{0}") {
				t.Errorf("it says %q", p.Detail)
			}
			a.empty()
		})
	}
}

func TestAHundredAndOneMegabytesAreRefusedBeforeTheyAreRead(t *testing.T) {
	a := newArchive(t, award.DefaultEvidenceLimits())
	for name, announced := range map[string]int64{"announced": 101 << 20, "not announced": -1} {
		t.Run(name, func(t *testing.T) {
			content := &endless{begin: strings.NewReader("%PDF-")}
			r := httptest.NewRequest("POST", "/api/v1/evidence?name=a.pdf&type=pdf", io.LimitReader(content, 101<<20))
			r.ContentLength = announced
			r.Header.Set("Authorization", "Bearer "+a.clerk)
			r.Header.Set("Content-Type", "application/octet-stream")
			w := httptest.NewRecorder()
			a.handler.ServeHTTP(w, r)
			answer{t, w.Code, w.Header(), w.Body.Bytes()}.refused(http.StatusRequestEntityTooLarge, award.Invalid)
			if limit := award.DefaultEvidenceLimits().File; content.read > limit+(1<<20) || (announced > 0 && content.read > 0) {
				t.Errorf("%d bytes were read", content.read)
			}
			a.empty()
		})
	}
}

func TestASenderWhoHangsUpLeavesNothing(t *testing.T) {
	a := newArchive(t, award.DefaultEvidenceLimits())
	served := httptest.NewServer(a.handler)
	defer served.Close()
	for name, head := range map[string]string{
		"with the length announced": "Content-Length: 1000000\r\n\r\n%PDF-",
		"in the middle of a chunk":  "Transfer-Encoding: chunked\r\n\r\nffff\r\n%PDF-",
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := net.Dial("tcp", served.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			_, err = fmt.Fprintf(conn, "POST /api/v1/evidence?name=a.pdf&type=pdf HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n%s\r\n%s%s",
				a.clerk, octets, head, strings.Repeat("x", 60_000))
			if err != nil {
				t.Fatal(err)
			}
			for end := time.Now().Add(10 * time.Second); len(a.files()) == 0; time.Sleep(5 * time.Millisecond) {
				if time.Now().After(end) {
					t.Fatal("nothing was ever written: the test shows nothing")
				}
			}
			if err := conn.Close(); err != nil {
				t.Fatal(err)
			}
			for end := time.Now().Add(10 * time.Second); len(a.files()) > 0 && time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
				continue
			}
			a.empty()
		})
	}
}

func TestNinetyMegabytesPassThroughLittleMemory(t *testing.T) {
	limits := award.DefaultEvidenceLimits()
	limits.File = 100 << 20
	a := newArchive(t, limits)
	served := httptest.NewServer(a.handler)
	defer served.Close()
	r, err := http.NewRequestWithContext(t.Context(), "POST", served.URL+"/api/v1/evidence?name=a.pdf&type=pdf", pdf(90<<20))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+a.clerk)
	r.Header.Set("Content-Type", "application/octet-stream")

	heap := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	runtime.GC()
	before, most := heap(), uint64(0)
	ctx, stop := context.WithCancel(t.Context())
	var watching sync.WaitGroup
	watching.Go(func() {
		for ctx.Err() == nil {
			most = max(most, heap())
			time.Sleep(2 * time.Millisecond)
		}
	})
	answered, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answered.Body.Close()
	text, err := io.ReadAll(answered.Body)
	stop()
	watching.Wait()
	if err != nil || answered.StatusCode != http.StatusCreated {
		t.Fatalf("answered %d %s, %v", answered.StatusCode, text, err)
	}
	grown := int64(most) - int64(before)
	t.Logf("90 MB came in over %.1f MB of heap", float64(grown)/(1<<20))
	if grown > 16<<20 {
		t.Errorf("the heap grew by %d bytes", grown)
	}
	if n := len(a.files()); n != 1 {
		t.Errorf("%d files", n)
	}
}

// A file may take minutes, while every other request is bounded more narrowly
// by main: the deadlines of its connection are moved.
func TestASlowSenderIsGivenTime(t *testing.T) {
	a := newArchive(t, award.DefaultEvidenceLimits())
	served := httptest.NewUnstartedServer(a.handler)
	served.Config.ReadTimeout, served.Config.WriteTimeout = 200*time.Millisecond, 200*time.Millisecond
	served.Start()
	defer served.Close()
	from, to := io.Pipe()
	go func() {
		_, _ = io.WriteString(to, scan[:10])
		time.Sleep(600 * time.Millisecond)
		_, _ = io.WriteString(to, scan[10:])
		_ = to.Close()
	}()
	r, err := http.NewRequestWithContext(t.Context(), "POST", served.URL+"/api/v1/evidence?name=a.pdf&type=pdf", from)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+a.clerk)
	r.Header.Set("Content-Type", "application/octet-stream")
	answered, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answered.Body.Close()
	if answered.StatusCode != http.StatusCreated {
		t.Errorf("answered %d", answered.StatusCode)
	}
}
