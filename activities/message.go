package activities

import "context"

// digestPage is how many offices one transaction writes digests for.
const digestPage = 500

// WorkingDay reports whether today is a working day of the round's calendar.
// round is empty for real rounds, which share one.
func (a *Activities) WorkingDay(ctx context.Context, round string) (bool, error) {
	working, err := a.message.WorkingDay(ctx, round)
	return working, answer(err)
}

// Digest writes today's digest of every office with something due and returns
// how many were written: one a working day, however often it runs.
func (a *Activities) Digest(ctx context.Context, round string) (int, error) {
	written := 0
	for after := int64(0); ; {
		next, n, err := a.message.DigestPage(ctx, round, after, digestPage)
		if err != nil {
			return written, answer(err)
		}
		written += n
		if next == 0 {
			return written, nil
		}
		after = next
	}
}

// Deliver hands messages to their channels and returns how many went out. A
// channel that fails leaves its message listed, and the others go on.
func (a *Activities) Deliver(ctx context.Context) (int, error) {
	delivered := 0
	for {
		n, err := a.message.DeliverPage(ctx, digestPage)
		if err != nil {
			return delivered, answer(err)
		}
		delivered += n
		if n == 0 {
			return delivered, nil
		}
	}
}
