package console

import (
	"encoding/hex"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// spotCheckPage is what anybody may verify of a spot check (抽查, domain 6.2).
type spotCheckPage struct {
	acts.SpotCheck
	CommitmentHex, ListHex string
	Drawn, ByHand          []acts.SampledUnit
	Total                  int
	Next                   int // where the next page of the sample begins; 0: nowhere
}

// spotCheck shows the commitment, then rule and list, and after the last visit
// seed and names, with how to draw again.
func (c *Console) spotCheck(p *page) error {
	check, err := c.Acts.PublicSpotCheck(p.ctx(), p.c.Param("round"))
	if err != nil {
		return err
	}
	data := spotCheckPage{
		SpotCheck: check, CommitmentHex: hex.EncodeToString(check.Commitment), ListHex: hex.EncodeToString(check.ListSHA256),
	}
	for _, u := range check.Sample {
		if u.As == award.SampleByHand {
			data.ByHand = append(data.ByHand, u)
		} else {
			data.Drawn = append(data.Drawn, u)
		}
	}
	data.Total = len(data.Drawn)
	from := min(int(p.after()), data.Total)
	if data.Drawn = data.Drawn[from:]; len(data.Drawn) > mostLines {
		data.Drawn, data.Next = data.Drawn[:mostLines], from+mostLines
	}
	return p.show("spot_check", p.T("page_spot_check"), data)
}
