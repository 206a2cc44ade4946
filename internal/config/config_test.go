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
	})
	if err != nil {
		t.Fatal(err)
	}
	want := config.Config{
		DatabaseURL: "postgresql://u@h/d", TemporalAddress: "temporal:7233", TemporalNamespace: "shifan",
		APIAddress: ":80", WorkerAddress: ":81",
		EvidenceURL: "s3://shifan-evidence?region=cn-north-1", ScanAddress: "clamd:3310",
		TemporalUI: "https://temporal.example", SeriesYears: 3, LogLevel: slog.LevelDebug,
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
	c, err := config.Load([]string{database})
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
