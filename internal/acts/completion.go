package acts

import (
	"context"
	"fmt"
	"time"

	"shifan/internal/award"
)

// SelfCheckReport is the numbers of an office's self-check stage (自查情况报数).
type SelfCheckReport struct {
	Units       int `json:"units"`
	Begun       int `json:"begun"`
	SelfChecked int `json:"self_checked"`
	Ready       int `json:"ready"`
	Applied     int `json:"applied"`
}

// CompleteStageInput names the stage an office reports complete.
type CompleteStageInput struct {
	Round, Office string
	Stage         award.Stage
	Note          string
}

// CompleteStageResult is how the stage stands now.
type CompleteStageResult struct {
	State award.StageState
	Late  bool // 逾期办结
}

// CompleteStage records that an office's stage is complete (N 四(二)) and tells
// the procedure. self_check is a report of numbers that closes nothing and may
// be repeated; recommendation sends the package; the owner office's assessment
// says that the national marks are complete. Late is marked, not refused; only
// an office closed by name is.
func (a *Acts) CompleteStage(ctx context.Context, by award.Officer, key Key, in CompleteStageInput) (Done[CompleteStageResult], error) {
	return once(ctx, a, by, key, award.ActCompleteStage, in.Round, func(t *act) (CompleteStageResult, error) {
		switch in.Stage {
		case award.StageSelfCheck:
			return t.reportSelfCheck(ctx, in)
		case award.StageRecommendation:
			return t.sendPackage(ctx, in)
		case award.StageAssessment:
			return t.completeMarks(ctx, in)
		case award.StagePublicNotice, award.StageCommendation:
		}
		return CompleteStageResult{}, award.Refuse(award.Conflict, "N 四", "stage_ends_itself", in.Stage.Chinese())
	})
}

// ownStage opens an office's own stage: the owner completes none but its own.
func (t *act) ownStage(ctx context.Context, code string) (Round, Office, error) {
	round, office, err := t.behindGate(ctx, code)
	if err == nil && t.by.Office != office.ID {
		err = award.Refuse(award.Forbidden, "N 四(二)", "forbidden_"+string(award.ActCompleteStage))
	}
	return round, office, err
}

func (t *act) reportSelfCheck(ctx context.Context, in CompleteStageInput) (CompleteStageResult, error) {
	round, office, err := t.ownStage(ctx, in.Office)
	if err != nil {
		return CompleteStageResult{}, err
	}
	stage, err := t.Stage(ctx, in.Round, office.ID, award.StageSelfCheck)
	if err != nil {
		return CompleteStageResult{}, err
	}
	unit := Unit{ID: office.ID, Office: office.ID, Path: office.Path}
	progress, err := t.Progress(ctx, in.Round, unit, round.asks())
	if err != nil {
		return CompleteStageResult{}, err
	}
	return t.complete(ctx, office.ID, office.Code, award.StageSelfCheck, stage.DueAt, in.Note, selfCheckReport(progress))
}

func (t *act) sendPackage(ctx context.Context, in CompleteStageInput) (CompleteStageResult, error) {
	round, office, err := t.ownStage(ctx, in.Office)
	if err != nil {
		return CompleteStageResult{}, err
	}
	if _, err := award.MoveStage(office.Stage.State, t.name); err != nil {
		return CompleteStageResult{}, err
	}
	view, err := viewPackage(ctx, t, round, office)
	if err != nil {
		return CompleteStageResult{}, err
	}
	if err := award.CheckPackage(view.Lacks); err != nil {
		return CompleteStageResult{}, err
	}
	view.State = award.PackageSent
	if err := t.MovePackage(ctx, view.Package); err != nil {
		return CompleteStageResult{}, err
	}
	if err := t.KeepPackageUnits(ctx, view.Package, view.Units); err != nil {
		return CompleteStageResult{}, err
	}
	report := map[award.Category]int{}
	for _, u := range view.Units {
		report[u.Category]++
	}
	if err := t.Post(ctx, Message{
		Round: in.Round, Office: round.Owner, Occasion: fmt.Sprintf("package-sent/%s/%s/%d", in.Round, office.Code, view.Revision),
		Kind:    string(award.ActCompleteStage),
		Subject: fmt.Sprintf("〔需审核〕%s已报送推荐材料", office.Name),
		Body:    fmt.Sprintf("%s:%s第%d次报送推荐材料,推荐%d个单位。", round.Title, office.Name, view.Revision, len(view.Units)),
	}); err != nil {
		return CompleteStageResult{}, err
	}
	result, err := t.complete(ctx, office.ID, office.Code, award.StageRecommendation, office.Stage.DueAt, in.Note, report)
	if err != nil {
		return CompleteStageResult{}, err
	}
	return result, t.tellRound(ctx, award.StageRecommendation)
}

func (t *act) completeMarks(ctx context.Context, in CompleteStageInput) (CompleteStageResult, error) {
	round, err := t.lockOwned(ctx)
	if err != nil {
		return CompleteStageResult{}, err
	}
	if in.Office != round.OwnerCode {
		return CompleteStageResult{}, award.Refuse(award.NotFound, "N 四(三)", "office_unknown", in.Office)
	}
	stage, err := t.Stage(ctx, in.Round, round.Owner, award.StageAssessment)
	if err != nil {
		return CompleteStageResult{}, err
	}
	if _, err := award.MoveStage(stage.State, t.name); err != nil {
		return CompleteStageResult{}, err
	}
	if round.ListFrozenAt.IsZero() {
		return CompleteStageResult{}, award.Refuse(award.Conflict, "domain 6.1", "list_not_frozen")
	}
	if err := t.settleMarks(ctx, round); err != nil {
		return CompleteStageResult{}, err
	}
	unmarked, total, err := t.Unmarked(ctx, in.Round, shownUnmarked)
	if err != nil {
		return CompleteStageResult{}, err
	}
	unvisited, err := t.unvisited(ctx, round)
	if err != nil {
		return CompleteStageResult{}, err
	}
	if total+len(unvisited) > 0 {
		refusal := award.Refuse(award.Incomplete, "N 四(三)", "marks_incomplete", total, len(unvisited))
		for _, u := range unmarked {
			refusal.Fields = append(refusal.Fields, award.Defect{
				Pointer: fmt.Sprintf("/applications/%d", u.ID), Key: "unit_unmarked", Args: []any{u.Code, u.Name},
			})
		}
		for _, u := range unvisited {
			refusal.Fields = append(refusal.Fields, award.Defect{
				Pointer: fmt.Sprintf("/applications/%d", u.Application), Key: "unit_unvisited", Args: []any{u.Code, u.Name},
			})
		}
		return CompleteStageResult{}, refusal
	}
	if round.Rules.SpotCheckPercent > 0 { // the last to be visited may have withdrawn
		if _, _, err := t.publishAfterLast(ctx, round); err != nil {
			return CompleteStageResult{}, err
		}
	}
	return t.complete(ctx, round.Owner, round.OwnerCode, award.StageAssessment, stage.DueAt, in.Note, nil)
}

// shownUnmarked is how many units without marks a refusal names.
const shownUnmarked = 100

// complete writes a complete stage, its audit, and word to the workflow whose
// stage it is: the round's for the owner office, else the office's own.
func (t *act) complete(ctx context.Context, office int64, code string, stage award.Stage, due time.Time, note string, report any) (CompleteStageResult, error) {
	now, err := t.Now(ctx)
	if err != nil {
		return CompleteStageResult{}, err
	}
	if err := t.CompleteStage(ctx, t.round, office, stage, report); err != nil {
		return CompleteStageResult{}, err
	}
	result := CompleteStageResult{State: award.StageComplete, Late: !now.Before(due)}
	if err := t.audit(ctx, fmt.Sprintf("stage/%s/%s", code, stage), note, map[string]any{"late": result.Late, "report": report}); err != nil {
		return CompleteStageResult{}, err
	}
	if stage == award.StageAssessment {
		return result, t.tellRound(ctx, stage)
	}
	return result, t.tellOffice(ctx, code, stage)
}
