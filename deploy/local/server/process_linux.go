package server

import (
	"os/exec"
	"runtime"
	"sync"
	"syscall"
)

// startBound starts cmd so that the kernel sends it the signal when this
// program is killed. The kernel watches the thread that started the process,
// not the program, so all are started from one thread that never ends.
func startBound(cmd *exec.Cmd, orphan syscall.Signal) error {
	cmd.SysProcAttr.Pdeathsig = orphan
	started := make(chan error)
	starter() <- func() { started <- cmd.Start() }
	return <-started
}

var starter = sync.OnceValue(func() chan<- func() {
	starts := make(chan func())
	go func() {
		runtime.LockOSThread()
		for start := range starts {
			start()
		}
	}()
	return starts
})
