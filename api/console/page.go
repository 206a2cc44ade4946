package console

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// page is one page on its way to one reader: what its template reads.
type page struct {
	console  *Console
	c        *gin.Context
	token    string // of the session
	SignedIn bool
	Session  acts.Session
	Language string
	Large    bool // 长者模式
	Title    string
	Refusal  *refusal // above everything else
	Saved    string   // what has just been done
	Form     url.Values
	Data     any
	status   int
	labels   map[string]string // of the fields laid out, by ID
}

// handler makes one page. An error it returns ends in the page of errors.
type handler func(p *page) error

// Names of cookies.
const (
	sessionCookie  = "shifan_session"
	languageCookie = "shifan_language"
	largeCookie    = "shifan_large"
)

// How much a form may send: texts, or texts and one file (D-35) with its frame.
const (
	mostForm   = 1 << 20
	mostUpload = 20<<20 + mostForm
)

// open serves a page to anyone, signed in or not.
func (c *Console) open(h handler) gin.HandlerFunc {
	return func(g *gin.Context) {
		p, err := c.begin(g)
		if err == nil {
			err = h(p)
		}
		if err != nil {
			p.fail(err)
		}
	}
}

// seldom stops an address that asks too often, before anything of what it sends
// is read.
func (c *Console) seldom(admits func(g *gin.Context) bool) gin.HandlerFunc {
	return func(g *gin.Context) {
		if admits(g) {
			return
		}
		g.Abort()
		g.Header("Retry-After", "1")
		p := &page{console: c, c: g, Language: c.texts.Language(g.GetHeader("Accept-Language"))}
		p.fail(award.Refuse(award.Unavailable, "", "rate_limited"))
	}
}

// inside serves a page to whoever is signed in, and sends others to the door.
func (c *Console) inside(h handler) gin.HandlerFunc {
	return c.open(func(p *page) error {
		switch path := p.c.Request.URL.Path; {
		case !p.SignedIn && p.c.Request.Method == http.MethodGet:
			p.redirect("/sign-in?next=" + url.QueryEscape(p.c.Request.URL.RequestURI()))
			return nil
		case !p.SignedIn:
			p.status = http.StatusUnauthorized
			p.Refusal = p.describe(award.Refuse(award.Forbidden, "D-93", "session_over"))
			return p.showSignIn("")
		case p.Session.Temporary && path != "/password" && path != "/sign-out":
			p.redirect("/password")
			return nil
		}
		return h(p)
	})
}

// begin reads who asks, how they read, and what their form says.
func (c *Console) begin(g *gin.Context) (*page, error) {
	p := &page{console: c, c: g, status: http.StatusOK, Large: c.cookie(g, largeCookie) == "1"}
	wanted := c.cookie(g, languageCookie)
	if wanted == "" {
		wanted = g.GetHeader("Accept-Language")
	}
	p.Language = c.texts.Language(wanted)
	var err error
	if p.token = c.cookie(g, sessionCookie); p.token != "" {
		p.Session, err = c.Acts.Session(p.ctx(), p.token)
		p.SignedIn = err == nil
		if err != nil && award.CodeOf(err) != award.NotFound {
			return p, err
		}
	}
	if g.Request.Method != http.MethodPost {
		return p, nil
	}
	return p, p.read()
}

// read takes what a form sends: from our own pages, of this session, and text
// that the record can keep.
func (p *page) read() error {
	r := p.c.Request
	if err := p.console.same.Check(r); err != nil {
		return award.Refuse(award.Forbidden, "D-93", "form_foreign")
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		r.Body = http.MaxBytesReader(p.c.Writer, r.Body, mostUpload)
		if err := r.ParseMultipartForm(mostForm); err != nil {
			return unread(err)
		}
	} else {
		r.Body = http.MaxBytesReader(p.c.Writer, r.Body, mostForm)
		if err := r.ParseForm(); err != nil {
			return unread(err)
		}
	}
	p.Form = r.PostForm
	if p.SignedIn && subtle.ConstantTimeCompare([]byte(p.Form.Get("csrf")), []byte(p.CSRF())) != 1 {
		return award.Refuse(award.Forbidden, "D-93", "form_foreign")
	}
	for name, values := range p.Form {
		for i, value := range values {
			if !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
				return award.Refuse(award.Invalid, "", "request_malformed")
			}
			p.Form[name][i] = strings.ReplaceAll(value, "\r\n", "\n") // as browsers send what was typed as one sign
		}
	}
	return nil
}

func unread(err error) error {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return award.Refuse(award.Invalid, "D-35", "evidence_too_large", mostUpload>>20)
	}
	return award.Refuse(award.Invalid, "", "request_malformed")
}

// cookieName is a cookie's name with the browser: over TLS one that no sibling of
// our host may set, so that nobody is carried into a session of another's.
func (c *Console) cookieName(g *gin.Context, name string) string {
	if c.secure(g) {
		return "__Host-" + name
	}
	return name
}

// secure reports whether the browser speaks TLS, to us or to a proxy before us.
func (c *Console) secure(g *gin.Context) bool { return c.Secure || g.Request.TLS != nil }

func (c *Console) cookie(g *gin.Context, name string) string {
	kept, err := g.Request.Cookie(c.cookieName(g, name))
	if err != nil {
		return ""
	}
	return kept.Value
}

// setCookie keeps a value with the reader's browser; an empty one takes it away.
// A life of 0 ends with the browser.
func (p *page) setCookie(name, value string, life time.Duration) {
	age := int(life.Seconds())
	if value == "" {
		age = -1
	}
	http.SetCookie(p.c.Writer, &http.Cookie{
		Name: p.console.cookieName(p.c, name), Value: value, Path: "/", MaxAge: age, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: p.console.secure(p.c),
	})
}

// CSRF is what every form of the session carries: nobody makes it who has not
// the cookie, and the cookie can not be made of it.
func (p *page) CSRF() string {
	sum := sha256.Sum256([]byte("csrf\n" + p.token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// FormKey is what makes a form, however often it is sent, one act.
func (p *page) FormKey() string { return rand.Text() }

// key is the act of a form: the same form with the same content is the same act,
// and a form changed after going back in the browser is another. step tells apart
// the acts of one form.
func (p *page) key(step string) acts.Key {
	said := p.Form.Encode()
	if m := p.c.Request.MultipartForm; m != nil {
		for name, sent := range m.File {
			for _, f := range sent {
				said += fmt.Sprintf("&%s=%s/%d", name, f.Filename, f.Size)
			}
		}
	}
	digest := sha256.Sum256([]byte(said))
	key := acts.Key{Method: http.MethodPost, Path: p.c.Request.URL.Path + step, Body: digest}
	if form := p.Form.Get("key"); form != "" && len(form) < 100 {
		key.Key = form + "-" + hex.EncodeToString(digest[:8])
	}
	return key
}

// ctx is the request's own: gin's is used again for the next one.
func (p *page) ctx() context.Context { return p.c.Request.Context() }

// by returns who asks.
func (p *page) by() award.Officer { return p.Session.Officer }

func (p *page) redirect(to string) { p.c.Redirect(http.StatusSeeOther, to) }

// done goes on to a page that says what has been done.
func (p *page) done(to, said string) error {
	sign := "?"
	if strings.Contains(to, "?") {
		sign = "&"
	}
	p.redirect(to + sign + "done=" + said)
	return nil
}

// show writes a page.
func (p *page) show(name, title string, data any) error {
	p.Title, p.Data = title, data
	p.nameDefects()
	if said := p.c.Query("done"); said != "" && p.Saved == "" && p.Refusal == nil && p.has("done_"+said) {
		p.Saved = p.T("done_" + said)
	}
	var out bytes.Buffer
	if err := p.console.pages[name].ExecuteTemplate(&out, "page.html", p); err != nil {
		return fmt.Errorf("write the page %s: %w", name, err)
	}
	h := p.c.Writer.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Content-Language", p.Language)
	h.Set("Vary", "Cookie, Accept-Language")
	h.Set("Cache-Control", "no-store") // the next at this machine goes back to nothing
	p.c.Data(p.status, "text/html; charset=utf-8", out.Bytes())
	return nil
}

// nameDefects puts the name of its field before each defect above the page: 必填
// alone says nothing there.
func (p *page) nameDefects() {
	if p.Refusal == nil {
		return
	}
	for i, item := range p.Refusal.Items {
		if label := p.labels[item.ID]; label != "" && !strings.HasPrefix(item.Text, label) {
			p.Refusal.Items[i].Text = label + p.T("colon") + item.Text
		}
	}
}

// T says a text in the reader's language.
func (p *page) T(key string, args ...any) string {
	return p.console.texts.Say(p.Language, key, args...)
}

func (p *page) has(key string) bool { return p.console.texts.Say(p.Language, key) != key }

// With gives a part of a page what it shows beside the page itself.
func (p *page) With(data any) map[string]any { return map[string]any{"Page": p, "Data": data} }

// Word says the word of a kind for a value, such as filestate for draft.
func (p *page) Word(kind string, value any) string { return p.T(kind + "_" + fmt.Sprint(value)) }

// Path is where the reader is, for the switches to come back to: after a form
// that was refused, the page that it stood on. An answer of the identity provider
// is read once.
func (p *page) Path() string {
	if p.c.Request.URL.Path == returnAt {
		return "/sign-in"
	}
	if p.c.Request.Method == http.MethodGet {
		return p.c.Request.URL.RequestURI()
	}
	from, err := url.Parse(p.c.Request.Referer())
	if err != nil || from.Host != p.c.Request.Host {
		return "/"
	}
	return local(from.RequestURI(), "/")
}

// In reports whether the reader is in a part of the site.
func (p *page) In(part string) bool {
	path := p.c.Request.URL.Path
	return path == part || strings.HasPrefix(path, part+"/")
}

// InFiles reports whether the reader is with files.
func (p *page) InFiles() bool {
	return p.In("/files") || p.In("/rounds") && strings.Contains(p.c.Request.URL.Path, "/files")
}

// Expert reports whether the reader judges files; alone, whether it does nothing
// else here.
func (p *page) Expert(alone bool) bool {
	return alone && p.by().ExpertAlone() || !alone && p.by().Has(award.RoleExpert)
}

// InMarking reports whether the reader is with a file to be judged.
func (p *page) InMarking() bool {
	return p.In("/rounds") && strings.Contains(p.c.Request.URL.Path, "/marking/")
}

// InRounds reports whether the reader is with a round and not with its files.
func (p *page) InRounds() bool { return p.In("/rounds") && !p.InFiles() && !p.InMarking() }

// InAdministration reports whether the reader is with what outlives a round.
func (p *page) InAdministration() bool {
	return p.In("/administration") || p.In("/standards") || p.In("/calendars") || p.In("/register") || p.In("/reports") || p.In("/rechecks")
}

// Web reports whether a text is the address of a page.
func (p *page) Web(link string) bool {
	u, err := url.Parse(link)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https")
}

// Sum adds two numbers.
func (p *page) Sum(a, b int) int { return a + b }

// Plus is the number of a block, of which the first is 1.
func (p *page) Plus(place int) int { return place + 1 }

// Until writes an exclusive instant: 2026年11月30日 24:00止.
func (p *page) Until(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	if p.Language == "zh-CN" {
		return award.Until(t)
	}
	t = t.In(award.Beijing)
	if t.Equal(award.DateOf(t).Starts()) {
		return t.AddDate(0, 0, -1).Format("until 24:00 on 2 January 2006")
	}
	return t.Format("until 15:04 on 2 January 2006")
}

// At writes an instant.
func (p *page) At(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	if p.Language == "zh-CN" {
		return t.In(award.Beijing).Format("2006年1月2日 15:04")
	}
	return t.In(award.Beijing).Format("2 January 2006, 15:04")
}

// Day writes the day of an instant.
func (p *page) Day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	if p.Language == "zh-CN" {
		return t.In(award.Beijing).Format("2006年1月2日")
	}
	return t.In(award.Beijing).Format("2 January 2006")
}

// Wrong returns what is wrong with the field of the ID.
func (p *page) Wrong(id string) string {
	if p.Refusal == nil {
		return ""
	}
	for _, d := range p.Refusal.Items {
		if d.ID == id {
			return d.Text
		}
	}
	return ""
}

// Text makes a field of one line out of what was typed, else of what is known.
func (p *page) Text(id, label, known string) field {
	if p.Form.Has(id) {
		known = p.Form.Get(id)
	}
	if p.labels == nil {
		p.labels = make(map[string]string)
	}
	p.labels[id] = label
	return field{ID: id, Kind: "text", Label: label, Value: known, Wrong: p.Wrong(id)}
}

// Lines makes a field of several lines.
func (p *page) Lines(id, label, known string) field {
	f := p.Text(id, label, known)
	f.Kind, f.Rows = "lines", 4
	return f
}

// Select makes a field of choices.
func (p *page) Select(id, label, known string, choices []choice) field {
	f := p.Text(id, label, known)
	f.Kind, f.Choices = "select", choices
	return f
}

// Radio makes a field of few choices that all are seen.
func (p *page) Radio(id, label, known string, choices []choice) field {
	f := p.Select(id, label, known, choices)
	f.Kind = "radio"
	return f
}

// field is one field of a form, with its label and what is wrong with it. Its ID
// is the RFC 6901 pointer of what it fills, with strokes for slashes.
type field struct {
	ID, Kind, Label, Value, Help, Wrong, Complete string
	Accept                                        string // endings of files; "": those of evidence
	Required                                      bool
	Rows, Most                                    int
	Many                                          bool // files
	Choices                                       []choice
	Numeric                                       bool // digits come first on a telephone
}

type choice struct{ Value, Label string }

// as returns the field with its changes.
func (f field) as(change func(*field)) field { change(&f); return f }

func required(f *field) { f.Required = true }

// integer reads a number of the path.
func (p *page) integer(name string) (int64, error) {
	n, err := strconv.ParseInt(p.c.Param(name), 10, 64)
	if err != nil || n < 1 {
		return 0, award.Refuse(award.NotFound, "", "not_found")
	}
	return n, nil
}

// after reads where a list goes on.
func (p *page) after() int64 {
	n, err := strconv.ParseInt(p.c.Query("after"), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// next returns the address of the following page of a list, its filters kept.
func (p *page) next(last int64) string {
	q := p.c.Request.URL.Query()
	q.Set("after", strconv.FormatInt(last, 10))
	q.Del("done")
	return p.c.Request.URL.Path + "?" + q.Encode()
}

// listed is how many rows a page of a list shows.
const listed = 50
