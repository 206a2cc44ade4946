package server

import (
	"context"

	"shifan/internal/acts"
	"shifan/internal/award"
	"shifan/internal/sheet"
)

// GetSelfChecksWorkbook gives the workbook of self-checks to be filled in.
func (s *Server) GetSelfChecksWorkbook(ctx context.Context, request GetSelfChecksWorkbookRequestObject) (GetSelfChecksWorkbookResponseObject, error) {
	table, err := s.acts.SelfCheckTable(ctx, officer(ctx), request.Round, award.Category(request.Params.Category))
	if err != nil {
		return nil, err
	}
	book, err := writeWorkbook(sheet.WriteSelfChecks, table)
	if err != nil {
		return nil, err
	}
	return GetSelfChecksWorkbook200ApplicationvndOpenxmlformatsOfficedocumentSpreadsheetmlSheetResponse(book), nil
}

// SaveSelfChecksWorkbook keeps self-checks from the workbook, row by row.
func (s *Server) SaveSelfChecksWorkbook(ctx context.Context, request SaveSelfChecksWorkbookRequestObject) (SaveSelfChecksWorkbookResponseObject, error) {
	category := award.Category(request.Params.Category)
	form, err := s.acts.SelfCheckForm(ctx, officer(ctx), request.Round, category)
	if err != nil {
		return nil, err
	}
	rows, err := readWorkbook(request.Body, func(file []byte) ([]acts.SelfCheckRow, error) {
		return sheet.ReadSelfChecks(file, request.Round, category, form)
	})
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
			problem := s.describe(sheet.LocateSelfCheck(rows[i], form, r.Refusal), s.texts.Language(accepts(ctx)))
			line.Problem = &problem
		}
		out.add(line)
	}
	return SaveSelfChecksWorkbook200JSONResponse(out), nil
}
