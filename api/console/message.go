package console

import (
	"time"

	"shifan/internal/acts"
)

const day = 24 * time.Hour

// messages lists what the office was told (消息), newest first.
func (c *Console) messages(p *page) error {
	found, err := c.Acts.Inbox(p.ctx(), p.by(), p.after(), listed)
	if err != nil {
		return err
	}
	data := struct {
		Messages []acts.Message
		Next     string
	}{Messages: found}
	if len(found) == listed {
		data.Next = p.next(found[len(found)-1].ID)
	}
	return p.show("messages", p.T("page_messages"), data)
}

// postReading marks a message read.
func (c *Console) postReading(p *page) error {
	id, err := p.integer("id")
	if err != nil {
		return err
	}
	if _, err := c.Acts.ReadMessage(p.ctx(), p.by(), p.key(""), id); err != nil {
		return err
	}
	p.redirect(local(p.Form.Get("back"), "/messages"))
	return nil
}
