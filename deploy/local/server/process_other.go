//go:build !linux

package server

import (
	"os/exec"
	"syscall"
)

// startBound starts cmd. Only Linux can tie a process to the life of its
// parent; elsewhere the next start finds what a killed one has left.
func startBound(cmd *exec.Cmd, _ syscall.Signal) error { return cmd.Start() }
