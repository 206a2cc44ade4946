package award_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"shifan/internal/award"
)

func TestTheSealProposedIsTheGovernmentsAndNotTheBureaus(t *testing.T) {
	for _, tt := range []struct {
		kind       award.Kind
		name, want string
	}{
		{award.KindDistrict, "东城区", "东城区人民政府"},
		{award.KindCountyCity, "巩义市", "巩义市人民政府"},
		{award.KindCounty, "中牟县", "中牟县人民政府"},
		{award.KindStreet, "东华门街道", "东华门街道办事处"},
		{award.KindTown, "韩寺镇", "韩寺镇人民政府"},
		{award.KindTownship, "宝力根苏木", "宝力根苏木人民政府"},
		{award.KindPrefecture, "郑州市", "郑州市人民政府"},
		{award.KindPrefecture, "延边朝鲜族自治州", "延边朝鲜族自治州人民政府"},
		{award.KindPrefecture, "锡林郭勒盟", "锡林郭勒盟行政公署"},
		{award.KindPrefecture, "大兴安岭地区", "大兴安岭地区行政公署"},
		{award.KindZone, "石家庄高新技术产业开发区", "石家庄高新技术产业开发区管理委员会"},
		{award.KindZone, "兵团一五二团", "兵团一五二团"},
	} {
		require.Equal(t, tt.want, award.SealingBody(tt.kind, tt.name))
	}
	for _, kind := range award.Kinds() {
		require.NotEmpty(t, award.SealingBody(kind, "某"), kind)
	}
}

func TestWhatAnOpinionLacksIsNamedAtOnce(t *testing.T) {
	seal := strings.Repeat("0a", 32)
	r := award.DefaultRules()
	asked := r
	asked.SealLevels = []award.Level{award.LevelCounty}
	whole := award.Signature{Clerk: "甲", SigningHead: "乙"}
	sealed := award.Signature{Clerk: "甲", SigningHead: "乙", Seal: seal}
	for _, tt := range []struct {
		name    string
		rules   award.Rules
		level   award.Level
		opinion award.Opinion
		text    string
		by      award.Signature
		want    []string
	}{
		{"agreed and signed", r, award.LevelCounty, award.OpinionAgree, "", whole, nil},
		{"nobody signs", r, award.LevelCounty, award.OpinionAgree, "", award.Signature{Clerk: " "}, []string{"/clerk", "/signing_head"}},
		{"declined without a word", r, award.LevelCounty, award.OpinionDecline, " ", whole, []string{"/text"}},
		{"a return needs no head", r, award.LevelStreet, award.OpinionReturn, "缺数据", award.Signature{Clerk: "甲"}, nil},
		{"a return says what to mend", r, award.LevelStreet, award.OpinionReturn, "", award.Signature{Clerk: "甲"}, []string{"/text"}},
		{"the round asks the level for the scan", asked, award.LevelCounty, award.OpinionAgree, "", whole, []string{"/seal"}},
		{"also where it declines", asked, award.LevelCounty, award.OpinionDecline, "不符", whole, []string{"/seal"}},
		{"not where it returns", asked, award.LevelCounty, award.OpinionReturn, "补正", whole, nil},
		{"not another level", asked, award.LevelStreet, award.OpinionAgree, "", whole, nil},
		{"with the scan", asked, award.LevelCounty, award.OpinionAgree, "", sealed, nil},
		{"no hash at all", r, award.LevelCounty, award.OpinionAgree, "", award.Signature{Clerk: "甲", SigningHead: "乙", Seal: strings.ToUpper(seal)}, []string{"/seal"}},
	} {
		err := tt.rules.CheckOpinion(tt.level, tt.opinion, tt.text, tt.by)
		var got []string
		if refusal, ok := err.(*award.Error); ok { //nolint:errorlint // the rule's own
			for _, d := range refusal.Fields {
				got = append(got, d.Pointer)
			}
		}
		require.Equal(t, tt.want, got, tt.name)
	}
}

func TestTheLevelOfAnOfficeIsInItsCode(t *testing.T) {
	for code, want := range map[string]award.Level{
		"41": "", "BT": "", "0": "", "4101": award.LevelPrefecture, "419001": award.LevelCounty, "410102001": award.LevelStreet, "410102001001": "",
	} {
		require.Equal(t, want, award.LevelOf(code), code)
	}
}

func TestPlacesUnderALimitAreTakenOnceAndInOrder(t *testing.T) {
	limit := award.IntakeLimit{Unit: "410102", Category: award.Street, Places: 3}
	place, err := limit.TakePlace("中原区", nil, 0)
	require.NoError(t, err)
	require.Equal(t, 1, place)
	place, err = limit.TakePlace("中原区", []int{1, 3}, 0)
	require.NoError(t, err)
	require.Equal(t, 2, place, "the first free place")
	place, err = limit.TakePlace("中原区", []int{1}, 3)
	require.NoError(t, err)
	require.Equal(t, 3, place)

	for _, tt := range []struct {
		used  []int
		asked int
		code  award.Code
		key   string
	}{
		{[]int{1, 2, 3}, 0, award.OverLimit, "intake_limit_used"},
		{[]int{1, 2, 3}, 2, award.OverLimit, "intake_limit_used"},
		{[]int{1, 2}, 2, award.Conflict, "rank_taken"},
		{[]int{1, 2}, 4, award.Invalid, "rank_bounds"},
		{nil, -1, award.Invalid, "rank_bounds"},
	} {
		_, err := limit.TakePlace("中原区", tt.used, tt.asked)
		refusal, ok := err.(*award.Error) //nolint:errorlint // the rule's own
		require.True(t, ok)
		require.Equal(t, tt.code, refusal.Code)
		require.Equal(t, tt.key, refusal.Key)
	}
	_, err = award.IntakeLimit{}.TakePlace("中原区", nil, 0)
	require.Equal(t, award.OverLimit, award.CodeOf(err), "no place at all")
}

func TestNoOrderOfTakingPlacesExceedsTheLimitOrGivesOneTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := award.IntakeLimit{Places: rapid.IntRange(0, 6).Draw(t, "places")}
		var used []int
		for range rapid.IntRange(0, 20).Draw(t, "files") {
			place, err := limit.TakePlace("", used, rapid.IntRange(-1, 8).Draw(t, "asked"))
			if err != nil {
				continue
			}
			if place < 1 || place > limit.Places || slices.Contains(used, place) {
				t.Fatalf("place %d of %d beside %v", place, limit.Places, used)
			}
			used = append(used, place)
		}
		if len(used) > limit.Places {
			t.Fatalf("%d places used of %d", len(used), limit.Places)
		}
	})
}

func TestALimitIsSetForAPrefectureOrCountyBelowTheOffice(t *testing.T) {
	for _, tt := range []struct {
		unit  string
		kind  award.Kind
		below bool
		fits  bool
	}{
		{"4101", award.KindPrefecture, true, true},
		{"410102", award.KindDistrict, true, true},
		{"410171", award.KindZone, true, true},
		{"410102001", award.KindStreet, true, false},
		{"41", award.KindProvince, true, false},
		{"110101", award.KindDistrict, false, false},
	} {
		defects := award.CheckIntakeLimit(0, award.IntakeLimit{Unit: tt.unit, Category: award.Street, Places: 1}, tt.kind, tt.below)
		require.Equal(t, tt.fits, len(defects) == 0, tt.unit)
	}
	require.Len(t, award.CheckIntakeLimit(0, award.IntakeLimit{Unit: "4101", Places: -1}, award.KindPrefecture, true), 1)
}

func TestTwoRevisionsAreComparedFieldByFieldAndMarkByMark(t *testing.T) {
	fields := []award.FormField{{Key: "head", Title: "负责人"}, {Key: "deeds", Title: "主要事迹"}, {Key: "staff", Title: "工作人员数"}}
	require.Equal(t, []award.Change{
		{Key: "deeds", Title: "主要事迹", Old: "旧", New: "新"},
		{Key: "staff", Title: "工作人员数", New: "30"},
	}, award.CompareForms(fields, map[string]string{"head": "甲", "deeds": "旧"}, map[string]string{"head": "甲", "deeds": "新", "staff": "30"}))
	require.Empty(t, award.CompareForms(fields, map[string]string{"head": "甲"}, map[string]string{"head": "甲"}))

	standard := award.Standard{Blocks: []award.Block{{Leaves: []award.Leaf{{Code: "1.1", Title: "组织"}, {Code: "1.2", Title: "设施"}}}}}
	require.Equal(t, []award.Change{{Key: "1.2", Title: "设施", Old: "4.00", New: "5.50"}},
		standard.CompareMarks([]award.Points{3_00, 4_00}, []award.Points{3_00, 5_50}))
	require.Empty(t, standard.CompareMarks(nil, nil))
}

func TestAReviewIsAskedForInTimeAndOfMarksThatSomebodyGave(t *testing.T) {
	r := award.DefaultRules()
	c := award.PublishedCalendar()
	ended := award.Date{Year: 2026, Month: 11, Day: 2}.Starts().Add(9 * 60 * 60 * 1e9)
	closes := c.After(ended, 5)
	require.NoError(t, r.MayRequestReview(c, award.FileNotRecommended, ended, true, closes.Add(-1)))
	require.Equal(t, award.Closed, award.CodeOf(r.MayRequestReview(c, award.FileNotRecommended, ended, true, closes)))
	require.Equal(t, award.Conflict, award.CodeOf(r.MayRequestReview(c, award.FileNotRecommended, ended, false, ended)))
	for _, state := range award.FileStates() {
		may := state.Ended() && state != award.FileWithdrawn && state != award.FileRoundCancelled
		require.Equal(t, may, r.MayRequestReview(c, state, ended, true, ended) == nil, state)
	}
}
