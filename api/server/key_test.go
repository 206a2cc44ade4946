package server

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"shifan/internal/acts"
	"shifan/internal/award"
)

func TestACursorComesBackAsItWasGiven(t *testing.T) {
	for _, id := range []int64{1, 255, 256, 1 << 40, 1<<63 - 1} {
		if got, err := cursorFrom(cursorTo(id)); got != id || err != nil {
			t.Errorf("%d comes back as %d, %v", id, got, err)
		}
	}
	if cursorTo(0) != nil {
		t.Error("the end has a cursor")
	}
	if got, err := cursorFrom(nil); got != 0 || err != nil {
		t.Errorf("no cursor is %d, %v", got, err)
	}
	for _, text := range []string{"17", "AAAAAAAAABE=", "AAAAAAAAAAA", "__________8", "AAAAAAAAABEA", "中"} {
		if _, err := cursorFrom(&text); award.CodeOf(err) != award.Invalid {
			t.Errorf("cursor %q gives %v", text, err)
		}
	}
}

func TestALimitHasBounds(t *testing.T) {
	for _, tt := range []struct{ asked, want int }{{1, 1}, {500, 500}, {501, 500}, {0, 100}, {-3, 100}} {
		if got := limitOf(&tt.asked); got != tt.want {
			t.Errorf("limit %d gives %d", tt.asked, got)
		}
	}
	if got := limitOf(nil); got != 100 {
		t.Errorf("no limit gives %d", got)
	}
}

func TestADateClosesAtTheEndOfItsDay(t *testing.T) {
	midnight := time.Date(2027, 1, 1, 0, 0, 0, 0, award.Beijing)
	second := time.Date(2026, 11, 28, 9, 0, 10, 0, award.Beijing)
	tests := map[string]struct {
		text  string
		drill bool
		want  time.Time // zero: refused
	}{
		"a date":                         {"2026-12-31", false, midnight},
		"a date in a drill":              {"2026-12-31", true, midnight},
		"an instant in a drill":          {"2026-11-28T09:00:10+08:00", true, second},
		"an instant in another zone":     {"2026-11-28T01:00:10Z", true, second},
		"an instant in a real round":     {"2026-11-28T09:00:10+08:00", false, time.Time{}},
		"a day that does not exist":      {"2026-02-29", false, time.Time{}},
		"an instant without a zone":      {"2026-11-28T09:00:10", true, time.Time{}},
		"nothing":                        {"", true, time.Time{}},
		"words":                          {"年底前", false, time.Time{}},
		"a date with something after it": {"2026-12-31 24:00", false, time.Time{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := instant(tt.text, tt.drill)
			if !got.Equal(tt.want) || (err != nil) != tt.want.IsZero() || (err != nil && award.CodeOf(err) != award.Invalid) {
				t.Errorf("read %v, %v; want %v", got, err, tt.want)
			}
		})
	}
	if got := shown(midnight); got.Shown != "2026年12月31日 24:00止" || !got.ClosesAt.Equal(midnight) {
		t.Errorf("shown as %+v", got)
	}
}

func TestMarksAreReadExactlyAndEveryBadOneIsNamed(t *testing.T) {
	got, err := marks(Marks{"87.5", "0", "100.00", "3"})
	if err != nil || len(got) != 4 || got[0] != 87_50 || got[1] != 0 || got[2] != 100_00 || got[3] != 3_00 {
		t.Errorf("read %v, %v", got, err)
	}
	if back := marksShown(got); back[0] != "87.50" || back[3] != "3.00" {
		t.Errorf("shown as %v", back)
	}
	if none, err := marks(nil); err != nil || len(none) != 0 {
		t.Errorf("no marks read as %v, %v", none, err)
	}
	_, err = marks(Marks{"1", "1.005", "x", "2"})
	refusal, ok := errors.AsType[*award.Error](err)
	if !ok || len(refusal.Fields) != 2 || refusal.Fields[0].Pointer != "/marks/1" || refusal.Fields[1].Pointer != "/marks/2" {
		t.Errorf("refused as %v", err)
	}
}

func TestWhatMakesTwoCallsTheSame(t *testing.T) {
	key := func(method, path, ifMatch, body string) acts.Key {
		r := httptest.NewRequest(method, path, http.NoBody)
		r.Header.Set("Idempotency-Key", "k")
		if ifMatch != "" {
			r.Header.Set("If-Match", ifMatch)
		}
		return newActKey(r, []byte(body))
	}
	one := key("POST", "/api/v1/rounds", "3", `{"a":1}`)
	if again := key("POST", "/api/v1/rounds", "3", `{"a":1}`); again != one || one.Key != "k" {
		t.Errorf("the same call has the keys %+v and %+v", one, again)
	}
	for name, other := range map[string]acts.Key{
		"another body":                        key("POST", "/api/v1/rounds", "3", `{"a":2}`),
		"another revision seen":               key("POST", "/api/v1/rounds", "4", `{"a":1}`),
		"no revision seen":                    key("POST", "/api/v1/rounds", "", `{"a":1}`),
		"a revision that runs into the body":  key("POST", "/api/v1/rounds", "", "3\n"+`{"a":1}`),
		"another method":                      key("PUT", "/api/v1/rounds", "3", `{"a":1}`),
		"another path":                        key("POST", "/api/v1/rounds/1", "3", `{"a":1}`),
		"a path whose escapes hide a segment": key("POST", "/api/v1/rounds%2F1", "3", `{"a":1}`),
	} {
		if other == one {
			t.Errorf("%s has the same key", name)
		}
	}
}

func TestAReceiptAlwaysSaysWhetherTheProcedureKnows(t *testing.T) {
	for told, want := range map[acts.Told]ReceiptProcedure{
		"": "none", acts.ToldNone: "none", acts.ToldInformed: "informed", acts.ToldPending: "pending",
	} {
		if got := receipt(acts.Receipt{Act: 7, Procedure: told}); got.Procedure != want || got.Act != 7 {
			t.Errorf("told %q gives %+v", told, got)
		}
	}
}

func TestNobodyCallsWithoutAnOfficer(t *testing.T) {
	if o := officer(t.Context()); o.ID != 0 || o.Office != 0 || len(o.Roles) != 0 {
		t.Errorf("nobody is %+v", o)
	}
}
