package award_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"shifan/internal/award"
)

// Units of the chains below; the numbers are only names.
const (
	nation     = 1
	province   = 10
	prefecture = 20
	county     = 30
	street     = 40
	community  = 50
)

func TestAFileClimbsItsChainOfficeByOffice(t *testing.T) {
	const corps, corpsCity = 70, 71
	for name, chain := range map[string][]int64{
		"community, street, county, prefecture, province": {nation, province, prefecture, county, street, community},
		"a municipality has no prefecture":                {nation, province, county, street, community},
		"东莞 has no county level":                          {nation, province, prefecture, street, community},
		"a district of a municipality":                    {nation, province, county},
		"a street of 东莞":                                  {nation, province, prefecture, street},
		"the Corps' city and its street":                  {nation, corps, corpsCity, street},
	} {
		t.Run(name, func(t *testing.T) {
			recommending := chain[1]
			unit := chain[len(chain)-1]
			s := award.Standing{Path: chain, Recommending: recommending, State: award.FileDraft, Waiting: unit}
			place, err := s.Filed(false)
			require.NoError(t, err)
			var visited []int64
			for place.State != award.FileAtProvince {
				visited = append(visited, place.Waiting)
				s.State, s.Waiting = place.State, place.Waiting
				place, err = s.Agreed(false)
				require.NoError(t, err)
				require.Empty(t, place.Skipped)
			}
			visited = append(visited, place.Waiting)
			want := slices.Clone(chain[1 : len(chain)-1])
			slices.Reverse(want)
			require.Equal(t, want, visited, "every office of the chain, in order, each once")
		})
	}
}

func TestTheFirstOfficeGetsAFiledFileAndTheOthersAClimbingOne(t *testing.T) {
	s := full(award.FileDraft, community)
	place, err := s.Filed(false)
	require.NoError(t, err)
	require.Equal(t, award.Place{State: award.FileFiled, Waiting: street}, place)

	place, err = full(award.FileFiled, street).Agreed(false)
	require.NoError(t, err)
	require.Equal(t, award.Place{State: award.FileClimbing, Waiting: county}, place)

	place, err = full(award.FileClimbing, prefecture).Agreed(false)
	require.NoError(t, err)
	require.Equal(t, award.Place{State: award.FileAtProvince, Waiting: province}, place)
}

func TestAReturnedFileResumesWhereItWas(t *testing.T) {
	place, err := full(award.FileAtProvince, province).Returned(community)
	require.NoError(t, err)
	require.Equal(t, award.Place{State: award.FileReturned, Waiting: community, Resume: province}, place)

	back := full(award.FileReturned, community)
	back.Resume = province
	place, err = back.Filed(false)
	require.NoError(t, err)
	require.Equal(t, award.Place{State: award.FileAtProvince, Waiting: province}, place)

	back.Resume = street
	place, err = back.Filed(false)
	require.NoError(t, err)
	require.Equal(t, award.FileFiled, place.State, "the first office again")

	back.Resume = prefecture
	place, err = back.Filed(false)
	require.NoError(t, err)
	require.Equal(t, award.Place{State: award.FileClimbing, Waiting: prefecture}, place)
}

func TestAnOfficeToWhichAFileIsReturnedAgreesOrReturnsItFurtherButDoesNotDecline(t *testing.T) {
	at := full(award.FileReturned, county)
	at.Resume = province

	place, err := at.Agreed(false)
	require.NoError(t, err)
	require.Equal(t, award.Place{State: award.FileAtProvince, Waiting: province}, place)

	place, err = at.Returned(community)
	require.NoError(t, err)
	require.Equal(t, award.Place{State: award.FileReturned, Waiting: community, Resume: county}, place)

	_, err = at.Declined()
	require.Equal(t, award.Conflict, award.CodeOf(err))
}

func TestAReturnGoesDownTheChainAndNowhereElse(t *testing.T) {
	at := full(award.FileClimbing, county)
	for _, to := range []int64{county, prefecture, province, nation, 999, 0} {
		_, err := at.Returned(to)
		require.Equal(t, award.Invalid, award.CodeOf(err), "to %d", to)
	}
	for _, to := range []int64{street, community} {
		_, err := at.Returned(to)
		require.NoError(t, err)
	}
}

func TestAUnitHasNoOpinionOnItsOwnFileAndAnEndedFileWaitsForNobody(t *testing.T) {
	own := full(award.FileReturned, community)
	own.Resume = street
	ended := full(award.FileWithdrawn, 0)
	for _, s := range []award.Standing{own, ended, full(award.FileDraft, community)} {
		_, err := s.Agreed(false)
		require.Equal(t, award.Conflict, award.CodeOf(err))
		_, err = s.Declined()
		require.Equal(t, award.Conflict, award.CodeOf(err))
		_, err = s.Returned(street)
		require.Equal(t, award.Conflict, award.CodeOf(err))
	}
}

func TestTheProvinceReturnsOrDeclinesAFileButAgreesByInspectingIt(t *testing.T) {
	at := full(award.FileAtProvince, province)
	_, err := at.Agreed(false)
	require.Equal(t, award.Conflict, award.CodeOf(err))
	place, err := at.Declined()
	require.NoError(t, err)
	require.Equal(t, award.Place{State: award.FileDeclined}, place)

	_, err = full(award.FileInspected, province).Returned(street)
	require.Equal(t, award.Conflict, award.CodeOf(err), "an inspected file is not sent back")
}

func TestOnlyTheOfficeDirectlyAboveCallsADeclinedFileUpAndOnlyOnce(t *testing.T) {
	declined := full(award.FileDeclined, 0)
	declined.DeclinedBy = street
	place, err := declined.Lifted(county, false)
	require.NoError(t, err)
	require.Equal(t, award.Place{State: award.FileClimbing, Waiting: county}, place)

	for _, other := range []int64{street, prefecture, province, community} {
		_, err = declined.Lifted(other, false)
		require.Equal(t, award.Forbidden, award.CodeOf(err), "by %d", other)
	}
	declined.CalledUp = true
	_, err = declined.Lifted(county, false)
	require.Equal(t, award.Conflict, award.CodeOf(err))

	_, err = full(award.FileClimbing, county).Lifted(prefecture, false)
	require.Equal(t, award.Conflict, award.CodeOf(err), "nobody has declined it")
}

func TestWhatTheProvinceDeclinedComesBackToTheProvince(t *testing.T) {
	declined := full(award.FileDeclined, 0)
	declined.DeclinedBy = province
	place, err := declined.Lifted(nation, false)
	require.NoError(t, err)
	require.Equal(t, award.Place{State: award.FileAtProvince, Waiting: province}, place)

	declined.DeclinedBy = prefecture
	place, err = declined.Lifted(province, false)
	require.NoError(t, err)
	require.Equal(t, award.Place{State: award.FileAtProvince, Waiting: province}, place)
}

func TestAfterTheArrivalDateAFileGoesStraightUpAndThePassedByAreNamed(t *testing.T) {
	back := full(award.FileReturned, community)
	back.Resume = street
	place, err := back.Filed(true)
	require.NoError(t, err)
	require.Equal(t, award.Place{
		State: award.FileAtProvince, Waiting: province, Skipped: []int64{street, county, prefecture},
	}, place)

	back.Resume = province
	place, err = back.Filed(true)
	require.NoError(t, err)
	require.Empty(t, place.Skipped, "nobody is passed by on the way to the province itself")

	place, err = full(award.FileClimbing, county).Agreed(true)
	require.NoError(t, err)
	require.Equal(t, []int64{prefecture}, place.Skipped)
}

func TestAChainWithoutItsRecommendingOfficeIsRefused(t *testing.T) {
	s := full(award.FileDraft, community)
	s.Recommending = 999
	_, err := s.Filed(false)
	require.Equal(t, award.Conflict, award.CodeOf(err))
}

// Whatever offices do, a file is always with its unit, with an office of its
// chain up to the province, or with nobody because it has ended.
func TestAFileNeverLeavesItsChain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		depth := rapid.IntRange(3, 8).Draw(t, "depth")
		path := make([]int64, depth)
		for i := range path {
			path[i] = int64(i + 1)
		}
		s := award.Standing{Path: path, Recommending: 2, State: award.FileDraft, Waiting: int64(depth)}
		for range rapid.IntRange(1, 30).Draw(t, "acts") {
			arrived := rapid.Bool().Draw(t, "arrived")
			target := rapid.Int64Range(1, int64(depth)).Draw(t, "office")
			var place award.Place
			var err error
			switch rapid.SampledFrom([]string{"file", "agree", "decline", "return", "lift"}).Draw(t, "act") {
			case "file":
				place, err = s.Filed(arrived)
			case "agree":
				place, err = s.Agreed(arrived)
			case "decline":
				if place, err = s.Declined(); err == nil {
					s.DeclinedBy = s.Waiting
				}
			case "return":
				place, err = s.Returned(target)
			case "lift":
				if place, err = s.Lifted(target, arrived); err == nil {
					s.CalledUp = true
				}
			}
			if err != nil {
				continue // refused: nothing moves
			}
			s.State, s.Waiting, s.Resume = place.State, place.Waiting, place.Resume
			if s.State == award.FileDeclined {
				if s.Waiting != 0 {
					t.Fatalf("declined and yet waiting for %d", s.Waiting)
				}
				continue
			}
			if s.Waiting < 2 || s.Waiting > int64(depth) {
				t.Fatalf("%s waits for %d, which is not of its chain", s.State, s.Waiting)
			}
			if (s.State == award.FileAtProvince) != (s.Waiting == s.Recommending && s.State != award.FileReturned) {
				t.Fatalf("%s waits for %d", s.State, s.Waiting)
			}
			if (s.State == award.FileReturned) != (s.Resume != 0) {
				t.Fatalf("%s resumes at %d", s.State, s.Resume)
			}
		}
	})
}

// full is a file on the longest chain.
func full(state award.FileState, waiting int64) award.Standing {
	return award.Standing{
		Path:         []int64{nation, province, prefecture, county, street, community},
		Recommending: province, State: state, Waiting: waiting,
	}
}
