package acts

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"

	"shifan/internal/award"
)

// keyPrefix marks a key of ours, so that scanners for leaked secrets find it.
const keyPrefix = "shifan_"

// newKey returns a key (密钥): 256 random bits as text. It is shown once; the
// record keeps its digest.
func newKey() string {
	bits := make([]byte, 32)
	rand.Read(bits) // never fails
	return keyPrefix + base64.RawURLEncoding.EncodeToString(bits)
}

// digestOf returns what the record keeps of a key. A slow hash would buy
// nothing: nobody guesses 256 bits.
func digestOf(key string) [32]byte { return sha256.Sum256([]byte(key)) }

// NewKeyRow is a key to be kept.
type NewKeyRow struct {
	Officer int64
	SHA256  [32]byte
}

// keyTx keeps keys.
type keyTx interface {
	// AddKeys adds keys and returns their IDs in the order given.
	AddKeys(ctx context.Context, keys []NewKeyRow) ([]int64, error)
	// KeyHolder returns whose key it is and whether it is revoked;
	// award.NotFound when there is none.
	KeyHolder(ctx context.Context, key int64) (holder OfficerRecord, revoked bool, err error)
	// RevokeKey revokes a key.
	RevokeKey(ctx context.Context, key int64) error
	// RevokeKeys revokes every key of an officer.
	RevokeKeys(ctx context.Context, officer int64) error
	// OfficerByKey returns the officer whose valid key has the digest;
	// award.NotFound when there is none.
	OfficerByKey(ctx context.Context, digest [32]byte) (award.Officer, error)
}

// keyReads finds who calls.
type keyReads interface {
	// OfficerByKey returns the officer whose valid key has the digest;
	// award.NotFound when there is none.
	OfficerByKey(ctx context.Context, digest [32]byte) (award.Officer, error)
}

// Authenticate returns the officer who holds the key; award.NotFound when
// nobody does, or no longer. An expert alone comes without an office.
func (a *Acts) Authenticate(ctx context.Context, key string) (award.Officer, error) {
	o, err := a.store.OfficerByKey(ctx, digestOf(key))
	return o.Narrowed(), err
}

// KeyFor asks for a key of an officer.
type KeyFor struct {
	Office  string       // code
	Officer int64        // 0: by name
	Name    string       // "": the office's name; an officer who does not exist yet is added
	Roles   []award.Role // of an officer who is added; none: head
}

// IssuedKey is a key as handed out. The text is not part of the stored
// outcome: repeating the act does not show it again.
type IssuedKey struct {
	Office  string `json:"office"`
	Officer int64  `json:"officer"`
	ID      int64  `json:"id"`
	Key     string `json:"-"`
}

// CreateKeys hands out keys to officers of the caller's office and of those
// below, adding officers who are not there yet: the first account of each
// office in one act (domain 11).
func (a *Acts) CreateKeys(ctx context.Context, by award.Officer, key Key, in []KeyFor) (Done[[]IssuedKey], error) {
	return once(ctx, a, by, key, award.ActCreateKeys, "", func(t *act) ([]IssuedKey, error) {
		offices, err := keyOffices(ctx, t, in)
		if err != nil {
			return nil, err
		}
		officers, err := t.keyHolders(ctx, in, offices)
		if err != nil {
			return nil, err
		}
		issued := make([]IssuedKey, len(in))
		rows := make([]NewKeyRow, len(in))
		for i, officer := range officers {
			text := newKey()
			rows[i] = NewKeyRow{officer, digestOf(text)}
			issued[i] = IssuedKey{Office: in[i].Office, Officer: officer, Key: text}
		}
		ids, err := t.AddKeys(ctx, rows)
		if err != nil {
			return nil, fmt.Errorf("add keys: %w", err)
		}
		for i, id := range ids {
			issued[i].ID = id
		}
		return issued, t.audit(ctx, fmt.Sprintf("keys/%d", len(issued)), "", map[string]any{"keys": issued})
	})
}

// keyOffices returns the office of each entry, if the officer may give its
// people keys, and holds them: two acts at once do not both add an officer.
func keyOffices(ctx context.Context, t *act, in []KeyFor) ([]RegisterUnit, error) {
	codes := make([]string, len(in))
	for i, k := range in {
		codes[i] = k.Office
	}
	units, err := t.RegisterUnits(ctx, codes)
	if err != nil {
		return nil, fmt.Errorf("find offices: %w", err)
	}
	byCode := make(map[string]RegisterUnit, len(units))
	for _, u := range units {
		byCode[u.Code] = u
	}
	offices := make([]RegisterUnit, len(in))
	var unknown []award.Defect
	for i, k := range in {
		office, found := byCode[k.Office]
		if !found || !MaySee(t.by, office.Row()) {
			unknown = append(unknown, award.Defect{
				Pointer: fmt.Sprintf("/offices/%d/office", i), Key: "unit_unknown_now", Args: []any{k.Office},
			})
			continue
		}
		if err := Can(t.by, award.ActCreateKeys, office.Row()); err != nil {
			return nil, err
		}
		offices[i] = office
	}
	if len(unknown) > 0 {
		return nil, award.RefuseFields(award.NotFound, "", "offices_unknown", unknown)
	}
	if err := t.LockUnits(ctx, idsOf(offices)); err != nil {
		return nil, fmt.Errorf("hold offices: %w", err)
	}
	return offices, nil
}

// keyHolders returns the officer of each entry, adding those who are not there.
func (t *act) keyHolders(ctx context.Context, in []KeyFor, offices []RegisterUnit) ([]int64, error) {
	active, err := t.ActiveOfficers(ctx, idsOf(offices))
	if err != nil {
		return nil, fmt.Errorf("find officers: %w", err)
	}
	byOffice := make(map[int64][]OfficerRecord)
	for _, o := range active {
		byOffice[o.Office] = append(byOffice[o.Office], o)
	}

	holders := make([]int64, len(in))
	var add []OfficerRecord
	var places []int // whose entry each added officer is
	for i, k := range in {
		holder, err := keyHolder(t.by, k, offices[i], byOffice[offices[i].ID], fmt.Sprintf("/offices/%d", i))
		if err != nil {
			return nil, err
		}
		holders[i] = holder.ID
		if holder.ID == 0 {
			byOffice[holder.Office] = append(byOffice[holder.Office], holder) // a second entry of the name is refused
			add, places = append(add, holder), append(places, i)
		}
	}
	if len(add) == 0 {
		return holders, nil
	}
	added, err := t.AddOfficers(ctx, t.by.ID, add)
	if err != nil {
		return nil, fmt.Errorf("add officers: %w", err)
	}
	for n, i := range places {
		holders[i] = added[n]
	}
	return holders, nil
}

// keyHolder returns the officer an entry names, or one to be added, without an
// ID.
func keyHolder(by award.Officer, k KeyFor, office RegisterUnit, active []OfficerRecord, pointer string) (OfficerRecord, error) {
	refuse := func(code award.Code, field, key string, args ...any) (OfficerRecord, error) {
		return OfficerRecord{}, award.RefuseFields(code, "domain 11", key,
			[]award.Defect{{Pointer: pointer + field, Key: key, Args: args}})
	}
	name := k.Name
	if name == "" {
		name = office.Name
	}
	found := slices.DeleteFunc(slices.Clone(active), func(o OfficerRecord) bool {
		return k.Officer != 0 && o.ID != k.Officer || k.Officer == 0 && o.Name != name
	})
	if len(found) == 0 && k.Officer != 0 {
		return refuse(award.NotFound, "/officer", "officer_unknown")
	}
	if len(found) == 0 {
		roles := distinct(k.Roles)
		if len(k.Roles) == 0 {
			roles = []award.Role{award.RoleHead}
		}
		return OfficerRecord{Name: name, Office: office.ID, Roles: roles}, mayGrant(by, roles)
	}
	if len(found) > 1 || found[0].ID == 0 {
		return refuse(award.Conflict, "/name", "officer_ambiguous", name)
	}
	if len(k.Roles) > 0 && !slices.Equal(distinct(k.Roles), distinct(found[0].Roles)) {
		return refuse(award.Conflict, "/roles", "officer_roles_differ")
	}
	return found[0], mayGrant(by, found[0].Roles) // a key is the account
}

func idsOf(units []RegisterUnit) []int64 {
	ids := make([]int64, len(units))
	for i, u := range units {
		ids[i] = u.ID
	}
	return ids
}

// RevokeKey revokes a key at once.
func (a *Acts) RevokeKey(ctx context.Context, by award.Officer, key Key, id int64, reason string) (Receipt, error) {
	done, err := once(ctx, a, by, key, award.ActRevokeKey, "", func(t *act) (struct{}, error) {
		holder, revoked, err := t.KeyHolder(ctx, id)
		if err != nil {
			return struct{}{}, err
		}
		if err := Can(by, award.ActRevokeKey, holder.Row()); err != nil {
			return struct{}{}, err
		}
		if reason == "" {
			return struct{}{}, reasonRequired()
		}
		if err := mayGrant(by, holder.Roles); err != nil {
			return struct{}{}, err
		}
		if revoked {
			return struct{}{}, award.Refuse(award.Conflict, "", "key_revoked")
		}
		if err := t.RevokeKey(ctx, id); err != nil {
			return struct{}{}, fmt.Errorf("revoke key: %w", err)
		}
		return struct{}{}, t.audit(ctx, "key/"+strconv.FormatInt(id, 10), reason,
			map[string]any{"officer": holder.ID, "office": holder.OfficeCode})
	})
	return done.Receipt, err
}
