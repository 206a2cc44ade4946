// Command verify verifies the decision log (日志核验): an exported file, on any
// machine, or the log in a database.
//
//	verify [-head POSITION:SHA256] FILE          a file of GET /audit/export; - reads standard input
//	verify [-head POSITION:SHA256] -database     the database at DATABASE_URL
//
// A head is printed on every public notice, title and receipt. Without one the
// newest rows can be gone unseen. It exits with 0 when the log is intact, with 1
// when something is wrong with it, with 2 when it could not be verified.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"shifan/internal/acts"
	"shifan/internal/award"
	"shifan/internal/logfile"
	"shifan/internal/postgres"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	intact, err := run(ctx, os.Args[1:], os.Getenv("DATABASE_URL"), os.Stdin, os.Stdout)
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	case !intact:
		os.Exit(1)
	}
}

var errUsage = errors.New("用法 · usage: verify [-head POSITION:SHA256] FILE | -database")

// run verifies what the arguments name and prints what it found.
func run(ctx context.Context, args []string, url string, in io.Reader, out io.Writer) (bool, error) {
	flags := flag.NewFlagSet("verify", flag.ContinueOnError)
	printed := flags.String("head", "", "a head of the log known before, as printed: position:sha256")
	database := flags.Bool("database", false, "verify the database at DATABASE_URL")
	if err := flags.Parse(args); err != nil {
		return false, errors.Join(errUsage, err)
	}
	if *database != (flags.NArg() == 0) || flags.NArg() > 1 {
		return false, errUsage
	}
	var known award.LogHead
	if *printed != "" {
		var err error
		if known, err = award.ParseLogHead(*printed); err != nil {
			return false, errors.New("链首写法不对，应为 位置:摘要 · the head must be as printed: position:sha256")
		}
	}

	var found acts.LogVerification
	var err error
	if *database {
		found, err = ofDatabase(ctx, url, known)
	} else {
		found.LogReport, err = ofFile(flags.Arg(0), in, known)
	}
	if err != nil {
		return false, err
	}
	show(out, found, known)
	return found.Intact(), nil
}

func ofFile(name string, in io.Reader, known award.LogHead) (award.LogReport, error) {
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return award.LogReport{}, err
		}
		defer func() { _ = file.Close() }() // it was only read
		in = file
	}
	return logfile.Verify(in, known)
}

func ofDatabase(ctx context.Context, url string, known award.LogHead) (found acts.LogVerification, err error) {
	if url == "" {
		return found, errors.New("DATABASE_URL is not set")
	}
	db, err := postgres.Open(ctx, url, 2)
	if err != nil {
		return found, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return acts.New(postgres.New(db), nil, slog.New(slog.DiscardHandler)).CheckLog(ctx, known)
}

// words say what is wrong.
var words = map[award.LogFaultKind]string{
	award.LogAltered:     "内容或顺序被改 · altered",
	award.LogMissing:     "记录已不在 · the row is gone",
	award.LogMisplaced:   "前后不接，有删除、插入或移动 · does not follow the one before",
	award.LogCutShort:    "日志在已知链首之前中断 · ends before the known head",
	award.LogHeadDiffers: "与已知链首不符 · differs from the known head",
	award.LogBackdated:   "记录时间早于前面的记录一小时以上 · dated over an hour before an earlier row",
}

// show prints what was found.
func show(out io.Writer, found acts.LogVerification, known award.LogHead) {
	for _, fault := range found.Faults {
		fmt.Fprintf(out, "第 %d 条 · row %d: %s\n", fault.Position, fault.Position, words[fault.Kind])
	}
	if found.Unsealed > 0 {
		fmt.Fprintf(out, "待封存 %d 条，最早 %s · rows that wait for their seal\n", found.Unsealed, award.LogAt(found.Oldest))
	}
	if known.Position == 0 {
		fmt.Fprintln(out, "未给出已知链首，末尾的删除无从发现 · no known head was given: rows missing at the end can not be found")
	}
	verdict := "完整 · intact"
	if !found.Intact() {
		verdict = "不完整 · NOT INTACT"
	}
	fmt.Fprintf(out, "%s  共 %d 条 · rows  链首 · head %s\n", verdict, found.Rows, found.Head)
}
