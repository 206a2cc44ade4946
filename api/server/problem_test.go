package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"

	"github.com/lib/pq"

	"shifan/api/server/text"
	"shifan/internal/award"
)

func TestEveryCodeHasAStatusAndATitle(t *testing.T) {
	texts, err := text.Read()
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range award.Codes() {
		if statusOf[code] == 0 {
			t.Errorf("code %q has no HTTP status", code)
		}
		for _, language := range text.Languages() {
			if _, found := texts[language]["title_"+string(code)]; !found {
				t.Errorf("code %q has no title in %s", code, language)
			}
		}
	}
	if len(statusOf) != len(award.Codes()) {
		t.Errorf("statusOf holds %d codes, award.Codes %d", len(statusOf), len(award.Codes()))
	}
}

func TestWhatIsAwayIsWorthTryingAgain(t *testing.T) {
	tests := map[string]struct {
		err  error
		away bool
	}{
		"a refused connection":          {&net.OpError{Op: "dial", Err: errors.New("refused")}, true},
		"a database that shuts down":    {&pq.Error{Code: "57P01"}, true},
		"a database that is starting":   {&pq.Error{Code: "57P03"}, true},
		"a database that is full":       {&pq.Error{Code: "53300"}, true},
		"a deadline of ours":            {context.DeadlineExceeded, true},
		"a broken query":                {&pq.Error{Code: "42P01"}, false},
		"a violated constraint":         {&pq.Error{Code: "23505"}, false},
		"an error of nobody's":          {errors.New("odd"), false},
		"a caller who has hung up":      {context.Canceled, false},
		"an error without any SQLSTATE": {&pq.Error{}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := away(fmt.Errorf("do something: %w", tt.err)); got != tt.away {
				t.Errorf("away is %v", got)
			}
		})
	}
}
