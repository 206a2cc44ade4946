package console

// home is where a citizen begins (首页): what is before the public now, and the
// four questions people come with. Whoever is signed in goes to the work.
func (c *Console) home(p *page) error {
	if p.SignedIn {
		p.redirect("/todo")
		return nil
	}
	live, _, err := c.noticeRows(p)
	if err != nil {
		return err
	}
	return p.show("home", p.T("page_home"), map[string]any{
		"Live":    live,
		"Receipt": p.receiptField(),
		"Number":  p.numberField(),
	})
}
