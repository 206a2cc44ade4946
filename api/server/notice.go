package server

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"strings"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// ExtendNotice makes a running window longer.
func (s *Server) ExtendNotice(ctx context.Context, request ExtendNoticeRequestObject) (ExtendNoticeResponseObject, error) {
	on, err := onNotice(request.Round, request.Office, request.Number, request.Params.IfMatch, request.Body.Reason)
	if err != nil {
		return nil, err
	}
	proofs, err := proofsGiven(request.Body.Evidence)
	if err != nil {
		return nil, err
	}
	done, err := s.acts.ExtendNotice(ctx, officer(ctx), actKey(ctx), acts.ExtendNoticeInput{
		OnNotice: on, WorkingDays: request.Body.WorkingDays, Evidence: proofs,
	})
	if err != nil {
		return nil, err
	}
	return ExtendNotice200JSONResponse(noticeDone(done)), nil
}

// ProveNotice puts a proof of publication right, or adds one.
func (s *Server) ProveNotice(ctx context.Context, request ProveNoticeRequestObject) (ProveNoticeResponseObject, error) {
	on, err := onNotice(request.Round, request.Office, request.Number, request.Params.IfMatch, request.Body.Reason)
	if err != nil {
		return nil, err
	}
	proofs, err := proofsGiven([]Evidence{request.Body.Proof})
	if err != nil {
		return nil, err
	}
	done, err := s.acts.ProveNotice(ctx, officer(ctx), actKey(ctx), acts.ProveNoticeInput{
		OnNotice: on, Position: request.Body.Position, Proof: proofs[0],
	})
	if err != nil {
		return nil, err
	}
	return ProveNotice200JSONResponse(noticeDone(done)), nil
}

// WithdrawNotice withdraws a notice.
func (s *Server) WithdrawNotice(ctx context.Context, request WithdrawNoticeRequestObject) (WithdrawNoticeResponseObject, error) {
	on, err := onNotice(request.Round, request.Office, request.Number, request.Params.IfMatch, request.Body.Reason)
	if err != nil {
		return nil, err
	}
	done, err := s.acts.WithdrawNotice(ctx, officer(ctx), actKey(ctx), on)
	if err != nil {
		return nil, err
	}
	return WithdrawNotice200JSONResponse(noticeDone(done)), nil
}

func onNotice(round, office string, number int, ifMatch, reason string) (acts.OnNotice, error) {
	seen, err := revision(&ifMatch)
	return acts.OnNotice{Round: round, Office: office, Number: number, Revision: seen, Reason: strings.TrimSpace(reason)}, err
}

func noticeDone(done acts.Done[acts.Notice]) NoticeDone {
	return NoticeDone{Receipt: receipt(done.Receipt), Notice: notice(done.Result)}
}

// proofsGiven reads proofs of publication.
func proofsGiven(given []Evidence) ([]award.Evidence, error) {
	proofs := make([]award.Evidence, len(given))
	for i, e := range given {
		published, err := firstInstant(e.PublishedOn)
		if err != nil {
			return nil, err
		}
		proofs[i] = award.Evidence{
			Medium: award.Medium(e.Medium), Name: e.Name, PublishedAt: published, Link: value(e.Link), SHA256: value(e.Sha256),
		}
	}
	return proofs, nil
}

// proof writes a proof of publication.
func proof(e award.Evidence, drill bool) Evidence {
	return Evidence{
		Medium: EvidenceMedium(e.Medium), Name: e.Name, PublishedOn: publishedOn(e.PublishedAt, drill), Link: given(e.Link), Sha256: given(e.SHA256),
	}
}

// noticeHistory completes a notice with what was done to it and its text, where
// one is read.
func noticeHistory(out *Notice, n acts.Notice) {
	proofs, changes, text := make([]NoticeProof, len(n.Proofs)), make([]NoticeChange, len(n.Changes)), n.OfficialText()
	for i, p := range n.Proofs {
		proofs[i] = NoticeProof{Position: p.Position, Evidence: proof(p.Evidence, n.Drill)}
		if p.Revision > 1 {
			proofs[i].Announces = given(p.Revision)
		}
	}
	for i, c := range n.Changes {
		changes[i] = NoticeChange{
			Revision: c.Revision, Act: string(c.Name), Reason: c.Reason, WorkingDays: c.WorkingDays,
			ClosesAt: *at(c.ClosesAt), FinalAt: *at(c.FinalAt), At: *at(c.At),
		}
	}
	out.Proofs, out.Changes, out.OfficialText = &proofs, &changes, &text
}

// noticePage is a notice to read and to print: a title, the text, no scripts.
var noticePage = template.Must(template.New("notice").Parse(`<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}</title>
<style>
@page { size: A4; margin: 3.7cm 2.6cm 3.5cm 2.8cm }
body { font: 1.1rem/1.8 "FangSong", "仿宋", "Noto Serif CJK SC", serif; max-width: 40em; margin: 2em auto; padding: 0 1em; color: #000; background: #fff }
h1 { font-size: 1.5rem; line-height: 1.4; text-align: center }
p.state { border: 1px solid #a00; padding: .5em 1em }
pre { font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; margin: 0 }
</style></head><body>
{{with .State}}<p class="state" role="status">{{.}}</p>{{end}}
<h1>{{.Title}}</h1>
<pre>{{.Text}}</pre>
</body></html>
`))

// GetPublicNoticePage shows a notice as a page.
func (s *Server) GetPublicNoticePage(ctx context.Context, request GetPublicNoticePageRequestObject) (GetPublicNoticePageResponseObject, error) {
	n, err := s.acts.PublicNotice(ctx, request.Id)
	if err != nil {
		return nil, err
	}
	title, text, _ := strings.Cut(n.OfficialText(), "\n")
	state := ""
	switch n.State {
	case award.NoticeWithdrawn:
		state = "本公示已撤回。"
		if n.CorrectedBy != 0 {
			state = fmt.Sprintf("本公示已撤回，更正后的公示编号为 %d。", n.CorrectedBy)
		}
	case award.NoticeEnded:
		state = "本公示已结束。"
		if n.CorrectedBy != 0 {
			state = fmt.Sprintf("本公示已结束，个别单位的信息已更正并重新公示，公示编号为 %d。", n.CorrectedBy)
		}
	case award.NoticeAnnounced:
		if n.Provisional {
			state = "公示期涉及尚未公布工作日安排的年份，截止时间为暂定。"
		}
	}
	var page bytes.Buffer
	err = noticePage.Execute(&page, struct{ Title, Text, State string }{title, strings.TrimSpace(text), state})
	if err != nil {
		return nil, fmt.Errorf("write the page of notice %d: %w", n.ID, err)
	}
	return GetPublicNoticePage200TexthtmlResponse{Body: &page, ContentLength: int64(page.Len())}, nil
}
