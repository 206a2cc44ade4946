package award

import "time"

// DaysLeft counts the working days that are left before an exclusive instant
// (剩余工作日), the day of now included when it is one.
func (c Calendar) DaysLeft(now, closes time.Time) int {
	left := 0
	for day := c.day(now); c.start(day).Before(closes); day++ {
		if c.working(day) {
			left++
		}
	}
	return left
}
