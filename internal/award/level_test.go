package award_test

import (
	"testing"

	"shifan/internal/award"
)

func TestKindFits(t *testing.T) {
	tests := map[string]struct {
		code string
		kind award.Kind
		fits bool
	}{
		"a zone of county level may be a district":     {"410171", award.KindDistrict, true},
		"a county-seat town may be a street":           {"410122100", award.KindStreet, true},
		"a committee may be a village's":               {"410102001001", award.KindVillage, true},
		"the Corps is a province":                      {"BT", award.KindProvince, true},
		"the nation stays the nation":                  {"0", award.KindProvince, false},
		"a district never becomes a street":            {"410102", award.KindStreet, false},
		"a street never becomes a district":            {"410102001", award.KindDistrict, false},
		"a code of no known length has no kind at all": {"41010", award.KindCounty, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := award.KindFits(tt.code, tt.kind); got != tt.fits {
				t.Errorf("KindFits(%q, %q) = %v", tt.code, tt.kind, got)
			}
		})
	}
}

func TestWhatTheRuleInfersFits(t *testing.T) {
	for _, code := range []string{"0", "BT", "41", "4101", "410102", "410171", "410122", "410181", "410102001", "410122100", "410122200", "410122400", "410102001001", "410102001200"} {
		if kind := award.InferKind(code, "某某", "").Kind; !award.KindFits(code, kind) {
			t.Errorf("%s is inferred a %q, which does not fit its code", code, kind)
		}
	}
}
