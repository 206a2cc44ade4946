package acts

import (
	"context"
	"fmt"

	"shifan/internal/award"
)

// administratorName is what the first administrator is called until people
// have accounts of their own.
const administratorName = "系统管理员"

// EnsureAdministrator makes the first administrator, of the register's root,
// and a key for it, so that somebody can make the others. It returns a new key
// when the one given is not valid for it, after revoking those before; "" when
// the given one is good, or when that account was disabled, as is right once
// others administrate.
func (a *Acts) EnsureAdministrator(ctx context.Context, given string) (string, error) {
	var fresh string
	err := a.step(ctx, func(tx Tx) error {
		root, err := registerUnit(ctx, tx, award.CodeNation)
		if err != nil {
			return err
		}
		if err := tx.LockUnits(ctx, []int64{root.ID}); err != nil { // of two at once, one makes it
			return err
		}
		administrator, err := tx.FirstAdministrator(ctx)
		if award.CodeOf(err) == award.NotFound {
			administrator, err = addAdministrator(ctx, tx, root)
		}
		if err != nil || administrator.Disabled {
			return err
		}
		holder, err := tx.OfficerByKey(ctx, digestOf(given))
		if err == nil && holder.ID == administrator.ID {
			return nil
		}
		if err != nil && award.CodeOf(err) != award.NotFound {
			return err
		}
		if err := tx.RevokeKeys(ctx, administrator.ID); err != nil {
			return err
		}
		text := newKey()
		if _, err := tx.AddKeys(ctx, []NewKeyRow{{administrator.ID, digestOf(text)}}); err != nil {
			return err
		}
		fresh = text
		return tx.Audit(ctx, Entry{Name: award.ActCreateKeys, Subject: officerSubject(administrator.ID), Ground: "admin-key"})
	})
	if err != nil {
		return "", fmt.Errorf("ensure an administrator: %w", err)
	}
	return fresh, nil
}

func addAdministrator(ctx context.Context, tx Tx, root RegisterUnit) (OfficerRecord, error) {
	administrator := OfficerRecord{
		Name: administratorName, Office: root.ID, Roles: []award.Role{award.RoleAdmin, award.RoleHead},
	}
	ids, err := tx.AddOfficers(ctx, 0, []OfficerRecord{administrator})
	if err != nil {
		return OfficerRecord{}, err
	}
	administrator.ID = ids[0]
	return administrator, tx.Audit(ctx, Entry{Name: award.ActCreateOfficer, Subject: officerSubject(ids[0]), Ground: "admin-key"})
}
