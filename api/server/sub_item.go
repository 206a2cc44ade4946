package server

import (
	"context"
	"strings"

	"shifan/internal/acts"
	"shifan/internal/award"
	"shifan/internal/sheet"
)

// GetSubItems shows a recommending office's sub-items of a category.
func (s *Server) GetSubItems(ctx context.Context, request GetSubItemsRequestObject) (GetSubItemsResponseObject, error) {
	items, err := s.acts.SubItems(ctx, officer(ctx), request.Round, request.Office, award.Category(request.Category))
	if err != nil {
		return nil, err
	}
	return GetSubItems200JSONResponse(subItemsOf(items)), nil
}

// SetSubItems sets them.
func (s *Server) SetSubItems(ctx context.Context, request SetSubItemsRequestObject) (SetSubItemsResponseObject, error) {
	seen, err := revision(request.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	in := acts.SetSubItems{Round: request.Round, Office: request.Office, Category: award.Category(request.Category), Revision: seen}
	for _, item := range request.Body.Items {
		most, err := award.ParsePoints(item.Max)
		if err != nil {
			return nil, err
		}
		in.Items = append(in.Items, award.SubItem{Code: strings.TrimSpace(item.Code), Title: strings.TrimSpace(item.Title), Max: most})
	}
	done, err := s.acts.SetSubItems(ctx, officer(ctx), actKey(ctx), in)
	if err != nil {
		return nil, err
	}
	return SetSubItems200JSONResponse{Receipt: receipt(done.Receipt), SubItems: subItemsOf(done.Result)}, nil
}

// GetSubItemsWorkbook gives them as a workbook to be filled in.
func (s *Server) GetSubItemsWorkbook(ctx context.Context, request GetSubItemsWorkbookRequestObject) (GetSubItemsWorkbookResponseObject, error) {
	items, err := s.acts.SubItems(ctx, officer(ctx), request.Round, request.Office, award.Category(request.Category))
	if err != nil {
		return nil, err
	}
	book, err := writeWorkbook(sheet.WriteSubItems, items)
	if err != nil {
		return nil, err
	}
	return GetSubItemsWorkbook200ApplicationvndOpenxmlformatsOfficedocumentSpreadsheetmlSheetResponse(book), nil
}

// ImportSubItems sets them from the workbook; what is wrong is said of its rows.
func (s *Server) ImportSubItems(ctx context.Context, request ImportSubItemsRequestObject) (ImportSubItemsResponseObject, error) {
	seen, err := revision(request.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	book, err := readWorkbook(request.Body, sheet.ReadSubItems)
	if err != nil {
		return nil, err
	}
	done, err := s.acts.ImportSubItems(ctx, officer(ctx), actKey(ctx), acts.SetSubItems{
		Round: request.Round, Office: request.Office, Category: award.Category(request.Category), Revision: seen, Items: book.Items,
	})
	if err != nil {
		return nil, book.Locate(err)
	}
	return ImportSubItems200JSONResponse{Receipt: receipt(done.Receipt), SubItems: subItemsOf(done.Result)}, nil
}

func subItemsOf(s acts.SubItems) SubItems {
	return SubItems{
		Office: s.Office, Category: CategoryName(s.Category), Revision: s.Revision, Fixed: s.Fixed, Items: subItems(s.Items),
	}
}

func subItems(items award.SubItems) []SubItem {
	out := make([]SubItem, len(items))
	for i, item := range items {
		out[i] = SubItem{Code: item.Code, Title: item.Title, Max: item.Max.String()}
	}
	return out
}

// subItemsGiven leaves out what an office has not set.
func subItemsGiven(items award.SubItems) *[]SubItem {
	if len(items) == 0 {
		return nil
	}
	return new(subItems(items))
}

// subMarks reads marks by code of sub-item; an empty text is one not filled in.
func subMarks(in *SubMarks) (award.SubMarks, error) {
	if in == nil {
		return nil, nil //nolint:nilnil // as they are
	}
	out := make(award.SubMarks, len(*in))
	for code, text := range *in {
		if text == "" {
			continue
		}
		mark, err := award.ParsePoints(text)
		if err != nil {
			return nil, err // the contract has refused it already
		}
		out[code] = mark
	}
	return out, nil
}

// subMarksShown writes them; nothing where there are none.
func subMarksShown(in award.SubMarks) *SubMarks {
	if len(in) == 0 {
		return nil
	}
	out := make(SubMarks, len(in))
	for code, mark := range in {
		out[code] = mark.String()
	}
	return &out
}
