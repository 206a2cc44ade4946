package acts

import (
	"context"

	"shifan/internal/award"
)

// Ending is what the units of files that have just ended are told (结果告知,
// domain 4): the result, its ground, and each unit its own marks.
type Ending struct {
	Files  []int64
	To     award.FileState
	Ground string
}

// endingTx tells units how their files ended.
type endingTx interface {
	// TellEnding writes each unit its message, once per end of its file. The
	// nation's marks are told from the day the candidates are fixed.
	TellEnding(ctx context.Context, e Ending) error
}

// Message returns what every unit of the ending is told alike.
func (e Ending) Message() Message {
	m := Message{Kind: "result", Subject: "〔结果告知〕" + e.To.Result(), Body: "结果：" + e.To.Result() + "。"}
	if e.Ground != "" {
		m.Body += "\n依据：" + e.Ground
	}
	return m
}

// OwnMarks introduces the marks in a unit's message: what stands before them,
// and the name of each column (domain 4).
func (Ending) OwnMarks() (title, self, province, national string) {
	return "本单位得分：", "自评得分 ", "省级考核得分 ", "部级核定得分 "
}
