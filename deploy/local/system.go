package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"shifan/deploy/local/server"
	"shifan/internal/config"
)

// system is Shifan on one machine, in the order it was started.
type system struct {
	places
	config   config.Config
	adminKey string // file of the administrator's key

	lock  *lock
	parts []part
	died  context.CancelCauseFunc // told when a part ends by itself
}

// part is one running server, with the way to stop it.
type part struct {
	name string
	stop func() error
}

// How long our own processes may take. The worker finishes the activities it
// has begun, the API the requests.
const (
	ownStart = 2 * time.Minute
	ownStop  = 30 * time.Second
)

// startSystem starts everything and returns when it is of use. The context it
// returns ends when the given one does, or when a part ends by itself: its
// cause says which, with the end of its log.
func startSystem(ctx context.Context, p places) (context.Context, *system, error) {
	l, err := takeLock(p)
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	s := &system{places: p, adminKey: filepath.Join(p.state, "admin.key"), lock: l, died: cancel}
	if err := s.start(ctx); err != nil {
		finally(&err, s.stop)
		return nil, nil, err
	}
	return ctx, s, nil
}

func (s *system) start(ctx context.Context) error {
	say("正在编译…", "building")
	if err := build(ctx, s.places); err != nil {
		return err
	}
	database, err := s.startPostgres(ctx)
	if err != nil {
		return err
	}
	temporal, ui, err := s.startTemporal(ctx)
	if err != nil {
		return err
	}
	if err := s.configure(database, temporal, ui); err != nil {
		return err
	}
	if err := s.prepare(ctx); err != nil {
		return err
	}
	say("正在启动流程执行器和接口…", "starting the worker and the API")
	if err := s.startOwn(ctx, "worker", s.config.WorkerAddress); err != nil {
		return err
	}
	return s.startOwn(ctx, "api", s.config.APIAddress)
}

// startPostgres starts the private cluster, unless DATABASE_URL names another.
func (s *system) startPostgres(ctx context.Context) (string, error) {
	if url := os.Getenv("DATABASE_URL"); url != "" {
		return url, nil
	}
	say("正在启动数据库…", "starting PostgreSQL")
	port, err := pickPort(askPostgres, usualPostgres)
	if err != nil {
		return "", err
	}
	folder := filepath.Join(s.state, "postgres")
	p, err := server.StartPostgres(ctx, server.PostgresOptions{
		Folder: folder, Elsewhere: s.elsewhere, Port: port, Log: filepath.Join(s.log, "postgres.log"),
	})
	if err != nil {
		return "", err
	}
	s.add(p.Process, p.Stop)
	if !strings.HasPrefix(p.Data, folder) {
		say("数据库文件在 "+p.Data, "PostgreSQL's user can not enter this folder, so the data is there")
	}
	return p.URL, nil
}

// startTemporal starts the dev server, unless TEMPORAL_ADDRESS names another.
func (s *system) startTemporal(ctx context.Context) (address, ui string, err error) {
	if address := os.Getenv("TEMPORAL_ADDRESS"); address != "" {
		return address, os.Getenv("SHIFAN_TEMPORAL_UI"), nil
	}
	binary, err := server.TemporalBinary(ctx, s.root, s.bin)
	if err != nil {
		return "", "", err
	}
	say("正在启动 Temporal…", "starting Temporal")
	port, err := pickPort(askTemporal, usualTemporal)
	if err != nil {
		return "", "", err
	}
	uiPort, err := pickPort(askTemporalUI, usualTemporalUI)
	if err != nil {
		return "", "", err
	}
	t, err := server.StartTemporal(ctx, server.TemporalOptions{
		Binary: binary, Port: port, UIPort: uiPort,
		Database: filepath.Join(s.state, "temporal.db"), Log: filepath.Join(s.log, "temporal.log"),
	})
	if err != nil {
		return "", "", err
	}
	s.add(t.Process, t.Stop)
	return t.Address, t.UI, nil
}

// configure decides what the processes are told, from what was started and
// what the caller's environment asks for.
func (s *system) configure(database, temporal, ui string) error {
	c, err := config.Load(append(os.Environ(),
		"DATABASE_URL="+database, "TEMPORAL_ADDRESS="+temporal, "SHIFAN_TEMPORAL_UI="+ui))
	if err != nil {
		return err
	}
	if c.APIAddress, err = pickAddress("SHIFAN_API_ADDRESS", c.APIAddress); err != nil {
		return err
	}
	if c.WorkerAddress, err = pickAddress("SHIFAN_WORKER_ADDRESS", c.WorkerAddress); err != nil {
		return err
	}
	if c.EvidenceURL == "" {
		c.EvidenceURL = (&url.URL{Scheme: "file", Path: filepath.Join(s.state, "evidence")}).String()
	}
	s.config = c
	return nil
}

// prepare brings the record up to date: schema, register, administrator's key.
// Every step does nothing when it has been done.
func (s *system) prepare(ctx context.Context) error {
	say("正在准备台账…", "migrating, loading the register")
	for _, command := range [][]string{
		{s.command("migrate")},
		{s.command("register")},
		{s.command("api"), "admin-key", "-out", s.adminKey},
	} {
		if err := runCommand(ctx, command, environment(s.config)); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(command[0]), err)
		}
	}
	return nil
}

// startOwn starts one of our own processes and waits until it says it is ready.
func (s *system) startOwn(ctx context.Context, name, address string) error {
	p, err := server.Start(server.Command{
		Name: name, Path: s.command(name), Dir: s.root, Env: environment(s.config),
		Log: filepath.Join(s.log, name+".log"),
	})
	if err != nil {
		return err
	}
	s.add(p, func() error { return p.Stop(ownStop) })
	return p.Wait(ctx, ownStart, func(ctx context.Context) error { return askReady(ctx, httpURL(address)+"/readyz") })
}

func askReady(ctx context.Context, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return fmt.Errorf("ask %s: %w", url, err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("ask %s: %w", url, err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", url, answer.Status)
	}
	return nil
}

// add takes a running process into the system.
func (s *system) add(p *server.Process, stop func() error) {
	s.parts = append(s.parts, part{p.Name, stop})
	go func() {
		<-p.Done()
		s.died(diedError{p.Ended()})
	}()
}

// diedError says that a part of the system has ended by itself.
type diedError struct{ error }

// command is the path of a built command.
func (s *system) command(name string) string { return filepath.Join(s.bin, name) }

// stop stops everything, last started first: the API, so that no act comes in;
// the worker; Temporal; PostgreSQL.
func (s *system) stop() error {
	s.died(nil) // from here on, ending is not dying
	var failed []error
	for _, p := range slices.Backward(s.parts) {
		say("正在停止 "+p.name, "stopping")
		failed = append(failed, p.stop())
	}
	return errors.Join(append(failed, s.lock.release())...)
}
