package server

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	openapi_types "github.com/oapi-codegen/runtime/types"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// CreateRound drafts a round.
func (s *Server) CreateRound(ctx context.Context, request CreateRoundRequestObject) (CreateRoundResponseObject, error) {
	in, err := roundInput(*request.Body)
	if err != nil {
		return nil, err
	}
	done, err := s.acts.CreateRound(ctx, officer(ctx), actKey(ctx), in)
	if err != nil {
		return nil, err
	}
	return respondRound(done, func(d RoundDone) CreateRoundResponseObject { return CreateRound201JSONResponse(d) })
}

// CopyRound drafts the next round of a series.
func (s *Server) CopyRound(ctx context.Context, request CopyRoundRequestObject) (CopyRoundResponseObject, error) {
	in := acts.CopyRound{
		From: request.Round, Title: value(request.Body.Title),
		DrillDay: time.Duration(value(request.Body.DrillDaySeconds)) * time.Second,
	}
	if request.Body.RegistryDate != nil {
		in.RegistryDate = date(*request.Body.RegistryDate)
	}
	if defects := readDates(request.Body.Dates, in.DrillDay != 0, &in.Dates); len(defects) > 0 {
		return nil, award.RefuseFields(award.Invalid, "N 二", "round_defects", defects)
	}
	done, err := s.acts.CopyRound(ctx, officer(ctx), actKey(ctx), in)
	if err != nil {
		return nil, err
	}
	return respondRound(done, func(d RoundDone) CopyRoundResponseObject { return CopyRound201JSONResponse(d) })
}

// EditRound defines a draft anew.
func (s *Server) EditRound(ctx context.Context, request EditRoundRequestObject) (EditRoundResponseObject, error) {
	seen, err := revision(&request.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	in, err := roundInput(*request.Body)
	if err != nil {
		return nil, err
	}
	done, err := s.acts.EditRound(ctx, officer(ctx), actKey(ctx), request.Round, seen, in)
	if err != nil {
		return nil, err
	}
	return respondRound(done, func(d RoundDone) EditRoundResponseObject { return EditRound200JSONResponse(d) })
}

// OpenRound begins to open a round: freezing its register takes a while.
func (s *Server) OpenRound(ctx context.Context, request OpenRoundRequestObject) (OpenRoundResponseObject, error) {
	done, err := s.acts.OpenRound(ctx, officer(ctx), actKey(ctx), request.Round)
	if err != nil {
		return nil, err
	}
	return respondRound(done, func(d RoundDone) OpenRoundResponseObject { return OpenRound202JSONResponse(d) })
}

// SuspendRound suspends a round.
func (s *Server) SuspendRound(ctx context.Context, request SuspendRoundRequestObject) (SuspendRoundResponseObject, error) {
	done, err := s.acts.SuspendRound(ctx, officer(ctx), actKey(ctx), request.Round, request.Body.Reason)
	if err != nil {
		return nil, err
	}
	return respondRound(done, func(d RoundDone) SuspendRoundResponseObject { return SuspendRound200JSONResponse(d) })
}

// ResumeRound lets a suspended round go on.
func (s *Server) ResumeRound(ctx context.Context, request ResumeRoundRequestObject) (ResumeRoundResponseObject, error) {
	done, err := s.acts.ResumeRound(ctx, officer(ctx), actKey(ctx), request.Round, request.Body.Reason)
	if err != nil {
		return nil, err
	}
	return respondRound(done, func(d RoundDone) ResumeRoundResponseObject { return ResumeRound200JSONResponse(d) })
}

// CancelRound ends a round for good.
func (s *Server) CancelRound(ctx context.Context, request CancelRoundRequestObject) (CancelRoundResponseObject, error) {
	done, err := s.acts.CancelRound(ctx, officer(ctx), actKey(ctx), request.Round, request.Body.Reason)
	if err != nil {
		return nil, err
	}
	return respondRound(done, func(d RoundDone) CancelRoundResponseObject { return CancelRound200JSONResponse(d) })
}

// MoveDate moves a date of a round.
func (s *Server) MoveDate(ctx context.Context, request MoveDateRequestObject) (MoveDateResponseObject, error) {
	move, err := s.dateMove(ctx, request.Round, *request.Body)
	if err != nil {
		return nil, err
	}
	done, err := s.acts.MoveDate(ctx, officer(ctx), actKey(ctx), request.Round, move)
	if err != nil {
		return nil, err
	}
	return respondRound(done, func(d RoundDone) MoveDateResponseObject { return MoveDate200JSONResponse(d) })
}

// ListRounds lists the rounds the caller may see, newest first.
func (s *Server) ListRounds(ctx context.Context, request ListRoundsRequestObject) (ListRoundsResponseObject, error) {
	before, err := cursorFrom(request.Params.Cursor)
	if err != nil {
		return nil, err
	}
	limit := limitOf(request.Params.Limit)
	rounds, err := s.acts.Rounds(ctx, officer(ctx), acts.RoundQuery{Before: before, Limit: limit})
	if err != nil {
		return nil, err
	}
	list := RoundList{Items: make([]Round, len(rounds))}
	for i, r := range rounds {
		if list.Items[i], err = round(r); err != nil {
			return nil, err
		}
	}
	if len(rounds) == limit {
		list.Next = cursorTo(rounds[limit-1].Number)
	}
	return ListRounds200JSONResponse(list), nil
}

// GetRound shows a round and where it stands.
func (s *Server) GetRound(ctx context.Context, request GetRoundRequestObject) (GetRoundResponseObject, error) {
	standing, err := s.acts.Round(ctx, officer(ctx), request.Round)
	if err != nil {
		return nil, err
	}
	out, err := round(standing)
	if err != nil {
		return nil, err
	}
	return GetRound200JSONResponse(out), nil
}

// GetReport shows how far the units of each category have come.
func (s *Server) GetReport(ctx context.Context, request GetReportRequestObject) (GetReportResponseObject, error) {
	counts, err := s.acts.Report(ctx, officer(ctx), request.Round)
	if err != nil {
		return nil, err
	}
	return GetReport200JSONResponse{Categories: funnels(counts)}, nil
}

// GetStandard shows the standard and the form of a category.
func (s *Server) GetStandard(ctx context.Context, request GetStandardRequestObject) (GetStandardResponseObject, error) {
	rule, rules, err := s.acts.Standard(ctx, officer(ctx), request.Round, award.Category(request.Category))
	if err != nil {
		return nil, err
	}
	out := Standard{
		Category: request.Category, Version: given(rule.StandardVersion), Title: rule.Standard.Title, Sample: rule.Standard.Sample,
		Sha256: given(hex.EncodeToString(rule.StandardSHA256)), PassMark: rules.PassMark.String(), Maximum: rule.Standard.Maximum().String(),
		Blocks: standardBlocks(rule.Standard.Blocks),
	}
	err = recode(rule.Form, &out.Form)
	if err != nil {
		return nil, err
	}
	return GetStandard200JSONResponse(out), nil
}

// respondRound answers an act on a round with its receipt and the round as the
// act left it.
func respondRound[R any](done acts.Done[acts.RoundStanding], respond func(RoundDone) R) (R, error) {
	r, err := round(done.Result)
	if err != nil {
		var none R
		return none, err
	}
	return respond(RoundDone{Receipt: receipt(done.Receipt), Round: r}), nil
}

// roundInput reads a round's definition; what is left out takes its default.
func roundInput(in RoundDefinition) (acts.RoundInput, error) {
	out := acts.RoundInput{Owner: value(in.Owner), Definition: award.Definition{
		Title: in.Title, ApprovalNumber: value(in.ApprovalNumber), DocumentNumber: value(in.DocumentNumber),
		Rules: award.DefaultRules(), DrillDay: time.Duration(value(in.DrillDaySeconds)) * time.Second,
	}}
	if err := recode(in.Contacts, &out.Contacts); err != nil {
		return acts.RoundInput{}, err
	}
	for _, c := range in.Categories {
		rule := award.CategoryRule{
			Category: award.Category(c.Category), Title: value(c.Title), Quota: award.Quota{Places: c.Quota, Ratio: value(c.Ratio)},
			StandardID: value(c.Standard),
		}
		if err := recode(value(c.Form), &rule.Form); err != nil {
			return acts.RoundInput{}, err
		}
		out.Categories = append(out.Categories, rule)
	}
	if in.RegistryDate != nil {
		out.RegistryDate = date(*in.RegistryDate)
	}
	defects := readDates(in.Dates, in.DrillDaySeconds != nil, &out.Dates)
	defects = append(defects, readRules(in, &out.Rules)...)
	if len(defects) > 0 {
		return acts.RoundInput{}, award.RefuseFields(award.Invalid, "N 二", "round_defects", defects)
	}
	return out, nil
}

// readDates reads a round's dates, naming every one that is none.
func readDates(in RoundDates, drill bool, out *award.Dates) []award.Defect {
	var defects []award.Defect
	for _, d := range []struct {
		pointer, text string
		to            *time.Time
	}{
		{"/dates/self_check", in.SelfCheck, &out.SelfCheckCloses},
		{"/dates/apply", value(in.Apply), &out.ApplyCloses},
		{"/dates/recommendation", in.Recommendation, &out.RecommendationDue},
		{"/dates/assessment", in.Assessment, &out.AssessmentDue},
	} {
		if d.text == "" {
			continue
		}
		var err error
		if *d.to, err = instant(d.text, drill); err != nil {
			defects = append(defects, award.Defect{Pointer: d.pointer, Key: "instant_malformed", Args: []any{d.text}})
		}
	}
	return defects
}

// readRules reads the rules that a round sets otherwise.
func readRules(in RoundDefinition, out *award.Rules) []award.Defect {
	if in.Rules == nil {
		return nil
	}
	for _, n := range []struct{ from, to *int }{
		{in.Rules.NoticeDays, &out.NoticeDays},
		{in.Rules.LetterDays, &out.LetterDays},
		{in.Rules.Satisfaction, &out.Satisfaction},
		{in.Rules.DifferencePercent, &out.DifferencePercent},
		{in.Rules.ReturnDays, &out.ReturnDays},
		{in.Rules.ArrivalDays, &out.ArrivalDays},
		{in.Rules.EndorseDays, &out.EndorseDays},
		{in.Rules.EarlierNoticeDays, &out.EarlierNoticeDays},
		{in.Rules.ReviewRequestDays, &out.ReviewRequestDays},
		{in.Rules.ReviewDays, &out.ReviewDays},
		{in.Rules.ObjectionAdmitDays, &out.ObjectionAdmitDays},
		{in.Rules.ObjectionRuleDays, &out.ObjectionRuleDays},
		{in.Rules.SpotCheckPercent, &out.SpotCheckPercent},
		{in.Rules.SpotCheckFailures, &out.SpotCheckFailures},
		{in.Rules.ExpertsPerFile, &out.ExpertsPerFile},
	} {
		if n.from != nil {
			*n.to = *n.from
		}
	}
	out.Departments, out.NationalDepartments = value(in.Rules.Departments), value(in.Rules.NationalDepartments)
	for category, least := range value(in.Rules.MinimumAsked) {
		out.MinimumAsked[award.Category(category)] = least
	}
	for _, level := range value(in.Rules.SealLevels) {
		out.SealLevels = append(out.SealLevels, award.Level(level))
	}
	for _, category := range value(in.Rules.RequiresTitle) {
		out.RequiresTitle = append(out.RequiresTitle, award.Category(category))
	}
	if after := in.Rules.Aftercare; after != nil {
		out.Aftercare = award.Aftercare{
			RecheckYears: value(after.RecheckYears), RectifyDays: value(after.RectifyDays),
			PlaqueDays: value(after.PlaqueDays), BarYears: value(after.BarYears),
		}
	}
	for _, rule := range []struct {
		given *bool
		rule  *bool
	}{
		{in.Rules.SealedForm, &out.SealedForm},
		{in.Rules.CommitteeVotes, &out.CommitteeVotes},
		{in.Rules.ProvinceVotes, &out.ProvinceVotes},
	} {
		if rule.given != nil {
			*rule.rule = *rule.given
		}
	}
	if in.Rules.ExpertTrim != nil {
		out.ExpertTrim = *in.Rules.ExpertTrim
	}
	var defects []award.Defect
	for _, p := range []struct {
		name string
		from *string
		to   *award.Points
	}{{"pass_mark", in.Rules.PassMark, &out.PassMark}, {"expert_outlier", in.Rules.ExpertOutlier, &out.ExpertOutlier}} {
		if p.from == nil {
			continue
		}
		var err error
		if *p.to, err = award.ParsePoints(*p.from); err != nil {
			defects = append(defects, award.Defect{Pointer: "/rules/" + p.name, Key: "points_malformed", Args: []any{*p.from}})
		}
	}
	return defects
}

// dateMove reads a date to be moved; how a date is written depends on the round.
func (s *Server) dateMove(ctx context.Context, id string, in DateMove) (acts.DateMove, error) {
	r, err := s.acts.Round(ctx, officer(ctx), id)
	if err != nil {
		return acts.DateMove{}, err
	}
	to, err := instant(in.To, r.Drill)
	return acts.DateMove{Which: award.DateName(in.Which), To: to, Reason: in.Reason}, err
}

// round writes a round.
func round(r acts.RoundStanding) (Round, error) {
	out := Round{
		Id: r.ID, Title: r.Title, Follows: given(r.Follows), Owner: r.OwnerCode, ApprovalNumber: given(r.ApprovalNumber), DocumentNumber: given(r.DocumentNumber),
		State: RoundState(r.State), Stage: Stage(r.Stage), Drill: r.Drill, DrillDaySeconds: given(int(r.DrillDay.Seconds())),
		Revision: r.Revision, RegistryDate: openapi_types.Date{Time: r.RegistryDate.Starts()},
		ListSha256: given(hex.EncodeToString(r.ListSHA256)), ListFrozenAt: at(r.ListFrozenAt), ScoredAt: at(r.ScoredAt),
		CandidatesAt: at(r.CandidatesAt), DecisionNumber: given(r.DecisionNumber),
	}
	provincial, national := r.LastNotices()
	out.Dates.SelfCheck, out.Dates.Apply = shown(r.Dates.SelfCheckCloses), shown(r.Dates.ApplyCloses)
	out.Dates.Recommendation, out.Dates.Assessment = shown(r.Dates.RecommendationDue), shown(r.Dates.AssessmentDue)
	out.Dates.LastProvincialNotice, out.Dates.LastNationalNotice = lastNotice(provincial), lastNotice(national)
	out.Offices.Total, out.Offices.Done, out.Offices.Sent, out.Offices.Overdue = r.Offices.Total, r.Offices.Done, r.Offices.Sent, r.Offices.Overdue
	for _, c := range r.Categories {
		out.Categories = append(out.Categories, roundCategory{
			Category: CategoryName(c.Category), Title: c.Title, Quota: c.Quota.Places, Ratio: given(c.Quota.Ratio),
		})
	}
	if err := recode(r.Contacts, &out.Contacts); err != nil {
		return Round{}, err
	}
	if err := recode(r.Rules, &out.Rules); err != nil {
		return Round{}, err
	}
	out.Rules["pass_mark"] = r.Rules.PassMark.String()
	out.Rules["expert_outlier"] = r.Rules.ExpertOutlier.String()
	var warnings []string
	for _, year := range r.ProvisionalYears() {
		warnings = append(warnings, fmt.Sprintf("%d年工作日历尚未公布,该年公示期暂定,公布后重新计算。", year))
	}
	if r.Unstaffed > 0 {
		warnings = append(warnings, fmt.Sprintf("逐级上报的链条上尚有%d个机构没有可用账号,请在申报前开通(查询 /rounds/%s/chains-without-users)。", r.Unstaffed, r.ID))
	}
	if len(warnings) > 0 {
		out.Warnings = &warnings
	}
	if r.Notice != nil {
		n := notice(*r.Notice)
		out.Notice = &n
	}
	return out, nil
}

// lastNotice writes the last day on which a list can open.
func lastNotice(opens time.Time) *ShownInstant {
	return &ShownInstant{ClosesAt: opens, Shown: award.DateOf(opens).String()}
}

// roundCategory has no name of its own in the contract.
type roundCategory = struct {
	Category CategoryName `json:"category"`
	Quota    int          `json:"quota"`
	Ratio    *int         `json:"ratio,omitempty"`
	Title    string       `json:"title"`
}

// recode writes a value of ours as the contract's type with the same fields.
func recode(from, to any) error {
	raw, err := json.Marshal(from)
	if err != nil {
		return fmt.Errorf("write for the answer: %w", err)
	}
	if err := json.Unmarshal(raw, to); err != nil {
		return fmt.Errorf("fit the answer: %w", err)
	}
	return nil
}
