package server

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// superuser is the cluster's only role.
const superuser = "postgres"

// cluster is a PostgreSQL cluster on disk.
type cluster struct {
	data     string // data folder
	password string // of the superuser
	user     *User  // who owns the data
	binaries string // folder of the PostgreSQL commands
}

// prepareCluster finds the cluster, or makes one.
func prepareCluster(ctx context.Context, o PostgresOptions, binaries string) (*cluster, error) {
	owner, err := unprivileged()
	if err != nil {
		return nil, err
	}
	folder, err := dataFolder(o, owner, binaries)
	if err != nil {
		return nil, err
	}
	c := &cluster{data: filepath.Join(folder, "data"), user: owner, binaries: binaries}
	secret := filepath.Join(o.Folder, "password")

	kept, err := os.ReadFile(secret)
	switch {
	case err == nil:
		c.password = strings.TrimSpace(string(kept))
	case errors.Is(err, os.ErrNotExist):
		c.password = rand.Text()
	default:
		return nil, fmt.Errorf("read the database password: %w", err)
	}

	if made, err := exists(filepath.Join(c.data, "PG_VERSION")); err != nil {
		return nil, err
	} else if !made {
		if err := c.make(ctx); err != nil {
			return nil, err
		}
	} else if kept == nil { // the password file was lost: set a new one
		if err := stopLeftover(c.data); err != nil {
			return nil, err
		}
		if err := c.setPassword(ctx); err != nil {
			return nil, err
		}
	}
	if kept == nil {
		if err := os.WriteFile(secret, []byte(c.password+"\n"), 0o600); err != nil {
			return nil, fmt.Errorf("keep the database password: %w", err)
		}
	}
	return c, c.checkVersion()
}

// dataFolder returns a folder that PostgreSQL's user owns and can enter: one in
// o.Folder, else o.Elsewhere.
func dataFolder(o PostgresOptions, owner *User, binaries string) (string, error) {
	for _, folder := range []string{o.Folder, o.Elsewhere} {
		if folder == "" {
			continue
		}
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return "", fmt.Errorf("make the database folder: %w", err)
		}
		if err := owner.own(folder); err != nil {
			return "", err
		}
		if owner.mayEnter(folder, filepath.Join(binaries, "postgres")) {
			return folder, nil
		}
	}
	return "", fmt.Errorf("PostgreSQL's user %s can not enter %s", owner.name(), o.Folder)
}

// make makes the cluster beside its place and moves it there when it is whole,
// so that one cut short is never taken for a cluster.
func (c *cluster) make(ctx context.Context) error {
	draft := c.data + ".new"
	if err := os.RemoveAll(draft); err != nil {
		return fmt.Errorf("remove a half-made cluster: %w", err)
	}
	secret := draft + ".password"
	if err := os.WriteFile(secret, []byte(c.password+"\n"), 0o600); err != nil {
		return fmt.Errorf("write the database password: %w", err)
	}
	defer os.Remove(secret) //nolint:errcheck // unreadable to others, and rewritten next time
	if err := c.user.own(secret); err != nil {
		return err
	}
	err := c.run(ctx, "", "initdb", "-D", draft, "-U", superuser, "--pwfile", secret,
		"--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync")
	if err != nil {
		return err
	}
	if err := os.Rename(draft, c.data); err != nil {
		return fmt.Errorf("move the new cluster into place: %w", err)
	}
	return nil
}

// setPassword changes the superuser's password on a stopped cluster.
func (c *cluster) setPassword(ctx context.Context) error {
	order := fmt.Sprintf("ALTER ROLE %s PASSWORD '%s'\n", superuser, c.password) // letters and digits only
	return c.run(ctx, order, "postgres", "--single", "-D", c.data, "postgres")
}

// run runs a PostgreSQL command as the owner of the data.
func (c *cluster) run(ctx context.Context, input, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, filepath.Join(c.binaries, name), args...)
	cmd.Dir = filepath.Dir(c.data)
	cmd.Stdin = strings.NewReader(input)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.user.credential()}
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("run %s: %w\n%s", name, err, bytes.TrimSpace(output))
	}
	return nil
}

// checkVersion refuses a cluster made by another major version, in one line
// that says what to do.
func (c *cluster) checkVersion() error {
	made, err := os.ReadFile(filepath.Join(c.data, "PG_VERSION"))
	if err != nil {
		return fmt.Errorf("read the cluster's version: %w", err)
	}
	major := strings.TrimSpace(string(made))
	output, err := exec.Command(filepath.Join(c.binaries, "postgres"), "--version").Output() //nolint:noctx // ends at once
	if err != nil {
		return fmt.Errorf("ask PostgreSQL's version: %w", err)
	}
	if version := string(output); !strings.Contains(version, " "+major+".") {
		return fmt.Errorf("%s was made by PostgreSQL %s, and this is %s: install PostgreSQL %s, or remove the folder and lose its data",
			c.data, major, strings.TrimSpace(version), major)
	}
	return nil
}

func exists(path string) (bool, error) {
	_, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for %s: %w", path, err)
	}
	return true, nil
}
