package acts_test

import (
	"iter"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
	"shifan/internal/register"
)

// golden are real units of every depth, by the list of 2023, and the offices
// that each file must climb, from the first to the one that recommends (domain
// 4). A community's last three digits are the sample's; all else is real.
var golden = []struct {
	shape    string
	unit     string
	category award.Category
	chain    []string // code and name of each office, in order
}{
	{"直辖市的社区", "110101001001", award.Community, []string{"110101001 东华门街道", "110101 东城区", "11 北京市"}},
	{"直辖市的市辖区", "310115", award.District, []string{"31 上海市"}},
	{"直辖市的县下街道", "500235001", award.Street, []string{"500235 云阳县", "50 重庆市"}},
	{"直辖市的县下社区", "500235001001", award.Community, []string{"500235001 双江街道", "500235 云阳县", "50 重庆市"}},
	{"不设区的市:东莞的街道", "441900003", award.Street, []string{"4419 东莞市", "44 广东省"}},
	{"不设区的市:东莞的社区", "441900003001", award.Community, []string{"441900003 东城街道", "4419 东莞市", "44 广东省"}},
	{"不设区的市:儋州镇下社区", "460400100001", award.Community, []string{"460400100 那大镇", "4604 儋州市", "46 海南省"}},
	{"不设区的市:嘉峪关的街道(620201 为占位)", "620201001", award.Street, []string{"6202 嘉峪关市", "62 甘肃省"}},
	{"省直管市:济源", "419001", award.District, []string{"41 河南省"}},
	{"省直管市:济源的街道", "419001001", award.Street, []string{"419001 济源市", "41 河南省"}},
	{"省直管市:济源的社区", "419001001001", award.Community, []string{"419001001 济源市沁园街道", "419001 济源市", "41 河南省"}},
	{"省直管林区:神农架的镇下社区", "429021100001", award.Community, []string{"429021100 松柏镇", "429021 神农架林区", "42 湖北省"}},
	{"县城街道", "410122001", award.Street, []string{"410122 中牟县", "4101 郑州市", "41 河南省"}},
	{"县城街道的社区", "410122001001", award.Community, []string{"410122001 青年路街道", "410122 中牟县", "4101 郑州市", "41 河南省"}},
	{"县下镇的社区", "410122101001", award.Community, []string{"410122101 韩寺镇", "410122 中牟县", "4101 郑州市", "41 河南省"}},
	{"县级市的街道", "410181001", award.Street, []string{"410181 巩义市", "4101 郑州市", "41 河南省"}},
	{"县级市", "410181", award.District, []string{"4101 郑州市", "41 河南省"}},
	{"开发区的街道", "130171010", award.Street, []string{"130171 石家庄高新技术产业开发区", "1301 石家庄市", "13 河北省"}},
	{"开发区的社区", "130171010001", award.Community, []string{"130171010 长江街道", "130171 石家庄高新技术产业开发区", "1301 石家庄市", "13 河北省"}},
	{"自治州的县级市街道", "222401001", award.Street, []string{"222401 延吉市", "2224 延边朝鲜族自治州", "22 吉林省"}},
	{"盟的县级市街道", "152502001", award.Street, []string{"152502 锡林浩特市", "1525 锡林郭勒盟", "15 内蒙古自治区"}},
	{"地区的县级市镇下社区", "232701100001", award.Community, []string{"232701100 西林吉镇", "232701 漠河市", "2327 大兴安岭地区", "23 黑龙江省"}},
	{"兵团的市", "659002", award.District, []string{"BT 新疆生产建设兵团"}},
	{"兵团的街道", "659002001", award.Street, []string{"659002 阿拉尔市", "BT 新疆生产建设兵团"}},
	{"兵团街道的社区", "659001001001", award.Community, []string{"659001001 新城街道", "659001 石河子市", "BT 新疆生产建设兵团"}},
	{"兵团团场的社区", "659001500001", award.Community, []string{"659001500 兵团一五二团", "659001 石河子市", "BT 新疆生产建设兵团"}},
}

// goldenRegister is the embedded list: everything down to the counties, and
// what lies at and below the units under test, with a sample community where a
// unit under test is below a town or a 团场.
func goldenRegister(t *testing.T) iter.Seq2[register.Row, error] {
	t.Helper()
	rows, err := register.Sample()
	require.NoError(t, err)
	return func(yield func(register.Row, error) bool) {
		have := map[string]bool{}
		for row, err := range rows {
			if err == nil && !nearGolden(row.Code) {
				continue
			}
			have[row.Code] = true
			if !yield(row, err) || err != nil {
				return
			}
		}
		for _, g := range golden {
			if !have[g.unit] && !yield(register.Row{
				Code: g.unit, Name: "第一社区", Source: register.CommunitiesSource, Kind: award.KindCommunity, Sure: true,
			}, nil) {
				return
			}
		}
	}
}

func nearGolden(code string) bool {
	if len(code) <= len("410122") {
		return true
	}
	for _, g := range golden {
		if strings.HasPrefix(g.unit, code) { // the unit itself, or an office of its chain
			return true
		}
	}
	return false
}

func TestRealUnitsOfEveryDepthClimbExactlyTheirOffices(t *testing.T) {
	w := actstest.On(t, register.EmbeddedDate(), goldenRegister(t))
	c := &country{World: w, t: t, round: w.OpenDrill(actstest.Drill{}).ID}
	for _, g := range golden {
		t.Run(g.shape, func(t *testing.T) {
			f := c.filed(g.unit, g.category)
			had := []string{f.WaitingCode + " " + f.WaitingName}
			states := []award.FileState{f.State}
			for f.State != award.FileAtProvince {
				f = c.agree(f)
				had = append(had, f.WaitingCode+" "+f.WaitingName)
				states = append(states, f.State)
			}
			require.Equal(t, g.chain, had)
			require.Equal(t, f.OfficeCode, f.WaitingCode, "the climb ends at the office that recommends")
			for i, state := range states {
				want := award.FileClimbing
				switch {
				case i == len(states)-1:
					want = award.FileAtProvince
				case i == 0:
					want = award.FileFiled
				}
				require.Equal(t, want, state, "at %s", had[i])
			}

			opinions, err := c.Acts.Endorsements(t.Context(), c.Clerk(g.unit), c.round, f.ID)
			require.NoError(t, err)
			signed := []string{}
			for _, o := range opinions {
				signed = append(signed, o.OfficeCode+" "+o.OfficeName)
			}
			require.Equal(t, g.chain[:len(g.chain)-1], signed, "each has its opinion, once")
			require.Equal(t, len(g.chain), c.rows("application_history", f), "one move for the filing and one for each opinion")
		})
	}
}

// rows counts the rows that a table has of a file.
func (c *country) rows(table string, f acts.File) int {
	c.t.Helper()
	return actstest.One[int](c.World, `SELECT count(*) FROM `+table+` WHERE application_id = $1`, f.ID)
}
