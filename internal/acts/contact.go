package acts

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"shifan/internal/award"
)

// Contact is how an office is reached (联系方式): the office's, never a person's
// (D-15).
type Contact struct {
	Unit     string    `json:"unit"` // code
	Revision int       `json:"revision"`
	Office   string    `json:"office"` // as letters are addressed
	Phone    string    `json:"phone"`
	Address  string    `json:"address"`
	Postcode string    `json:"postcode"`
	Email    string    `json:"email"`
	At       time.Time `json:"at"`
}

// contactTx keeps contacts.
type contactTx interface {
	// Contact returns an office's last contact; award.NotFound when it has none.
	Contact(ctx context.Context, unit int64) (Contact, error)
	// AddContact adds a revision.
	AddContact(ctx context.Context, unit, officer int64, contact Contact) error
}

// contactReads answers questions about contacts.
type contactReads interface {
	// Contact returns an office's last contact; award.NotFound when it has none.
	Contact(ctx context.Context, unit int64) (Contact, error)
}

var (
	postcodeForm = regexp.MustCompile(`^[0-9]{6}$`)
	phoneForm    = regexp.MustCompile(`^[0-9+()（）,，;；/ \-转]{5,60}$`)
	emailForm    = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)
)

// SetContact says how an office is reached: its own staff do, or an office
// above. in.Revision is the revision seen; 0 when there is none yet.
func (a *Acts) SetContact(ctx context.Context, by award.Officer, key Key, in Contact) (Done[Contact], error) {
	return once(ctx, a, by, key, award.ActSetContact, "", func(t *act) (Contact, error) {
		unit, err := registerUnit(ctx, t, in.Unit)
		if err != nil {
			return Contact{}, err
		}
		if err := Can(by, award.ActSetContact, unit.Row()); err != nil {
			return Contact{}, err
		}
		if err := in.check(); err != nil {
			return Contact{}, err
		}
		if err := t.LockUnits(ctx, []int64{unit.ID}); err != nil {
			return Contact{}, err
		}
		last, err := t.Contact(ctx, unit.ID)
		if err != nil && award.CodeOf(err) != award.NotFound {
			return Contact{}, err
		}
		if last.Revision != in.Revision {
			return Contact{}, award.Outdated()
		}
		in.Revision++
		in.At = t.at
		if err := t.AddContact(ctx, unit.ID, by.ID, in); err != nil {
			return Contact{}, err
		}
		return in, t.audit(ctx, "contact/"+unit.Code, "", map[string]any{"revision": in.Revision})
	})
}

// check returns every defect of a contact at once.
func (c Contact) check() error {
	var defects []award.Defect
	if strings.TrimSpace(c.Office) == "" {
		defects = append(defects, award.Defect{Pointer: "/office", Key: "field_required"})
	}
	if c.Phone == "" && c.Address == "" && c.Email == "" {
		defects = append(defects, award.Defect{Pointer: "/phone", Key: "contact_without_way"})
	}
	for _, field := range []struct {
		pointer, text string
		form          *regexp.Regexp
	}{{"/phone", c.Phone, phoneForm}, {"/postcode", c.Postcode, postcodeForm}, {"/email", c.Email, emailForm}} {
		if field.text != "" && !field.form.MatchString(field.text) {
			defects = append(defects, award.Defect{Pointer: field.pointer, Key: "contact_malformed", Args: []any{field.text}})
		}
	}
	if len(defects) > 0 {
		return award.RefuseFields(award.Invalid, "D-15", "contact_defects", defects)
	}
	return nil
}

// ContactOf returns how an office is reached: offices below the caller's, its
// own, and those above it, to which it writes.
func (a *Acts) ContactOf(ctx context.Context, by award.Officer, code string) (Contact, error) {
	var contact Contact
	err := a.store.InTx(ctx, func(tx Tx) error {
		unit, err := registerUnit(ctx, tx, code)
		if err != nil {
			return err
		}
		if !MaySee(by, unit.Row()) && !slices.Contains(by.Path, unit.ID) {
			return award.Refuse(award.NotFound, "", "unit_unknown_now", code)
		}
		contact, err = tx.Contact(ctx, unit.ID)
		contact.Unit = unit.Code
		return err
	})
	return contact, err
}
