package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"shifan/internal/award"
)

// The dates of the round, in working days of the drill from the day it is
// drafted. The same proportions as the first round's, with room for the
// register to be frozen first.
const (
	selfCheckDay      = 54
	applyDay          = 58
	recommendationDay = 90
	assessmentDay     = 140

	arrivalDays   = 18 // 到省截止 before the recommendation date
	noticeDays    = 3
	letterDays    = 1
	returnDays    = 20
	endorseDays   = 10
	extensionDays = 10 // what the extending office is given
	intakeDays    = 24 // by how much the administrator moves the intake when the machine is slow
	intakeMargin  = 12 // how long before its end that is decided: four levers, each waiting for who is filing
	chaseDays     = 30 // how long the administrator waits for a digest before closing by name
)

// titlePrefix marks the demo's own rounds: only those are cancelled.
const titlePrefix = "演练批次(make demo)"

// cancelUnfinished cancels the demo's rounds that an earlier run left.
func (d *drill) cancelUnfinished(ctx context.Context) error {
	rounds, err := pages[round](ctx, d.admin, "/rounds", nil)
	if err != nil {
		return err
	}
	for _, r := range rounds {
		unfinished := r.State == award.RoundDraft || r.State.Live()
		if !r.Drill || !unfinished || !strings.HasPrefix(r.Title, titlePrefix) {
			continue
		}
		if err := d.admin.post(ctx, "/rounds/"+r.ID+"/cancellation", reason{"演练:上次运行中断"}, nil); err != nil {
			return fmt.Errorf("cancel %s: %w", r.ID, err)
		}
	}
	return nil
}

// open drafts the round and opens it.
func (d *drill) open(ctx context.Context) error {
	type category struct {
		Category award.Category `json:"category"`
		Quota    int            `json:"quota"`
		Ratio    int            `json:"ratio"`
	}
	var categories []category
	for _, c := range []award.Category{award.District, award.Street, award.Community} {
		q := award.FirstRound()[c]
		categories = append(categories, category{c, q.Places, q.Ratio})
	}
	began := time.Now()
	day := func(n int) string { return moment(began.Add(time.Duration(n) * d.day)) }
	var done roundDone
	err := d.admin.post(ctx, "/rounds", map[string]any{
		"title":             titlePrefix + began.In(award.Beijing).Format("2006-01-02 15:04:05"),
		"approval_number":   "演练",
		"document_number":   "演练〔2008〕142号",
		"contacts":          []contact{{Unit: "部级演练办公室", Phone: "演练"}},
		"registry_date":     today(),
		"drill_day_seconds": int(d.day.Seconds()),
		"categories":        categories,
		"dates": map[string]string{
			"self_check": day(selfCheckDay), "apply": day(applyDay),
			"recommendation": day(recommendationDay), "assessment": day(assessmentDay),
		},
		"rules": map[string]any{
			"notice_days": noticeDays, "letter_days": letterDays, "return_days": returnDays,
			"arrival_days": arrivalDays, "endorse_days": endorseDays, "earlier_notice_days": 0,
			"sealed_form": false, // simulated offices have no paper to scan
		},
	}, &done)
	if err != nil {
		return err
	}
	d.round = done.Round
	if err := d.admin.post(ctx, d.path("/opening"), nil, nil); err != nil {
		return err
	}
	return poll(ctx, d.day/2, func() (bool, error) {
		r, err := d.ask(ctx)
		return r.State == award.RoundOpen, err
	})
}

// ask asks where the round stands.
func (d *drill) ask(ctx context.Context) (round, error) {
	var r round
	if err := d.admin.get(ctx, d.path(""), nil, &r); err != nil {
		return round{}, fmt.Errorf("ask where the round stands: %w", err)
	}
	if r.State == award.RoundCancelled {
		return round{}, fmt.Errorf("round %s was cancelled by somebody", r.ID)
	}
	return r, nil
}

// offices asks where the recommending offices stand.
func (d *drill) offices(ctx context.Context) ([]standing, error) {
	var answer struct {
		Items []standing `json:"items"`
	}
	if err := d.admin.get(ctx, d.path("/offices"), nil, &answer); err != nil {
		return nil, fmt.Errorf("ask where the offices stand: %w", err)
	}
	return answer.Items, nil
}

// lead is the national office through the round (N 四(三)(四)).
func (d *drill) lead(ctx context.Context) error {
	if err := d.keepIntakeOpen(ctx); err != nil {
		return fmt.Errorf("keep the intake open: %w", err)
	}
	if err := d.answerOffices(ctx); err != nil {
		return fmt.Errorf("answer the offices: %w", err)
	}
	if err := d.assess(ctx); err != nil {
		return fmt.Errorf("assess: %w", err)
	}
	if err := d.fixCandidates(ctx); err != nil {
		return fmt.Errorf("fix the candidates: %w", err)
	}
	if err := d.giveNotice(ctx); err != nil {
		return fmt.Errorf("give national notice: %w", err)
	}
	return d.commend(ctx)
}

// keepIntakeOpen moves every date that lies ahead when the intake is about to
// close on units that are still filing: the machine is slower than the plan,
// and a drill is no race.
func (d *drill) keepIntakeOpen(ctx context.Context) error {
	filed := make(chan struct{})
	go func() {
		d.filing.Wait()
		close(filed)
	}()
	for {
		r, err := d.ask(ctx)
		if err != nil {
			return err
		}
		decide := time.NewTimer(time.Until(r.Dates.SelfCheck.ClosesAt.Add(-intakeMargin * d.day)))
		select {
		case <-filed:
			decide.Stop()
			return ctx.Err()
		case <-ctx.Done():
			decide.Stop()
			return ctx.Err()
		case <-decide.C:
		}
		for _, date := range []struct {
			which string
			at    time.Time
		}{ // the last first, so that they stay in order; arrival dates follow
			{"assessment", r.Dates.Assessment.ClosesAt},
			{"recommendation", r.Dates.Recommendation.ClosesAt},
			{"apply", r.Dates.Apply.ClosesAt},
			{"self_check", r.Dates.SelfCheck.ClosesAt},
		} {
			err := d.admin.post(ctx, d.path("/dates"), map[string]string{
				"which": date.which, "to": moment(date.at.Add(intakeDays * d.day)), "reason": "演练:设备较慢,顺延",
			}, nil)
			if err != nil {
				return err
			}
		}
		d.counts.postponed.Add(1)
	}
}

// national is what the nation saw on the way, for the account at the end.
type national struct {
	recommended []application // every file that came with an accepted package
	silent      standing      // the silent office just before it was closed
	digests     int           // how often it had been chased after its date by then
	closedFiles int           // its files that ended with it
	decision    string
}

// answerOffices accepts packages, returns one, and closes the silent office by
// name once it is overdue and has been chased. It ends when every office is
// answered.
func (d *drill) answerOffices(ctx context.Context) error {
	returned := make(map[string]bool)
	return poll(ctx, d.day, func() (bool, error) {
		offices, err := d.offices(ctx)
		if err != nil {
			return false, err
		}
		settled := 0
		for _, s := range offices {
			path := d.path("/offices/%s", s.Office)
			switch {
			case s.settled():
				settled++
			case s.Package == award.PackageSent && characters()[s.Office] == sentBack && !returned[s.Office]:
				err = d.admin.post(ctx, path+"/package-returns", map[string]string{
					"reason": "演练:考核验收报告缺少分项结论,请补正", "due": moment(time.Now().Add(returnDays * d.day)),
				}, nil)
				returned[s.Office] = true
			case s.Package == award.PackageSent:
				err = d.admin.post(ctx, path+"/package-acceptances", nil, nil)
				d.counts.accepted.Add(1)
			case characters()[s.Office] == silent && s.Overdue:
				err = d.closeByName(ctx, s)
			}
			if err != nil {
				return false, fmt.Errorf("%s: %w", s.Name, err)
			}
		}
		return settled == len(offices), nil
	})
}

// extend moves an office's recommendation date, on its request.
func (d *drill) extend(ctx context.Context, office string, to time.Time) error {
	err := d.admin.post(ctx, d.path("/offices/%s/dates", office), map[string]string{
		"which": "recommendation", "to": moment(to), "reason": "演练:应该机构请求延期",
	}, nil)
	if err != nil {
		return fmt.Errorf("extend: %w", err)
	}
	return nil
}

// closeByName closes an office that does not answer, once it has been chased:
// its inbox holds a digest from after its date, or its wait is over.
func (d *drill) closeByName(ctx context.Context, s standing) error {
	due := s.Dates.Recommendation.ClosesAt
	digests, err := d.provinces[s.Office].digests(ctx, due)
	if err != nil {
		return err
	}
	if digests == 0 && time.Now().Before(due.Add(chaseDays*d.day)) {
		return nil
	}
	d.national.digests = digests
	d.national.silent = s
	var answer struct {
		FilesEnded int `json:"files_ended"`
	}
	err = d.admin.post(ctx, d.path("/offices/%s/closing", s.Office),
		reason{"演练:逾期且多次催办未报,点名关闭"}, &answer)
	d.national.closedFiles = answer.FilesEnded
	return err
}

// assess marks every recommended unit, visits the sample, and reports both
// complete (N 四(三)).
func (d *drill) assess(ctx context.Context) error {
	err := poll(ctx, d.day/2, func() (bool, error) {
		r, err := d.ask(ctx)
		return !r.ListFrozenAt.IsZero(), err
	})
	if err != nil {
		return err
	}
	d.national.recommended, err = pages[application](ctx, d.admin, d.path("/applications"),
		url.Values{"state": {string(award.FileReviewed)}})
	if err != nil {
		return err
	}
	if err := d.mark(ctx); err != nil {
		return err
	}
	if err := d.visit(ctx); err != nil {
		return err
	}
	if err := d.admin.post(ctx, d.path("/offices/0/stages/assessment/completion"), nil, nil); err != nil {
		return err
	}
	return poll(ctx, d.day/2, func() (bool, error) {
		r, err := d.ask(ctx)
		return !r.ScoredAt.IsZero(), err
	})
}

// commend gives the titles (N 四(四)) and waits until the round has closed.
func (d *drill) commend(ctx context.Context) error {
	d.national.decision = "演练〔" + d.round.ID + "〕1号"
	err := d.admin.do(ctx, call{
		method: http.MethodPost, path: d.path("/decision"),
		body: map[string]string{"number": d.national.decision, "date": today()},
	}, nil)
	if err != nil {
		return fmt.Errorf("decide: %w", err)
	}
	return poll(ctx, d.day/2, func() (bool, error) {
		r, err := d.ask(ctx)
		return r.State == award.RoundClosed, err
	})
}
