package server

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// User is whom a process runs as. PostgreSQL refuses to run as root.
type User struct {
	login    string
	uid, gid uint32
}

// unprivileged returns the user PostgreSQL runs as: nil, the caller, unless the
// caller is root.
func unprivileged() (*User, error) {
	if os.Geteuid() != 0 {
		return nil, nil //nolint:nilnil // nil is the caller, as in Command.User
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue // the next one may exist
		}
		uid, err := strconv.ParseUint(found.Uid, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("read the ID of user %s: %w", name, err)
		}
		gid, err := strconv.ParseUint(found.Gid, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("read the group of user %s: %w", name, err)
		}
		return &User{login: name, uid: uint32(uid), gid: uint32(gid)}, nil
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")
}

func (u *User) name() string {
	if u == nil {
		return "of the caller"
	}
	return u.login
}

func (u *User) credential() *syscall.Credential {
	if u == nil {
		return nil
	}
	return &syscall.Credential{Uid: u.uid, Gid: u.gid}
}

// own makes the user the owner of a file or folder.
func (u *User) own(path string) error {
	if u == nil {
		return nil
	}
	if err := os.Chown(path, int(u.uid), int(u.gid)); err != nil {
		return fmt.Errorf("hand %s to user %s: %w", path, u.login, err)
	}
	return nil
}

// mayEnter reports whether the user can run the binary inside the folder. It is
// tried, not computed: access lists and mounts have the last word.
func (u *User) mayEnter(folder, binary string) bool {
	try := exec.Command(binary, "--version") //nolint:noctx // ends at once
	try.Dir = folder
	try.SysProcAttr = &syscall.SysProcAttr{Credential: u.credential()}
	return try.Run() == nil
}
