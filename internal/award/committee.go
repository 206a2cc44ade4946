package award

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// MotionKind says what a committee (评审委员会) is asked.
type MotionKind string

// The kinds of motion (表决事项, D-79).
const (
	MotionList      MotionKind = "list"      // 整体表决: the list en bloc
	MotionUnit      MotionKind = "unit"      // 单独表决: a unit separated from the list
	MotionTie       MotionKind = "tie"       // 同分表决: who of the tied is taken; naming nobody leaves the places empty
	MotionDeparture MotionKind = "departure" // 偏离排名: a unit that passes, in a place that motions have left empty
)

// MotionKinds lists every kind.
func MotionKinds() []MotionKind {
	return []MotionKind{MotionList, MotionUnit, MotionTie, MotionDeparture}
}

// MotionState is where a motion stands.
type MotionState string

// The states of a motion. A closed one is final, and so are its votes.
const (
	MotionOpen      MotionState = "open"      // 待表决
	MotionClosed    MotionState = "closed"    // 已表决
	MotionWithdrawn MotionState = "withdrawn" // 已撤回: every unit of it has been separated
)

// Outcome is what a vote came to. Nobody enters it: CountVotes computes it.
type Outcome string

// The outcomes of a vote (D-07).
const (
	Carried   Outcome = "carried"   // 通过
	Lost      Outcome = "lost"      // 未通过
	Inquorate Outcome = "inquorate" // 不足法定人数: nothing is decided, and it may be put again
)

// Vote is what one member does on one motion.
type Vote string

// The votes.
const (
	VoteFor     Vote = "for"     // 赞成
	VoteAgainst Vote = "against" // 反对
	VoteAbstain Vote = "abstain" // 弃权
	VoteRecused Vote = "recused" // 回避: not entitled on this motion
	VoteAbsent  Vote = "absent"  // 缺席: entitled, and not there
)

// Votes lists every vote.
func Votes() []Vote {
	return []Vote{VoteFor, VoteAgainst, VoteAbstain, VoteRecused, VoteAbsent}
}

// VoteCount is a vote counted (计票).
type VoteCount struct {
	Members, Recused, Entitled, Present, For, Against, Abstain int
	Outcome                                                    Outcome
}

// CountVotes counts the recorded votes of all members (D-07): at least two
// thirds of those entitled must be present, and more than half of those entitled
// be for it. Entitled is who is not recused on this motion. Both in whole numbers.
func CountVotes(votes []Vote) VoteCount {
	c := VoteCount{Members: len(votes), Outcome: Lost}
	for _, v := range votes {
		switch v {
		case VoteFor:
			c.For++
		case VoteAgainst:
			c.Against++
		case VoteAbstain:
			c.Abstain++
		case VoteRecused:
			c.Recused++
		case VoteAbsent:
		}
	}
	c.Entitled, c.Present = c.Members-c.Recused, c.For+c.Against+c.Abstain
	switch {
	case c.Entitled == 0 || 3*c.Present < 2*c.Entitled:
		c.Outcome = Inquorate
	case 2*c.For > c.Entitled:
		c.Outcome = Carried
	}
	return c
}

// CommitteeMember is a member as motions see it. Ties are the units of the
// register below which it may not vote: its own province, its own unit, what it
// has declared (回避情形).
type CommitteeMember struct {
	ID   int64
	Ties []int64
}

// RecusedFrom reports whether the member is recused from a unit: path is the
// unit's own, root first, and office the one that recommended it.
func (m CommitteeMember) RecusedFrom(path []int64, office int64) bool {
	return slices.ContainsFunc(m.Ties, func(tie int64) bool { return tie == office || slices.Contains(path, tie) })
}

// MotionUnitOf is a unit that motions are about.
type MotionUnitOf struct {
	Application int64
	Path        []int64
	Office      int64
}

// Recused returns the members recused from any of the units, in order of ID.
func Recused(members []CommitteeMember, units []MotionUnitOf) []int64 {
	var recused []int64
	for _, m := range members {
		if slices.ContainsFunc(units, func(u MotionUnitOf) bool { return m.RecusedFrom(u.Path, u.Office) }) {
			recused = append(recused, m.ID)
		}
	}
	slices.Sort(recused)
	return recused
}

// SeparateRecused divides a list for its vote en bloc: units from which the same
// members are recused are voted together, without those members (D-07). The
// units that nobody is recused from come first; the order is kept within.
func SeparateRecused(members []CommitteeMember, units []MotionUnitOf) [][]MotionUnitOf {
	var parts [][]MotionUnitOf
	var without [][]int64
	for _, u := range units {
		recused := Recused(members, []MotionUnitOf{u})
		at := slices.IndexFunc(without, func(other []int64) bool { return slices.Equal(other, recused) })
		switch {
		case at >= 0:
			parts[at] = append(parts[at], u)
		case len(recused) == 0:
			parts, without = slices.Insert(parts, 0, []MotionUnitOf{u}), slices.Insert(without, 0, recused)
		default:
			parts, without = append(parts, []MotionUnitOf{u}), append(without, recused)
		}
	}
	return parts
}

// Motion is a motion as the rule sees it.
type Motion struct {
	Kind    MotionKind
	State   MotionState
	Outcome Outcome // of a closed one
	Units   []int64 // applications
}

// Agenda is what a committee has before it of one category, and what it has
// decided so far. A review body's list knows no quota: Unbounded.
type Agenda struct {
	Quota     int
	Unbounded bool
	Placed    []int64  // Select places them; of a review body's list: all that pass
	Tied      []int64  // across the last place
	Standing  []int64  // all that may be taken in the end: they pass, and no department's objection was followed
	Eligible  []int64  // of those, who may be voted on: no department's answer or decision is missing (D-77)
	Motions   []Motion // of the category, in any order
}

// Taken returns the units that stand in a carried motion and may still be taken
// (D-79). What no motion carries is not decided.
func (d Agenda) Taken() []int64 {
	var taken []int64
	for _, m := range d.Motions {
		if m.State != MotionClosed || m.Outcome != Carried {
			continue
		}
		for _, u := range m.Units {
			if slices.Contains(d.Standing, u) && !slices.Contains(taken, u) {
				taken = append(taken, u)
			}
		}
	}
	return taken
}

// in reports whether a motion of one of the kinds that fits holds the unit.
func (d Agenda) in(unit int64, fits func(Motion) bool) bool {
	return slices.ContainsFunc(d.Motions, func(m Motion) bool { return fits(m) && slices.Contains(m.Units, unit) })
}

func isOpen(m Motion) bool { return m.State == MotionOpen }

// settled reports whether the committee has decided on the unit itself: taken by
// any motion, or refused by one of its own.
func (d Agenda) settled(unit int64) bool {
	return d.in(unit, func(m Motion) bool {
		alone := m.Kind == MotionUnit || m.Kind == MotionDeparture
		return m.State == MotionClosed && (m.Outcome == Carried || m.Outcome == Lost && alone)
	})
}

// tieSettled reports whether the committee has said whom of the tied it takes.
func (d Agenda) tieSettled() bool {
	return len(d.Tied) == 0 || slices.ContainsFunc(d.Motions, func(m Motion) bool {
		return m.Kind == MotionTie && m.State == MotionClosed && m.Outcome == Carried
	})
}

// places is how many places are neither taken nor asked for by an open motion.
func (d Agenda) places() int {
	free := d.Quota - len(d.Taken())
	for _, m := range d.Motions {
		if isOpen(m) {
			free -= len(m.Units)
		}
	}
	return free
}

// Undecided returns the placed units that the committee has still to decide on,
// and whether a tie waits for it too. Once the places are taken nothing waits.
func (d Agenda) Undecided() (units []int64, tie bool) {
	if !d.Unbounded && len(d.Taken()) >= d.Quota {
		return nil, false
	}
	for _, u := range d.Placed {
		if !d.settled(u) {
			units = append(units, u)
		}
	}
	return units, !d.tieSettled()
}

// EnBloc returns the placed units that the list en bloc still asks for: eligible,
// undecided, in no open motion, and in no list that was lost, whose units are put
// one by one from then on.
func (d Agenda) EnBloc() []int64 {
	undecided, _ := d.Undecided()
	return slices.DeleteFunc(undecided, func(u int64) bool {
		return !slices.Contains(d.Eligible, u) || d.in(u, isOpen) || d.lostEnBloc(u)
	})
}

// lostEnBloc reports whether the unit stood in a list that was lost: it is put
// alone from then on.
func (d Agenda) lostEnBloc(unit int64) bool {
	return d.in(unit, func(m Motion) bool { return m.Kind == MotionList && m.State == MotionClosed && m.Outcome == Lost })
}

// MayTable checks a motion on units of the category before it is put (D-79). It
// never asks for more places than are left.
func (d Agenda) MayTable(kind MotionKind, units []int64) error {
	if kind == MotionTie {
		if err := d.mayTableTie(units); err != nil {
			return err
		}
	} else if len(units) == 0 {
		return Refuse(Conflict, "D-79", "motion_nothing_to_put")
	}
	seen := map[int64]bool{}
	for _, u := range units {
		switch {
		case seen[u]:
			return Refuse(Invalid, "D-79", "motion_unit_twice", u)
		case !slices.Contains(d.Eligible, u):
			return Refuse(Incomplete, "N 五(二)", "motion_unit_not_eligible", u)
		case d.settled(u):
			return Refuse(Conflict, "D-79", "motion_unit_decided", u)
		case d.in(u, isOpen):
			return Refuse(Conflict, "D-79", "motion_unit_open", u)
		case kind == MotionList && d.lostEnBloc(u):
			return Refuse(Conflict, "D-79", "motion_unit_alone", u)
		case (kind == MotionList || kind == MotionUnit) && !slices.Contains(d.Placed, u):
			return Refuse(Invalid, "D-79", "motion_unit_not_placed", u)
		case kind == MotionDeparture && (slices.Contains(d.Placed, u) || slices.Contains(d.Tied, u) && !d.tieSettled()):
			return Refuse(Invalid, "D-79", "motion_no_departure", u)
		}
		seen[u] = true
	}
	if free := d.freeFor(kind); !d.Unbounded && len(units) > free {
		return Refuse(OverLimit, "N 二", "motion_over_quota", max(0, free), len(units))
	}
	return nil
}

func (d Agenda) mayTableTie(units []int64) error {
	if d.tieSettled() || slices.ContainsFunc(d.Motions, func(m Motion) bool { return m.Kind == MotionTie && isOpen(m) }) {
		return Refuse(Conflict, "D-05", "motion_no_tie")
	}
	if left := d.Quota - len(d.Placed); len(units) > left {
		return Refuse(OverLimit, "N 二", "tie_over_quota", left, len(units))
	}
	for _, u := range units {
		if !slices.Contains(d.Tied, u) {
			return Refuse(Invalid, "D-05", "tie_not_tied", u)
		}
	}
	return nil
}

// freeFor is how many places a motion of the kind may ask for: a departure only
// those that neither the placed nor the tied still wait for.
func (d Agenda) freeFor(kind MotionKind) int {
	free := d.places()
	if kind != MotionDeparture {
		return free
	}
	undecided, tie := d.Undecided()
	for _, u := range undecided {
		if !d.in(u, isOpen) {
			free--
		}
	}
	if tie {
		free -= max(0, d.Quota-len(d.Placed))
	}
	return free
}

// CheckMembers returns what is wrong with a committee's members, by pointer:
// several, each named once with its unit, exactly one in the chair.
func CheckMembers(members []MemberName) []Defect {
	var defects []Defect
	if len(members) < leastMembers {
		defects = append(defects, Defect{"/members", "number_too_small", []any{leastMembers, len(members)}})
	}
	if len(members) > mostMembers {
		defects = append(defects, Defect{"/members", "number_too_large", []any{mostMembers, len(members)}})
	}
	chairs := 0
	for i, m := range members {
		at := fmt.Sprintf("/members/%d", i)
		for field, value := range map[string]string{"name": m.Name, "unit": m.Unit} {
			switch {
			case strings.TrimSpace(value) == "":
				defects = append(defects, Defect{Pointer: at + "/" + field, Key: "field_required"})
			case utf8.RuneCountInString(value) > mostMemberName:
				defects = append(defects, Defect{at + "/" + field, "value_too_long", []any{mostMemberName}})
			}
		}
		if slices.ContainsFunc(members[:i], func(other MemberName) bool { return other.Name == m.Name && other.Unit == m.Unit }) {
			defects = append(defects, Defect{at + "/name", "member_twice", []any{m.Name}})
		}
		if m.Chair {
			chairs++
		}
	}
	if chairs != 1 {
		defects = append(defects, Defect{"/members", "one_chair", []any{chairs}})
	}
	return defects
}

// MemberName is who sits on a committee.
type MemberName struct {
	Name  string
	Unit  string // 工作单位
	Chair bool   // 主任委员
}

// The bounds of a committee.
const (
	leastMembers   = 3
	mostMembers    = 101
	mostMemberName = 100 // characters
)

// CheckVotes fills in what follows by itself and returns every member's vote:
// recused is who may not vote on the motion, present who was at the meeting. Each
// member that was there and may vote says something; of those who were not there
// nobody votes; a member may recuse itself beyond its ties, but not from a list,
// whose units are separated for that (D-07).
func CheckVotes(kind MotionKind, members, recused, present []int64, given map[int64]Vote) (map[int64]Vote, []Defect) {
	var defects []Defect
	say := func(member int64, key string) {
		defects = append(defects, Defect{Pointer: fmt.Sprintf("/votes/%d", member), Key: key})
	}
	votes := make(map[int64]Vote, len(members))
	for _, m := range members {
		v, said := given[m]
		mayNot, there := slices.Contains(recused, m), slices.Contains(present, m)
		switch {
		case mayNot && said && v != VoteRecused:
			say(m, "vote_recused")
		case mayNot:
			votes[m] = VoteRecused
		case !there && said && v != VoteAbsent:
			say(m, "vote_absent")
		case !there:
			votes[m] = VoteAbsent
		case !said:
			say(m, "vote_missing")
		case !slices.Contains(Votes(), v):
			say(m, "vote_unknown")
		case v == VoteRecused && kind == MotionList:
			say(m, "vote_separate_first")
		default:
			votes[m] = v
		}
	}
	for m := range given {
		if !slices.Contains(members, m) {
			say(m, "vote_no_member")
		}
	}
	slices.SortFunc(defects, func(a, b Defect) int { return strings.Compare(a.Pointer, b.Pointer) })
	return votes, defects
}
