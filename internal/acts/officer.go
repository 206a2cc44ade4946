package acts

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"shifan/internal/award"
)

// OfficerRecord is an officer as the record has it (经办人员).
type OfficerRecord struct {
	ID         int64        `json:"id"`
	Name       string       `json:"name"` // never leaves the record for a log or a workflow
	Office     int64        `json:"office"`
	OfficeCode string       `json:"office_code"`
	OfficeName string       `json:"office_name"`
	Path       []int64      `json:"-"` // the office's: root … itself
	Roles      []award.Role `json:"roles"`
	Disabled   bool         `json:"disabled,omitempty"`
	Login      string       `json:"login,omitempty"` // what it signs in with; "": it has no password
	Password   string       `json:"-"`               // temporary; only where the login has just been opened
}

// Row returns what the policy must know of the officer's account.
func (o OfficerRecord) Row() Row { return Row{Unit: o.Office, Path: o.Path} }

// officerTx keeps officers.
type officerTx interface {
	unitTx
	keyTx
	loginTx
	sessionTx
	identityTx
	// LockOfficer reads an officer and holds the row until the end;
	// award.NotFound when there is none.
	LockOfficer(ctx context.Context, id int64) (OfficerRecord, error)
	// ActiveOfficers returns the officers of offices that are not disabled.
	ActiveOfficers(ctx context.Context, offices []int64) ([]OfficerRecord, error)
	// AddOfficers adds officers and returns their IDs in the order given. by is
	// 0 for the first administrator alone.
	AddOfficers(ctx context.Context, by int64, officers []OfficerRecord) ([]int64, error)
	// DisableOfficer disables an officer and revokes its keys.
	DisableOfficer(ctx context.Context, id int64) error
	// FirstAdministrator returns the officer whom no officer made;
	// award.NotFound before there is one.
	FirstAdministrator(ctx context.Context) (OfficerRecord, error)
}

// officerReads answers questions about officers.
type officerReads interface {
	unitReads
	keyReads
	loginReads
	sessionReads
	identityReads
	auditReads
	// Officer reads one officer; award.NotFound when there is none.
	Officer(ctx context.Context, id int64) (OfficerRecord, error)
	// OfficerPage lists officers by ID.
	OfficerPage(ctx context.Context, in OfficerQuery) ([]OfficerRecord, error)
}

// OfficerQuery asks for a page of officers.
type OfficerQuery struct {
	Below  int64 // only this office's subtree; 0: everybody
	Office int64 // only this office's; 0: any
	After  int64
	Limit  int
}

// CreateOfficer is a new officer (增加经办人).
type CreateOfficer struct {
	Name   string
	Office string // code
	Roles  []award.Role
	Login  string // opened with it; "": none yet
}

// CreateOfficer adds an officer to the caller's office or one below (domain 11).
func (a *Acts) CreateOfficer(ctx context.Context, by award.Officer, key Key, in CreateOfficer) (Done[OfficerRecord], error) {
	return once(ctx, a, by, key, award.ActCreateOfficer, "", func(t *act) (OfficerRecord, error) {
		office, err := registerUnit(ctx, t, in.Office)
		if err != nil {
			return OfficerRecord{}, err
		}
		if err := Can(by, award.ActCreateOfficer, office.Row()); err != nil {
			return OfficerRecord{}, err
		}
		if err := mayGrant(by, in.Roles); err != nil {
			return OfficerRecord{}, err
		}
		if defects := checkName(in.Name); len(defects) > 0 {
			return OfficerRecord{}, award.RefuseFields(award.Invalid, "domain 11", "officer_malformed", defects)
		}
		o := OfficerRecord{
			Name: in.Name, Office: office.ID, OfficeCode: office.Code, OfficeName: office.Name,
			Path: office.Path, Roles: distinct(in.Roles),
		}
		ids, err := t.AddOfficers(ctx, by.ID, []OfficerRecord{o})
		if err != nil {
			return OfficerRecord{}, fmt.Errorf("add officer: %w", err)
		}
		o.ID = ids[0]
		if in.Login != "" {
			o.Login, o.Password = in.Login, temporaryPassword()
			if err := a.openLogin(ctx, t, o); err != nil {
				return OfficerRecord{}, err
			}
		}
		return o, t.audit(ctx, officerSubject(o.ID), "", map[string]any{"office": office.Code, "roles": o.Roles})
	})
}

// checkName returns what is wrong with a person's name.
func checkName(name string) []award.Defect {
	switch {
	case strings.TrimSpace(name) == "":
		return []award.Defect{{Pointer: "/name", Key: "field_required"}}
	case utf8.RuneCountInString(name) > mostName:
		return []award.Defect{{Pointer: "/name", Key: "account_name_long", Args: []any{mostName}}}
	}
	return nil
}

// DisableOfficer stops an officer's account and every key of it. What identity is
// bound to it is free for another.
func (a *Acts) DisableOfficer(ctx context.Context, by award.Officer, key Key, id int64, reason string) (Receipt, error) {
	done, err := once(ctx, a, by, key, award.ActDisableOfficer, "", func(t *act) (struct{}, error) {
		o, err := t.LockOfficer(ctx, id)
		if err != nil {
			return struct{}{}, err
		}
		if err := Can(by, award.ActDisableOfficer, o.Row()); err != nil {
			return struct{}{}, err
		}
		if reason == "" {
			return struct{}{}, reasonRequired()
		}
		// Whoever may not make an administrator may not stop one; and nobody
		// stops the own account, so that an office keeps at least one head.
		if err := mayGrant(by, o.Roles); err != nil {
			return struct{}{}, err
		}
		if o.ID == by.ID {
			return struct{}{}, award.Refuse(award.Conflict, "domain 11", "officer_self")
		}
		if o.Disabled {
			return struct{}{}, award.Refuse(award.Conflict, "", "officer_disabled")
		}
		if err := t.DisableOfficer(ctx, o.ID); err != nil {
			return struct{}{}, fmt.Errorf("disable officer: %w", err)
		}
		if _, err := t.unbind(ctx, o.ID); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, t.audit(ctx, officerSubject(o.ID), reason, map[string]any{"office": o.OfficeCode})
	})
	return done.Receipt, err
}

// Me returns who is calling.
func (a *Acts) Me(ctx context.Context, by award.Officer) (OfficerRecord, error) {
	o, err := a.store.Officer(ctx, by.ID)
	if err != nil {
		return OfficerRecord{}, fmt.Errorf("read officer: %w", err)
	}
	return o, nil
}

// Officers lists the officers of the caller's office and those below; office
// narrows to one.
func (a *Acts) Officers(ctx context.Context, by award.Officer, office string, in OfficerQuery) ([]OfficerRecord, error) {
	in.Below = subtree(by)
	if office != "" {
		var unit RegisterUnit
		err := a.store.InTx(ctx, func(tx Tx) (err error) {
			unit, err = registerUnit(ctx, tx, office)
			return err
		})
		if err != nil {
			return nil, err
		}
		if !MaySee(by, unit.Row()) {
			return nil, award.Refuse(award.NotFound, "", "unit_unknown_now", office)
		}
		in.Office, in.Below = unit.ID, 0
	}
	officers, err := a.store.OfficerPage(ctx, in)
	if err != nil {
		return nil, fmt.Errorf("list officers: %w", err)
	}
	return officers, nil
}

// mayGrant says whether the officer may give somebody the roles: an
// administrator and a supervisor are made, given a key and stopped by an
// administrator alone, so that nobody rises by an account of the own making. A
// supervisor has no other role.
func mayGrant(by award.Officer, roles []award.Role) error {
	for i, role := range roles {
		if !slices.Contains(award.Roles(), role) {
			return award.RefuseFields(award.Invalid, "domain 11", "role_unknown",
				[]award.Defect{{Pointer: fmt.Sprintf("/roles/%d", i), Key: "role_unknown", Args: []any{string(role)}}})
		}
	}
	if len(roles) == 0 {
		return award.RefuseFields(award.Invalid, "domain 11", "role_required",
			[]award.Defect{{Pointer: "/roles", Key: "field_required"}})
	}
	if slices.Contains(roles, award.RoleAdmin) && !by.Has(award.RoleAdmin) {
		return award.Refuse(award.Forbidden, "domain 11", "role_admin_by_admin")
	}
	if slices.Contains(roles, award.RoleSupervisor) {
		switch {
		case !by.Has(award.RoleAdmin): // whoever watches an office is not its head's choice
			return award.Refuse(award.Forbidden, "D-68", "role_supervisor_by_admin")
		case len(roles) > 1:
			return award.Refuse(award.Invalid, "D-68", "role_supervisor_alone")
		}
	}
	return nil
}

// distinct returns the roles in their order of rank, each once.
func distinct(roles []award.Role) []award.Role {
	var out []award.Role
	for _, role := range award.Roles() {
		if slices.Contains(roles, role) {
			out = append(out, role)
		}
	}
	return out
}

func officerSubject(id int64) string { return "officer/" + strconv.FormatInt(id, 10) }
