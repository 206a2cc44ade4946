package openid_test

import (
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/award"
	"shifan/internal/openid"
	"shifan/internal/openid/openidtest"
)

// refusal is what an error says, when it is a refusal.
func refusal(t *testing.T, err error) string {
	t.Helper()
	var refused *award.Error
	require.ErrorAs(t, err, &refused)
	return refused.Key
}

// through goes to the provider and back with a secret.
func through(t *testing.T, at *openidtest.Provider, client *openid.Provider, secret string) url.Values {
	t.Helper()
	address, err := client.Address(t.Context(), secret)
	require.NoError(t, err)
	return at.Visit(address).Query()
}

func TestAPersonIsWhoTheProviderSays(t *testing.T) {
	for name, inForm := range map[string]bool{"the client's secret in the header": false, "in the form": true} {
		t.Run(name, func(t *testing.T) {
			at := openidtest.New(t)
			if inForm {
				at.InForm()
			}
			client := at.Client(time.Now)
			answer := through(t, at, client, "a secret")
			id, err := client.Identify(t.Context(), "a secret", answer)
			require.NoError(t, err)
			require.Equal(t, acts.Identity{Issuer: at.URL(), Subject: "u-1", Name: "张三"}, id)
			finds, tokens := at.Asked()
			require.Equal(t, []int{1, 1}, []int{finds, tokens}, "asked once each")
		})
	}
}

func TestNothingOfTheSecretIsSentThatLeadsToIt(t *testing.T) {
	at := openidtest.New(t)
	address, err := at.Client(time.Now).Address(t.Context(), "a secret")
	require.NoError(t, err)
	u, err := url.Parse(address)
	require.NoError(t, err)
	seen := make(map[string]bool)
	for _, name := range []string{"state", "nonce", "code_challenge"} {
		value := u.Query().Get(name)
		require.Len(t, value, 43, name)
		require.False(t, seen[value], "%s is another's", name)
		seen[value] = true
	}
	require.NotContains(t, address, "a+secret")
}

func TestAnAnswerProvesNothingInAnotherBrowserOrTwice(t *testing.T) {
	at := openidtest.New(t)
	client := at.Client(time.Now)
	answer := through(t, at, client, "a secret")
	for name, secret := range map[string]string{"another browser's secret": "another", "none": ""} {
		_, err := client.Identify(t.Context(), secret, answer)
		require.Equal(t, "identity_over", refusal(t, err), name)
	}
	wrong := url.Values{"code": answer["code"], "state": {"x"}}
	_, err := client.Identify(t.Context(), "a secret", wrong)
	require.Equal(t, "identity_over", refusal(t, err), "a wrong state")
	_, err = client.Identify(t.Context(), "a secret", url.Values{"code": answer["code"]})
	require.Equal(t, "identity_over", refusal(t, err), "no state")
	_, tokens := at.Asked()
	require.Zero(t, tokens, "the provider was not even asked")

	_, err = client.Identify(t.Context(), "a secret", answer)
	require.NoError(t, err)
	_, err = client.Identify(t.Context(), "a secret", answer)
	require.Equal(t, "identity_unproved", refusal(t, err), "a code is good once")

	// The code of somebody else's attempt, put into the answer to one's own.
	stolen := through(t, at, client, "the victim's")
	mixed := through(t, at, client, "the thief's")
	mixed.Set("code", stolen.Get("code"))
	_, err = client.Identify(t.Context(), "the thief's", mixed)
	require.Equal(t, "identity_unproved", refusal(t, err), "PKCE")
}

func TestATokenIsTakenOnlyWhenEverythingInItIsRight(t *testing.T) {
	set := func(name string, value any) func(map[string]any) {
		return func(claims map[string]any) { claims[name] = value }
	}
	ends := func(ago time.Duration) func(map[string]any) { return set("exp", time.Now().Add(-ago).Unix()) }
	tests := map[string]struct {
		change func(claims map[string]any)
		want   string
	}{
		"as it should be":                   {set("x", 1), ""},
		"another nonce":                     {set("nonce", "x"), "identity_unproved"},
		"no nonce":                          {func(c map[string]any) { delete(c, "nonce") }, "identity_unproved"},
		"another audience":                  {set("aud", "another"), "identity_unproved"},
		"ours among several":                {set("aud", []string{"another", "shifan"}), ""},
		"made for another of them":          {func(c map[string]any) { c["aud"], c["azp"] = []string{"another", "shifan"}, "another" }, "identity_unproved"},
		"another issuer":                    {set("iss", "https://evil.example"), "identity_unproved"},
		"over, by a clock that is behind":   {ends(40 * time.Second), ""},
		"over":                              {ends(90 * time.Second), "identity_unproved"},
		"not yet good":                      {set("nbf", time.Now().Add(time.Hour).Unix()), "identity_unproved"},
		"no subject":                        {set("sub", ""), "identity_unproved"},
		"a subject that is too long":        {set("sub", strings.Repeat("x", 256)), "identity_unproved"},
		"a subject the record can not keep": {set("sub", "u\x00"), "identity_unproved"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			at := openidtest.New(t)
			at.Change(tt.change)
			client := at.Client(time.Now)
			_, err := client.Identify(t.Context(), "a secret", through(t, at, client, "a secret"))
			if tt.want == "" {
				require.NoError(t, err)
				return
			}
			require.Equal(t, tt.want, refusal(t, err))
		})
	}
}

func TestATokenThatIsNotSignedByTheProviderIsRefused(t *testing.T) {
	for name, spoil := range map[string]func(*openidtest.Provider){
		"not signed at all": (*openidtest.Provider).Unsigned,
		"by another's key":  (*openidtest.Provider).Forged,
	} {
		t.Run(name, func(t *testing.T) {
			at := openidtest.New(t)
			spoil(at)
			client := at.Client(time.Now)
			_, err := client.Identify(t.Context(), "a secret", through(t, at, client, "a secret"))
			require.Equal(t, "identity_unproved", refusal(t, err))
		})
	}
}

func TestAProviderMayChangeItsKey(t *testing.T) {
	at := openidtest.New(t)
	client := at.Client(time.Now)
	for range 2 {
		_, err := client.Identify(t.Context(), "a secret", through(t, at, client, "a secret"))
		require.NoError(t, err)
		at.Rotate()
	}
}

func TestAProviderThatIsDownIsAskedAgainWhenItIsBack(t *testing.T) {
	at := openidtest.New(t)
	client := at.Client(time.Now)
	at.Down(true)
	_, err := client.Address(t.Context(), "a secret")
	require.Equal(t, "identity_away", refusal(t, err))
	at.Down(false)
	answer := through(t, at, client, "a secret")
	at.Down(true)
	_, err = client.Identify(t.Context(), "a secret", answer)
	require.Equal(t, "identity_away", refusal(t, err))
	at.Down(false)
	_, err = client.Identify(t.Context(), "a secret", answer)
	require.NoError(t, err, "the code is still good")

	nobody := openid.New(openid.Settings{Issuer: "http://127.0.0.1:1"}, time.Now, slog.New(slog.DiscardHandler))
	_, err = nobody.Address(t.Context(), "a secret")
	require.Equal(t, "identity_away", refusal(t, err))
}

func TestACrowdAsksForTheProviderOnce(t *testing.T) {
	at := openidtest.New(t)
	client := at.Client(time.Now)
	var crowd sync.WaitGroup
	for range 20 {
		crowd.Go(func() {
			_, err := client.Address(t.Context(), "a secret")
			if err != nil {
				t.Error(err)
			}
		})
	}
	crowd.Wait()
	_, err := client.Address(t.Context(), "a secret")
	require.NoError(t, err)
	finds, _ := at.Asked()
	require.Less(t, finds, 20)
}

func TestWhoDeclinesIsTold(t *testing.T) {
	at := openidtest.New(t)
	at.Decline("access_denied")
	client := at.Client(time.Now)
	_, err := client.Identify(t.Context(), "a secret", through(t, at, client, "a secret"))
	require.Equal(t, "identity_declined", refusal(t, err))
}

func TestANameIsKeptInOneLineAndShort(t *testing.T) {
	at := openidtest.New(t)
	client := at.Client(time.Now)
	at.Person("u-2", "张\n三\x00"+strings.Repeat("𠮷", 200))
	id, err := client.Identify(t.Context(), "a secret", through(t, at, client, "a secret"))
	require.NoError(t, err)
	require.Equal(t, "张三"+strings.Repeat("𠮷", 98), id.Name)
	at.Change(func(claims map[string]any) { delete(claims, "name"); claims["preferred_username"] = "zhang" })
	id, err = client.Identify(t.Context(), "a secret", through(t, at, client, "a secret"))
	require.NoError(t, err)
	require.Equal(t, "zhang", id.Name)
}
