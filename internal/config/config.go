// Package config reads what a process is told by its environment: addresses,
// the database, how much to log. It is read once, in main, checked as a whole,
// and printed without secrets.
//
// A rule of the Notice is never configuration: it is code in internal/award,
// and its numbers are kept with each round.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"path"

	"github.com/caarlos0/env/v11"
)

// Config is everything a process of Shifan is told (配置). The API and the
// worker read the same variables, so that one environment serves both.
type Config struct {
	// DatabaseURL is the record, as a postgres:// URL. It holds a password.
	DatabaseURL string `env:"DATABASE_URL,required,notEmpty"`

	// TemporalAddress is host:port of Temporal's frontend.
	TemporalAddress string `env:"TEMPORAL_ADDRESS" envDefault:"127.0.0.1:7233"`
	// TemporalNamespace holds every workflow of this installation.
	TemporalNamespace string `env:"TEMPORAL_NAMESPACE" envDefault:"default"`

	// APIAddress is where the API listens, host:port.
	APIAddress string `env:"SHIFAN_API_ADDRESS" envDefault:"127.0.0.1:8080"`
	// WorkerAddress is where the worker answers health checks and serves its
	// metrics, host:port.
	WorkerAddress string `env:"SHIFAN_WORKER_ADDRESS" envDefault:"127.0.0.1:8081"`

	// EvidenceURL is where evidence (佐证材料) is kept: file:///folder, which every
	// process must share, or s3://bucket?region=…; empty: none is taken.
	EvidenceURL string `env:"SHIFAN_EVIDENCE_URL"`
	// ScanAddress is host:port of a clamd that looks at evidence for malware;
	// empty: nobody does.
	ScanAddress string `env:"SHIFAN_SCAN_ADDRESS"`

	// SeriesYears is how many years after a national round the next is drafted (N
	// 二: two, in principle) for a person to check and open; 0: none is.
	SeriesYears int `env:"SHIFAN_SERIES_YEARS" envDefault:"2"`

	// TemporalUI is the URL that pages link to for operators; empty: no link.
	TemporalUI string `env:"SHIFAN_TEMPORAL_UI"`

	// SecureCookies keeps sessions to TLS: set it where a proxy ends TLS before us.
	SecureCookies bool `env:"SHIFAN_SECURE_COOKIES"`

	// OIDCIssuer is the identity provider (统一身份认证) with which officers may sign
	// in besides their accounts, exactly as its tokens name it; empty: none. The
	// three below go with it.
	OIDCIssuer string `env:"SHIFAN_OIDC_ISSUER"`
	// OIDCClientID and OIDCClientSecret are what the provider knows us by.
	OIDCClientID     string `env:"SHIFAN_OIDC_CLIENT_ID"`
	OIDCClientSecret string `env:"SHIFAN_OIDC_CLIENT_SECRET"`
	// OIDCRedirectURL is where the provider sends browsers back to, exactly as
	// registered there: the pages' address and OIDCReturn.
	OIDCRedirectURL string `env:"SHIFAN_OIDC_REDIRECT_URL"`

	// LogLevel is the least that is logged: DEBUG, INFO, WARN or ERROR.
	LogLevel slog.Level `env:"SHIFAN_LOG_LEVEL" envDefault:"INFO"`
}

// Load reads the environment, given as os.Environ gives it. Its error names
// every variable that is missing or wrong, so that all are mended in one go.
func Load(environ []string) (Config, error) {
	var c Config
	err := env.ParseWithOptions(&c, env.Options{Environment: env.ToMap(environ)})
	if err := errors.Join(err, c.check()); err != nil {
		return Config{}, fmt.Errorf("read the environment: %w", err)
	}
	return c, nil
}

// check returns everything that is wrong with values that are there.
func (c Config) check() error {
	return errors.Join(
		checkDatabase(c.DatabaseURL),
		checkAddress("TEMPORAL_ADDRESS", c.TemporalAddress),
		checkAddress("SHIFAN_API_ADDRESS", c.APIAddress),
		checkAddress("SHIFAN_WORKER_ADDRESS", c.WorkerAddress),
		checkEvidence(c.EvidenceURL),
		checkOptionalAddress("SHIFAN_SCAN_ADDRESS", c.ScanAddress),
		checkURL("SHIFAN_TEMPORAL_UI", c.TemporalUI),
		checkYears(c.SeriesYears),
		c.checkOIDC(),
	)
}

// checkDatabase never repeats the value, which holds a password.
func checkDatabase(value string) error {
	if value == "" {
		return nil // reported as missing
	}
	u, err := url.Parse(value)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") || u.Host == "" {
		return errors.New("DATABASE_URL is not of the form postgres://user:password@host:port/database")
	}
	return nil
}

func checkAddress(name, value string) error {
	if _, port, err := net.SplitHostPort(value); err != nil || port == "" {
		return fmt.Errorf("%s is not of the form host:port: %q", name, value)
	}
	return nil
}

func checkOptionalAddress(name, value string) error {
	if value == "" {
		return nil
	}
	return checkAddress(name, value)
}

// checkEvidence holds the address against the two kinds of store there are. Its
// query is not repeated: it may hold a secret.
func checkEvidence(value string) error {
	if value == "" {
		return nil
	}
	u, err := url.Parse(value)
	folder := err == nil && u.Scheme == "file" && u.Host == "" && path.IsAbs(u.Path)
	bucket := err == nil && u.Scheme == "s3" && u.Host != ""
	if !folder && !bucket {
		return errors.New("SHIFAN_EVIDENCE_URL is neither file:///folder nor s3://bucket")
	}
	return nil
}

func checkURL(name, value string) error {
	if value == "" {
		return nil
	}
	u, err := url.Parse(value)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return fmt.Errorf("%s is not an http URL: %q", name, value)
	}
	return nil
}

// OIDCReturn is the path at which the pages take the identity provider's answer.
const OIDCReturn = "/sign-in/identity/return"

// checkOIDC holds the four variables against each other, and tokens and codes to
// TLS, but on this machine. The secret is not repeated.
func (c Config) checkOIDC() error {
	if c.OIDCIssuer+c.OIDCClientID+c.OIDCClientSecret+c.OIDCRedirectURL == "" {
		return nil
	}
	var wrong []error
	if c.OIDCClientID == "" || c.OIDCClientSecret == "" {
		wrong = append(wrong, errors.New("SHIFAN_OIDC_CLIENT_ID or SHIFAN_OIDC_CLIENT_SECRET is missing: the four SHIFAN_OIDC_ variables go together"))
	}
	if _, err := overTLS(c.OIDCIssuer); err != nil {
		wrong = append(wrong, fmt.Errorf("SHIFAN_OIDC_ISSUER %w: %q", err, c.OIDCIssuer))
	}
	u, err := overTLS(c.OIDCRedirectURL)
	switch {
	case err != nil:
		wrong = append(wrong, fmt.Errorf("SHIFAN_OIDC_REDIRECT_URL %w: %q", err, c.OIDCRedirectURL))
	case u.Path != OIDCReturn || u.RawQuery != "" || u.Fragment != "":
		wrong = append(wrong, fmt.Errorf("SHIFAN_OIDC_REDIRECT_URL does not end in %s: %q", OIDCReturn, c.OIDCRedirectURL))
	case u.Scheme == "https" && !c.SecureCookies:
		wrong = append(wrong, errors.New("SHIFAN_OIDC_REDIRECT_URL is https: set SHIFAN_SECURE_COOKIES=true with it"))
	}
	return errors.Join(wrong...)
}

// overTLS reads an https URL, or an http one of this machine.
func overTLS(value string) (*url.URL, error) {
	u, err := url.Parse(value)
	if err != nil || u.Host == "" {
		return nil, errors.New("is not an https URL")
	}
	ip := net.ParseIP(u.Hostname())
	here := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if u.Scheme != "https" && (u.Scheme != "http" || !here) {
		return nil, errors.New("is not an https URL")
	}
	return u, nil
}

// mostYears keeps a slip of the keyboard from becoming an interval.
const mostYears = 10

func checkYears(years int) error {
	if years < 0 || years > mostYears {
		return fmt.Errorf("SHIFAN_SERIES_YEARS is not from 0 to %d: %d", mostYears, years)
	}
	return nil
}

// LogValue is the configuration for the log, without secrets.
func (c Config) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("DATABASE_URL", redacted(c.DatabaseURL)),
		slog.String("TEMPORAL_ADDRESS", c.TemporalAddress),
		slog.String("TEMPORAL_NAMESPACE", c.TemporalNamespace),
		slog.String("SHIFAN_API_ADDRESS", c.APIAddress),
		slog.String("SHIFAN_WORKER_ADDRESS", c.WorkerAddress),
		slog.String("SHIFAN_EVIDENCE_URL", redacted(c.EvidenceURL)),
		slog.String("SHIFAN_SCAN_ADDRESS", c.ScanAddress),
		slog.Int("SHIFAN_SERIES_YEARS", c.SeriesYears),
		slog.String("SHIFAN_TEMPORAL_UI", c.TemporalUI),
		slog.Bool("SHIFAN_SECURE_COOKIES", c.SecureCookies),
		slog.String("SHIFAN_OIDC_ISSUER", c.OIDCIssuer),
		slog.String("SHIFAN_OIDC_CLIENT_ID", c.OIDCClientID),
		slog.String("SHIFAN_OIDC_REDIRECT_URL", c.OIDCRedirectURL),
		slog.String("SHIFAN_LOG_LEVEL", c.LogLevel.String()),
	)
}

// String is the configuration for people, without secrets.
func (c Config) String() string { return c.LogValue().String() }

// GoString keeps the secrets out of %#v too.
func (c Config) GoString() string { return c.String() }

// redacted shows a URL without its password. The query goes too: it
// may hold a second one.
func redacted(value string) string {
	u, err := url.Parse(value)
	if err != nil {
		return "(unreadable)"
	}
	u.RawQuery = ""
	return u.Redacted()
}
