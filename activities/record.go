package activities

import (
	"context"

	"shifan/internal/award"
)

// LookRound returns where a round stands.
func (a *Activities) LookRound(ctx context.Context, round string) (award.RoundView, error) {
	view, err := a.look.LookRound(ctx, round)
	return view, answer(err)
}

// LookOffice returns where a recommending office stands in a round.
func (a *Activities) LookOffice(ctx context.Context, round, office string) (award.OfficeView, error) {
	view, err := a.look.LookOffice(ctx, round, office)
	return view, answer(err)
}

// LookNotice returns where a public notice stands.
func (a *Activities) LookNotice(ctx context.Context, round string, number int) (award.NoticeView, error) {
	view, err := a.look.LookNotice(ctx, round, number)
	return view, answer(err)
}

// LookDraft returns where a draft of the series stands.
func (a *Activities) LookDraft(ctx context.Context, round string) (award.DraftView, error) {
	view, err := a.look.LookDraft(ctx, round)
	return view, answer(err)
}

// ListOffices returns the codes of the round's recommending offices, in order.
func (a *Activities) ListOffices(ctx context.Context, round string) ([]string, error) {
	codes, err := a.look.OfficeCodes(ctx, round)
	return codes, answer(err)
}

// EnterStage records that a round has come to a stage (N 四). It never goes back.
func (a *Activities) EnterStage(ctx context.Context, round string, stage award.Stage) error {
	return answer(a.step.EnterStage(ctx, round, stage))
}

// CloseIntake closes an office's intake whose instant has passed, and answers
// false when it has not: a date may have moved while the timer ran.
func (a *Activities) CloseIntake(ctx context.Context, round, office, kind string) (bool, error) {
	closed, err := a.step.CloseIntake(ctx, round, office, kind)
	return closed, answer(err)
}

// LapseReturned ends returned files whose due date has passed (domain 4) and
// returns how many.
func (a *Activities) LapseReturned(ctx context.Context, round, office string) (int, error) {
	n, err := a.step.LapseReturned(ctx, round, office)
	return n, answer(err)
}

// MarkOverdue records that an office is overdue (逾期) and tells it and its
// superior. office is empty for the owner office's own stage.
func (a *Activities) MarkOverdue(ctx context.Context, round, office string) error {
	return answer(a.step.MarkOverdue(ctx, round, office))
}

// FreezeList freezes and hashes the list of recommended units once every
// office is accepted or closed by name (domain 6.1).
func (a *Activities) FreezeList(ctx context.Context, round string) (bool, error) {
	frozen, err := a.step.FreezeList(ctx, round)
	return frozen, answer(err)
}

// SuspendObjected suspends the units of a list to which an objection is open
// when its window has ended (暂缓), and returns how many more that is.
func (a *Activities) SuspendObjected(ctx context.Context, round string, number int) (int, error) {
	n, err := a.step.SuspendObjected(ctx, round, number)
	return n, answer(err)
}

// EndNotice ends a public notice whose list has become final.
func (a *Activities) EndNotice(ctx context.Context, round string, number int) (bool, error) {
	ended, err := a.step.EndNotice(ctx, round, number)
	return ended, answer(err)
}

// CloseRound closes a round that has been decided.
func (a *Activities) CloseRound(ctx context.Context, round string) error {
	return answer(a.step.CloseRound(ctx, round))
}

// DraftNext drafts the next round of the series when its turn has come (N 二) and
// returns the draft that waits for a person; "" when none does.
func (a *Activities) DraftNext(ctx context.Context, years int) (string, error) {
	round, err := a.step.DraftNext(ctx, years)
	return round, answer(err)
}

// RemindDraft reminds the administrators of a draft that waits for them; number
// tells one reminder from the next.
func (a *Activities) RemindDraft(ctx context.Context, round string, number int) error {
	return answer(a.step.RemindDraft(ctx, round, number))
}
