package register_test

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shifan/internal/award"
	"shifan/internal/register"
)

func TestTheListOf2008HasTheKnownDistrictsAndCountyLevelCities(t *testing.T) {
	rows := read(t, list2008(t))

	type counts struct{ districts, cities int }
	got, total := make(map[string]counts), counts{}
	for _, row := range rows {
		if !row.Sure {
			t.Errorf("line %d: %s %s is unsure", row.Line, row.Code, row.Name)
		}
		office := row.Code[:2]
		if strings.HasPrefix(row.Code, award.CodeCorpsCities) {
			office = award.CodeCorps
		}
		c := got[office]
		switch row.Kind {
		case award.KindDistrict:
			c.districts++
			total.districts++
		case award.KindCountyCity:
			c.cities++
			total.cities++
		}
		got[office] = c
	}

	want := make(map[string]counts)
	for _, province := range provinces2008(t) {
		want[province["code"]] = counts{number(t, province["districts"]), number(t, province["county_level_cities"])}
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(counts{})); diff != "" {
		t.Errorf("districts and cities by province (-want +got):\n%s", diff)
	}
	if total != (counts{856, 368}) {
		t.Errorf("the country has %d districts and %d county-level cities, want 856 and 368", total.districts, total.cities)
	}
	if len(rows) != 3223 {
		t.Errorf("read %d units, want every one of 3223", len(rows))
	}
}

func TestOpenReadsOurOwnForm(t *testing.T) {
	const text = "\ufeffname,code,kind,parent,recommending_office,valid_from,valid_to\r\n" +
		" 郑州市 ,410100,,,,,\r\n" +
		"二七区,410103000000,,,,2008-01-01,\r\n" +
		"某新区,410199,district,4101,41,,2010-06-01\r\n" +
		",,,,,,\r\n"
	got := read(t, strings.NewReader(text))
	want := []register.Row{
		{Line: 2, Code: "4101", Name: "郑州市", Kind: award.KindPrefecture, Sure: true},
		{
			Line: 3, Code: "410103", Name: "二七区", Kind: award.KindDistrict, Sure: true,
			ValidFrom: award.Date{Year: 2008, Month: 1, Day: 1},
		},
		{
			Line: 4, Code: "410199", Name: "某新区", Kind: award.KindDistrict, Sure: true, Stated: true,
			Parent: "4101", RecommendingOffice: "41", ValidTo: award.Date{Year: 2010, Month: 6, Day: 1},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOpenLeavesOutRowsThatStandForNoUnit(t *testing.T) {
	got := read(t, strings.NewReader(`code,name
1101,市辖区
110101,东城区
4290,省直辖县级行政区划
429004,仙桃市
4419,东莞市
441900,东莞市
441900003,东城街道
6202,嘉峪关市
620201,嘉峪关市
`))
	var names []string
	for _, row := range got {
		names = append(names, row.Code+" "+row.Name)
	}
	want := []string{"110101 东城区", "429004 仙桃市", "4419 东莞市", "441900003 东城街道", "6202 嘉峪关市"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestABadListIsRefusedWithEveryDefectInItsPlace(t *testing.T) {
	const text = "code,name,kind,parent,recommending_office,valid_from,valid_to\n" +
		"410102,中原区,,,,,\n" +
		"41010,二七区,,,,,\n" +
		"410103,,,,,,\n" +
		"410104,\xb9\xdc\xb3\xc7\xc7\xf8,,,,,\n" + // 管城区 as GBK
		"410105,金水区,市辖区,,,,\n" +
		"410106,上街区,,x,041,2008-02-30,soon\n" +
		"410108,惠济区\n"
	_, err := collect(t, strings.NewReader(text))
	refusal, ok := errors.AsType[*award.Error](err)
	if !ok {
		t.Fatalf("got %v, want a refusal", err)
	}
	var got []string
	for _, defect := range refusal.Fields {
		got = append(got, defect.Pointer+" "+defect.Key)
	}
	want := []string{
		"/lines/3/code register_code_malformed",
		"/lines/4/name register_name_malformed",
		"/lines/5/name register_name_malformed",
		"/lines/6/kind register_kind_unknown",
		"/lines/7/parent register_code_malformed",
		"/lines/7/recommending_office register_code_malformed",
		"/lines/7/valid_from register_date_malformed",
		"/lines/7/valid_to register_date_malformed",
		"/lines/8 register_line_malformed",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]any{3, "code", "41010"}, refusal.Fields[0].Args); diff != "" {
		t.Errorf("what the message is told (-want +got):\n%s", diff)
	}
	if refusal.Code != award.Invalid || refusal.Rule != "D-13" {
		t.Errorf("refused as %s by %s", refusal.Code, refusal.Rule)
	}
}

func TestARefusalCountsAllDefectsAndShowsTheFirst(t *testing.T) {
	text := "code,name\n" + strings.Repeat("x,某区\n", register.MaxDefects+5)
	_, err := collect(t, strings.NewReader(text))
	refusal, ok := errors.AsType[*award.Error](err)
	if !ok {
		t.Fatalf("got %v, want a refusal", err)
	}
	if len(refusal.Fields) != register.MaxDefects || refusal.Args[0] != register.MaxDefects+5 {
		t.Errorf("shows %d of %v", len(refusal.Fields), refusal.Args[0])
	}
}

func TestOpenRefusesWhatIsNoList(t *testing.T) {
	for name, text := range map[string]string{
		"an empty file":         "",
		"a byte order mark":     "\ufeff",
		"a table without names": "code,kind\n11,province\n",
		"a spreadsheet":         "PK\x03\x04\x14\x00\x06\x00",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := register.Open(strings.NewReader(text)); award.CodeOf(err) != award.Invalid {
				t.Errorf("got %v, want a refusal", err)
			}
		})
	}
}

func TestAFileThatCanNotBeReadIsAFaultAndNoRefusal(t *testing.T) {
	broken := errors.New("the disk is gone")
	rows, err := register.Open(io.MultiReader(
		strings.NewReader("code,name\n"+strings.Repeat("11,北京市\n", 1000)), failing{broken}))
	if err != nil {
		t.Fatal(err)
	}
	for _, rowErr := range rows {
		err = rowErr
	}
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestAListWithOnlyAHeaderHasNoRows(t *testing.T) {
	if rows := read(t, strings.NewReader("code,name")); len(rows) != 0 {
		t.Errorf("got %v", rows)
	}
}

func TestCanonical(t *testing.T) {
	for text, want := range map[string]string{
		"0": "0", "BT": "BT", "41": "41",
		"410000": "41", "410000000000": "41", "4100": "41",
		"410100": "4101", "410102": "410102", "410102000": "410102",
		"410102001": "410102001", "410102001000": "410102001", "410102001001": "410102001001",
		"411000": "4110", "110100": "1101", "110101010": "110101010",
		"441900003": "441900003", "441900000000": "4419",
	} {
		if got, ok := register.Canonical(text); got != want || !ok {
			t.Errorf("Canonical(%q) = %q, %v, want %q", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "1", "410", "41010", "4101020010", "XJ", "bt", "41010２", "000000", "00", "410001", "410000001", "012345"} {
		if got, ok := register.Canonical(text); ok {
			t.Errorf("Canonical(%q) = %q, want none", text, got)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func read(t *testing.T, r io.Reader) []register.Row {
	t.Helper()
	rows, err := collect(t, r)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// collect returns the rows before the first error, and that error.
func collect(t *testing.T, r io.Reader) ([]register.Row, error) {
	t.Helper()
	list, err := register.Open(r)
	if err != nil {
		t.Fatal(err)
	}
	var rows []register.Row
	for row, err := range list {
		if err != nil {
			return rows, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func list2008(t *testing.T) io.Reader {
	t.Helper()
	file, err := os.Open("testdata/divisions-2008-12.tsv.gz")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	plain, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

func provinces2008(t *testing.T) []map[string]string {
	t.Helper()
	file, err := os.Open("testdata/provinces-2008.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var provinces []map[string]string
	for _, record := range records[1:] {
		province := make(map[string]string)
		for i, column := range records[0] {
			province[column] = record[i]
		}
		provinces = append(provinces, province)
	}
	return provinces
}

func number(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
