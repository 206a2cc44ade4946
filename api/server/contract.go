package server

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gin-gonic/gin"

	"shifan/internal/award"
)

// contract is api/openapi.yaml: the routes are generated from it, and requests
// are held against it as it is read at start.
type contract struct {
	text       []byte
	doc        *openapi3.T
	operations map[string]*operation // by method and route
}

// operation is one operation of the contract.
type operation struct {
	*openapi3.Operation
	method string
	path   string // as in the contract: /rounds/{round}
	inputs []*openapi3.Parameter
	body   *openapi3.Schema // of a JSON body; nil: none
	must   bool             // the body is required
	media  string           // the media type the body must have; empty: none is taken
	most   int64            // the most bytes it may have
	sends  bool             // it answers with a file
	public bool             // no key is asked for
	act    bool             // it changes something
}

var pathParameter = regexp.MustCompile(`\{([a-z0-9_]+)\}`)

// readContract reads and checks the contract.
func readContract(text []byte) (*contract, error) {
	loader := openapi3.NewLoader()
	loader.IncludeOrigin = true // the documentation keeps the order of the file
	doc, err := loader.LoadFromData(text)
	if err != nil {
		return nil, err
	}
	if err := doc.Validate(context.Background()); err != nil {
		return nil, err
	}
	c := &contract{text: text, doc: doc, operations: make(map[string]*operation)}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			o := &operation{
				Operation: op, method: method, path: path, act: method != "GET",
				public: op.Security != nil && len(*op.Security) == 0,
			}
			for _, p := range append(item.Parameters, op.Parameters...) {
				bound(p.Value.Schema.Value)
				o.inputs = append(o.inputs, p.Value)
			}
			if op.RequestBody != nil {
				if err := o.takes(op.RequestBody.Value); err != nil {
					return nil, err
				}
			}
			if done := op.Responses.Value("200"); done != nil {
				o.sends = done.Value.Content.Get(mediaFile) != nil || done.Value.Content.Get(mediaLines) != nil
			}
			c.operations[method+" "+prefix+pathParameter.ReplaceAllString(path, ":$1")] = o
		}
	}
	return c, nil
}

// The media types of bodies, and the most bytes of each.
const (
	mediaJSON  = "application/json"
	mediaSheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" // .xlsx
	mediaFile  = "application/octet-stream"                                          // evidence, read as it comes
	mediaLines = "application/x-ndjson"                                              // the decision log, a row a line; only sent

	mostBody  = 1 << 20   // the longest text of the contract is a report of 100,000 characters
	mostSheet = 16 << 20  // a workbook of 82,006 rows is some 5 MB
	mostFile  = 100 << 20 // what the act itself does not bound lower
)

// takes notes what body the operation takes: exactly one of the media types.
func (o *operation) takes(body *openapi3.RequestBody) error {
	o.must = body.Required
	for media, most := range map[string]int64{mediaJSON: mostBody, mediaSheet: mostSheet, mediaFile: mostFile} {
		if content := body.Content.Get(media); content != nil {
			if o.media != "" || len(body.Content) != 1 {
				return fmt.Errorf("%s takes bodies of more than one kind", o.OperationID)
			}
			o.media, o.most = media, most
			if media == mediaJSON {
				o.body = content.Schema.Value
				bound(o.body)
			}
		}
	}
	if o.media == "" {
		return fmt.Errorf("%s takes a body that is neither JSON, nor a workbook, nor a file", o.OperationID)
	}
	return nil
}

// streams reports whether the body is read by the handler as it comes, and its
// digest not known before: an act that takes one knows its content by its hash.
func (o *operation) streams() bool { return o.media == mediaFile }

// patience bounds how long the operation may take: a file comes and goes over
// slow lines.
func (o *operation) patience() time.Duration {
	if o.streams() || o.sends {
		return streamPatience
	}
	return requestPatience
}

// bound gives every integer that states no bound the record's: what is not
// said to be of 64 bits is kept in 32.
func bound(s *openapi3.Schema) {
	if s.Type.Includes("integer") && s.Format != "int64" {
		least, most := float64(math.MinInt32), float64(math.MaxInt32)
		if s.Min == nil {
			s.Min = &least
		}
		if s.Max == nil {
			s.Max = &most
		}
	}
	for _, p := range s.Properties {
		bound(p.Value)
	}
	if s.Items != nil {
		bound(s.Items.Value)
	}
	if extra := s.AdditionalProperties.Schema; extra != nil {
		bound(extra.Value)
	}
}

// operation returns the operation that is asked for; every route of the group
// is one of the contract.
func (c *contract) operation(g *gin.Context) *operation {
	return c.operations[g.Request.Method+" "+g.FullPath()]
}

// defectsOf writes what a schema has against a value as defects with pointers
// that begin with at.
func defectsOf(at string, err error) []award.Defect {
	switch e := err.(type) { //nolint:errorlint // the validator returns these types bare, nested in one another
	case nil:
		return nil
	case openapi3.MultiError:
		var defects []award.Defect
		for _, one := range e {
			defects = append(defects, defectsOf(at, one)...)
		}
		return defects
	case *openapi3.SchemaError:
		return defectOf(at, e)
	}
	return []award.Defect{{Pointer: at, Key: "value_malformed"}}
}

func defectOf(at string, e *openapi3.SchemaError) []award.Defect {
	pointer := at
	for _, step := range e.JSONPointer() {
		pointer += "/" + pointerEscape.Replace(step)
	}
	one := func(key string, args ...any) []award.Defect {
		return []award.Defect{{Pointer: pointer, Key: key, Args: args}}
	}
	switch e.SchemaField {
	case "properties":
		return nil // unknownFields names them
	case "required":
		return one("field_required")
	case "type", "nullable":
		return one("value_type", strings.Join(e.Schema.Type.Slice(), " / "))
	case "enum":
		return one("value_enum", listOf(e.Schema.Enum))
	case "minLength":
		return one("value_too_short", e.Schema.MinLength)
	case "maxLength":
		return one("value_too_long", *e.Schema.MaxLength)
	case "minItems":
		return one("list_too_short", e.Schema.MinItems)
	case "maxItems":
		return one("list_too_long", *e.Schema.MaxItems)
	case "minimum":
		return one("number_too_small", int64(*e.Schema.Min), e.Value)
	case "maximum":
		return one("number_too_large", int64(*e.Schema.Max), e.Value)
	case "pattern":
		return one("value_pattern", e.Schema.Pattern)
	case "format":
		return one("value_format", e.Schema.Format)
	}
	return one("value_malformed")
}

func listOf(values []any) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = fmt.Sprint(v)
	}
	return strings.Join(texts, ", ")
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1") // RFC 6901
