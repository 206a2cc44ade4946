package acts

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// The parameters of argon2id (D-94, RFC 9106): 19 MiB and two passes are the
// least that OWASP asks for, some 30 ms of one core. They stand in front of each
// hash, so that raising them leaves old hashes good.
const (
	hashMemory  = 19 << 10 // KiB
	hashPasses  = 2
	hashThreads = 1
	hashLength  = 32 // bytes
	saltLength  = 16 // bytes
)

// hashesAtOnce bounds what a crowd at the door may cost: 76 MiB, and no more
// than two cores' worth of work waiting.
const hashesAtOnce = 4

// passwords hashes passwords, few at once.
type passwords chan struct{}

func newPasswords() passwords { return make(passwords, hashesAtOnce) }

// hash returns what the record keeps of a password.
func (p passwords) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltLength)
	rand.Read(salt) // never fails
	sum, err := p.sum(ctx, password, salt, hashPasses, hashMemory, hashThreads, hashLength)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemory, hashPasses, hashThreads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(sum)), nil
}

// match reports whether the hash is of the password. An empty hash is of none,
// and costs as much: who asks can not tell which names there are.
func (p passwords) match(ctx context.Context, hash, password string) (bool, error) {
	if hash == "" {
		_, err := p.hash(ctx, password)
		return false, err
	}
	var version, memory, passes uint32
	var threads uint8
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, fmt.Errorf("read a password's hash: %d parts", len(parts))
	}
	if _, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &passes, &threads); err != nil {
		return false, fmt.Errorf("read a hash's parameters: %w", err)
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, fmt.Errorf("read a hash's salt: %w", err)
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil {
		return false, fmt.Errorf("read a hash's sum: %w", err)
	}
	sum, err := p.sum(ctx, password, salt, passes, memory, threads, uint32(len(want)))
	return subtle.ConstantTimeCompare(sum, want) == 1, err
}

// sum waits for its turn and hashes.
func (p passwords) sum(ctx context.Context, password string, salt []byte, passes, memory uint32, threads uint8, length uint32) ([]byte, error) {
	select {
	case p <- struct{}{}:
		defer func() { <-p }()
		return argon2.IDKey([]byte(password), salt, passes, memory, threads, length), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// temporaryPassword returns a password to be handed over and changed at once:
// 80 random bits in groups that can be read out.
func temporaryPassword() string {
	text := strings.ToLower(rand.Text()) // a-z and 2-7: no 0, 1, 8
	return text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:16]
}
