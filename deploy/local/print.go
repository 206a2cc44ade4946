package main

import (
	"fmt"
	"os"
	"strings"
	"unicode/utf8"
)

// say prints one line of progress, Chinese first. It goes to standard error:
// standard output belongs to the command that is run.
func say(chinese, english string) {
	fmt.Fprintf(os.Stderr, "%s (%s)\n", chinese, english)
}

// show prints where everything is.
func (s *system) show() {
	api := httpURL(s.config.APIAddress)
	rows := [][2]string{
		{"接口文档 API docs", api + "/docs"},
		{"接口 API", api + "/api/v1"},
		{"流程 Temporal UI", s.config.TemporalUI},
		{"流程引擎 Temporal", s.config.TemporalAddress},
		{"执行器 worker", httpURL(s.config.WorkerAddress) + "/readyz"},
		{"管理员密钥 admin key", s.adminKey},
		{"日志 logs", s.log},
	}
	fmt.Fprint(os.Stderr, "\n示范 Shifan 已就绪 (ready); Ctrl-C 停止 (stops it)\n\n", table(rows), "\n")
}

// table aligns the second column. A row without a value is left out.
func table(rows [][2]string) string {
	widest := 0
	for _, row := range rows {
		widest = max(widest, width(row[0]))
	}
	var text strings.Builder
	for _, row := range rows {
		if row[1] != "" {
			fmt.Fprintf(&text, "  %s%s  %s\n", row[0], strings.Repeat(" ", widest-width(row[0])), row[1])
		}
	}
	return text.String()
}

// width is how many columns a terminal gives to the text: two for a Chinese
// character, one for any other.
func width(text string) int {
	columns := utf8.RuneCountInString(text)
	for _, r := range text {
		if r >= 0x2E80 { // where the CJK blocks begin
			columns++
		}
	}
	return columns
}
