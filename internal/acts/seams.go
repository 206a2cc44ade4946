package acts

// placeholders while the families are written; each moves to its family's file.
type (
	roundTx        interface{}
	listTx         interface{}
	roundReads     interface{}
	listReads      interface{}
	messageReads   interface{}
)
