package server

import (
	"cmp"
	"context"
	"slices"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// GetCommittee shows an office's committee and what waits for it.
func (s *Server) GetCommittee(ctx context.Context, request GetCommitteeRequestObject) (GetCommitteeResponseObject, error) {
	found, err := s.acts.CommitteeOf(ctx, officer(ctx), request.Round, request.Office)
	if err != nil {
		return nil, err
	}
	out := committee(found.Committee)
	undecided := append([]int64{}, found.Undecided...)
	out.Votes, out.Undecided = &found.Votes, &undecided
	ties := make([]CategoryName, len(found.Ties))
	for i, c := range found.Ties {
		ties[i] = CategoryName(c)
	}
	out.Ties = &ties
	return GetCommittee200JSONResponse(out), nil
}

// ConveneCommittee names its members.
func (s *Server) ConveneCommittee(ctx context.Context, request ConveneCommitteeRequestObject) (ConveneCommitteeResponseObject, error) {
	in := acts.ConveneInput{Round: request.Round, Office: request.Office}
	for _, m := range request.Body.Members {
		in.Members = append(in.Members, acts.MemberInput{
			MemberName: award.MemberName{Name: m.Name, Unit: m.Unit, Chair: value(m.Chair)}, Ties: value(m.Ties),
		})
	}
	done, err := s.acts.Convene(ctx, officer(ctx), actKey(ctx), in)
	if err != nil {
		return nil, err
	}
	return ConveneCommittee200JSONResponse{Receipt: receipt(done.Receipt), Committee: committee(done.Result)}, nil
}

// HoldMeeting records a meeting.
func (s *Server) HoldMeeting(ctx context.Context, request HoldMeetingRequestObject) (HoldMeetingResponseObject, error) {
	body := request.Body
	done, err := s.acts.HoldMeeting(ctx, officer(ctx), actKey(ctx), acts.HoldMeetingInput{
		Round: request.Round, Office: request.Office,
		Meeting: acts.Meeting{
			Number: request.Meeting, MetOn: date(body.MetOn), Place: value(body.Place), Present: body.Present,
			Minutes: body.Minutes, SHA256: value(body.Sha256),
		},
	})
	if err != nil {
		return nil, err
	}
	return HoldMeeting200JSONResponse{Receipt: receipt(done.Receipt), Meeting: done.Result.Number}, nil
}

// TableMotions puts a question to a meeting.
func (s *Server) TableMotions(ctx context.Context, request TableMotionsRequestObject) (TableMotionsResponseObject, error) {
	body := request.Body
	done, err := s.acts.TableMotions(ctx, officer(ctx), actKey(ctx), acts.TableMotionsInput{
		Round: request.Round, Office: request.Office, Meeting: body.Meeting, Kind: award.MotionKind(body.Kind),
		Category: award.Category(value(body.Category)), Applications: value(body.Applications),
		RequestedBy: value(body.RequestedBy), Reason: value(body.Reason),
	})
	if err != nil {
		return nil, err
	}
	return TableMotions201JSONResponse{Receipt: receipt(done.Receipt), Motions: motions(done.Result)}, nil
}

// RecordVotes records how each member voted.
func (s *Server) RecordVotes(ctx context.Context, request RecordVotesRequestObject) (RecordVotesResponseObject, error) {
	votes := make(map[int64]award.Vote, len(request.Body.Votes))
	for _, v := range request.Body.Votes {
		votes[v.Member] = award.Vote(v.Vote)
	}
	done, err := s.acts.RecordVotes(ctx, officer(ctx), actKey(ctx), acts.RecordVotesInput{
		Round: request.Round, Office: request.Office, Motion: request.Motion, Votes: votes,
	})
	if err != nil {
		return nil, err
	}
	return RecordVotes200JSONResponse(motionDone(done)), nil
}

// CloseMotion counts a vote and closes it.
func (s *Server) CloseMotion(ctx context.Context, request CloseMotionRequestObject) (CloseMotionResponseObject, error) {
	done, err := s.acts.CloseMotion(ctx, officer(ctx), actKey(ctx), acts.CloseMotionInput{
		Round: request.Round, Office: request.Office, Motion: request.Motion,
	})
	if err != nil {
		return nil, err
	}
	return CloseMotion200JSONResponse(motionDone(done)), nil
}

func motionDone(done acts.Done[acts.Motion]) MotionDone {
	return MotionDone{Receipt: receipt(done.Receipt), Motion: motion(done.Result)}
}

func committee(c acts.Committee) Committee {
	out := Committee{Motions: motions(c.Motions)}
	out.Members = make([]CommitteeMember, len(c.Members))
	for i, m := range c.Members {
		out.Members[i] = CommitteeMember{Id: m.ID, Name: m.Name, Unit: m.Unit, Chair: m.Chair, Ties: append([]string{}, m.TieCodes...)}
	}
	out.Meetings = make([]CommitteeMeeting, len(c.Meetings))
	for i, m := range c.Meetings {
		out.Meetings[i] = CommitteeMeeting{
			Number: m.Number, MetOn: day(m.MetOn), Place: given(m.Place), Present: append([]int64{}, m.Present...),
			Minutes: m.Minutes, Sha256: given(m.SHA256),
		}
	}
	return out
}

func motions(all []acts.Motion) []Motion {
	out := make([]Motion, len(all))
	for i, m := range all {
		out[i] = motion(m)
	}
	return out
}

func motion(m acts.Motion) Motion {
	out := Motion{
		Number: m.Number, Meeting: m.Meeting, Kind: MotionKind(m.Kind), Reason: given(m.Reason), State: MotionState(m.State),
		Recused: append([]int64{}, m.Recused...), Units: make([]MotionUnit, len(m.Units)), Votes: []MemberVote{},
	}
	if m.Category != "" {
		category := CategoryName(m.Category)
		out.Category = &category
	}
	if m.RequestedBy != 0 {
		out.RequestedBy = &m.RequestedBy
	}
	for i, u := range m.Units {
		out.Units[i] = MotionUnit{Application: u.Application, Code: u.Code, Name: u.Name, Category: CategoryName(u.Category)}
	}
	for member, vote := range m.Votes {
		out.Votes = append(out.Votes, MemberVote{Member: member, Vote: Vote(vote)})
	}
	slices.SortFunc(out.Votes, func(a, b MemberVote) int { return cmp.Compare(a.Member, b.Member) })
	if m.State == award.MotionClosed {
		out.Count = &VoteCount{
			Members: m.Count.Members, Recused: m.Count.Recused, Entitled: m.Count.Entitled, Present: m.Count.Present,
			For: m.Count.For, Against: m.Count.Against, Abstain: m.Count.Abstain, Outcome: VoteCountOutcome(m.Count.Outcome),
		}
	}
	return out
}
