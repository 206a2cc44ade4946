package acts

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"shifan/internal/award"
)

// TableMotionsInput is what a meeting is asked.
type TableMotionsInput struct {
	Round, Office string
	Meeting       int
	Kind          award.MotionKind
	Category      award.Category // of a tie
	Applications  []int64        // of the nation's list none: it is what the rule places
	RequestedBy   int64          // the member who has units separated
	Reason        string         // of a departure
}

// TableMotions puts a question to a meeting (提请表决, D-79). The list en bloc is
// what the rule places and nobody has separated; units that a member is recused
// from are voted apart and without that member, so one list may be several
// motions. Separated units, departures: one motion each. No motion asks for a
// place that is not left.
func (a *Acts) TableMotions(ctx context.Context, by award.Officer, key Key, in TableMotionsInput) (Done[[]Motion], error) {
	return once(ctx, a, by, key, award.ActTableMotions, in.Round, func(t *act) ([]Motion, error) {
		desk, c, err := t.atCommittee(ctx, in.Office)
		if err != nil {
			return nil, err
		}
		if in.Meeting < 1 || in.Meeting > len(c.Meetings) {
			return nil, award.Refuse(award.Incomplete, "D-07", "committee_not_met")
		}
		agendas, err := t.agendas(ctx, desk, c)
		if err != nil {
			return nil, err
		}
		parts, err := t.parts(ctx, c, agendas, in)
		if err != nil {
			return nil, err
		}
		motions := make([]Motion, len(parts))
		for i, part := range parts {
			m := Motion{
				Number: len(c.Motions) + 1 + i, Meeting: in.Meeting, Kind: in.Kind, Category: in.Category, Reason: in.Reason,
				RequestedBy: in.RequestedBy, Recused: part.recused, State: award.MotionOpen, Units: part.units,
			}
			if m.ID, err = t.AddMotion(ctx, by, in.Round, desk.id, m); err != nil {
				return nil, err
			}
			motions[i] = m
			if err := t.audit(ctx, desk.subject(fmt.Sprintf("motion/%d", m.Number)), in.Reason, map[string]any{
				"kind": m.Kind, "meeting": m.Meeting, "applications": m.applications(), "recused": m.Recused, "requested_by": m.RequestedBy,
			}); err != nil {
				return nil, err
			}
		}
		return motions, nil
	})
}

// part is what becomes one motion.
type part struct {
	units   []MotionUnit
	recused []int64
}

// parts asks the rule whether a question may be put, and divides it into motions.
func (t *act) parts(ctx context.Context, c Committee, agendas []agenda, in TableMotionsInput) ([]part, error) {
	switch in.Kind {
	case award.MotionList:
		return c.listParts(agendas, in)
	case award.MotionTie:
		return c.tiePart(agendas, in)
	case award.MotionUnit:
		if err := t.separate(ctx, &c, agendas, in); err != nil {
			return nil, err
		}
		return c.singleParts(agendas, in)
	case award.MotionDeparture:
		if strings.TrimSpace(in.Reason) == "" {
			return nil, reasonRequired()
		}
		return c.singleParts(agendas, in)
	}
	return nil, award.Refuse(award.Invalid, "D-79", "motion_kind_unknown", string(in.Kind))
}

// listParts divides the list en bloc by who is recused (D-07).
func (c Committee) listParts(agendas []agenda, in TableMotionsInput) ([]part, error) {
	var units []award.MotionUnitOf
	given := map[award.Category][]int64{}
	for _, id := range in.Applications {
		d, err := agendaOf(agendas, id)
		if err != nil {
			return nil, err
		}
		given[d.category] = append(given[d.category], id)
	}
	for _, d := range agendas {
		list := given[d.category]
		if !d.Unbounded {
			if list != nil {
				return nil, award.Refuse(award.Invalid, "D-79", "motion_list_whole")
			}
			list = d.EnBloc()
		}
		if len(list) == 0 {
			continue
		}
		if err := d.MayTable(award.MotionList, list); err != nil {
			return nil, err
		}
		for _, id := range list {
			units = append(units, d.of(id))
		}
	}
	if len(units) == 0 {
		return nil, award.Refuse(award.Conflict, "D-79", "motion_nothing_to_put")
	}
	var parts []part
	for _, together := range award.SeparateRecused(c.ruled(), units) {
		p := part{recused: award.Recused(c.ruled(), together[:1])}
		for _, u := range together {
			d, _ := agendaOf(agendas, u.Application)
			p.units = append(p.units, d.unit(u.Application))
		}
		parts = append(parts, p)
	}
	return parts, nil
}

// tiePart asks whom of the tied of a category to take. Who is tied to any of
// them has no vote on the others' chance either (D-78).
func (c Committee) tiePart(agendas []agenda, in TableMotionsInput) ([]part, error) {
	at := slices.IndexFunc(agendas, func(d agenda) bool { return d.category == in.Category })
	if at < 0 {
		return nil, award.Refuse(award.Invalid, "N 二", "category_not_in_round", string(in.Category))
	}
	d := agendas[at]
	if err := d.MayTable(award.MotionTie, in.Applications); err != nil {
		return nil, err
	}
	var contest []award.MotionUnitOf
	for _, id := range d.Tied {
		contest = append(contest, d.of(id))
	}
	p := part{recused: award.Recused(c.ruled(), contest)}
	for _, id := range in.Applications {
		p.units = append(p.units, d.unit(id))
	}
	return []part{p}, nil
}

// singleParts makes one motion of each unit.
func (c Committee) singleParts(agendas []agenda, in TableMotionsInput) ([]part, error) {
	if len(in.Applications) == 0 {
		return nil, award.Refuse(award.Conflict, "D-79", "motion_nothing_to_put")
	}
	var parts []part
	asked := map[award.Category][]int64{}
	for _, id := range in.Applications {
		d, err := agendaOf(agendas, id)
		if err != nil {
			return nil, err
		}
		asked[d.category] = append(asked[d.category], id)
		parts = append(parts, part{units: []MotionUnit{d.unit(id)}, recused: award.Recused(c.ruled(), []award.MotionUnitOf{d.of(id)})})
	}
	for _, d := range agendas {
		if len(asked[d.category]) == 0 {
			continue
		}
		if err := d.MayTable(in.Kind, asked[d.category]); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// separate takes units out of a list that has not been voted on, on the request
// of one member (D-07).
func (t *act) separate(ctx context.Context, c *Committee, agendas []agenda, in TableMotionsInput) error {
	known := slices.Contains(c.memberIDs(), in.RequestedBy)
	if in.RequestedBy != 0 && !known {
		return award.RefuseFields(award.Invalid, "D-07", "motion_malformed", []award.Defect{{Pointer: "/requested_by", Key: "vote_no_member"}})
	}
	for _, id := range in.Applications {
		at := slices.IndexFunc(c.Motions, func(m Motion) bool {
			return m.open() && m.Kind == award.MotionList && slices.Contains(m.applications(), id)
		})
		listed := at >= 0 || slices.ContainsFunc(agendas, func(d agenda) bool { return !d.Unbounded && slices.Contains(d.EnBloc(), id) })
		if listed && !known {
			return award.RefuseFields(award.Invalid, "D-07", "motion_malformed", []award.Defect{{Pointer: "/requested_by", Key: "field_required"}})
		}
		if at < 0 {
			continue
		}
		if len(c.Motions[at].Votes) > 0 {
			return award.Refuse(award.Conflict, "D-07", "motion_voted", c.Motions[at].Number)
		}
		if err := t.Separate(ctx, c.Motions[at].ID, id); err != nil {
			return err
		}
		for i := range agendas {
			agendas[i].separate(id)
		}
	}
	return nil
}

// ruled returns the members as the rule sees them.
func (c Committee) ruled() []award.CommitteeMember {
	members := make([]award.CommitteeMember, len(c.Members))
	for i, m := range c.Members {
		members[i] = award.CommitteeMember{ID: m.ID, Ties: m.Ties}
	}
	return members
}

// agenda is what the committee has before it of one category.
type agenda struct {
	award.Agenda
	category award.Category
	units    map[int64]award.MotionUnitOf
	names    map[int64]MotionUnit
}

func (d agenda) of(application int64) award.MotionUnitOf { return d.units[application] }

func (d agenda) unit(application int64) MotionUnit { return d.names[application] }

// separate takes a unit out of the open list it stands on.
func (d *agenda) separate(application int64) {
	for i, m := range d.Motions {
		if m.State == award.MotionOpen && m.Kind == award.MotionList {
			d.Motions[i].Units = slices.DeleteFunc(m.Units, func(u int64) bool { return u == application })
		}
	}
}

// add puts a unit that stands for a place on the agenda.
func (d *agenda) add(application int64, code, name string, path []int64, office int64) {
	if d.units == nil {
		d.units, d.names = map[int64]award.MotionUnitOf{}, map[int64]MotionUnit{}
	}
	d.units[application] = award.MotionUnitOf{Application: application, Path: path, Office: office}
	d.names[application] = MotionUnit{Application: application, Code: code, Name: name, Category: d.category}
}

// ask puts the committee's motions on units of the category on the agenda.
func (d *agenda) ask(motions []Motion) {
	for _, m := range motions {
		var mine []int64
		for _, id := range m.applications() {
			if _, here := d.units[id]; here {
				mine = append(mine, id)
			}
		}
		if len(mine) > 0 || m.Category == d.category {
			d.Motions = append(d.Motions, award.Motion{Kind: m.Kind, State: m.State, Outcome: m.Count.Outcome, Units: mine})
		}
	}
}

// agendaOf returns the agenda that a file stands on.
func agendaOf(agendas []agenda, application int64) (agenda, error) {
	for _, d := range agendas {
		if _, here := d.units[application]; here {
			return d, nil
		}
	}
	return agenda{}, award.Refuse(award.Invalid, "D-79", "motion_unit_not_eligible", application)
}

// agendas returns what an office's committee has before it, category by category.
func (t *act) agendas(ctx context.Context, d desk, c Committee) ([]agenda, error) {
	if d.national {
		if d.round.ScoredAt.IsZero() {
			return nil, award.Refuse(award.Conflict, "N 四(三)", "not_scored")
		}
		return nationalAgendas(ctx, t, d.round, c)
	}
	return localAgendas(ctx, t, d, c)
}

// nationalAgendas is the frozen list as the committee has it before it.
func nationalAgendas(ctx context.Context, tx Tx, round Round, c Committee) ([]agenda, error) {
	files, err := listedFiles(ctx, tx, round)
	if err != nil {
		return nil, err
	}
	return agendasOf(selections(round, files), c), nil
}

// agendasOf puts each category's selection before the committee.
func agendasOf(all []Selection, c Committee) []agenda {
	agendas := make([]agenda, len(all))
	for i, s := range all {
		d := agenda{category: s.Category}
		d.Quota = s.Quota
		for _, r := range s.Placed {
			d.Placed = append(d.Placed, r.Application)
		}
		for _, r := range s.Tied {
			d.Tied = append(d.Tied, r.Application)
		}
		for _, f := range s.files {
			d.add(f.ID, f.Code, f.Name, f.Path, f.Recommending)
			if f.passes() {
				d.Standing = append(d.Standing, f.ID)
				if len(f.Unheard) == 0 {
					d.Eligible = append(d.Eligible, f.ID)
				}
			}
		}
		d.ask(c.Motions)
		agendas[i] = d
	}
	return agendas
}

// localAgendas is what a recommending office's body has before it: every unit
// that may be adopted.
func localAgendas(ctx context.Context, tx Tx, k desk, c Committee) ([]agenda, error) {
	files, err := tx.ProvinceFiles(ctx, k.round.ID, k.id, award.MovesFrom(award.ActAdoptProposals, award.FileProposed)...)
	if err != nil {
		return nil, err
	}
	if err := barred(ctx, tx, k.round, k.id, files); err != nil {
		return nil, err
	}
	if err := withOwed(ctx, tx, files); err != nil {
		return nil, err
	}
	var agendas []agenda
	for _, category := range award.Categories() {
		d := agenda{category: category}
		d.Unbounded = true
		for _, f := range files {
			if f.Category != category {
				continue
			}
			d.add(f.ID, f.Code, f.Name, f.Path, k.id)
			if f.contender(k.round.Rules).Passed && !f.held() {
				d.Placed, d.Eligible, d.Standing = append(d.Placed, f.ID), append(d.Eligible, f.ID), append(d.Standing, f.ID)
			}
		}
		d.ask(c.Motions)
		agendas = append(agendas, d)
	}
	return agendas, nil
}
