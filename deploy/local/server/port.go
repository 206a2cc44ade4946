package server

import (
	"fmt"
	"net"
	"strconv"
)

// Loopback is the only address the launcher listens on.
const Loopback = "127.0.0.1"

// Port returns a port of this machine: the asked one, or an error when that is
// busy; with none asked (zero) the usual one, or any free one when that is busy.
func Port(name string, asked, usual int) (int, error) {
	if asked != 0 {
		if !free(asked) {
			return 0, fmt.Errorf("port %d was asked for %s and is in use: free it, or ask for another", asked, name)
		}
		return asked, nil
	}
	if usual != 0 && free(usual) {
		return usual, nil
	}
	return FreePort()
}

// FreePort returns a loopback port that nobody listens on now.
func FreePort() (int, error) {
	listener, err := net.Listen("tcp", Address(0)) //nolint:noctx // closed at once
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	if err := listener.Close(); err != nil {
		return 0, fmt.Errorf("give back the port: %w", err)
	}
	return port, nil
}

// Address is the loopback address with the port.
func Address(port int) string { return net.JoinHostPort(Loopback, strconv.Itoa(port)) }

func free(port int) bool {
	listener, err := net.Listen("tcp", Address(port)) //nolint:noctx // closed at once
	if err != nil {
		return false
	}
	return listener.Close() == nil
}
