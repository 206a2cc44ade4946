package server

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"syscall"
	"time"

	_ "github.com/lib/pq" // asks the server whether it answers
)

// PostgresOptions says which cluster to start.
type PostgresOptions struct {
	// Folder holds the cluster and its password. It is made when missing.
	Folder string
	// Elsewhere holds the data when PostgreSQL's user can not enter Folder;
	// empty: that is an error.
	Elsewhere string
	Port      int
	Log       string // file for its output

	// Throwaway trades safety for speed: a crash of the machine may lose
	// everything, as in a test it may.
	Throwaway bool
}

// Postgres is a running private cluster (数据库): TCP on the loopback only, one
// superuser with a random password.
type Postgres struct {
	*Process
	URL  string // of the superuser, to the database "postgres"
	Data string // the data folder
}

// How long PostgreSQL may take: it may have to replay its log at the start and
// to write everything down at the end.
const (
	postgresStart = 2 * time.Minute
	postgresStop  = time.Minute
)

// StartPostgres starts a cluster, made first when there is none, and returns
// when it answers. A server that an earlier, killed launch left running on the
// same data is stopped first.
func StartPostgres(ctx context.Context, o PostgresOptions) (*Postgres, error) {
	binaries, err := findPostgres(ctx)
	if err != nil {
		return nil, err
	}
	c, err := prepareCluster(ctx, o, binaries)
	if err != nil {
		return nil, err
	}
	if err := stopLeftover(c.data); err != nil {
		return nil, err
	}

	args := []string{
		"-D", c.data,
		"-p", fmt.Sprint(o.Port),
		"-c", "listen_addresses=" + Loopback,
		"-c", "unix_socket_directories=", // a deep path breaks the socket's length limit
		"-c", "max_connections=200",
	}
	if o.Throwaway {
		args = append(args, "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
	}
	p, err := Start(Command{
		Name: "postgres", Path: filepath.Join(binaries, "postgres"), Args: args,
		Dir: c.data, Log: o.Log, User: c.user,
		Stop:   syscall.SIGINT, // fast: end the sessions, write everything down
		Orphan: syscall.SIGINT,
	})
	if err != nil {
		return nil, err
	}
	started := &Postgres{Process: p, Data: c.data, URL: postgresURL(c.password, o.Port)}
	if err := started.wait(ctx); err != nil {
		return nil, errors.Join(err, started.Stop())
	}
	return started, nil
}

// Stop ends all sessions, writes everything down and stops the server.
func (p *Postgres) Stop() error { return p.Process.Stop(postgresStop) }

func (p *Postgres) wait(ctx context.Context) error {
	db, err := sql.Open("postgres", p.URL)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer db.Close()
	return p.Wait(ctx, postgresStart, db.PingContext)
}

func postgresURL(password string, port int) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(superuser, password),
		Host: Address(port), Path: "/postgres", RawQuery: "sslmode=disable",
	}
	return u.String()
}
