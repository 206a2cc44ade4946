package award

import "slices"

// LadderOffices returns the offices whose titles let a unit file in a round that
// asks for one (分级创建, N 五(三), D-87): those between the round's owner and the
// unit. path is the unit's own, root … itself.
func LadderOffices(owner int64, path []int64) []int64 {
	at := slices.Index(path, owner)
	if at < 0 || at+1 >= len(path) {
		return nil
	}
	return path[at+1 : len(path)-1]
}
