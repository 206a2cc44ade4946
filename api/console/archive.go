package console

import (
	"net/http"
	"time"

	"shifan/internal/archive"
)

// archive sends all that the record holds of a unit in the round (一单位一档), as it
// is written. What breaks it off drops the connection.
func (c *Console) archive(p *page) error {
	a, err := c.Acts.ArchiveOf(p.ctx(), p.by(), p.c.Param("round"), p.c.Param("unit"))
	if err != nil {
		return err
	}
	p.attach(archive.Safe(a.Unit+"-"+a.Name)+".zip", "application/zip")
	_ = http.NewResponseController(p.c.Writer).SetWriteDeadline(time.Time{}) // papers take as long as the line is slow
	say := func(key string, args ...any) string { return c.texts.Say("zh-CN", key, args...) }
	if err := archive.Write(p.ctx(), p.c.Writer, p.by(), c.Acts, a, say); err != nil {
		c.Log.WarnContext(p.ctx(), "archive broken off", "unit", a.Unit, "error", err)
		panic(http.ErrAbortHandler)
	}
	return nil
}
