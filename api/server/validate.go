package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gin-gonic/gin"

	"shifan/internal/award"
)

// requestPatience bounds how long a request may take, the record's locks
// included; the caller may repeat it with the same Idempotency-Key.
const requestPatience = 30 * time.Second

// streamPatience bounds how long a file may take to come over a slow line.
const streamPatience = 10 * time.Minute

// receive reads the body whole, so that its digest is part of the act's key,
// and bounds the request's time. A file is left to its handler.
func (s *Server) receive(c *gin.Context) {
	op := s.contract.operation(c)
	most := int64(mostBody)
	if op.most > 0 {
		most = op.most
	}
	limited := http.MaxBytesReader(c.Writer, c.Request.Body, most)
	var body []byte
	if op.streams() {
		c.Request.Body = limited
	} else {
		var err error
		body, err = io.ReadAll(limited)
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			s.problem(c, award.Refuse(award.Invalid, "", "body_too_large", most>>10))
			return
		}
		if err != nil {
			s.problem(c, award.Refuse(award.Invalid, "", "request_malformed"))
			return
		}
		c.Request.Body = io.NopCloser(bytes.NewReader(body))
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), op.patience())
	defer cancel()
	ctx = context.WithValue(ctx, actKeyKey, newActKey(c.Request, body))
	ctx = context.WithValue(ctx, bodyKey, body)
	ctx = context.WithValue(ctx, languageKey, s.texts.Language(c.GetHeader("Accept-Language")))
	c.Request = c.Request.WithContext(ctx)
	c.Next()
}

// validate holds a request against the contract and refuses it with every
// defect at once. Who may do what is not its business.
func (s *Server) validate(c *gin.Context) {
	op := s.contract.operation(c)
	defects := op.checkInputs(c)
	body, _ := c.Request.Context().Value(bodyKey).([]byte)
	found, err := op.checkBody(c.ContentType(), body)
	if err != nil {
		s.problem(c, err)
		return
	}
	if defects = append(defects, found...); len(defects) > 0 {
		s.problem(c, award.RefuseFields(award.Invalid, "", "request_invalid", defects))
		return
	}
	if op.patience() == streamPatience {
		s.prolong(c)
	}
	c.Next()
}

// prolong lets a connection live as long as a file may take, once it is known
// who sends or reads it; main bounds every other one more narrowly. A writer
// without deadlines, as in tests, needs none moved.
func (s *Server) prolong(c *gin.Context) {
	until := s.now().Add(streamPatience)
	connection := http.NewResponseController(c.Writer)
	for _, err := range []error{connection.SetReadDeadline(until), connection.SetWriteDeadline(until.Add(requestPatience))} {
		if err != nil && !errors.Is(err, http.ErrNotSupported) {
			s.log.WarnContext(c.Request.Context(), "deadline not moved", "error", err)
		}
	}
}

// checkInputs returns what is wrong with path, query and headers. Their
// pointers name where: /query/limit.
func (o *operation) checkInputs(c *gin.Context) []award.Defect {
	var defects []award.Defect
	query := c.Request.URL.Query()
	for _, p := range o.inputs {
		var values []string
		switch p.In {
		case "path":
			values = []string{c.Param(p.Name)}
		case "query":
			values = query[p.Name]
			delete(query, p.Name)
		case "header":
			values = c.Request.Header.Values(p.Name)
		}
		at := "/" + p.In + "/" + pointerEscape.Replace(p.Name)
		switch {
		case len(values) == 0 && p.Required:
			defects = append(defects, award.Defect{Pointer: at, Key: "field_required"})
		case len(values) > 1:
			defects = append(defects, award.Defect{Pointer: at, Key: "value_twice"})
		case len(values) == 1:
			defects = append(defects, checkInput(at, p.Schema.Value, values[0])...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		defects = append(defects, award.Defect{Pointer: "/query/" + pointerEscape.Replace(name), Key: "field_unknown"})
	}
	return defects
}

func checkInput(at string, schema *openapi3.Schema, text string) []award.Defect {
	if !storable(text) {
		return []award.Defect{{Pointer: at, Key: "text_unstorable"}}
	}
	var value any = text
	var err error
	switch {
	case schema.Type.Is("integer"):
		var n int64
		n, err = strconv.ParseInt(text, 10, 64)
		value = float64(n)
	case schema.Type.Is("boolean"):
		value, err = strconv.ParseBool(text)
	}
	if err != nil {
		return []award.Defect{{Pointer: at, Key: "value_type", Args: []any{schema.Type.Slice()[0]}}}
	}
	return against(at, schema, value)
}

// checkBody returns what is wrong with the body; an error when it is none.
func (o *operation) checkBody(contentType string, body []byte) ([]award.Defect, error) {
	if o.media != "" && o.media != mediaJSON {
		return nil, o.checkMedia(contentType, body)
	}
	text := bytes.TrimSpace(body)
	switch {
	case o.body == nil && (len(text) == 0 || string(text) == "{}"):
		return nil, nil
	case o.body == nil:
		return nil, award.Refuse(award.Invalid, "", "body_unexpected")
	case len(text) == 0 && !o.must:
		return nil, nil
	case len(text) == 0:
		return nil, award.Refuse(award.Invalid, "", "body_missing")
	}
	if contentType != "" {
		if err := o.checkMedia(contentType, body); err != nil {
			return nil, err
		}
	}
	value, err := decode(body)
	if err != nil {
		return nil, err
	}
	return append(unknownFields("", o.body, value), against("", o.body, value)...), nil
}

// checkMedia refuses a body of another kind than the operation takes. What a
// file holds is looked at by who keeps it.
func (o *operation) checkMedia(contentType string, body []byte) error {
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil || media != o.media {
		return award.Refuse(award.Invalid, "", "body_media", o.media, contentType)
	}
	if o.must && !o.streams() && len(body) == 0 {
		return award.Refuse(award.Invalid, "", "body_missing")
	}
	return nil
}

// decode reads exactly one JSON value.
func decode(body []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, award.Refuse(award.Invalid, "", "body_malformed", decoder.InputOffset())
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, award.Refuse(award.Invalid, "", "body_trailing", decoder.InputOffset())
	}
	return value, nil
}

// against returns what the schema has against a value.
func against(at string, schema *openapi3.Schema, value any) []award.Defect {
	return defectsOf(at, schema.VisitJSON(value, openapi3.MultiErrors(), openapi3.VisitAsRequest(),
		openapi3.EnableFormatValidation(), openapi3.WithStringFormatValidator("date", dateFormat{})))
}

// dateFormat is a date that exists: 2026-02-29 does not.
type dateFormat struct{}

// Validate reads the date.
func (dateFormat) Validate(text string) error {
	_, err := award.ParseDate(text)
	return err
}

// unknownFields returns the members that the schema does not name, and the
// texts that can not be kept. The schema check counts unknown members too and
// does not say which: its findings of them are left out there.
func unknownFields(at string, schema *openapi3.Schema, value any) []award.Defect {
	var defects []award.Defect
	switch v := value.(type) {
	case string:
		if !storable(v) {
			defects = append(defects, award.Defect{Pointer: at, Key: "text_unstorable"})
		}
	case []any:
		for i, item := range v {
			if schema.Items != nil {
				defects = append(defects, unknownFields(fmt.Sprintf("%s/%d", at, i), schema.Items.Value, item)...)
			}
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			inside := at + "/" + pointerEscape.Replace(name)
			known, extra := schema.Properties[name], schema.AdditionalProperties
			switch {
			case known != nil:
				defects = append(defects, unknownFields(inside, known.Value, v[name])...)
			case extra.Has != nil && !*extra.Has:
				defects = append(defects, award.Defect{Pointer: inside, Key: "field_unknown"})
			case !storable(name):
				defects = append(defects, award.Defect{Pointer: at, Key: "text_unstorable"})
			case extra.Schema != nil:
				defects = append(defects, unknownFields(inside, extra.Schema.Value, v[name])...)
			}
		}
	}
	return defects
}

// storable reports whether the record can hold a text: PostgreSQL takes no NUL
// and no broken UTF-8.
func storable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsRune(text, 0)
}
