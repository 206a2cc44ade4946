package award

import "time"

// CommunityCounts are what the communities of an area have come to in a year
// (社区建设进展, domain 10): O speaks of urban and rural ones (城乡社区), which are the
// residents' committees and the villages of the register (D-116). All but the
// first two count only what the county office has confirmed.
type CommunityCounts struct {
	Communities    int64 // of the register today
	Reported       int64 // of them: have reported facts of the year
	Confirmed      int64 // of them: confirmed as they stand
	Meeting        int64 // of them: 管理有序、服务完善、文明祥和
	Residents      int64 // of communities that also report volunteers
	Volunteers     int64
	Workers        int64 // of communities that also report training
	TrainedWorkers int64 // trained for 20 hours or more in the year
	Centres        int64 // communities with a service centre under the uniform sign
}

// Add returns the counts of two areas together.
func (c CommunityCounts) Add(other CommunityCounts) CommunityCounts {
	return CommunityCounts{
		c.Communities + other.Communities, c.Reported + other.Reported, c.Confirmed + other.Confirmed, c.Meeting + other.Meeting,
		c.Residents + other.Residents, c.Volunteers + other.Volunteers, c.Workers + other.Workers,
		c.TrainedWorkers + other.TrainedWorkers, c.Centres + other.Centres,
	}
}

// ProgressMeasure names a share that the Opinion sets a target for.
type ProgressMeasure string

// The measures of domain 10.
const (
	MeasureMeeting    ProgressMeasure = "meeting"    // communities that meet the standard, of all
	MeasureVolunteers ProgressMeasure = "volunteers" // volunteers, of residents
	MeasureTrained    ProgressMeasure = "trained"    // workers trained for 20 hours, of all workers
	MeasureCentres    ProgressMeasure = "centres"    // communities with a service centre, of all
)

// Share returns part and whole of a measure.
func (c CommunityCounts) Share(m ProgressMeasure) (part, whole int64) {
	switch m {
	case MeasureMeeting:
		return c.Meeting, c.Communities
	case MeasureVolunteers:
		return c.Volunteers, c.Residents
	case MeasureTrained:
		return c.TrainedWorkers, c.Workers
	case MeasureCentres:
		return c.Centres, c.Communities
	}
	return 0, 0
}

// ProgressTarget is one of the Opinion's numbers (目标).
type ProgressTarget struct {
	Measure ProgressMeasure
	Percent int    // at least
	By      Date   // the last day; zero: every year, or no day is named
	Source  string // article
}

// ProgressTargets lists the Opinion's numbers. What it gives three to five years
// is due when the five are over.
func ProgressTargets() []ProgressTarget {
	fiveYears := Date{2014, time.November, 23} // O of 23 Nov 2009
	return []ProgressTarget{
		{MeasureMeeting, 80, fiveYears, "O 二"},
		{MeasureMeeting, 100, Date{2021, time.July, 1}, "O 二"}, // the Party's centenary
		{MeasureVolunteers, 10, fiveYears, "O 三(二)"},
		{MeasureTrained, 100, Date{}, "O 四(三)"},
		{MeasureCentres, 100, Date{}, "O 三(五)"},
	}
}

// Reached reports whether counts reach the target. Nothing reaches one of
// nothing.
func (t ProgressTarget) Reached(c CommunityCounts) bool {
	part, whole := c.Share(t.Measure)
	return whole > 0 && part*100 >= whole*int64(t.Percent)
}

// ConfirmingOffice returns the office that confirms what a community reports
// (县级民政部门): the one above its street or town. path is the community's own,
// root … itself; false when nobody stands there.
func ConfirmingOffice(kind Kind, path []int64) (int64, bool) {
	if kind != KindCommunity && kind != KindVillage || len(path) < 4 { // nation, office, street, itself
		return 0, false
	}
	return path[len(path)-3], true
}
