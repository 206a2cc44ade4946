package console

import (
	"errors"
	"strings"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// logPage is the decision log of a round (办理日志), and how far it is sealed.
type logPage struct {
	Round    acts.RoundStanding
	Head     string
	Rows     []acts.AuditRow
	Next     string
	May      bool // verify it
	Known    field
	Verified *acts.LogVerification
}

// log shows the log to whoever may read the round: its owner office all of it,
// any other what its own subtree did.
func (c *Console) log(p *page) error { return c.showLog(p, nil) }

func (c *Console) showLog(p *page, verified *acts.LogVerification) error {
	round, err := c.Acts.Round(p.ctx(), p.by(), p.c.Param("round"))
	if err != nil {
		return err
	}
	data := logPage{Round: round, Verified: verified, May: acts.MayVerifyLog(p.by())}
	if data.Head, err = c.logHead(p); err != nil {
		return err
	}
	if data.Rows, err = c.Acts.Audit(p.ctx(), p.by(), acts.AuditQuery{Round: round.ID, After: p.after(), Limit: listed}); err != nil {
		return err
	}
	if len(data.Rows) == listed {
		data.Next = p.next(data.Rows[listed-1].ID)
	}
	data.Known = p.Text("head", p.T("label_known_head"), p.c.Query("head")).as(func(f *field) { f.Help = p.T("help_known_head") })
	return p.show("log", p.T("page_log"), data)
}

// verification verifies the whole log as it stands, against a head that was
// printed before when one is given (日志核验).
func (c *Console) verification(p *page) error {
	var known award.LogHead
	var err error
	if text := strings.TrimSpace(p.c.Query("head")); text != "" {
		known, err = award.ParseLogHead(text)
	}
	if e, ok := errors.AsType[*award.Error](err); ok {
		p.Refusal = p.describe(e)
		p.Refusal.Items = []defect{{ID: "head", Href: "#head", Text: p.T(e.Key, e.Args...)}}
		return c.showLog(p, nil)
	}
	found, err := c.Acts.VerifyLog(p.ctx(), p.by(), known)
	if err != nil {
		return err
	}
	return c.showLog(p, &found)
}
