package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// errNoPostgres says what to install, in one line.
var errNoPostgres = errors.New("PostgreSQL is not installed: run `sudo apt-get install postgresql` " +
	"(Debian, Ubuntu), `sudo dnf install postgresql-server` (Fedora) or `brew install postgresql` (macOS), " +
	"or set DATABASE_URL to a database of your own")

// findPostgres returns the folder of the PostgreSQL server's commands. Where
// there is none, and we are root on Debian or Ubuntu, they are installed.
func findPostgres(ctx context.Context) (string, error) {
	if found := postgresFolder(); found != "" {
		return found, nil
	}
	apt, err := exec.LookPath("apt-get")
	if err != nil || os.Geteuid() != 0 {
		return "", errNoPostgres
	}
	fmt.Fprintln(os.Stderr, "正在安装 PostgreSQL… (installing PostgreSQL with apt-get)")
	for _, args := range [][]string{{"update", "-q"}, {"install", "-q", "-y", "postgresql"}} {
		install := exec.CommandContext(ctx, apt, args...)
		install.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if output, err := install.CombinedOutput(); err != nil {
			return "", fmt.Errorf("run apt-get %s: %w\n%s", args[0], err, output)
		}
	}
	if found := postgresFolder(); found != "" {
		return found, nil
	}
	return "", errNoPostgres
}

// postgresFolder looks on the PATH, then where systems put PostgreSQL.
// Debian keeps its commands off the PATH, one folder for each version.
func postgresFolder() string {
	if initdb, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(initdb); err == nil && isPostgres(filepath.Dir(real)) {
			return filepath.Dir(real)
		}
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin",                          // Debian, Ubuntu
		"/usr/pgsql-*/bin",                                   // PostgreSQL's own packages for Fedora and its kin
		"/opt/homebrew/opt/postgresql*/bin",                  // macOS
		"/usr/local/opt/postgresql*/bin",                     // macOS on Intel
		"/Applications/Postgres.app/Contents/Versions/*/bin", // macOS, Postgres.app
	} {
		if newest := newestPostgres(pattern); newest != "" {
			return newest
		}
	}
	return ""
}

// newestPostgres returns the folder of the highest version the pattern finds.
func newestPostgres(pattern string) string {
	found, err := filepath.Glob(pattern)
	if err != nil {
		return "" // not a pattern of ours
	}
	found = slices.DeleteFunc(found, func(folder string) bool { return !isPostgres(folder) })
	if len(found) == 0 {
		return ""
	}
	return slices.MaxFunc(found, func(a, b string) int { return versionIn(a) - versionIn(b) })
}

// versionIn reads the major version from a folder such as /usr/lib/postgresql/15/bin.
func versionIn(folder string) int {
	name := filepath.Base(filepath.Dir(folder))
	version, err := strconv.Atoi(name[strings.LastIndexAny(name, "-@")+1:])
	if err != nil {
		return 0 // a folder without a version comes last
	}
	return version
}

func isPostgres(folder string) bool {
	for _, name := range []string{"initdb", "postgres"} {
		if _, err := exec.LookPath(filepath.Join(folder, name)); err != nil {
			return false
		}
	}
	return true
}
