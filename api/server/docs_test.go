package server

import (
	"bytes"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

func TestTheDocumentationShowsEveryOperationAndLinksNowhereElse(t *testing.T) {
	h := newHouse(t)
	a := h.call("", "GET", "/docs", nil).want(http.StatusOK)
	page := string(a.body)
	contract, err := readContract(contractText(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range contract.operations {
		if strings.Count(page, `<article id="`+o.OperationID+`">`) != 1 {
			t.Errorf("%s is not shown once", o.OperationID)
		}
	}
	for name := range contract.doc.Components.Schemas {
		if !strings.Contains(page, `<article id="schema-`+name+`">`) {
			t.Errorf("schema %s is not shown", name)
		}
	}
	ids := make(map[string]bool)
	for _, m := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if ids[m[1]] {
			t.Errorf("id %s stands twice", m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`(?:href|src)="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		target, local := strings.CutPrefix(m[1], "#")
		switch {
		case local && !ids[target]:
			t.Errorf("#%s leads nowhere", target)
		case !local && m[1] != "/docs/style.css" && m[1] != prefix+"/openapi.yaml":
			t.Errorf("the page needs %s", m[1])
		}
	}
	if strings.Contains(page, "<script") || strings.Contains(page, " style=") || strings.Contains(page, "ZgotmplZ") {
		t.Error("the page holds what its policy forbids")
	}
	if csp := a.header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'") {
		t.Errorf("policy %q", csp)
	}
	if len(a.body) > 600<<10 { // every operation on one page, for whoever writes a client
		t.Errorf("the page has %d KiB", len(a.body)>>10)
	}
}

func TestTheContractIsServedAsItIs(t *testing.T) {
	h := newHouse(t)
	if got := h.call("", "GET", "/api/v1/openapi.yaml", nil).want(http.StatusOK).body; !bytes.Equal(got, contractText(t)) {
		t.Error("another contract is served")
	}
	if got := h.call("", "GET", "/docs/style.css", nil).want(http.StatusOK); got.header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("the style is %q", got.header.Get("Content-Type"))
	}
	h.call("", "GET", "/docs/page.html", nil).want(http.StatusNotFound)
}

func TestExamplesSatisfyTheContract(t *testing.T) {
	contract, err := readContract(contractText(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range contract.operations {
		if o.body == nil {
			continue
		}
		_, body, found := strings.Cut(curlOf(o), "-d '")
		if !found {
			t.Errorf("%s has no example body", o.OperationID)
			continue
		}
		defects, err := o.checkBody("application/json", []byte(strings.TrimSuffix(body, "'")))
		if err != nil || len(defects) > 0 {
			t.Errorf("the example of %s is refused: %v %v", o.OperationID, defects, err)
		}
	}
}
