package award_test

import (
	"slices"
	"testing"
	"time"

	"shifan/internal/award"
)

func TestAnOpinionBarsUntilItIsClearedOrDecided(t *testing.T) {
	bars := map[award.DepartmentState]bool{
		award.DepartmentOpen: true, award.DepartmentObjected: true, award.DepartmentUpheld: true,
	}
	for _, state := range award.DepartmentStates() {
		if state.Bars() != bars[state] {
			t.Errorf("%s bars: %t", state, state.Bars())
		}
		if state.Chinese() == "" {
			t.Errorf("%s has no Chinese", state)
		}
	}
}

func TestAnObjectionHasItsGroundItsLetterAndItsDay(t *testing.T) {
	today := award.Date{Year: 2027, Month: time.March, Day: 10}
	tomorrow := award.Date{Year: 2027, Month: time.March, Day: 11}
	for name, tt := range map[string]struct {
		answer award.DepartmentAnswer
		want   []string
	}{
		"nothing objected, nothing to say":  {award.DepartmentAnswer{}, nil},
		"an objection with nothing":         {award.DepartmentAnswer{Objects: true, Ground: " "}, []string{"ground", "letter", "on"}},
		"a whole objection, of today":       {award.DepartmentAnswer{Objects: true, Ground: "欠缴", Letter: "1号", On: today}, nil},
		"an answer of tomorrow":             {award.DepartmentAnswer{On: tomorrow}, []string{"on"}},
		"an objection of tomorrow, no more": {award.DepartmentAnswer{Objects: true, Ground: "欠缴", Letter: "1号", On: tomorrow}, []string{"on"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, d := range tt.answer.Check(today) {
				got = append(got, d.Pointer)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("defects %v, want %v", got, tt.want)
			}
		})
	}
}

func TestAnOfficeAsksTheRoundsDepartmentsAndItsOwn(t *testing.T) {
	if got := award.WithOwn([]string{"公安厅", "财政厅"}, "卫生厅", "公安厅"); !slices.Equal(got, []string{"公安厅", "财政厅", "卫生厅"}) {
		t.Errorf("asks %v", got)
	}
	if got := award.WithOwn(nil); len(got) != 0 {
		t.Errorf("a round without departments asks %v", got)
	}
	var got []string
	for _, d := range award.CheckDepartments("/d", []string{"公安厅", "", "公安厅"}) {
		got = append(got, d.Pointer+" "+d.Key)
	}
	if want := []string{"/d/1 field_required", "/d/2 department_twice"}; !slices.Equal(got, want) {
		t.Errorf("defects %v, want %v", got, want)
	}
}
