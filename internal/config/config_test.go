package config_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shifan/internal/config"
)

const database = "DATABASE_URL=postgres://shifan:s3cret@db:5432/shifan?password=s3cret"

func TestTheDatabaseAloneIsEnough(t *testing.T) {
	got, err := config.Load([]string{database})
	if err != nil {
		t.Fatal(err)
	}
	want := config.Config{
		DatabaseURL:       strings.TrimPrefix(database, "DATABASE_URL="),
		TemporalAddress:   "127.0.0.1:7233",
		TemporalNamespace: "default",
		APIAddress:        "127.0.0.1:8080",
		WorkerAddress:     "127.0.0.1:8081",
		SeriesYears:       2,
		LogLevel:          slog.LevelInfo,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
}

func TestEveryVariableIsRead(t *testing.T) {
	got, err := config.Load([]string{
		"DATABASE_URL=postgresql://u@h/d", "TEMPORAL_ADDRESS=temporal:7233", "TEMPORAL_NAMESPACE=shifan",
		"SHIFAN_API_ADDRESS=:80", "SHIFAN_WORKER_ADDRESS=:81",
		"SHIFAN_EVIDENCE_URL=s3://shifan-evidence?region=cn-north-1", "SHIFAN_SCAN_ADDRESS=clamd:3310",
		"SHIFAN_TEMPORAL_UI=https://temporal.example", "SHIFAN_SERIES_YEARS=3", "SHIFAN_LOG_LEVEL=debug",
		"SHIFAN_SECURE_COOKIES=true", "SHIFAN_OIDC_ISSUER=https://id.example/realm", "SHIFAN_OIDC_CLIENT_ID=shifan",
		"SHIFAN_OIDC_CLIENT_SECRET=s3cret", "SHIFAN_OIDC_REDIRECT_URL=https://shifan.example/sign-in/identity/return",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := config.Config{
		DatabaseURL: "postgresql://u@h/d", TemporalAddress: "temporal:7233", TemporalNamespace: "shifan",
		APIAddress: ":80", WorkerAddress: ":81",
		EvidenceURL: "s3://shifan-evidence?region=cn-north-1", ScanAddress: "clamd:3310",
		TemporalUI: "https://temporal.example", SeriesYears: 3, LogLevel: slog.LevelDebug,
		SecureCookies: true, OIDCIssuer: "https://id.example/realm", OIDCClientID: "shifan", OIDCClientSecret: "s3cret",
		OIDCRedirectURL: "https://shifan.example/sign-in/identity/return",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
}

func TestAllProblemsAreNamedAtOnce(t *testing.T) {
	_, err := config.Load([]string{
		"DATABASE_URL=", "TEMPORAL_ADDRESS=temporal", "SHIFAN_API_ADDRESS=8080",
		"SHIFAN_WORKER_ADDRESS=host:", "SHIFAN_TEMPORAL_UI=ftp://x", "SHIFAN_LOG_LEVEL=loud",
		"SHIFAN_EVIDENCE_URL=file://evidence", "SHIFAN_SCAN_ADDRESS=clamd", "SHIFAN_SERIES_YEARS=-1",
	})
	if err == nil {
		t.Fatal("a wrong environment was accepted")
	}
	for _, name := range []string{
		"DATABASE_URL", "TEMPORAL_ADDRESS", "SHIFAN_API_ADDRESS",
		"SHIFAN_WORKER_ADDRESS", "SHIFAN_TEMPORAL_UI", "LogLevel", "SHIFAN_EVIDENCE_URL", "SHIFAN_SCAN_ADDRESS", "SHIFAN_SERIES_YEARS",
	} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not named in: %v", name, err)
		}
	}
}

func TestAnIdentityProviderIsConfiguredWhollyAndOverTLS(t *testing.T) {
	whole := map[string]string{
		"ISSUER": "https://id.example", "CLIENT_ID": "shifan", "CLIENT_SECRET": "s3cret",
		"REDIRECT_URL": "https://shifan.example" + config.OIDCReturn,
	}
	tests := map[string]struct {
		change map[string]string
		wrong  string // the variable that is named; "": none
	}{
		"whole":                        {nil, ""},
		"on this machine":              {map[string]string{"ISSUER": "http://127.0.0.1:9", "REDIRECT_URL": "http://localhost:8080" + config.OIDCReturn}, ""},
		"no issuer":                    {map[string]string{"ISSUER": ""}, "ISSUER"},
		"no client":                    {map[string]string{"CLIENT_ID": ""}, "CLIENT_ID"},
		"no secret":                    {map[string]string{"CLIENT_SECRET": ""}, "CLIENT_SECRET"},
		"nowhere to come back to":      {map[string]string{"REDIRECT_URL": ""}, "REDIRECT_URL"},
		"an issuer without TLS":        {map[string]string{"ISSUER": "http://id.example"}, "ISSUER"},
		"a return without TLS":         {map[string]string{"REDIRECT_URL": "http://shifan.example" + config.OIDCReturn}, "REDIRECT_URL"},
		"a return to another page":     {map[string]string{"REDIRECT_URL": "https://shifan.example/"}, "REDIRECT_URL"},
		"a return with something more": {map[string]string{"REDIRECT_URL": "https://shifan.example" + config.OIDCReturn + "?x"}, "REDIRECT_URL"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			environment := []string{database, "SHIFAN_SECURE_COOKIES=true"}
			for variable, value := range whole {
				if changed, ok := tt.change[variable]; ok {
					value = changed
				}
				environment = append(environment, "SHIFAN_OIDC_"+variable+"="+value)
			}
			_, err := config.Load(environment)
			if tt.wrong == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), "SHIFAN_OIDC_"+tt.wrong) || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("it says %v", err)
			}
		})
	}
	if _, err := config.Load([]string{
		database, "SHIFAN_OIDC_ISSUER=https://id.example", "SHIFAN_OIDC_CLIENT_ID=shifan", "SHIFAN_OIDC_CLIENT_SECRET=s3cret",
		"SHIFAN_OIDC_REDIRECT_URL=https://shifan.example" + config.OIDCReturn,
	}); err == nil || !strings.Contains(err.Error(), "SHIFAN_SECURE_COOKIES") {
		t.Errorf("cookies that go without TLS: %v", err)
	}
}

func TestTheExampleNamesEveryVariableAndIsValid(t *testing.T) {
	text, err := os.ReadFile("../../deploy/env.example")
	if err != nil {
		t.Fatal(err)
	}
	example := strings.Split(string(text), "\n")
	if _, err := config.Load(example); err != nil {
		t.Errorf("the example is refused: %v", err)
	}
	for field := range reflect.TypeFor[config.Config]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("env"), ",")
		if !slices.ContainsFunc(example, func(line string) bool { return strings.HasPrefix(line, name+"=") }) {
			t.Errorf("deploy/env.example does not name %s", name)
		}
	}
}

func TestAMissingDatabaseIsRefused(t *testing.T) {
	if _, err := config.Load(nil); err == nil || !strings.Contains(err.Error(), "DATABASE_URL") {
		t.Errorf("no database: %v", err)
	}
}

func TestThePasswordIsNeverShown(t *testing.T) {
	c, err := config.Load([]string{
		database, "SHIFAN_OIDC_ISSUER=http://localhost:9", "SHIFAN_OIDC_CLIENT_ID=shifan", "SHIFAN_OIDC_CLIENT_SECRET=s3cret",
		"SHIFAN_OIDC_REDIRECT_URL=http://localhost:8080" + config.OIDCReturn,
	})
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("start", "config", c)

	shown := fmt.Sprint(c) + fmt.Sprintf("%+v %#v %s", c, c, c) + log.String()
	if strings.Contains(shown, "s3cret") {
		t.Errorf("the password is in: %s", shown)
	}
	if !strings.Contains(shown, "db:5432") {
		t.Errorf("the database's address is not in: %s", shown)
	}

	_, err = config.Load([]string{"DATABASE_URL=host=db password=s3cret"})
	if err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("the refusal of a wrong URL: %v", err)
	}
	_, err = config.Load([]string{"DATABASE_URL=postgres://u:s3cret@h:not-a-port/d"})
	if err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("the refusal of a wrong URL: %v", err)
	}
}
