package console

import (
	"fmt"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// progressPage is how far communities have come against the Opinion's numbers
// (社区建设进展, domain 10).
type progressPage struct {
	Year    int
	Earlier int // the year before, to turn back to
	Later   int // 0: there is none yet
	Sum     acts.CommunityProgress
	Targets []progressTarget
	Areas   []acts.CommunityProgress
	Charts  []chart // of the whole, and of the areas
}

// progressTarget is one of the Opinion's numbers and what there is of it.
type progressTarget struct {
	award.ProgressTarget
	Last         string // day; "": every year
	Share        string // of communities and villages together
	Urban, Rural string // of each kind
	Reached      bool
}

// firstProgressYear is the year of the Opinion.
const firstProgressYear = 2009

// progress shows the nation's communities province by province.
func (c *Console) progress(p *page) error {
	now, err := c.Acts.Now(p.ctx())
	if err != nil {
		return err
	}
	year, current := number(p.c.Query("year")), award.DateOf(now).Year
	if year < firstProgressYear || year > current {
		year = current
	}
	_, areas, err := c.Acts.PublicProgress(p.ctx(), year)
	if err != nil {
		return err
	}
	data := progressPage{Year: year, Areas: areas, Sum: acts.SumProgress(areas)}
	if year > firstProgressYear {
		data.Earlier = year - 1
	}
	if year < current {
		data.Later = year + 1
	}
	for _, t := range award.ProgressTargets() {
		target := progressTarget{
			ProgressTarget: t, Share: shareOf(data.Sum.CommunityCounts, t.Measure), Reached: t.Reached(data.Sum.CommunityCounts),
			Urban: shareOf(data.Sum.Urban, t.Measure), Rural: shareOf(data.Sum.Rural, t.Measure),
		}
		if t.By != (award.Date{}) {
			target.Last = t.By.String()
		}
		data.Targets = append(data.Targets, target)
	}
	data.Charts = p.progressCharts(data)
	return p.show("progress", p.T("page_progress"), data)
}

// progressCharts draws what the whole has reached of each measure, and the areas
// side by side in the first of them. Nothing is drawn of nothing.
func (p *page) progressCharts(data progressPage) []chart {
	const thousand = 1000
	share := func(name string, counts award.CommunityCounts, m award.ProgressMeasure) (bar, bool) {
		part, whole := counts.Share(m)
		if whole == 0 {
			return bar{}, false
		}
		return bar{Name: name, Value: int(part * thousand / whole), Whole: thousand, Text: shareOf(counts, m)}, true
	}
	var measures, areas []bar
	for i, t := range award.ProgressTargets() {
		if i > 0 && t.Measure == award.ProgressTargets()[i-1].Measure {
			continue // the same, later
		}
		if b, any := share(p.Word("measure_short", t.Measure), data.Sum.CommunityCounts, t.Measure); any {
			measures = append(measures, b)
		}
	}
	for _, area := range data.Areas {
		if b, any := share(area.OfficeName, area.CommunityCounts, award.MeasureMeeting); any {
			areas = append(areas, b)
		}
	}
	var charts []chart
	if len(measures) > 0 {
		charts = append(charts, bars("measures", p.T("chart_measures", data.Year), p.T("chart_measures_says"), measures))
	}
	if len(areas) > 0 {
		charts = append(charts, bars("areas", p.T("chart_areas", data.Year), p.T("chart_in_table"), areas))
	}
	return charts
}

// Share writes a measure of an area in per cent.
func (progressPage) Share(counts award.CommunityCounts, measure string) string {
	return shareOf(counts, award.ProgressMeasure(measure))
}

// shareOf writes a share with one digit, cut off and never rounded up: 79.96 % is
// not yet 80.
func shareOf(counts award.CommunityCounts, measure award.ProgressMeasure) string {
	part, whole := counts.Share(measure)
	if whole == 0 {
		return "–"
	}
	const thousand = 1000
	tenths := part * thousand / whole
	return fmt.Sprintf("%d.%d%%", tenths/10, tenths%10)
}
