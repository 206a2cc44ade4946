package acts

import (
	"context"
	"fmt"
	"time"

	"shifan/internal/award"
)

// This file is how an objection is handled up to its ruling (异议办理): by one
// officer who took no part in deciding on the unit.

// onObjection opens an act on an objection: it holds it and checks who may do
// this to it. A round that is suspended or over takes no notice (architecture 2).
func (t *act) onObjection(ctx context.Context, id int64) (Round, Objection, error) {
	o, err := t.LockObjection(ctx, id)
	if err != nil {
		return Round{}, Objection{}, err
	}
	t.round = o.Round
	round, err := t.Round(ctx, o.Round)
	if err != nil {
		return Round{}, Objection{}, err
	}
	return round, o, Can(t.by, t.name, o.Row(round))
}

// handle moves an objection, writes it and keeps its history and audit.
func (t *act) handle(ctx context.Context, o Objection, to award.ObjectionState, ground string, detail map[string]any) (Objection, error) {
	if err := award.MoveObjection(o.State, t.name, to); err != nil {
		return Objection{}, err
	}
	if err := t.unnamed(ctx, o, ground); err != nil {
		return Objection{}, err
	}
	from := o.State
	o.State = to
	if err := t.SaveObjection(ctx, o); err != nil {
		return Objection{}, err
	}
	if err := t.KeepObjectionStep(ctx, o.ID, ObjectionStep{Act: t.name, From: from, To: to, Ground: ground}, t.by); err != nil {
		return Objection{}, err
	}
	if err := t.audit(ctx, o.subject(), ground, detail); err != nil {
		return Objection{}, err
	}
	return seen(t.Objection(ctx, o.ID))
}

// seen leaves out of an act's outcome what its caller need not be the one to
// read: whoever names a handler may have decided on the unit.
func seen(o Objection, err error) (Objection, error) {
	o.Facts, o.Receipt = "", ""
	return o, err
}

// uninvolved refuses an officer who took part in deciding on the unit.
func (t *act) uninvolved(ctx context.Context, o Objection, officer int64) error {
	free, err := t.Uninvolved(ctx, o.Application, o.Office, officer, handlers())
	if err == nil && free == 0 {
		err = award.Refuse(award.Forbidden, "domain 7", "objection_involved")
	}
	return err
}

// AssignObjection names who handles an objection (指定承办人): an officer of the
// office that has it who took no part in deciding on the unit, which the record
// knows. The facts are shown to nobody before.
func (a *Acts) AssignObjection(ctx context.Context, by award.Officer, key Key, id, officer int64) (Done[Objection], error) {
	return once(ctx, a, by, key, award.ActAssignObjection, "", func(t *act) (Objection, error) {
		_, o, err := t.onObjection(ctx, id)
		if err != nil {
			return Objection{}, err
		}
		if err := award.MoveObjection(o.State, t.name, o.State); err != nil {
			return Objection{}, err
		}
		office, err := t.OfficerOffice(ctx, officer)
		if err != nil {
			return Objection{}, err
		}
		if office != o.Office {
			return Objection{}, award.Refuse(award.Invalid, "domain 7", "handler_elsewhere", o.OfficeName)
		}
		if err := t.uninvolved(ctx, o, officer); err != nil {
			return Objection{}, err
		}
		o.Handler = officer
		return t.handle(ctx, o, o.State, "", map[string]any{"handler": officer})
	})
}

// RaiseObjection gives an objection to the next office above that has a free
// officer (提级办理), only when nobody in its own is free any more.
func (a *Acts) RaiseObjection(ctx context.Context, by award.Officer, key Key, id int64, reason string) (Done[Objection], error) {
	return once(ctx, a, by, key, award.ActRaiseObjection, "", func(t *act) (Objection, error) {
		round, o, err := t.onObjection(ctx, id)
		if err != nil {
			return Objection{}, err
		}
		if err := textRequired("/reason", reason); err != nil {
			return Objection{}, err
		}
		free, err := t.Uninvolved(ctx, o.Application, o.Office, 0, handlers())
		if err != nil {
			return Objection{}, err
		}
		if free > 0 {
			return Objection{}, award.Refuse(award.Conflict, "domain 7", "objection_somebody_free", o.OfficeName, free)
		}
		office, err := freeOffice(ctx, t, round, o.Application, o.Office, handlers())
		if err != nil {
			return Objection{}, err
		}
		if office.ID == o.Office {
			return Objection{}, award.Refuse(award.Conflict, "D-68", "objection_no_level_above", o.OfficeName)
		}
		o.Office, o.Handler = office.ID, 0
		if o, err = t.handle(ctx, o, o.State, reason, map[string]any{"office": office.Code}); err != nil {
			return Objection{}, err
		}
		return o, askForHandler(ctx, t, o)
	})
}

// AdmitObjection is the handler's answer whether an objection is looked into.
type AdmitObjection struct {
	Objection int64
	Admitted  bool
	Ground    string // required where it is refused: whoever objected reads it
}

// AdmitObjection admits an objection or refuses it with its ground (受理, 不予受理,
// D-03). A unit's needs the scan of its seal. What is refused suspends nobody.
func (a *Acts) AdmitObjection(ctx context.Context, by award.Officer, key Key, in AdmitObjection) (Done[Objection], error) {
	return once(ctx, a, by, key, award.ActAdmitObjection, "", func(t *act) (Objection, error) {
		c, err := t.judge(ctx, in.Objection)
		if err != nil {
			return Objection{}, err
		}
		o, to := c.objection, award.ObjectionInadmissible
		o.AdmittedAt = c.now
		if in.Admitted {
			to, o.RuleDue = award.ObjectionAdmitted, c.round.Rules.RuleBy(c.round.Calendar(), c.now)
			if err := t.sealed(ctx, o); err != nil {
				return Objection{}, err
			}
		} else {
			if err := textRequired("/ground", in.Ground); err != nil {
				return Objection{}, err
			}
			o.Answer = in.Ground
		}
		if o, err = t.handle(ctx, o, to, in.Ground, map[string]any{"to": to}); err != nil || in.Admitted {
			return o, err
		}
		if err := t.rejoin(ctx, c.file); err != nil {
			return Objection{}, err
		}
		return o, t.tellNotice(ctx, o)
	})
}

// sealed refuses a unit's objection without the scan of its sealed page.
func (t *act) sealed(ctx context.Context, o Objection) error {
	who, err := t.Objector(ctx, o.ID)
	if err != nil || who.Kind != award.ObjectorUnit {
		return err
	}
	files, err := t.Attachments(ctx, o.ID)
	if err != nil {
		return err
	}
	for _, f := range files {
		if f.Seal {
			return nil
		}
	}
	return award.Refuse(award.Incomplete, "domain 7", "objection_seal_missing")
}

// InvestigateObjection begins to look into an admitted objection (核查).
func (a *Acts) InvestigateObjection(ctx context.Context, by award.Officer, key Key, id int64) (Done[Objection], error) {
	return once(ctx, a, by, key, award.ActInvestigateObjection, "", func(t *act) (Objection, error) {
		_, o, err := t.onObjection(ctx, id)
		if err != nil {
			return Objection{}, err
		}
		return t.handle(ctx, o, award.ObjectionInvestigating, "", nil)
	})
}

// ExtendObjection gives an objection once as many days again (延长办理期限, D-03),
// before its date has passed.
func (a *Acts) ExtendObjection(ctx context.Context, by award.Officer, key Key, id int64, reason string) (Done[Objection], error) {
	return once(ctx, a, by, key, award.ActExtendObjection, "", func(t *act) (Objection, error) {
		round, o, err := t.onObjection(ctx, id)
		if err != nil {
			return Objection{}, err
		}
		if err := textRequired("/reason", reason); err != nil {
			return Objection{}, err
		}
		if err := award.MoveObjection(o.State, t.name, o.State); err != nil {
			return Objection{}, err
		}
		now, err := t.Now(ctx)
		if err != nil {
			return Objection{}, err
		}
		switch {
		case !o.ExtendedAt.IsZero():
			return Objection{}, award.Refuse(award.Conflict, "D-03", "objection_extended", award.Until(o.RuleDue))
		case !now.Before(o.RuleDue):
			return Objection{}, award.Refuse(award.Closed, "D-03", "objection_extension_late", award.Until(o.RuleDue))
		}
		o.ExtendedAt = now
		o.RuleDue = round.Rules.RuleBy(round.Calendar(), o.RuleDue.Add(-time.Nanosecond)) // its last day, not the one after
		return t.handle(ctx, o, o.State, reason, map[string]any{"rule_due": o.RuleDue})
	})
}

// WithdrawObjection records that whoever objected takes it back (撤回异议). What
// was said of a unit is not unsaid by that: it goes on as a lead, and is checked
// and closed like one (D-69).
func (a *Acts) WithdrawObjection(ctx context.Context, by award.Officer, key Key, id int64, reason string) (Done[Objection], error) {
	return once(ctx, a, by, key, award.ActWithdrawObjection, "", func(t *act) (Objection, error) {
		_, o, err := t.onObjection(ctx, id)
		if err != nil {
			return Objection{}, err
		}
		if err := textRequired("/reason", reason); err != nil {
			return Objection{}, err
		}
		if o.Kind == award.KindLead {
			return Objection{}, award.Refuse(award.Conflict, "D-69", "objection_withdrawn")
		}
		if o.WithdrawnAt, err = t.Now(ctx); err != nil {
			return Objection{}, err
		}
		o.Kind = award.KindLead
		return t.handle(ctx, o, o.State, reason, nil)
	})
}

// Commission is facts that an office is asked to check (交办核查), without whoever
// objected.
type Commission struct {
	ID         int64
	Objection  int64
	Round      string
	Office     int64
	OfficeCode string
	OfficeName string
	UnitCode   string // whom the facts are about
	UnitName   string
	Text       string
	DueAt      time.Time
	At         time.Time
	Report     string
	ReportedAt time.Time // zero: not yet
	EndedAt    time.Time // its objection was ruled on before a report came (D-115); zero: it was not
}

// Open reports whether the office has still to report.
func (c Commission) Open() bool { return c.ReportedAt.IsZero() && c.EndedAt.IsZero() }

// commissionTx keeps what offices are asked to check.
type commissionTx interface {
	// AddCommission adds one and returns it.
	AddCommission(ctx context.Context, by award.Officer, c Commission) (Commission, error)
	// LockCommission reads one and holds it, so that its objection is not ruled on
	// meanwhile; award.NotFound when there is none.
	LockCommission(ctx context.Context, id int64) (Commission, error)
	// ReportCommission writes what the office found.
	ReportCommission(ctx context.Context, by award.Officer, c Commission) error
	// Commissions reads those of an objection.
	Commissions(ctx context.Context, objection int64) ([]Commission, error)
}

// CommissionInput is what the handler wants checked, in the own words.
type CommissionInput struct {
	Objection int64
	Office    string // code
	Text      string
	Due       time.Time // exclusive
}

// Commission asks an office, also one that was involved, to check facts and
// report by a date (交办核查). It learns neither who objected nor what was written:
// the words are the handler's own.
func (a *Acts) Commission(ctx context.Context, by award.Officer, key Key, in CommissionInput) (Done[Commission], error) {
	return once(ctx, a, by, key, award.ActCommission, "", func(t *act) (Commission, error) {
		round, o, err := t.onObjection(ctx, in.Objection)
		if err != nil {
			return Commission{}, err
		}
		who, err := t.Objector(ctx, o.ID)
		if err != nil {
			return Commission{}, err
		}
		if err := award.CheckCommission(in.Text, o.Facts, who.Name, who.Contact); err != nil {
			return Commission{}, err
		}
		if err := round.wholeDay(in.Due); err != nil {
			return Commission{}, err
		}
		now, err := t.Now(ctx)
		if err != nil {
			return Commission{}, err
		}
		if !in.Due.After(now) {
			return Commission{}, award.Refuse(award.Invalid, "domain 3", "date_past", award.Until(in.Due))
		}
		office, err := t.Unit(ctx, o.Round, in.Office)
		if err != nil {
			return Commission{}, err
		}
		if o, err = t.handle(ctx, o, award.ObjectionInvestigating, "", map[string]any{"office": office.Code, "due": in.Due}); err != nil {
			return Commission{}, err
		}
		c, err := t.AddCommission(ctx, by, Commission{
			Objection: o.ID, Round: o.Round, Office: office.ID, OfficeCode: office.Code, OfficeName: office.Name,
			UnitCode: o.UnitCode, UnitName: o.UnitName, Text: in.Text, DueAt: in.Due,
		})
		if err != nil {
			return Commission{}, err
		}
		return c, t.Post(ctx, Message{
			Round: o.Round, Office: office.ID, Occasion: fmt.Sprintf("commission/%d", c.ID), Kind: "commission",
			Subject: fmt.Sprintf("〔需办理·截止%s〕交办核查:%s", award.Until(c.DueAt), o.UnitName),
			Body:    fmt.Sprintf("交办事项第%d号。请核查并书面报告:\n%s", c.ID, c.Text),
		})
	})
}

// endCommissions ends what offices have still to report on an objection that was
// ruled on (交办终止, D-115), and tells them: nobody works for nothing.
func (t *act) endCommissions(ctx context.Context, o Objection) error {
	asked, err := t.Commissions(ctx, o.ID)
	if err != nil {
		return err
	}
	for _, c := range asked { // a few, never many
		if !c.ReportedAt.IsZero() {
			continue
		}
		if err := t.Post(ctx, Message{
			Round: o.Round, Office: c.Office, Occasion: fmt.Sprintf("commission-ended/%d", c.ID), Kind: "commission",
			Subject: fmt.Sprintf("〔无需办理〕交办核查终止:%s", o.UnitName),
			Body:    fmt.Sprintf("交办事项第%d号所涉事项已经办结，不再需要报告。已查明的新情况，请另行反映。", c.ID),
		}); err != nil {
			return err
		}
	}
	return nil
}

// ReportCommission is the office's report on what it was asked to check
// (报告核查情况), also after its date, but not after the ruling it was for (D-115).
func (a *Acts) ReportCommission(ctx context.Context, by award.Officer, key Key, id int64, report string) (Done[Commission], error) {
	return once(ctx, a, by, key, award.ActReportCommission, "", func(t *act) (Commission, error) {
		c, err := t.LockCommission(ctx, id)
		if err != nil {
			return Commission{}, err
		}
		t.round = c.Round
		if err := Can(by, t.name, Row{Waiting: c.Office}); err != nil {
			return Commission{}, err
		}
		if err := textRequired("/report", report); err != nil {
			return Commission{}, err
		}
		if !c.ReportedAt.IsZero() {
			return Commission{}, award.Refuse(award.Conflict, "domain 7", "commission_reported")
		}
		if !c.Open() {
			return Commission{}, award.Refuse(award.Conflict, "D-115", "commission_ended", award.DateOf(c.EndedAt).String())
		}
		if c.ReportedAt, err = t.Now(ctx); err != nil {
			return Commission{}, err
		}
		c.Report = report
		if err := t.ReportCommission(ctx, by, c); err != nil {
			return Commission{}, err
		}
		return c, t.audit(ctx, fmt.Sprintf("commission/%d", c.ID), "", nil)
	})
}

// Handlers lists who may be named to handle an objection (可指定的承办人), for whoever
// may name one: the officers of the office that has it who took no part in
// deciding on the unit.
func (a *Acts) Handlers(ctx context.Context, by award.Officer, id int64) ([]OfficerRecord, error) {
	var free []OfficerRecord
	err := a.store.InTx(ctx, func(tx Tx) error {
		free = nil
		o, err := tx.Objection(ctx, id)
		if err != nil {
			return err
		}
		r, err := tx.Round(ctx, o.Round)
		if err != nil {
			return err
		}
		if err := Can(by, award.ActAssignObjection, o.Row(r)); err != nil {
			return err
		}
		officers, err := tx.ActiveOfficers(ctx, []int64{o.Office})
		if err != nil {
			return err
		}
		for _, officer := range officers {
			n, err := tx.Uninvolved(ctx, o.Application, o.Office, officer.ID, handlers())
			if err != nil {
				return err
			}
			if n > 0 {
				free = append(free, officer)
			}
		}
		return nil
	})
	return free, err
}
