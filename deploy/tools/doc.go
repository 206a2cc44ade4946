// Package tools pins the tools that check and generate this project's code, in
// a module of its own so that none of them becomes a dependency of the product.
// The Makefile builds them into .local/bin.
package tools
