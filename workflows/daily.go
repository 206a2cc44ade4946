package workflows

import (
	"go.temporal.io/sdk/workflow"
)

// Daily runs every working morning from a Schedule: it walks everything that
// is due and writes one digest per office, then hands messages to their
// channels. roundID is empty for all real rounds, which share the State
// Council's calendar; a drill has a Daily of its own.
func Daily(ctx workflow.Context, roundID string) error {
	working, err := ask[bool](ctx, mailing, activity.WorkingDay, "今天是工作日吗", roundID)
	if err != nil {
		return err
	}
	if working {
		if _, err := ask[int](ctx, mailing, activity.Digest, "每机构一份当日提醒", roundID); err != nil {
			return err
		}
	}
	_, err = ask[int](ctx, mailing, activity.Deliver, "送达消息")
	return err
}
