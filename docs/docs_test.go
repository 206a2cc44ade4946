// Package docs_test keeps the documents true to the tree.
package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const root = ".."

// TestEveryLinkLeadsSomewhere follows every relative link of every document.
func TestEveryLinkLeadsSomewhere(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#]+)(#[^)]*)?\)`)
	found := 0
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == ".local" || entry.Name() == ".git") {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".md" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, match := range link.FindAllStringSubmatch(string(text), -1) {
			if target := match[1]; !strings.Contains(target, "://") {
				found++
				assert.FileExists(t, filepath.Join(filepath.Dir(path), target), "linked from %s", path)
			}
		}
		return nil
	}))
	assert.Positive(t, found)
}

// TestTheNoticeMapNamesCodeThatExists checks that each `file` `Name` of
// notice.md is defined there.
func TestTheNoticeMapNamesCodeThatExists(t *testing.T) {
	text, err := os.ReadFile("notice.md")
	require.NoError(t, err)
	pairs := regexp.MustCompile("`([a-z_/]+\\.go)` `(\\w+)`").FindAllStringSubmatch(string(text), -1)
	require.Greater(t, len(pairs), 30)
	for _, pair := range pairs {
		code, err := os.ReadFile(filepath.Join(root, pair[1]))
		if assert.NoError(t, err, pair[0]) {
			defined := regexp.MustCompile(`(?m)^(func (\([^)]*\) )?|type )` + pair[2] + `\b`)
			assert.Regexp(t, defined, string(code), "%s does not define %s", pair[1], pair[2])
		}
	}
}
