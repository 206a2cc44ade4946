package console

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"strconv"
	"strings"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// checkPage is one block of a unit's self-check (自查表), with what the whole
// comes to so far.
type checkPage struct {
	acts.SelfCheck
	Round    acts.RoundStanding
	Unit     acts.RegisterUnit
	Title    string
	Standard award.Standard
	Pass     award.Points
	Block    int // from 1
	Name     string
	Leaves   []checkLeaf
	Last     bool
	Closes   string
	For      bool // a superior enters it for the unit (代录)
	Person   field
	Scan     field
	Gap      field
	Measure  field
	File     *acts.File // the unit's application; nil: none
	At       string     // this page's address, without the block
}

// checkLeaf is one indicator to be filled in.
type checkLeaf struct {
	award.Leaf
	ID       string // marks-3
	How      string // how points come of what is entered
	Value    string
	Wrong    string
	Yes, No  string // what the answers of a yes or no stand for
	Exempted bool
	Filled   bool // by the year's facts
	Points   string
	Subs     []field // 细则 of the recommending office, which come to its value
	Facts    field
	Gap      field
	Measure  field
	Evidence []acts.EvidenceUse
	Papers   string // where evidence is added
}

// selfCheck shows one block.
func (c *Console) selfCheck(p *page) error {
	by, round, code, category := p.by(), p.c.Param("round"), p.c.Param("unit"), award.Category(p.c.Param("category"))
	data := checkPage{At: checkAt(round, code, category)}
	var err error
	if data.Round, err = c.Acts.Round(p.ctx(), by, round); err != nil {
		return err
	}
	if data.SelfCheck, err = c.checkAsItIs(p, round, code, category); err != nil {
		return err
	}
	rule, rules, err := c.Acts.Standard(p.ctx(), by, round, category)
	if err != nil {
		return err
	}
	if data.Unit, err = c.Acts.Unit(p.ctx(), by, code); err != nil {
		return err
	}
	data.Title, data.Standard, data.Pass = rule.Title, rule.Standard, rules.PassMark
	data.For = by.OfficeCode != code
	data.Block = min(max(1, number(cmp.Or(p.Form.Get("block"), p.c.Query("block")))), len(rule.Standard.Blocks))
	data.Last = data.Block == len(rule.Standard.Blocks)
	offices, err := c.Acts.Offices(p.ctx(), by, round)
	if err != nil {
		return err
	}
	data.Closes = p.Until(data.Round.Dates.SelfCheckCloses)
	if o := datesOf(offices, data.Office); o.ID != 0 {
		data.Closes = p.Until(o.SelfCheckClosesAt)
	}
	uses, err := c.Acts.EvidenceUses(p.ctx(), by, code, acts.EvidenceUsesQuery{Round: round, Limit: mostUses})
	if err != nil {
		return err
	}
	files, err := c.Acts.Applications(p.ctx(), by, acts.FilesQuery{Round: round, Category: category, Limit: mostUses})
	if err != nil {
		return err
	}
	for i, f := range files {
		if f.UnitCode == code {
			data.File = &files[i]
		}
	}
	p.leaves(&data, uses)
	data.Person = p.Text("entered_for-person", p.T("label_entered_for"), data.EnteredFor.Person).as(func(f *field) {
		f.Help = p.T("help_entered_for")
	})
	data.Scan = field{ID: "entered_for-scan", Kind: "file", Label: p.T("label_entered_scan"), Help: p.T("help_upload"), Wrong: p.Wrong("entered_for-scan")}
	data.Gap = p.Lines("gap", p.T("label_gap_whole"), data.SelfCheck.Gap)
	data.Measure = p.Lines("measure", p.T("label_measure_whole"), data.SelfCheck.Measure)
	return p.show("self_check", data.Unit.Name, data)
}

// checkAsItIs reads a self-check; one that has not begun is what is known of the
// unit already, so that nobody types it again (N 五(三)).
func (c *Console) checkAsItIs(p *page, round, unit string, category award.Category) (acts.SelfCheck, error) {
	s, err := c.Acts.SelfCheck(p.ctx(), p.by(), round, unit, category)
	if award.CodeOf(err) != award.NotFound {
		return s, err
	}
	known, err := c.Acts.Prefill(p.ctx(), p.by(), round, unit, category)
	if err != nil {
		return acts.SelfCheck{}, err
	}
	s = acts.SelfCheck{Round: round, UnitCode: unit, Category: category, Notes: make(map[string]award.Note)}
	for _, m := range known.Marks {
		s.Marks = append(s.Marks, m.Value)
		if m.From == award.OriginFacts {
			s.Filled = append(s.Filled, m.Code)
		}
		if m.Note != (award.Note{}) {
			s.Notes[m.Code] = m.Note
		}
	}
	s.SubItems, s.SubMarks = known.SubItems, known.SubMarks
	s.Gap, s.Measure = known.Last.Gap, known.Last.Measure
	return s, nil
}

// leaves makes the indicators of the page's block.
func (p *page) leaves(data *checkPage, uses []acts.EvidenceUse) {
	block := data.Standard.Blocks[data.Block-1]
	data.Name = block.Title
	first := firstOf(data.Standard, data.Block)
	filled := make(map[string]bool)
	for _, code := range data.Filled {
		filled[code] = true
	}
	for i, leaf := range block.Leaves {
		value := data.Marks[first+i]
		made := checkLeaf{
			Leaf: leaf, ID: "marks-" + strconv.Itoa(first+i), How: p.how(leaf), Value: plain(value), Exempted: value == award.Exempt,
			Filled: filled[leaf.Code], Papers: data.At + "/evidence/" + url.PathEscape(leaf.Code), Yes: plain(leaf.Max), No: "0",
		}
		made.Wrong = p.Wrong(made.ID)
		if made.Exempted {
			made.Value = ""
		}
		if p.Form.Has(made.ID) {
			made.Value, made.Exempted = p.Form.Get(made.ID), p.Form.Has(made.ID+"-exempt")
		}
		if value != award.Blank && !leaf.Veto {
			made.Points = plain(leaf.Points(value))
		}
		for _, item := range data.SubItems.Of(leaf.Code) {
			known := ""
			if mark, given := data.SubMarks[item.Code]; given {
				known = plain(mark)
			}
			sub := p.Text("sub_marks-"+item.Code, item.Code+" "+item.Title, known)
			sub.Kind, sub.Help = "mark", p.T("how_points", plain(item.Max))
			made.Subs = append(made.Subs, sub)
		}
		note := data.Notes[leaf.Code]
		made.Facts = p.Lines("notes-"+leaf.Code+"-facts", p.T("label_facts"), note.Facts)
		made.Gap = p.Lines("notes-"+leaf.Code+"-gap", p.T("label_gap"), note.Gap)
		made.Measure = p.Lines("notes-"+leaf.Code+"-measure", p.T("label_measure"), note.Measure)
		for _, use := range uses {
			if use.Kind == award.UseSelfCheck && use.Subject == string(data.Category)+"/"+leaf.Code {
				made.Evidence = append(made.Evidence, use)
			}
		}
		data.Leaves = append(data.Leaves, made)
	}
}

// Noted reports whether something is written beside the indicator.
func (l checkLeaf) Noted() bool {
	return l.Facts.Value+l.Gap.Value+l.Measure.Value != "" || l.Facts.Wrong+l.Gap.Wrong+l.Measure.Wrong != ""
}

// BlockPoints says what a block comes to so far: 18/25. Nothing before it is
// saved.
func (c checkPage) BlockPoints(place int) string {
	if place >= len(c.Blocks) {
		return ""
	}
	return plain(c.Blocks[place].Points) + "/" + plain(c.Blocks[place].Maximum)
}

// firstOf returns the place of a block's first indicator among all.
func firstOf(s award.Standard, block int) int {
	first := 0
	for _, b := range s.Blocks[:block-1] {
		first += len(b.Leaves)
	}
	return first
}

// plain writes points as people do: 5 and 4.5, not 5.00.
func plain(points award.Points) string {
	text := points.String()
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}

// Plain writes points as people do.
func (p *page) Plain(points award.Points) string { return plain(points) }

// how says how points come of what is entered.
func (p *page) how(l award.Leaf) string {
	switch l.Kind {
	case award.LeafBoolean:
		if l.Veto {
			return p.T("how_veto")
		}
		return p.T("how_boolean", plain(l.Max))
	case award.LeafCount:
		return p.T("how_count", l.Unit, plain(l.Each), plain(l.Max))
	case award.LeafDeduction:
		return p.T("how_deduction", l.Unit, plain(l.Each), plain(l.Max))
	case award.LeafTarget:
		return p.T("how_target_"+string(l.Sense), plain(l.Target), l.Unit, plain(l.Max))
	case award.LeafBands:
		var bands []string
		for _, b := range l.Bands {
			bands = append(bands, p.T("how_band", plain(b.From), plain(b.To), plain(b.Points)))
		}
		return p.T("how_bands", l.Unit, strings.Join(bands, p.T("list_sign")))
	case award.LeafPoints:
	}
	return p.T("how_points", plain(l.Max))
}

// postSelfCheck keeps what is filled in so far and goes on to the next block.
func (c *Console) postSelfCheck(p *page) error {
	round, code, category := p.c.Param("round"), p.c.Param("unit"), award.Category(p.c.Param("category"))
	in, blocks, err := c.checkSent(p, round, code, category)
	if err == nil {
		_, err = c.Acts.SaveSelfCheck(p.ctx(), p.by(), p.key(""), in)
	}
	if err != nil {
		if err := p.refused(err); err != nil {
			return err
		}
		c.elsewhere(p, checkAt(round, code, category))
		return c.selfCheck(p)
	}
	block := number(p.Form.Get("block"))
	if p.Form.Has("next") {
		block = min(block+1, blocks)
	}
	return p.done(fmt.Sprintf("%s?block=%d", checkAt(round, code, category), block), "saved")
}

// checkSent reads a block as sent into what is there of the others.
func (c *Console) checkSent(p *page, round, code string, category award.Category) (in acts.SaveSelfCheck, blocks int, err error) {
	s, err := c.checkAsItIs(p, round, code, category)
	if err != nil {
		return in, 0, err
	}
	rule, _, err := c.Acts.Standard(p.ctx(), p.by(), round, category)
	if err != nil {
		return in, 0, err
	}
	block := number(p.Form.Get("block"))
	if block < 1 || block > len(rule.Standard.Blocks) || len(s.Marks) != len(rule.Standard.Leaves()) {
		return in, 0, award.Refuse(award.Invalid, "", "request_malformed")
	}
	in = acts.SaveSelfCheck{
		Round: round, Unit: code, Category: category, Revision: p.revision(), Marks: s.Marks, SubMarks: make(award.SubMarks),
		Notes: make(map[string]award.Note), Gap: s.Gap, Measure: s.Measure, EnteredFor: s.EnteredFor,
	}
	maps.Copy(in.SubMarks, s.SubMarks)
	maps.Copy(in.Notes, s.Notes)
	var defects []award.Defect
	first := firstOf(rule.Standard, block)
	for i, leaf := range rule.Standard.Blocks[block-1].Leaves {
		id := "marks-" + strconv.Itoa(first+i)
		typed := strings.TrimSpace(p.Form.Get(id))
		value, err := award.ParsePoints(typed)
		switch {
		case p.Form.Has(id + "-exempt"):
			value = award.Exempt
		case typed == "":
			value = award.Blank
		case err != nil:
			defects = append(defects, award.Defect{Pointer: "/marks/" + strconv.Itoa(first+i), Key: "points_malformed", Args: []any{typed}})
		}
		in.Marks[first+i] = value
		for _, item := range s.SubItems.Of(leaf.Code) {
			id := "sub_marks-" + item.Code
			delete(in.SubMarks, item.Code)
			mark, err := award.ParsePoints(p.trimmed(id))
			switch {
			case p.trimmed(id) == "":
			case err != nil:
				defects = append(defects, award.Defect{Pointer: "/sub_marks/" + item.Code, Key: "points_malformed", Args: []any{p.trimmed(id)}})
			default:
				in.SubMarks[item.Code] = mark
			}
		}
		note := award.Note{
			Facts: p.trimmed("notes-" + leaf.Code + "-facts"), Gap: p.trimmed("notes-" + leaf.Code + "-gap"), Measure: p.trimmed("notes-" + leaf.Code + "-measure"),
		}
		if in.Notes[leaf.Code] = note; note == (award.Note{}) {
			delete(in.Notes, leaf.Code)
		}
	}
	if len(defects) > 0 {
		return in, 0, award.RefuseFields(award.Invalid, "N 三", "marks_malformed", defects)
	}
	if p.Form.Has("gap") {
		in.Gap, in.Measure = p.trimmed("gap"), p.trimmed("measure")
	}
	in.EnteredFor = award.EnteredFor{}
	if p.by().OfficeCode != code {
		in.EnteredFor = award.EnteredFor{Person: p.trimmed("entered_for-person"), Scan: s.EnteredFor.Scan}
		scan, err := p.upload("entered_for-scan", "/entered_for/scan")
		if err != nil {
			return in, 0, err
		}
		in.EnteredFor.Scan = cmp.Or(scan, in.EnteredFor.Scan)
	}
	return in, len(rule.Standard.Blocks), nil
}

func (p *page) trimmed(name string) string { return strings.TrimSpace(p.Form.Get(name)) }

// elsewhere leads defects of marks in other blocks to those blocks.
func (c *Console) elsewhere(p *page, at string) {
	for i, item := range p.Refusal.Items {
		place, marks := strings.CutPrefix(item.ID, "marks-")
		if !marks || p.Form.Has(item.ID) {
			continue
		}
		rule, _, err := c.Acts.Standard(p.ctx(), p.by(), p.c.Param("round"), award.Category(p.c.Param("category")))
		if err != nil {
			return
		}
		for b := len(rule.Standard.Blocks); b >= 1; b-- {
			if number(place) >= firstOf(rule.Standard, b) {
				p.Refusal.Items[i].Href = fmt.Sprintf("%s?block=%d#%s", at, b, item.ID)
				break
			}
		}
	}
}
