package acts_test

import (
	"archive/zip"
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// noticed is a province whose list is before the public since now.
func noticed(t *testing.T, totals ...int) (province, []int64, acts.Notice) {
	t.Helper()
	p := newProvince(t)
	f := p.files(award.Community, totals...)
	_, err := p.adopt(items(f...)...)
	p.must(err)
	n, err := p.announce()
	p.must(err)
	return p, f, n
}

func (p province) onNotice(n acts.Notice, revision int) acts.OnNotice {
	return acts.OnNotice{Round: p.round.ID, Office: p.code, Number: n.Number, Revision: revision, Reason: "依据省民政厅公告"}
}

func (p province) extend(n acts.Notice, revision, days int) (acts.Notice, error) {
	done, err := p.Acts.ExtendNotice(p.t.Context(), p.head, p.Key(), acts.ExtendNoticeInput{
		OnNotice: p.onNotice(n, revision), WorkingDays: days,
		Evidence: []award.Evidence{{Medium: award.LocalMedium, Name: "本地日报", PublishedAt: p.Now()}},
	})
	return done.Result, err
}

func (p province) prove(n acts.Notice, revision, position int, at time.Time) (acts.Notice, error) {
	done, err := p.Acts.ProveNotice(p.t.Context(), p.head, p.Key(), acts.ProveNoticeInput{
		OnNotice: p.onNotice(n, revision), Position: position,
		Proof: award.Evidence{Medium: award.LocalMedium, Name: "本地晚报", PublishedAt: at, Link: "https://example.org/1"},
	})
	return done.Result, err
}

func (p province) withdrawNotice(n acts.Notice, revision int) (acts.Notice, error) {
	done, err := p.Acts.WithdrawNotice(p.t.Context(), p.head, p.Key(), p.onNotice(n, revision))
	return done.Result, err
}

func TestAnExtensionMakesARunningWindowLongerAndNothingElseDoes(t *testing.T) {
	p, _, n := noticed(t, 95)
	_, err := p.extend(n, 1, n.WorkingDays)
	p.refused(err, award.Invalid, "notice_not_longer")
	_, err = p.extend(n, 1, n.WorkingDays-1)
	p.refused(err, award.Invalid, "notice_not_longer")
	_, err = p.Acts.ExtendNotice(t.Context(), p.head, p.Key(), acts.ExtendNoticeInput{OnNotice: p.onNotice(n, 1), WorkingDays: 9})
	p.refused(err, award.Incomplete, "notice_change_unproved")
	unsaid := p.onNotice(n, 1)
	unsaid.Reason = ""
	_, err = p.Acts.ExtendNotice(t.Context(), p.head, p.Key(), acts.ExtendNoticeInput{OnNotice: unsaid, WorkingDays: 9})
	p.refused(err, award.Invalid, "reason_required")

	p.At(justBefore(n.ClosesAt)) // its last instant
	longer, err := p.extend(n, 1, n.WorkingDays+2)
	p.must(err)
	if want := n.ClosesAt.Add(2 * actstest.Day); !longer.ClosesAt.Equal(want) || !longer.FinalAt.Equal(n.FinalAt.Add(2*actstest.Day)) || longer.Revision != 2 {
		t.Errorf("extended to %s, final %s; want %s", longer.ClosesAt, longer.FinalAt, want)
	}
	_, err = p.extend(n, 1, 9)
	p.refused(err, award.Stale, "stale")
	p.At(n.FinalAt)
	if ended, err := p.Acts.EndNotice(t.Context(), p.round.ID, n.Number); err != nil || ended {
		t.Errorf("it ended at its first date: %t, %v", ended, err)
	}
	p.At(longer.ClosesAt) // over: letters are waited for
	_, err = p.extend(n, 2, 9)
	p.refused(err, award.Closed, "notice_window_over")
	p.At(longer.FinalAt)
	_, err = p.extend(n, 2, 9)
	p.refused(err, award.Closed, "notice_final")

	shown, err := p.Acts.PublicNotice(t.Context(), n.ID)
	p.must(err)
	if len(shown.Changes) != 1 || shown.Changes[0].Reason == "" || shown.Changes[0].WorkingDays != n.WorkingDays+2 {
		t.Errorf("the public reads %+v", shown.Changes)
	}
	if len(shown.Proofs) != 2 || shown.Proofs[1].Revision != 2 || len(shown.Evidence) != 1 {
		t.Errorf("proofs %+v", shown.Proofs)
	}
	want := []string{award.NoticeWorkflow(p.round.ID, n.Number), award.OfficeWorkflow(p.round.ID, "41")}
	slices.Sort(want)
	if told := p.Procedure.Told(award.SignalWindowChanged); !slices.Equal(told, want) {
		t.Errorf("told %v", told)
	}
}

func TestALaterProofMovesTheWindowAndAFurtherOneDoesNot(t *testing.T) {
	p, _, n := noticed(t, 95)
	same, err := p.prove(n, 1, 0, n.OpensAt.Add(2*actstest.Day))
	p.must(err)
	if !same.ClosesAt.Equal(n.ClosesAt) {
		t.Errorf("a further proof moved the window to %s", same.ClosesAt)
	}
	_, err = p.prove(n, 2, 7, n.OpensAt)
	p.refused(err, award.Conflict, "notice_proof_unknown")
	p.At(n.OpensAt.Add(actstest.Day))
	moved, err := p.prove(n, 2, 1, n.OpensAt.Add(actstest.Day))
	p.must(err)
	if !moved.ClosesAt.Equal(n.ClosesAt.Add(actstest.Day)) || !moved.OpensAt.Equal(n.OpensAt) || !moved.CountedFrom.Equal(n.OpensAt.Add(actstest.Day)) {
		t.Errorf("window %s – %s counted from %s", moved.OpensAt, moved.ClosesAt, moved.CountedFrom)
	}
	_, err = p.prove(n, 3, 1, n.OpensAt)
	p.refused(err, award.Conflict, "notice_proof_unknown") // it was put right
	shown, err := p.Acts.PublicNotice(t.Context(), n.ID)
	p.must(err)
	if len(shown.Evidence) != 2 || shown.Evidence[0].Name != "本地晚报" {
		t.Errorf("proofs that stand: %+v", shown.Evidence)
	}
	p.At(moved.ClosesAt)
	_, err = p.prove(n, 3, 3, moved.ClosesAt)
	p.refused(err, award.Closed, "notice_proof_too_late")
	again, err := p.prove(n, 3, 3, moved.CountedFrom) // its link alone, after the window: moves nothing
	p.must(err)
	if !again.ClosesAt.Equal(moved.ClosesAt) || !again.FinalAt.Equal(moved.FinalAt) {
		t.Errorf("window moved to %s, %s", again.ClosesAt, again.FinalAt)
	}
}

func TestAWithdrawnNoticeIsCorrectedByTheNextOneAndBothAreRead(t *testing.T) {
	p, f, n := noticed(t, 95, 90)
	p.At(justBefore(n.FinalAt))
	gone, err := p.withdrawNotice(n, 1)
	p.must(err)
	if gone.State != award.NoticeWithdrawn {
		t.Fatalf("state %s", gone.State)
	}
	if got := p.states(f...); !slices.Equal(got, []string{"proposed", "proposed"}) {
		t.Errorf("its files went to %v", got)
	}
	_, err = p.withdrawNotice(n, 2)
	p.refused(err, award.Conflict, "notice_withdrawn")
	_, err = p.extend(n, 2, 9)
	p.refused(err, award.Conflict, "notice_withdrawn")
	p.At(n.FinalAt)
	if ended, err := p.Acts.EndNotice(t.Context(), p.round.ID, n.Number); err != nil || ended {
		t.Errorf("a withdrawn notice ended: %t, %v", ended, err)
	}

	list, err := p.adopt(items(f[0])...) // the corrected list
	p.must(err)
	next, err := p.announce()
	p.must(err)
	if next.Number != n.Number+1 || next.Corrects != n.ID || list.Revision != 2 || !next.OpensAt.After(n.OpensAt) {
		t.Errorf("the corrected notice: %+v", next)
	}
	old, err := p.Acts.PublicNotice(t.Context(), n.ID)
	p.must(err)
	if old.CorrectedBy != next.ID || len(old.Units) != 2 || len(old.Changes) != 1 || old.Changes[0].Reason == "" {
		t.Errorf("the withdrawn one: %+v", old)
	}
	now, err := p.Acts.PublicNotice(t.Context(), next.ID)
	p.must(err)
	if bytes.Equal(old.ListSHA256, now.ListSHA256) || !strings.Contains(now.OfficialText(), "（更正）") {
		t.Error("two versions of a list have one hash, or the text does not say which is which")
	}
	if all, err := p.Acts.PublicNotices(t.Context()); err != nil || len(all) != 2 || all[0].ID != next.ID {
		t.Errorf("the public list: %+v, %v", all, err)
	}
}

func TestAListMayBeAnnouncedAgainAsItIs(t *testing.T) {
	p, f, n := noticed(t, 95)
	_, err := p.withdrawNotice(n, 1)
	p.must(err)
	again, err := p.announce()
	p.must(err)
	if again.List != n.List || again.Corrects != n.ID {
		t.Errorf("again: %+v", again)
	}
	_, err = p.withdrawNotice(again, 1)
	p.must(err)
	third, err := p.announce()
	p.must(err)
	p.At(third.FinalAt)
	if ended, err := p.Acts.EndNotice(t.Context(), p.round.ID, third.Number); err != nil || !ended || p.states(f...)[0] != "noticed_locally" {
		t.Errorf("ended %t, %v, %v", ended, err, p.states(f...))
	}
	_, err = p.withdrawNotice(third, 1)
	p.refused(err, award.Closed, "notice_final")
}

func TestOfTwoOfficersWhoChangeANoticeAtOnceOneIsStale(t *testing.T) {
	p, _, n := noticed(t, 95)
	errs := make(chan error)
	keys := []acts.Key{p.Key(), p.Key()}
	proof := []award.Evidence{{Medium: award.LocalMedium, Name: "本地日报", PublishedAt: actstest.Start()}}
	go func() {
		_, err := p.Acts.ExtendNotice(t.Context(), p.head, keys[0], acts.ExtendNoticeInput{OnNotice: p.onNotice(n, 1), WorkingDays: 9, Evidence: proof})
		errs <- err
	}()
	go func() {
		_, err := p.Acts.WithdrawNotice(t.Context(), p.head, keys[1], p.onNotice(n, 1))
		errs <- err
	}()
	won := 0
	for range 2 {
		if err := <-errs; err == nil {
			won++
		} else if award.CodeOf(err) != award.Stale {
			t.Errorf("the other got %v", err)
		}
	}
	if won != 1 {
		t.Errorf("%d changed it", won)
	}
}

func TestPersonalDataKeepsAListFromThePublicUntilItIsSettled(t *testing.T) {
	p := newProvince(t)
	_, err := p.adopt(items(p.files(award.Community, 95)...)...)
	p.must(err)
	in := acts.AnnounceNoticeInput{
		Round: p.round.ID, Office: p.code, Text: "联系人身份证 11010519491231002X",
		Evidence: []award.Evidence{{Medium: award.LocalMedium, Name: "本地日报", PublishedAt: p.Now()}},
		Contacts: []award.Contact{{Unit: "省民政厅", Phone: "13812345678"}},
	}
	announce := func() error {
		_, err := p.Acts.AnnounceNotice(t.Context(), p.head, p.Key(), in)
		return err
	}
	p.refused(announce(), award.Incomplete, "notice_personal_data")
	if n := actstest.One[int](p.World, `SELECT count(*) FROM public_notice`); n != 0 {
		t.Fatalf("%d notices are public all the same", n)
	}
	in.Text = ""
	p.refused(announce(), award.Incomplete, "notice_personal_data")
	in.Waivers = []award.Waiver{{Place: "/contacts/0/phone", Sample: "138****5678", Reason: "公示值班专用手机"}}
	p.must(announce())
	if reason := actstest.One[string](p.World, `SELECT reason FROM public_notice_waiver WHERE officer_id = $1 AND kind = 'mobile'`, p.head.ID); reason == "" {
		t.Error("nobody answers for what stands")
	}
}

func TestAnAttachedWorkbookIsLookedThrough(t *testing.T) {
	p := newProvince(t)
	_, err := p.adopt(items(p.files(award.Community, 95)...)...)
	p.must(err)
	var book bytes.Buffer
	archive := zip.NewWriter(&book)
	for name, content := range map[string]string{
		"[Content_Types].xml":  `<Types/>`,
		"xl/workbook.xml":      `<workbook/>`,
		"xl/sharedStrings.xml": `<sst><si><t>张某</t></si><si><r><t>138</t></r><r><t>12345678</t></r></si></sst>`,
	} {
		part, err := archive.Create(name)
		p.must(err)
		_, err = part.Write([]byte(content))
		p.must(err)
	}
	p.must(archive.Close())
	up, err := p.Acts.UploadEvidence(t.Context(), p.head, p.Key(), acts.UploadEvidence{
		Name: "刊发情况.xlsx", Type: award.FileXLSX, Length: -1, Content: &book,
	})
	p.must(err)
	_, err = p.Acts.AnnounceNotice(t.Context(), p.head, p.Key(), acts.AnnounceNoticeInput{
		Round: p.round.ID, Office: p.code,
		Evidence: []award.Evidence{{Medium: award.LocalMedium, Name: "本地日报", PublishedAt: p.Now(), SHA256: up.Result.SHA256}},
	})
	p.refused(err, award.Incomplete, "notice_personal_data")
}
