package console

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"shifan/internal/acts"
	"shifan/internal/award"
	"shifan/internal/sheet"
)

// StandardText reads and writes a standard as the API has it, to be exchanged
// with other programs.
type StandardText interface {
	Read(text []byte) (award.Standard, error)
	Write(to io.Writer, s award.Standard) error
}

// serveStandards lays out the pages of standards (指导标准).
func (c *Console) serveStandards(r gin.IRouter) {
	r.GET("/standards", c.inside(c.standards))
	r.GET("/standards/new", c.inside(c.newStandard))
	r.POST("/standards", c.inside(c.postStandard))
	r.GET("/standards/:standard", c.inside(c.standard))
	r.GET("/standards/:standard/workbook", c.inside(c.standardWorkbook))
	r.GET("/standards/:standard/text", c.inside(c.standardText))
	r.POST("/standards/:standard/content", c.inside(c.postStandardContent))
	r.POST("/standards/:standard/copies", c.inside(c.postStandardCopy))
	r.GET("/standards/:standard/publication", c.inside(c.standardPublication))
	r.POST("/standards/:standard/publication", c.inside(c.postStandardPublication))
	r.GET("/rounds/:round/offices/:office/sub-items/:category", c.inside(c.subItems))
	r.POST("/rounds/:round/offices/:office/sub-items/:category", c.inside(c.postSubItems))
	r.GET("/rounds/:round/offices/:office/sub-items/:category/workbook", c.inside(c.subItemsWorkbook))
}

func standardAt(id int64) string { return fmt.Sprintf("/standards/%d", id) }

// standards lists those the reader may read, newest first.
func (c *Console) standards(p *page) error {
	category := award.Category(p.c.Query("category"))
	found, err := c.Acts.Standards(p.ctx(), p.by(), acts.StandardQuery{Category: category, Before: p.after(), Limit: listed})
	if err != nil {
		return err
	}
	choices := []choice{{"", p.T("label_any")}}
	for _, known := range award.Categories() {
		choices = append(choices, choice{string(known), p.Word("category", known)})
	}
	data := struct {
		Standards []acts.StandardHead
		Category  field
		May       bool
		Next      string
	}{Standards: found, Category: p.Select("category", p.T("label_category"), string(category), choices), May: p.mayDraft()}
	if len(found) == listed {
		data.Next = p.next(found[listed-1].ID)
	}
	return p.show("standards", p.T("page_standards"), data)
}

func (p *page) mayDraft() bool { return p.may(award.ActDraftStandard, acts.Row{Owner: p.by().Office}) }

// standardPage is one standard, as a tree.
type standardPage struct {
	acts.StandardHead
	At      string
	Blocks  []shownBlock
	Max     award.Points
	Leaves  int
	Gates   []string // codes
	Vetoes  []string
	Rounds  []acts.RoundStanding // that use it
	Digest  string
	Publish bool // what may be done; so below
	Import  bool
	Draft   bool
	File    field
}

// shownBlock is a first-level heading with its indicators in words.
type shownBlock struct {
	Title   string
	Max     award.Points
	Minimum award.Points // 0: none
	Leaves  []shownLeaf
}

// shownLeaf is an indicator with how points come of it, and a province's
// sub-items.
type shownLeaf struct {
	award.Leaf
	How   string
	Items award.SubItems
}

func (p *page) blocks(s award.Standard, items award.SubItems) []shownBlock {
	out := make([]shownBlock, len(s.Blocks))
	for i, b := range s.Blocks {
		out[i] = shownBlock{Title: b.Title, Max: b.Maximum(), Minimum: b.Minimum}
		for _, l := range b.Leaves {
			out[i].Leaves = append(out[i].Leaves, shownLeaf{l, p.how(l), items.Of(l.Code)})
		}
	}
	return out
}

// readStandard reads the standard of the path with what may be done to it.
func (c *Console) readStandard(p *page) (standardPage, award.Standard, error) {
	id, err := p.integer("standard")
	if err != nil {
		return standardPage{}, award.Standard{}, err
	}
	record, err := c.Acts.StandardRecord(p.ctx(), p.by(), id)
	if err != nil {
		return standardPage{}, award.Standard{}, err
	}
	s := record.Standard
	data := standardPage{
		StandardHead: record.StandardHead, At: standardAt(id), Blocks: p.blocks(s, nil), Max: s.Maximum(), Leaves: len(s.Leaves()),
		Digest: fmt.Sprintf("%x", record.SHA256), Draft: p.mayDraft(), File: p.standardFile(),
	}
	for _, l := range s.Leaves() {
		if l.Gate {
			data.Gates = append(data.Gates, l.Code)
		}
		if l.Veto {
			data.Vetoes = append(data.Vetoes, l.Code)
		}
	}
	row := acts.Row{Owner: data.Owner}
	data.Publish = data.Version == 0 && p.may(award.ActPublishStandard, row)
	data.Import = data.Version == 0 && p.may(award.ActImportStandard, row)
	return data, s, nil
}

// standardFile is where a standard is chosen as a file.
func (p *page) standardFile() field {
	return field{
		ID: "file", Kind: "file", Accept: ".xlsx,.json", Label: p.T("label_standard_file"), Help: p.T("help_standard_file"),
		Wrong: p.Wrong("file"), Required: true,
	}
}

// standard shows one.
func (c *Console) standard(p *page) error {
	data, _, err := c.readStandard(p)
	if err != nil {
		return err
	}
	if data.Rounds, err = c.Acts.Rounds(p.ctx(), p.by(), acts.RoundQuery{Standard: data.ID, Limit: listed}); err != nil {
		return err
	}
	return p.show("standard", data.Title, data)
}

// standardWorkbook sends it as a workbook.
func (c *Console) standardWorkbook(p *page) error {
	_, s, err := c.readStandard(p)
	if err != nil {
		return err
	}
	return p.workbook(s.Title+".xlsx", func(to io.Writer) error { return sheet.WriteStandard(to, s) })
}

// standardText sends it as the API has it.
func (c *Console) standardText(p *page) error {
	_, s, err := c.readStandard(p)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := c.Standards.Write(&text, s); err != nil {
		return fmt.Errorf("write a standard: %w", err)
	}
	p.attach(s.Title+".json", "application/json; charset=utf-8")
	p.c.Data(http.StatusOK, p.c.Writer.Header().Get("Content-Type"), text.Bytes())
	return nil
}

// sentStandard reads the standard that was sent as a file, a workbook or a text;
// locate brings what is wrong with it back to the workbook's rows.
func (c *Console) sentStandard(p *page) (s award.Standard, locate func(error) error, err error) {
	locate = func(err error) error { return err }
	file, err := p.spreadsheet("file")
	if err != nil {
		return s, locate, err
	}
	if strings.EqualFold(path.Ext(p.c.Request.MultipartForm.File["file"][0].Filename), ".json") {
		s, err = c.Standards.Read(file)
		return s, locate, err
	}
	book, err := sheet.ReadStandard(file)
	return book.Standard, book.Locate, err
}

// mostCellsNamed is how many wrong cells of a file one page names.
const mostCellsNamed = 50

// inFile leads what is wrong with a file to its field, and says where in the file
// each defect is.
func (p *page) inFile(id string) {
	if p.Refusal == nil {
		return
	}
	items := p.Refusal.Items
	if len(items) == 0 {
		items = []defect{{Text: p.Refusal.Detail}}
	}
	p.Refusal.Items = nil
	for i, item := range items {
		said := item.Text
		if row, column, cell := strings.Cut(item.ID, "-"); cell && number(row) > 0 {
			said = p.T("cell_says", row, column, said)
		} else if item.ID != id && item.ID != "" {
			said = "/" + strings.ReplaceAll(item.ID, "-", "/") + p.T("colon") + said
		}
		if i == mostCellsNamed {
			said = p.T("cells_more", len(items)-mostCellsNamed)
		}
		p.Refusal.Items = append(p.Refusal.Items, defect{ID: id, Href: "#" + id, Text: said})
		if i == mostCellsNamed {
			break
		}
	}
}

// newStandard asks for a file.
func (c *Console) newStandard(p *page) error {
	if !p.mayDraft() {
		return award.Refuse(award.Forbidden, "N 三", "forbidden_"+string(award.ActDraftStandard))
	}
	return p.show("standard_new", p.T("act_draft-standard"), p.standardFile())
}

// postStandard drafts a standard from a file.
func (c *Console) postStandard(p *page) error {
	s, locate, err := c.sentStandard(p)
	var done acts.Done[acts.StandardHead]
	if err == nil {
		done, err = c.Acts.DraftStandard(p.ctx(), p.by(), p.key(""), s)
	}
	if err == nil {
		return p.done(standardAt(done.Result.ID), "standard_drafted")
	}
	if err := p.refused(locate(err)); err != nil {
		return err
	}
	p.inFile("file")
	return c.newStandard(p)
}

// postStandardCopy drafts a standard that says what another says.
func (c *Console) postStandardCopy(p *page) error {
	_, s, err := c.readStandard(p)
	if err != nil {
		return err
	}
	done, err := c.Acts.DraftStandard(p.ctx(), p.by(), p.key(""), s)
	if err == nil {
		return p.done(standardAt(done.Result.ID), "standard_copied")
	}
	if err := p.refused(err); err != nil {
		return err
	}
	return c.standard(p)
}

// postStandardContent replaces what a draft says by a file.
func (c *Console) postStandardContent(p *page) error {
	id, err := p.integer("standard")
	if err != nil {
		return err
	}
	s, locate, err := c.sentStandard(p)
	if err == nil {
		_, err = c.Acts.ImportStandard(p.ctx(), p.by(), p.key(""), id, p.revision(), s)
	}
	if err == nil {
		return p.done(standardAt(id), "standard_imported")
	}
	if err := p.refused(locate(err)); err != nil {
		return err
	}
	p.inFile("file")
	return c.standard(p)
}

// standardPublication asks once more: what is published stays as it is.
func (c *Console) standardPublication(p *page) error {
	data, _, err := c.readStandard(p)
	if err != nil {
		return err
	}
	if !data.Publish && p.Refusal == nil {
		p.redirect(data.At)
		return nil
	}
	return p.show("standard_publication", p.T("act_publish-standard"), data)
}

// postStandardPublication publishes it.
func (c *Console) postStandardPublication(p *page) error {
	id, err := p.integer("standard")
	if err != nil {
		return err
	}
	_, err = c.Acts.PublishStandard(p.ctx(), p.by(), p.key(""), id, p.revision())
	if err == nil {
		return p.done(standardAt(id), "standard_published")
	}
	if err := p.refused(err); err != nil {
		return err
	}
	return c.standardPublication(p)
}

// subItemsPage is a standard with the sub-items of a recommending office (细则).
type subItemsPage struct {
	office
	Set    acts.SubItems
	Here   string // the page's address
	Title  string // of the category
	Blocks []shownBlock
	May    bool
	File   field
}

// subItems shows them.
func (c *Console) subItems(p *page) error {
	category := award.Category(p.c.Param("category"))
	var o office
	var err error
	if o.Round, err = c.Acts.Round(p.ctx(), p.by(), p.c.Param("round")); err != nil {
		return err
	}
	if o.Office, err = c.Acts.Office(p.ctx(), p.by(), o.Round.ID, p.c.Param("office")); err != nil {
		return err
	}
	o.At = officeAt(o.Round.ID, o.Office.Code)
	items, err := c.Acts.SubItems(p.ctx(), p.by(), o.Round.ID, o.Office.Code, category)
	if err != nil {
		return err
	}
	data := subItemsPage{office: o, Set: items, Here: o.At + "/sub-items/" + string(category), Blocks: p.blocks(items.Standard, items.Items)}
	i := slices.IndexFunc(o.Round.Categories, func(rule acts.RoundCategory) bool { return rule.Category == category })
	data.Title = o.Round.Categories[i].Title
	data.May = !items.Fixed && o.may(p, award.ActImportSubItems)
	data.File = field{ID: "workbook", Kind: "file", Accept: ".xlsx", Label: p.T("label_workbook"), Help: p.T("help_sub_items"), Wrong: p.Wrong("workbook")}
	return p.show("sub_items", p.T("page_sub_items"), data)
}

// subItemsWorkbook sends the workbook to be filled in.
func (c *Console) subItemsWorkbook(p *page) error {
	items, err := c.Acts.SubItems(p.ctx(), p.by(), p.c.Param("round"), p.c.Param("office"), award.Category(p.c.Param("category")))
	if err != nil {
		return err
	}
	return p.workbook(p.T("page_sub_items")+".xlsx", func(to io.Writer) error { return sheet.WriteSubItems(to, items) })
}

// postSubItems sets them from a filled workbook.
func (c *Console) postSubItems(p *page) error {
	in := acts.SetSubItems{Round: p.c.Param("round"), Office: p.c.Param("office"), Category: award.Category(p.c.Param("category")), Revision: p.revision()}
	file, err := p.spreadsheet("workbook")
	var book sheet.SubItemSheet
	if err == nil {
		book, err = sheet.ReadSubItems(file)
	}
	if err == nil {
		in.Items = book.Items
		_, err = c.Acts.ImportSubItems(p.ctx(), p.by(), p.key(""), in)
	}
	if err == nil {
		return p.done(officeAt(in.Round, in.Office)+"/sub-items/"+string(in.Category), "sub_items")
	}
	if err := p.refused(book.Locate(err)); err != nil {
		return err
	}
	p.inFile("workbook")
	return c.subItems(p)
}
