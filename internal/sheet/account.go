package sheet

import (
	"io"
	"slices"
	"strings"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// Columns of the workbook of first accounts (首个账号).
const (
	columnOffice = "机构代码"
	columnTitle  = "机构名称"
	columnPerson = "经办人姓名"
	columnRoles  = "职责"
	columnResult = "办理结果"
	columnKey    = "密钥(仅此一次)"
)

// roleWords are the roles as clerks write them.
var roleWords = map[award.Role]string{
	award.RoleAdmin: "管理员", award.RoleHead: "负责人", award.RoleClerk: "经办", award.RoleAuditor: "审计", award.RoleSupervisor: "监督员",
	award.RoleExpert: "专家",
}

// WriteAccounts writes the workbook of first accounts to be filled in: a row
// for each office, its head proposed.
func WriteAccounts(to io.Writer, offices []acts.RegisterUnit) error {
	rows := make([][]string, len(offices))
	for i, o := range offices {
		rows[i] = []string{o.Code, o.Name, "", roleWords[award.RoleHead]}
	}
	words := make([][]string, 0, len(roleWords))
	for _, role := range award.Roles() {
		words = append(words, []string{roleWords[role]})
	}
	return Write(to,
		Table{Sheet: "首个账号", Columns: []string{columnOffice, columnTitle, columnPerson, columnRoles}, Widths: []float64{16, 32, 16, 16}, Rows: rows},
		Table{Sheet: "职责(可写多项,用顿号分开)", Columns: []string{columnRoles}, Widths: []float64{30}, Rows: words},
	)
}

// ReadAccounts reads the workbook as it comes back. Rows without a name are
// offices still to be staffed, and are left out; what else may be wrong with a
// row is not judged here.
func ReadAccounts(file []byte) ([]acts.AccountFor, error) {
	rows, err := Read(file, columnOffice, columnPerson)
	if err != nil {
		return nil, err
	}
	var accounts []acts.AccountFor
	for _, row := range rows {
		name := row.Cell(columnPerson)
		if name == "" {
			continue
		}
		accounts = append(accounts, acts.AccountFor{
			Row: row.Number, Office: row.Cell(columnOffice), Name: name, Roles: rolesIn(row.Cell(columnRoles)),
		})
	}
	return accounts, nil
}

// rolesIn reads roles in words or by name. What is no role stays as it is
// written, so that it can be shown.
func rolesIn(text string) []award.Role {
	var roles []award.Role
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("、,，;； ", r) }) {
		role := award.Role(word)
		for _, known := range award.Roles() {
			if roleWords[known] == word {
				role = known
			}
		}
		roles = append(roles, role)
	}
	return roles
}

// WriteOpened writes the workbook back with what became of each row, and the
// keys. say puts a defect into words.
func WriteOpened(to io.Writer, accounts []acts.Account, say func(award.Defect) string) error {
	rows := make([][]string, len(accounts))
	for i, a := range accounts {
		words := make([]string, 0, len(a.Roles))
		for _, role := range a.Roles {
			word, known := roleWords[role]
			if !known {
				word = string(role)
			}
			words = append(words, word)
		}
		result := "已开通"
		if a.Defect != nil {
			result = say(*a.Defect)
		}
		rows[i] = slices.Concat([]string{a.Office, a.Title, a.Name, strings.Join(words, "、")}, []string{result, a.Key})
	}
	return Write(to, Table{
		Sheet:   "首个账号",
		Columns: []string{columnOffice, columnTitle, columnPerson, columnRoles, columnResult, columnKey},
		Widths:  []float64{16, 32, 16, 16, 40, 60}, Rows: rows,
	})
}
