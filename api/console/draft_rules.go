package console

import (
	"slices"
	"strconv"
	"strings"

	"shifan/internal/award"
)

// ruleNumber is one number of a round's rules, with where it stands.
type ruleNumber struct {
	name string // as the rules' JSON has it
	at   func(r *award.Rules) *int
}

// ruleNumbers are the numbers of the rules, by what they are about.
func ruleNumbers() map[string][]ruleNumber {
	return map[string][]ruleNumber{
		"files": {
			{"return_days", func(r *award.Rules) *int { return &r.ReturnDays }},
			{"endorse_days", func(r *award.Rules) *int { return &r.EndorseDays }},
			{"arrival_days", func(r *award.Rules) *int { return &r.ArrivalDays }},
			{"earlier_notice_days", func(r *award.Rules) *int { return &r.EarlierNoticeDays }},
			{"review_request_days", func(r *award.Rules) *int { return &r.ReviewRequestDays }},
			{"review_days", func(r *award.Rules) *int { return &r.ReviewDays }},
		},
		"marks": {
			{"satisfaction", func(r *award.Rules) *int { return &r.Satisfaction }},
			{"difference_percent", func(r *award.Rules) *int { return &r.DifferencePercent }},
		},
		"notices": {
			{"notice_days", func(r *award.Rules) *int { return &r.NoticeDays }},
			{"letter_days", func(r *award.Rules) *int { return &r.LetterDays }},
			{"objection_admit_days", func(r *award.Rules) *int { return &r.ObjectionAdmitDays }},
			{"objection_rule_days", func(r *award.Rules) *int { return &r.ObjectionRuleDays }},
		},
		"nation": {
			{"spot_check_percent", func(r *award.Rules) *int { return &r.SpotCheckPercent }},
			{"spot_check_failures", func(r *award.Rules) *int { return &r.SpotCheckFailures }},
			{"experts_per_file", func(r *award.Rules) *int { return &r.ExpertsPerFile }},
		},
		"aftercare": {
			{"aftercare-recheck_years", func(r *award.Rules) *int { return &r.Aftercare.RecheckYears }},
			{"aftercare-rectify_days", func(r *award.Rules) *int { return &r.Aftercare.RectifyDays }},
			{"aftercare-plaque_days", func(r *award.Rules) *int { return &r.Aftercare.PlaqueDays }},
			{"aftercare-bar_years", func(r *award.Rules) *int { return &r.Aftercare.BarYears }},
		},
	}
}

// ruleParts are what rules are about, in the order of the procedure.
func ruleParts() []string { return []string{"files", "marks", "notices", "nation", "aftercare"} }

// rulePoints are the rules in marks.
func rulePoints(r *award.Rules) map[string]*award.Points {
	return map[string]*award.Points{"pass_mark": &r.PassMark, "expert_outlier": &r.ExpertOutlier}
}

// ruleAnswers are the rules that are yes or no.
func ruleAnswers(r *award.Rules) map[string]*bool {
	return map[string]*bool{
		"sealed_form": &r.SealedForm, "committee_votes": &r.CommitteeVotes, "province_votes": &r.ProvinceVotes, "expert_trim": &r.ExpertTrim,
	}
}

// ruleGroups lays out every rule with its default and a sentence.
func (p *page) ruleGroups(d award.Definition) []group {
	r, usual := d.Rules, award.DefaultRules()
	points, usually := rulePoints(&r), rulePoints(&usual)
	answers, answered := ruleAnswers(&r), ruleAnswers(&usual)
	mark := func(name string) field {
		return p.Text("rules-"+name, p.T("rules_"+name), points[name].String()).as(func(f *field) {
			f.Help = p.T("rules_"+name+"_help") + p.T("rules_default", usually[name].String())
		})
	}
	answer := func(name string) field {
		said := map[bool]string{true: p.T("word_yes"), false: p.T("word_no")}
		f := p.Select("rules-"+name, p.T("rules_"+name), strconv.FormatBool(*answers[name]), []choice{{"true", said[true]}, {"false", said[false]}})
		f.Help = p.T("rules_"+name+"_help") + p.T("rules_default", said[*answered[name]])
		return f
	}
	list := func(id, name, known string) field {
		return p.Lines(id, p.T("rules_"+name), known).as(func(f *field) { f.Help = p.T("rules_" + name + "_help") })
	}
	var groups []group
	for _, part := range ruleParts() {
		g := group{Title: p.T("rules_part_" + part)}
		for _, n := range ruleNumbers()[part] {
			name := strings.ReplaceAll(n.name, "-", "_")
			f := p.Text("rules-"+n.name, p.T("rules_"+name), strconv.Itoa(*n.at(&r)))
			f.Numeric, f.Help = true, p.T("rules_"+name+"_help")+p.T("rules_default", *n.at(&usual))
			g.Fields = append(g.Fields, f)
		}
		switch part {
		case "files":
			g.Fields = append(g.Fields, answer("sealed_form"))
			for _, level := range award.Levels() {
				yes := strconv.FormatBool(slices.Contains(r.SealLevels, level))
				f := p.Select("rules-seal-"+string(level), p.T("rules_seal", p.T("seal_level_"+string(level))), yes, p.yesNo())
				g.Fields = append(g.Fields, f)
			}
			for _, c := range d.Categories {
				yes := strconv.FormatBool(slices.Contains(r.RequiresTitle, c.Category))
				f := p.Select("rules-title-"+string(c.Category), p.T("rules_requires_title", c.Title), yes, p.yesNo())
				f.Help = p.T("rules_requires_title_help")
				g.Fields = append(g.Fields, f)
			}
		case "marks":
			g.Fields = append(g.Fields, mark("pass_mark"))
			for _, c := range d.Categories {
				id := "rules-minimum_asked-" + string(c.Category)
				f := p.Text(id, p.T("rules_minimum_asked", c.Title), strconv.Itoa(r.MinimumAsked[c.Category]))
				f.Numeric, f.Help = true, p.T("rules_minimum_asked_help")+p.T("rules_default", usual.MinimumAsked[c.Category])
				g.Fields = append(g.Fields, f)
			}
		case "notices":
			g.Fields = append(g.Fields, list("rules-departments", "departments", strings.Join(r.Departments, "\n")), answer("province_votes"))
		case "nation":
			g.Fields = append(g.Fields, mark("expert_outlier"), answer("expert_trim"),
				list("rules-national_departments", "national_departments", strings.Join(r.NationalDepartments, "\n")), answer("committee_votes"))
		}
		groups = append(groups, g)
	}
	return groups
}

func (p *page) yesNo() []choice {
	return []choice{{"true", p.T("word_yes")}, {"false", p.T("word_no")}}
}

// rules reads them.
func (e *entry) rules(d *award.Definition) {
	r := &d.Rules
	for _, part := range ruleParts() {
		for _, n := range ruleNumbers()[part] {
			*n.at(r) = e.count("rules-" + n.name)
		}
	}
	for name, points := range rulePoints(r) {
		if read, err := award.ParsePoints(e.trimmed("rules-" + name)); err == nil {
			*points = read
		} else {
			e.say("rules-"+name, "typed_number")
		}
	}
	for name, answer := range ruleAnswers(r) {
		*answer = e.trimmed("rules-"+name) == "true"
	}
	r.SealLevels, r.RequiresTitle, r.MinimumAsked = nil, nil, map[award.Category]int{}
	for _, level := range award.Levels() {
		if e.trimmed("rules-seal-"+string(level)) == "true" {
			r.SealLevels = append(r.SealLevels, level)
		}
	}
	for _, c := range d.Categories {
		if e.trimmed("rules-title-"+string(c.Category)) == "true" {
			r.RequiresTitle = append(r.RequiresTitle, c.Category)
		}
		if asked := e.count("rules-minimum_asked-" + string(c.Category)); asked > 0 {
			r.MinimumAsked[c.Category] = asked
		}
	}
	r.Departments, r.NationalDepartments = e.lines("rules-departments"), e.lines("rules-national_departments")
}
