package server

import (
	"context"
	"encoding/hex"
	"time"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// ListPublicNotices lists the notices before the public.
func (s *Server) ListPublicNotices(ctx context.Context, _ ListPublicNoticesRequestObject) (ListPublicNoticesResponseObject, error) {
	found, err := s.acts.PublicNotices(ctx)
	if err != nil {
		return nil, err
	}
	return ListPublicNotices200JSONResponse{Items: notices(found)}, nil
}

// GetPublicNotice shows one notice with its list and hash.
func (s *Server) GetPublicNotice(ctx context.Context, request GetPublicNoticeRequestObject) (GetPublicNoticeResponseObject, error) {
	found, err := s.acts.PublicNotice(ctx, request.Id)
	if err != nil {
		return nil, err
	}
	out := notice(found)
	units := make([]ListedUnit, len(found.Units))
	for i, u := range found.Units {
		units[i] = ListedUnit{Category: CategoryName(u.Category), Code: u.Code, Name: u.Name, Correction: given(u.Correction)}
	}
	out.Units = &units
	out.LogHead = s.logHead(ctx)
	noticeHistory(&out, found)
	return GetPublicNotice200JSONResponse(out), nil
}

// GetPublicTitle verifies a title.
func (s *Server) GetPublicTitle(ctx context.Context, request GetPublicTitleRequestObject) (GetPublicTitleResponseObject, error) {
	found, err := s.acts.PublicTitle(ctx, request.Number)
	if err != nil {
		return nil, err
	}
	out := title(found)
	out.LogHead = s.logHead(ctx)
	return GetPublicTitle200JSONResponse(out), nil
}

// notice writes a notice without its list. Every field may be read by anyone
// (D-15): names of units, contacts of offices, no person.
func notice(n acts.Notice) Notice {
	out := Notice{
		Id: n.ID, Number: n.Number, Round: n.Round, RoundTitle: given(n.RoundTitle), Drill: &n.Drill,
		Office: n.OfficeCode, OfficeName: given(n.OfficeName), Scope: NoticeScope(n.Scope), State: NoticeState(n.State),
		OpensAt: n.OpensAt, ClosesAt: n.ClosesAt, FinalAt: n.FinalAt, WorkingDays: n.WorkingDays,
		ListSha256: hex.EncodeToString(n.ListSHA256), Text: given(n.Text),
		Revision: &n.Revision, Provisional: given(n.Provisional), Corrects: given(n.Corrects), CorrectedBy: given(n.CorrectedBy),
	}
	words := n.OpensAt.In(award.Beijing).Format("2006年1月2日 15:04") + " 至 " + award.Until(n.ClosesAt)
	out.Shown = &words
	if n.Contacts != nil {
		contacts := make([]Contact, len(n.Contacts))
		for i, c := range n.Contacts {
			contacts[i] = Contact{Unit: c.Unit, Phone: c.Phone, Address: given(c.Address), Email: given(c.Email)}
		}
		out.Contacts = &contacts
	}
	if n.Evidence != nil {
		evidence := make([]Evidence, len(n.Evidence))
		for i, e := range n.Evidence {
			evidence[i] = proof(e, n.Drill)
		}
		out.Evidence = &evidence
	}
	return out
}

// notices writes several, without their lists.
func notices(all []acts.Notice) []Notice {
	out := make([]Notice, len(all))
	for i, n := range all {
		out[i] = notice(n)
	}
	return out
}

// publishedOn writes a day of publication; a drill's is an instant.
func publishedOn(t time.Time, drill bool) string {
	if drill {
		return t.Format(time.RFC3339)
	}
	return award.DateOf(t).String()
}
