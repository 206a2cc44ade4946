package console

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// committeePage is an office's body that votes (评审委员会, D-07): its members, its
// meetings, and what it was asked.
type committeePage struct {
	acts.CommitteeView
	Round    acts.RoundStanding
	Office   string // code
	At       string
	Names    map[int64]string // of members
	Members  field
	Meeting  int // the one the form is for
	Date     field
	Place    field
	Minutes  field
	Scan     field
	Present  map[int64]bool
	Kind     field
	Category field
	In       field // which meeting is asked
	By       field // who asks for a unit to be separated
	Reason   field
	Ticked   map[int64]bool
	May      bool // record meetings, motions and votes
	Convene  bool
	Close    bool
}

// committee shows it to whoever may see the office.
func (c *Console) committee(p *page) error {
	by, round, office := p.by(), p.c.Param("round"), p.c.Param("office")
	data := committeePage{Office: office, At: committeeAt(round, office), Names: make(map[int64]string), Ticked: make(map[int64]bool)}
	var err error
	if data.Round, err = c.Acts.Round(p.ctx(), by, round); err != nil {
		return err
	}
	if data.CommitteeView, err = c.Acts.CommitteeOf(p.ctx(), by, round, office); err != nil {
		return err
	}
	own := acts.Row{Owner: data.Round.Owner, Office: by.Office}
	mine := by.OfficeCode == office
	data.Convene = mine && acts.Can(by, award.ActConvene, own) == nil
	data.May = mine && acts.Can(by, award.ActHoldMeeting, own) == nil
	data.Close = mine && acts.Can(by, award.ActCloseMotion, own) == nil
	for _, m := range data.CommitteeView.Members {
		data.Names[m.ID] = m.Name
	}
	p.meetingFields(&data)
	p.motionFields(&data)
	return p.show("committee", p.T("page_committee"), data)
}

// meetingFields lays out the forms of members and meetings.
func (p *page) meetingFields(data *committeePage) {
	var lines []string
	for _, m := range data.CommitteeView.Members {
		lines = append(lines, strings.Join(append([]string{m.Name, m.Unit}, m.TieCodes...), " "))
	}
	data.Members = p.Lines("members", p.T("label_committee_members"), strings.Join(lines, "\n")).as(func(f *field) {
		f.Required, f.Rows, f.Help = true, 10, p.T("help_committee_members")
	})
	data.Meeting = len(data.Meetings) + 1
	meeting := acts.Meeting{MetOn: award.Date{}}
	if asked := number(p.c.Query("meeting")); asked >= 1 && asked <= len(data.Meetings) {
		data.Meeting, meeting = asked, data.Meetings[asked-1]
	}
	if sent := number(p.Form.Get("number")); sent >= 1 && sent <= len(data.Meetings) {
		data.Meeting, meeting = sent, data.Meetings[sent-1]
	}
	met := ""
	if meeting.MetOn != (award.Date{}) {
		met = meeting.MetOn.String()
	}
	data.Date = p.Text("met_on", p.T("label_met_on"), met).as(func(f *field) { f.Required, f.Help = true, p.T("help_date") })
	data.Place = p.Text("place", p.T("label_meeting_place"), meeting.Place)
	data.Minutes = p.Lines("minutes", p.T("label_minutes"), meeting.Minutes).as(func(f *field) { f.Required, f.Rows = true, 6 })
	data.Scan = field{ID: "sha256", Kind: "file", Label: p.T("label_minutes_scan"), Help: p.T("help_upload"), Wrong: p.Wrong("sha256")}
	data.Present = make(map[int64]bool)
	for _, m := range data.CommitteeView.Members {
		data.Present[m.ID] = slices.Contains(meeting.Present, m.ID) || meeting.Number == 0
		if p.Form.Has("number") {
			data.Present[m.ID] = p.Form.Has(fmt.Sprintf("present-%d", m.ID))
		}
	}
}

// motionFields lays out the form of a motion.
func (p *page) motionFields(data *committeePage) {
	var kinds, categories, meetings []choice
	for _, k := range award.MotionKinds() {
		kinds = append(kinds, choice{string(k), p.T("motionkind_" + string(k))})
	}
	categories = append(categories, choice{"", p.T("label_choose")})
	for _, rule := range data.Round.Categories {
		categories = append(categories, choice{string(rule.Category), p.Word("category", rule.Category)})
	}
	for _, m := range slices.Backward(data.Meetings) {
		meetings = append(meetings, choice{strconv.Itoa(m.Number), p.T("meeting_number", m.Number) + "，" + m.MetOn.String()})
	}
	members := []choice{{"", p.T("label_choose")}}
	for _, m := range data.CommitteeView.Members {
		members = append(members, choice{strconv.FormatInt(m.ID, 10), m.Name})
	}
	data.Kind = p.Radio("kind", p.T("label_motion_kind"), string(award.MotionList), kinds)
	data.In = p.Select("meeting", p.T("label_meeting"), "", meetings)
	data.Category = p.Select("category", p.T("label_motion_category"), "", categories).as(func(f *field) { f.Help = p.T("help_motion_category") })
	data.By = p.Select("requested_by", p.T("label_requested_by"), "", members).as(func(f *field) { f.Help = p.T("help_requested_by") })
	data.Reason = p.Lines("motion-reason", p.T("label_reason"), "").as(func(f *field) { f.Rows, f.Help = 2, p.T("help_motion_reason") })
	for name := range p.Form {
		if id, ours := strings.CutPrefix(name, "unit-"); ours {
			data.Ticked[int64(number(id))] = true
		}
	}
}

// committeeDone shows the committee again, with what came of an act on it.
func (c *Console) committeeDone(p *page, err error, said string) error {
	if err == nil {
		return p.done(committeeAt(p.c.Param("round"), p.c.Param("office")), said)
	}
	if e, ok := errors.AsType[*award.Error](err); ok {
		for i, d := range e.Fields {
			switch name, at, _ := strings.Cut(strings.TrimPrefix(d.Pointer, "/"), "/"); {
			case name == "members" && at != "":
				line, _, _ := strings.Cut(at, "/")
				e.Fields[i] = award.Defect{Pointer: "/members", Key: "members_line", Args: []any{number(line) + 1, p.T(d.Key, d.Args...)}}
			case name == "present":
				e.Fields[i].Pointer = "/minutes"
			}
		}
	}
	if err := p.refused(err); err != nil {
		return err
	}
	return c.committee(p)
}

// postMembers names the members, one on each line: name, unit, and the codes of
// the units it is recused from. The first is in the chair.
func (c *Console) postMembers(p *page) error {
	in := acts.ConveneInput{Round: p.c.Param("round"), Office: p.c.Param("office")}
	for line := range strings.Lines(p.Form.Get("members")) {
		parts := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" \t\n，,、；;　", r) })
		if len(parts) == 0 {
			continue
		}
		m := acts.MemberInput{MemberName: award.MemberName{Name: parts[0], Chair: len(in.Members) == 0}}
		if len(parts) > 1 {
			m.Unit, m.Ties = parts[1], parts[2:]
		}
		in.Members = append(in.Members, m)
	}
	_, err := c.Acts.Convene(p.ctx(), p.by(), p.key(""), in)
	return c.committeeDone(p, err, "convened")
}

// postMeeting records a meeting, or corrects it.
func (c *Console) postMeeting(p *page) error {
	met, err := award.ParseDate(p.trimmed("met_on"))
	if err != nil {
		return c.committeeDone(p, award.RefuseFields(award.Invalid, "D-78", "meeting_malformed", []award.Defect{{Pointer: "/met_on", Key: "day_malformed"}}), "")
	}
	in := acts.HoldMeetingInput{Round: p.c.Param("round"), Office: p.c.Param("office"), Meeting: acts.Meeting{
		Number: number(p.Form.Get("number")), MetOn: met, Place: p.trimmed("place"), Minutes: p.trimmed("minutes"), SHA256: p.Form.Get("scanned"),
	}}
	for name := range p.Form {
		if id, ours := strings.CutPrefix(name, "present-"); ours {
			in.Present = append(in.Present, int64(number(id)))
		}
	}
	slices.Sort(in.Present)
	sent, err := p.upload("sha256", "/sha256")
	if err == nil {
		if sent != "" {
			in.SHA256 = sent
		}
		_, err = c.Acts.HoldMeeting(p.ctx(), p.by(), p.key(""), in)
	}
	return c.committeeDone(p, err, "met")
}

// postMotions puts a question to a meeting.
func (c *Console) postMotions(p *page) error {
	in := acts.TableMotionsInput{
		Round: p.c.Param("round"), Office: p.c.Param("office"), Meeting: number(p.Form.Get("meeting")), Kind: award.MotionKind(p.Form.Get("kind")),
		Reason: p.trimmed("motion-reason"),
	}
	for name := range p.Form {
		if id, ours := strings.CutPrefix(name, "unit-"); ours {
			in.Applications = append(in.Applications, int64(number(id)))
		}
	}
	slices.Sort(in.Applications)
	switch in.Kind {
	case award.MotionTie:
		in.Category = award.Category(p.Form.Get("category"))
	case award.MotionUnit:
		in.RequestedBy = int64(number(p.Form.Get("requested_by")))
	case award.MotionList, award.MotionDeparture:
	}
	_, err := c.Acts.TableMotions(p.ctx(), p.by(), p.key(""), in)
	return c.committeeDone(p, err, "tabled")
}

// motionPage is one motion with the vote of each member (记名表决).
type motionPage struct {
	acts.Motion
	Round  acts.RoundStanding
	Office string
	At     string // of the committee
	Rows   []voterRow
	Voted  bool
	May    bool
	Close  bool
	Total  int // units
}

// voterRow is one member's line.
type voterRow struct {
	acts.Member
	ID      string // of its field
	Says    award.Vote
	Choices []choice
	Wrong   string
}

// motion shows one, to be voted on or as it was decided; printed it is the sheet
// that members sign.
func (c *Console) motion(p *page) error {
	by, round, office := p.by(), p.c.Param("round"), p.c.Param("office")
	standing, err := c.Acts.Round(p.ctx(), by, round)
	if err != nil {
		return err
	}
	view, err := c.Acts.CommitteeOf(p.ctx(), by, round, office)
	if err != nil {
		return err
	}
	n := number(p.c.Param("motion"))
	if n < 1 || n > len(view.Motions) {
		return award.Refuse(award.NotFound, "", "motion_unknown", n)
	}
	data := motionPage{Motion: view.Motions[n-1], Round: standing, Office: office, At: committeeAt(round, office)}
	data.Total, data.Voted = len(data.Units), len(data.Votes) > 0
	own := acts.Row{Owner: standing.Owner, Office: by.Office}
	open := data.State == award.MotionOpen && by.OfficeCode == office
	data.May = open && acts.Can(by, award.ActRecordVotes, own) == nil
	data.Close = open && data.Voted && acts.Can(by, award.ActCloseMotion, own) == nil
	var present []int64
	if data.Meeting >= 1 && data.Meeting <= len(view.Meetings) {
		present = view.Meetings[data.Meeting-1].Present
	}
	for _, m := range view.Members {
		row := voterRow{Member: m, ID: fmt.Sprintf("votes-%d", m.ID), Says: data.Votes[m.ID]}
		row.Wrong = p.Wrong(row.ID)
		switch {
		case slices.Contains(data.Recused, m.ID):
			row.Says = award.VoteRecused
		case !slices.Contains(present, m.ID):
			row.Says = award.VoteAbsent
		default:
			for _, v := range []award.Vote{award.VoteFor, award.VoteAgainst, award.VoteAbstain, award.VoteRecused} {
				if v != award.VoteRecused || data.Kind != award.MotionList {
					row.Choices = append(row.Choices, choice{string(v), p.Word("ballot", v)})
				}
			}
		}
		if p.Form.Has(row.ID) {
			row.Says = award.Vote(p.Form.Get(row.ID))
		}
		data.Rows = append(data.Rows, row)
	}
	return p.show("motion", p.T("motion_number", n), data)
}

func motionAt(p *page) string {
	return fmt.Sprintf("%s/motions/%d", committeeAt(p.c.Param("round"), p.c.Param("office")), number(p.c.Param("motion")))
}

// postVotes records how each member voted.
func (c *Console) postVotes(p *page) error {
	in := acts.RecordVotesInput{
		Round: p.c.Param("round"), Office: p.c.Param("office"), Motion: number(p.c.Param("motion")), Votes: make(map[int64]award.Vote),
	}
	for name := range p.Form {
		if id, ours := strings.CutPrefix(name, "votes-"); ours && p.Form.Get(name) != "" {
			in.Votes[int64(number(id))] = award.Vote(p.Form.Get(name))
		}
	}
	_, err := c.Acts.RecordVotes(p.ctx(), p.by(), p.key(""), in)
	return c.motionDone(p, err, "voted")
}

// postClosing closes the vote: what it came to is counted, and final.
func (c *Console) postClosing(p *page) error {
	_, err := c.Acts.CloseMotion(p.ctx(), p.by(), p.key(""), acts.CloseMotionInput{
		Round: p.c.Param("round"), Office: p.c.Param("office"), Motion: number(p.c.Param("motion")),
	})
	return c.motionDone(p, err, "vote_closed")
}

func (c *Console) motionDone(p *page, err error, said string) error {
	if err == nil {
		return p.done(motionAt(p), said)
	}
	if err := p.refused(err); err != nil {
		return err
	}
	return c.motion(p)
}

// SaysText is what the member says, as a field has it.
func (r voterRow) SaysText() string { return string(r.Says) }
