package acts_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// notRecommended is a file that the province inspected and did not recommend.
func (c *country) notRecommended(unit string) acts.File {
	c.t.Helper()
	f := c.agree(c.filed(unit, award.Street))
	f = c.agree(f)
	require.Equal(c.t, award.FileAtProvince, f.State)
	_, err := c.Acts.Inspect(c.t.Context(), c.Clerk("41"), c.Key(), c.inspection(f, 0, c.full(award.Street)))
	require.NoError(c.t, err)
	c.Exec(`UPDATE office_stage SET due_at = shifan_now() WHERE round_id = $1 AND office_id = $2`, c.round, f.Office)
	_, err = c.Acts.CloseOffice(c.t.Context(), c.Admin, c.Key(), c.round, "41", "逾期")
	require.NoError(c.t, err)
	return c.reload(f)
}

func TestAReviewIsAnsweredOnceBySomeoneUninvolvedAndChangesNoList(t *testing.T) {
	c := open(t)
	f := c.notRecommended("410102001")
	_, free := c.Clerk("41"), c.Head("41") // the clerk inspected it
	before := c.digest()
	_, err := c.Acts.RequestReview(t.Context(), c.Clerk("410102"), c.Key(), c.on(f, "得分偏低"))
	requireRefused(t, err, award.Forbidden, "forbidden_request-review")
	_, err = c.Acts.RequestReview(t.Context(), c.Clerk("410102001"), c.Key(), c.on(f, ""))
	requireRefused(t, err, award.Invalid, "reason_required")
	require.Equal(t, before, c.digest())

	done, err := c.Acts.RequestReview(t.Context(), c.Clerk("410102001"), c.Key(), c.on(f, "得分偏低"))
	require.NoError(t, err)
	require.Equal(t, "41", done.Result.OfficeCode)
	require.Equal(t, award.ColumnProvince, done.Result.Column)
	require.True(t, done.Result.DueAt.Equal(actstest.Start().Add(11*actstest.Day)), "ten working days: %s", done.Result.DueAt)
	_, err = c.Acts.RequestReview(t.Context(), c.Clerk("410102001"), c.Key(), c.on(f, "再申请"))
	requireRefused(t, err, award.Conflict, "review_once")

	answer := acts.AnswerReviewInput{Round: c.round, Application: f.ID, Answer: "经复核,指标一应扣"}
	answer.Marks = c.full(award.Street)
	answer.Marks[0] -= 100
	before = c.digest()
	_, err = c.Acts.AnswerReview(t.Context(), c.Clerk("41"), c.Key(), answer)
	requireRefused(t, err, award.Forbidden, "review_involved")
	_, err = c.Acts.AnswerReview(t.Context(), c.Head("410102"), c.Key(), answer)
	requireRefused(t, err, award.Forbidden, "forbidden_answer-review")
	_, err = c.Acts.AnswerReview(t.Context(), c.Head("11"), c.Key(), answer)
	requireRefused(t, err, award.NotFound, "not_found")
	require.Equal(t, before, c.digest())

	given, err := c.Acts.AnswerReview(t.Context(), free, c.Key(), answer)
	require.NoError(t, err)
	require.Equal(t, award.ReviewCorrected, given.Result.Outcome)
	require.Equal(t, f.ProvinceTotal.String(), c.reload(f).ProvinceTotal.String(), "the marks that decided stay")
	require.Equal(t, award.FileNotRecommended, c.reload(f).State)
	require.Contains(t, actstest.One[string](c.World, `SELECT body FROM message WHERE office_id = $1 AND kind = 'review-answered'`, f.Unit), "名单不因此变更")
	_, err = c.Acts.AnswerReview(t.Context(), free, c.Key(), answer)
	requireRefused(t, err, award.Conflict, "review_answered")

	seen, err := c.Acts.Review(t.Context(), c.Clerk("410102001"), c.round, f.ID)
	require.NoError(t, err)
	require.Equal(t, "99.00", seen.Corrected.String())
	require.Equal(t, "100.00", seen.Total.String())
}

func TestAReviewGoesOneLevelUpWhenEverybodyWasInvolved(t *testing.T) {
	c := open(t)
	f := c.notRecommended("410102001") // 41 has the clerk alone, who inspected it; the administrator closed the office
	free := c.Clerk("0")
	done, err := c.Acts.RequestReview(t.Context(), c.Clerk("410102001"), c.Key(), c.on(f, "得分偏低"))
	require.NoError(t, err)
	require.Equal(t, "0", done.Result.OfficeCode)
	_, err = c.Acts.AnswerReview(t.Context(), c.Admin, c.Key(), acts.AnswerReviewInput{Round: c.round, Application: f.ID, Answer: "维持"})
	requireRefused(t, err, award.Forbidden, "review_involved")
	kept, err := c.Acts.AnswerReview(t.Context(), free, c.Key(), acts.AnswerReviewInput{Round: c.round, Application: f.ID, Answer: "维持"})
	require.NoError(t, err)
	require.Equal(t, award.ReviewKept, kept.Result.Outcome)
	require.Nil(t, kept.Result.Corrected)
}

func TestAReviewIsAskedForUntilTheInstantAndShownInTheDigest(t *testing.T) {
	c := open(t)
	c.Head("41")
	f := c.notRecommended("410102001")
	closes := c.Round(c.round).Calendar().After(f.EndedAt, 5)
	c.At(closes)
	_, err := c.Acts.RequestReview(t.Context(), c.Clerk("410102001"), c.Key(), c.on(f, "得分偏低"))
	requireRefused(t, err, award.Closed, "review_closed")
	c.At(justBefore(closes))
	_, err = c.Acts.RequestReview(t.Context(), c.Clerk("410102001"), c.Key(), c.on(f, "得分偏低"))
	require.NoError(t, err)

	_, _, err = c.Acts.DigestPage(t.Context(), c.round, 0, 100)
	require.NoError(t, err)
	require.Contains(t, actstest.One[string](c.World, `SELECT body FROM message WHERE office_id = $1 AND kind = 'digest'`, c.Unit("41")), "1 件复核待答复")
}

func TestAUnitThatWasNotMarkedOrHasNotEndedHasNothingToReview(t *testing.T) {
	c := open(t)
	f := c.filed("410102001", award.Street)
	_, err := c.Acts.RequestReview(t.Context(), c.Clerk("410102001"), c.Key(), c.on(f, "得分偏低"))
	requireRefused(t, err, award.Conflict, "review_not_ended")
	f = c.decline(f)
	_, err = c.Acts.RequestReview(t.Context(), c.Clerk("410102001"), c.Key(), c.on(f, "得分偏低"))
	requireRefused(t, err, award.Conflict, "review_no_marks")
	_, err = c.Acts.Review(t.Context(), c.Clerk("410102001"), c.round, f.ID)
	requireRefused(t, err, award.NotFound, "review_unknown")
}
