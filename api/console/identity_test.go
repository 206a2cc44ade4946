package console_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/api/console"
	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
	"shifan/internal/openid/openidtest"
)

// identified is a house whose officers may sign in at a provider.
func identified(t *testing.T) (*house, *openidtest.Provider) {
	t.Helper()
	at := openidtest.New(t)
	return houseOver(t, actstest.New(t), func(o *console.Options) { o.Identities = at.Client(time.Now) }), at
}

// own gives an officer a login with a password of its own.
func (h *house) own(o award.Officer, login string) {
	h.t.Helper()
	temporary := h.account(o, login)
	_, err := h.Acts.ChangePassword(h.t.Context(), o, h.Key(), acts.ChangePassword{Current: temporary, New: chosen})
	require.NoError(h.t, err)
}

// leave goes to the provider by a link, and returns where it sends the browser
// back to.
func (b *browser) leave(at *openidtest.Provider, link string) *url.URL {
	b.t.Helper()
	b.send(httptest.NewRequest(http.MethodGet, link, http.NoBody))
	require.Equal(b.t, http.StatusSeeOther, b.status, b.body)
	return at.Visit(b.header.Get("Location"))
}

// prove goes to the provider and comes back.
func (b *browser) prove(at *openidtest.Provider) *browser {
	b.t.Helper()
	return b.get(b.leave(at, "/sign-in/identity").RequestURI())
}

// bind binds whoever is at the provider to an account.
func (b *browser) bind(at *openidtest.Provider, login string) *browser {
	b.t.Helper()
	b.prove(at).whole(http.StatusOK).post("/sign-in/identity/binding", "login", login, "password", chosen)
	require.Equal(b.t, http.StatusSeeOther, b.status, b.body)
	return b
}

// log lists the rows of the decision log that have to do with coming and going.
func (h *house) log(o award.Officer) string {
	return actstest.One[string](h.World, `SELECT coalesce(string_agg(name, ' ' ORDER BY id), '') FROM audit
		WHERE officer_id = $1 AND name IN ('sign-in', 'bind-identity', 'unbind-identity')`, o.ID)
}

func TestAnIdentityIsBoundByAPasswordOnceAndSignsInFromThenOn(t *testing.T) {
	h, at := identified(t)
	zhang := h.Clerk("410102001")
	h.own(zhang, "zhang")
	b := h.browser().get("/messages").whole(http.StatusOK).sees(`href="/sign-in/identity?next=%2fmessages"`)
	back := b.leave(at, "/sign-in/identity?next=%2fmessages")
	attempt := b.cookies["shifan_attempt"]
	require.True(t, attempt.HttpOnly)
	require.Equal(t, http.SameSiteLaxMode, attempt.SameSite)
	require.Equal(t, int(award.AttemptLife.Seconds()), attempt.MaxAge)

	b.get(back.RequestURI()).whole(http.StatusOK).sees("张三", `action="/sign-in/identity/binding"`)
	require.Equal(t, "/sign-in/identity/binding", b.at, "the code stays in no address")
	require.Empty(t, b.cookies["shifan_attempt"])
	b.post("/sign-in/identity/binding", "login", "zhang", "password", "wrong").whole(http.StatusForbidden).sees("登录名或密码不正确", "张三", `value="zhang"`)
	b.post("/sign-in/identity/binding", "login", "zhang", "password", chosen)
	require.Equal(t, "/messages?done=identity_bound", b.header.Get("Location"), "where the reader wanted to go")
	require.Empty(t, b.cookies["shifan_proof"])
	b.get("/messages?done=identity_bound").whole(http.StatusOK).sees("统一身份已绑定", "林山寨街道")
	b.get("/password").whole(http.StatusOK).sees("已绑定", "张三", `action="/password/unbinding"`)
	b.post("/sign-out")

	b = h.browser().get("/messages")
	b.get(b.leave(at, "/sign-in/identity?next=%2fmessages").RequestURI()).whole(http.StatusOK).sees("林山寨街道")
	require.Equal(t, "/messages", b.at)
	session := b.cookies["shifan_session"]
	require.True(t, session.HttpOnly)
	require.Equal(t, int(award.SessionLife.Seconds()), session.MaxAge, "as by a password")
	require.Equal(t, "bind-identity sign-in sign-in", h.log(zhang))
	require.Equal(t, "identity", actstest.One[string](h.World, `SELECT detail->>'by' FROM audit WHERE name = 'sign-in' ORDER BY id DESC LIMIT 1`))
}

func TestABindingSentTwiceIsDoneOnce(t *testing.T) {
	h, at := identified(t)
	h.own(h.Clerk("410102001"), "zhang")
	b := h.browser().prove(at)
	form, proof := b.fill("/sign-in/identity/binding", "login", "zhang", "password", chosen), b.cookies["shifan_proof"]
	for range 2 {
		delete(b.cookies, "shifan_session")
		b.cookies["shifan_proof"] = proof // the second click leaves before the first is answered
		require.Equal(t, http.StatusSeeOther, b.submit("/sign-in/identity/binding", form).status, b.body)
	}
	require.Equal(t, 1, actstest.One[int](h.World, `SELECT count(*) FROM audit WHERE name = 'bind-identity'`))
}

func TestAnAnswerOfTheProviderOpensNothingInAnotherBrowserOrASecondTime(t *testing.T) {
	h, at := identified(t)
	h.own(h.Clerk("410102001"), "zhang")
	b := h.browser().bind(at, "zhang")
	b.get("/messages").post("/sign-out")

	back := b.leave(at, "/sign-in/identity")
	thief := h.browser()
	thief.get(back.RequestURI()).whole(http.StatusConflict).sees("已经失效", `action="/sign-in"`)
	wrong := url.Values{"code": back.Query()["code"], "state": {strings.Repeat("x", 43)}}
	attempt := b.cookies["shifan_attempt"]
	b.get("/sign-in/identity/return?" + wrong.Encode()).whole(http.StatusConflict).sees("已经失效")
	require.Empty(t, b.cookies["shifan_session"])
	require.Empty(t, b.cookies["shifan_attempt"], "one answer to one attempt")

	b.cookies["shifan_attempt"] = attempt
	b.get(back.RequestURI()).whole(http.StatusOK)
	require.NotEmpty(t, b.cookies["shifan_session"])
	b.post("/sign-out")
	b.get(back.RequestURI()).whole(http.StatusConflict).sees("已经失效")
	b.cookies["shifan_attempt"] = attempt
	b.get(back.RequestURI()).whole(http.StatusForbidden).sees("未能通过核验")
	require.Empty(t, b.cookies["shifan_session"])
}

func TestOneIdentityHasOneAccountAndOneAccountOneIdentity(t *testing.T) {
	h, at := identified(t)
	h.own(h.Clerk("410102001"), "zhang")
	li := h.Head("410102")
	h.own(li, "lisi")
	h.browser().bind(at, "zhang")

	// Li sits down at a machine where the provider still knows Zhang.
	b := h.as(li).get("/password").whole(http.StatusOK).sees(`href="/sign-in/identity?next=/password"`)
	b.prove(at).whole(http.StatusOK).sees("张三", "<b>lisi</b>")
	b.post("/sign-in/identity/binding", "password", chosen).whole(http.StatusConflict).sees("已绑定另一个账号")
	b.get("/todo").whole(http.StatusOK).sees("中原区")

	at.Person("u-2", "李四")
	b.prove(at).whole(http.StatusOK).sees("李四")
	b.post("/sign-in/identity/binding", "login", "zhang", "password", chosen)
	require.Equal(t, http.StatusSeeOther, b.status, "the account is the one that is signed in: %s", b.body)
	require.Equal(t, li.ID, actstest.One[int64](h.World, `SELECT officer_id FROM identity WHERE subject = 'u-2'`))

	at.Person("u-3", "王五")
	h.browser().prove(at).post("/sign-in/identity/binding", "login", "lisi", "password", chosen).
		whole(http.StatusConflict).sees("已绑定另一个统一身份")
}

func TestATemporaryPasswordBindsNothing(t *testing.T) {
	h, at := identified(t)
	temporary := h.account(h.Clerk("410102001"), "zhang")
	b := h.browser().prove(at)
	b.post("/sign-in/identity/binding", "login", "zhang", "password", temporary).whole(http.StatusConflict).sees("仍在使用临时密码")
	require.Zero(t, actstest.One[int](h.World, `SELECT count(*) FROM identity`))
	require.Empty(t, b.cookies["shifan_session"])
}

func TestAResetOrTheEndOfAnAccountUnbindsItsIdentity(t *testing.T) {
	for name, end := range map[string]func(h *house, o award.Officer){
		"reset": func(h *house, o award.Officer) { h.account(o, "zhang") },
		"end": func(h *house, o award.Officer) {
			_, err := h.Acts.DisableOfficer(h.t.Context(), h.Admin, h.Key(), o.ID, "调离")
			require.NoError(h.t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			h, at := identified(t)
			zhang := h.Clerk("410102001")
			h.own(zhang, "zhang")
			b := h.browser().bind(at, "zhang")
			end(h, zhang)
			require.False(t, b.inside())
			require.Equal(t, h.Admin.ID, actstest.One[int64](h.World, `SELECT officer_id FROM audit WHERE name = 'unbind-identity'`))

			b = h.browser().prove(at).whole(http.StatusOK)
			require.Empty(t, b.cookies["shifan_session"])
			b.post("/sign-in/identity/binding", "login", "zhang", "password", chosen).whole(http.StatusForbidden)

			h.own(h.Clerk("410102002"), "zhang2")
			require.Equal(t, http.StatusSeeOther, b.post("/sign-in/identity/binding", "login", "zhang2", "password", chosen).status,
				"the person may have another account: %s", b.body)
		})
	}
}

func TestALockedAccountIsLockedForAnIdentityToo(t *testing.T) {
	h, at := identified(t)
	h.own(h.Clerk("410102001"), "zhang")
	h.browser().bind(at, "zhang")
	b := h.browser().get("/sign-in")
	for range award.MostFailures {
		b.post("/sign-in", "login", "zhang", "password", "wrong")
	}
	b.prove(at).whole(http.StatusConflict).sees("账号已锁定", "2026年11月2日 09:15")
	require.Empty(t, b.cookies["shifan_session"])
	h.At(actstest.Start().Add(award.PasswordLocked))
	b.prove(at).whole(http.StatusOK)
	require.NotEmpty(t, b.cookies["shifan_session"])
}

func TestUnbindingEndsEveryOtherSession(t *testing.T) {
	h, at := identified(t)
	zhang := h.Clerk("410102001")
	h.own(zhang, "zhang")
	b := h.browser().bind(at, "zhang")
	other := h.browser().prove(at).whole(http.StatusOK)
	require.True(t, other.inside())

	b.get("/password").post("/password/unbinding")
	require.Equal(t, "/password?done=identity_unbound", b.header.Get("Location"))
	b.get("/password?done=identity_unbound").whole(http.StatusOK).sees("已解除绑定", "尚未绑定统一身份")
	require.True(t, b.inside())
	require.False(t, other.inside())
	require.Empty(t, h.browser().prove(at).cookies["shifan_session"])
	require.Equal(t, "bind-identity sign-in sign-in unbind-identity", h.log(zhang))

	b.submit("/password/unbinding", b.get("/password").tokens()).whole(http.StatusConflict).sees("无须解除")
}

func TestAProofIsGoodForTenMinutes(t *testing.T) {
	h, at := identified(t)
	h.own(h.Clerk("410102001"), "zhang")
	b := h.browser().prove(at)
	h.At(actstest.Start().Add(award.ProofLife))
	b.post("/sign-in/identity/binding", "login", "zhang", "password", chosen).whole(http.StatusConflict).sees("已经失效")
	require.Zero(t, actstest.One[int](h.World, `SELECT count(*) FROM identity`))
	h.browser().prove(at)
	require.Equal(t, 1, actstest.One[int](h.World, `SELECT count(*) FROM identity_proof`), "what is over is not kept")
}

func TestWithoutTheProviderTheDoorStaysOpen(t *testing.T) {
	h, at := identified(t)
	at.Down(true)
	h.own(h.Clerk("410102001"), "zhang")
	b := h.browser().get("/sign-in/identity?next=/files").whole(http.StatusServiceUnavailable).sees("暂时无法使用", `name="next" value="/files"`)
	b.post("/sign-in", "login", "zhang", "password", chosen)
	require.Equal(t, "/files", b.header.Get("Location"))
	b.get("/sign-in/identity").whole(http.StatusServiceUnavailable).sees("暂时无法使用", "修改密码")
	require.True(t, b.inside())

	at.Down(false)
	at.Decline("access_denied")
	english := h.browser().get("/sign-in")
	english.post("/preferences", "language", "en", "back", "/sign-in")
	english.prove(at).whole(http.StatusForbidden).sees("cancelled or declined", `name="back" value="/sign-in"`)
	at.Decline("")
	at.Unsigned()
	english.prove(at).whole(http.StatusForbidden).sees("does not prove who you are")
}

func TestWithoutAProviderNothingLeadsToOne(t *testing.T) {
	h := newHouse(t)
	require.NotContains(t, h.browser().get("/sign-in").whole(http.StatusOK).body, "/sign-in/identity")
	require.NotContains(t, h.as(h.Clerk("410102001")).get("/password").whole(http.StatusOK).body, "/sign-in/identity")
	require.Equal(t, http.StatusNotFound, h.browser().get("/sign-in/identity").status)
}

func TestAWayThroughTheProviderLeadsNowhereElse(t *testing.T) {
	h, at := identified(t)
	h.own(h.Clerk("410102001"), "zhang")
	h.browser().bind(at, "zhang")
	for _, elsewhere := range []string{"//evil.example", "https://evil.example", `/\evil.example`, "/\t/evil.example", "/" + strings.Repeat("x", 2000)} {
		b := h.browser()
		b.send(httptest.NewRequest(http.MethodGet, b.leave(at, "/sign-in/identity?next="+url.QueryEscape(elsewhere)).RequestURI(), http.NoBody))
		require.Equal(t, "/todo", b.header.Get("Location"), elsewhere)
	}
	b := h.browser()
	back := b.leave(at, "/sign-in/identity")
	b.cookies["shifan_attempt"].Value = strings.Split(b.cookies["shifan_attempt"].Value, ".")[0] + ".Ly9ldmlsLmV4YW1wbGU" // //evil.example
	b.send(httptest.NewRequest(http.MethodGet, back.RequestURI(), http.NoBody))
	require.Equal(t, "/todo", b.header.Get("Location"), "nor by a cookie that somebody has put there")
}

func TestAHostileNameAtTheProviderIsOnlyText(t *testing.T) {
	h, at := identified(t)
	h.own(h.Clerk("410102001"), "zhang")
	at.Person("u-1", `<script>alert(1)</script>`+"\u202e𠮷")
	b := h.browser().prove(at).whole(http.StatusOK).sees("&lt;script&gt;")
	require.NotContains(t, b.body, "<script>")
	b.bind(at, "zhang").get("/password").whole(http.StatusOK).sees("&lt;script&gt;")
	require.NotContains(t, b.body, "<script>")
}
