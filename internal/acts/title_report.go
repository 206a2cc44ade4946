package acts

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"shifan/internal/award"
)

// TitleReport is a report on a holder (举报), taken at any time. Its reporter is
// kept apart and shown to the handling officer and supervisors alone.
type TitleReport struct {
	ID       int64
	Title    string // number
	Channel  award.ReportChannel
	Facts    string
	Received award.Date
	Handler  int64  // the officer who took it; 0: nobody yet, of one by form
	Receipt  string `json:"-"` // of one by form: for whoever sent it alone
	At       time.Time
	Outcome  award.ReportOutcome // "": open
	Finding  string
	ClosedAt time.Time

	Reporter Reporter `json:"-"` // in no outcome that is kept
}

// Reporter is who reported (举报人).
type Reporter struct{ Name, Contact string }

// hide takes the reporter out of a report for whoever may not know.
func (r *TitleReport) hide(by award.Officer) {
	if (by.ID == 0 || by.ID != r.Handler) && !by.Has(award.RoleSupervisor) {
		r.Reporter = Reporter{}
	}
}

// reportTx keeps reports on holders.
type reportTx interface {
	// AddReport writes a report and, apart from it, its reporter.
	AddReport(ctx context.Context, title int64, r TitleReport, call PublicCall) (TitleReport, error)
	// ReportCalled returns the report that an earlier call with the digest made,
	// and the digest of that call's body; the zero report: none.
	ReportCalled(ctx context.Context, title int64, call [32]byte) (TitleReport, []byte, error)
	// ReportsSince counts what came on a title by form since an instant.
	ReportsSince(ctx context.Context, title int64, since time.Time) (int, error)
	// TakeReport writes who handles an open report that nobody has taken.
	TakeReport(ctx context.Context, by award.Officer, report int64) error
	// TitleReports reads the reports on a title, oldest first.
	TitleReports(ctx context.Context, number string) ([]TitleReport, error)
	// CloseReport writes what an open report came to.
	CloseReport(ctx context.Context, by award.Officer, r TitleReport) error
}

// ReportTitle takes a report on a holder (受理举报). It changes nothing of the title:
// what it is worth is looked into.
func (a *Acts) ReportTitle(ctx context.Context, by award.Officer, key Key, in TitleReport) (Done[TitleReport], error) {
	return once(ctx, a, by, key, award.ActReportTitle, "", func(t *act) (TitleReport, error) {
		title, err := t.atTitle(ctx, in.Title)
		if err != nil {
			return TitleReport{}, err
		}
		now, err := t.Now(ctx)
		if err != nil {
			return TitleReport{}, err
		}
		defects := in.checkReporter()
		if strings.TrimSpace(in.Facts) == "" {
			defects = append(defects, award.Defect{Pointer: "/facts", Key: "field_required"})
		}
		if !slices.Contains(award.ReportChannels(), in.Channel) {
			defects = append(defects, award.Defect{Pointer: "/channel", Key: "channel_unknown", Args: []any{string(in.Channel)}})
		}
		if in.Received.Starts().After(now) {
			defects = append(defects, award.Defect{Pointer: "/received", Key: "date_future", Args: []any{in.Received.String()}})
		}
		if len(defects) > 0 {
			return TitleReport{}, award.RefuseFields(award.Invalid, "domain 6.8", "report_malformed", defects)
		}
		in.Handler = by.ID
		report, err := t.AddReport(ctx, title.ID, in, PublicCall{})
		if err != nil {
			return TitleReport{}, err
		}
		return report, t.audit(ctx, "title/"+title.Number, "", map[string]any{"report": report.ID, "channel": in.Channel})
	})
}

// CloseReportInput is what looking into a report came to.
type CloseReportInput struct {
	Title   string
	Report  int64
	Outcome award.ReportOutcome
	Finding string
}

// CloseReport closes a report (办结举报) with what was found. A confirmed one is a
// reason for a re-check or a revocation, which are acts of their own.
func (a *Acts) CloseReport(ctx context.Context, by award.Officer, key Key, in CloseReportInput) (Done[TitleReport], error) {
	return once(ctx, a, by, key, award.ActCloseReport, "", func(t *act) (TitleReport, error) {
		title, report, err := t.onReport(ctx, in.Title, in.Report)
		if err != nil {
			return TitleReport{}, err
		}
		if strings.TrimSpace(in.Finding) == "" {
			return TitleReport{}, reasonRequired()
		}
		if !slices.Contains(award.ReportOutcomes(), in.Outcome) {
			return TitleReport{}, award.RefuseFields(award.Invalid, "domain 6.8", "report_malformed", []award.Defect{{Pointer: "/outcome", Key: "field_required"}})
		}
		if report.Handler == 0 {
			return TitleReport{}, award.Refuse(award.Conflict, "D-102", "report_not_taken", in.Report)
		}
		report.Outcome, report.Finding = in.Outcome, in.Finding
		if err := t.CloseReport(ctx, by, report); err != nil {
			return TitleReport{}, err
		}
		return report, t.audit(ctx, "title/"+title.Number, "", map[string]any{"report": fmt.Sprint(report.ID), "outcome": in.Outcome})
	})
}

// checkReporter names what is wrong with who reported, and refuses facts that tell
// who it was, since others read them than may know that.
func (r TitleReport) checkReporter() []award.Defect {
	defects := award.CheckReporter(r.Reporter.Name, r.Reporter.Contact)
	if award.Names(r.Facts, r.Reporter.Name, r.Reporter.Contact) {
		defects = append(defects, award.Defect{Pointer: "/facts", Key: "reporter_named"})
	}
	return defects
}

// onReport opens an act on an open report.
func (t *act) onReport(ctx context.Context, number string, id int64) (Title, TitleReport, error) {
	title, err := t.atTitle(ctx, number)
	if err != nil {
		return Title{}, TitleReport{}, err
	}
	reports, err := t.TitleReports(ctx, number)
	if err != nil {
		return Title{}, TitleReport{}, err
	}
	at := slices.IndexFunc(reports, func(r TitleReport) bool { return r.ID == id })
	switch {
	case at < 0:
		return Title{}, TitleReport{}, award.Refuse(award.NotFound, "", "report_unknown", id)
	case reports[at].Outcome != "":
		return Title{}, TitleReport{}, award.Refuse(award.Conflict, "domain 6.8", "report_closed", id)
	}
	return title, reports[at], nil
}

// TakeReport makes the officer the one who handles a report by form (承办举报): only
// then does anybody but the supervisor learn who sent it.
func (a *Acts) TakeReport(ctx context.Context, by award.Officer, key Key, number string, id int64) (Done[struct{}], error) {
	return once(ctx, a, by, key, award.ActTakeReport, "", func(t *act) (struct{}, error) {
		title, report, err := t.onReport(ctx, number, id)
		if err != nil {
			return struct{}{}, err
		}
		if report.Handler != 0 {
			return struct{}{}, award.Refuse(award.Conflict, "D-102", "report_taken", id)
		}
		if err := t.TakeReport(ctx, by, id); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, t.audit(ctx, "title/"+title.Number, "", map[string]any{"report": id})
	})
}

// TitleReportQuery asks for a page of reports on holders, newest first.
type TitleReportQuery struct {
	Open   bool // those alone that are not closed
	Before int64
	Limit  int
}

// ListedReport is a report with the title it is about.
type ListedReport struct {
	TitleReport
	Holder Title
}

// TitleReports lists the reports that the officer's office handles, as the one
// that gave the title or recommended the unit, newest first. Who reported stands
// on none of them.
func (a *Acts) TitleReports(ctx context.Context, by award.Officer, q TitleReportQuery) ([]ListedReport, error) {
	if by.ExpertAlone() {
		return nil, nil
	}
	found, err := a.store.TitleReportPage(ctx, by.Office, q)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(found, func(r ListedReport) bool {
		return !slices.Contains([]int64{r.Holder.Owner, r.Holder.Office}, by.Office)
	}), nil
}
