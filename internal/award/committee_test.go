package award_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"shifan/internal/award"
)

func votes(yes, no, abstain, recused, absent int) []award.Vote {
	return slices.Concat(
		slices.Repeat([]award.Vote{award.VoteFor}, yes), slices.Repeat([]award.Vote{award.VoteAgainst}, no),
		slices.Repeat([]award.Vote{award.VoteAbstain}, abstain), slices.Repeat([]award.Vote{award.VoteRecused}, recused),
		slices.Repeat([]award.Vote{award.VoteAbsent}, absent))
}

func TestCountVotes(t *testing.T) {
	for name, tt := range map[string]struct {
		votes []award.Vote
		want  award.Outcome
	}{
		"all for it":                                      {votes(9, 0, 0, 0, 0), award.Carried},
		"just two thirds present, all for it":             {votes(6, 0, 0, 0, 3), award.Carried},
		"one less than two thirds present":                {votes(5, 0, 0, 0, 4), award.Inquorate},
		"two thirds of ten are seven":                     {votes(6, 0, 0, 0, 4), award.Inquorate},
		"seven of ten":                                    {votes(7, 0, 0, 0, 3), award.Carried},
		"just half of those entitled is not enough":       {votes(5, 2, 0, 0, 3), award.Lost},
		"one more than half":                              {votes(6, 1, 0, 0, 3), award.Carried},
		"half of nine is four and a half":                 {votes(5, 4, 0, 0, 0), award.Carried},
		"more than half of those present is not enough":   {votes(4, 2, 0, 0, 3), award.Lost},
		"an abstention is no vote for it":                 {votes(4, 0, 4, 0, 0), award.Lost},
		"who is recused counts in neither":                {votes(2, 0, 0, 6, 1), award.Carried},
		"who is recused does not make the quorum":         {votes(1, 0, 0, 6, 2), award.Inquorate},
		"everybody is recused: nobody can decide":         {votes(0, 0, 0, 3, 0), award.Inquorate},
		"nobody is there":                                 {votes(0, 0, 0, 0, 9), award.Inquorate},
		"a committee of nobody":                           {nil, award.Inquorate},
		"against":                                         {votes(0, 9, 0, 0, 0), award.Lost},
		"the only one entitled":                           {votes(1, 0, 0, 2, 0), award.Carried},
		"two entitled, one for and one against: not half": {votes(1, 1, 0, 1, 0), award.Lost},
	} {
		t.Run(name, func(t *testing.T) {
			if got := award.CountVotes(tt.votes); got.Outcome != tt.want {
				t.Errorf("counted %+v, want %s", got, tt.want)
			}
		})
	}
}

func TestUnitsOfARecusedMemberAreVotedApart(t *testing.T) {
	members := []award.CommitteeMember{{ID: 1, Ties: []int64{41}}, {ID: 2, Ties: []int64{44}}, {ID: 3, Ties: []int64{41}}, {ID: 4}}
	units := []award.MotionUnitOf{
		{Application: 10, Path: []int64{1, 41, 4101}, Office: 41},
		{Application: 11, Path: []int64{1, 11}, Office: 11},
		{Application: 12, Path: []int64{1, 41, 4102}, Office: 41},
		{Application: 13, Path: []int64{1, 44}, Office: 44},
		{Application: 14, Path: []int64{1, 65, 9001}, Office: 44}, // tied by who recommended it
	}
	parts := award.SeparateRecused(members, units)
	var got [][]int64
	for _, part := range parts {
		var ids []int64
		for _, u := range part {
			ids = append(ids, u.Application)
		}
		got = append(got, ids)
	}
	want := [][]int64{{11}, {10, 12}, {13, 14}}
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("parts %v, want %v", got, want)
	}
	if r := award.Recused(members, parts[1]); !slices.Equal(r, []int64{1, 3}) {
		t.Errorf("recused %v", r)
	}
	if parts := award.SeparateRecused(members, nil); parts != nil {
		t.Errorf("an empty list makes %v", parts)
	}
}

func TestVotesAreWholeAndOnlyOfThoseWhoMayVote(t *testing.T) {
	members, recused, present := []int64{1, 2, 3, 4}, []int64{2}, []int64{1, 2, 3}
	got, defects := award.CheckVotes(award.MotionList, members, recused, present, map[int64]award.Vote{1: award.VoteFor, 3: award.VoteAbstain})
	if len(defects) > 0 || got[2] != award.VoteRecused || got[4] != award.VoteAbsent || len(got) != 4 {
		t.Errorf("votes %v, defects %v", got, defects)
	}
	for name, tt := range map[string]struct {
		kind  award.MotionKind
		given map[int64]award.Vote
		want  string
	}{
		"one who was there says nothing":         {award.MotionList, map[int64]award.Vote{1: award.VoteFor}, "/votes/3 vote_missing"},
		"a recused member votes":                 {award.MotionList, map[int64]award.Vote{1: award.VoteFor, 2: award.VoteFor, 3: award.VoteFor}, "/votes/2 vote_recused"},
		"one who was not there votes":            {award.MotionList, map[int64]award.Vote{1: award.VoteFor, 3: award.VoteFor, 4: award.VoteFor}, "/votes/4 vote_absent"},
		"somebody from outside":                  {award.MotionList, map[int64]award.Vote{1: award.VoteFor, 3: award.VoteFor, 9: award.VoteFor}, "/votes/9 vote_no_member"},
		"a word that is no vote":                 {award.MotionList, map[int64]award.Vote{1: "yes", 3: award.VoteFor}, "/votes/1 vote_unknown"},
		"recused from a list instead of a unit":  {award.MotionList, map[int64]award.Vote{1: award.VoteRecused, 3: award.VoteFor}, "/votes/1 vote_separate_first"},
		"recused from a unit by own declaration": {award.MotionUnit, map[int64]award.Vote{1: award.VoteRecused, 3: award.VoteFor}, ""},
		"one leaves before the vote":             {award.MotionList, map[int64]award.Vote{1: award.VoteAbsent, 3: award.VoteFor}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, defects := award.CheckVotes(tt.kind, members, recused, present, tt.given)
			got := ""
			for _, d := range defects {
				got += d.Pointer + " " + d.Key
			}
			if got != tt.want {
				t.Errorf("defects %q, want %q", got, tt.want)
			}
		})
	}
}

func TestWhatAnAgendaLetsBePut(t *testing.T) {
	closed := func(kind award.MotionKind, outcome award.Outcome, units ...int64) award.Motion {
		return award.Motion{Kind: kind, State: award.MotionClosed, Outcome: outcome, Units: units}
	}
	open := func(kind award.MotionKind, units ...int64) award.Motion {
		return award.Motion{Kind: kind, State: award.MotionOpen, Units: units}
	}
	// Of three places one is placed and two of 2, 3, 4 are tied for; 5 and 6 stand below.
	base := award.Agenda{Quota: 3, Placed: []int64{1}, Tied: []int64{2, 3, 4}, Standing: []int64{1, 2, 3, 4, 5, 6}, Eligible: []int64{1, 2, 3, 4, 5, 6}}
	for name, tt := range map[string]struct {
		motions []award.Motion
		kind    award.MotionKind
		units   []int64
		want    string // message key; empty: it may
	}{
		"the list":                                 {nil, award.MotionList, []int64{1}, ""},
		"an empty list":                            {nil, award.MotionList, nil, "motion_nothing_to_put"},
		"a tied unit en bloc":                      {nil, award.MotionList, []int64{1, 2}, "motion_unit_not_placed"},
		"a tied unit alone":                        {nil, award.MotionUnit, []int64{2}, "motion_unit_not_placed"},
		"a unit below the standard":                {nil, award.MotionUnit, []int64{7}, "motion_unit_not_eligible"},
		"a unit twice":                             {nil, award.MotionList, []int64{1, 1}, "motion_unit_twice"},
		"two of the tied":                          {nil, award.MotionTie, []int64{2, 4}, ""},
		"nobody of the tied":                       {nil, award.MotionTie, nil, ""},
		"three of the tied for two places":         {nil, award.MotionTie, []int64{2, 3, 4}, "tie_over_quota"},
		"one of the tied who is not":               {nil, award.MotionTie, []int64{5}, "tie_not_tied"},
		"a tie that was decided":                   {[]award.Motion{closed(award.MotionTie, award.Carried)}, award.MotionTie, []int64{2}, "motion_no_tie"},
		"a tie that was lost may be put again":     {[]award.Motion{closed(award.MotionTie, award.Lost, 2, 3)}, award.MotionTie, []int64{2, 4}, ""},
		"a tie under way":                          {[]award.Motion{open(award.MotionTie, 2)}, award.MotionTie, []int64{3}, "motion_no_tie"},
		"a unit in an open motion":                 {[]award.Motion{open(award.MotionList, 1)}, award.MotionUnit, []int64{1}, "motion_unit_open"},
		"a unit that was taken":                    {[]award.Motion{closed(award.MotionList, award.Carried, 1)}, award.MotionUnit, []int64{1}, "motion_unit_decided"},
		"a unit that was refused":                  {[]award.Motion{closed(award.MotionUnit, award.Lost, 1)}, award.MotionUnit, []int64{1}, "motion_unit_decided"},
		"a unit of a list that was lost":           {[]award.Motion{closed(award.MotionList, award.Lost, 1)}, award.MotionUnit, []int64{1}, ""},
		"a unit whose vote had no quorum":          {[]award.Motion{closed(award.MotionUnit, award.Inquorate, 1)}, award.MotionUnit, []int64{1}, ""},
		"a departure while the tie waits":          {nil, award.MotionDeparture, []int64{5}, "motion_over_quota"},
		"a departure with a tied unit":             {nil, award.MotionDeparture, []int64{2}, "motion_no_departure"},
		"a departure once places stay empty":       {[]award.Motion{closed(award.MotionUnit, award.Lost, 1), closed(award.MotionTie, award.Carried, 2, 3)}, award.MotionDeparture, []int64{5}, ""},
		"two departures for one place":             {[]award.Motion{closed(award.MotionUnit, award.Lost, 1), closed(award.MotionTie, award.Carried, 2, 3)}, award.MotionDeparture, []int64{5, 6}, "motion_over_quota"},
		"a departure for a place that still waits": {[]award.Motion{closed(award.MotionTie, award.Carried, 2, 3)}, award.MotionDeparture, []int64{5}, "motion_over_quota"},
		"a departure beside another that is under way": {[]award.Motion{
			closed(award.MotionUnit, award.Lost, 1), closed(award.MotionTie, award.Carried, 2, 3), open(award.MotionDeparture, 5),
		}, award.MotionDeparture, []int64{6}, "motion_over_quota"},
	} {
		t.Run(name, func(t *testing.T) {
			d := base
			d.Motions = tt.motions
			err := d.MayTable(tt.kind, tt.units)
			if got := keyOf(err); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func keyOf(err error) string {
	if refusal, ok := err.(*award.Error); ok && refusal != nil { //nolint:errorlint // the rule returns it bare
		return refusal.Key
	}
	return ""
}

// Whatever a committee is asked and however it votes: never more than the quota,
// nobody below the standard, nobody whom no carried motion holds; and whoever was
// undecided at the end is not taken.
func TestWhateverACommitteeVotesNobodyIsTakenBeyondTheQuota(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 12).Draw(t, "units")
		quota := rapid.IntRange(0, 6).Draw(t, "quota")
		contenders := make([]award.Contender, n)
		var barred []int64
		for i := range contenders {
			score := award.Points(rapid.IntRange(78, 84).Draw(t, "score") * 100)
			contenders[i] = award.Contender{Application: int64(i + 1), Score: score, Passed: score >= 80_00}
			if rapid.IntRange(0, 9).Draw(t, "barred") == 0 {
				barred = append(barred, int64(i+1))
			}
		}
		agenda := func(motions []award.Motion) award.Agenda {
			d := award.Agenda{Quota: quota, Motions: motions}
			placed, tied := award.Select(contenders, quota)
			for _, c := range placed {
				d.Placed = append(d.Placed, c.Application)
			}
			for _, c := range tied {
				d.Tied = append(d.Tied, c.Application)
			}
			for _, c := range contenders {
				if c.Passed {
					d.Standing = append(d.Standing, c.Application)
					if !slices.Contains(barred, c.Application) {
						d.Eligible = append(d.Eligible, c.Application)
					}
				}
			}
			return d
		}
		var motions []award.Motion
		for range rapid.IntRange(0, 30).Draw(t, "steps") {
			d := agenda(motions)
			switch rapid.IntRange(0, 5).Draw(t, "step") {
			case 0: // the list as the rule has it
				if list := d.EnBloc(); d.MayTable(award.MotionList, list) == nil {
					motions = append(motions, award.Motion{Kind: award.MotionList, State: award.MotionOpen, Units: list})
				}
			case 1, 2: // anything anybody may think of
				kind := rapid.SampledFrom(award.MotionKinds()).Draw(t, "kind")
				units := rapid.SliceOfN(rapid.Int64Range(1, 12), 0, 4).Draw(t, "put")
				if d.MayTable(kind, units) == nil {
					motions = append(motions, award.Motion{Kind: kind, State: award.MotionOpen, Units: units})
				}
			case 3, 4: // a vote
				for i := range motions {
					if motions[i].State == award.MotionOpen {
						cast := rapid.SliceOfN(rapid.SampledFrom(award.Votes()), 3, 7).Draw(t, "votes")
						motions[i].State, motions[i].Outcome = award.MotionClosed, award.CountVotes(cast).Outcome
						break
					}
				}
			case 5: // a unit withdraws, or a department's bar comes or goes
				if n == 0 {
					continue
				}
				unit := rapid.IntRange(1, n).Draw(t, "unit")
				if at := slices.Index(barred, int64(unit)); at >= 0 {
					barred = slices.Delete(barred, at, at+1)
				} else if rapid.Bool().Draw(t, "withdraws") {
					contenders[unit-1].Passed = false
				} else {
					barred = append(barred, int64(unit))
				}
			}
			d = agenda(motions)
			taken := d.Taken()
			if len(taken) > quota {
				t.Fatalf("%d taken for %d places by %+v", len(taken), quota, motions)
			}
			undecided, _ := d.Undecided()
			for _, id := range taken {
				if !contenders[id-1].Passed {
					t.Fatalf("%d is below the standard", id)
				}
				if slices.Contains(undecided, id) {
					t.Fatalf("%d is taken and undecided", id)
				}
				if !slices.ContainsFunc(motions, func(m award.Motion) bool { return m.Outcome == award.Carried && slices.Contains(m.Units, id) }) {
					t.Fatalf("no carried motion holds %d", id)
				}
			}
		}
	})
}
