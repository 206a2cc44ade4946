package main

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
)

// places names where things are kept.
type places struct {
	root      string // the repository
	bin       string // built commands and tools, shared by all states
	state     string // databases, keys, reports of one system
	log       string // one file for each process
	elsewhere string // database folder when PostgreSQL's user can not enter state
}

func placesIn(root string) places {
	local := filepath.Join(root, ".local")
	sum := sha256.Sum256([]byte(root))
	return places{
		root:      root,
		bin:       filepath.Join(local, "bin"),
		state:     local,
		log:       filepath.Join(local, "log"),
		elsewhere: filepath.Join("/var/lib/shifan", hex.EncodeToString(sum[:6])),
	}
}

// apart returns the places of a second system with a state of its own.
func (p places) apart(name string) places {
	p.state = filepath.Join(p.state, name)
	p.log = filepath.Join(p.state, "log")
	p.elsewhere = filepath.Join(p.elsewhere, name)
	return p
}
