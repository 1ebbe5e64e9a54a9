package main

import (
	"io"
	"mime/multipart"
	"regexp"
	"slices"
	"strings"
	"testing"

	"timbre/bench/media"
	"timbre/sip/sdp"
)

var bareEnd = regexp.MustCompile(`[^\r]\n|\r[^\n]`)

func TestLinesOfOffersEndWithCRLF(t *testing.T) {
	const suite = "AEAD_AES_256_GCM"
	for name, keys := range map[string][]sdp.Crypto{"in the clear": nil, "encrypted": {sdp.NewCrypto("1", suite), sdp.NewCrypto("1", suite)}} {
		t.Run(name, func(t *testing.T) {
			offer := body(media.Format{RTPMap: "PCMU/8000"}, 4000, keys)
			if at := bareEnd.FindStringIndex(offer); at != nil {
				t.Errorf("got %q, want every line to end with CR LF", offer[max(0, at[0]-20):at[1]])
			}
			var kinds []string
			for parts := multipart.NewReader(strings.NewReader(offer), "part"); ; {
				p, err := parts.NextRawPart()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				kinds = append(kinds, p.Header.Get("Content-Type"))
			}
			if want := []string{"application/sdp", "application/rs-metadata+xml"}; !slices.Equal(kinds, want) {
				t.Errorf("got parts %q, want %q", kinds, want)
			}
		})
	}
}
