package server

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gin-gonic/gin"

	"shifan/api/server/text"
	"shifan/internal/award"
)

// docsFiles are the documentation's page and style: made here, served here,
// nothing from elsewhere and no script.
//
//go:embed docs/page.html docs/style.css
var docsFiles embed.FS

// docs is the documentation of the API (接口文档), written once at start from
// the contract that requests are held against.
type docs struct {
	page  []byte
	style []byte
}

// newDocs writes the documentation.
func newDocs(c *contract, t text.Texts) (*docs, error) {
	page, err := template.New("page.html").Funcs(template.FuncMap{"prose": prose}).ParseFS(docsFiles, "docs/page.html")
	if err != nil {
		return nil, fmt.Errorf("read the page: %w", err)
	}
	style, err := docsFiles.ReadFile("docs/style.css")
	if err != nil {
		return nil, fmt.Errorf("read the style: %w", err)
	}
	var out bytes.Buffer
	if err := page.Execute(&out, docsOf(c, t)); err != nil {
		return nil, fmt.Errorf("write the page: %w", err)
	}
	return &docs{page: out.Bytes(), style: style}, nil
}

func (d *docs) servePage(c *gin.Context) {
	c.Header("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	c.Header("X-Content-Type-Options", "nosniff")
	c.Data(http.StatusOK, "text/html; charset=utf-8", d.page)
}

func (d *docs) serveFile(c *gin.Context) {
	if c.Param("file") != "style.css" {
		c.Status(http.StatusNotFound)
		return
	}
	c.Data(http.StatusOK, "text/css; charset=utf-8", d.style)
}

// docsPage is what the page shows.
type docsPage struct {
	Title, Summary, Description string
	Prefix                      string
	Codes                       []docsCode
	Tags                        []docsTag
	Schemas                     []docsSchema
}

type docsCode struct {
	Code             award.Code
	Status           int
	Chinese, English string
}

type docsTag struct {
	Name, Description string
	Operations        []docsOperation
}

type docsOperation struct {
	ID, Method, Path, Summary, Description string
	Short                                  string // the summary's Chinese, for the table of contents
	Public                                 bool
	Inputs                                 []docsField
	Body                                   []docsField
	BodyOptional                           bool
	Answers                                []docsAnswer
	Curl                                   string

	line int
}

type docsAnswer struct {
	Status, Description string
	Fields              []docsField
}

type docsSchema struct {
	Name, Description, Type string
	Fields                  []docsField

	line int
}

// docsField is one field of a body or one input. Depth is how far inside it is.
type docsField struct {
	Name, In, Type, Link, Description string
	Depth                             int
	Required                          bool
}

func docsOf(c *contract, t text.Texts) docsPage {
	page := docsPage{
		Title: c.doc.Info.Title, Summary: c.doc.Info.Summary, Description: c.doc.Info.Description, Prefix: prefix,
	}
	for _, code := range award.Codes() {
		title := "title_" + string(code)
		page.Codes = append(page.Codes, docsCode{code, statusOf[code], t.Say("zh-CN", title), t.Say("en", title)})
	}
	byTag := make(map[string][]docsOperation)
	for _, o := range c.operations {
		byTag[o.Tags[0]] = append(byTag[o.Tags[0]], docsOperationOf(o))
	}
	for _, tag := range c.doc.Tags {
		operations := byTag[tag.Name]
		slices.SortFunc(operations, func(a, b docsOperation) int { return a.line - b.line })
		page.Tags = append(page.Tags, docsTag{tag.Name, tag.Description, operations})
	}
	for name, ref := range c.doc.Components.Schemas {
		s := docsSchema{
			Name: name, Description: ref.Value.Description, Type: typeOf(ref.Value),
			Fields: fieldsOf(ref.Value, 0), line: lineOf(ref.Origin, ref.Value.Origin),
		}
		page.Schemas = append(page.Schemas, s)
	}
	slices.SortFunc(page.Schemas, func(a, b docsSchema) int { return a.line - b.line })
	return page
}

func docsOperationOf(o *operation) docsOperation {
	d := docsOperation{
		ID: o.OperationID, Method: o.method, Path: prefix + o.path, Summary: o.Summary, Description: o.Description,
		Short:  strings.Fields(o.Summary + " -")[0],
		Public: o.public, BodyOptional: !o.must, Curl: curlOf(o), line: lineOf(o.Origin),
	}
	for _, p := range o.inputs {
		d.Inputs = append(d.Inputs, docsField{
			Name: p.Name, In: p.In, Required: p.Required, Type: typeOf(p.Schema.Value), Link: linkOf(p.Schema),
			Description: describe(p.Description, p.Schema.Value),
		})
	}
	if o.body != nil {
		d.Body = refFields(o.RequestBody.Value.Content.Get("application/json").Schema)
	}
	for _, status := range []string{"200", "201", "202"} {
		r := o.Responses.Value(status)
		if r == nil {
			continue
		}
		answer := docsAnswer{Status: status, Description: *r.Value.Description}
		if media := r.Value.Content.Get("application/json"); media != nil {
			answer.Fields = refFields(media.Schema)
		}
		d.Answers = append(d.Answers, answer)
	}
	return d
}

// refFields returns the fields of a body, or the one line that links to the
// named schema it is.
func refFields(ref *openapi3.SchemaRef) []docsField {
	if link := linkOf(ref); link != "" {
		return []docsField{{Type: "object", Link: link, Description: ref.Value.Description}}
	}
	return fieldsOf(ref.Value, 0)
}

// fieldsOf returns the fields of an object in the contract's order, those of
// unnamed objects inside it included.
func fieldsOf(s *openapi3.Schema, depth int) []docsField {
	names := make([]string, 0, len(s.Properties))
	for name := range s.Properties {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return lineOf(s.Properties[a].Origin, s.Properties[a].Value.Origin) - lineOf(s.Properties[b].Origin, s.Properties[b].Value.Origin)
	})
	var fields []docsField
	for _, name := range names {
		ref := s.Properties[name]
		inner, many := ref, ""
		if ref.Ref == "" && ref.Value.Items != nil {
			inner, many = ref.Value.Items, "[]"
		}
		fields = append(fields, docsField{
			Name: name, Depth: depth, Required: slices.Contains(s.Required, name),
			Type: typeOf(inner.Value) + many, Link: linkOf(inner), Description: describe(ref.Value.Description, ref.Value),
		})
		if inner.Ref == "" {
			fields = append(fields, fieldsOf(inner.Value, depth+1)...)
		}
	}
	return fields
}

// lineOf returns the line of the first origin that is known.
func lineOf(origins ...*openapi3.Origin) int {
	for _, o := range origins {
		if o != nil && o.Key != nil {
			return o.Key.Line
		}
	}
	return 0
}

func linkOf(ref *openapi3.SchemaRef) string {
	return strings.TrimPrefix(ref.Ref, "#/components/schemas/")
}

func typeOf(s *openapi3.Schema) string {
	if s.Type == nil {
		return ""
	}
	text := strings.Join(s.Type.Slice(), " | ")
	if s.Format != "" {
		text += " " + s.Format
	}
	return text
}

// describe adds a schema's bounds to its description.
func describe(description string, s *openapi3.Schema) string {
	parts := []string{}
	if description != "" {
		parts = append(parts, description)
	}
	if len(s.Enum) > 0 {
		parts = append(parts, strings.ReplaceAll(listOf(s.Enum), ", ", " · "))
	}
	if s.Pattern != "" {
		parts = append(parts, s.Pattern)
	}
	if s.MaxLength != nil {
		parts = append(parts, span(s.MinLength, *s.MaxLength, "字"))
	}
	if s.MaxItems != nil {
		parts = append(parts, span(s.MinItems, *s.MaxItems, "项"))
	}
	if s.Min != nil && *s.Min != math.MinInt32 {
		parts = append(parts, fmt.Sprintf("≥ %.0f", *s.Min))
	}
	if s.Max != nil && *s.Max != math.MaxInt32 {
		parts = append(parts, fmt.Sprintf("≤ %.0f", *s.Max))
	}
	return strings.Join(parts, "；")
}

func span(least, most uint64, unit string) string {
	if least == 0 {
		return fmt.Sprintf("至多 %d %s", most, unit)
	}
	return fmt.Sprintf("%d–%d %s", least, most, unit)
}

// curlOf writes a call one may copy: an address, a key, and a body with what
// must be in it.
func curlOf(o *operation) string {
	var b strings.Builder
	b.WriteString("curl")
	if o.method != http.MethodGet {
		b.WriteString(" -X " + o.method)
	}
	path := pathParameter.ReplaceAllStringFunc(o.path, func(hole string) string {
		name := strings.Trim(hole, "{}")
		if example, known := docsExamples[name]; known {
			return example
		}
		for _, p := range o.inputs {
			if p.Name == name {
				return fmt.Sprint(sample(p.Schema.Value))
			}
		}
		return hole
	})
	var query []string
	for _, p := range o.inputs {
		if p.In == "query" && p.Required {
			query = append(query, p.Name+"="+docsExamples[p.Name])
		}
	}
	if len(query) > 0 {
		path += "?" + strings.Join(query, "&")
	}
	fmt.Fprintf(&b, ` "$SHIFAN%s%s"`, prefix, path)
	header := func(text string) { b.WriteString(" \\\n  -H " + text) }
	if !o.public {
		header(`"Authorization: Bearer $KEY"`)
	}
	for _, p := range o.inputs {
		switch {
		case p.Name == "Idempotency-Key":
			header(`"Idempotency-Key: $(uuidgen)"`)
		case p.Name == "If-Match" && p.Required:
			header(`"If-Match: 1"`)
		}
	}
	if o.body != nil {
		header(`"Content-Type: application/json"`)
		body, err := json.Marshal(sample(o.body))
		if err == nil {
			fmt.Fprintf(&b, " \\\n  -d '%s'", body)
		}
	}
	if o.streams() {
		header(`"Content-Type: ` + mediaFile + `"`)
		b.WriteString(" \\\n  --data-binary @scan.pdf")
	}
	return b.String()
}

// docsExamples are what the examples are about.
var docsExamples = map[string]string{
	"round": "2026-1", "office": "41", "unit": "410102001", "category": "street",
	"application": "17", "id": "17", "officer": "17", "stage": "recommendation", "number": "2026-street-001",
	"name": "scan.pdf", "type": "pdf", "leaf": "1.1",
	"sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
}

// sample returns the least value that satisfies a schema.
func sample(s *openapi3.Schema) any {
	switch {
	case len(s.Examples) > 0:
		return s.Examples[0]
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.Type.Is("object"):
		object := make(map[string]any)
		for _, name := range s.Required {
			object[name] = sample(s.Properties[name].Value)
		}
		return object
	case s.Type.Is("array"):
		return []any{sample(s.Items.Value)}
	case s.Type.Includes("integer"):
		return 1
	case s.Type.Is("boolean"):
		return true
	case s.Format == "date":
		return "2026-12-31"
	case strings.HasPrefix(s.Pattern, "^[0-9A-Z]"):
		return "41"
	}
	return "…"
}

var (
	proseCode   = regexp.MustCompile("`([^`]+)`")
	proseStrong = regexp.MustCompile(`\*\*([^*]+)\*\*`)
)

// prose writes the contract's descriptions: paragraphs, `code` and **strong**.
func prose(text string) template.HTML {
	var out strings.Builder
	for _, paragraph := range strings.Split(strings.TrimSpace(text), "\n\n") {
		html := template.HTMLEscapeString(paragraph)
		html = proseCode.ReplaceAllString(html, "<code>$1</code>")
		html = proseStrong.ReplaceAllString(html, "<strong>$1</strong>")
		out.WriteString("<p>" + strings.ReplaceAll(html, "\n", "<br>\n") + "</p>\n")
	}
	return template.HTML(out.String()) //nolint:gosec // escaped above; the contract is ours
}
