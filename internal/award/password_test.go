package award_test

import (
	"strings"
	"testing"

	"shifan/internal/award"
)

func TestCheckLogin(t *testing.T) {
	for login, good := range map[string]bool{
		"zhangsan": true, "zz-410102.li_1": true, "abc": true, "4101": true,
		"": false, "ab": false, "张三": false, "Zhang": false, "-abc": false, "a b c": false, strings.Repeat("a", 41): false,
	} {
		if got := len(award.CheckLogin(login)) == 0; got != good {
			t.Errorf("login %q is good: %t, want %t", login, got, good)
		}
	}
}

func TestCheckPassword(t *testing.T) {
	for name, tt := range map[string]struct{ password, key string }{
		"long enough":             {"correct horse", ""},
		"Chinese counts by signs": {"和谐社区建设示范单位评选", ""},
		"one sign short":          {"correctstap", "password_short"},
		"the longest":             {strings.Repeat("abcde", 25) + "abc", ""},
		"one sign long":           {strings.Repeat("abcde", 25) + "abcd", "password_long"},
		"one sign over and over":  {"111111111111", "password_guessable"},
		"four signs":              {"abcdabcdabcd", "password_guessable"},
		"the login name in it":    {"my-ZHANGSAN-2026", "password_guessable"},
		"a control character":     {"correct\thorse", "password_characters"},
	} {
		t.Run(name, func(t *testing.T) {
			defects := award.CheckPassword("zhangsan", tt.password)
			got := ""
			if len(defects) > 0 {
				got = defects[0].Key
			}
			if got != tt.key {
				t.Errorf("got %q, want %q", got, tt.key)
			}
		})
	}
}
