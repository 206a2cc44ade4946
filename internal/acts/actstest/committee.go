package actstest

import (
	"context"
	"fmt"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// Convene gives an office of a round a committee of so many members without ties,
// all of them at a first meeting, and returns them.
func (w *World) Convene(by award.Officer, round, office string, members int) []int64 {
	w.t.Helper()
	in := acts.ConveneInput{Round: round, Office: office}
	for i := range members {
		in.Members = append(in.Members, acts.MemberInput{MemberName: award.MemberName{
			Name: fmt.Sprintf("委员%d", i+1), Unit: "评审单位", Chair: i == 0,
		}})
	}
	done, err := w.Acts.Convene(context.Background(), by, w.Key(), in)
	w.must(err)
	ids := make([]int64, members)
	for i, m := range done.Result.Members {
		ids[i] = m.ID
	}
	_, err = w.Acts.HoldMeeting(context.Background(), by, w.Key(), acts.HoldMeetingInput{
		Round: round, Office: office, Meeting: acts.Meeting{Number: 1, MetOn: award.DateOf(w.Now()), Minutes: "评审委员会第1次会议纪要", Present: ids},
	})
	w.must(err)
	return ids
}

// Carries has the committee of a round's owner take by unanimous votes what the
// rule places, and of those tied the chosen. It convenes one of three members when
// there is none yet, and returns why a motion could not be put.
func (w *World) Carries(round string, chosenOfTied ...int64) error {
	w.t.Helper()
	ctx, owner := context.Background(), w.Round(round).OwnerCode
	view, err := w.Acts.CommitteeOf(ctx, w.Admin, round, owner)
	if err != nil {
		return err
	}
	if len(view.Meetings) == 0 {
		w.Convene(w.Admin, round, owner, 3)
	}
	if len(view.Undecided) > 0 {
		if err := w.carry(acts.TableMotionsInput{Round: round, Kind: award.MotionList}); err != nil {
			return err
		}
	}
	for _, category := range view.Ties {
		err := w.carry(acts.TableMotionsInput{Round: round, Kind: award.MotionTie, Category: category, Applications: w.ofCategory(category, chosenOfTied)})
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *World) ofCategory(category award.Category, files []int64) []int64 {
	var mine []int64
	for _, id := range files {
		if One[string](w, `SELECT category FROM application WHERE id = $1`, id) == string(category) {
			mine = append(mine, id)
		}
	}
	return mine
}

// carry puts a question to the owner's last meeting, where everybody is for it.
func (w *World) carry(in acts.TableMotionsInput) error {
	ctx, owner := context.Background(), w.Round(in.Round).OwnerCode
	view, err := w.Acts.CommitteeOf(ctx, w.Admin, in.Round, owner)
	if err != nil {
		return err
	}
	in.Office, in.Meeting = owner, len(view.Meetings)
	tabled, err := w.Acts.TableMotions(ctx, w.Admin, w.Key(), in)
	if err != nil {
		return err
	}
	for _, m := range tabled.Result {
		if _, err := w.Votes(w.Admin, in.Round, owner, m.Number, nil); err != nil {
			return err
		}
	}
	return nil
}

// Votes records votes on a motion and closes it. Whoever of those present is not
// named is for it.
func (w *World) Votes(by award.Officer, round, office string, motion int, votes map[int64]award.Vote) (acts.Motion, error) {
	w.t.Helper()
	ctx := context.Background()
	view, err := w.Acts.CommitteeOf(ctx, by, round, office)
	if err != nil {
		return acts.Motion{}, err
	}
	m := view.Motions[motion-1]
	all := map[int64]award.Vote{}
	for _, member := range view.Meetings[m.Meeting-1].Present {
		all[member] = award.VoteFor
	}
	for _, member := range m.Recused {
		delete(all, member)
	}
	for member, vote := range votes {
		all[member] = vote
	}
	if _, err := w.Acts.RecordVotes(ctx, by, w.Key(), acts.RecordVotesInput{Round: round, Office: office, Motion: motion, Votes: all}); err != nil {
		return acts.Motion{}, err
	}
	done, err := w.Acts.CloseMotion(ctx, by, w.Key(), acts.CloseMotionInput{Round: round, Office: office, Motion: motion})
	return done.Result, err
}
