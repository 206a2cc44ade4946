package acts_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// upload uploads a PDF under a key.
func (c *country) upload(by award.Officer, key acts.Key, name, content string) (acts.EvidenceFile, error) {
	c.t.Helper()
	done, err := c.Acts.UploadEvidence(context.Background(), by, key, acts.UploadEvidence{
		Name: name, Type: award.FilePDF, Length: int64(len(content)), Content: strings.NewReader(content),
	})
	return done.Result, err
}

// indicator is an indicator of the community's self-check with a file.
func (c *country) indicator(leaf, digest string) acts.AttachEvidence {
	return acts.AttachEvidence{Round: c.round, Unit: "410102001001", Category: award.Community, Leaf: leaf, SHA256: digest}
}

func (c *country) attach(by award.Officer, in acts.AttachEvidence) error {
	c.t.Helper()
	_, err := c.Acts.AttachEvidence(context.Background(), by, c.Key(), in)
	return err
}

// evidenceRows counts what the record has of evidence, acts and audit.
func (c *country) evidenceRows() string {
	c.t.Helper()
	return actstest.One[string](c.World, `SELECT format('%s contents, %s files, %s uses, %s acts, %s audited',
		(SELECT count(*) FROM evidence_blob), (SELECT count(*) FROM evidence), (SELECT count(*) FROM evidence_use),
		(SELECT count(*) FROM act WHERE name LIKE '%-evidence'), (SELECT count(*) FROM audit WHERE name LIKE '%-evidence'))`)
}

const nothingKept = "0 contents, 0 files, 0 uses, 0 acts, 0 audited"

func TestAnUploadIsKeptUnderItsDigestWithOneActAndOneAuditRow(t *testing.T) {
	c := open(t)
	clerk := c.Clerk("410102001001")
	f, err := c.upload(clerk, c.Key(), "台账.pdf", actstest.PDF("a"))
	require.NoError(t, err)
	require.Equal(t, []string{f.SHA256}, c.EvidenceFiles())
	require.Equal(t, "410102001001", f.OfficeCode)
	require.Equal(t, award.ScanUnscanned, f.Scan)
	require.Equal(t, "1 contents, 1 files, 0 uses, 1 acts, 1 audited", c.evidenceRows())

	read, content, err := c.Acts.OpenEvidence(t.Context(), clerk, f.SHA256)
	require.NoError(t, err)
	defer content.Close()
	text, err := io.ReadAll(content)
	require.NoError(t, err)
	require.Equal(t, actstest.PDF("a"), string(text))
	require.Equal(t, "台账.pdf", read.Name)
}

func TestTheSameContentIsKeptOnceWhoeverSendsIt(t *testing.T) {
	c := open(t)
	one := c.Uploads(c.Clerk("410102001001"), "a")
	again, err := c.upload(c.Clerk("410102001001"), c.Key(), "另一个名字.pdf", actstest.PDF("a"))
	require.NoError(t, err)
	require.Equal(t, 2, again.Uploads)
	require.Equal(t, "扫描件.pdf", again.Name, "the office knows it by its first name")
	other, err := c.upload(c.Clerk("110101001001"), c.Key(), "别处.pdf", actstest.PDF("a"))
	require.NoError(t, err)
	require.Equal(t, one, other.SHA256)
	require.Equal(t, 1, other.Uploads, "nobody learns that another office had it")
	require.Equal(t, []string{one}, c.EvidenceFiles())
	require.Equal(t, "1 contents, 2 files, 0 uses, 3 acts, 3 audited", c.evidenceRows())
}

func TestARepeatedUploadIsOneActAndOtherContentUnderItsKeyIsRefused(t *testing.T) {
	c := open(t)
	clerk, key := c.Clerk("410102001001"), c.Key()
	first, err := c.upload(clerk, key, "a.pdf", actstest.PDF("a"))
	require.NoError(t, err)
	again, err := c.upload(clerk, key, "a.pdf", actstest.PDF("a"))
	require.NoError(t, err)
	require.Equal(t, first.ID, again.ID)
	require.Equal(t, 1, again.Uploads)
	for what, content := range map[string][2]string{"other content": {"a.pdf", "b"}, "another name": {"b.pdf", "a"}} {
		_, err = c.upload(clerk, key, content[0], actstest.PDF(content[1]))
		requireRefused(t, err, award.Incomplete, "idempotency_body")
		require.Equal(t, []string{first.SHA256}, c.EvidenceFiles(), what)
	}
	require.Equal(t, "1 contents, 1 files, 0 uses, 1 acts, 1 audited", c.evidenceRows())
}

func TestWhatIsRefusedLeavesNothing(t *testing.T) {
	c := open(t)
	c.Evidence.Limits.File, c.Evidence.Limits.Waiting = 1000, 1500
	c.Acts.KeepEvidence(c.Evidence)
	clerk := c.Clerk("410102001001")
	pdf := func(bytes int) string { return "%PDF-" + strings.Repeat("x", bytes-5) }
	tests := map[string]struct {
		by   award.Officer
		in   acts.UploadEvidence
		code award.Code
		key  string
	}{
		"an auditor's":               {c.Officer("410102001001", award.RoleAuditor), acts.UploadEvidence{Name: "a.pdf", Type: award.FilePDF, Content: strings.NewReader(pdf(9))}, award.Forbidden, "forbidden_upload-evidence"},
		"one with a path":            {clerk, acts.UploadEvidence{Name: "../a.pdf", Type: award.FilePDF, Content: strings.NewReader(pdf(9))}, award.Invalid, "file_name_malformed"},
		"an empty one":               {clerk, acts.UploadEvidence{Name: "a.pdf", Type: award.FilePDF, Content: strings.NewReader("")}, award.Invalid, "evidence_empty"},
		"one that is too large":      {clerk, acts.UploadEvidence{Name: "a.pdf", Type: award.FilePDF, Length: -1, Content: strings.NewReader(pdf(1001))}, award.Invalid, "evidence_too_large"},
		"one that says so at once":   {clerk, acts.UploadEvidence{Name: "a.pdf", Type: award.FilePDF, Length: 1001, Content: iotest.ErrReader(errors.New("was read"))}, award.Invalid, "evidence_too_large"},
		"one that breaks off":        {clerk, acts.UploadEvidence{Name: "a.pdf", Type: award.FilePDF, Content: io.MultiReader(strings.NewReader(pdf(9)), iotest.ErrReader(io.ErrUnexpectedEOF))}, award.Invalid, "evidence_broken_off"},
		"one of no known type":       {clerk, acts.UploadEvidence{Name: "a.pdf", Type: award.FilePDF, Content: strings.NewReader("MZ program")}, award.Invalid, "evidence_type_unknown"},
		"one that is something else": {clerk, acts.UploadEvidence{Name: "a.png", Type: award.FilePNG, Content: strings.NewReader(pdf(9))}, award.Invalid, "evidence_type_differs"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := c.Acts.UploadEvidence(t.Context(), tt.by, c.Key(), tt.in)
			requireRefused(t, err, tt.code, tt.key)
			require.Empty(t, c.EvidenceFiles())
			require.Equal(t, nothingKept, c.evidenceRows())
		})
	}

	_, err := c.upload(clerk, c.Key(), "a.pdf", pdf(1000))
	require.NoError(t, err, "the last byte")
	_, err = c.upload(clerk, c.Key(), "b.pdf", pdf(501))
	requireRefused(t, err, award.OverLimit, "evidence_waiting")
	require.Len(t, c.EvidenceFiles(), 1)
	_, err = c.upload(clerk, c.Key(), "b.pdf", pdf(500))
	require.NoError(t, err, "exactly the limit")
	require.Len(t, c.EvidenceFiles(), 2)
}

func TestOneFileServesManyIndicatorsAndASuperiorSeesIt(t *testing.T) {
	c := open(t)
	clerk := c.Clerk("410102001001")
	digest := c.Uploads(clerk, "a")
	require.NoError(t, c.attach(clerk, c.indicator("1.1", digest)))
	require.NoError(t, c.attach(clerk, c.indicator("1.1", digest)), "attached is attached")
	require.NoError(t, c.attach(c.Clerk("410102"), c.indicator("1.2", digest)), "entered for it (代录)")
	require.Equal(t, "1 contents, 1 files, 2 uses, 4 acts, 3 audited", c.evidenceRows())

	uses, err := c.Acts.EvidenceUses(t.Context(), c.Clerk("41"), "410102001001", acts.EvidenceUsesQuery{Round: c.round, Limit: 10})
	require.NoError(t, err)
	require.Len(t, uses, 2)
	require.Equal(t, "community/1.1", uses[0].Subject)
	require.Equal(t, award.UseSelfCheck, uses[0].Kind)
	require.Equal(t, "410102", uses[1].OfficeCode)
	_, err = c.Acts.EvidenceUses(t.Context(), c.Clerk("410103"), "410102001001", acts.EvidenceUsesQuery{Round: c.round, Limit: 10})
	requireRefused(t, err, award.NotFound, "not_found")

	tally, err := c.Acts.EvidenceTally(t.Context(), c.Clerk("41"), "410102001001")
	require.NoError(t, err)
	require.Equal(t, acts.EvidenceTally{Uploads: 1, Files: 1, Bytes: int64(len(actstest.PDF("a"))), Uses: 1}, tally)

	_, err = c.Acts.DetachEvidence(t.Context(), clerk, c.Key(), c.indicator("1.2", digest))
	require.NoError(t, err)
	_, err = c.Acts.DetachEvidence(t.Context(), clerk, c.Key(), c.indicator("1.2", digest))
	requireRefused(t, err, award.NotFound, "evidence_not_attached")
	require.NoError(t, c.attach(clerk, c.indicator("1.2", digest)), "and again")
	tally, err = c.Acts.EvidenceTally(t.Context(), clerk, "")
	require.NoError(t, err)
	require.Equal(t, 1, tally.Reused)
}

func TestEvidenceIsAttachedOnlyWhereTheSelfCheckMayBeEntered(t *testing.T) {
	c := open(t)
	clerk := c.Clerk("410102001001")
	digest := c.Uploads(clerk, "a")
	attached := c.indicator("1.1", digest)
	with := func(change func(*acts.AttachEvidence)) acts.AttachEvidence {
		in := attached
		change(&in)
		return in
	}
	for name, tt := range map[string]struct {
		by   award.Officer
		in   acts.AttachEvidence
		code award.Code
		key  string
	}{
		"by a neighbour":                 {c.Clerk("410102001002"), attached, award.NotFound, "not_found"},
		"by an auditor":                  {c.Officer("410102001001", award.RoleAuditor), attached, award.Forbidden, "forbidden_attach-evidence"},
		"to an indicator nobody has":     {clerk, with(func(in *acts.AttachEvidence) { in.Leaf = "9.9" }), award.NotFound, "leaf_unknown"},
		"in a category it can not enter": {clerk, with(func(in *acts.AttachEvidence) { in.Category = award.District }), award.Invalid, "unit_not_eligible"},
		"a file that does not exist":     {clerk, with(func(in *acts.AttachEvidence) { in.SHA256 = strings.Repeat("0", 64) }), award.Invalid, "evidence_unknown_here"},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.attach(tt.by, tt.in)
			requireRefused(t, err, tt.code, tt.key)
		})
	}
	other := c.Uploads(c.Clerk("110101001001"), "secret")
	err := c.attach(clerk, with(func(in *acts.AttachEvidence) { in.SHA256 = other }))
	requireRefused(t, err, award.Invalid, "evidence_unknown_here")
	require.Equal(t, []string{"/path/sha256 evidence_unknown"}, defects(err), "no hint that it exists")

	closes := c.Office(c.round, "41").SelfCheckClosesAt
	c.At(closes.Add(-time.Millisecond))
	require.NoError(t, c.attach(clerk, attached), "the last instant")
	c.At(closes)
	require.Error(t, c.attach(clerk, c.indicator("1.2", digest)))
	_, err = c.Acts.DetachEvidence(t.Context(), clerk, c.Key(), attached)
	require.Equal(t, award.Closed, award.CodeOf(err))
}

func TestTheFilesInUseOnAUnitStayWithinTheLimit(t *testing.T) {
	c := open(t)
	clerk := c.Clerk("410102001001")
	one, two := c.Uploads(clerk, "one"), c.Uploads(clerk, "two")
	c.Evidence.Limits.UnitRound = int64(len(actstest.PDF("one")))
	c.Acts.KeepEvidence(c.Evidence)
	require.NoError(t, c.attach(clerk, c.indicator("1.1", one)), "exactly the limit")
	require.NoError(t, c.attach(clerk, c.indicator("1.2", one)), "a file counts once")
	requireRefused(t, c.attach(clerk, c.indicator("1.1", two)), award.OverLimit, "evidence_used")
	_, err := c.Acts.DetachEvidence(t.Context(), clerk, c.Key(), c.indicator("1.1", one))
	require.NoError(t, err)
	requireRefused(t, c.attach(clerk, c.indicator("1.1", two)), award.OverLimit, "evidence_used")
	_, err = c.Acts.DetachEvidence(t.Context(), clerk, c.Key(), c.indicator("1.2", one))
	require.NoError(t, err)
	require.NoError(t, c.attach(clerk, c.indicator("1.1", two)))
}

// Who may read a file, before and after something refers to it: every role of
// every office around the community that it is about.
func TestAFileIsReadByItsOfficeThoseAboveAndWhoeverSeesWhatItProves(t *testing.T) {
	c := open(t)
	own := c.Uploads(c.Clerk("410102001001"), "own")
	lent := c.Uploads(c.Clerk("410102"), "lent") // the district's, for one of its communities
	sees := func(by award.Officer, digest string) bool {
		_, content, err := c.Acts.OpenEvidence(t.Context(), by, digest)
		if err != nil {
			requireRefused(t, err, award.NotFound, "evidence_unknown")
			return false
		}
		require.NoError(t, content.Close())
		return true
	}
	offices := []string{"0", "41", "4101", "410102", "410102001", "410102001001", "410102001002", "410103", "11", "110101001001", "BT"}
	check := func(when, digest string, want ...string) {
		t.Helper()
		for _, office := range offices {
			for _, role := range award.Roles() {
				may := false
				for _, w := range want {
					may = may || w == office && role != award.RoleExpert // who acts for no office
				}
				require.Equal(t, may, sees(c.Officer(office, role), digest), "%s: the %s of %s", when, role, office)
			}
		}
	}
	above := []string{"0", "41", "4101", "410102"}
	check("its own", own, append(above, "410102001", "410102001001")...)
	check("not in use", lent, above...)
	require.NoError(t, c.attach(c.Clerk("410102"), c.indicator("1.1", lent)))
	check("in use", lent, append(above, "410102001", "410102001001")...)
	_, err := c.Acts.DetachEvidence(t.Context(), c.Clerk("410102"), c.Key(), c.indicator("1.1", lent))
	require.NoError(t, err)
	check("not in use any more", lent, above...)
	require.False(t, sees(award.Officer{}, own), "nobody")

	for by, want := range map[string]int{"410102001001": 1, "410102": 2, "0": 2, "410103": 0} {
		files, err := c.Acts.Evidence(t.Context(), c.Clerk(by), "", acts.EvidenceQuery{Limit: 10})
		require.NoError(t, err)
		require.Len(t, files, want, by)
	}
	_, err = c.Acts.Evidence(t.Context(), c.Clerk("410103"), "410102", acts.EvidenceQuery{Limit: 10})
	require.Equal(t, award.NotFound, award.CodeOf(err))
	_, err = c.Acts.EvidenceTally(t.Context(), c.Clerk("410103"), "410102")
	require.Equal(t, award.NotFound, award.CodeOf(err))
}

func TestTheSameFileTwentyTimesAtOnceIsOneContent(t *testing.T) {
	c := open(t)
	c.Run()
	content := "%PDF-" + strings.Repeat("x", 1<<20)
	clerks := []award.Officer{c.Clerk("410102001001"), c.Clerk("410102001002"), c.Clerk("110101001001"), c.Clerk("41")}
	var all sync.WaitGroup
	for i := range 20 {
		key := c.Key()
		all.Go(func() {
			_, err := c.upload(clerks[i%len(clerks)], key, "a.pdf", content)
			if err != nil {
				t.Errorf("upload %d: %v", i, err)
			}
		})
	}
	all.Wait()
	require.Len(t, c.EvidenceFiles(), 1)
	require.Equal(t, "1 contents, 4 files, 0 uses, 20 acts, 20 audited", c.evidenceRows())
}

// scanner stands in for a scanner.
type scanner func(content []byte) (string, error)

func (s scanner) Scan(_ context.Context, content io.Reader) (string, error) {
	all, err := io.ReadAll(content)
	if err != nil {
		return "", err
	}
	return s(all)
}

func TestTheScannerKeepsOutWhatIsInfectedAndEverythingWhileItIsDown(t *testing.T) {
	c := open(t)
	clerk := c.Clerk("410102001001")
	early, good := c.Uploads(clerk, "EICAR, before there was a scanner"), c.Uploads(clerk, "good")
	kept, rows := c.EvidenceFiles(), c.evidenceRows()

	c.Evidence.Scanner = scanner(func([]byte) (string, error) { return "", errors.New("down") })
	c.Acts.KeepEvidence(c.Evidence)
	_, err := c.upload(clerk, c.Key(), "a.pdf", actstest.PDF("a"))
	requireRefused(t, err, award.Unavailable, "scanner_unavailable")

	c.Evidence.Scanner = scanner(func(content []byte) (string, error) {
		if bytes.Contains(content, []byte("EICAR")) {
			return "Eicar-Signature", nil
		}
		return "", nil
	})
	c.Acts.KeepEvidence(c.Evidence)
	_, err = c.upload(clerk, c.Key(), "a.pdf", actstest.PDF("EICAR"))
	requireRefused(t, err, award.Invalid, "evidence_infected")
	require.Equal(t, kept, c.EvidenceFiles())
	require.Equal(t, rows, c.evidenceRows())

	f, err := c.upload(clerk, c.Key(), "a.pdf", actstest.PDF("clean"))
	require.NoError(t, err)
	require.Equal(t, award.ScanClean, f.Scan)

	done, err := c.Acts.TidyEvidence(t.Context())
	require.NoError(t, err)
	require.Equal(t, acts.EvidenceTidied{Scanned: 2, Infected: 1}, done)
	_, _, err = c.Acts.OpenEvidence(t.Context(), clerk, early)
	requireRefused(t, err, award.Invalid, "evidence_infected")
	requireRefused(t, c.attach(clerk, c.indicator("1.1", early)), award.Invalid, "evidence_infected")
	require.NoError(t, c.attach(clerk, c.indicator("1.1", good)))
	done, err = c.Acts.TidyEvidence(t.Context())
	require.NoError(t, err)
	require.Zero(t, done, "a second time there is nothing to do")

	c.Evidence.Scanner = nil
	c.Acts.KeepEvidence(c.Evidence)
	_, err = c.upload(clerk, c.Key(), "a.pdf", actstest.PDF("EICAR, before there was a scanner"))
	requireRefused(t, err, award.Invalid, "evidence_infected")
}

func TestWhatNothingEverReferredToGoesAfterAMonth(t *testing.T) {
	c := open(t)
	clerk := c.Clerk("410102001001")
	idle, used, ended := c.Uploads(clerk, "idle"), c.Uploads(clerk, "used"), c.Uploads(clerk, "ended")
	shared := c.Uploads(clerk, "shared")
	require.NoError(t, c.attach(clerk, c.indicator("1.1", used)))
	require.NoError(t, c.attach(clerk, c.indicator("1.1", ended)))
	_, err := c.Acts.DetachEvidence(t.Context(), clerk, c.Key(), c.indicator("1.1", ended))
	require.NoError(t, err)

	month := actstest.Start().AddDate(0, 0, c.Evidence.Limits.OrphanDays)
	c.At(month)
	c.Uploads(c.Clerk("410103"), "shared") // another office needs it still
	done, err := c.Acts.TidyEvidence(t.Context())
	require.NoError(t, err)
	require.Zero(t, done, "the last instant of the month")

	c.At(month.Add(time.Millisecond))
	done, err = c.Acts.TidyEvidence(t.Context())
	require.NoError(t, err)
	require.Equal(t, acts.EvidenceTidied{Removed: 1}, done)
	require.ElementsMatch(t, []string{used, ended, shared}, c.EvidenceFiles())
	require.Equal(t, "evidence/"+idle, actstest.One[string](c.World, `SELECT subject FROM audit WHERE name = 'remove-evidence'`))
	_, _, err = c.Acts.OpenEvidence(t.Context(), clerk, idle)
	requireRefused(t, err, award.NotFound, "evidence_unknown")
	done, err = c.Acts.TidyEvidence(t.Context())
	require.NoError(t, err)
	require.Zero(t, done)

	require.Equal(t, idle, c.Uploads(clerk, "idle"), "and it may come back")
	require.Len(t, c.EvidenceFiles(), 4)
}

// A crash leaves what was written aside, and perhaps the content it became with
// no act to stand for it.
func TestWhatACrashLeftGoesAfterADay(t *testing.T) {
	c := open(t)
	c.Run()
	kept := c.Uploads(c.Clerk("41"), "kept")
	for name, content := range map[string]string{
		"incoming/HALF": "%PDF-", "incoming/WHOLE": actstest.PDF("whole"), "incoming/KEPT": actstest.PDF("kept"),
	} {
		require.NoError(t, c.Evidence.Files.Put(t.Context(), name, strings.NewReader(content)))
	}
	whole := contentDigest(actstest.PDF("whole"))
	require.NoError(t, c.Evidence.Files.Copy(t.Context(), "incoming/WHOLE", whole[:2]+"/"+whole))
	require.Len(t, c.EvidenceFiles(), 5)

	done, err := c.Acts.TidyEvidence(t.Context())
	require.NoError(t, err)
	require.Zero(t, done, "an upload may still be under way")

	c.At(time.Now().Add(24*time.Hour + time.Minute))
	done, err = c.Acts.TidyEvidence(t.Context())
	require.NoError(t, err)
	require.Equal(t, acts.EvidenceTidied{BrokenOff: 3}, done)
	require.Equal(t, []string{kept}, c.EvidenceFiles())
}

// Whoever refers to a file while it is being removed either has it or is told
// that it is gone: nothing refers to what is not there.
func TestNothingRefersToAFileThatIsRemovedMeanwhile(t *testing.T) {
	c := open(t)
	clerk := c.Clerk("410102001001")
	var digests []string
	for i := range 12 {
		digests = append(digests, c.Uploads(clerk, fmt.Sprint("idle ", i)))
	}
	c.Exec(`UPDATE evidence SET uploaded_at = uploaded_at - interval '31 days'`)
	var all sync.WaitGroup
	for _, digest := range digests {
		key := c.Key()
		all.Go(func() {
			_, err := c.Acts.AttachEvidence(context.Background(), clerk, key, c.indicator("1.1", digest))
			if err != nil && award.CodeOf(err) != award.Invalid {
				t.Errorf("attach: %v", err)
			}
		})
		all.Go(func() {
			if _, err := c.Acts.TidyEvidence(context.Background()); err != nil {
				t.Errorf("tidy: %v", err)
			}
		})
	}
	all.Wait()
	var used []string
	require.NoError(t, c.DB.Select(&used, `SELECT encode(sha256, 'hex') FROM evidence_use`))
	require.ElementsMatch(t, used, c.EvidenceFiles())
	require.Equal(t, len(used), actstest.One[int](c.World, `SELECT count(*) FROM evidence`))
}

func TestThePapersOfAPackageAreEvidenceThatTheOwnerMayRead(t *testing.T) {
	p := newProvince(t)
	put := func(letter string) error {
		_, err := p.Acts.PutPackage(t.Context(), p.head, p.Key(), acts.PutPackageInput{
			Round: p.round.ID, Office: "41",
			Letter: award.Document{Title: "推荐函", Number: "豫民函〔2027〕12号", SHA256: letter}, Report: award.Document{Title: "报告", Text: "…"},
		})
		return err
	}
	papers := func() []acts.EvidenceUse {
		uses, err := p.Acts.EvidenceUses(t.Context(), p.Admin, "41", acts.EvidenceUsesQuery{Round: p.round.ID, Limit: 10})
		require.NoError(t, err)
		return uses
	}
	err := put(strings.Repeat("0", 64))
	requireRefused(t, err, award.Invalid, "evidence_unknown_here")
	require.Equal(t, []string{"/letter/sha256 evidence_unknown"}, defects(err))

	first, second := p.Uploads(p.head, "first"), p.Uploads(p.head, "second")
	require.NoError(t, put(first))
	require.NoError(t, put(second), "another scan takes its place")
	require.NoError(t, put(second))
	require.Len(t, papers(), 1)
	require.Equal(t, second, papers()[0].SHA256)
	require.Equal(t, "1/letter", papers()[0].Subject)
	_, content, err := p.Acts.OpenEvidence(t.Context(), p.Admin, second)
	require.NoError(t, err)
	require.NoError(t, content.Close())
	require.NoError(t, put(""), "and no scan none")
	require.Empty(t, papers())
}

func TestAUnitThatMendsAReturnedFileMayAddWhatLacks(t *testing.T) {
	c := open(t)
	unit := "410102001001"
	clerk, due := c.Clerk(unit), actstest.Start().Add(40*actstest.Day)
	digest := c.Uploads(clerk, "what lacked")
	f := c.filed(unit, award.Community)
	c.At(c.Office(c.round, "41").SelfCheckClosesAt)
	requireRefused(t, c.attach(clerk, c.indicator("1.1", digest)), award.Closed, "self_check_closed")

	f = c.sendBack(f, unit, due)
	require.Equal(t, award.FileReturned, f.State)
	require.NoError(t, c.attach(clerk, c.indicator("1.1", digest)))
	other := c.indicator("1.1", digest)
	other.Unit = "410102001002" // which mends nothing
	requireRefused(t, c.attach(c.Clerk("410102"), other), award.Closed, "self_check_closed")
	c.At(due)
	requireRefused(t, c.attach(clerk, c.indicator("1.2", digest)), award.Closed, "self_check_closed")
}

func TestTheProofOfAPublicNoticeMayBeAScan(t *testing.T) {
	p := newProvince(t)
	f := p.files(award.Community, 95)
	_, err := p.adopt(items(f...)...)
	require.NoError(t, err)
	announce := func(digest string) (acts.Notice, error) {
		done, err := p.Acts.AnnounceNotice(t.Context(), p.head, p.Key(), acts.AnnounceNoticeInput{
			Round: p.round.ID, Office: "41",
			Evidence: []award.Evidence{
				{Medium: award.Website, Name: "省民政厅网站", PublishedAt: p.Now(), Link: "https://mzt.example/1"},
				{Medium: award.LocalMedium, Name: "本地日报", PublishedAt: p.Now(), SHA256: digest},
			},
			Contacts: []award.Contact{{Unit: "省民政厅", Phone: "0371-0000000"}},
		})
		return done.Result, err
	}
	_, err = announce(strings.Repeat("0", 64))
	requireRefused(t, err, award.Invalid, "evidence_unknown_here")
	require.Equal(t, []string{"/evidence/1/sha256 evidence_unknown"}, defects(err))

	digest := p.Uploads(p.head, "the page")
	n, err := announce(digest)
	require.NoError(t, err)
	shown, err := p.Store.PublicNotice(t.Context(), n.ID)
	require.NoError(t, err)
	require.Empty(t, shown.Evidence[0].SHA256)
	require.Equal(t, digest, shown.Evidence[1].SHA256)
	_, content, err := p.Acts.OpenEvidence(t.Context(), p.Admin, digest)
	require.NoError(t, err, "the owner checks the proof")
	require.NoError(t, content.Close())
}

func contentDigest(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

func TestWithoutAStoreNothingIsTaken(t *testing.T) {
	c := open(t)
	c.Acts.KeepEvidence(acts.EvidenceStore{})
	_, err := c.upload(c.Clerk("41"), c.Key(), "a.pdf", actstest.PDF("a"))
	requireRefused(t, err, award.Unavailable, "evidence_unavailable")
	done, err := c.Acts.TidyEvidence(t.Context())
	require.NoError(t, err)
	require.Zero(t, done)
}
