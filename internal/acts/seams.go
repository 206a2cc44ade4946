package acts

// placeholders while the families are written; each moves to its family's file.
type (
	roundTx        interface{}
	listTx         interface{}
	batchTx        interface{}
	roundReads     interface{}
	fileReads      interface{}
	listReads      interface{}
	procedureReads interface{}
	messageReads   interface{}
)
