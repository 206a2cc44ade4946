package main

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"

	"shifan/deploy/local/server"
	"shifan/internal/config"
)

// The usual ports. PostgreSQL's is one beside its own usual 5432, which a
// machine often has in use.
const (
	usualPostgres   = 5433
	usualTemporal   = 7233
	usualTemporalUI = 8233
)

// Variables that ask for a port of a server the launcher starts. Those of the
// API and the worker are in internal/config, as in production.
const (
	askPostgres   = "SHIFAN_POSTGRES_PORT"
	askTemporal   = "SHIFAN_TEMPORAL_PORT"
	askTemporalUI = "SHIFAN_TEMPORAL_UI_PORT"
)

// askedPort reads a port that was asked for; none is zero.
func askedPort(variable string) (int, error) {
	value := os.Getenv(variable)
	if value == "" {
		return 0, nil
	}
	port, err := strconv.Atoi(value)
	if err != nil || port < 1 || port > 65535 {
		return 0, fmt.Errorf("%s is not a port: %q", variable, value)
	}
	return port, nil
}

// pickPort returns the port a variable asks for, or the usual one, or a free one.
func pickPort(variable string, usual int) (int, error) {
	asked, err := askedPort(variable)
	if err != nil {
		return 0, err
	}
	return server.Port(variable, asked, usual)
}

// pickAddress returns where one of our own processes listens: where its
// variable asks, or at its default, or on a free port when that is busy.
func pickAddress(variable, standard string) (string, error) {
	host, text, err := net.SplitHostPort(standard)
	if err != nil {
		return "", fmt.Errorf("read the address in %s: %w", variable, err)
	}
	usual, err := strconv.Atoi(text)
	if err != nil {
		return "", fmt.Errorf("read the port in %s: %w", variable, err)
	}
	asked := 0
	if os.Getenv(variable) != "" {
		asked = usual
	}
	port, err := server.Port(variable, asked, usual)
	if err != nil {
		return "", err
	}
	return net.JoinHostPort(host, strconv.Itoa(port)), nil
}

// environment returns the caller's environment with the configuration's values.
func environment(c config.Config) []string {
	return append(os.Environ(),
		"DATABASE_URL="+c.DatabaseURL,
		"TEMPORAL_ADDRESS="+c.TemporalAddress,
		"TEMPORAL_NAMESPACE="+c.TemporalNamespace,
		"SHIFAN_API_ADDRESS="+c.APIAddress,
		"SHIFAN_WORKER_ADDRESS="+c.WorkerAddress,
		"SHIFAN_EVIDENCE_URL="+c.EvidenceURL,
		"SHIFAN_SCAN_ADDRESS="+c.ScanAddress,
		"SHIFAN_SERIES_YEARS="+strconv.Itoa(c.SeriesYears),
		"SHIFAN_TEMPORAL_UI="+c.TemporalUI,
		"SHIFAN_LOG_LEVEL="+c.LogLevel.String(),
	)
}

// httpURL is where a browser on this machine finds a listening address.
func httpURL(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "http://" + address
	}
	if ip := net.ParseIP(host); host == "" || (ip != nil && ip.IsUnspecified()) {
		host = server.Loopback
	}
	return (&url.URL{Scheme: "http", Host: net.JoinHostPort(host, port)}).String()
}
