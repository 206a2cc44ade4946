// Package server is the HTTP API (api/openapi.yaml): it reads a request, asks
// internal/acts once, and answers. No rule, no SQL and no word to Temporal
// belongs here.
package server

import (
	"errors"

	"shifan/internal/acts"
)

// Server serves the API.
type Server struct {
	acts *acts.Acts
}

// errNotWritten marks a handler that is still to be written.
var errNotWritten = errors.New("not written yet")

var _ StrictServerInterface = (*Server)(nil)
