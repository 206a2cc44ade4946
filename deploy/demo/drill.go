package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"shifan/internal/award"
)

// drill is one run: what every simulated office shares.
type drill struct {
	settings
	wire  *wire
	admin client // the national administrator (部级管理员)

	round     round
	standards map[award.Category]standard
	limits    []limit
	counts    counts

	mu        sync.Mutex
	noticed   map[string]bool      // "office category code" of every unit seen on a provincial notice
	provinces map[string]*province // by code of the recommending office
	filing    sync.WaitGroup       // offices whose units are not yet done with filing
	national  national             // what the nation saw, for the account at the end
}

func newDrill(s settings, adminKey string) *drill {
	w := newWire(s.api, time.Now())
	return &drill{
		settings:  s,
		wire:      w,
		admin:     client{wire: w, key: adminKey, name: "部级管理员"},
		standards: make(map[award.Category]standard),
		noticed:   make(map[string]bool),
		provinces: make(map[string]*province),
	}
}

// path is a path below the round.
func (d *drill) path(format string, args ...any) string {
	return "/rounds/" + d.round.ID + fmt.Sprintf(format, args...)
}

// play runs the round from its draft to its close (N 四).
func (d *drill) play(ctx context.Context) error {
	say("取消上次未完成的演练…", "cancelling what an earlier run left")
	if err := d.cancelUnfinished(ctx); err != nil {
		return fmt.Errorf("cancel what an earlier run left: %w", err)
	}
	say("读取单位名录…", "reading the register")
	register, err := readRegister(ctx, d.admin)
	if err != nil {
		return err
	}
	say("草拟并开启批次…", "drafting and opening the round")
	if err := d.open(ctx); err != nil {
		return fmt.Errorf("open the round: %w", err)
	}
	say("选定参加单位,发放密钥…", "choosing who takes part, handing out keys")
	if err := d.cast(ctx, register); err != nil {
		return fmt.Errorf("choose who takes part: %w", err)
	}

	showing, hide := context.WithCancel(ctx)
	shown := make(chan struct{})
	go func() {
		defer close(shown)
		d.show(showing)
	}()
	defer func() {
		hide()
		<-shown
	}()

	group, ctx := errgroup.WithContext(ctx)
	for _, p := range d.provinces {
		group.Go(func() error {
			if err := p.act(ctx); err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
			return nil
		})
	}
	group.Go(func() error {
		if err := d.lead(ctx); err != nil {
			return fmt.Errorf("部级: %w", err)
		}
		return nil
	})
	return group.Wait()
}

// cast decides which units take part, hands out keys and sets up the offices.
func (d *drill) cast(ctx context.Context, register *register) error {
	var answer struct {
		Items []limit `json:"items"`
	}
	if err := d.admin.get(ctx, d.path("/limits"), nil, &answer); err != nil {
		return fmt.Errorf("read the limits: %w", err)
	}
	d.limits = answer.Items
	for _, category := range []award.Category{award.District, award.Street, award.Community} {
		var s standard
		if err := d.admin.get(ctx, d.path("/standards/%s", category), nil, &s); err != nil {
			return fmt.Errorf("read the standard of %s: %w", category, err)
		}
		d.standards[category] = s
	}

	byOffice := make(map[string][]place)
	for _, p := range shares(d.applications, d.limits) {
		byOffice[p.Office] = append(byOffice[p.Office], p)
	}
	offices := make([]string, 0, len(byOffice))
	for office := range byOffice {
		offices = append(offices, office)
	}
	slices.Sort(offices)
	keys, err := makeKeys(ctx, d.admin, heads(offices))
	if err != nil {
		return fmt.Errorf("make the keys of the recommending offices: %w", err)
	}

	group, ctx := errgroup.WithContext(ctx)
	for _, office := range offices {
		p := &province{
			drill: d, code: office, name: byOffice[office][0].OfficeName,
			character: characters()[office], places: byOffice[office],
			files: make(map[int64]*file),
		}
		p.head = client{wire: d.wire, key: keys[office], name: p.name}
		d.provinces[office] = p
		group.Go(func() (err error) {
			if p.units, err = register.applicants(ctx, d.seed, p.places); err != nil {
				return err
			}
			return p.equip(ctx, register)
		})
	}
	d.filing.Add(len(offices))
	return group.Wait()
}

// each calls fn for every item, a few at a time, and stops at the first error.
func each[T any](ctx context.Context, items []T, fn func(ctx context.Context, item T) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(hands)
	for _, item := range items {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return fn(ctx, item)
		})
	}
	return group.Wait()
}

// hands is how many people of one province act at once.
const hands = 4
