package acts

import (
	"context"

	"shifan/internal/award"
)

// MostSelfCheckRows is how many units one table of self-checks may hold: those
// of a large county with room, and of most prefectures.
const MostSelfCheckRows = 2000

// SelfCheckForm is what a table of self-checks asks for.
type SelfCheckForm struct {
	Standard award.Standard
	SubItems award.SubItems // of the office's area; none for an office above several areas
}

// SelfCheckTable is the self-checks of a category at or below an office (自查表),
// to be filled in offline.
type SelfCheckTable struct {
	SelfCheckForm
	Rows []SelfCheck // by code; of a unit that has not begun: revision 0, blank but for the year's facts
}

// SelfCheckRow is one row of the table as it comes back.
type SelfCheckRow struct {
	Number int // of the sheet
	SaveSelfCheck
	Defects []award.Defect // cells that could not be read
}

// selfCheckTableTx lists self-checks.
type selfCheckTableTx interface {
	// SelfChecksBelow lists, by code, the units at or below an office that may take
	// part in the category, each with its self-check or revision 0.
	SelfChecksBelow(ctx context.Context, round string, office Unit, category award.Category, limit int) ([]SelfCheck, error)
}

// SelfCheckTable returns the table of a category for the caller's office. What
// the year's facts fill stands in it as it would be saved now.
func (a *Acts) SelfCheckTable(ctx context.Context, by award.Officer, round string, category award.Category) (SelfCheckTable, error) {
	var table SelfCheckTable
	err := a.seeUnit(ctx, by, round, by.OfficeCode, category, func(tx Tx, r Round, office Unit, rule RoundCategory) error {
		form, err := selfCheckForm(ctx, tx, r, office, rule)
		if err != nil {
			return err
		}
		table = SelfCheckTable{SelfCheckForm: form}
		rows, err := tx.SelfChecksBelow(ctx, round, office, category, MostSelfCheckRows+1)
		if err != nil {
			return err
		}
		if len(rows) > MostSelfCheckRows {
			return award.Refuse(award.Invalid, "N 五(三)", "self_check_table_long", MostSelfCheckRows)
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		for i := range rows {
			facts, err := factsAt(ctx, tx, now, rows[i].Unit)
			if err != nil {
				return err
			}
			if rows[i].Revision == 0 {
				rows[i].Marks = rule.Standard.Blanks()
			}
			rows[i].Marks, rows[i].Filled, _ = rule.Standard.Fill(rows[i].Marks, facts.Facts, nil)
		}
		table.Rows = rows
		return nil
	})
	return table, err
}

// SelfCheckForm returns what the table of a category for the caller's office asks
// for: by it the table is read.
func (a *Acts) SelfCheckForm(ctx context.Context, by award.Officer, round string, category award.Category) (SelfCheckForm, error) {
	var form SelfCheckForm
	err := a.seeUnit(ctx, by, round, by.OfficeCode, category, func(tx Tx, r Round, office Unit, rule RoundCategory) error {
		var err error
		form, err = selfCheckForm(ctx, tx, r, office, rule)
		return err
	})
	return form, err
}

func selfCheckForm(ctx context.Context, tx Tx, r Round, office Unit, rule RoundCategory) (SelfCheckForm, error) {
	items, _, err := tx.SubItems(ctx, r.ID, office.Office, rule.Category)
	return SelfCheckForm{Standard: rule.Standard, SubItems: items}, err
}

// SaveSelfCheckTable keeps the rows of a table as SaveSelfChecks does; a row with
// a cell that could not be read is refused, and no other.
func (a *Acts) SaveSelfCheckTable(ctx context.Context, by award.Officer, key Key, rows []SelfCheckRow, dry bool) ([]Item[SelfCheck], error) {
	return bulk(ctx, a, key, dry, MostSelfCheckRows, rows, func(a *Acts, key Key, row SelfCheckRow) (Done[SelfCheck], error) {
		if len(row.Defects) > 0 {
			return Done[SelfCheck]{}, award.RefuseFields(award.Invalid, "N 三", "marks_malformed", row.Defects)
		}
		return a.saveAgain(ctx, by, key, row.SaveSelfCheck)
	})
}
