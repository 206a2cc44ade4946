package server

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"shifan/internal/acts"
	"shifan/internal/award"
	"shifan/internal/sheet"
)

// ListStandards lists the standards the caller may read, newest first.
func (s *Server) ListStandards(ctx context.Context, request ListStandardsRequestObject) (ListStandardsResponseObject, error) {
	before, err := cursorFrom(request.Params.Cursor)
	if err != nil {
		return nil, err
	}
	limit := limitOf(request.Params.Limit)
	heads, err := s.acts.Standards(ctx, officer(ctx), acts.StandardQuery{
		Category: award.Category(value(request.Params.Category)), Before: before, Limit: limit,
	})
	if err != nil {
		return nil, err
	}
	out := ListStandards200JSONResponse{Items: make([]StandardHead, len(heads))}
	for i, h := range heads {
		out.Items[i] = standardHead(h)
	}
	if len(heads) == limit {
		out.Next = cursorTo(heads[limit-1].ID)
	}
	return out, nil
}

// DraftStandard drafts a standard.
func (s *Server) DraftStandard(ctx context.Context, request DraftStandardRequestObject) (DraftStandardResponseObject, error) {
	content, err := standardContent(*request.Body)
	if err != nil {
		return nil, err
	}
	done, err := s.acts.DraftStandard(ctx, officer(ctx), actKey(ctx), content)
	if err != nil {
		return nil, err
	}
	return DraftStandard201JSONResponse(standardDone(done)), nil
}

// ReadStandard shows a standard whole.
func (s *Server) ReadStandard(ctx context.Context, request ReadStandardRequestObject) (ReadStandardResponseObject, error) {
	record, err := s.acts.StandardRecord(ctx, officer(ctx), request.Standard)
	if err != nil {
		return nil, err
	}
	return ReadStandard200JSONResponse{Standard: standardHead(record.StandardHead), Content: contentOf(record.Standard)}, nil
}

func contentOf(s award.Standard) StandardContent {
	return StandardContent{
		Category: CategoryName(s.Category), Title: s.Title, Sample: given(s.Sample), Max: someGiven(s.Max), Blocks: standardBlocks(s.Blocks),
	}
}

// StandardText is a standard as the API has it, for the pages: what one exports
// the other imports.
type StandardText struct{}

// Read reads one. What it does not know is refused, so that a slip of a name is
// no number left out.
func (StandardText) Read(text []byte) (award.Standard, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var in StandardContent
	if err := decoder.Decode(&in); err != nil || decoder.More() {
		return award.Standard{}, award.Refuse(award.Invalid, "N 三", "standard_text_malformed")
	}
	return standardContent(in)
}

// Write writes one.
func (StandardText) Write(to io.Writer, s award.Standard) error {
	encoder := json.NewEncoder(to)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(contentOf(s))
}

// EditStandard replaces what a draft says.
func (s *Server) EditStandard(ctx context.Context, request EditStandardRequestObject) (EditStandardResponseObject, error) {
	seen, err := revision(&request.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	content, err := standardContent(*request.Body)
	if err != nil {
		return nil, err
	}
	done, err := s.acts.EditStandard(ctx, officer(ctx), actKey(ctx), request.Standard, seen, content)
	if err != nil {
		return nil, err
	}
	return EditStandard200JSONResponse(standardDone(done)), nil
}

// PublishStandard publishes a draft.
func (s *Server) PublishStandard(ctx context.Context, request PublishStandardRequestObject) (PublishStandardResponseObject, error) {
	seen, err := revision(&request.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	done, err := s.acts.PublishStandard(ctx, officer(ctx), actKey(ctx), request.Standard, seen)
	if err != nil {
		return nil, err
	}
	return PublishStandard200JSONResponse(standardDone(done)), nil
}

// ExportStandard writes a standard as a workbook.
func (s *Server) ExportStandard(ctx context.Context, request ExportStandardRequestObject) (ExportStandardResponseObject, error) {
	record, err := s.acts.StandardRecord(ctx, officer(ctx), request.Standard)
	if err != nil {
		return nil, err
	}
	book, err := writeWorkbook(sheet.WriteStandard, record.Standard)
	if err != nil {
		return nil, err
	}
	return ExportStandard200ApplicationvndOpenxmlformatsOfficedocumentSpreadsheetmlSheetResponse(book), nil
}

// ImportStandard replaces what a draft says by a workbook; what is wrong is said
// of the workbook's rows.
func (s *Server) ImportStandard(ctx context.Context, request ImportStandardRequestObject) (ImportStandardResponseObject, error) {
	seen, err := revision(&request.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	book, err := readWorkbook(request.Body, sheet.ReadStandard)
	if err != nil {
		return nil, err
	}
	done, err := s.acts.ImportStandard(ctx, officer(ctx), actKey(ctx), request.Standard, seen, book.Standard)
	if err != nil {
		return nil, book.Locate(err)
	}
	return ImportStandard200JSONResponse(standardDone(done)), nil
}

func standardDone(done acts.Done[acts.StandardHead]) StandardDone {
	return StandardDone{Receipt: receipt(done.Receipt), Standard: standardHead(done.Result)}
}

func standardHead(h acts.StandardHead) StandardHead {
	out := StandardHead{
		Id: h.ID, Owner: given(h.OwnerCode), Revision: h.Revision, Version: given(h.Version), State: StandardHeadStateDraft,
		Category: CategoryName(h.Category), Title: h.Title, Sample: h.Sample, Sha256: hex.EncodeToString(h.SHA256), UpdatedAt: h.UpdatedAt,
	}
	if h.Version > 0 {
		out.State, out.PublishedAt = StandardHeadStatePublished, &h.PublishedAt
	}
	return out
}

// standardBlocks writes the blocks of a standard.
func standardBlocks(blocks []award.Block) []StandardBlock {
	out := make([]StandardBlock, len(blocks))
	for i, b := range blocks {
		out[i] = StandardBlock{Title: b.Title, Max: someGiven(b.Max), Minimum: someGiven(b.Minimum), Leaves: make([]StandardLeaf, len(b.Leaves))}
		for k, l := range b.Leaves {
			out[i].Leaves[k] = standardLeaf(l)
		}
	}
	return out
}

func standardLeaf(l award.Leaf) StandardLeaf {
	out := StandardLeaf{
		Code: l.Code, Title: l.Title, Kind: StandardLeafKind(l.Kind), Max: l.Max.String(),
		Gate: given(l.Gate), Veto: given(l.Veto), Bonus: given(l.Bonus), Exemption: given(l.Exemption),
		Unit: given(l.Unit), Fact: given(string(l.Fact)), Each: someGiven(l.Each), Least: someGiven(l.Least), Greatest: someGiven(l.Greatest),
	}
	if l.Kind == award.LeafTarget {
		out.Sense, out.Target = given(StandardLeafSense(l.Sense)), given(l.Target.String())
	}
	if len(l.Bands) > 0 {
		bands := make([]StandardBand, len(l.Bands))
		for i, b := range l.Bands {
			bands[i] = StandardBand{From: b.From.String(), To: b.To.String(), Points: b.Points.String()}
		}
		out.Bands = &bands
	}
	return out
}

// someGiven leaves a number out that is not stated.
func someGiven(p award.Points) *Points {
	if p == 0 {
		return nil
	}
	return given(p.String())
}

// standardContent reads a standard, naming every number that is none. Blanks
// around a text are nobody's content: a workbook's cells have none either.
func standardContent(in StandardContent) (award.Standard, error) {
	var defects []award.Defect
	points := func(at string, text *Points) award.Points {
		if text == nil {
			return 0
		}
		p, err := award.ParsePoints(*text)
		if err != nil {
			defects = append(defects, award.Defect{Pointer: at, Key: "points_malformed", Args: []any{*text}})
		}
		return p
	}
	out := award.Standard{
		Category: award.Category(in.Category), Title: strings.TrimSpace(in.Title), Sample: value(in.Sample), Max: points("/max", in.Max),
	}
	for i, b := range in.Blocks {
		at := fmt.Sprintf("/blocks/%d", i)
		block := award.Block{Title: strings.TrimSpace(b.Title), Max: points(at+"/max", b.Max), Minimum: points(at+"/minimum", b.Minimum)}
		for k, l := range b.Leaves {
			at := fmt.Sprintf("%s/leaves/%d", at, k)
			leaf := award.Leaf{
				Code: strings.TrimSpace(l.Code), Title: strings.TrimSpace(l.Title), Kind: award.LeafKind(l.Kind), Unit: strings.TrimSpace(value(l.Unit)),
				Fact: award.Measure(value(l.Fact)),
				Gate: value(l.Gate), Veto: value(l.Veto), Bonus: value(l.Bonus), Exemption: value(l.Exemption),
				Max: points(at+"/max", &l.Max), Each: points(at+"/each", l.Each), Sense: award.Sense(value(l.Sense)),
				Target: points(at+"/target", l.Target), Least: points(at+"/least", l.Least), Greatest: points(at+"/greatest", l.Greatest),
			}
			for n, b := range value(l.Bands) {
				at := fmt.Sprintf("%s/bands/%d", at, n)
				leaf.Bands = append(leaf.Bands, award.Band{
					From: points(at+"/from", &b.From), To: points(at+"/to", &b.To), Points: points(at+"/points", &b.Points),
				})
			}
			block.Leaves = append(block.Leaves, leaf)
		}
		out.Blocks = append(out.Blocks, block)
	}
	if len(defects) > 0 {
		return award.Standard{}, award.RefuseFields(award.Invalid, "N 三", "standard_defects", defects)
	}
	return out, nil
}
