package server

import (
	"context"
	"net/http"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// FileObjection takes an objection from anybody.
func (s *Server) FileObjection(ctx context.Context, request FileObjectionRequestObject) (FileObjectionResponseObject, error) {
	o, err := s.acts.FileObjection(ctx, actKey(ctx), acts.ObjectionInput{
		Notice: request.Id, Unit: request.Body.Unit, Facts: request.Body.Facts, Objector: objectorOf(request.Body.Objector),
	})
	if err != nil {
		return nil, err
	}
	out := publicObjection(o)
	out.LogHead = s.logHead(ctx)
	return FileObjection201JSONResponse(out), nil
}

// GetPublicObjection shows whoever objected where it stands.
func (s *Server) GetPublicObjection(ctx context.Context, request GetPublicObjectionRequestObject) (GetPublicObjectionResponseObject, error) {
	o, err := s.acts.PublicObjection(ctx, request.Receipt)
	if err != nil {
		return nil, err
	}
	out := publicObjection(o)
	out.LogHead = s.logHead(ctx)
	return GetPublicObjection200JSONResponse(out), nil
}

// AttachToObjection takes a file by the receipt.
func (s *Server) AttachToObjection(ctx context.Context, request AttachToObjectionRequestObject) (AttachToObjectionResponseObject, error) {
	f, err := s.acts.AttachToObjection(ctx, request.Receipt, value(request.Params.Seal), acts.UploadEvidence{
		Name: norm.NFC.String(request.Params.Name), Type: award.FileType(request.Params.Type),
		Length: asked(ctx).ContentLength, Content: request.Body,
	})
	if err != nil {
		return nil, err
	}
	return AttachToObjection201JSONResponse{Sha256: f.SHA256, Size: f.Size}, nil
}

// EnterObjection enters what came to an office.
func (s *Server) EnterObjection(ctx context.Context, request EnterObjectionRequestObject) (EnterObjectionResponseObject, error) {
	body := request.Body
	when, err := cameAt(body.Came)
	if err != nil {
		return nil, err
	}
	done, err := s.acts.EnterObjection(ctx, officer(ctx), actKey(ctx), acts.EnterObjection{
		ObjectionInput: acts.ObjectionInput{Notice: body.Notice, Unit: body.Unit, Facts: body.Facts, Objector: objectorOf(body.Objector)},
		Channel:        award.Channel(body.Channel), Came: when,
	})
	if err != nil {
		return nil, err
	}
	return EnterObjection201JSONResponse(objectionDone(done)), nil
}

// cameAt reads when something came: an instant, or the day of a postmark.
func cameAt(text string) (time.Time, error) {
	if date, err := award.ParseDate(text); err == nil {
		return date.Starts(), nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, award.Refuse(award.Invalid, "domain 7", "instant_malformed", text)
	}
	return t, nil
}

func objectorOf(in *Objector) *acts.Objector {
	if in == nil {
		return nil
	}
	return &acts.Objector{Kind: award.ObjectorKind(in.Kind), Name: strings.TrimSpace(in.Name), Contact: strings.TrimSpace(in.Contact)}
}

// ListObjections lists objections without what they say.
func (s *Server) ListObjections(ctx context.Context, request ListObjectionsRequestObject) (ListObjectionsResponseObject, error) {
	after, err := cursorFrom(request.Params.Cursor)
	if err != nil {
		return nil, err
	}
	q := acts.ObjectionQuery{
		Round: value(request.Params.Round), State: award.ObjectionState(value(request.Params.State)),
		After: after, Limit: limitOf(request.Params.Limit),
	}
	found, err := s.acts.Objections(ctx, officer(ctx), q)
	if err != nil {
		return nil, err
	}
	page := ListObjections200JSONResponse{Items: make([]Objection, len(found))}
	for i, o := range found {
		page.Items[i] = objection(o)
	}
	if len(found) == q.Limit {
		page.Next = cursorTo(found[len(found)-1].ID)
	}
	return page, nil
}

// GetObjection shows one.
func (s *Server) GetObjection(ctx context.Context, request GetObjectionRequestObject) (GetObjectionResponseObject, error) {
	o, err := s.acts.Objection(ctx, officer(ctx), request.Objection)
	if err != nil {
		return nil, err
	}
	return GetObjection200JSONResponse(objection(o)), nil
}

// AssignObjection names the handler.
func (s *Server) AssignObjection(ctx context.Context, request AssignObjectionRequestObject) (AssignObjectionResponseObject, error) {
	done, err := s.acts.AssignObjection(ctx, officer(ctx), actKey(ctx), request.Objection, request.Body.Officer)
	if err != nil {
		return nil, err
	}
	return AssignObjection200JSONResponse(objectionDone(done)), nil
}

// RaiseObjection gives it to the next office above.
func (s *Server) RaiseObjection(ctx context.Context, request RaiseObjectionRequestObject) (RaiseObjectionResponseObject, error) {
	done, err := s.acts.RaiseObjection(ctx, officer(ctx), actKey(ctx), request.Objection, request.Body.Reason)
	if err != nil {
		return nil, err
	}
	return RaiseObjection200JSONResponse(objectionDone(done)), nil
}

// AdmitObjection admits or refuses it.
func (s *Server) AdmitObjection(ctx context.Context, request AdmitObjectionRequestObject) (AdmitObjectionResponseObject, error) {
	done, err := s.acts.AdmitObjection(ctx, officer(ctx), actKey(ctx), acts.AdmitObjection{
		Objection: request.Objection, Admitted: request.Body.Admitted, Ground: value(request.Body.Ground),
	})
	if err != nil {
		return nil, err
	}
	return AdmitObjection200JSONResponse(objectionDone(done)), nil
}

// InvestigateObjection begins to look into it.
func (s *Server) InvestigateObjection(ctx context.Context, request InvestigateObjectionRequestObject) (InvestigateObjectionResponseObject, error) {
	done, err := s.acts.InvestigateObjection(ctx, officer(ctx), actKey(ctx), request.Objection)
	if err != nil {
		return nil, err
	}
	return InvestigateObjection200JSONResponse(objectionDone(done)), nil
}

// ExtendObjection gives it as many days again.
func (s *Server) ExtendObjection(ctx context.Context, request ExtendObjectionRequestObject) (ExtendObjectionResponseObject, error) {
	done, err := s.acts.ExtendObjection(ctx, officer(ctx), actKey(ctx), request.Objection, request.Body.Reason)
	if err != nil {
		return nil, err
	}
	return ExtendObjection200JSONResponse(objectionDone(done)), nil
}

// RuleObjection rules on it.
func (s *Server) RuleObjection(ctx context.Context, request RuleObjectionRequestObject) (RuleObjectionResponseObject, error) {
	body := request.Body
	done, err := s.acts.RuleObjection(ctx, officer(ctx), actKey(ctx), acts.RuleObjection{
		Objection: request.Objection, Outcome: award.ObjectionState(body.Outcome),
		Ground: body.Ground, Answer: value(body.Answer), Correction: value(body.Correction),
	})
	if err != nil {
		return nil, err
	}
	return RuleObjection200JSONResponse(objectionDone(done)), nil
}

// WithdrawObjection takes it back.
func (s *Server) WithdrawObjection(ctx context.Context, request WithdrawObjectionRequestObject) (WithdrawObjectionResponseObject, error) {
	done, err := s.acts.WithdrawObjection(ctx, officer(ctx), actKey(ctx), request.Objection, request.Body.Reason)
	if err != nil {
		return nil, err
	}
	return WithdrawObjection200JSONResponse(objectionDone(done)), nil
}

// ReadObjector shows who objected, to two.
func (s *Server) ReadObjector(ctx context.Context, request ReadObjectorRequestObject) (ReadObjectorResponseObject, error) {
	done, who, err := s.acts.ReadObjector(ctx, officer(ctx), actKey(ctx), request.Objection)
	if err != nil {
		return nil, err
	}
	out := ReadObjector200JSONResponse{Receipt: receipt(done.Receipt)}
	if who.Name != "" {
		out.Objector = &Objector{Kind: ObjectorKind(who.Kind), Name: who.Name, Contact: who.Contact}
	}
	return out, nil
}

// DownloadAttachment sends a file of an objection.
func (s *Server) DownloadAttachment(ctx context.Context, request DownloadAttachmentRequestObject) (DownloadAttachmentResponseObject, error) {
	f, content, err := s.acts.OpenAttachment(ctx, officer(ctx), request.Objection, request.Sha256)
	if err != nil {
		return nil, err
	}
	return attachmentAnswer{fileAnswer{file: f, content: content, asked: asked(ctx)}}, nil
}

// CommissionFacts asks an office to check facts.
func (s *Server) CommissionFacts(ctx context.Context, request CommissionFactsRequestObject) (CommissionFactsResponseObject, error) {
	o, err := s.acts.Objection(ctx, officer(ctx), request.Objection)
	if err != nil {
		return nil, err
	}
	due, err := instant(request.Body.Due, o.Drill)
	if err != nil {
		return nil, err
	}
	done, err := s.acts.Commission(ctx, officer(ctx), actKey(ctx), acts.CommissionInput{
		Objection: request.Objection, Office: request.Body.Office, Text: request.Body.Text, Due: due,
	})
	if err != nil {
		return nil, err
	}
	return CommissionFacts201JSONResponse{Receipt: receipt(done.Receipt), Commission: commission(done.Result)}, nil
}

// ListCommissions lists what the office is asked to check.
func (s *Server) ListCommissions(ctx context.Context, request ListCommissionsRequestObject) (ListCommissionsResponseObject, error) {
	after, err := cursorFrom(request.Params.Cursor)
	if err != nil {
		return nil, err
	}
	limit := limitOf(request.Params.Limit)
	found, err := s.acts.Commissions(ctx, officer(ctx), after, limit)
	if err != nil {
		return nil, err
	}
	page := ListCommissions200JSONResponse{Items: commissions(found)}
	if len(found) == limit {
		page.Next = cursorTo(found[len(found)-1].ID)
	}
	return page, nil
}

// ReportCommission is what the office found.
func (s *Server) ReportCommission(ctx context.Context, request ReportCommissionRequestObject) (ReportCommissionResponseObject, error) {
	done, err := s.acts.ReportCommission(ctx, officer(ctx), actKey(ctx), request.Commission, request.Body.Report)
	if err != nil {
		return nil, err
	}
	return ReportCommission200JSONResponse{Receipt: receipt(done.Receipt), Commission: commission(done.Result)}, nil
}

// publicObjection writes what whoever has the receipt may know.
func publicObjection(o acts.Objection) PublicObjection {
	return PublicObjection{
		Receipt: o.Receipt, Kind: ObjectionKind(o.Kind), State: ObjectionState(o.State), Notice: o.Notice,
		Unit: o.UnitCode, Name: o.UnitName, ReceivedAt: o.ReceivedAt.In(award.Beijing),
		AdmitDue: shown(o.AdmitDue), RuleDue: shownUnlessZero(o.RuleDue), Answer: given(o.Answer),
	}
}

func shownUnlessZero(t time.Time) *ShownInstant {
	if t.IsZero() {
		return nil
	}
	due := shown(t)
	return &due
}

func objectionDone(done acts.Done[acts.Objection]) ObjectionDone {
	return ObjectionDone{Receipt: receipt(done.Receipt), Objection: objection(done.Result)}
}

// objection writes an objection; internal/acts has left out what the caller may
// not read.
func objection(o acts.Objection) Objection {
	out := Objection{
		Id: o.ID, Receipt: given(o.Receipt), Kind: ObjectionKind(o.Kind), State: ObjectionState(o.State), Notice: o.Notice, Round: o.Round,
		Application: o.Application, Unit: o.UnitCode, Name: o.UnitName, Category: CategoryName(o.Category),
		Office: o.OfficeCode, OfficeName: o.OfficeName, Channel: Channel(o.Channel),
		Handler: given(o.Handler), HandlerName: given(o.HandlerName), ReceivedAt: o.ReceivedAt.In(award.Beijing), Postmark: at(o.Postmark),
		AdmitDue: shown(o.AdmitDue), RuleDue: shownUnlessZero(o.RuleDue), ExtendedAt: at(o.ExtendedAt), RuledAt: at(o.RuledAt),
		WithdrawnAt: at(o.WithdrawnAt), Answer: given(o.Answer), Correction: given(o.Correction), Facts: given(o.Facts),
	}
	if o.Attachments != nil {
		files := make([]Attachment, len(o.Attachments))
		for i, f := range o.Attachments {
			files[i] = Attachment{
				Sha256: f.SHA256, Name: f.Name, Seal: f.Seal, Type: EvidenceType(f.Type), Size: f.Size, Scan: EvidenceScan(f.Scan),
			}
		}
		out.Attachments = &files
	}
	if o.Commissions != nil {
		all := commissions(o.Commissions)
		out.Commissions = &all
	}
	if o.History != nil {
		steps := make([]ObjectionStep, len(o.History))
		for i, h := range o.History {
			steps[i] = ObjectionStep{
				Act: string(h.Act), To: ObjectionState(h.To), Office: given(h.OfficeCode), Officer: given(h.OfficerName),
				Ground: given(h.Ground), At: h.At.In(award.Beijing),
			}
			if h.From != "" {
				from := ObjectionState(h.From)
				steps[i].From = &from
			}
		}
		out.History = &steps
	}
	return out
}

func commission(c acts.Commission) Commission {
	return Commission{
		Id: c.ID, Round: c.Round, Office: c.OfficeCode, Unit: c.UnitCode, Name: c.UnitName, Text: c.Text,
		Due: shown(c.DueAt), At: c.At.In(award.Beijing), Report: given(c.Report), ReportedAt: at(c.ReportedAt), EndedAt: at(c.EndedAt),
	}
}

func commissions(all []acts.Commission) []Commission {
	out := make([]Commission, len(all))
	for i, c := range all {
		out[i] = commission(c)
	}
	return out
}

// attachmentAnswer is a file of an objection on its way out.
type attachmentAnswer struct{ fileAnswer }

// VisitDownloadAttachmentResponse sends the file.
func (a attachmentAnswer) VisitDownloadAttachmentResponse(w http.ResponseWriter) error {
	return a.VisitDownloadEvidenceResponse(w)
}
