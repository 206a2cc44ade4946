package acts

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"shifan/internal/award"
)

// Committee is an office's body that votes in a round (评审委员会, D-07): the owner
// office's, or the review body of a recommending office.
type Committee struct {
	Members  []Member
	Meetings []Meeting // in order of number
	Motions  []Motion  // in order of number
}

// Member is one of its members (委员).
type Member struct {
	ID int64
	award.MemberName
	Ties     []int64  // units of the register below which it may not vote (回避情形)
	TieCodes []string // when read
}

// Meeting is one of its meetings.
type Meeting struct {
	Number  int
	MetOn   award.Date
	Place   string
	Present []int64 // members
	Minutes string
	SHA256  string // of the signed minutes' scan, hex; empty: none yet
}

// Motion is what a meeting is asked, and what it said.
type Motion struct {
	ID          int64
	Number      int
	Meeting     int
	Kind        award.MotionKind
	Category    award.Category // of a tie
	Reason      string         // of a departure
	RequestedBy int64          // the member who had a unit separated; 0: none
	Recused     []int64        // by their ties
	State       award.MotionState
	Units       []MotionUnit
	Votes       map[int64]award.Vote // by member
	Count       award.VoteCount      // of a closed one; its outcome is the record's
}

// MotionUnit is a unit of a motion.
type MotionUnit struct {
	Application int64
	Code, Name  string
	Category    award.Category
}

// committeeTx keeps committees, their meetings and motions. Whoever writes holds
// the office, or of the owner office the round.
type committeeTx interface {
	// Committee reads an office's committee with all it was asked.
	Committee(ctx context.Context, round string, office int64) (Committee, error)
	// SaveMembers writes the members in their order; who is not named is no
	// member any more.
	SaveMembers(ctx context.Context, by award.Officer, round string, office int64, members []Member) error
	// SaveMeeting writes a meeting, new or as it was corrected.
	SaveMeeting(ctx context.Context, by award.Officer, round string, office int64, m Meeting) error
	// AddMotion writes a motion and returns its ID.
	AddMotion(ctx context.Context, by award.Officer, round string, office int64, m Motion) (int64, error)
	// Separate takes a unit out of an open motion, which is withdrawn when it was
	// the last.
	Separate(ctx context.Context, motion, application int64) error
	// SaveVotes writes all votes on an open motion, in the place of earlier ones.
	SaveVotes(ctx context.Context, by award.Officer, motion int64, votes map[int64]award.Vote) error
	// CloseMotion writes what a motion came to.
	CloseMotion(ctx context.Context, by award.Officer, motion int64, outcome award.Outcome) error
}

// MemberInput is a member as named.
type MemberInput struct {
	award.MemberName
	Ties []string // codes
}

// ConveneInput names a committee's members.
type ConveneInput struct {
	Round, Office string
	Members       []MemberInput
}

// Convene names the members of an office's committee (组成评审委员会), each with the
// units from which it is recused. While it votes it may be enlarged, and ties
// may be declared; nobody leaves it.
func (a *Acts) Convene(ctx context.Context, by award.Officer, key Key, in ConveneInput) (Done[Committee], error) {
	return once(ctx, a, by, key, award.ActConvene, in.Round, func(t *act) (Committee, error) {
		desk, c, err := t.atCommittee(ctx, in.Office)
		if err != nil {
			return Committee{}, err
		}
		if slices.ContainsFunc(c.Motions, Motion.open) {
			return Committee{}, award.Refuse(award.Conflict, "D-78", "motion_waits")
		}
		members, defects, err := t.members(ctx, desk, in.Members)
		if err != nil {
			return Committee{}, err
		}
		if len(c.Meetings) > 0 {
			defects = append(defects, c.dropped(members)...)
		}
		if len(defects) > 0 {
			return Committee{}, award.RefuseFields(award.Invalid, "D-78", "committee_malformed", defects)
		}
		if err := t.SaveMembers(ctx, by, in.Round, desk.id, members); err != nil {
			return Committee{}, err
		}
		if err := t.audit(ctx, desk.subject("committee"), "", map[string]any{"members": len(members)}); err != nil {
			return Committee{}, err
		}
		return t.Committee(ctx, in.Round, desk.id)
	})
}

// dropped returns what members named anew leave out of the committee as it has
// met: a member, or a tie of one, which would give it a vote it had not (D-78).
func (c Committee) dropped(members []Member) []award.Defect {
	var defects []award.Defect
	for _, m := range c.Members {
		at := slices.IndexFunc(members, func(n Member) bool { return n.Name == m.Name && n.Unit == m.Unit })
		switch {
		case at < 0:
			defects = append(defects, award.Defect{Pointer: "/members", Key: "member_stays", Args: []any{m.Name}})
		case slices.ContainsFunc(m.Ties, func(tie int64) bool { return !slices.Contains(members[at].Ties, tie) }):
			defects = append(defects, award.Defect{Pointer: fmt.Sprintf("/members/%d/ties", at), Key: "member_ties_stay", Args: []any{m.Name}})
		}
	}
	return defects
}

// members finds the units that members are tied to.
func (t *act) members(ctx context.Context, d desk, named []MemberInput) ([]Member, []award.Defect, error) {
	members := make([]Member, len(named))
	names := make([]award.MemberName, len(named))
	var unknown []award.Defect
	for i, in := range named {
		names[i], members[i].MemberName = in.MemberName, in.MemberName
		for k, code := range in.Ties {
			unit, err := t.Unit(ctx, t.round, code)
			switch {
			case award.CodeOf(err) == award.NotFound:
				unknown = append(unknown, award.Defect{Pointer: fmt.Sprintf("/members/%d/ties/%d", i, k), Key: "unit_unknown", Args: []any{code}})
				continue
			case err != nil:
				return nil, nil, err
			case unit.ID == d.id: // it would be recused from everything
				unknown = append(unknown, award.Defect{Pointer: fmt.Sprintf("/members/%d/ties/%d", i, k), Key: "tie_everything", Args: []any{code}})
				continue
			}
			members[i].Ties = append(members[i].Ties, unit.ID)
		}
	}
	return members, append(award.CheckMembers(names), unknown...), nil
}

// HoldMeetingInput is a meeting.
type HoldMeetingInput struct {
	Round, Office string
	Meeting
}

// HoldMeeting records a meeting of the committee (召开会议), or corrects it: its
// minutes and their signed scan until the office's list is fixed, who was there
// until it has voted.
func (a *Acts) HoldMeeting(ctx context.Context, by award.Officer, key Key, in HoldMeetingInput) (Done[Meeting], error) {
	return once(ctx, a, by, key, award.ActHoldMeeting, in.Round, func(t *act) (Meeting, error) {
		desk, c, err := t.atCommittee(ctx, in.Office)
		if err != nil {
			return Meeting{}, err
		}
		if err := t.metBefore(ctx, in.MetOn); err != nil {
			return Meeting{}, err
		}
		if err := c.checkMeeting(in.Meeting); err != nil {
			return Meeting{}, err
		}
		if in.SHA256 != "" {
			if err := t.citeAlone(ctx, "/sha256", EvidenceUse{
				SHA256: in.SHA256, Unit: desk.id, Kind: award.UsePackage, Subject: fmt.Sprintf("minutes/%d", in.Number),
			}); err != nil {
				return Meeting{}, err
			}
		}
		if err := t.SaveMeeting(ctx, by, in.Round, desk.id, in.Meeting); err != nil {
			return Meeting{}, err
		}
		return in.Meeting, t.audit(ctx, desk.subject(fmt.Sprintf("meeting/%d", in.Number)), in.Minutes,
			map[string]any{"met_on": in.MetOn.String(), "present": len(in.Present), "sha256": in.SHA256})
	})
}

// checkMeeting checks a meeting against the committee and its earlier ones.
func (c Committee) checkMeeting(m Meeting) error {
	if m.Number < 1 || m.Number > len(c.Meetings)+1 {
		return award.Refuse(award.Conflict, "D-78", "meeting_number", len(c.Meetings)+1)
	}
	var defects []award.Defect
	if strings.TrimSpace(m.Minutes) == "" {
		defects = append(defects, award.Defect{Pointer: "/minutes", Key: "field_required"})
	}
	ids := c.memberIDs()
	for i, member := range m.Present {
		if !slices.Contains(ids, member) || slices.Contains(m.Present[:i], member) {
			defects = append(defects, award.Defect{Pointer: fmt.Sprintf("/present/%d", i), Key: "vote_no_member"})
		}
	}
	if len(defects) > 0 {
		return award.RefuseFields(award.Invalid, "D-78", "meeting_malformed", defects)
	}
	if m.Number > len(c.Meetings) {
		return nil
	}
	voted := slices.ContainsFunc(c.Motions, func(o Motion) bool { return o.Meeting == m.Number && len(o.Votes) > 0 })
	if earlier := c.Meetings[m.Number-1]; voted && (earlier.MetOn != m.MetOn || !slices.Equal(earlier.Present, m.Present)) {
		return award.Refuse(award.Conflict, "D-78", "meeting_voted", m.Number)
	}
	return nil
}

func (c Committee) memberIDs() []int64 {
	ids := make([]int64, len(c.Members))
	for i, m := range c.Members {
		ids[i] = m.ID
	}
	return ids
}

func (m Motion) open() bool { return m.State == award.MotionOpen }

func (m Motion) applications() []int64 {
	ids := make([]int64, len(m.Units))
	for i, u := range m.Units {
		ids[i] = u.Application
	}
	return ids
}

// atCommittee opens an act on an office's committee.
func (t *act) atCommittee(ctx context.Context, office string) (desk, Committee, error) {
	d, err := t.atDesk(ctx, office)
	if err != nil {
		return desk{}, Committee{}, err
	}
	c, err := t.Committee(ctx, t.round, d.id)
	return d, c, err
}

// hasVoted reports whether the nation's committee was asked anything yet.
func (t *act) hasVoted(ctx context.Context, d desk) (bool, error) {
	if !d.national {
		return false, nil
	}
	c, err := t.Committee(ctx, t.round, d.id)
	return len(c.Motions) > 0, err
}

// onMotion opens an act on an open motion.
func (t *act) onMotion(ctx context.Context, office string, number int) (desk, Committee, Motion, error) {
	d, c, err := t.atCommittee(ctx, office)
	if err != nil {
		return desk{}, Committee{}, Motion{}, err
	}
	if number < 1 || number > len(c.Motions) {
		return desk{}, Committee{}, Motion{}, award.Refuse(award.NotFound, "", "motion_unknown", number)
	}
	m := c.Motions[number-1]
	if !m.open() {
		return desk{}, Committee{}, Motion{}, award.Refuse(award.Conflict, "D-79", "motion_final", number)
	}
	return d, c, m, nil
}

// RecordVotesInput is how members voted on one motion. Who is recused by its ties
// or was not there need not be named.
type RecordVotesInput struct {
	Round, Office string
	Motion        int // number
	Votes         map[int64]award.Vote
}

// RecordVotes records how each member voted (记名表决). The secretary may correct it
// until the motion is closed.
func (a *Acts) RecordVotes(ctx context.Context, by award.Officer, key Key, in RecordVotesInput) (Done[Motion], error) {
	return once(ctx, a, by, key, award.ActRecordVotes, in.Round, func(t *act) (Motion, error) {
		desk, c, m, err := t.onMotion(ctx, in.Office, in.Motion)
		if err != nil {
			return Motion{}, err
		}
		votes, defects := award.CheckVotes(m.Kind, c.memberIDs(), m.Recused, c.Meetings[m.Meeting-1].Present, in.Votes)
		if len(defects) > 0 {
			return Motion{}, award.RefuseFields(award.Invalid, "D-07", "votes_malformed", defects)
		}
		if err := t.SaveVotes(ctx, by, m.ID, votes); err != nil {
			return Motion{}, err
		}
		m.Votes = votes
		return m, t.audit(ctx, desk.subject(fmt.Sprintf("motion/%d", m.Number)), "", map[string]any{"votes": votes})
	})
}

// CloseMotionInput names a motion to close.
type CloseMotionInput struct {
	Round, Office string
	Motion        int // number
}

// CloseMotion closes a vote (表决结束): what it came to is counted from the recorded
// votes (D-07), and final.
func (a *Acts) CloseMotion(ctx context.Context, by award.Officer, key Key, in CloseMotionInput) (Done[Motion], error) {
	return once(ctx, a, by, key, award.ActCloseMotion, in.Round, func(t *act) (Motion, error) {
		desk, c, m, err := t.onMotion(ctx, in.Office, in.Motion)
		if err != nil {
			return Motion{}, err
		}
		if len(m.Votes) != len(c.Members) {
			return Motion{}, award.Refuse(award.Incomplete, "D-07", "votes_missing", len(c.Members), len(m.Votes))
		}
		m.State, m.Count = award.MotionClosed, award.CountVotes(m.cast())
		if err := t.CloseMotion(ctx, by, m.ID, m.Count.Outcome); err != nil {
			return Motion{}, err
		}
		return m, t.audit(ctx, desk.subject(fmt.Sprintf("motion/%d", m.Number)), string(m.Count.Outcome), map[string]any{
			"entitled": m.Count.Entitled, "present": m.Count.Present, "for": m.Count.For, "against": m.Count.Against, "abstain": m.Count.Abstain,
		})
	})
}

// cast lists the recorded votes.
func (m Motion) cast() []award.Vote {
	votes := make([]award.Vote, 0, len(m.Votes))
	for _, v := range m.Votes {
		votes = append(votes, v)
	}
	return votes
}

// CommitteeView is a committee and what waits for it.
type CommitteeView struct {
	Committee
	Votes     bool    // the round's rule: nothing is listed that no motion has carried
	Undecided []int64 // of the nation: applications that wait for a motion
	Ties      []award.Category
	Open      []MotionUnit // what a motion may still be put on
}

// mayTable lists the units on which some motion may still be put.
func mayTable(agendas []agenda) []MotionUnit {
	var open []MotionUnit
	for _, d := range agendas {
		for _, id := range d.Eligible {
			one := []int64{id}
			if d.MayTable(award.MotionUnit, one) == nil || d.MayTable(award.MotionTie, one) == nil || d.MayTable(award.MotionDeparture, one) == nil {
				open = append(open, d.unit(id))
			}
		}
	}
	return open
}

// CommitteeOf reads an office's committee, for whoever may see the office.
func (a *Acts) CommitteeOf(ctx context.Context, by award.Officer, round, office string) (CommitteeView, error) {
	var out CommitteeView
	err := a.readDesk(ctx, by, round, office, func(tx Tx, d desk) error {
		c, err := tx.Committee(ctx, round, d.id)
		if err != nil {
			return err
		}
		out = CommitteeView{Committee: c, Votes: d.round.Rules.ProvinceVotes}
		if !d.national {
			agendas, err := localAgendas(ctx, tx, d, c)
			out.Open = mayTable(agendas)
			return err
		}
		out.Votes = d.round.Rules.CommitteeVotes
		if d.round.ScoredAt.IsZero() || !d.round.CandidatesAt.IsZero() {
			return nil
		}
		agendas, err := nationalAgendas(ctx, tx, d.round, c)
		out.Open = mayTable(agendas)
		for _, k := range agendas {
			units, tie := k.Undecided()
			out.Undecided = append(out.Undecided, units...)
			if tie {
				out.Ties = append(out.Ties, k.category)
			}
		}
		return err
	})
	return out, err
}
