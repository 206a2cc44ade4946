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

	mu    sync.Mutex
	files map[int64]*file // by application
	lists struct {
		drafted []*file // never filed
		mending []*file // returned and not yet filed again
	}
}

// file is one application as its offices handle it.
type file struct {
	*applicant
	id       int64
	returned bool // its one return has happened
}

// look is how often an office looks whether something has come: people do not
// stare at the screen, and a day lasts seconds.
func (p *province) look() time.Duration { return max(500*time.Millisecond, p.day/2) }

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

// inState lists the files of the office in a state.
func (p *province) inState(ctx context.Context, state award.FileState) ([]application, error) {
	files, err := pages[application](ctx, p.head, p.path("/applications"),
		url.Values{"office": {p.code}, "state": {string(state)}})
	if err != nil {
		return nil, fmt.Errorf("list files in state %s: %w", state, err)
	}
	return files, nil
}

// inspectAll inspects what has come, until the arrival date is over and nothing
// climbs any more: then what still climbed has passed up unsigned (D-16).
func (p *province) inspectAll(ctx context.Context) error {
	return poll(ctx, p.look(), func() (bool, error) {
		s, err := p.standing(ctx)
		if err != nil {
			return false, err
		}
		over := !time.Now().Before(s.Dates.Arrival.ClosesAt) // asked before the files are listed
		climbing := 0
		if over {
			for _, state := range award.OnTheWay() {
				files, err := p.inState(ctx, state)
				if err != nil {
					return false, err
				}
				climbing += len(files)
			}
		}
		arrived, err := p.inState(ctx, award.FileAtProvince)
		if err != nil {
			return false, err
		}
		if err := each(ctx, arrived, p.inspect); err != nil {
			return false, err
		}
		return over && climbing == 0 && len(arrived) == 0, nil
	})
}

// inspect inspects one unit and asks its residents (N 四(二)).
func (p *province) inspect(ctx context.Context, a application) error {
	f := p.files[a.ID]
	if f == nil {
		return fmt.Errorf("file %d of %s is not one of ours", a.ID, a.Name)
	}
	marks, err := p.standards[f.category].marks(f.provinceTotal)
	if err != nil {
		return err
	}
	path := p.path("/applications/%d", a.ID)
	err = p.head.put(ctx, path+"/inspection", map[string]any{
		"team":         p.name + "考察验收组(演练)",
		"inspected_on": today(),
		"methods":      []string{"听取汇报", "查阅工作台账", "实地走访"},
		"marks":        marks,
		"finding":      "演练:对照指导标准逐项考察,得分" + f.provinceTotal.String() + "。",
	}, nil)
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
	}, nil)
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
	var shown notice
	public := client{wire: p.wire, name: "公众"}
	if err := public.get(ctx, "/public/notices/"+strconv.FormatInt(answer.Notice.ID, 10), nil, &shown); err != nil {
		return fmt.Errorf("read the notice as the public does: %w", err)
	}
	p.drill.mu.Lock()
	for _, u := range shown.Units {
		p.drill.noticed[listed(p.code, u.Category, u.Code)] = true
	}
	p.drill.mu.Unlock()

	return poll(ctx, p.look(), func() (bool, error) {
		s, err := p.standing(ctx)
		if err != nil {
			return false, err
		}
		for _, n := range s.Notices {
			if n.ID == answer.Notice.ID {
				return n.over(time.Now()), nil
			}
		}
		return false, fmt.Errorf("notice %d is not among the office's", answer.Notice.ID)
	})
}

// listed names one unit on one office's list.
func listed(office string, category award.Category, code string) string {
	return office + " " + string(category) + " " + code
}

// keepWaiting makes the late offices late, and the extending one need its
// extension: a clerk cannot move the date, the administrator does.
func (p *province) keepWaiting(ctx context.Context) error {
	switch p.character {
	case late:
		return poll(ctx, p.look(), func() (bool, error) {
			s, err := p.standing(ctx)
			return s.Overdue, err
		})
	case extending:
		s, err := p.standing(ctx)
		if err != nil {
			return err
		}
		due := s.Dates.Recommendation.ClosesAt
		err = p.clerk.post(ctx, p.path("/offices/%s/dates", p.code), map[string]any{
			"which": "recommendation", "to": moment(due.Add(10 * p.day)), "reason": "演练:灾后恢复,请求延期",
		}, nil)
		if !refusedAs(err, "forbidden") {
			return fmt.Errorf("a clerk moves the recommendation date of its own office: %w", orNothing(err))
		}
		p.extensions <- p.code
		if err := sleep(ctx, time.Until(due.Add(p.day))); err != nil { // past the date it first had
			return err
		}
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
