package acts

// placeholders while the families are written; each moves to its family's file.
type (
	listTx         interface{}
	listReads      interface{}
)
