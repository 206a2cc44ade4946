package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/url"
)

// upload uploads a picture as evidence and returns its SHA-256.
func (c client) upload(ctx context.Context, name string, picture []byte) (string, error) {
	var answer struct {
		Evidence struct {
			SHA256 string `json:"sha256"`
		} `json:"evidence"`
	}
	err := c.do(ctx, call{
		method: http.MethodPost, path: "/evidence", query: url.Values{"name": {name}, "type": {"png"}}, file: picture,
	}, &answer)
	if err != nil {
		return "", err
	}
	if sum := fmt.Sprintf("%x", sha256.Sum256(picture)); answer.Evidence.SHA256 != sum {
		return "", fmt.Errorf("%s came to %s, not to %s", name, answer.Evidence.SHA256, sum)
	}
	return answer.Evidence.SHA256, nil
}

// sealedPage draws what stands for the scan of a sealed page: a red ring, and a
// line that no other text has.
func sealedPage(text string) []byte {
	const wide, high, centre, ring = 120, 160, 60, 40
	page := image.NewPaletted(image.Rect(0, 0, wide, high), color.Palette{color.White, color.Black, color.RGBA{R: 0xc8, A: 0xff}})
	for y := range high {
		for x := range wide {
			if d := (x-centre)*(x-centre) + (y-2*ring)*(y-2*ring); d <= ring*ring && d >= (ring-3)*(ring-3) {
				page.SetColorIndex(x, y, 2)
			}
		}
	}
	for i, b := range sha256.Sum256([]byte(text)) {
		for bit := range 3 {
			page.SetColorIndex(12+3*i+bit, 12, b>>bit&1)
		}
	}
	var file bytes.Buffer
	if err := png.Encode(&file, page); err != nil {
		panic("a picture in memory is written: " + err.Error())
	}
	return file.Bytes()
}
