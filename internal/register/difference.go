package register

import (
	"encoding/csv"
	"io"
)

// DifferenceWriter writes differences as CSV, readable by spreadsheets.
type DifferenceWriter struct {
	out   io.Writer
	lines *csv.Writer
}

// NewDifferenceWriter begins a file with its header.
func NewDifferenceWriter(out io.Writer) *DifferenceWriter {
	return &DifferenceWriter{out: out}
}

// Write writes one difference.
func (w *DifferenceWriter) Write(d Difference) error {
	if err := w.begin(); err != nil {
		return err
	}
	return w.lines.Write([]string{string(d.Change), d.Code, d.Name, d.Was, d.Is})
}

// Flush ends the file.
func (w *DifferenceWriter) Flush() error {
	if err := w.begin(); err != nil {
		return err
	}
	w.lines.Flush()
	return w.lines.Error()
}

func (w *DifferenceWriter) begin() error {
	if w.lines != nil {
		return nil
	}
	if _, err := io.WriteString(w.out, byteOrderMark); err != nil {
		return err
	}
	w.lines = csv.NewWriter(w.out)
	return w.lines.Write([]string{"change", columnCode, columnName, "was", "is"})
}
