package acts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"shifan/internal/award"
)

// AccountFor asks for the first account of an office directly below
// (首个账号, domain 11).
type AccountFor struct {
	Row    int    // where it stands in the workbook
	Office string // code
	Name   string // of the person
	Roles  []award.Role
}

// Account is what became of one row: an officer with a key, or a defect. The
// key's text is not part of the stored outcome: repeating the act does not show
// it again.
type Account struct {
	Row     int           `json:"row"`
	Office  string        `json:"office"`
	Title   string        `json:"title"` // the office's name
	Name    string        `json:"name"`
	Roles   []award.Role  `json:"roles"`
	Officer int64         `json:"officer,omitempty"`
	KeyID   int64         `json:"key_id,omitempty"`
	Key     string        `json:"-"`
	Defect  *award.Defect `json:"defect,omitempty"` // nil: the account is there
}

// MostAccounts is how many accounts one act opens: a province's largest
// prefecture has some twenty offices directly below it, a county some thirty.
const MostAccounts = 2000

// OfficesToStaff lists the offices directly below the officer's own for which
// nobody acts yet: what the workbook of first accounts is made of.
func (a *Acts) OfficesToStaff(ctx context.Context, by award.Officer) ([]RegisterUnit, error) {
	units, err := a.store.UnitPage(ctx, UnitQuery{Parent: by.Office, Unstaffed: true, Limit: MostAccounts})
	if err != nil {
		return nil, fmt.Errorf("list offices without officers: %w", err)
	}
	return units, nil
}

// OpenAccounts opens the first account of each office named, with a key. A row
// that is wrong is answered with what is wrong and stops no other (domain 11).
func (a *Acts) OpenAccounts(ctx context.Context, by award.Officer, key Key, in []AccountFor) (Done[[]Account], error) {
	return once(ctx, a, by, key, award.ActOpenAccounts, "", func(t *act) ([]Account, error) {
		if err := Can(by, award.ActOpenAccounts, Row{Path: []int64{by.Office}}); err != nil { // each row is judged below
			return nil, err
		}
		if len(in) == 0 || len(in) > MostAccounts {
			return nil, award.Refuse(award.Invalid, "domain 11", "accounts_number", MostAccounts)
		}
		accounts, offices, err := t.accountable(ctx, in)
		if err != nil {
			return nil, err
		}
		var officers []OfficerRecord
		var good []int
		for i := range accounts {
			if accounts[i].Defect == nil {
				officers = append(officers, OfficerRecord{Name: accounts[i].Name, Office: offices[i], Roles: accounts[i].Roles})
				good = append(good, i)
			}
		}
		if len(good) > 0 {
			if err := t.openAll(ctx, accounts, good, officers); err != nil {
				return nil, err
			}
		}
		opened := make([]IssuedKey, len(good)) // the log names officers by number
		for n, i := range good {
			opened[n] = IssuedKey{Office: accounts[i].Office, Officer: accounts[i].Officer, ID: accounts[i].KeyID}
		}
		return accounts, t.audit(ctx, fmt.Sprintf("accounts/%d", len(good)), "", map[string]any{
			"opened": opened, "refused": len(accounts) - len(good),
		})
	})
}

// accountable judges every row: its office is directly below the officer's, has
// nobody yet, and is named once.
func (t *act) accountable(ctx context.Context, in []AccountFor) (accounts []Account, offices []int64, err error) {
	codes := make([]string, len(in))
	for i, row := range in {
		codes[i] = row.Office
	}
	units, err := t.RegisterUnits(ctx, codes)
	if err != nil {
		return nil, nil, fmt.Errorf("find offices: %w", err)
	}
	units = slices.DeleteFunc(units, func(u RegisterUnit) bool { return u.ParentID != t.by.Office })
	if err := t.LockUnits(ctx, idsOf(units)); err != nil { // of two acts at once, one opens it
		return nil, nil, fmt.Errorf("hold offices: %w", err)
	}
	active, err := t.ActiveOfficers(ctx, idsOf(units))
	if err != nil {
		return nil, nil, fmt.Errorf("find officers: %w", err)
	}
	taken := make(map[int64]bool)
	for _, o := range active {
		taken[o.Office] = true
	}

	accounts, offices = make([]Account, len(in)), make([]int64, len(in))
	for i, row := range in {
		account := &accounts[i]
		*account = Account{Row: row.Row, Office: row.Office, Name: strings.TrimSpace(row.Name), Roles: row.Roles}
		refuse := func(field, key string, args ...any) {
			account.Defect = &award.Defect{Pointer: fmt.Sprintf("/%d/%s", row.Row, field), Key: key, Args: args}
		}
		at := slices.IndexFunc(units, func(u RegisterUnit) bool { return u.Code == row.Office })
		if at < 0 {
			refuse("office", "account_not_below", row.Office)
			continue
		}
		offices[i], account.Title = units[at].ID, units[at].Name
		if len(account.Roles) == 0 {
			account.Roles = []award.Role{award.RoleHead}
		}
		switch err := mayGrant(t.by, account.Roles); {
		case account.Name == "":
			refuse("name", "field_required")
		case len([]rune(account.Name)) > mostName:
			refuse("name", "account_name_long", mostName)
		case taken[offices[i]]:
			refuse("office", "account_there", row.Office)
		case unknownRole(account.Roles) != "":
			refuse("roles", "role_unknown", unknownRole(account.Roles))
		case err != nil:
			refuse("roles", refusalKey(err))
		default:
			account.Roles = distinct(account.Roles)
			taken[offices[i]] = true
		}
	}
	return accounts, offices, nil
}

// mostName is the longest name of a person, as in the contract.
const mostName = 50

// refusalKey is what mayGrant has against roles that are known.
func refusalKey(err error) string {
	refusal, _ := errors.AsType[*award.Error](err)
	return refusal.Key
}

func unknownRole(roles []award.Role) string {
	for _, role := range roles {
		if !slices.Contains(award.Roles(), role) {
			return string(role)
		}
	}
	return ""
}

// openAll adds the officers of the good rows, and their keys.
func (t *act) openAll(ctx context.Context, accounts []Account, good []int, officers []OfficerRecord) error {
	ids, err := t.AddOfficers(ctx, t.by.ID, officers)
	if err != nil {
		return fmt.Errorf("add officers: %w", err)
	}
	keys := make([]NewKeyRow, len(ids))
	for n, i := range good {
		accounts[i].Officer, accounts[i].Key = ids[n], newKey()
		keys[n] = NewKeyRow{ids[n], digestOf(accounts[i].Key)}
	}
	if ids, err = t.AddKeys(ctx, keys); err != nil {
		return fmt.Errorf("add keys: %w", err)
	}
	for n, i := range good {
		accounts[i].KeyID = ids[n]
	}
	return nil
}
