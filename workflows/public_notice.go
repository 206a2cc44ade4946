package workflows

import (
	"go.temporal.io/sdk/workflow"

	"shifan/internal/award"
)

// PublicNotice keeps one list before the public (公示): its window of working
// days, then the days in which letters postmarked inside it may still arrive
// (N 四(二), 四(四); domain 7). Then the list is final, and whoever gave notice
// is told: the office, or for the national list the round.
func PublicNotice(ctx workflow.Context, roundID string, number int) error {
	n, err := watchNotice(ctx, roundID, number)
	if err != nil {
		return err
	}
	over := func(v award.NoticeView) bool { return v.Notice != award.NoticeAnnounced || !v.Now.Before(v.ClosesAt) }
	if _, err := n.until("公示期内", over); err != nil {
		return ended(err)
	}

	if err := n.suspendObjected(); err != nil {
		return err
	}

	// A suspended round ends no list; its windows run on, and when it is resumed this is told (D-23).
	final := func(v award.NoticeView) bool {
		return v.Notice != award.NoticeAnnounced || v.State == award.RoundOpen && !v.Now.Before(v.FinalAt)
	}
	for {
		v, err := n.until("公示期满，等待信函到达期满", final)
		if err != nil {
			return ended(err)
		}
		if v.Notice == award.NoticeWithdrawn {
			return n.details.notice(ctx, v, "已撤回")
		}
		done, err := ask[bool](ctx, quick, activity.EndNotice, "公示结束，名单确定", roundID, number)
		if err != nil {
			return err
		}
		if done {
			return n.tellParent(v)
		}
	}
}

// notice is a PublicNotice under way.
type notice struct {
	watch[award.NoticeView]
	id      string
	number  int
	details details
}

// suspendObjected lets the units wait to which an objection is open when the
// window has ended; the others go on (domain 7). A ruling lets its unit join
// them again by itself, whether this workflow still runs or not.
func (n *notice) suspendObjected() error {
	if workflow.GetVersion(n.ctx, "suspend-objected", workflow.DefaultVersion, 1) == workflow.DefaultVersion {
		return nil
	}
	_, err := ask[int](n.ctx, quick, activity.SuspendObjected, "公示期满，有异议未办结的单位暂缓", n.id, n.number)
	return err
}

// tellParent tells whoever gave notice that its list is final.
func (n *notice) tellParent(v award.NoticeView) error {
	if err := n.details.notice(n.ctx, v, "公示结束"); err != nil {
		return err
	}
	parent := award.OfficeWorkflow(n.id, v.OfficeCode)
	if v.Scope == award.National {
		parent = award.RoundWorkflow(n.id)
	}
	return tell(n.ctx, parent, signalNoticeEnded, award.Told{Office: v.OfficeCode})
}

// watchNotice prepares a PublicNotice's watch, queries and signals.
func watchNotice(ctx workflow.Context, roundID string, number int) (*notice, error) {
	n := &notice{id: roundID, number: number}
	n.watch = watch[award.NoticeView]{
		ctx: ctx,
		look: func() (award.NoticeView, error) {
			return ask[award.NoticeView](ctx, quick, activity.LookNotice, "查看公示台账", roundID, number)
		},
		due:   func(award.NoticeView) (bool, error) { return false, nil },
		show:  func(v award.NoticeView, waitingFor string) error { return n.details.notice(ctx, v, waitingFor) },
		again: func() error { return workflow.NewContinueAsNewError(ctx, PublicNotice, roundID, number) },
	}
	if err := n.details.answerQueries(ctx); err != nil {
		return nil, err
	}
	n.listen(noticeSignals())
	return n, nil
}
