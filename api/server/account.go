package server

import (
	"context"
	"io"

	"shifan/internal/acts"
	"shifan/internal/award"
	"shifan/internal/sheet"
)

// GetAccountsWorkbook gives the workbook of first accounts to be filled in.
func (s *Server) GetAccountsWorkbook(ctx context.Context, _ GetAccountsWorkbookRequestObject) (GetAccountsWorkbookResponseObject, error) {
	offices, err := s.acts.OfficesToStaff(ctx, officer(ctx))
	if err != nil {
		return nil, err
	}
	book, err := writeWorkbook(sheet.WriteAccounts, offices)
	if err != nil {
		return nil, err
	}
	return GetAccountsWorkbook200ApplicationvndOpenxmlformatsOfficedocumentSpreadsheetmlSheetResponse(book), nil
}

// OpenAccounts opens first accounts from the workbook, row by row.
func (s *Server) OpenAccounts(ctx context.Context, request OpenAccountsRequestObject) (OpenAccountsResponseObject, error) {
	rows, err := readWorkbook(request.Body, sheet.ReadAccounts)
	if err != nil {
		return nil, err
	}
	done, err := s.acts.OpenAccounts(ctx, officer(ctx), actKey(ctx), rows)
	if err != nil {
		return nil, err
	}
	if value(request.Params.As) == Workbook {
		book, err := writeWorkbook(func(to io.Writer, opened []acts.Account) error {
			return sheet.WriteOpened(to, opened, func(d award.Defect) string { return s.words(ctx, d) })
		}, done.Result)
		if err != nil {
			return nil, err
		}
		return OpenAccounts201ApplicationvndOpenxmlformatsOfficedocumentSpreadsheetmlSheetResponse(book), nil
	}
	answer := OpenAccounts201JSONResponse{Receipt: receipt(done.Receipt), Items: make([]Account, len(done.Result))}
	for i, a := range done.Result {
		answer.Items[i] = s.account(ctx, a)
	}
	return answer, nil
}

func (s *Server) account(ctx context.Context, a acts.Account) Account {
	out := Account{
		Row: a.Row, Office: a.Office, Name: a.Name, Opened: a.Defect == nil,
		Officer: given(a.Officer), Id: given(a.KeyID), Key: given(a.Key),
	}
	if a.Defect != nil {
		out.Problem = given(s.words(ctx, *a.Defect))
	}
	return out
}
