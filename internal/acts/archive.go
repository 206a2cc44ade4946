package acts

import (
	"context"
	"slices"
	"time"

	"shifan/internal/award"
)

// Archive is all that the record holds of one unit in one round, for the unit's
// file on the shelf (一单位一档, domain 11).
type Archive struct {
	Round      string         `json:"round"`
	RoundTitle string         `json:"round_title"`
	Unit       string         `json:"unit"` // code
	Name       string         `json:"name"`
	MadeAt     time.Time      `json:"made_at"`
	SelfChecks []SelfCheck    `json:"self_checks"`
	Files      []ArchivedFile `json:"files"`
	Evidence   []EvidenceUse  `json:"evidence"`
}

// ArchivedFile is one application with all that was said and done on it.
type ArchivedFile struct {
	File
	Fields       []ArchivedField       `json:"fields"` // the form, as the round words it
	Comparison   Comparison            `json:"comparison"`
	Endorsements []ArchivedEndorsement `json:"endorsements"`
	History      []ArchivedMove        `json:"history"`
}

// ArchivedField is one field of the form with what was filled in.
type ArchivedField struct {
	Title string `json:"title"`
	Value string `json:"value"`
}

// ArchivedEndorsement is one opinion.
type ArchivedEndorsement struct {
	Office      string        `json:"office"` // its name
	Opinion     award.Opinion `json:"opinion"`
	Text        string        `json:"text"`
	Clerk       string        `json:"clerk"`
	SigningHead string        `json:"signing_head"`
	SealingBody string        `json:"sealing_body"`
	Seal        string        `json:"seal,omitempty"` // SHA-256
	At          time.Time     `json:"at"`
}

// ArchivedMove is one move of the file.
type ArchivedMove struct {
	Act    award.Act       `json:"act"`
	From   award.FileState `json:"from"`
	To     award.FileState `json:"to"`
	Office string          `json:"office"` // code; empty: the procedure, on a date
	Ground string          `json:"ground"`
	At     time.Time       `json:"at"`
}

// mostArchived is how many rows an archive asks for at once.
const mostArchived = 500

// ArchiveOf reads the archive of a unit in a round, for whoever may see the unit.
// It holds what that officer may read on the pages and no more: the nation's marks
// and the evidence of its visits are the owner office's until they are open to
// others (D-48).
func (a *Acts) ArchiveOf(ctx context.Context, by award.Officer, round, code string) (Archive, error) {
	var out Archive
	var unit Unit
	var r Round
	err := a.store.InTx(ctx, func(tx Tx) error {
		var err error
		if r, err = tx.Round(ctx, round); err != nil {
			return err
		}
		if unit, err = tx.Unit(ctx, round, code); err != nil {
			return err
		}
		if !MaySee(by, unit.Row(r)) {
			return award.Refuse(award.NotFound, "", "not_found")
		}
		out = Archive{Round: r.ID, RoundTitle: r.Title, Unit: unit.Code, Name: unit.Name}
		out.MadeAt, err = tx.Now(ctx)
		return err
	})
	if err != nil {
		return Archive{}, err
	}
	for _, rule := range r.Categories {
		check, err := a.SelfCheck(ctx, by, round, code, rule.Category)
		switch {
		case err == nil:
			out.SelfChecks = append(out.SelfChecks, check)
		case award.CodeOf(err) != award.NotFound: // not begun
			return Archive{}, err
		}
	}
	if out.Files, err = a.archivedFiles(ctx, by, r, unit); err != nil {
		return Archive{}, err
	}
	for after := int64(0); ; {
		uses, err := a.EvidenceUses(ctx, by, code, EvidenceUsesQuery{Round: round, After: after, Limit: mostArchived})
		if err != nil {
			return Archive{}, err
		}
		out.Evidence = append(out.Evidence, uses...)
		if len(uses) < mostArchived {
			return out, nil
		}
		after = uses[len(uses)-1].ID
	}
}

// archivedFiles reads the unit's own files, short of those below it.
func (a *Acts) archivedFiles(ctx context.Context, by award.Officer, r Round, unit Unit) ([]ArchivedFile, error) {
	var out []ArchivedFile
	for after := int64(0); ; {
		files, err := a.store.Files(ctx, FilesQuery{Round: r.ID, Below: unit.ID, After: after, Limit: mostArchived})
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			if f.Unit != unit.ID {
				continue
			}
			archived, err := a.archivedFile(ctx, by, r, f.ID)
			if err != nil {
				return nil, err
			}
			out = append(out, archived)
		}
		if len(files) < mostArchived {
			return out, nil
		}
		after = files[len(files)-1].ID
	}
}

func (a *Acts) archivedFile(ctx context.Context, by award.Officer, r Round, id int64) (ArchivedFile, error) {
	f, err := a.Application(ctx, by, r.ID, id)
	if err != nil {
		return ArchivedFile{}, err
	}
	out := ArchivedFile{File: f}
	rule, err := r.Category(f.Category)
	if err != nil {
		return ArchivedFile{}, err
	}
	for _, field := range rule.Form {
		out.Fields = append(out.Fields, ArchivedField{field.Title, f.Form[field.Key]})
	}
	if out.Comparison, err = a.Comparison(ctx, by, r.ID, id); err != nil {
		return ArchivedFile{}, err
	}
	said, err := a.Endorsements(ctx, by, r.ID, id)
	if err != nil {
		return ArchivedFile{}, err
	}
	for _, e := range said {
		out.Endorsements = append(out.Endorsements, ArchivedEndorsement{
			e.OfficeName, e.Opinion, e.Text, e.Clerk, e.SigningHead, e.SealingBody, e.Seal, e.At,
		})
	}
	moves, err := a.History(ctx, by, r.ID, id)
	if err != nil {
		return ArchivedFile{}, err
	}
	for _, m := range moves {
		out.History = append(out.History, ArchivedMove{m.Act, m.From, m.To, m.OfficeCode, m.Ground, m.At})
	}
	return out, nil
}

// Papers lists the evidence of the archive, each file once, in the order in which
// it came to be used.
func (a Archive) Papers() []EvidenceUse {
	var out []EvidenceUse
	for _, use := range a.Evidence {
		if !slices.ContainsFunc(out, func(other EvidenceUse) bool { return other.SHA256 == use.SHA256 }) {
			out = append(out, use)
		}
	}
	return out
}
