package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"sync"
	"time"

	"shifan/internal/award"
)

// province is a recommending office (省级推荐机构) with all that is below it,
// simulated.
type province struct {
	*drill
	code, name string
	character  character
	places     []place
	units      []applicant

	head  client            // 负责人
	clerk client            // 经办; only where the drill needs one
	below map[string]client // by code: the units that take part and the offices between
	mute  string            // the office of the chain that never signs; empty: none

	promised time.Time // the recommendation date before it was extended
	extended time.Time // and after

	mu      sync.Mutex      // while the units file
	files   map[int64]*file // by application
	drafted []*file         // never filed
}

// file is one application as its offices handle it.
type file struct {
	*applicant
	id       int64
	at       int  // which office of its chain has it
	gone     bool // none has it any more: declined, lapsed, passed up
	returned bool // its one return has happened
}

// steps is how many offices of the chain the file has still before it.
func (f *file) steps() int {
	if f.gone || f.abandons {
		return 0
	}
	return len(f.chain) - f.at
}

// holder is the office that has the file; only where there are steps left.
func (f *file) holder() string { return f.chain[f.at] }

// look is how often an office looks whether something has come: once a day, as
// people do.
func (p *province) look() time.Duration { return p.day }

// act plays the office through 自查申报 and 考察推荐 (N 四(一)(二)).
func (p *province) act(ctx context.Context) error {
	if err := p.intake(ctx); err != nil {
		return err
	}
	if err := p.climb(ctx); err != nil {
		return err
	}
	if p.character == silent {
		return nil // nothing more is heard of it
	}
	if err := p.inspectAll(ctx); err != nil {
		return fmt.Errorf("inspect: %w", err)
	}
	if err := p.fileTooLate(ctx); err != nil {
		return err
	}
	if p.character == extending {
		if err := p.askForTime(ctx); err != nil {
			return fmt.Errorf("ask for more time: %w", err)
		}
	}
	adopted, err := p.propose(ctx)
	if err != nil {
		return fmt.Errorf("adopt the proposed list: %w", err)
	}
	if adopted.units() > 0 { // nobody meets the standard, nobody is recommended: 宁缺勿滥
		if err := p.announce(ctx); err != nil {
			return fmt.Errorf("give public notice: %w", err)
		}
		if err := p.recommend(ctx, adopted); err != nil {
			return fmt.Errorf("cut to the limit: %w", err)
		}
	}
	if err := p.keepWaiting(ctx); err != nil {
		return err
	}
	return p.send(ctx)
}

// standing asks where the office stands.
func (p *province) standing(ctx context.Context) (standing, error) {
	var s standing
	if err := p.head.get(ctx, p.path("/offices/%s", p.code), nil, &s); err != nil {
		return standing{}, fmt.Errorf("ask where the office stands: %w", err)
	}
	return s, nil
}

// digests counts the reminders (催办) in the office's inbox since an instant.
func (p *province) digests(ctx context.Context, since time.Time) (int, error) {
	messages, err := pages[message](ctx, p.head, "/messages", nil)
	if err != nil {
		return 0, fmt.Errorf("read the inbox of %s: %w", p.name, err)
	}
	count := 0
	for _, m := range messages {
		if m.Round == p.round.ID && m.Kind == "digest" && !m.At.Before(since) {
			count++
		}
	}
	return count, nil
}

// inState lists the files of the office in a state.
func (p *province) inState(ctx context.Context, state award.FileState) ([]application, error) {
	files, err := pages[application](ctx, p.head, p.path("/applications"),
		url.Values{"office": {p.code}, "state": {string(state)}})
	if err != nil {
		return nil, fmt.Errorf("list files in state %s: %w", state, err)
	}
	return files, nil
}

// inspectAll inspects what has come, and when the arrival date is over what
// still climbed and has passed up unsigned (D-16).
func (p *province) inspectAll(ctx context.Context) error {
	for arrival := false; ; {
		arrived, err := p.inState(ctx, award.FileAtProvince)
		if err != nil {
			return err
		}
		if err := each(ctx, arrived, p.inspect); err != nil {
			return err
		}
		if arrival {
			return nil
		}
		s, err := p.standing(ctx)
		if err != nil {
			return err
		}
		if left := time.Until(s.Dates.Arrival.ClosesAt); left > 0 {
			if err := sleep(ctx, left); err != nil { // the date may be moved meanwhile: ask again
				return err
			}
			continue
		}
		if err := poll(ctx, p.look(), func() (bool, error) { return p.allArrived(ctx) }); err != nil {
			return err
		}
		arrival = true
	}
}

// allArrived reports whether no file of the office climbs any more.
func (p *province) allArrived(ctx context.Context) (bool, error) {
	for _, state := range award.OnTheWay() {
		files, err := p.inState(ctx, state)
		if err != nil || len(files) > 0 {
			return false, err
		}
	}
	return true, nil
}

// inspect inspects one unit and asks its residents (N 四(二)).
func (p *province) inspect(ctx context.Context, a application) error {
	f := p.files[a.ID]
	if f == nil {
		return fmt.Errorf("file %d of %s is not one of ours", a.ID, a.Name)
	}
	s := p.standards[f.category]
	own, err := s.marks(f.selfTotal)
	if err != nil {
		return err
	}
	marks, err := s.marks(f.provinceTotal)
	if err != nil {
		return err
	}
	path := p.path("/applications/%d", a.ID)
	err = p.head.put(ctx, path+"/inspection", map[string]any{
		"team": p.name + "考察验收组(演练)",
		"visits": []map[string]any{
			{"on": today(), "methods": []string{"听取汇报", "查阅工作台账"}},
			{"on": today(), "methods": []string{"实地走访"}},
		},
		"marks":   marks,
		"remarks": s.remarks(own, marks),
		"finding": "演练:对照指导标准逐项考察,得分" + f.provinceTotal.String() + "。",
	})
	if err != nil {
		return err
	}
	asked := map[award.Category]int{award.Community: 50, award.Street: 200, award.District: 500}[f.category] // D-06
	happy := (asked*f.satisfied + 99) / 100
	err = p.head.put(ctx, path+"/survey", map[string]any{
		"method":    "随机入户问卷(演练)",
		"first_day": today(), "last_day": today(),
		"satisfied": happy - happy/3, "basically": happy / 3,
		"dissatisfied": (asked - happy) / 2, "unknown": asked - happy - (asked-happy)/2,
	})
	if err != nil {
		return err
	}
	p.counts.inspected.Add(1)
	return nil
}

// announce puts the list before the public in a main local medium and waits
// until its window is over and no letter can still come (N 四(二), D-02).
func (p *province) announce(ctx context.Context) error {
	var answer struct {
		Notice notice `json:"notice"`
	}
	err := p.head.post(ctx, p.path("/offices/%s/public-notices", p.code), map[string]any{
		"evidence": []evidence{{
			Medium: award.LocalMedium, Name: p.name + "日报(演练)", PublishedOn: moment(time.Now()),
		}},
		"contacts": []contact{{Unit: p.name + "民政厅(局)", Phone: "演练"}},
		"text":     "演练:以下单位拟推荐为全国和谐社区建设示范单位,现予公示。",
	}, &answer)
	if err != nil {
		return err
	}
	p.counts.noticed.Add(1)

	// Anyone may read it, without a key.
	public, path := client{wire: p.wire, name: "公众"}, "/public/notices/"+strconv.FormatInt(answer.Notice.ID, 10)
	var shown notice
	if err := public.get(ctx, path, nil, &shown); err != nil {
		return fmt.Errorf("read the notice as the public does: %w", err)
	}
	p.drill.mu.Lock()
	for _, u := range shown.Units {
		p.drill.noticed[listed(p.code, u.Category, u.Code)] = true
	}
	p.drill.mu.Unlock()

	if err := sleep(ctx, time.Until(shown.FinalAt)); err != nil {
		return err
	}
	return poll(ctx, p.look(), func() (bool, error) {
		err := public.get(ctx, path, nil, &shown)
		return shown.over(time.Now()), err
	})
}

// listed names one unit on one office's list.
func listed(office string, category award.Category, code string) string {
	return office + " " + string(category) + " " + code
}

// askForTime is what the extending office does: a clerk cannot move the date,
// so the office asks the administrator, who does.
func (p *province) askForTime(ctx context.Context) error {
	s, err := p.standing(ctx)
	if err != nil {
		return err
	}
	p.promised = s.Dates.Recommendation.ClosesAt
	p.extended = p.promised.Add(extensionDays * p.day)
	err = p.clerk.post(ctx, p.path("/offices/%s/dates", p.code), map[string]any{
		"which": "recommendation", "to": moment(p.extended), "reason": "演练:灾后恢复,请求延期",
	}, nil)
	if !refusedAs(err, "forbidden") {
		return fmt.Errorf("a clerk moves the recommendation date: %w", orNothing(err))
	}
	return p.extend(ctx, p.code, p.extended)
}

// keepWaiting makes the late offices late, and has the extending one use its
// extension.
func (p *province) keepWaiting(ctx context.Context) error {
	switch p.character {
	case late:
		return poll(ctx, p.look(), func() (bool, error) {
			s, err := p.standing(ctx)
			return s.Overdue, err
		})
	case extending:
		return sleep(ctx, time.Until(p.promised.Add(p.day))) // past the date it first had
	case punctual, sentBack, silent:
	}
	return nil
}

// orNothing says so when an act that had to be refused was not.
func orNothing(err error) error {
	if err == nil {
		return errors.New("it was not refused")
	}
	return err
}
