package award

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
)

// ExpertKind says what an entry of the pool is.
type ExpertKind string

// The kinds of expert.
const (
	ExpertPerson ExpertKind = "person" // 专家
	ExpertBody   ExpertKind = "body"   // 第三方机构: one entry of the pool, as in 2014
)

// ExpertKinds lists every kind.
func ExpertKinds() []ExpertKind { return []ExpertKind{ExpertPerson, ExpertBody} }

// Expert is an entry of an owner office's pool of experts (专家库), as far as
// assigning files goes.
type Expert struct {
	ID         int64      // of the officer who marks
	Province   string     // code of the recommending office whose files are not for it; empty: none
	Unit       int64      // the unit it belongs to: nothing at or below it; 0: none
	Conflicts  []int64    // units and offices it has declared: nothing at or below them (回避)
	Categories []Category // what it knows; none: everything
	Most       int        // files at most
}

// ExpertFile is a file that experts are wanted for.
type ExpertFile struct {
	Application int64
	Category    Category
	Office      string  // code of the recommending office
	Path        []int64 // the unit's: root … itself
	Recused     []int64 // experts who have recused themselves from it
}

// May reports whether the expert may mark the file (domain 6.3): not its own
// province's, not of its unit's subtree, no declared conflict, of a category it
// knows, and not one it has recused itself from.
func (e Expert) May(f ExpertFile) bool {
	return (e.Province == "" || e.Province != f.Office) && !slices.Contains(f.Recused, e.ID) &&
		(e.Unit == 0 || !slices.Contains(f.Path, e.Unit)) &&
		!slices.ContainsFunc(e.Conflicts, func(unit int64) bool { return slices.Contains(f.Path, unit) }) &&
		(len(e.Categories) == 0 || slices.Contains(e.Categories, f.Category))
}

// OrderExperts puts experts in the order in which equals are taken: by the
// SHA-256 of the frozen list's hash and their ID, so that no entry of the pool is
// always the first, and the same list gives the same assignment.
func OrderExperts(list []byte, experts []Expert) {
	ticket := func(e Expert) []byte {
		sum := sha256.Sum256(fmt.Appendf(nil, "shifan expert order\n%x\n%d\n", list, e.ID))
		return sum[:]
	}
	slices.SortFunc(experts, func(a, b Expert) int { return bytes.Compare(ticket(a), ticket(b)) })
}

// Assignment gives a file to an expert.
type Assignment struct {
	Application int64
	Expert      int64
}

// AssignExperts gives each file as many experts as are wanted, beside those that
// stand (fixed), which it never moves. An expert gets no file it may not mark,
// none twice and no more than it takes; the loads are as even as that allows.
// Whenever every file can have its experts, it finds how; short lists the files
// that lack some, once for each.
//
// Each place is filled along the shortest chain of exchanges that ends with the
// least burdened expert it can reach. That is the augmenting path of a flow of
// least cost with the loads' squares as cost: so the flow is the largest there
// is, and no other has smaller squares.
func AssignExperts(experts []Expert, files []ExpertFile, wanted int, fixed []Assignment) (given []Assignment, short []int64) {
	a := newAssigner(experts, files, fixed)
	for f := range a.files {
		for len(a.has[f])+a.standing[f] < wanted {
			if !a.fill(f) {
				short = append(short, a.files[f].Application)
				break
			}
		}
	}
	for f, has := range a.has {
		for _, e := range has {
			given = append(given, Assignment{a.files[f].Application, a.experts[e].ID})
		}
	}
	slices.SortFunc(given, func(x, y Assignment) int {
		return cmp.Or(cmp.Compare(x.Application, y.Application), cmp.Compare(x.Expert, y.Expert))
	})
	return given, short
}

// assigner works on positions in its slices.
type assigner struct {
	experts  []Expert
	files    []ExpertFile
	may      [][]bool // by file and expert: eligible, and not fixed to it
	has      [][]int  // experts given to a file
	gives    [][]int  // files given to an expert
	load     []int    // of an expert, fixed ones included
	standing []int    // fixed experts of a file
}

func newAssigner(experts []Expert, files []ExpertFile, fixed []Assignment) *assigner {
	a := &assigner{
		experts: experts, files: slices.Clone(files), load: make([]int, len(experts)), gives: make([][]int, len(experts)),
		has: make([][]int, len(files)), may: make([][]bool, len(files)), standing: make([]int, len(files)),
	}
	slices.SortFunc(a.files, func(x, y ExpertFile) int { return cmp.Compare(x.Application, y.Application) })
	for f, file := range a.files {
		a.may[f] = make([]bool, len(experts))
		for e, expert := range experts {
			a.may[f][e] = expert.May(file)
		}
	}
	for _, s := range fixed {
		e := slices.IndexFunc(experts, func(x Expert) bool { return x.ID == s.Expert })
		f, found := slices.BinarySearchFunc(a.files, s.Application, func(x ExpertFile, id int64) int { return cmp.Compare(x.Application, id) })
		if e >= 0 {
			a.load[e]++
		}
		if found {
			a.standing[f]++
		}
		if e >= 0 && found {
			a.may[f][e] = false
		}
	}
	return a
}

// step is how a search came to an expert: taken on by a file, which another
// expert gives up; from is -1 where the search began.
type step struct{ file, from int }

// fill gives the file one expert more, exchanging others where it must, and
// reports whether it could.
func (a *assigner) fill(file int) bool {
	reached := make([]*step, len(a.experts))
	seen := make([]bool, len(a.files))
	type stop struct{ file, from int }
	queue := []stop{{file, -1}}
	seen[file] = true
	best := -1
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for e := range a.experts {
			if reached[e] != nil || !a.may[at.file][e] || slices.Contains(a.has[at.file], e) {
				continue
			}
			reached[e] = &step{at.file, at.from}
			if a.load[e] < a.experts[e].Most && (best < 0 || a.load[e] < a.load[best]) {
				best = e
			}
			for _, other := range a.gives[e] {
				if !seen[other] {
					seen[other] = true
					queue = append(queue, stop{other, e})
				}
			}
		}
	}
	if best < 0 {
		return false
	}
	a.load[best]++
	for e := best; e >= 0; {
		s := reached[e]
		a.has[s.file] = append(a.has[s.file], e)
		a.gives[e] = append(a.gives[e], s.file)
		if s.from >= 0 {
			a.has[s.file] = slices.DeleteFunc(a.has[s.file], func(x int) bool { return x == s.from })
			a.gives[s.from] = slices.DeleteFunc(a.gives[s.from], func(x int) bool { return x == s.file })
		}
		e = s.from
	}
	return true
}

// AssignmentHash returns the SHA-256 of new assignments, one line "application
// TAB expert LF" each in order: what was shown is what is saved.
func AssignmentHash(given []Assignment) [32]byte {
	digest := sha256.New()
	for _, a := range given {
		fmt.Fprintf(digest, "%d\t%d\n", a.Application, a.Expert)
	}
	return [32]byte(digest.Sum(nil))
}
