// Package register reads lists of units (单位名册) in the forms offices have
// them in, and carries one such list for a system that has none yet.
//
// What a row means is decided in internal/award (kind.go), what becomes of it
// in internal/postgres; neither SQL nor a rule belongs here.
package register
