package server

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"shifan/internal/award"
	"shifan/internal/sheet"
)

// GetSelfChecksWorkbook gives the workbook of self-checks to be filled in.
func (s *Server) GetSelfChecksWorkbook(ctx context.Context, request GetSelfChecksWorkbookRequestObject) (GetSelfChecksWorkbookResponseObject, error) {
	table, err := s.acts.SelfCheckTable(ctx, officer(ctx), request.Round, award.Category(request.Params.Category))
	if err != nil {
		return nil, err
	}
	var book bytes.Buffer
	if err := sheet.WriteSelfChecks(&book, table); err != nil {
		return nil, err
	}
	return GetSelfChecksWorkbook200ApplicationvndOpenxmlformatsOfficedocumentSpreadsheetmlSheetResponse{
		Body: &book, ContentLength: int64(book.Len()),
	}, nil
}

// SaveSelfChecksWorkbook keeps self-checks from the workbook, row by row.
func (s *Server) SaveSelfChecksWorkbook(ctx context.Context, request SaveSelfChecksWorkbookRequestObject) (SaveSelfChecksWorkbookResponseObject, error) {
	file, err := io.ReadAll(request.Body) // bounded by the contract
	if err != nil {
		return nil, fmt.Errorf("read the workbook: %w", err)
	}
	category := award.Category(request.Params.Category)
	standard, err := s.acts.SelfCheckStandard(ctx, officer(ctx), request.Round, category)
	if err != nil {
		return nil, err
	}
	rows, err := sheet.ReadSelfChecks(file, request.Round, category, standard)
	if err != nil {
		return nil, err
	}
	dry := value(request.Params.DryRun)
	results, err := s.acts.SaveSelfCheckTable(ctx, officer(ctx), actKey(ctx), rows, dry)
	if err != nil {
		return nil, err
	}
	out := SelfCheckResults{DryRun: dry}
	for i, r := range results {
		line := selfCheckResult(rows[i].Unit, r, dry)
		line.Row = &rows[i].Number
		if r.Refusal != nil {
			problem := s.describe(sheet.LocateSelfCheck(rows[i], standard, r.Refusal), s.texts.language(accepts(ctx)))
			line.Problem = &problem
		}
		out.add(line)
	}
	return SaveSelfChecksWorkbook200JSONResponse(out), nil
}
