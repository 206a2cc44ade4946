package acts

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"shifan/internal/award"
)

// FileReport takes a report on a holder from anybody, at any time (网上举报, domain
// 6.8), and gives it a receipt number at once. Who reports need not say who it is;
// who does is known to the officer who takes the report and to supervisors. The
// same call again gets the same receipt.
func (a *Acts) FileReport(ctx context.Context, key Key, in TitleReport) (TitleReport, error) {
	call := publicCall(key)
	var report TitleReport
	err := a.store.InTx(ctx, func(tx Tx) error {
		title, err := tx.LockTitle(ctx, in.Title) // one call at a time: the same again finds the first
		if err != nil {
			return err
		}
		first, body, err := tx.ReportCalled(ctx, title.ID, call.Digest)
		if err != nil {
			return err
		}
		if first.ID != 0 {
			report = first
			return call.is(body)
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if err := takesReport(ctx, tx, title, in, now); err != nil {
			return err
		}
		var random [award.ReceiptRandom]byte
		_, _ = rand.Read(random[:]) // never fails
		in.Channel, in.Received, in.Handler, in.Receipt = award.ReportForm, award.DateOf(now), 0, award.NewReceipt(random)
		if report, err = tx.AddReport(ctx, title.ID, in, call); err != nil {
			return err
		}
		if err := tx.Audit(ctx, Entry{
			Round: title.Round, Name: award.ActFileReport, Subject: "title/" + title.Number, Ground: "domain 6.8",
			Detail: map[string]any{"report": report.ID, "channel": in.Channel},
		}); err != nil {
			return err
		}
		return tx.Post(ctx, Message{
			Round: title.Round, Office: title.Office, Occasion: fmt.Sprintf("report/%d", report.ID), Kind: "report",
			Subject: "〔需办理〕对" + title.Name + "的举报，请承办",
			Body:    fmt.Sprintf("称号编号 %s。请指定人员承办第 %d 号举报，核查后办结。", title.Number, report.ID),
		})
	})
	report.Facts, report.Reporter = "", Reporter{}
	return report, err
}

// takesReport judges whether a title takes a report by form.
func takesReport(ctx context.Context, tx Tx, title Title, in TitleReport, now time.Time) error {
	if title.Drill {
		return award.Refuse(award.Conflict, "architecture 6", "title_drill", title.Number)
	}
	if !title.State.Held() {
		return award.Refuse(award.Closed, "domain 6.8", "report_not_held", title.Number)
	}
	if defects := append(award.CheckFacts(in.Facts), in.checkReporter()...); len(defects) > 0 {
		return award.RefuseFields(award.Invalid, "domain 6.8", "report_malformed", defects)
	}
	flood, err := tx.ReportsSince(ctx, title.ID, now.Add(-time.Hour))
	if err == nil && flood >= award.MostReportsHour {
		err = award.Refuse(award.Unavailable, "D-102", "reports_flood")
	}
	return err
}

// PublicReport is what whoever reported by form may know: where the report stands,
// neither who handles it nor what was found.
func (a *Acts) PublicReport(ctx context.Context, receipt string) (TitleReport, error) {
	number, ok := award.ParseReceipt(receipt)
	if !ok {
		return TitleReport{}, award.Refuse(award.NotFound, "domain 6.8", "receipt_malformed")
	}
	report, err := a.store.ReportByReceipt(ctx, number)
	report.Facts, report.Finding, report.Reporter = "", "", Reporter{}
	return report, err
}
