package server

import (
	"context"
	"io"

	"shifan/internal/acts"
	"shifan/internal/award"
	"shifan/internal/sheet"
)

// GetDocket shows what an office's review body has before it.
func (s *Server) GetDocket(ctx context.Context, request GetDocketRequestObject) (GetDocketResponseObject, error) {
	d, err := s.acts.Docket(ctx, officer(ctx), request.Round, request.Office, award.Category(request.Category))
	if err != nil {
		return nil, err
	}
	out := GetDocket200JSONResponse{
		Office: d.OfficeName, Category: CategoryName(d.Category), Limit: recommendationLimit(d.Limit), Minutes: given(d.Adopted.Minutes),
		Items: make([]DocketItem, len(d.Items)),
	}
	for i, item := range d.Items {
		out.Items[i] = s.docketItem(ctx, item)
	}
	return out, nil
}

func (s *Server) docketItem(ctx context.Context, item acts.DocketItem) DocketItem {
	out := DocketItem{
		Application: item.ID, Unit: item.Code, Name: item.Name, State: FileState(item.State), Suspended: given(item.Suspended),
		Self: total(item.Self), Rank: item.Rank, Inspected: item.Inspected, Failures: *s.failures(ctx, item.Failed),
		Departments: make([]DepartmentOpinion, len(item.Opinions)),
		Position:    given(item.Position), Departure: given(item.Departure),
		Reason: DocketItemReason(item.Reason), Text: s.texts.Say(reads(ctx), "cut_reason_"+string(item.Reason)),
	}
	if item.Inspected {
		out.Province = total(&item.Total)
	}
	if item.Surveyed {
		survey := DocketSurvey{Asked: item.Survey.Asked(), Passed: item.Satisfied}
		if rate, asked := item.Survey.Satisfaction(); asked {
			survey.Satisfaction = total(&rate)
		}
		out.Survey = &survey
	}
	for i, o := range item.Opinions {
		out.Departments[i] = departmentOpinion(o)
	}
	if len(item.Barred) > 0 {
		out.BarredBy = &item.Barred
	}
	return out
}

// GetDocketWorkbook gives the same as a workbook.
func (s *Server) GetDocketWorkbook(ctx context.Context, request GetDocketWorkbookRequestObject) (GetDocketWorkbookResponseObject, error) {
	d, err := s.acts.Docket(ctx, officer(ctx), request.Round, request.Office, award.Category(request.Category))
	if err != nil {
		return nil, err
	}
	book, err := writeWorkbook(func(to io.Writer, d acts.Docket) error {
		return sheet.WriteDocket(to, d, func(key string, args ...any) string { return s.texts.Say(reads(ctx), key, args...) })
	}, d)
	if err != nil {
		return nil, err
	}
	return GetDocketWorkbook200ApplicationvndOpenxmlformatsOfficedocumentSpreadsheetmlSheetResponse(book), nil
}
