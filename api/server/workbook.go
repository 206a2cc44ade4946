package server

import (
	"bytes"
	"fmt"
	"io"
)

// workbook is the body of an answer that is a workbook, whatever the operation.
type workbook = struct {
	Body          io.Reader
	ContentLength int64
}

// writeWorkbook writes a table whole before anything is answered, so that one
// that can not be written is a problem and no torn file.
func writeWorkbook[T any](write func(io.Writer, T) error, table T) (workbook, error) {
	var book bytes.Buffer
	if err := write(&book, table); err != nil {
		return workbook{}, fmt.Errorf("write the workbook: %w", err)
	}
	return workbook{Body: &book, ContentLength: int64(book.Len())}, nil
}

// readWorkbook reads a table from a body, which the middleware has received
// whole already, within its bound.
func readWorkbook[T any](body io.Reader, read func([]byte) (T, error)) (T, error) {
	file, err := io.ReadAll(body)
	if err != nil {
		var nothing T
		return nothing, fmt.Errorf("read the workbook: %w", err)
	}
	return read(file)
}
