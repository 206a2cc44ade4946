package actstest

import (
	"context"
	"fmt"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// Experts puts so many experts into the nation's pool and returns them as they
// act: for no office.
func (w *World) Experts(n int) []award.Officer {
	w.t.Helper()
	pool := make([]award.Officer, n)
	for i := range pool {
		id := One[int64](w, `INSERT INTO officer (name, office_id, roles) VALUES ($1, $2, '{expert}') RETURNING id`,
			fmt.Sprintf("专家%d", i), w.Admin.Office)
		pool[i] = award.Officer{ID: id, Office: w.Admin.Office, Path: w.Admin.Path, Roles: []award.Role{award.RoleExpert}}.Narrowed()
		_, err := w.Acts.SetExpert(context.Background(), w.Admin, w.Key(), acts.SetExpert{
			Officer: id, Kind: award.ExpertPerson, Most: 1000, Active: true,
		})
		w.must(err)
	}
	return pool
}

// ExpertsMark has so many new experts assigned to the frozen list of a round as
// its rule says, and every one mark what it has with the total. It returns them.
func (w *World) ExpertsMark(round string, experts int, total award.Points) []award.Officer {
	w.t.Helper()
	ctx := context.Background()
	pool := w.Experts(experts)
	plan, err := w.Acts.ProposeAssignment(ctx, w.Admin, round)
	w.must(err)
	_, err = w.Acts.AssignExperts(ctx, w.Admin, w.Key(), round, plan.SHA256)
	w.must(err)
	r := w.Round(round)
	for _, expert := range pool {
		tasks, err := w.Acts.ExpertTasks(ctx, expert, 0, 1000)
		w.must(err)
		for _, task := range tasks {
			rule, err := r.Category(task.Category)
			w.must(err)
			_, err = w.Acts.GiveExpertMarks(ctx, expert, w.Key(), acts.GiveExpertMarks{
				Round: round, Application: task.Application, Marks: Marks(w.t, rule.Standard, total),
			})
			w.must(err)
		}
	}
	return pool
}
