package award

import "reflect"

// Origin says where a value comes from that nobody has typed (预填来源).
type Origin string

// The origins.
const (
	OriginRegister  Origin = "register"   // 名录
	OriginFacts     Origin = "facts"      // 年度基本情况
	OriginLastRound Origin = "last_round" // 上一批次
)

// KnownForm is what is known of a unit before its form is filled in.
type KnownForm struct {
	Name, Code string
	Facts      Facts
	LastFields []FormField       // of the form it filed last in the category
	Last       map[string]string // what it wrote there
}

// Prefill returns a form with what is known already, and where each value comes
// from: nobody types it again (N 五(三), 切实减轻基层负担). The register and the
// facts are newer than the last round; of that only fields count that ask the
// same as today.
func Prefill(fields []FormField, known KnownForm) (map[string]string, map[string]Origin) {
	form, from := make(map[string]string), make(map[string]Origin)
	for _, f := range fields {
		value, origin := known.of(f)
		if value != "" {
			form[f.Key], from[f.Key] = value, origin
		}
	}
	return form, from
}

func (k KnownForm) of(f FormField) (string, Origin) {
	switch f.Prefill {
	case prefillName:
		return k.Name, OriginRegister
	case prefillCode:
		return k.Code, OriginRegister
	case "":
	default:
		if value := k.Facts.Text(Fact(f.Prefill)); value != "" {
			return value, OriginFacts
		}
	}
	for _, last := range k.LastFields {
		if reflect.DeepEqual(last, f) {
			return k.Last[f.Key], OriginLastRound
		}
	}
	return "", ""
}
