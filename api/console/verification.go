package console

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/url"
	"strings"

	"github.com/boombuler/barcode/qr"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// numberField is where the number of a title is typed.
func (p *page) numberField() field {
	return p.Text("number", p.T("label_title_number"), p.c.Query("number")).as(func(f *field) {
		f.Required, f.Help = true, p.T("help_title_number")
	})
}

// titles verifies a title by its number (称号查验) and goes on to its page.
func (c *Console) titles(p *page) error {
	number := strings.TrimSpace(p.c.Query("number"))
	f := p.numberField()
	if number != "" {
		found, err := c.Acts.PublicTitle(p.ctx(), number)
		if err == nil {
			p.redirect(verifyAt(found.Number))
			return nil
		}
		if award.CodeOf(err) != award.NotFound {
			return err
		}
		f.Wrong = p.T("title_not_given")
	}
	return p.show("titles", p.T("page_titles"), map[string]any{"Number": f})
}

// verifyAt is the page of a title, which its plaque leads to.
func verifyAt(number string) string { return "/titles/" + url.PathEscape(number) }

// titlePage is what anybody may know of a title.
type titlePage struct {
	acts.Title
	Address  string // whole, as the QR code bears it
	QR       string
	ReportAt string // where it is reported
	Head     string // of the log
}

// title shows whether a title is good, and what has become of it (称号查验结果).
func (c *Console) title(p *page) error {
	found, err := c.Acts.PublicTitle(p.ctx(), p.c.Param("number"))
	if err != nil {
		return err
	}
	data := titlePage{Title: found, Address: p.address(verifyAt(found.Number)), QR: verifyAt(found.Number) + "/qr.png", ReportAt: verifyAt(found.Number) + "/report"}
	if data.Head, err = c.logHead(p); err != nil {
		return err
	}
	return p.show("title", found.Number, data)
}

// address writes the whole address of one of our pages.
func (p *page) address(path string) string {
	scheme := "http"
	if p.console.Secure || p.c.Request.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + p.c.Request.Host + path
}

// The size of a QR code's picture, in pixels: a side of its smallest square, and
// the margin of four squares that ISO/IEC 18004 asks for.
const (
	qrSquare = 6
	qrMargin = 4 * qrSquare
)

// titleQR draws the address of a title's page (查验二维码), to be printed on its
// certificate.
func (c *Console) titleQR(p *page) error {
	found, err := c.Acts.PublicTitle(p.ctx(), p.c.Param("number"))
	if err != nil {
		return err
	}
	code, err := qr.Encode(p.address(verifyAt(found.Number)), qr.M, qr.Auto)
	if err != nil {
		return fmt.Errorf("draw the QR code of title %s: %w", found.Number, err)
	}
	side := code.Bounds().Dx()*qrSquare + 2*qrMargin
	picture := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{color.White, color.Black})
	for y := range side - 2*qrMargin {
		for x := range side - 2*qrMargin {
			picture.Set(x+qrMargin, y+qrMargin, code.At(x/qrSquare, y/qrSquare))
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		return fmt.Errorf("write the QR code of title %s: %w", found.Number, err)
	}
	p.c.Header("X-Content-Type-Options", "nosniff")
	p.c.Data(http.StatusOK, "image/png", out.Bytes())
	return nil
}
