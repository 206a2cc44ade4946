package award

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Level is a level of the offices that sign a file on its way (层级): what a
// round's rule on seals is set for.
type Level string

// The levels below the province.
const (
	LevelStreet     Level = "street"     // 街道、镇、乡、团场
	LevelCounty     Level = "county"     // 区、县、县级市
	LevelPrefecture Level = "prefecture" // 市、州、盟、地区
)

// Levels lists the levels below the province, from the lowest.
func Levels() []Level { return []Level{LevelStreet, LevelCounty, LevelPrefecture} }

// LevelOf returns the level of the office with the code, which says it by its
// length (GB/T 2260); empty for a province and for a community.
func LevelOf(code string) Level {
	switch len(code) {
	case 4:
		return LevelPrefecture
	case 6:
		return LevelCounty
	case 9:
		return LevelStreet
	}
	return ""
}

// SealingBody proposes whose seal an office's opinion bears (署名机关): the
// government's and not the bureau's (domain 4). A proposal for the clerk, who
// may write another.
func SealingBody(kind Kind, name string) string {
	switch kind {
	case KindStreet:
		return name + "办事处"
	case KindPrefecture:
		if strings.HasSuffix(name, "盟") || strings.HasSuffix(name, "地区") {
			return name + "行政公署"
		}
		return name + "人民政府"
	case KindDistrict, KindCountyCity, KindCounty, KindTown, KindTownship, KindProvince:
		return name + "人民政府"
	case KindZone:
		if strings.HasSuffix(name, "区") {
			return name + "管理委员会"
		}
		return name // 团场、农场、林场
	case KindCommunity:
		return name + "居民委员会"
	case KindVillage:
		return name + "村民委员会"
	case KindNation:
	}
	return name
}

// Signature is who stands behind an opinion.
type Signature struct {
	Clerk       string // 经办
	SigningHead string // 签发
	SealingBody string // 署名机关
	Seal        string // SHA-256 of the scan of the sealed page, hex; empty: none
}

// CheckOpinion names everything an opinion lacks: a reason where it does not
// agree, both names where it decides, and the scan of the sealed page where the
// round asks the office's level for it (D-38).
func (r Rules) CheckOpinion(level Level, opinion Opinion, text string, s Signature) error {
	var defects []Defect
	lacks := func(pointer, value string) {
		if strings.TrimSpace(value) == "" {
			defects = append(defects, Defect{Pointer: pointer, Key: "field_required"})
		}
	}
	decides := opinion == OpinionAgree || opinion == OpinionDecline
	if opinion != OpinionAgree {
		lacks("/text", text)
	}
	lacks("/clerk", s.Clerk)
	if decides {
		lacks("/signing_head", s.SigningHead)
	}
	if decides && s.Seal == "" && slices.Contains(r.SealLevels, level) {
		defects = append(defects, Defect{Pointer: "/seal", Key: "seal_required"})
	}
	if s.Seal != "" && !IsSHA256(s.Seal) {
		defects = append(defects, Defect{Pointer: "/seal", Key: "sha256_malformed"})
	}
	if len(defects) == 0 {
		return nil
	}
	return RefuseFields(Incomplete, "domain 4", "opinion_incomplete", defects)
}

// IsSHA256 reports whether the text is a SHA-256 in small hexadecimal letters.
func IsSHA256(text string) bool {
	sum, err := hex.DecodeString(text)
	return err == nil && len(sum) == 32 && strings.ToLower(text) == text
}

// IntakeLimit is how many files of a category a prefecture or county may send
// up (名额分配, domain 4).
type IntakeLimit struct {
	Unit     string // code
	Category Category
	Places   int
}

// CheckIntakeLimit returns what is wrong with one line of an office's limits,
// by the line's number; kind is the unit's, and below says whether it lies
// below the office.
func CheckIntakeLimit(line int, l IntakeLimit, kind Kind, below bool) []Defect {
	pointer := fmt.Sprintf("/limits/%d", line)
	var defects []Defect
	level := LevelOf(l.Unit)
	if !below || level == "" || level == LevelStreet || kind == KindNation {
		defects = append(defects, Defect{pointer + "/unit", "intake_limit_unit", []any{l.Unit}})
	}
	if l.Places < 0 || l.Places > MostUnits {
		defects = append(defects, Defect{pointer + "/places", "number_too_large", []any{MostUnits, l.Places}})
	}
	return defects
}

// TakePlace checks that an office may send one more file up and returns the
// file's place in its own order (推荐顺序): the one asked for, or the first free one.
// used are the places of its other files that have not ended on the way (D-37).
func (l IntakeLimit) TakePlace(name string, used []int, asked int) (int, error) {
	if len(used) >= l.Places {
		return 0, Refuse(OverLimit, "D-37", "intake_limit_used", name, l.Places, len(used))
	}
	if asked == 0 {
		for asked = 1; slices.Contains(used, asked); asked++ {
		}
		return asked, nil
	}
	if asked < 1 || asked > l.Places {
		return 0, RefuseFields(Invalid, "D-37", "rank_bounds", []Defect{{"/rank", "rank_bounds", []any{l.Places, asked}}})
	}
	if slices.Contains(used, asked) {
		return 0, RefuseFields(Conflict, "D-37", "rank_taken", []Defect{{"/rank", "rank_taken", []any{asked}}})
	}
	return asked, nil
}

// EndedOnTheWay reports whether a file in the state has left the climb, so that
// whoever sent it up may send another (D-37).
func (s FileState) EndedOnTheWay() bool {
	return slices.Contains([]FileState{FileWithdrawn, FileLapsed, FileDeclined, FileBarred, FileVetoed, FileRemoved}, s)
}
