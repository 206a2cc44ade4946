package award

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// ObjectionState is where an objection stands (异议, domain 7).
type ObjectionState string

// The states of an objection.
const (
	ObjectionReceived      ObjectionState = "received"      // 已收到
	ObjectionAdmitted      ObjectionState = "admitted"      // 受理
	ObjectionInadmissible  ObjectionState = "inadmissible"  // 不予受理
	ObjectionInvestigating ObjectionState = "investigating" // 核查中
	ObjectionUpheld        ObjectionState = "upheld"        // 成立
	ObjectionPartlyUpheld  ObjectionState = "partly_upheld" // 部分成立
	ObjectionDismissed     ObjectionState = "dismissed"     // 不成立
)

// ObjectionStates lists every state of an objection.
func ObjectionStates() []ObjectionState {
	return []ObjectionState{
		ObjectionReceived, ObjectionAdmitted, ObjectionInadmissible, ObjectionInvestigating,
		ObjectionUpheld, ObjectionPartlyUpheld, ObjectionDismissed,
	}
}

// OpenObjections lists the states in which an objection is not settled: from the
// end of the window on its unit is suspended (暂缓).
func OpenObjections() []ObjectionState {
	return []ObjectionState{ObjectionReceived, ObjectionAdmitted, ObjectionInvestigating}
}

// Open reports whether an objection in the state is not settled.
func (s ObjectionState) Open() bool { return slices.Contains(OpenObjections(), s) }

// ObjectionMove is one legal act on an objection.
type ObjectionMove = Move[ObjectionState]

// ObjectionMoves is the table of legal acts on an objection: code, tests and
// the diagram in docs/lifecycle.md are made from it.
func ObjectionMoves() []ObjectionMove {
	moves := []ObjectionMove{
		{ObjectionReceived, ObjectionReceived, ActAttachToObjection, "domain 7"}, // before anybody judges it
		{ObjectionReceived, ObjectionAdmitted, ActAdmitObjection, "D-03"},
		{ObjectionReceived, ObjectionInadmissible, ActAdmitObjection, "D-03"},
		{ObjectionAdmitted, ObjectionInvestigating, ActInvestigateObjection, "domain 7"},
		{ObjectionAdmitted, ObjectionInvestigating, ActCommission, "domain 7"},
		{ObjectionInvestigating, ObjectionInvestigating, ActCommission, "domain 7"},
		{ObjectionAdmitted, ObjectionAdmitted, ActExtendObjection, "D-03"},
		{ObjectionInvestigating, ObjectionInvestigating, ActExtendObjection, "D-03"},
		{ObjectionInvestigating, ObjectionUpheld, ActRuleObjection, "domain 7"},
		{ObjectionInvestigating, ObjectionPartlyUpheld, ActRuleObjection, "domain 7"},
		{ObjectionInvestigating, ObjectionDismissed, ActRuleObjection, "domain 7"},
	}
	for _, open := range OpenObjections() {
		moves = append(moves,
			ObjectionMove{open, open, ActAssignObjection, "domain 7"},
			ObjectionMove{open, open, ActRaiseObjection, "domain 7"},
			ObjectionMove{open, open, ActWithdrawObjection, "D-69"})
	}
	return moves
}

// MoveObjection checks an act on an objection against the table.
func MoveObjection(from ObjectionState, act Act, to ObjectionState) error {
	if legal(ObjectionMoves(), from, act, to) {
		return nil
	}
	return Refuse(Conflict, "domain 7", "objection_move", string(act), string(from))
}

// ObjectionKind tells an objection from a lead.
type ObjectionKind string

// The kinds.
const (
	KindObjection ObjectionKind = "objection" // 异议: by a person or unit who says who they are
	KindLead      ObjectionKind = "lead"      // 线索: concrete and anonymous; checked and closed before its unit goes on (D-66)
)

// ObjectorKind is who may object.
type ObjectorKind string

// The kinds of objector (异议人).
const (
	ObjectorPerson ObjectorKind = "person" // real name and contact
	ObjectorUnit   ObjectorKind = "unit"   // with the scan of its seal
)

// Channel is how an objection comes (受理渠道).
type Channel string

// The channels of domain 7.
const (
	ChannelForm   Channel = "form"   // 网上提交
	ChannelLetter Channel = "letter" // 来信, by its postmark
	ChannelPhone  Channel = "phone"  // 来电
	ChannelFax    Channel = "fax"    // 传真
	ChannelEmail  Channel = "email"  // 电子邮件
	ChannelVisit  Channel = "visit"  // 来访
)

// Channels lists every channel.
func Channels() []Channel {
	return []Channel{ChannelForm, ChannelLetter, ChannelPhone, ChannelFax, ChannelEmail, ChannelVisit}
}

// ObjectionWindow is when objections to a list are taken (domain 7): while it is
// before the public. What came then may be entered by a clerk until the list is
// final; what comes afterwards is a report on a holder.
type ObjectionWindow struct {
	Opens, Closes, Final time.Time // Closes and Final exclusive
}

// Admits judges an objection that came at the instant, or of a letter was
// postmarked on the day that begins then, and is entered now. By form it comes
// as it is entered.
func (w ObjectionWindow) Admits(channel Channel, came, now time.Time) error {
	switch {
	case !now.Before(w.Final):
		return Refuse(Closed, "domain 7", "objection_is_report", Until(w.Final))
	case now.Before(w.Opens):
		return Refuse(Closed, "domain 7", "objection_not_open", Until(w.Closes))
	case channel == ChannelForm && !now.Before(w.Closes):
		return Refuse(Closed, "domain 7", "objection_closed", Until(w.Closes))
	case channel == ChannelForm:
		return nil
	case came.After(now):
		return Refuse(Invalid, "domain 7", "objection_future")
	case came.Before(w.Opens) || !came.Before(w.Closes):
		return Refuse(Closed, "domain 7", "objection_outside", Until(w.Closes))
	}
	return nil
}

// The limits of D-03, for rounds whose rules were frozen without them.
const (
	objectionAdmitDays = 5  // working days
	objectionRuleDays  = 30 // calendar days, and once as many again
)

// AdmitBy returns until when an objection that has come is admitted or refused
// (D-03), exclusive.
func (r Rules) AdmitBy(c Calendar, came time.Time) time.Time { return c.After(came, r.AdmitDays()) }

// AdmitDays is how many working days that is.
func (r Rules) AdmitDays() int {
	if r.ObjectionAdmitDays == 0 {
		return objectionAdmitDays
	}
	return r.ObjectionAdmitDays
}

// RuleBy returns until when an objection is ruled that was admitted or extended
// at the instant: the end of the day the limit falls on (D-03), exclusive.
func (r Rules) RuleBy(c Calendar, from time.Time) time.Time {
	days := r.ObjectionRuleDays
	if days == 0 {
		days = objectionRuleDays
	}
	return c.After(c.AddDays(from, days), 0)
}

// What an objection may bring along (D-65).
const (
	MostAttachments    = 5        // files of one objection
	MostAttachedBytes  = 50 << 20 // of them together
	MostObjectionsHour = 1000     // by form, to one notice within an hour: a flood is no public opinion
)

// How long what an objection says may be, in characters (D-65): enough to be
// concrete, and to reach whoever made it.
const (
	LeastFacts    = 10
	MostFacts     = 5000
	leastObjector = 2
	mostObjector  = 100
	leastContact  = 2
	mostContact   = 200
)

// CheckFacts names what the facts of an objection, a lead or a report lack.
func CheckFacts(facts string) []Defect { return checkLength("/facts", facts, LeastFacts, MostFacts) }

// CheckObjector names what is missing of who objects: a person by the real name,
// or a unit, and where the written answer goes (domain 7).
func CheckObjector(kind ObjectorKind, name, contact string) []Defect {
	var defects []Defect
	if kind != ObjectorPerson && kind != ObjectorUnit {
		defects = append(defects, Defect{Pointer: "/objector/kind", Key: "objector_kind_missing"})
	}
	defects = append(defects, checkLength("/objector/name", name, leastObjector, mostObjector)...)
	return append(defects, checkLength("/objector/contact", contact, leastContact, mostContact)...)
}

func checkLength(pointer, text string, least, most int) []Defect {
	switch length := utf8.RuneCountInString(strings.TrimSpace(text)); {
	case length == 0:
		return []Defect{{Pointer: pointer, Key: "field_required"}}
	case length < least:
		return []Defect{{pointer, "value_too_short", []any{least}}}
	case length > most:
		return []Defect{{pointer, "value_too_long", []any{most}}}
	}
	return nil
}

// receiptAlphabet leaves out I, L, O and U, which are misheard or misread.
const receiptAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// receiptLength is 15 random characters of 5 bits, which nobody guesses, and one
// that finds a slip of the pen.
const receiptLength = 16

// ReceiptRandom is how many random bytes a receipt is made of.
const ReceiptRandom = receiptLength - 1

// NewReceipt makes a receipt number (回执编号) of random bytes: four groups that
// can be said over the telephone, such as 7K2M-QX9D-4TNA-8RW3.
func NewReceipt(random [ReceiptRandom]byte) string {
	text := make([]byte, 0, receiptLength)
	for _, b := range random {
		text = append(text, receiptAlphabet[b%32])
	}
	text = append(text, receiptCheck(text))
	return group(string(text))
}

// ParseReceipt reads a receipt number as people write it, and reports whether it
// can be one.
func ParseReceipt(text string) (string, bool) {
	text = strings.NewReplacer("-", "", " ", "", "I", "1", "L", "1", "O", "0").Replace(strings.ToUpper(text))
	if len(text) != receiptLength {
		return "", false
	}
	for i := range len(text) {
		if strings.IndexByte(receiptAlphabet, text[i]) < 0 {
			return "", false
		}
	}
	last := len(text) - 1
	return group(text), receiptCheck([]byte(text[:last])) == text[last]
}

// receiptCheck is the Luhn character of base 32: it finds every single wrong
// character and nearly every swap of neighbours.
func receiptCheck(text []byte) byte {
	const base = len(receiptAlphabet)
	sum, factor := 0, 2
	for _, c := range slices.Backward(text) {
		product := factor * strings.IndexByte(receiptAlphabet, c)
		sum += product/base + product%base
		factor = 3 - factor
	}
	return receiptAlphabet[(base-sum%base)%base]
}

func group(text string) string {
	return text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:]
}

// copiedRun is how many characters in a row are taken for copied.
const copiedRun = 20

// CheckCommission refuses words for an office that is asked to check facts
// (交办核查) which could tell it who objected: they name nobody, and are the
// handler's own, not the objection's (domain 7).
func CheckCommission(text, facts string, objector ...string) error {
	if Names(text, objector...) {
		return Refuse(Invalid, "domain 7", "objector_named")
	}
	own := plain(text)
	said := []rune(plain(facts))
	for i := 0; i+copiedRun <= len(said); i++ {
		if strings.Contains(own, string(said[i:i+copiedRun])) {
			return Refuse(Invalid, "domain 7", "commission_copied", copiedRun)
		}
	}
	return nil
}

// Names reports whether a text holds one of the words that say who somebody is,
// whatever stands between their characters.
func Names(text string, words ...string) bool {
	text = plain(text)
	return slices.ContainsFunc(words, func(word string) bool {
		word = plain(word)
		return utf8.RuneCountInString(word) >= 2 && strings.Contains(text, word)
	})
}

// plain is a text without spaces and punctuation, in small letters.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}
