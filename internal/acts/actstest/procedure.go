package actstest

import (
	"context"
	"errors"
	"slices"
	"sync"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// Procedure stands in for Temporal: it remembers what it was told.
type Procedure struct {
	mutex sync.Mutex
	down  bool
	heard []acts.Signal
}

// Signal implements acts.Procedure.
func (p *Procedure) Signal(_ context.Context, signal acts.Signal) error {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.down {
		return errors.New("the procedure is down")
	}
	p.heard = append(p.heard, signal)
	return nil
}

// Down takes the procedure down, or up again: acts go on without it.
func (p *Procedure) Down(down bool) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.down = down
}

// Heard returns the signals that arrived, oldest first.
func (p *Procedure) Heard() []acts.Signal {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return slices.Clone(p.heard)
}

// Told returns the workflows that were told of an act, in order of ID.
func (p *Procedure) Told(name award.Act) []string {
	var workflows []string
	for _, s := range p.Heard() {
		if s.Name == name {
			workflows = append(workflows, s.Workflow)
		}
	}
	slices.Sort(workflows)
	return slices.Compact(workflows)
}
