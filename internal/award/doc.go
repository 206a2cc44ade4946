// Package award holds the rules of a commendation round (命名表彰): one rule,
// one file, each with the article it rests on. "N" cites 民发〔2008〕142号, "O"
// 民发〔2009〕165号, "D-nn" a decision of docs/interpretations.md.
//
// Everything here is pure: values in, values out, time passed in. No database,
// no network, no clock, no log belongs here; whoever needs a rule asks it and
// repeats none.
package award
