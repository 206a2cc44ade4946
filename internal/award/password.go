package award

import (
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// What keeps an account of the pages (登录账号) from being guessed (D-94).
const (
	LeastPassword  = 12               // characters of a password; length is worth more than signs one can not remember
	MostPassword   = 128              // and at most, so that hashing stays cheap
	MostFailures   = 5                // wrong passwords in a row, after which the account is locked
	PasswordLocked = 15 * time.Minute // for so long
)

// How long one sign-in serves (D-93).
const (
	SessionIdle = 2 * time.Hour  // without a request: a form may be long and a visitor come in between
	SessionLife = 12 * time.Hour // in any case: a working day with its overtime
)

// How long signing in elsewhere (统一身份认证) may take (D-119).
const (
	AttemptLife = 10 * time.Minute // from leaving for the identity provider to coming back: a code may be sent to a telephone
	ProofLife   = 10 * time.Minute // from proving an identity to binding it by a password
)

var loginForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{2,39}$`)

// CheckLogin returns what is wrong with a name to sign in with (登录名): small
// letters and digits, which every keyboard has.
func CheckLogin(login string) []Defect {
	if loginForm.MatchString(login) {
		return nil
	}
	return []Defect{{Pointer: "/login", Key: "login_malformed"}}
}

// CheckPassword returns what is wrong with a password that its owner chooses:
// its length, one sign over and over, or the login name in it. It asks for no
// mixture of signs, which makes passwords harder to keep and not to guess.
func CheckPassword(login, password string) []Defect {
	refuse := func(key string, args ...any) []Defect { return []Defect{{Pointer: "/password", Key: key, Args: args}} }
	switch n := utf8.RuneCountInString(password); {
	case n < LeastPassword:
		return refuse("password_short", LeastPassword)
	case n > MostPassword:
		return refuse("password_long", MostPassword)
	case strings.ContainsFunc(password, unicode.IsControl):
		return refuse("password_characters")
	case strings.Contains(strings.ToLower(password), strings.ToLower(login)), fewSigns(password):
		return refuse("password_guessable")
	}
	return nil
}

// fewSigns reports whether a text is made of fewer than five different signs.
func fewSigns(text string) bool {
	signs := make(map[rune]bool)
	for _, r := range text {
		signs[r] = true
	}
	return len(signs) < 5
}
