package acts

import (
	"context"
	"fmt"
	"time"

	"shifan/internal/award"
)

// seriesTx knows the national rounds one after another (N 二).
type seriesTx interface {
	// LockSeries holds the series of an owner office alone until the end.
	LockSeries(ctx context.Context, owner int64) error
	// Series reads the real rounds of an owner office that are of the series.
	Series(ctx context.Context, owner int64) ([]award.SeriesRound, error)
	// FollowingDrafts reads the IDs of the drafts that the procedure has made and
	// that wait to be opened or put aside.
	FollowingDrafts(ctx context.Context) ([]string, error)
	// Posted reports whether an office was told of an occasion.
	Posted(ctx context.Context, office int64, occasion string) (bool, error)
}

// NextLaunch returns when the next national round is drafted; zero when there is
// none to draft it from.
func (a *Acts) NextLaunch(ctx context.Context, years int) (time.Time, error) {
	var at time.Time
	err := a.step(ctx, func(tx Tx) error {
		owner, err := registerUnit(ctx, tx, award.CodeNation)
		if err != nil {
			return err
		}
		rounds, err := tx.Series(ctx, owner.ID)
		if last, found := award.LastInSeries(rounds); found && years > 0 {
			at = award.Launch(last.Opened, years)
		}
		return err
	})
	return at, err
}

// DraftNext drafts the next national round from a copy of the last when its turn
// has come (N 二 原则上每两年, D-98), its dates whole years later, and returns the
// draft that waits for a person; "" when none does. It opens nothing. Doing it
// again, or at once in two places, drafts no second one.
func (a *Acts) DraftNext(ctx context.Context, years int) (string, error) {
	var waiting string
	err := a.step(ctx, func(tx Tx) error {
		owner, err := registerUnit(ctx, tx, award.CodeNation)
		if err != nil {
			return err
		}
		if err := tx.LockSeries(ctx, owner.ID); err != nil {
			return err
		}
		rounds, err := tx.Series(ctx, owner.ID)
		if err != nil {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		var from string
		if from, waiting = award.NextInSeries(rounds, years, now); from == "" {
			return nil
		}
		last, err := tx.Round(ctx, from)
		if err != nil {
			return err
		}
		t := &act{Tx: tx, name: award.StepDraftNext}
		next := last.definition().Next("", last.Dates.Follow(years, now), award.Date{}, 0)
		drafted, err := t.draftRound(ctx, owner, next, from, map[string]any{"from": from})
		waiting = drafted.ID
		return err
	})
	if err != nil {
		return "", fmt.Errorf("draft the next round: %w", err)
	}
	return waiting, nil
}

// LookDraft returns where a draft of the series stands.
func (a *Acts) LookDraft(ctx context.Context, round string) (award.DraftView, error) {
	var v award.DraftView
	err := a.step(ctx, func(tx Tx) (err error) {
		r, err := tx.Round(ctx, round)
		if err != nil {
			return err
		}
		if v.Now, err = tx.Now(ctx); err != nil {
			return err
		}
		v.State, v.Follows = r.State, r.Follows
		if r.State != award.RoundDraft || r.Follows == "" {
			return nil
		}
		if v.OpenBy, err = openBy(ctx, tx, r); err != nil {
			return err
		}
		number, next := award.DraftReminder(r.CreatedAt, v.Now)
		v.Next = award.Wake{At: next, Name: "再次提醒"}
		reminded, err := tx.Posted(ctx, r.Owner, draftOccasion(r.ID, number))
		if !reminded {
			v.Reminder = number
		}
		return err
	})
	return v, err
}

// openBy returns by when a draft of the series is to be opened.
func openBy(ctx context.Context, tx Tx, r Round) (time.Time, error) {
	last, err := tx.Round(ctx, r.Follows)
	return award.OpenBy(last.Dates, r.Dates, last.OpenedAt), err
}

func draftOccasion(round string, number int) string { return fmt.Sprintf("draft/%s/%d", round, number) }

// RemindDraft reminds the administrators that a draft of the series waits for
// them. The same reminder again, or of a round that waits no more, is none.
func (a *Acts) RemindDraft(ctx context.Context, round string, number int) error {
	return a.step(ctx, func(tx Tx) error {
		r, err := tx.LockRound(ctx, round)
		if err != nil || r.State != award.RoundDraft || r.Follows == "" {
			return err
		}
		by, err := openBy(ctx, tx, r)
		if err != nil {
			return err
		}
		return tx.Post(ctx, Message{
			Round: r.ID, Office: r.Owner, Occasion: draftOccasion(r.ID, number), Kind: "round",
			Subject: fmt.Sprintf("〔需核对开启·宜于%s前〕已草拟下一批次 %s：%s", dueShown(by), r.ID, r.Title),
			Body: fmt.Sprintf("评选原则上每两年一次(N 二)。已由批次 %s 复制草拟批次 %s：名称、类别、名额、比例、表格、标准、规则和联系方式照旧，日期顺延为自查截止%s、申报截止%s、推荐期限%s、评估验收期限%s。\n"+
				"请管理员逐项核对，补填批准文号和发文字号后开启；本次不评选的，请取消该草拟批次。系统不会自行开启。",
				r.Follows, r.ID, award.Until(r.Dates.SelfCheckCloses), award.Until(r.Dates.ApplyCloses),
				award.Until(r.Dates.RecommendationDue), award.Until(r.Dates.AssessmentDue)),
		})
	})
}

// draftsNear returns the drafts of the series that are to be opened within
// soonDays, or should have been: their office is reminded each working day.
func draftsNear(ctx context.Context, tx Tx, soon time.Time) ([]matter, error) {
	drafts, err := tx.FollowingDrafts(ctx)
	if err != nil {
		return nil, err
	}
	var near []matter
	for _, id := range drafts {
		r, err := tx.Round(ctx, id)
		if err != nil {
			return nil, err
		}
		by, err := openBy(ctx, tx, r)
		if err != nil {
			return nil, err
		}
		if !by.After(soon) {
			near = append(near, matter{r.Owner, func(w *Waiting) { w.Drafts, w.DraftDue = w.Drafts+1, by }})
		}
	}
	return near, nil
}

// tellDraft leaves word for the workflow that waits for a draft of the series.
func (t *act) tellDraft(ctx context.Context, r Round) error {
	if r.Follows == "" {
		return nil
	}
	return t.Tell(ctx, t.id, Signal{Workflow: award.DraftWorkflow(r.ID), Name: t.name, Told: award.Told{Act: t.id}})
}
