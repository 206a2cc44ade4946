package server_test

import (
	"net"
	"testing"

	"shifan/deploy/local/server"
)

// busyPort holds a port until the test ends.
func busyPort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", server.Address(0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener.Addr().(*net.TCPAddr).Port
}

func freePort(t *testing.T) int {
	t.Helper()
	port, err := server.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func TestTheUsualPortIsTakenWhenItIsFree(t *testing.T) {
	usual := freePort(t)
	got, err := server.Port("test", 0, usual)
	if err != nil || got != usual {
		t.Errorf("Port = %d, %v; want the usual %d", got, err, usual)
	}
}

func TestABusyUsualPortGivesWayToAFreeOne(t *testing.T) {
	usual := busyPort(t)
	got, err := server.Port("test", 0, usual)
	if err != nil {
		t.Fatal(err)
	}
	if got == usual {
		t.Fatalf("the busy port %d was given", usual)
	}
	if again, err := server.Port("test", got, 0); err != nil || again != got {
		t.Errorf("the port given, %d, is not free: %v", got, err)
	}
}

func TestTheAskedPortIsTakenBeforeTheUsual(t *testing.T) {
	asked, usual := freePort(t), freePort(t)
	got, err := server.Port("test", asked, usual)
	if err != nil || got != asked {
		t.Errorf("Port = %d, %v; want the asked %d", got, err, asked)
	}
}

func TestABusyPortThatWasAskedForIsAnError(t *testing.T) {
	if got, err := server.Port("test", busyPort(t), freePort(t)); err == nil {
		t.Errorf("Port = %d, want an error", got)
	}
}
