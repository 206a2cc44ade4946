package console

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// tasks lists the files that the reader has to judge as an expert (评审任务).
func (c *Console) tasks(p *page) error {
	found, err := c.Acts.ExpertTasks(p.ctx(), p.by(), p.after(), listed)
	if err != nil {
		return err
	}
	now, err := c.Acts.Now(p.ctx())
	if err != nil {
		return err
	}
	data := struct {
		Tasks []acts.ExpertTask
		Next  string
		Now   time.Time
	}{Tasks: found, Now: now}
	if len(found) == listed {
		data.Next = p.next(found[listed-1].ID)
	}
	return p.show("tasks", p.T("page_tasks"), data)
}

// markingPage is one file before an expert (专家评分): its materials, the unit's and
// the province's marks, and the expert's own.
type markingPage struct {
	acts.Marking
	Round  string
	At     string
	Blocks []markingBlock
	Note   field
	Reason field
}

// markingBlock is one first-level block of the standard.
type markingBlock struct {
	Title  string
	Leaves []markingLeaf
}

// markingLeaf is one indicator with its columns.
type markingLeaf struct {
	award.Leaf
	ID, How, Self, Province, Value, Wrong string
	Others                                []string
}

func markingAt(round string, application int64) string {
	return fmt.Sprintf("%s/marking/%d", roundAt(round), application)
}

// marking shows a file to be marked, or what was made of it.
func (c *Console) marking(p *page) error {
	id, err := p.integer("file")
	if err != nil {
		return err
	}
	m, err := c.Acts.Marking(p.ctx(), p.by(), p.c.Param("round"), id)
	if err != nil {
		return err
	}
	data := markingPage{Marking: m, Round: p.c.Param("round"), At: markingAt(p.c.Param("round"), id)}
	place := 0
	for _, block := range m.Category.Standard.Blocks {
		made := markingBlock{Title: block.Title}
		for _, leaf := range block.Leaves {
			made.Leaves = append(made.Leaves, p.markingLeaf(m, leaf, place))
			place++
		}
		data.Blocks = append(data.Blocks, made)
	}
	data.Note = p.Lines("note", p.T("label_marking_note"), m.Draft.Note)
	data.Reason = p.Lines("reason", p.T("label_recusal"), "").as(required)
	return p.show("marking", m.Name, data)
}

func (p *page) markingLeaf(m acts.Marking, leaf award.Leaf, place int) markingLeaf {
	made := markingLeaf{
		Leaf: leaf, ID: "marks-" + strconv.Itoa(place), How: p.how(leaf), Self: markAt(m.Self, place), Province: markAt(m.Province, place),
		Value: cmp.Or(markAt(m.Marks, place), markAt(m.Draft.Marks, place)),
	}
	made.Wrong = p.Wrong(made.ID)
	if p.Form.Has(made.ID) {
		made.Value = p.Form.Get(made.ID)
	}
	for _, other := range m.Others {
		made.Others = append(made.Others, markAt(other.Marks, place))
	}
	return made
}

// markAt writes a mark of a column; "" where there is none.
func markAt(column []award.Points, place int) string {
	if place >= len(column) || column[place] == award.Blank {
		return ""
	}
	return plain(column[place])
}

// postMarking hands in the marks of a file, which are final, or keeps them as a
// draft.
func (c *Console) postMarking(p *page) error {
	id, err := p.integer("file")
	if err != nil {
		return err
	}
	round := p.c.Param("round")
	m, err := c.Acts.Marking(p.ctx(), p.by(), round, id)
	if err != nil {
		return err
	}
	in := acts.GiveExpertMarks{Round: round, Application: id, Note: p.trimmed("note")}
	var defects []award.Defect
	for place := range m.Category.Standard.Leaves() {
		typed := p.trimmed("marks-" + strconv.Itoa(place))
		value := award.Blank
		if typed != "" {
			if value, err = award.ParsePoints(typed); err != nil {
				defects = append(defects, award.Defect{Pointer: "/marks/" + strconv.Itoa(place), Key: "points_malformed", Args: []any{typed}})
			}
		}
		in.Marks = append(in.Marks, value)
	}
	draft := p.Form.Has("save")
	switch {
	case len(defects) > 0:
		err = award.RefuseFields(award.Invalid, "N 三", "marks_malformed", defects)
	case draft:
		_, err = c.Acts.SaveExpertMarks(p.ctx(), p.by(), p.key(""), in)
	default:
		_, err = c.Acts.GiveExpertMarks(p.ctx(), p.by(), p.key(""), in)
	}
	switch {
	case err == nil && draft:
		return p.done(markingAt(round, id), "marks_kept")
	case err == nil:
		return p.done(markingAt(round, id), "marked")
	}
	if err := p.refused(err); err != nil {
		return err
	}
	return c.marking(p)
}

// postRecusal lets an expert withdraw from a file (回避).
func (c *Console) postRecusal(p *page) error {
	id, err := p.integer("file")
	if err != nil {
		return err
	}
	_, err = c.Acts.Recuse(p.ctx(), p.by(), p.key(""), acts.OnFile{Round: p.c.Param("round"), Application: id, Reason: p.trimmed("reason")})
	if err == nil {
		return p.done("/marking", "recused")
	}
	if err := p.refused(err); err != nil {
		return err
	}
	return c.marking(p)
}
