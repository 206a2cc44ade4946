package console

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"shifan/internal/acts"
	"shifan/internal/award"
	"shifan/internal/sheet"
)

// serveBulk lays out what is done for many units or offices at once.
func (c *Console) serveBulk(r gin.IRouter) {
	r.GET("/rounds/:round/endorsements", c.inside(c.endorsements))
	r.POST("/rounds/:round/endorsements", c.inside(c.postEndorsements))
	r.GET("/rounds/:round/self-check-table", c.inside(c.checkTable))
	r.POST("/rounds/:round/self-check-table", c.inside(c.postCheckTable))
	r.GET("/rounds/:round/self-check-table/workbook", c.inside(c.checkWorkbook))
	r.GET("/rounds/:round/files/:file/comparison", c.inside(c.comparisonWorkbook))
	r.GET("/rounds/:round/units/:unit/archive", c.inside(c.archive))
	r.GET("/staff/accounts", c.inside(c.accounts))
	r.POST("/staff/accounts", c.inside(c.postAccounts))
	r.GET("/staff/accounts/workbook", c.inside(c.accountsWorkbook))
}

// came is what became of one item done with many.
type came struct {
	Done  bool
	Texts []string // why not
}

// came puts a refusal into the reader's words.
func (p *page) came(refusal *award.Error) came {
	if refusal == nil {
		return came{Done: true}
	}
	said := p.describe(refusal)
	out := came{}
	for _, item := range said.Items {
		out.Texts = append(out.Texts, item.Text)
	}
	if len(out.Texts) == 0 {
		out.Texts = []string{said.Detail}
	}
	return out
}

// endorsementsPage is one opinion on many files (批量签署).
type endorsementsPage struct {
	Round    acts.RoundStanding
	Category field
	Rows     []endorsedRow
	Dry      bool // what stands beside the rows was only tried
	Tried    bool
	Done     int
	Refused  int
	Next     string
	Text     field
	Clerk    field
	Head     field
	Body     field
	Seal     upload
}

type endorsedRow struct {
	acts.File
	Ticked bool
	Came   *came // nil: nothing was asked
}

// endorsements lists the files that wait for the office.
func (c *Console) endorsements(p *page) error { return c.showEndorsements(p, nil) }

func (c *Console) showEndorsements(p *page, results map[int64]came) error {
	by := p.by()
	r, err := c.Acts.Round(p.ctx(), by, p.c.Param("round"))
	if err != nil {
		return err
	}
	category := p.Form.Get("category")
	if p.Form == nil {
		category = p.c.Query("category")
	}
	files, err := c.Acts.Applications(p.ctx(), by, acts.FilesQuery{
		Round: r.ID, Category: award.Category(category), Waiting: by.Office, After: p.after(), Limit: mostUnits,
	})
	if err != nil {
		return err
	}
	data := endorsementsPage{Round: r, Tried: results != nil, Dry: p.Form.Has("dry")}
	if len(files) == mostUnits {
		data.Next = p.next(files[mostUnits-1].ID)
	}
	for _, result := range results {
		if result.Done {
			data.Done++
		} else {
			data.Refused++
		}
	}
	known := make(map[int64]bool)
	show := func(f acts.File) {
		row := endorsedRow{File: f, Ticked: slices.Contains(p.Form["applications"], strconv.FormatInt(f.ID, 10)) || p.Form == nil && p.c.Query("all") == "1"}
		if result, asked := results[f.ID]; asked {
			row.Came = &result
		}
		known[f.ID] = true
		data.Rows = append(data.Rows, row)
	}
	for id := range results { // what has gone on is shown as well
		if f, err := c.Acts.Application(p.ctx(), by, r.ID, id); err == nil && f.Waiting != by.Office {
			show(f)
		}
	}
	slices.SortFunc(data.Rows, func(a, b endorsedRow) int { return strings.Compare(a.UnitCode, b.UnitCode) })
	for _, f := range files {
		if !known[f.ID] && f.Waiting != f.Office && slices.Contains(f.Offers(by, r.Round), award.ActEndorse) {
			show(f)
		}
	}
	data.Category = p.Select("category", p.T("label_category"), category, p.categories(r))
	data.Text = p.Lines("text", p.T("label_opinion_text"), "")
	data.Clerk = p.Text("clerk", p.T("label_clerk"), p.Session.Name).as(required)
	data.Head = p.Text("signing_head", p.T("label_signing_head"), "")
	data.Body = p.Text("sealing_body", p.T("label_sealing_body"), "")
	data.Body.Help = p.T("help_sealing_body")
	data.Seal = p.Upload("seal", p.T("label_seal"), "")
	return p.show("endorsements", p.T("page_endorsements"), data)
}

// categories are those of a round, and all of them.
func (p *page) categories(r acts.RoundStanding) []choice {
	out := []choice{{"", p.T("label_any")}}
	for _, rule := range r.Categories {
		out = append(out, choice{string(rule.Category), p.Word("category", rule.Category)})
	}
	return out
}

// postEndorsements agrees to the files that are ticked, or tries what would come
// of it.
func (c *Console) postEndorsements(p *page) error {
	e := &entry{page: p}
	dry := p.Form.Has("dry")
	said := acts.Endorse{
		Round: p.c.Param("round"), Opinion: award.OpinionAgree, Text: p.trimmed("text"), Clerk: e.need("clerk"),
		SigningHead: p.trimmed("signing_head"), SealingBody: p.trimmed("sealing_body"), Seal: e.sent("seal"),
	}
	var items []acts.Endorse
	for _, text := range p.Form["applications"] {
		item := said
		item.Application, _ = strconv.ParseInt(text, 10, 64)
		items = append(items, item)
	}
	err := e.err()
	var results []acts.Item[acts.File]
	if err == nil {
		results, err = c.Acts.EndorseMany(p.ctx(), p.by(), p.key(""), items, dry)
	}
	if err != nil {
		if err := p.refused(err); err != nil {
			return err
		}
		return c.showEndorsements(p, nil)
	}
	became := make(map[int64]came)
	for i, result := range results {
		became[items[i].Application] = p.came(result.Refusal)
	}
	return c.showEndorsements(p, became)
}

// checkTablePage is the self-checks of many units by workbook (批量代录).
type checkTablePage struct {
	Round    acts.RoundStanding
	Category field
	Chosen   string
	Workbook field
	Tried    bool
	Dry      bool
	Done     int
	Refused  []tableRow
	More     int // refused rows that are not shown
}

type tableRow struct {
	Number int
	Unit   string
	came
}

// mostRefused is how many refused rows one page shows.
const mostRefused = 200

// checkTable shows where the workbook is fetched and sent.
func (c *Console) checkTable(p *page) error { return c.showCheckTable(p, checkTablePage{}) }

func (c *Console) showCheckTable(p *page, data checkTablePage) error {
	r, err := c.Acts.Round(p.ctx(), p.by(), p.c.Param("round"))
	if err != nil {
		return err
	}
	data.Round, data.Chosen = r, p.Form.Get("category")
	if p.Form == nil {
		data.Chosen = p.c.Query("category")
	}
	data.Category = p.Select("category", p.T("label_category"), data.Chosen, p.categories(r)[1:])
	if data.Chosen == "" && len(r.Categories) > 0 {
		data.Chosen = string(r.Categories[len(r.Categories)-1].Category)
		data.Category.Value = data.Chosen
	}
	data.Workbook = field{ID: "workbook", Kind: "file", Label: p.T("label_workbook"), Help: p.T("help_check_table", acts.MostSelfCheckRows), Wrong: p.Wrong("workbook")}
	return p.show("check_table", p.T("page_check_table"), data)
}

// checkWorkbook sends the workbook to be filled in.
func (c *Console) checkWorkbook(p *page) error {
	table, err := c.Acts.SelfCheckTable(p.ctx(), p.by(), p.c.Param("round"), award.Category(p.c.Query("category")))
	if err != nil {
		return err
	}
	return p.workbook(p.T("page_check_table")+".xlsx", func(to io.Writer) error { return sheet.WriteSelfChecks(to, table) })
}

// postCheckTable keeps the rows of a filled workbook, or tries what would come of
// it.
func (c *Console) postCheckTable(p *page) error {
	round, category, dry := p.c.Param("round"), award.Category(p.Form.Get("category")), p.Form.Has("dry")
	file, err := p.spreadsheet("workbook")
	var form acts.SelfCheckForm
	if err == nil {
		form, err = c.Acts.SelfCheckForm(p.ctx(), p.by(), round, category)
	}
	var rows []acts.SelfCheckRow
	if err == nil {
		rows, err = sheet.ReadSelfChecks(file, round, category, form)
	}
	var results []acts.Item[acts.SelfCheck]
	if err == nil {
		results, err = c.Acts.SaveSelfCheckTable(p.ctx(), p.by(), p.key(""), rows, dry)
	}
	if err != nil {
		if err := p.refused(err); err != nil {
			return err
		}
		return c.checkTable(p)
	}
	data := checkTablePage{Tried: true, Dry: dry}
	for i, result := range results {
		switch {
		case result.Refusal == nil:
			data.Done++
		case len(data.Refused) == mostRefused:
			data.More++
		default:
			data.Refused = append(data.Refused, tableRow{rows[i].Number, rows[i].Unit, p.cells(sheet.LocateSelfCheck(rows[i], form, result.Refusal))})
		}
	}
	return c.showCheckTable(p, data)
}

// cells says what is wrong in which column of a row.
func (p *page) cells(refusal *award.Error) came {
	out := p.came(refusal)
	for i, d := range refusal.Fields {
		if at := strings.Split(d.Pointer, "/"); len(at) == 3 {
			out.Texts[i] = at[2] + "：" + out.Texts[i]
		}
	}
	return out
}

// comparisonWorkbook sends the comparison sheet of a file (得分对照表).
func (c *Console) comparisonWorkbook(p *page) error {
	id, err := p.integer("file")
	if err != nil {
		return err
	}
	compared, err := c.Acts.Comparison(p.ctx(), p.by(), p.c.Param("round"), id)
	if err != nil {
		return err
	}
	return p.workbook(p.T("marks")+"-"+compared.Unit+".xlsx", func(to io.Writer) error { return sheet.WriteComparison(to, compared) })
}

// accountsPage is the first accounts of the offices directly below, by workbook
// (首个账号).
type accountsPage struct {
	Waiting  int // offices for which nobody acts yet
	Workbook field
	Opened   []openedAccount
	Done     int
}

// openedAccount is one row and what became of it: a login, shown once, or a
// defect.
type openedAccount struct {
	acts.Account
	Login, Password, Wrong string
}

// mostOpened is how many accounts one page opens: their passwords are shown on it,
// and each costs a slow digest.
const mostOpened = 200

// accounts shows where the workbook is fetched and sent.
func (c *Console) accounts(p *page) error { return c.showAccounts(p, nil) }

func (c *Console) showAccounts(p *page, opened []openedAccount) error {
	if !p.by().Has(award.RoleAdmin, award.RoleHead) {
		return award.Refuse(award.Forbidden, "domain 11", "forbidden_open-accounts")
	}
	below, err := c.Acts.OfficesToStaff(p.ctx(), p.by())
	if err != nil {
		return err
	}
	data := accountsPage{Waiting: len(below), Opened: opened}
	for _, o := range opened {
		if o.Wrong == "" {
			data.Done++
		}
	}
	data.Workbook = field{ID: "workbook", Kind: "file", Label: p.T("label_workbook"), Help: p.T("help_accounts", mostOpened), Wrong: p.Wrong("workbook")}
	return p.show("accounts", p.T("page_accounts"), data)
}

// accountsWorkbook sends the workbook to be filled in.
func (c *Console) accountsWorkbook(p *page) error {
	below, err := c.Acts.OfficesToStaff(p.ctx(), p.by())
	if err != nil {
		return err
	}
	return p.workbook(p.T("page_accounts")+".xlsx", func(to io.Writer) error { return sheet.WriteAccounts(to, below) })
}

// postAccounts opens an account for each row, with a login of the office's code.
func (c *Console) postAccounts(p *page) error {
	file, err := p.spreadsheet("workbook")
	var rows []acts.AccountFor
	if err == nil {
		rows, err = sheet.ReadAccounts(file)
	}
	if err == nil && len(rows) > mostOpened {
		err = award.Refuse(award.Invalid, "domain 11", "accounts_number", mostOpened)
	}
	var done acts.Done[[]acts.Account]
	if err == nil {
		done, err = c.Acts.OpenAccounts(p.ctx(), p.by(), p.key(""), rows)
	}
	if err != nil {
		if err := p.refused(err); err != nil {
			return err
		}
		return c.accounts(p)
	}
	opened := make([]openedAccount, len(done.Result))
	for i, account := range done.Result {
		o := openedAccount{Account: account}
		if account.Defect != nil {
			o.Wrong = p.T(account.Defect.Key, account.Defect.Args...)
		} else {
			login, err := c.Acts.SetLogin(p.ctx(), p.by(), p.key("#login-"+account.Office), acts.SetLogin{Officer: account.Officer, Login: "jg" + strings.ToLower(account.Office)})
			switch result, err := settled(login.Result, err); {
			case err != nil:
				return err
			case result == nil: // the name is somebody's: the office's page opens another
				o.Login = p.T("login_none")
			default:
				o.Login, o.Password = result.Login, result.Password
			}
		}
		opened[i] = o
	}
	return c.showAccounts(p, opened)
}

// settled tells a refusal, which is no login, from a fault.
func settled(login acts.HandedLogin, err error) (*acts.HandedLogin, error) {
	switch code := award.CodeOf(err); {
	case err == nil:
		return &login, nil
	case code == award.Conflict || code == award.Invalid:
		return nil, nil //nolint:nilnil // neither a login nor a fault
	}
	return nil, err
}
