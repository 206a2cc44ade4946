package award

import "slices"

// Standing is where a file stands on its chain (逐级上报, N 四(一)).
type Standing struct {
	Path         []int64 // the unit's own: root first, the unit last
	Recommending int64   // where the climb ends
	State        FileState
	Waiting      int64 // the unit or office that must act next
	Resume       int64 // where a returned file goes on; 0 when it is not returned
	DeclinedBy   int64 // the office that declined it; 0 when none did
	CalledUp     bool  // it was called up before
}

// Place is where a file comes to next.
type Place struct {
	State   FileState
	Waiting int64   // who must act there
	Resume  int64   // for a returned file
	Skipped []int64 // offices passed by without an opinion, lowest first: 未签署意见
}

// Filed returns where a file goes when the unit files it: to the first office of
// its chain, or back to the one that returned it. Once the arrival date has
// passed it goes to the province at once: whoever is passed by had its time
// (D-16).
func (s Standing) Filed(arrived bool) (Place, error) {
	if !s.WithUnit() {
		return Place{}, Refuse(Conflict, "N 四", "file_move", string(ActFile), string(s.State))
	}
	next := s.Resume
	if next == 0 {
		var err error
		if next, _, err = Next(s.Path, s.Waiting, s.Recommending); err != nil {
			return Place{}, err
		}
	}
	return s.at(next, ActFile, arrived)
}

// Agreed returns where a file goes when the office it waits for agrees (同意):
// to the next office, or back to where it was when the office was asked to mend
// it.
func (s Standing) Agreed(arrived bool) (Place, error) {
	if s.Waiting == s.Recommending {
		return Place{}, Refuse(Conflict, "N 四(二)", "endorse_at_province")
	}
	if err := s.underReview(); err != nil {
		return Place{}, err
	}
	next := s.Resume
	if next == 0 {
		var err error
		if next, _, err = Next(s.Path, s.Waiting, s.Recommending); err != nil {
			return Place{}, err
		}
	}
	return s.at(next, ActEndorse, arrived)
}

// Returned returns where a file goes when the office it waits for sends it back
// (退回补正): to any earlier office of its chain or to the unit. Afterwards it
// resumes at the office that returned it.
func (s Standing) Returned(to int64) (Place, error) {
	if err := s.underReview(); err != nil {
		return Place{}, err
	}
	from, target := slices.Index(s.Path, s.Waiting), slices.Index(s.Path, to)
	if target <= from {
		return Place{}, Refuse(Invalid, "N 四(一)", "return_not_earlier")
	}
	if err := MoveFile(s.State, ActEndorse, FileReturned); err != nil {
		return Place{}, err
	}
	return Place{State: FileReturned, Waiting: to, Resume: s.Waiting}, nil
}

// Declined returns where a file ends when the office it waits for declines it
// (不同意). Nobody must act then; the next superior may call it up.
func (s Standing) Declined() (Place, error) {
	if err := s.underReview(); err != nil {
		return Place{}, err
	}
	if err := MoveFile(s.State, ActEndorse, FileDeclined); err != nil {
		return Place{}, err
	}
	return Place{State: FileDeclined}, nil
}

// Lifted returns where a declined file goes when an office calls it up
// (提级审核, domain 4): only the office directly above the one that declined
// it, and only once. What the province declined comes back to the province.
func (s Standing) Lifted(by int64, arrived bool) (Place, error) {
	if s.State != FileDeclined {
		return Place{}, MoveFile(s.State, ActCallUp, FileClimbing)
	}
	superior, _, err := Next(s.Path, s.DeclinedBy, s.Recommending)
	if err != nil {
		return Place{}, err
	}
	if by != superior {
		return Place{}, Refuse(Forbidden, "domain 4", "call_up_not_superior")
	}
	if s.CalledUp {
		return Place{}, Refuse(Conflict, "domain 4", "call_up_twice")
	}
	if s.DeclinedBy == s.Recommending {
		superior = s.Recommending
	}
	return s.at(superior, ActCallUp, arrived)
}

// WithUnit reports whether the unit itself has the file: to write it, or to mend
// it.
func (s Standing) WithUnit() bool {
	return s.Waiting == s.Path[len(s.Path)-1] && (s.State == FileDraft || s.State == FileReturned)
}

// underReview checks that an office, not the unit itself, has the file.
func (s Standing) underReview() error {
	if s.Waiting == 0 || s.Waiting == s.Path[len(s.Path)-1] {
		return Refuse(Conflict, "N 四", "file_move", string(ActEndorse), string(s.State))
	}
	return nil
}

// at places the file at an office of its chain, or at the province when the
// arrival date has passed.
func (s Standing) at(office int64, act Act, arrived bool) (Place, error) {
	first, end := slices.Index(s.Path, office), slices.Index(s.Path, s.Recommending)
	if end < 0 || first < end {
		return Place{}, Refuse(Conflict, "N 四(一)", "chain_broken")
	}
	place := Place{State: FileClimbing, Waiting: office}
	switch {
	case first == end:
		place.State = FileAtProvince
	case arrived:
		place = Place{State: FileAtProvince, Waiting: s.Recommending}
		for i := first; i > end; i-- {
			place.Skipped = append(place.Skipped, s.Path[i])
		}
	case act == ActFile && first == len(s.Path)-2:
		place.State = FileFiled
	}
	if err := MoveFile(s.State, act, place.State); err != nil {
		return Place{}, err
	}
	return place, nil
}

// WithProvince reports whether the recommending office has the file and its
// package is not yet accepted: the time of inspection, survey and list.
func (s FileState) WithProvince() bool {
	return slices.Contains([]FileState{
		FileAtProvince, FileInspected, FileProposed, FileNoticedLocally, FileRecommended,
	}, s)
}
