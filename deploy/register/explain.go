package main

import (
	"errors"
	"fmt"
	"strings"

	"shifan/internal/award"
)

// texts says each refusal of a list in Chinese and English.
var texts = map[string]string{
	"register_form_unknown":      "无法识别的名册格式：须有 code 和 name 两列，UTF-8 编码 · no list we know: the columns code and name, in UTF-8, are needed",
	"register_file_missing":      "缺少文件 · a file of the list is missing",
	"register_archive_malformed": "压缩包不完整或不是 .tgz · the archive is broken, or none",
	"register_rows_bad":          "名册有误，未导入任何内容 · the list has errors, nothing was imported",
	"register_line_malformed":    "整行格式有误 · the line is malformed",
	"register_code_malformed":    "代码不合 GB/T 2260 · no code of GB/T 2260",
	"register_name_malformed":    "名称为空或不是 UTF-8 · the name is empty or not UTF-8",
	"register_kind_unknown":      "没有这种单位类型 · no such kind",
	"register_date_malformed":    "日期须写作 2008-12-31 · dates are written 2008-12-31",
	"register_dates_reversed":    "终止日期不晚于起始日期 · ends before it begins",
	"register_code_twice":        "代码重复 · the code stands twice",
	"register_parent_unknown":    "找不到上级单位 · no such unit to hang under",
	"register_parent_not_above":  "上级单位的代码不在其上 · the parent is not above it",
	"register_parent_ended":      "上级单位已终止 · the unit above has ended",
	"register_office_unknown":    "找不到省级推荐机构 · no such recommending office",
	"register_row_older":         "早于名册现有内容 · older than what the register holds",
	"date_malformed":             "日期须写作 2008-12-31 · dates are written 2008-12-31",
}

// explain writes an error for whoever ran the command: a refusal with every
// defect in its place, a fault as it is.
func explain(err error) string {
	refusal, ok := errors.AsType[*award.Error](err)
	if !ok {
		return "失败 · failed: " + err.Error()
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s (%s)", textOf(refusal.Key), refusal.Rule)
	for _, defect := range refusal.Fields {
		fmt.Fprintf(&text, "\n  第 %v 行 %v: %s %v", defect.Args[0], defect.Args[1], textOf(defect.Key), defect.Args[2:])
	}
	if count, ok := first(refusal.Args).(int); ok && count > len(refusal.Fields) {
		fmt.Fprintf(&text, "\n  共 %d 处，以上为前 %d 处 · %d in all", count, len(refusal.Fields), count)
	}
	return text.String()
}

func textOf(key string) string {
	if text, ok := texts[key]; ok {
		return text
	}
	return key
}

func first(args []any) any {
	if len(args) == 0 {
		return nil
	}
	return args[0]
}
