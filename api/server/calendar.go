package server

import (
	"context"
	"encoding/hex"
	"fmt"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// GetCalendar shows the calendar of a year.
func (s *Server) GetCalendar(ctx context.Context, request GetCalendarRequestObject) (GetCalendarResponseObject, error) {
	found, err := s.acts.Calendar(ctx, request.Year)
	if err != nil {
		return nil, err
	}
	return GetCalendar200JSONResponse{
		Year: found.Year, Published: found.Published, WorkingDays: found.WorkingDays,
		Days: calendarDays(found.Days), Documents: append([]string{}, found.Documents...),
	}, nil
}

// ListCalendarChanges lists changes, newest first.
func (s *Server) ListCalendarChanges(ctx context.Context, request ListCalendarChangesRequestObject) (ListCalendarChangesResponseObject, error) {
	before, err := cursorFrom(request.Params.Cursor)
	if err != nil {
		return nil, err
	}
	limit := limitOf(request.Params.Limit)
	changes, err := s.acts.CalendarChanges(ctx, officer(ctx), before, limit)
	if err != nil {
		return nil, err
	}
	out := ListCalendarChanges200JSONResponse{Items: make([]CalendarChange, len(changes))}
	for i, c := range changes {
		out.Items[i] = calendarChange(c)
	}
	if len(changes) == limit {
		out.Next = cursorTo(changes[limit-1].ID)
	}
	return out, nil
}

// ProposeCalendarChange proposes a change.
func (s *Server) ProposeCalendarChange(ctx context.Context, request ProposeCalendarChangeRequestObject) (ProposeCalendarChangeResponseObject, error) {
	in := award.CalendarChange{Document: request.Body.Document, Publishes: value(request.Body.Publishes)}
	for _, d := range request.Body.Days {
		in.Days = append(in.Days, award.CalendarDay{
			Date: date(d.Date), Kind: award.DayKind(d.Kind), Holiday: value(d.Holiday), Document: in.Document,
		})
	}
	done, err := s.acts.ProposeCalendarChange(ctx, officer(ctx), actKey(ctx), in)
	if err != nil {
		return nil, err
	}
	return ProposeCalendarChange201JSONResponse{Receipt: receipt(done.Receipt), Change: calendarChange(done.Result)}, nil
}

// GetCalendarChange shows a change and what it would move.
func (s *Server) GetCalendarChange(ctx context.Context, request GetCalendarChangeRequestObject) (GetCalendarChangeResponseObject, error) {
	change, diff, err := s.acts.CalendarDiff(ctx, officer(ctx), request.Id)
	if err != nil {
		return nil, err
	}
	out := GetCalendarChange200JSONResponse{Change: calendarChange(change)}
	if change.Pending() {
		shown := calendarDiff(diff)
		out.Diff = &shown
	}
	return out, nil
}

// ApproveCalendarChange puts a change into force.
func (s *Server) ApproveCalendarChange(ctx context.Context, request ApproveCalendarChangeRequestObject) (ApproveCalendarChangeResponseObject, error) {
	seen, err := hex.DecodeString(request.Body.DiffSha256)
	if err != nil {
		return nil, fmt.Errorf("read a hash that the contract let pass: %w", err)
	}
	done, err := s.acts.ApproveCalendarChange(ctx, officer(ctx), actKey(ctx), request.Id, seen)
	if err != nil {
		return nil, err
	}
	return ApproveCalendarChange200JSONResponse{
		Receipt: receipt(done.Receipt), Version: done.Result.Version,
		Rounds: done.Result.Rounds, Windows: done.Result.Windows, Limits: done.Result.Limits,
	}, nil
}

// RejectCalendarChange ends a proposed change.
func (s *Server) RejectCalendarChange(ctx context.Context, request RejectCalendarChangeRequestObject) (RejectCalendarChangeResponseObject, error) {
	done, err := s.acts.RejectCalendarChange(ctx, officer(ctx), actKey(ctx), request.Id, request.Body.Reason)
	if err != nil {
		return nil, err
	}
	return RejectCalendarChange200JSONResponse{Receipt: receipt(done.Receipt), Change: calendarChange(done.Result)}, nil
}

func calendarDays(days []award.CalendarDay) []CalendarDay {
	out := make([]CalendarDay, len(days))
	for i, d := range days {
		out[i] = CalendarDay{Date: day(d.Date), Kind: CalendarDayKind(d.Kind), Holiday: given(d.Holiday), Document: given(d.Document)}
	}
	return out
}

func calendarChange(c acts.CalendarChange) CalendarChange {
	out := CalendarChange{
		Id: c.ID, Document: c.Document, Publishes: given(c.Publishes), Days: calendarDays(c.Days), ProposedAt: *at(c.ProposedAt),
		Version: given(c.Version), ApprovedAt: at(c.ApprovedAt),
		RejectedAt: at(c.RejectedAt), Reason: given(c.Reason),
	}
	if c.SHA256 != nil {
		out.DiffSha256 = given(hex.EncodeToString(c.SHA256))
	}
	return out
}

func calendarDiff(d acts.CalendarDiff) CalendarDiff {
	out := CalendarDiff{
		Sha256: hex.EncodeToString(d.SHA256), Days: make([]CalendarDayMove, len(d.Days)),
		Windows: make([]WindowMove, len(d.Windows)), Limits: make([]LimitMove, len(d.Limits)),
	}
	for i, m := range d.Days {
		out.Days[i] = CalendarDayMove{Date: day(m.Date), From: string(m.From), To: string(m.To), Holiday: given(m.Holiday)}
	}
	for i, m := range d.Windows {
		out.Windows[i] = WindowMove{
			Round: m.Round, Notice: given(m.Notice), What: WindowMoveWhat(m.What), From: *at(m.From), To: *at(m.To),
			WasProvisional: m.Provisional, Certain: m.Certain,
		}
	}
	for i, m := range d.Limits {
		out.Limits[i] = LimitMove{
			Round: m.Round, Kind: LimitMoveKind(m.Kind), Office: m.OfficeCode, From: *at(m.From), To: *at(m.To), Count: m.Count,
		}
	}
	return out
}
