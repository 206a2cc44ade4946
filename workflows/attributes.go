package workflows

import (
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
)

// Search attributes, typed, within PostgreSQL's budget of ten Keyword and three
// of each other type a namespace. Codes and dates only: they are never
// encrypted.
var (
	roundIDKey     = temporal.NewSearchAttributeKeyKeyword("RoundID")
	officeCodeKey  = temporal.NewSearchAttributeKeyKeyword("OfficeCode")
	roundStageKey  = temporal.NewSearchAttributeKeyKeyword("RoundStage")
	stageStateKey  = temporal.NewSearchAttributeKeyKeyword("StageState")
	waitingForKey  = temporal.NewSearchAttributeKeyKeyword("WaitingFor")
	stageDateKey   = temporal.NewSearchAttributeKeyTime("StageDate")
	overdueKey     = temporal.NewSearchAttributeKeyBool("IsOverdue")
	needsOpKey     = temporal.NewSearchAttributeKeyBool("NeedsOperator")
	outstandingKey = temporal.NewSearchAttributeKeyInt64("OfficesOutstanding")
	unitsFailedKey = temporal.NewSearchAttributeKeyInt64("UnitsFailed")
)

// SearchAttributes lists every search attribute with its type. A workflow that
// sets one the namespace does not know hangs, so a worker provisions them
// before it polls and refuses to start without them.
func SearchAttributes() map[string]enumspb.IndexedValueType {
	return map[string]enumspb.IndexedValueType{
		roundIDKey.GetName():     enumspb.INDEXED_VALUE_TYPE_KEYWORD,
		officeCodeKey.GetName():  enumspb.INDEXED_VALUE_TYPE_KEYWORD,
		roundStageKey.GetName():  enumspb.INDEXED_VALUE_TYPE_KEYWORD,
		stageStateKey.GetName():  enumspb.INDEXED_VALUE_TYPE_KEYWORD,
		waitingForKey.GetName():  enumspb.INDEXED_VALUE_TYPE_KEYWORD,
		stageDateKey.GetName():   enumspb.INDEXED_VALUE_TYPE_DATETIME,
		overdueKey.GetName():     enumspb.INDEXED_VALUE_TYPE_BOOL,
		needsOpKey.GetName():     enumspb.INDEXED_VALUE_TYPE_BOOL,
		outstandingKey.GetName(): enumspb.INDEXED_VALUE_TYPE_INT,
		unitsFailedKey.GetName(): enumspb.INDEXED_VALUE_TYPE_INT,
	}
}
