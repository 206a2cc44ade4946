package server

import (
	"context"

	"shifan/internal/acts"
	"shifan/internal/award"
	"shifan/internal/sheet"
)

// GetComparison shows the columns of marks of a file side by side.
func (s *Server) GetComparison(ctx context.Context, request GetComparisonRequestObject) (GetComparisonResponseObject, error) {
	c, err := s.acts.Comparison(ctx, officer(ctx), request.Round, request.Application)
	if err != nil {
		return nil, err
	}
	out := GetComparison200JSONResponse{
		Round: c.Round, Unit: c.Unit, Name: c.Name, Category: CategoryName(c.Category),
		Standard: c.Standard, Sample: c.Sample, Finding: given(c.Finding), NationNote: given(c.NationNote), Sha256: c.SHA256,
		Indicators: make([]ComparedIndicator, len(c.Indicators)), Levels: make([]LevelRemark, len(c.Levels)),
	}
	for i, row := range c.Indicators {
		out.Indicators[i] = ComparedIndicator{
			Block: row.Block, Code: row.Code, Title: row.Title, Max: row.Max.String(), Veto: row.Veto,
			Self: comparedMark(row.Self), Province: comparedMark(row.Province), Remark: given(row.Remark), Flagged: row.Flagged,
			Expert: comparedMark(row.Expert), Nation: comparedMark(row.Nation), SubItems: comparedSubItems(row.SubItems),
		}
	}
	out.Total.Self, out.Total.Province = total(c.Total.Self), total(c.Total.Province)
	out.Total.Expert, out.Total.Nation = total(c.Total.Expert), total(c.Total.Nation)
	for i, level := range c.Levels {
		on, err := award.ParseDate(level.On)
		if err != nil {
			return nil, err
		}
		out.Levels[i] = LevelRemark{
			Office: level.Office, Opinion: LevelRemarkOpinion(level.Opinion), Text: given(level.Text), On: day(on),
		}
	}
	return out, nil
}

// GetComparisonWorkbook gives the same as a workbook.
func (s *Server) GetComparisonWorkbook(ctx context.Context, request GetComparisonWorkbookRequestObject) (GetComparisonWorkbookResponseObject, error) {
	c, err := s.acts.Comparison(ctx, officer(ctx), request.Round, request.Application)
	if err != nil {
		return nil, err
	}
	book, err := writeWorkbook(sheet.WriteComparison, c)
	if err != nil {
		return nil, err
	}
	return GetComparisonWorkbook200ApplicationvndOpenxmlformatsOfficedocumentSpreadsheetmlSheetResponse(book), nil
}

// comparedSubItems writes the sub-items below an indicator; nothing where there
// are none.
func comparedSubItems(items []acts.ComparedSubItem) *[]ComparedSubItem {
	if len(items) == 0 {
		return nil
	}
	out := make([]ComparedSubItem, len(items))
	for i, item := range items {
		out[i] = ComparedSubItem{
			Code: item.Code, Title: item.Title, Max: item.Max.String(), Self: total(item.Self), Province: total(item.Province),
		}
	}
	return &out
}

// comparedMark writes one mark of a column; nothing where there is none.
func comparedMark(m *acts.ComparedMark) *ComparedMark {
	if m == nil {
		return nil
	}
	return &ComparedMark{Value: m.Value.String(), Points: m.Points.String()}
}
