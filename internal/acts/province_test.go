package acts_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/lib/pq"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// province is a recommending office to which files have come. Its files are
// put there inspected and surveyed, so that a test can say what marks they
// have; everything after that is done by acts.
type province struct {
	*actstest.World
	t     *testing.T
	round acts.Round
	code  string
	id    int64
	head  award.Officer
}

// newProvince opens a drill and returns Henan in it.
func newProvince(t *testing.T) province {
	t.Helper()
	w := actstest.New(t)
	return provinceOf(t, w, w.OpenDrill(actstest.Drill{}), "41")
}

func provinceOf(t *testing.T, w *actstest.World, round acts.Round, code string) province {
	t.Helper()
	w.Exec(`UPDATE round_office SET passed_up_at = shifan_now() WHERE round_id = $1 AND code = $2`, round.ID, code)
	return province{World: w, t: t, round: round, code: code, id: w.Unit(code), head: w.Head(code)}
}

// files puts inspected files of new units before the province, one for each
// total in whole points, and returns their IDs in that order.
func (p province) files(category award.Category, totals ...int) []int64 {
	p.t.Helper()
	ids := make([]int64, len(totals))
	for i, total := range totals {
		unit := actstest.One[int64](p.World, `INSERT INTO unit DEFAULT VALUES RETURNING id`)
		p.Exec(`INSERT INTO round_unit (round_id, unit_id, code, name, kind, kind_sure, parent_id, office_id, path)
			SELECT $1, $2, $3, $4, $5, true, $6, $6, path || $2::bigint FROM round_unit WHERE round_id = $1 AND unit_id = $6`,
			p.round.ID, unit, fmt.Sprintf("%s9%08d", p.code, unit), fmt.Sprintf("单位%d", unit), string(category.Kinds()[0]), p.id)
		ids[i] = actstest.One[int64](p.World, `
			INSERT INTO application (round_id, unit_id, category, office_id, state, waiting_office_id, filed_at)
			VALUES ($1, $2, $3, $4, 'inspected', $4, shifan_now()) RETURNING id`, p.round.ID, unit, category, p.id)
		p.Exec(`INSERT INTO inspection (application_id, team, inspected_on, methods, marks, total, passed, finding, officer_id)
			VALUES ($1, '考察组', '2026-11-02', '{走访}', '{}', $2, $3, '达到标准', $4)`, ids[i], total*100, total >= 80, p.head.ID)
		p.Exec(`INSERT INTO survey (application_id, method, first_day, last_day, satisfied, basically, dissatisfied, unknown, officer_id)
			VALUES ($1, '入户', '2026-11-02', '2026-11-02', 9, 0, 1, 0, $2)`, ids[i], p.head.ID)
	}
	return ids
}

// limit sets how many the province may recommend.
func (p province) limit(category award.Category, places int) {
	p.t.Helper()
	p.Exec(`UPDATE recommendation_limit SET eligible = greatest(eligible, $4), places = $4
		WHERE round_id = $1 AND office_id = $2 AND category = $3`, p.round.ID, p.id, category, places)
}

func items(files ...int64) []acts.ProposalItem {
	var out []acts.ProposalItem
	for _, id := range files {
		out = append(out, acts.ProposalItem{Application: id})
	}
	return out
}

func (p province) adopt(items ...acts.ProposalItem) (acts.AdoptedList, error) {
	p.t.Helper()
	done, err := p.Acts.AdoptProposals(p.t.Context(), p.head, p.Key(), acts.AdoptProposalsInput{
		Round: p.round.ID, Office: p.code, Minutes: "第1次评审会纪要", MetOn: award.DateOf(p.Now()), Items: items,
	})
	return done.Result, err
}

func (p province) announce() (acts.Notice, error) {
	p.t.Helper()
	done, err := p.Acts.AnnounceNotice(p.t.Context(), p.head, p.Key(), acts.AnnounceNoticeInput{
		Round: p.round.ID, Office: p.code,
		Evidence: []award.Evidence{{Medium: award.LocalMedium, Name: "本地日报", PublishedAt: p.Now()}},
		Contacts: []award.Contact{{Unit: "省民政厅", Phone: "0371-0000000"}},
	})
	return done.Result, err
}

// notice puts files through list and notice, in the order of their marks.
func (p province) notice(files ...int64) {
	p.t.Helper()
	_, err := p.adopt(items(files...)...)
	p.must(err)
	n, err := p.announce()
	p.must(err)
	p.At(n.FinalAt)
	ended, err := p.Acts.EndNotice(p.t.Context(), p.round.ID, n.Number)
	p.must(err)
	if !ended {
		p.t.Fatalf("notice %d has not ended at %s", n.Number, n.FinalAt)
	}
}

func (p province) recommend(minutes string, files ...int64) error {
	_, err := p.Acts.Recommend(p.t.Context(), p.head, p.Key(), acts.RecommendInput{
		Round: p.round.ID, Office: p.code, Revision: p.Office(p.round.ID, p.code).CutRevision, Applications: files, Minutes: minutes,
	})
	return err
}

// unit is an officer of the unit that a file is of.
func (p province) unit(file int64) award.Officer {
	p.t.Helper()
	unit := actstest.One[int64](p.World, `SELECT unit_id FROM application WHERE id = $1`, file)
	id := actstest.One[int64](p.World, `INSERT INTO officer (name, office_id, roles) VALUES ('负责人', $1, '{head}') RETURNING id`, unit)
	return award.Officer{ID: id, Office: unit, Roles: []award.Role{award.RoleHead}}
}

func (p province) withdraw(file int64) error {
	p.t.Helper()
	_, err := p.Acts.Withdraw(p.t.Context(), p.unit(file), p.Key(), acts.OnFile{Round: p.round.ID, Application: file, Reason: "本单位申请撤回"})
	return err
}

func (p province) putPackage() error {
	_, err := p.Acts.PutPackage(p.t.Context(), p.head, p.Key(), acts.PutPackageInput{
		Round: p.round.ID, Office: p.code,
		Letter: award.Document{Title: "推荐函", Number: "豫民函〔2027〕12号"},
		Report: award.Document{Title: "考核验收报告", Text: "共考察若干单位。"},
	})
	return err
}

func (p province) complete(stage award.Stage) (acts.CompleteStageResult, error) {
	done, err := p.Acts.CompleteStage(p.t.Context(), p.head, p.Key(), acts.CompleteStageInput{
		Round: p.round.ID, Office: p.code, Stage: stage,
	})
	return done.Result, err
}

func (p province) accept() error {
	_, err := p.Acts.AcceptPackage(p.t.Context(), p.Admin, p.Key(), p.round.ID, p.code)
	return err
}

// send puts files through everything to the accepted package.
func (p province) send(files ...int64) {
	p.t.Helper()
	p.notice(files...)
	p.must(p.recommend("第2次评审会纪要", files...))
	p.must(p.putPackage())
	_, err := p.complete(award.StageRecommendation)
	p.must(err)
	p.must(p.accept())
}

func (p province) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// states returns the states of files, in their order.
func (p province) states(files ...int64) []string {
	p.t.Helper()
	states := make([]string, len(files))
	for i, id := range files {
		states[i] = actstest.One[string](p.World, `SELECT state FROM application WHERE id = $1`, id)
	}
	return states
}

// history counts the moves of files.
func (p province) history(files ...int64) int {
	p.t.Helper()
	return actstest.One[int](p.World, `SELECT count(*) FROM application_history WHERE application_id = ANY($1)`, pq.Array(files))
}

// refused ends the test unless err is the refusal, and returns what it says is
// wrong where.
func (p province) refused(err error, code award.Code, key string) []string {
	p.t.Helper()
	refusal, ok := errors.AsType[*award.Error](err)
	if !ok || refusal.Code != code || refusal.Key != key {
		p.t.Fatalf("got %v, want a refusal %s %s", err, code, key)
	}
	var defects []string
	for _, d := range refusal.Fields {
		defects = append(defects, d.Pointer+" "+d.Key)
	}
	return defects
}

// justBefore is the last instant that the record can tell from another.
func justBefore(t time.Time) time.Time { return t.Add(-time.Microsecond) }
