package server

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"strings"

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
	body   *openapi3.Schema // nil: none
	must   bool             // the body is required
	public bool             // no key is asked for
	act    bool             // it changes something
}

var pathParameter = regexp.MustCompile(`\{([a-z_]+)\}`)

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
				media := op.RequestBody.Value.Content.Get("application/json")
				if media == nil {
					return nil, fmt.Errorf("%s takes a body that is no JSON", op.OperationID)
				}
				o.body, o.must = media.Schema.Value, op.RequestBody.Value.Required
				bound(o.body)
			}
			c.operations[method+" "+prefix+pathParameter.ReplaceAllString(path, ":$1")] = o
		}
	}
	return c, nil
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
