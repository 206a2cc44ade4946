package award_test

import (
	"errors"
	"testing"

	"shifan/internal/award"
)

func TestPersonalDataIsFoundHoweverItIsWritten(t *testing.T) {
	for name, tt := range map[string]struct {
		text   string
		kind   award.FindingKind
		sample string
	}{
		"an identity number":                 {"张某，11010519491231002X，男", award.FindingIdentity, "110*************2X"},
		"a small x":                          {"11010519491231002x", award.FindingIdentity, "110*************2X"},
		"full-width digits":                  {"１１０１０５１９４９１２３１００２Ｘ", award.FindingIdentity, "110*************2X"},
		"in groups":                          {"110105 19491231 002X", award.FindingIdentity, "110*************2X"},
		"the old one of fifteen":             {"证号440524801230001。", award.FindingIdentity, "440**********01"},
		"a wrong check digit":                {"110105194912310021", "", ""},
		"no date of birth":                   {"110105199913310021", "", ""},
		"a mobile phone":                     {"电话13812345678", award.FindingMobile, "138****5678"},
		"a mobile phone with country code":   {"+86 138-1234-5678", award.FindingMobile, "861******5678"},
		"a mobile phone in groups":           {"138 1234 5678", award.FindingMobile, "138****5678"},
		"an office's phone":                  {"010-58123456", "", ""},
		"a hotline":                          {"12345", "", ""},
		"a card":                             {"卡号 6222 0212 3456 7894", award.FindingCard, "622***********94"},
		"a card that fails its check":        {"6222021234567891", "", ""},
		"a unit's code of twelve digits":     {"410102001001", "", ""},
		"a document number, a date, a count": {"民发〔2008〕142号，2008-10-06，82,006个", "", ""},
		"digits inside a longer number":      {"201381234567890", "", ""},
		"nothing":                            {"", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			found := award.ScanPersonalData("/text", tt.text)
			if tt.kind == "" {
				if len(found) > 0 {
					t.Errorf("found %v", found)
				}
				return
			}
			if len(found) != 1 || found[0] != (award.Finding{Place: "/text", Kind: tt.kind, Sample: tt.sample}) {
				t.Errorf("found %v, want %s %s", found, tt.kind, tt.sample)
			}
		})
	}
}

func TestEveryFindingIsTakenOutOrLetStandByName(t *testing.T) {
	found := award.ScanPersonalData("/contacts/0/phone", "13812345678")
	waived := award.Waiver{Place: "/contacts/0/phone", Sample: "138****5678", Reason: "公示专用值班手机，非个人号码"}
	keys := func(err error) (keys []string) {
		if refusal, ok := errors.AsType[*award.Error](err); ok {
			for _, d := range refusal.Fields {
				keys = append(keys, d.Pointer+" "+d.Key)
			}
		}
		return keys
	}
	check := func(found []award.Finding, waivers ...award.Waiver) error {
		_, err := award.CheckFindings(found, waivers)
		return err
	}
	stands, err := award.CheckFindings(found, []award.Waiver{waived})
	if err != nil || len(stands) != 1 || stands[0].Kind != award.FindingMobile || stands[0].Reason != waived.Reason {
		t.Errorf("waived: %v, %v", stands, err)
	}
	if got := keys(check(found)); len(got) != 1 || got[0] != "/contacts/0/phone finding_mobile" {
		t.Errorf("refused for %v", got)
	}
	unsaid := waived
	unsaid.Reason = " 　"
	if check(found, unsaid) == nil {
		t.Error("a waiver without a reason lets it stand")
	}
	if got := keys(check(nil, waived)); len(got) != 1 || got[0] != "/waivers/0 waiver_without_finding" {
		t.Errorf("a waiver for nothing: %v", got)
	}
}
