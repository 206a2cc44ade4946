package console_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/api/console"
	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// account gives an officer a login, whose password is still the temporary one.
func (h *house) account(o award.Officer, login string) string {
	h.t.Helper()
	done, err := h.Acts.SetLogin(h.t.Context(), h.Admin, h.Key(), acts.SetLogin{Officer: o.ID, Login: login})
	require.NoError(h.t, err)
	return done.Result.Password
}

// inside reports whether the reader is signed in.
func (b *browser) inside() bool {
	b.t.Helper()
	return strings.Contains(b.get("/messages").body, `action="/sign-out"`)
}

const chosen = "correct horse battery"

func TestAnOfficerSignsInChoosesAPasswordAndSignsOut(t *testing.T) {
	h := newHouse(t)
	temporary := h.account(h.Clerk("410102001"), "zhang")
	b := h.browser().get("/todo").whole(http.StatusOK).sees(`action="/sign-in"`)
	b.post("/sign-in", "login", " Zhang ", "password", temporary)
	require.Equal(t, "/todo", b.header.Get("Location"), "where the reader wanted to go")
	session := b.cookies["shifan_session"]
	require.True(t, session.HttpOnly)
	require.Equal(t, http.SameSiteLaxMode, session.SameSite)

	b.get("/files").whole(http.StatusOK).sees(`action="/password"`, "临时密码")
	b.post("/password", "current", temporary, "password", "zhang-zhang-zhang", "again", "zhang-zhang-zhang")
	b.whole(http.StatusUnprocessableEntity).sees("密码太容易被猜到", `href="#password"`)
	b.post("/password", "current", temporary, "password", chosen, "again", chosen+"!")
	b.whole(http.StatusUnprocessableEntity).sees(`href="#again"`)
	b.post("/password", "current", temporary, "password", chosen, "again", chosen)
	require.Equal(t, http.StatusSeeOther, b.status, b.body)
	b.get("/todo?done=password").whole(http.StatusOK).sees("密码已修改", "林山寨街道")

	b.post("/sign-out")
	require.Empty(t, b.cookies["shifan_session"])
	b.cookies["shifan_session"] = session
	b.get("/todo").sees(`action="/sign-in"`)
	require.NotContains(t, b.body, "林山寨街道", "the old cookie opens nothing")
	require.Equal(t, "sign-in change-password sign-out", actstest.One[string](h.World,
		`SELECT string_agg(name, ' ' ORDER BY id) FROM audit WHERE name IN ('sign-in', 'sign-out', 'change-password')`))
}

func TestOverTLSNoSiblingOfTheHostPlantsASession(t *testing.T) {
	h := houseOver(t, actstest.New(t), func(o *console.Options) { o.Secure = true })
	mallory := h.as(h.Clerk("410103001")).cookies["__Host-shifan_session"]
	require.True(t, mallory.Secure)
	require.Equal(t, "/", mallory.Path)
	require.Empty(t, mallory.Domain)

	b := h.browser()
	b.cookies["shifan_session"] = &http.Cookie{Name: "shifan_session", Value: mallory.Value}
	require.False(t, b.inside())
	require.True(t, h.as(h.Clerk("410102001")).inside())
}

func TestSigningInAnewEndsTheSessionBefore(t *testing.T) {
	h := newHouse(t)
	h.own(h.Clerk("410102001"), "zhang")
	b := h.browser().get("/sign-in")
	form := b.fill("/sign-in", "login", "zhang", "password", chosen)
	b.submit("/sign-in", form)
	first := b.cookies["shifan_session"]
	b.submit("/sign-in", form).whole(http.StatusForbidden).sees("页面已经过期")
	form.Set("csrf", b.get("/messages").fill("/sign-out").Get("csrf"))
	b.submit("/sign-in", form)
	require.True(t, b.inside())
	require.NotEqual(t, first.Value, b.cookies["shifan_session"].Value)
	b.cookies["shifan_session"] = first
	require.False(t, b.inside())
}

func TestWrongPasswordsLockTheAccountUntilATimeThatIsTold(t *testing.T) {
	h := newHouse(t)
	password := h.account(h.Clerk("410102001"), "zhang")
	b := h.browser().get("/sign-in")
	for range award.MostFailures - 1 {
		b.post("/sign-in", "login", "zhang", "password", "wrong").whole(http.StatusForbidden).sees("登录名或密码不正确", `value="zhang"`)
	}
	b.post("/sign-in", "login", "zhang", "password", "wrong").whole(http.StatusConflict).sees("账号已锁定", "2026年11月2日 09:15")
	b.post("/sign-in", "login", "zhang", "password", password).whole(http.StatusConflict).sees("账号已锁定")
	b.post("/sign-in", "login", "nobody", "password", password).whole(http.StatusForbidden).sees("登录名或密码不正确")

	h.At(actstest.Start().Add(award.PasswordLocked - time.Second))
	require.Equal(t, http.StatusConflict, b.post("/sign-in", "login", "zhang", "password", password).status, "the last second")
	h.At(actstest.Start().Add(award.PasswordLocked))
	require.Equal(t, http.StatusSeeOther, b.post("/sign-in", "login", "zhang", "password", password).status)
}

func TestARightPasswordEndsTheCountOfWrongOnes(t *testing.T) {
	h := newHouse(t)
	password := h.account(h.Clerk("410102001"), "zhang")
	b := h.browser().get("/sign-in")
	for range 2 {
		for range award.MostFailures - 1 {
			b.post("/sign-in", "login", "zhang", "password", "wrong").whole(http.StatusForbidden)
		}
		require.Equal(t, http.StatusSeeOther, b.post("/sign-in", "login", "zhang", "password", password).status)
		b = h.browser().get("/sign-in")
	}
}

func TestASessionEndsByItsTimesAndWithItsOfficer(t *testing.T) {
	t.Run("without a request for two hours", func(t *testing.T) {
		h := newHouse(t)
		b := h.as(h.Clerk("410102001"))
		h.At(actstest.Start().Add(award.SessionIdle - time.Second))
		require.True(t, b.inside())
		h.At(actstest.Start().Add(2*award.SessionIdle - 2*time.Minute))
		require.True(t, b.inside(), "it was seen meanwhile")
		h.At(actstest.Start().Add(3*award.SessionIdle - 2*time.Minute))
		require.False(t, b.inside())
	})
	t.Run("after twelve hours in any case", func(t *testing.T) {
		h := newHouse(t)
		b := h.as(h.Clerk("410102001"))
		for at := time.Hour; at < award.SessionLife; at += time.Hour {
			h.At(actstest.Start().Add(at))
			require.True(t, b.inside())
		}
		h.At(actstest.Start().Add(award.SessionLife))
		require.False(t, b.inside())
	})
	t.Run("with the key that opened it", func(t *testing.T) {
		h := newHouse(t)
		b := h.as(h.Clerk("410102001"))
		_, err := h.Acts.RevokeKey(t.Context(), h.Admin, h.Key(), actstest.One[int64](h.World, `SELECT max(id) FROM api_key`), "遗失")
		require.NoError(t, err)
		require.False(t, b.inside())
	})
	t.Run("when its officer is stopped or its password is reset", func(t *testing.T) {
		h := newHouse(t)
		o := h.Clerk("410102001")
		b := h.browser().get("/sign-in")
		b.post("/sign-in", "login", "zhang", "password", h.account(o, "zhang"))
		require.Contains(t, b.get("/todo").body, `action="/password"`)
		h.account(o, "zhang")
		require.NotContains(t, b.get("/todo").body, `action="/password"`)

		b = h.as(o)
		_, err := h.Acts.DisableOfficer(t.Context(), h.Admin, h.Key(), o.ID, "调离")
		require.NoError(t, err)
		require.False(t, b.inside())
	})
}

func TestFormsOfOtherSitesAndSessionsAreRefused(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.Head("410102")).get("/staff")
	form := b.fill("/staff", "name", "李四", "office", "410102", "roles-0", "clerk", "login", "lisi")
	officers := func() int { return actstest.One[int](h.World, `SELECT count(*) FROM officer WHERE name = '李四'`) }

	other := h.as(h.Head("410103")).get("/staff").fill("/staff").Get("csrf")
	for _, token := range []string{"", "x", other} {
		form.Set("csrf", token)
		b.submit("/staff", form).whole(http.StatusForbidden).sees("页面已经过期")
	}
	b.get("/staff")
	r := httptest.NewRequest(http.MethodPost, "/staff", strings.NewReader(b.fill("/staff", "name", "李四", "office", "410102", "roles-0", "clerk").Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "https://evil.example")
	require.Equal(t, http.StatusForbidden, b.send(r).status)
	require.Zero(t, officers())

	b.get("/staff").post("/staff", "name", "李四", "office", "410102", "roles-0", "clerk", "login", "lisi").whole(http.StatusOK).sees("lisi", "临时密码")
	require.Equal(t, 1, officers())
}

func TestAHeadMakesAccountsForTheOfficeAndTheFirstOfEachBelow(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.Head("410102")).get("/staff").whole(http.StatusOK)
	form := b.fill("/staff", "name", "王五", "office", "410102001", "roles-0", "head", "login", "wangwu")
	b.submit("/staff", form).whole(http.StatusOK).sees("wangwu", "临时密码只显示这一次")
	b.submit("/staff", form).whole(http.StatusOK).sees("临时密码不再显示")
	require.Equal(t, 1, actstest.One[int](h.World, `SELECT count(*) FROM officer WHERE name = '王五'`), "a double click makes one")

	b.get("/staff").post("/staff", "name", "赵六", "office", "410102", "roles-0", "clerk", "login", "wangwu")
	b.whole(http.StatusConflict).sees("已有人使用", `href="#login"`, `value="赵六"`)
	require.Zero(t, actstest.One[int](h.World, `SELECT count(*) FROM officer WHERE name = '赵六'`), "all of it or nothing")
	b.post("/staff", "name", "", "office", "410102", "roles-0", "clerk", "login", "zhaoliu").whole(http.StatusUnprocessableEntity).sees(`href="#name"`)
	b.post("/staff", "name", "赵六", "office", "410103001", "roles-0", "clerk", "login", "zhaoliu").whole(http.StatusNotFound)

	clerk := h.as(h.Clerk("410102")).get("/staff").whole(http.StatusOK)
	require.NotContains(t, clerk.body, `action="/staff"`)
}

func TestPreferencesAreKeptAndLeadNowhereElse(t *testing.T) {
	h := newHouse(t)
	b := h.browser().get("/sign-in")
	b.post("/preferences", "language", "en", "back", "/titles")
	require.Equal(t, "/titles", b.header.Get("Location"))
	b.get("/titles").whole(http.StatusOK).sees(`<html lang="en">`, "Verify a title")
	b.post("/preferences", "large", "1", "back", "/titles").get("/titles").sees(`class="large"`)
	for _, elsewhere := range []string{"//evil.example", "https://evil.example", `/\evil.example`, "evil"} {
		require.Equal(t, "/", b.post("/preferences", "back", elsewhere).header.Get("Location"))
	}
}
