package award

import (
	"fmt"
	"time"
)

// Beijing is the zone every date is read in. China keeps one zone and, since
// 1991, no summer time, so a fixed offset is exact and needs no zone database.
var Beijing = time.FixedZone("CST", 8*60*60)

// Date is a calendar date in Beijing. All of the day counts.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf returns the Beijing date of an instant.
func DateOf(t time.Time) Date {
	y, m, d := t.In(Beijing).Date()
	return Date{y, m, d}
}

// EndOfMonth returns the date the Notice writes as "by the end of" a month (底前).
func EndOfMonth(year int, month time.Month) Date {
	return DateOf(time.Date(year, month+1, 0, 0, 0, 0, 0, Beijing))
}

// ParseDate reads 2008-12-31.
func ParseDate(text string) (Date, error) {
	t, err := time.ParseInLocation(time.DateOnly, text, Beijing)
	if err != nil {
		return Date{}, Refuse(Invalid, "", "date_malformed", text)
	}
	return DateOf(t), nil
}

// String writes 2008-12-31.
func (d Date) String() string {
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// Before reports whether the day is an earlier one.
func (d Date) Before(other Date) bool { return d.Starts().Before(other.Starts()) }

// Starts returns the first instant of the day.
func (d Date) Starts() time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, Beijing)
}

// Closes returns the first instant that is too late: 00:00 of the next day.
func (d Date) Closes() time.Time {
	return time.Date(d.Year, d.Month, d.Day+1, 0, 0, 0, 0, Beijing)
}

// Until writes an exclusive instant the way offices read it:
// 「2008年12月31日 24:00止」 for midnight, else 「2008年12月31日 15:04:05止」.
func Until(closes time.Time) string {
	t := closes.In(Beijing)
	if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 && t.Nanosecond() == 0 {
		return t.AddDate(0, 0, -1).Format("2006年1月2日") + " 24:00止"
	}
	return t.Format("2006年1月2日 15:04:05") + "止"
}
