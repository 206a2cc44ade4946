package acts

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"shifan/internal/award"
)

// messageDigest is the kind of the one message an office gets on a working day
// about everything that waits for it (催办).
const messageDigest = "digest"

// soonDays is how many working days ahead of its date a stage is mentioned:
// long enough for a meeting and a seal.
const soonDays = 5

// Waiting is what waits for one office.
type Waiting struct {
	Office int64

	Files    int       // waiting for it
	Oldest   time.Time // since when the one that waits longest does
	FilesDue time.Time // when the first is due; zero: none is dated
	Late     int       // of the files, past their date

	Stages     int       // its stages that are due soon
	StageDue   time.Time // when the first of them is
	StagesLate int       // its stages past their date

	Reviews   int       // 复核 to answer
	ReviewDue time.Time // when the first is due

	Objections      int       // to handle and not late
	ObjectionDue    time.Time // when the first is to be admitted or ruled on
	ObjectionsLate  int       // past their date (D-03)
	Commissions     int       // facts to check and report on, late ones too
	CommissionDue   time.Time // when the first is due
	BelowObjections int       // past their date at offices below

	Titles   int       // 复查、整改 due soon or past, of units it recommended
	TitleDue time.Time // when the first is due

	Lists     int       // without a public notice, whose last possible opening day is near
	ListsOpen time.Time // the end of the first such day

	Drafts   int       // of the next round, to be opened soon (N 二)
	DraftDue time.Time // by when the first is

	BelowFiles  int // files past their date at offices directly below
	BelowStages int // stages past their date of offices it supervises
}

// digestTx walks offices that something waits for. round is "" for all real
// rounds, which share one calendar, or names a drill.
type digestTx interface {
	// Waiting returns offices by ID, after the given one, with what waits for
	// them in open rounds; stages count that are due before soon.
	Waiting(ctx context.Context, round string, soon time.Time, after int64, limit int) ([]Waiting, error)
	// NoticesToOpen returns who has no public notice yet and has to give one by a
	// date, in open rounds.
	NoticesToOpen(ctx context.Context, round string) ([]NoticeToOpen, error)
	// PostAll posts messages at once and returns the offices whose message is
	// new.
	PostAll(ctx context.Context, messages []Message) ([]int64, error)
	// Remind counts one more reminder on every file past its date that waits
	// for the offices.
	Remind(ctx context.Context, round string, offices []int64) error
	// WaitingAt returns the offices at and below one for which files wait.
	WaitingAt(ctx context.Context, q WaitingQuery) ([]OfficeWaiting, error)
}

// DigestPage writes one page of digests: each office that something waits for
// gets one message per working day and round calendar, and what is overdue
// there its superior office too (architecture 3). It returns where to go on, 0
// at the end, and how many it wrote; repeating a page writes nothing. On a day
// that is no working day nobody is asked for anything.
func (a *Acts) DigestPage(ctx context.Context, round string, after int64, limit int) (next int64, written int, err error) {
	err = a.step(ctx, func(tx Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		calendar, err := calendarOf(ctx, tx, round)
		if err != nil {
			return err
		}
		if !calendar.Working(now) {
			return nil
		}
		offices, err := tx.Waiting(ctx, round, calendar.After(now, soonDays), after, limit)
		if err != nil {
			return err
		}
		if len(offices) == limit {
			next = offices[limit-1].Office
		}
		near, err := noticesNear(ctx, tx, round, calendar, now)
		if err != nil {
			return err
		}
		if round == "" { // drills are no series
			drafts, err := draftsNear(ctx, tx, calendar.After(now, soonDays))
			if err != nil {
				return err
			}
			near = append(near, drafts...)
		}
		offices = joined(offices, near, after, next)
		messages := make([]Message, len(offices))
		for i, w := range offices {
			messages[i] = w.digest(round, calendar.DayName(now), now)
		}
		fresh, err := tx.PostAll(ctx, messages)
		if err != nil {
			return err
		}
		written = len(fresh)
		return tx.Remind(ctx, round, fresh)
	})
	if err != nil {
		return 0, 0, fmt.Errorf("write digests: %w", err)
	}
	return next, written, nil
}

// NoticeToOpen is an office that has no public notice yet, and the date by which
// its list must be final.
type NoticeToOpen struct {
	Round  string
	Office int64
	Due    time.Time
}

// noticesNear returns the offices whose last possible opening day (最迟开始日,
// domain 3) is today or within soonDays. One that has passed is not mentioned any
// more: nothing can be done about it, and its stage is.
func noticesNear(ctx context.Context, tx Tx, round string, calendar award.Calendar, now time.Time) ([]matter, error) {
	lists, err := tx.NoticesToOpen(ctx, round)
	if err != nil {
		return nil, err
	}
	rounds := make(map[string]Round)
	var near []matter
	for _, l := range lists {
		r, known := rounds[l.Round]
		if !known {
			if r, err = tx.Round(ctx, l.Round); err != nil {
				return nil, err
			}
			rounds[l.Round] = r
		}
		last := r.lastNotice(l.Due)
		if last.Before(calendar.DayStart(now)) || !last.Before(calendar.After(now, soonDays)) {
			continue
		}
		ends := calendar.AddDays(last, 1)
		near = append(near, matter{l.Office, func(w *Waiting) {
			w.Lists++
			if w.ListsOpen.IsZero() || ends.Before(w.ListsOpen) {
				w.ListsOpen = ends
			}
		}})
	}
	return near, nil
}

// matter is something that waits for an office and that a rule, not a query,
// finds.
type matter struct {
	office int64
	add    func(*Waiting)
}

// joined adds matters to a page of offices: those after one office, up to and
// with another; 0: to the end.
func joined(offices []Waiting, matters []matter, after, to int64) []Waiting {
	for _, m := range matters {
		if m.office <= after || to != 0 && m.office > to {
			continue
		}
		at, there := slices.BinarySearchFunc(offices, m.office, func(w Waiting, office int64) int { return cmp.Compare(w.Office, office) })
		if !there {
			offices = slices.Insert(offices, at, Waiting{Office: m.office})
		}
		m.add(&offices[at])
	}
	return offices
}

// digest writes what waits for an office: what to do and by when in the
// subject, one line per matter in the body.
func (w Waiting) digest(round, day string, now time.Time) Message {
	m := Message{Round: round, Office: w.Office, Occasion: "digest/" + day, Kind: messageDigest}
	if round != "" {
		m.Occasion = "digest/" + round + "/" + day
	}
	var lines []string
	say := func(n int, format string, args ...any) {
		if n > 0 {
			lines = append(lines, fmt.Sprintf(format, append([]any{n}, args...)...))
		}
	}
	say(w.Late, "%d 件申报材料已逾期，请即办理(N 四(一))。")
	say(w.Files-w.Late, "%d 件申报材料待办理，最早的自%s起等待。", dayShown(w.Oldest))
	say(w.Reviews, "%d 件复核待答复，最早%s(N 四)。", award.Until(w.ReviewDue))
	say(w.ObjectionsLate, "%d 件异议已逾期，请即决定是否受理或办结(D-03)。")
	say(w.Objections, "%d 件异议待办理，最早%s(D-03)。", award.Until(w.ObjectionDue))
	say(w.Commissions, "%d 项交办核查待报告，最早%s。", award.Until(w.CommissionDue))
	say(w.Titles, "%d 个称号待复查或整改到期，最早%s(D-10)。", award.Until(w.TitleDue))
	say(w.StagesLate, "%d 个阶段已逾期，请即办结并报告；办结前计为逾期(N 四(二))。")
	say(w.Stages, "%d 个阶段即将到期，最早%s。", award.Until(w.StageDue))
	say(w.Lists, "%d 份名单尚未发布公示，最迟须于%s开始公示，名单方能在期限前确定(N 四)。", dueShown(w.ListsOpen))
	say(w.Drafts, "%d 个草拟批次待核对开启，宜于%s前开启；本次不评选的请取消(N 二)。", dueShown(w.DraftDue))
	say(w.BelowFiles, "下级机构有 %d 件申报材料逾期未办，请督办。")
	say(w.BelowObjections, "所辖机构有 %d 件异议逾期未办，请督办。")
	say(w.BelowStages, "所辖推荐机构有 %d 个阶段逾期，请督办或点名关闭。")
	m.Body = strings.Join(lines, "\n")
	m.Subject = w.heading(now) + lines[0]
	return m
}

// heading is the act and its date: what an office reads first.
func (w Waiting) heading(now time.Time) string {
	if w.Late+w.StagesLate+w.ObjectionsLate > 0 {
		return "〔需办理·已逾期〕"
	}
	var due time.Time
	for _, next := range []time.Time{w.FilesDue, w.StageDue, w.ReviewDue, w.ObjectionDue, w.CommissionDue, w.TitleDue, w.ListsOpen, w.DraftDue} {
		if due.IsZero() || !next.IsZero() && next.Before(due) {
			due = next
		}
	}
	switch {
	case w.Files+w.Stages+w.Reviews+w.Objections+w.Commissions+w.Titles+w.Lists+w.Drafts == 0:
		return "〔请督办〕"
	case due.After(now):
		return "〔需办理·截止" + dueShown(due) + "〕"
	}
	return "〔需办理〕"
}

// dayShown is a day as a subject has it: 11月30日.
func dayShown(t time.Time) string { return t.In(award.Beijing).Format("1月2日") }

// dueShown is the last day of an exclusive instant, or for a drill, whose days
// are seconds, the time.
func dueShown(closes time.Time) string {
	t := closes.In(award.Beijing)
	if t.Equal(award.DateOf(t).Starts()) {
		return dayShown(t.Add(-time.Nanosecond))
	}
	return t.Format("1月2日15:04:05")
}
