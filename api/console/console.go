// Package console is the pages (工作台): what offices, the administration and the
// public do and read in a browser, without a script. Every page asks the same
// functions of internal/acts as the API; no rule, no SQL and no word to Temporal
// belongs here.
package console

import (
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"path"
	"strings"

	"github.com/gin-gonic/gin"

	"shifan/api/server/text"
	"shifan/internal/acts"
)

//go:embed templates/*.html templates/frame/*.html static/* text/*.json
var files embed.FS

// Options are what the pages work with.
type Options struct {
	Acts       *acts.Acts
	Standards  StandardText
	Log        *slog.Logger
	Secure     bool             // cookies go over TLS alone
	TemporalUI string           // where operators see the procedure; "": no link
	Namespace  string           // of Temporal
	Identities IdentityProvider // nil: officers sign in with their accounts alone
}

// Console serves the pages.
type Console struct {
	Options
	texts text.Texts
	pages map[string]*template.Template
	same  *http.CrossOriginProtection
}

// New returns the pages, or says which template or catalog is broken.
func New(o Options) (*Console, error) {
	words, err := fs.Sub(files, "text")
	if err != nil {
		return nil, fmt.Errorf("find the words: %w", err)
	}
	c := &Console{Options: o, pages: make(map[string]*template.Template), same: http.NewCrossOriginProtection()}
	if c.texts, err = text.Read(words); err != nil {
		return nil, fmt.Errorf("read the words: %w", err)
	}
	shared, err := template.ParseFS(files, "templates/frame/*.html")
	if err != nil {
		return nil, fmt.Errorf("read the frame: %w", err)
	}
	names, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("list the pages: %w", err)
	}
	for _, name := range names {
		framed, err := shared.Clone()
		if err == nil {
			framed, err = framed.ParseFS(files, name)
		}
		if err != nil {
			return nil, fmt.Errorf("read the page %s: %w", name, err)
		}
		c.pages[strings.TrimSuffix(path.Base(name), ".html")] = framed
	}
	return c, nil
}

// Serve lays out every page. reads and says tell whether an address may ask, or
// say something, without having signed in.
func (c *Console) Serve(r gin.IRouter, reads, says func(g *gin.Context) bool) {
	r.GET("/static/:file", c.static)
	r.POST("/preferences", c.open(c.postPreferences))

	sends := r.Group("", c.seldom(says))
	sends.POST("/notices/:id/objection", c.open(c.postObjection))
	sends.POST("/receipts/attachments", c.open(c.postAttachments))
	sends.POST("/titles/:number/report", c.open(c.postHolderReport))

	public := r.Group("", c.seldom(reads))
	public.GET("/", c.open(c.home))
	public.GET("/notices", c.open(c.notices))
	public.GET("/notices/:id", c.open(c.notice))
	public.GET("/notices/:id/objection", c.open(c.objection))
	public.GET("/receipts", c.open(c.receipts))
	public.POST("/receipts", c.open(c.postReceipt))
	public.GET("/titles", c.open(c.titles))
	public.GET("/titles/:number", c.open(c.title))
	public.GET("/titles/:number/qr.png", c.open(c.titleQR))
	public.GET("/titles/:number/report", c.open(c.reportHolder))
	public.GET("/progress", c.open(c.progress))
	public.GET("/spot-checks/:round", c.open(c.spotCheck))
	public.GET("/sign-in", c.open(c.signIn))
	public.POST("/sign-in", c.open(c.postSignIn))
	public.POST("/sign-in/key", c.open(c.postSignInByKey))
	c.serveIdentity(public)

	r.POST("/sign-out", c.inside(c.postSignOut))
	r.GET("/password", c.inside(c.password))
	r.POST("/password", c.inside(c.postPassword))
	r.POST("/password/unbinding", c.inside(c.postUnbinding))
	r.GET("/todo", c.inside(c.todo))
	r.GET("/messages", c.inside(c.messages))
	r.POST("/messages/:id/reading", c.inside(c.postReading))

	r.GET("/staff", c.inside(c.staff))
	r.POST("/staff", c.inside(c.postOfficer))
	r.POST("/staff/:officer/login", c.inside(c.postLogin))
	r.POST("/staff/:officer/disabling", c.inside(c.postDisabling))

	r.GET("/rounds", c.inside(c.rounds))
	r.GET("/rounds/:round", c.inside(c.round))
	r.GET("/rounds/:round/units", c.inside(c.units))
	r.GET("/files", c.inside(c.latestFiles))
	r.GET("/rounds/:round/files", c.inside(c.filesOf))
	r.POST("/rounds/:round/files", c.inside(c.postFile))
	r.GET("/rounds/:round/files/:file", c.inside(c.file))
	r.GET("/rounds/:round/files/:file/form", c.inside(c.form))
	r.POST("/rounds/:round/files/:file/form", c.inside(c.postForm))
	r.POST("/rounds/:round/files/:file/endorsement", c.inside(c.postEndorsement))
	r.POST("/rounds/:round/files/:file/form-scan", c.inside(c.postFormScan))
	r.POST("/rounds/:round/files/:file/withdrawal", c.inside(c.postWithdrawal))
	r.POST("/rounds/:round/files/:file/call-up", c.inside(c.postCallUp))

	r.GET("/administration", c.inside(c.administration))
	c.serveAdministrator(r)
	c.serveCalendars(r)
	c.serveStandards(r)
	c.serveReports(r)
	c.serveRechecks(r)
	c.serveDesk(r)
	c.serveInspection(r)
	c.serveNationalMarks(r)
	c.serveDepartments(r)
	c.serveBulk(r)

	r.GET("/rounds/:round/self-checks/:unit/:category", c.inside(c.selfCheck))
	r.POST("/rounds/:round/self-checks/:unit/:category", c.inside(c.postSelfCheck))
	r.GET("/rounds/:round/self-checks/:unit/:category/evidence/:leaf", c.inside(c.evidence))
	r.POST("/rounds/:round/self-checks/:unit/:category/evidence/:leaf", c.inside(c.postEvidence))
	r.GET("/evidence/:sha256", c.inside(c.download))

	r.GET("/marking", c.inside(c.tasks))
	r.GET("/rounds/:round/marking/:file", c.inside(c.marking))
	r.POST("/rounds/:round/marking/:file", c.inside(c.postMarking))
	r.POST("/rounds/:round/marking/:file/recusal", c.inside(c.postRecusal))
	r.GET("/rounds/:round/experts", c.inside(c.experts))
	r.POST("/rounds/:round/experts", c.inside(c.postAssignment))
	r.GET("/rounds/:round/experts/:officer", c.inside(c.expert))
	r.POST("/rounds/:round/experts/:officer", c.inside(c.postExpert))
	r.GET("/rounds/:round/committees/:office", c.inside(c.committee))
	r.POST("/rounds/:round/committees/:office/members", c.inside(c.postMembers))
	r.POST("/rounds/:round/committees/:office/meetings", c.inside(c.postMeeting))
	r.POST("/rounds/:round/committees/:office/motions", c.inside(c.postMotions))
	r.GET("/rounds/:round/committees/:office/motions/:motion", c.inside(c.motion))
	r.POST("/rounds/:round/committees/:office/motions/:motion/votes", c.inside(c.postVotes))
	r.POST("/rounds/:round/committees/:office/motions/:motion/closing", c.inside(c.postClosing))

	r.GET("/objections", c.inside(c.objections))
	r.GET("/objections/new", c.inside(c.entry))
	r.POST("/objections/new", c.inside(c.postEntry))
	r.GET("/objections/:objection", c.inside(c.objectionCase))
	r.POST("/objections/:objection/:step", c.inside(c.postCase))
	r.GET("/objections/:objection/files/:sha256", c.inside(c.objectionFile))
	r.GET("/commissions", c.inside(c.commissions))
	r.POST("/commissions/:commission/report", c.inside(c.postReport))
	r.GET("/rounds/:round/log", c.inside(c.log))
	r.GET("/rounds/:round/log/verification", c.inside(c.verification))
}

// static sends the style sheet and the mark.
func (c *Console) static(g *gin.Context) {
	name := g.Param("file")
	content, err := files.ReadFile("static/" + name)
	if err != nil {
		g.Status(http.StatusNotFound)
		return
	}
	kind := "text/css; charset=utf-8"
	if strings.HasSuffix(name, ".svg") {
		kind = "image/svg+xml"
	}
	g.Header("Cache-Control", "public, max-age=3600")
	g.Header("X-Content-Type-Options", "nosniff")
	g.Data(http.StatusOK, kind, content)
}
