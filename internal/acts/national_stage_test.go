package acts_test

import (
	"bytes"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
	"shifan/internal/register"
)

// This file plays the nation's part of a round of real size (N 四(三), 四(四)) from
// the frozen list to the last title: 32 recommending offices with 245 districts
// and county-level cities, 214 streets and 547 communities. Every unit's marks
// follow from its place in the order of lists (D-09), so that what must come of
// them can be worked out by hand, and was; what a random sample touches is worked
// out from the sample.

// What the offices recommend, and how many may be named.
const (
	theDistricts, theStreets, theCommunities = 245, 214, 547
	districtQuota, streetQuota, commQuota    = 100, 200, 500
)

// The marks, by place in the order of lists from 0:
//
//	districts:   0–97 have 95.00, 98–103 tie at 90.00 over the last two places,
//	             104–229 have 85.00, 230–244 are below the pass mark
//	streets:     0–189 have 88.00, 190–213 are below it: fewer pass than there are places
//	communities: 0–494 have 92.00, 495–499 have 91.00, 500–509 have 81.00, the rest are below
func nationalTotal(category award.Category, place int) award.Points {
	steps := map[award.Category][]struct {
		before int
		total  award.Points
	}{
		award.District:  {{98, 95_00}, {104, 90_00}, {230, 85_00}, {theDistricts, 60_00}},
		award.Street:    {{190, 88_00}, {theStreets, 79_99}},
		award.Community: {{495, 92_00}, {500, 91_00}, {510, 81_00}, {theCommunities, 79_99}},
	}[category]
	for _, s := range steps {
		if place < s.before {
			return s.total
		}
	}
	panic("no such place")
}

// recommendingOffices are the codes of the 31 provinces; the Corps is made of its cities.
func provinces() []string {
	return strings.Fields("11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65")
}

// nationalRegister has no unit but those that are recommended, and what they hang under.
func nationalRegister() iter.Seq2[register.Row, error] {
	return func(yield func(register.Row, error) bool) {
		line := 0
		row := func(code, name string, kind award.Kind) bool {
			line++
			return yield(register.Row{Line: line, Code: code, Name: name, Kind: kind, Stated: true, Sure: true}, nil)
		}
		under := func(district string, streets, communities int) bool {
			for i := 1; i <= streets; i++ {
				if !row(fmt.Sprintf("%s%03d", district, i), fmt.Sprintf("%s第%d街道", district, i), award.KindStreet) {
					return false
				}
			}
			for i := 1; i <= communities; i++ {
				if !row(fmt.Sprintf("%s001%03d", district, i), fmt.Sprintf("%s第%d社区", district, i), award.KindCommunity) {
					return false
				}
			}
			return true
		}
		one := func(more bool) int {
			if more {
				return 1
			}
			return 0
		}
		for i, code := range provinces() {
			if !row(code, code+"省", award.KindProvince) {
				return
			}
			for d := 1; d <= 7+one(i < 25); d++ {
				if !row(fmt.Sprintf("%s01%02d", code, d), fmt.Sprintf("%s第%d区", code, d), award.KindDistrict) {
					return
				}
			}
			if !under(code+"0101", 6+one(i < 24), 17+one(i < 14)) {
				return
			}
		}
		for d := 1; d <= 3; d++ { // the Corps (D-11)
			if !row(fmt.Sprintf("65900%d", d), fmt.Sprintf("兵团第%d市", d), award.KindCountyCity) {
				return
			}
		}
		under("659001", 4, 6)
	}
}

// nation is the national office with the frozen list before it.
type nation struct {
	province
	files map[award.Category][]int64 // in the order of lists
	place map[int64]int              // of a file in its category
}

// theNation opens a real round in November 2026, has every office's package
// accepted, and freezes the list on 10 May 2027.
func theNation(t *testing.T) nation {
	t.Helper()
	w := actstest.On(t, award.Date{Year: 2020, Month: time.January, Day: 1}, nationalRegister())
	w.Acts.DrawFrom(bytes.NewReader(bytes.Repeat([]byte("示范"), 100)))
	rules := award.DefaultRules()
	rules.SpotCheckPercent, rules.SpotCheckFailures, rules.ExpertsPerFile = 20, 10, 2
	day := func(year int, month time.Month, day int) time.Time {
		return award.Date{Year: year, Month: month, Day: day}.Starts()
	}
	round := w.OpenDrill(actstest.Drill{
		Real: true, Rules: rules,
		Categories: []award.CategoryRule{
			{Category: award.District, Quota: award.Quota{Places: districtQuota, Ratio: 1}},
			{Category: award.Street, Quota: award.Quota{Places: streetQuota, Ratio: 1}},
			{Category: award.Community, Quota: award.Quota{Places: commQuota, Ratio: 1}},
		},
		Dates: award.Dates{
			SelfCheckCloses: day(2027, time.January, 1), ApplyCloses: day(2027, time.January, 1),
			RecommendationDue: day(2027, time.May, 1), AssessmentDue: day(2027, time.July, 1),
		},
	})
	w.At(day(2027, time.May, 10).Add(10 * time.Hour))
	n := nation{
		province: province{World: w, t: t, round: round, code: award.CodeNation, id: w.Unit(award.CodeNation), head: w.Admin},
		files:    map[award.Category][]int64{}, place: map[int64]int{},
	}
	n.Exec(`INSERT INTO application (round_id, unit_id, category, office_id, state, filed_at)
		SELECT round_id, unit_id, CASE kind WHEN 'street' THEN 'street' WHEN 'community' THEN 'community' ELSE 'district' END, office_id, 'reviewed', shifan_now()
		FROM round_unit WHERE round_id = $1 AND kind IN ('district', 'county_city', 'street', 'community')`, round.ID)
	n.Exec(`INSERT INTO recommendation (application_id, round_id, office_id, category, position)
		SELECT id, round_id, office_id, category, row_number() OVER (PARTITION BY office_id, category ORDER BY id) FROM application WHERE round_id = $1`, round.ID)
	n.Exec(`INSERT INTO package (round_id, office_id, revision, letter_number, letter, report, state, officer_id, sent_at, answered_at)
		SELECT round_id, office_id, 1, '推荐函', '{}', '{}', 'accepted', $2, shifan_now(), shifan_now() FROM round_office WHERE round_id = $1`, round.ID, n.head.ID)
	frozen, err := w.Acts.FreezeList(t.Context(), round.ID)
	n.must(err)
	require.True(t, frozen)
	for _, category := range []award.Category{award.District, award.Street, award.Community} {
		var ids pq.Int64Array
		n.must(w.DB.Get(&ids, `SELECT array_agg(a.id ORDER BY u.code COLLATE "C") FROM application a JOIN round_unit u USING (round_id, unit_id)
			WHERE a.round_id = $1 AND a.category = $2`, round.ID, category))
		n.files[category] = ids
		for place, id := range ids {
			n.place[id] = place
		}
	}
	require.Len(t, n.files[award.District], theDistricts)
	require.Len(t, n.files[award.Street], theStreets)
	require.Len(t, n.files[award.Community], theCommunities)
	return n
}

// of returns the files in the places of a category.
func (n nation) of(category award.Category, places ...int) []int64 {
	ids := make([]int64, len(places))
	for i, place := range places {
		ids[i] = n.files[category][place]
	}
	return ids
}

// codes returns the codes of files, sorted.
func (n nation) codes(files ...int64) []string {
	n.t.Helper()
	codes := make([]string, len(files))
	for i, id := range files {
		codes[i] = n.codeOf(id)
	}
	slices.Sort(codes)
	return codes
}

// named returns the codes of the units with a title of a category, sorted.
func (n nation) named(category award.Category) []string {
	n.t.Helper()
	titles, err := n.Acts.Titles(n.t.Context(), n.Admin, n.round.ID, category)
	n.must(err)
	codes := make([]string, len(titles))
	for i, title := range titles {
		codes[i] = title.Code
	}
	slices.Sort(codes)
	return codes
}

// without returns the places from 0 up to, without those named.
func without(upTo int, places ...int) []int {
	var out []int
	for i := range upTo {
		if !slices.Contains(places, i) {
			out = append(out, i)
		}
	}
	return out
}

// visitAll visits the sample until nobody is left: two streets fail, one district's
// marks are corrected, all others are confirmed. It returns the failed and the corrected.
func (n nation) visitAll() (failed []int64, corrected int64) {
	n.t.Helper()
	for round := 0; ; round++ {
		check, err := n.Acts.SpotCheckOf(n.t.Context(), n.Admin, n.round.ID)
		n.must(err)
		left := 0
		for _, u := range check.Sample {
			if u.Outcome != "" {
				continue
			}
			left++
			in := visit(n.round.ID, u.Application, award.VisitConfirmed, n.Now())
			place := n.place[u.Application]
			switch {
			case u.Category == award.Street && place >= 40 && place < 190 && len(failed) < 2:
				in = visit(n.round.ID, u.Application, award.VisitFailed, n.Now())
				failed = append(failed, u.Application)
			case u.Category == award.District && place >= 60 && place < 98 && corrected == 0:
				in = visit(n.round.ID, u.Application, award.VisitCorrected, n.Now())
				in.Corrections = []award.Correction{{Leaf: "1.1", Value: 0, Reason: "规划未见"}}
				corrected = u.Application
			}
			done, err := n.Acts.RecordVisit(n.t.Context(), n.Admin, n.Key(), in)
			n.must(err)
			if done.Result.Published {
				require.Len(n.t, failed, 2)
				require.NotZero(n.t, corrected)
				return failed, corrected
			}
		}
		require.NotZero(n.t, left, "somebody is left until the sample is published")
		require.Less(n.t, round, 20)
	}
}

// drawsAgain draws three times more from what is published, each time from the list
// in another order: the sample is the one that was visited. Of a list with one
// unit changed the hash is another.
func (n nation) drawsAgain() {
	n.t.Helper()
	open, err := n.Acts.PublicSpotCheck(n.t.Context(), n.round.ID)
	n.must(err)
	var list []award.FrozenUnit
	units, widened := map[stratum]int{}, map[string]int{}
	for _, u := range open.List {
		list = append(list, u.FrozenUnit)
		units[stratum{u.Category, u.Office}]++
	}
	for _, w := range open.Widenings {
		widened[w.Office]++
	}
	visited := map[string]bool{}
	for _, u := range open.Sample {
		visited[u.Code] = true
	}
	for range 3 {
		slices.Reverse(list)
		slices.Reverse(list[:len(list)/3])
		again := award.Draw(*open.Seed, award.FrozenHash(list), list)
		require.Equal(n.t, open.List, again)
		for _, u := range again {
			drawn := u.Place <= n.round.Rules.SampleSize(units[stratum{u.Category, u.Office}], widened[u.Office])
			require.Equal(n.t, visited[u.Code], drawn, "%s", u.Code)
		}
	}
	list[500].Name += "?"
	require.NotEqual(n.t, open.ListSHA256, slice(award.FrozenHash(list)))
}

// stratum is what a sample is drawn from: one office's units of a category.
type stratum struct {
	category award.Category
	office   string
}

// mark has sixty experts from all provinces mark every unit that is still in the
// list, two experts each, with the marks of its place; of one district an expert
// withdraws, and so does the one who takes its place (回避).
func (n nation) mark() {
	n.t.Helper()
	ctx := n.t.Context()
	by := map[int64]award.Officer{}
	for i, expert := range n.Experts(60) {
		by[expert.ID] = expert
		n.must(n.pool(acts.SetExpert{Officer: expert.ID, Revision: 1, Kind: award.ExpertPerson, Province: provinces()[i%31], Most: 36, Active: true}))
	}
	n.assigned()
	var own int
	n.must(n.DB.Get(&own, `SELECT count(*) FROM expert_assignment s JOIN expert e ON e.officer_id = s.expert_id
		JOIN application a ON a.id = s.application_id JOIN round_office o ON o.round_id = a.round_id AND o.office_id = a.office_id WHERE o.code = e.province`))
	require.Zero(n.t, own, "nobody marks the own province")

	once := n.files[award.District][60]
	before := n.has(once)
	for _, expert := range before[:1] {
		replaced, err := n.recuses(by[expert], once, "曾任该区顾问")
		n.must(err)
		require.True(n.t, replaced)
	}
	second := slices.DeleteFunc(n.has(once), func(id int64) bool { return slices.Contains(before, id) })
	require.Len(n.t, second, 1)
	replaced, err := n.recuses(by[second[0]], once, "配偶在该区任职")
	n.must(err)
	require.True(n.t, replaced)
	require.NotContains(n.t, n.has(once), second[0])
	require.NotContains(n.t, n.has(once), before[0])

	for category, files := range n.files {
		rule, err := n.Round(n.round.ID).Category(category)
		n.must(err)
		for place, id := range files {
			marks := actstest.Marks(n.t, rule.Standard, nationalTotal(category, place))
			for _, expert := range n.has(id) {
				_, err := n.Acts.GiveExpertMarks(ctx, by[expert], n.Key(), acts.GiveExpertMarks{Round: n.round.ID, Application: id, Marks: marks})
				n.must(err)
			}
		}
	}
}

// has returns the experts who have a file.
func (n nation) has(file int64) []int64 {
	n.t.Helper()
	var experts pq.Int64Array
	n.must(n.DB.Get(&experts, `SELECT coalesce(array_agg(expert_id ORDER BY expert_id), '{}') FROM expert_assignment WHERE application_id = $1 AND recused_at IS NULL`, file))
	return experts
}

// score completes the assessment and adds the marks up, as the procedure does.
func (n nation) score() {
	n.t.Helper()
	_, err := n.Acts.CompleteStage(n.t.Context(), n.Admin, n.Key(), acts.CompleteStageInput{Round: n.round.ID, Office: n.code, Stage: award.StageAssessment})
	n.must(err)
	last := actstest.One[int64](n.World, `SELECT max(id) FROM application`)
	for from := int64(0); from < last; from += 500 {
		_, err := n.Acts.ScorePage(n.t.Context(), award.Page{Round: n.round.ID, Job: award.JobScore, Number: 1, From: from, To: from + 500})
		n.must(err)
	}
	n.must(n.Acts.FinishScore(n.t.Context(), n.round.ID))
}

func TestANationalStageOfRealSizeEndsWithTheListsWorkedOutByHand(t *testing.T) {
	n := theNation(t)

	// 20 % of each office's units in each category, at least one: districts 32 × 2
	// of 7 or 8 but 1 of the Corps' 3, and so on.
	drawn := actstest.One[int](n.World, `SELECT count(*) FROM spot_check_unit`)
	require.Equal(t, 31*2+1+31*2+1+14*4+17*4+2, drawn)
	failed, corrected := n.visitAll()
	widened := actstest.One[int](n.World, `SELECT count(*) FROM spot_check_unit WHERE sampled_as = 'widened'`)
	require.NotZero(t, widened, "one of an office's eight failing is more than a tenth")
	require.Equal(t, []string{"vetoed", "vetoed"}, n.states(failed...))
	n.drawsAgain()

	n.mark()
	n.score()
	candidates := n.vote(corrected)

	n.publishCalendar()
	notice := n.announceNationally()
	objected := n.objects(notice)
	n.prolongHoliday(notice)
	n.noticeEnds(notice, objected)

	// The decision: of the districts 100 candidates, two of them removed; of the
	// streets 190 pass, less two that a visit failed, less one removed, less the one
	// to which an objection is open; of the communities 500, less the one whose line
	// must be corrected. No place is filled again (D-04).
	_, err := n.Acts.Decide(t.Context(), n.Admin, n.Key(), acts.DecideInput{Round: n.round.ID, Number: "民发〔2027〕88号", Date: award.DateOf(n.Now())})
	n.must(err)
	tied := n.of(award.District, 99, 103)
	districts := append(n.of(award.District, without(98, 0, 50)...), tied...)
	streetsOut := []int{10, 20, n.place[failed[0]], n.place[failed[1]]}
	assert.Equal(t, n.codes(districts...), n.named(award.District))
	assert.Equal(t, n.codes(n.of(award.Street, without(190, streetsOut...)...)...), n.named(award.Street))
	assert.Equal(t, n.codes(n.of(award.Community, without(500, 7)...)...), n.named(award.Community))
	assert.Len(t, n.named(award.District), 98)
	assert.Len(t, n.named(award.Street), 186)
	assert.Len(t, n.named(award.Community), 499)
	require.Len(t, candidates, 100+188+500)

	// The objection that was open when the window ended is dismissed in July: its
	// unit is named by a supplementary decision, and the place is its own.
	n.At(award.Date{Year: 2027, Month: time.July, Day: 5}.Starts().Add(9 * time.Hour))
	late := objected[slices.IndexFunc(objected, func(o objectedTo) bool { return o.outcome == award.ObjectionReceived })]
	n.investigated(late.Objection)
	n.rules(late.Objection, award.ObjectionDismissed)
	n.supplements("民发〔2027〕99号", "异议经核查不成立")
	streetsOut = slices.Delete(streetsOut, 1, 2)
	assert.Equal(t, n.codes(n.of(award.Street, without(190, streetsOut...)...)...), n.named(award.Street))
	assert.Len(t, n.named(award.Community), 499, "the one whose line is corrected waits for its new notice")

	// That line is noticed again, as corrected, for a whole window: 6 to 12 July.
	// Nobody objects, and its unit is the last to be named.
	again := n.noticesAgain(notice)
	n.ends(again)
	n.supplements("民发〔2027〕108号", "更正后重新公示期满无异议")
	assert.Equal(t, n.codes(n.of(award.District, append(without(98, 0, 50), 99, 103)...)...), n.named(award.District))
	assert.Equal(t, n.codes(n.of(award.Street, without(190, streetsOut...)...)...), n.named(award.Street))
	assert.Equal(t, n.codes(n.of(award.Community, without(500)...)...), n.named(award.Community))
}

// supplements decides on whoever may be named by now.
func (n nation) supplements(number, ground string) {
	n.t.Helper()
	_, err := n.Acts.Supplement(n.t.Context(), n.Admin, n.Key(), acts.SupplementInput{
		Round: n.round.ID, Number: number, Date: award.DateOf(n.Now()), Ground: ground,
	})
	n.must(err)
}

// noticesAgain gives notice of the one line that a ruling has corrected.
func (n nation) noticesAgain(corrected acts.Notice) acts.Notice {
	n.t.Helper()
	july := award.Date{Year: 2027, Month: time.July, Day: 6}.Starts()
	n.At(july.Add(8 * time.Hour))
	done, err := n.Acts.AnnounceNotice(n.t.Context(), n.Admin, n.Key(), acts.AnnounceNoticeInput{
		Round: n.round.ID, Office: n.code, FirstDay: july,
		Evidence: []award.Evidence{
			{Medium: award.CentralMedium, Name: "中国社会报", PublishedAt: july}, {Medium: award.Website, Name: "民政部网站", PublishedAt: july},
		},
	})
	n.must(err)
	require.Equal(n.t, corrected.ID, done.Result.Corrects)
	require.Equal(n.t, july.AddDate(0, 0, 7).Unix(), done.Result.ClosesAt.Unix())
	shown, err := n.Acts.PublicNotice(n.t.Context(), done.Result.ID)
	n.must(err)
	require.Len(n.t, shown.Units, 1)
	require.NotEmpty(n.t, shown.Units[0].Correction)
	return done.Result
}

// vote has a committee of nine vote: the list en bloc, without those of Henan for
// the member who is tied to it and without one that a member has separated; then
// the tie over the last two places, once without a majority.
func (n nation) vote(separated int64) []int64 {
	n.t.Helper()
	ctx := n.t.Context()
	in := acts.ConveneInput{Round: n.round.ID, Office: n.code}
	for i := range 9 {
		m := acts.MemberInput{MemberName: award.MemberName{Name: fmt.Sprintf("委员%d", i), Unit: "评审单位", Chair: i == 0}}
		if i == 8 {
			m.Ties = []string{"41"}
		}
		in.Members = append(in.Members, m)
	}
	done, err := n.Acts.Convene(ctx, n.Admin, n.Key(), in)
	n.must(err)
	ids := make([]int64, 9)
	for i, m := range done.Result.Members {
		ids[i] = m.ID
	}
	_, err = n.Acts.HoldMeeting(ctx, n.Admin, n.Key(), acts.HoldMeetingInput{Round: n.round.ID, Office: n.code, Meeting: acts.Meeting{
		Number: 1, MetOn: award.DateOf(n.Now()), Minutes: "评审委员会第1次会议纪要", Present: ids,
	}})
	n.must(err)

	lists, err := n.table(acts.TableMotionsInput{Kind: award.MotionList})
	n.must(err)
	require.Len(n.t, lists, 2, "those of Henan are voted on without the member tied to it")
	single, err := n.table(acts.TableMotionsInput{Kind: award.MotionUnit, Applications: []int64{separated}, RequestedBy: ids[3]})
	n.must(err)
	for _, m := range append(lists, single...) {
		closed, err := n.Votes(n.Admin, n.round.ID, n.code, m.Number, map[int64]award.Vote{ids[3]: award.VoteAgainst})
		n.must(err)
		require.Equal(n.t, award.Carried, closed.Count.Outcome)
	}

	against := map[int64]award.Vote{}
	for _, id := range ids[:5] {
		against[id] = award.VoteAgainst
	}
	tie := acts.TableMotionsInput{Kind: award.MotionTie, Category: award.District, Applications: n.of(award.District, 98, 100)}
	require.Equal(n.t, award.Lost, n.put(tie, against), "four of nine are not more than half")
	delete(against, ids[4])
	tie.Applications = n.of(award.District, 99, 103)
	require.Equal(n.t, award.Carried, n.put(tie, against), "five of nine are")

	_, err = n.Acts.FixCandidates(ctx, n.Admin, n.Key(), acts.FixCandidatesInput{Round: n.round.ID, Minutes: "评审委员会第1次会议纪要", MetOn: award.DateOf(n.Now())})
	n.must(err)
	var candidates pq.Int64Array
	n.must(n.DB.Get(&candidates, `SELECT array_agg(id) FROM application WHERE state = 'candidate'`))
	return candidates
}

// changeCalendar proposes and approves a change: days off, and the year they publish.
func (n nation) changeCalendar(publishes int, days ...award.Date) acts.CalendarDiff {
	n.t.Helper()
	change, diff := n.holiday(publishes, days...)
	_, err := n.Acts.ApproveCalendarChange(n.t.Context(), n.approver(), n.Key(), change.ID, diff.SHA256)
	n.must(err)
	return diff
}

func june(day int) award.Date { return award.Date{Year: 2027, Month: time.June, Day: day} }

// publishCalendar publishes 2027: the Dragon Boat Festival is Wednesday 9 June.
func (n nation) publishCalendar() { n.changeCalendar(2027, june(9)) }

// announceNationally gives notice from Monday 7 June 2027: five working days are
// 7, 8, 10, 11 and 14 June.
func (n nation) announceNationally() acts.Notice {
	n.t.Helper()
	n.At(june(4).Starts().Add(15 * time.Hour))
	done, err := n.Acts.AnnounceNotice(n.t.Context(), n.Admin, n.Key(), acts.AnnounceNoticeInput{
		Round: n.round.ID, Office: n.code, FirstDay: june(7).Starts(),
		Evidence: []award.Evidence{
			{Medium: award.CentralMedium, Name: "中国社会报", PublishedAt: june(7).Starts()},
			{Medium: award.Website, Name: "民政部网站", PublishedAt: june(4).Starts(), Link: "https://www.mca.gov.cn/"},
		},
		Contacts: []award.Contact{{Unit: "基层政权和社区建设司", Phone: "010-58123456"}},
	})
	n.must(err)
	require.Equal(n.t, june(15).Starts().Unix(), done.Result.ClosesAt.Unix())
	return done.Result
}

// prolongHoliday makes 10 June a day off on 8 June, while the window runs: the
// window ends a working day later and no earlier.
func (n nation) prolongHoliday(notice acts.Notice) {
	n.t.Helper()
	n.At(june(8).Starts().Add(11 * time.Hour))
	diff := n.changeCalendar(0, june(10))
	require.Len(n.t, diff.Windows, 2, "its end, and when the list is final")
	moved, err := n.Acts.PublicNotice(n.t.Context(), notice.ID)
	n.must(err)
	require.Equal(n.t, june(16).Starts().Unix(), moved.ClosesAt.Unix())
	require.Equal(n.t, june(23).Starts().Unix(), moved.FinalAt.Unix())
}

// withdrawn stands for an objection that is taken back.
const withdrawn award.ObjectionState = "withdrawn"

// objectedTo is one of the twelve.
type objectedTo struct {
	acts.Objection
	file    int64
	outcome award.ObjectionState
}

// objects has twelve citizens object on 7 June, and rules on eleven of them.
func (n nation) objects(notice acts.Notice) []objectedTo {
	n.t.Helper()
	n.handler() // a clerk of the national office who took no part
	n.At(june(7).Starts().Add(9 * time.Hour))
	var all []objectedTo
	for _, of := range []struct {
		category award.Category
		place    int
		outcome  award.ObjectionState
	}{
		{award.District, 0, award.ObjectionUpheld},
		{award.District, 50, award.ObjectionUpheld},
		{award.District, 1, award.ObjectionDismissed},
		{award.District, 2, award.ObjectionInadmissible},
		{award.District, 99, withdrawn},
		{award.Street, 10, award.ObjectionUpheld},
		{award.Street, 11, award.ObjectionDismissed},
		{award.Street, 20, award.ObjectionReceived}, // open when the window ends
		{award.Community, 7, award.ObjectionPartlyUpheld},
		{award.Community, 8, award.ObjectionDismissed},
		{award.Community, 8, award.ObjectionInadmissible},
		{award.Community, 499, award.ObjectionDismissed},
	} {
		file := n.of(of.category, of.place)[0]
		all = append(all, objectedTo{n.raises(notice, file), file, of.outcome})
	}
	n.At(june(8).Starts().Add(9 * time.Hour))
	for _, o := range all {
		n.settle12(o)
	}
	return all
}

// settle12 brings an objection to its outcome.
func (n nation) settle12(o objectedTo) {
	n.t.Helper()
	ctx := n.t.Context()
	switch o.outcome {
	case award.ObjectionReceived:
		return
	case award.ObjectionInadmissible:
		_, err := n.Acts.AssignObjection(ctx, n.head, n.Key(), o.ID, n.handler().ID)
		n.must(err)
		_, err = n.Acts.AdmitObjection(ctx, n.handler(), n.Key(), acts.AdmitObjection{Objection: o.ID, Ground: "无具体事实"})
		n.must(err)
		return
	case withdrawn: // it goes on as a lead, and is closed like one (D-69)
		n.investigated(o.Objection)
		_, err := n.Acts.WithdrawObjection(ctx, n.handler(), n.Key(), o.ID, "异议人来电撤回")
		n.must(err)
		_, err = n.Acts.RuleObjection(ctx, n.handler(), n.Key(), acts.RuleObjection{Objection: o.ID, Outcome: award.ObjectionDismissed, Ground: "经核查不属实"})
		n.must(err)
		return
	}
	n.investigated(o.Objection)
	n.rules(o.Objection, o.outcome)
}

// noticeEnds lets the window end and its list become final: the unit to which an
// objection is open is suspended and the others go on.
func (n nation) noticeEnds(notice acts.Notice, all []objectedTo) {
	n.t.Helper()
	moved, err := n.Acts.PublicNotice(n.t.Context(), notice.ID)
	n.must(err)
	n.ends(moved)
	for _, o := range all {
		switch o.outcome {
		case award.ObjectionUpheld:
			require.Equal(n.t, []string{"removed"}, n.states(o.file))
		case award.ObjectionReceived, award.ObjectionPartlyUpheld:
			require.True(n.t, n.suspended(o.file))
		default:
			require.False(n.t, n.suspended(o.file))
			require.Equal(n.t, []string{"noticed_nationally"}, n.states(o.file))
		}
	}
}
