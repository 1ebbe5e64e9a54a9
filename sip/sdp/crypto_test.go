package sdp

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
	"testing"
)

// secrets are keys of the lengths that suites need, in base64 without padding.
var (
	key28 = base64.RawStdEncoding.EncodeToString(bytes.Repeat([]byte{28}, 28))
	key30 = base64.RawStdEncoding.EncodeToString(bytes.Repeat([]byte{30}, 30))
	key44 = base64.RawStdEncoding.EncodeToString(bytes.Repeat([]byte{44}, 44))
	key46 = base64.RawStdEncoding.EncodeToString(bytes.Repeat([]byte{46}, 46))
)

func TestCryptoAttributes(t *testing.T) {
	for v, want := range map[string]struct {
		suite string // or what is wrong
		key   byte   // each byte of it
		mki   []byte
	}{
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30:                                  {"AES_CM_128_HMAC_SHA1_80", 30, nil},
		"7  aes_cm_128_hmac_sha1_32\tINLINE:" + key30:                                {"AES_CM_128_HMAC_SHA1_32", 30, nil},
		"1 AES_256_CM_HMAC_SHA1_80 inline:" + key46:                                  {"AES_256_CM_HMAC_SHA1_80", 46, nil},
		"1 AES_256_CM_HMAC_SHA1_32 inline:" + key46 + "==":                           {"AES_256_CM_HMAC_SHA1_32", 46, nil},
		"1 AES_CM_256_HMAC_SHA1_80 inline:" + key46 + "==":                           {"AES_256_CM_HMAC_SHA1_80", 46, nil},
		"1 AEAD_AES_128_GCM inline:" + key28 + "==":                                  {"AEAD_AES_128_GCM", 28, nil},
		"123456789 AEAD_AES_256_GCM inline:" + key44:                                 {"AEAD_AES_256_GCM", 44, nil},
		"1 AEAD_AES_256_GCM inline:" + key44 + "= WSH=64 KDR=0 -X=y":                 {"AEAD_AES_256_GCM", 44, nil},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|2^31":                        {"AES_CM_128_HMAC_SHA1_80", 30, nil},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|1048576|1:1":                 {"AES_CM_128_HMAC_SHA1_80", 30, []byte{1}},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|258:4":                       {"AES_CM_128_HMAC_SHA1_80", 30, []byte{0, 0, 1, 2}},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|2^20|1:4 FEC_ORDER=FEC_SRTP": {"AES_CM_128_HMAC_SHA1_80", 30, []byte{0, 0, 0, 1}},
		"":                          {"not TAG SUITE", 0, nil},
		"1 AES_CM_128_HMAC_SHA1_80": {"not TAG SUITE", 0, nil},
		"x AES_CM_128_HMAC_SHA1_80 inline:" + key30:                                   {"not a number", 0, nil},
		"1234567890 AES_CM_128_HMAC_SHA1_80 inline:" + key30:                          {"not a number", 0, nil},
		"1 AES_192_CM_HMAC_SHA1_80 inline:" + key30:                                   {"AES_192_CM_HMAC_SHA1_80 is not supported", 0, nil},
		"1 " + key30 + " inline:" + key30:                                             {"not supported", 0, nil},
		"1 AES_CM_128_HMAC_SHA1_80 " + key30:                                          {"not inline", 0, nil},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key28:                                   {"not 30 bytes", 0, nil},
		"1 AES_CM_128_HMAC_SHA1_80 inline:!" + key30[1:]:                              {"not 30 bytes", 0, nil},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|1:1;inline:" + key30 + "|2:1": {"more than one", 0, nil},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|forever":                      {"lifetime", 0, nil},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|256:1":                        {"identifier", 0, nil},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|1:129":                        {"identifier", 0, nil},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|2^31|1:1|1:1":                 {"more than a lifetime", 0, nil},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + " UNENCRYPTED_SRTP":             {"session parameter", 0, nil},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + " FEC_ORDER=SRTP_FEC":           {"session parameter", 0, nil},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + " KDR=16":                       {"session parameter", 0, nil},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + strings.Repeat(" WSH=64", 200):  {"not TAG SUITE", 0, nil},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + " inline:" + key30:              {"session parameter", 0, nil},
	} {
		c, err := ParseCrypto(v)
		switch {
		case want.key == 0 && (err == nil || !strings.Contains(err.Error(), want.suite)):
			t.Errorf("%s: %v, want %s", v, err, want.suite)
		case want.key == 0 && (strings.Contains(err.Error(), key30[:8]) || strings.Contains(err.Error(), strings.ToUpper(key30[:8]))):
			t.Errorf("the key shows: %v", err)
		case want.key != 0 && (err != nil || c.Suite != want.suite || !bytes.Equal(c.MKI, want.mki) || len(bytes.Trim(c.Key, string(want.key))) != 0 || len(c.Key) != int(want.key)):
			t.Errorf("%s: %+v %v", v, c, err)
		}
	}
}

func TestEverySuiteIsWrittenAsItIsRead(t *testing.T) {
	for _, name := range Suites() {
		c := NewCrypto("3", name)
		back, err := ParseCrypto(c.Value())
		if err != nil || !bytes.Equal(back.Key, c.Key) || back.Suite != name || back.Tag != "3" || back.Value() != c.Value() {
			t.Errorf("%s: %v %s", name, err, back.Value())
		}
		if other := NewCrypto("3", name); bytes.Equal(other.Key, c.Key) {
			t.Errorf("%s: a key comes twice", name)
		}
	}
}

// A real offer: twelve lines, the strongest first, keys without padding.
const twelve = `v=0
o=- 1 1 IN IP4 192.0.2.1
s=-
c=IN IP4 192.0.2.1
t=0 0
m=audio 30000 RTP/SAVP 0
a=rtcp-mux
`

func TestTheStrongestKeyIsTaken(t *testing.T) {
	all := []string{
		"1 AEAD_AES_256_GCM inline:" + key44, "2 AEAD_AES_128_GCM inline:" + key28, "3 AES_256_CM_HMAC_SHA1_80 inline:" + key46,
		"4 AES_256_CM_HMAC_SHA1_32 inline:" + key46, "5 AES_192_CM_HMAC_SHA1_80 inline:" + key30, "6 AES_192_CM_HMAC_SHA1_32 inline:" + key30,
		"7 AES_CM_128_HMAC_SHA1_80 inline:" + key30, "8 AES_CM_128_HMAC_SHA1_32 inline:" + key30, "9 F8_128_HMAC_SHA1_80 inline:" + key30,
		"10 F8_128_HMAC_SHA1_32 inline:" + key30, "11 NULL_HMAC_SHA1_80 inline:" + key30, "12 NULL_HMAC_SHA1_32 inline:" + key30,
	}
	for _, c := range []struct {
		first int // of all
		tag   string
	}{
		{0, "1 AEAD_AES_256_GCM"},
		{1, "2 AEAD_AES_128_GCM"},
		{2, "3 AES_256_CM_HMAC_SHA1_80"},
		{3, "7 AES_CM_128_HMAC_SHA1_80"},
		{7, "8 AES_CM_128_HMAC_SHA1_32"},
	} {
		given := slices.Clone(all[c.first:])
		slices.Reverse(given) // the order says nothing
		sdp := twelve
		for _, v := range given {
			sdp += "a=crypto:" + v + "\n"
		}
		o, a := read1(t, sdp), NewAnswering(peer)
		text, err := a.Answer(o, map[int]int{0: 20000})
		if err != nil {
			t.Fatal(err)
		}
		own := read1(t, string(text)).Lines[0]
		if len(own.Crypto) != 1 || !strings.HasPrefix(own.Crypto[0].Value(), c.tag+" inline:") || strings.HasSuffix(own.Crypto[0].Value(), "=") ||
			!strings.Contains(string(text), "RTP/SAVP 0\r\n") || !strings.Contains(string(text), "a=rtcp-mux\r\n") {
			t.Errorf("%s:\n%s", c.tag, text)
			continue
		}
		keys := a.Spec(&o.Lines[0], peer, peer, false).Keys
		if keys == nil || keys.Suite != own.Crypto[0].Suite || !bytes.Equal(keys.Local, own.Crypto[0].Key) || !bytes.Equal(keys.Remote, o.Lines[0].Crypto[0].Key) {
			t.Errorf("%s: %+v", c.tag, keys)
		}
	}
	o := read1(t, twelve+"a=crypto:"+all[4]+"\na=crypto:"+all[10]+"\n")
	if l := o.Lines[0]; l.Unfit != NoKey || len(l.Faults) != 2 {
		t.Errorf("%+v", l)
	}
}

func FuzzCrypto(f *testing.F) {
	f.Add("1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|2^20|1:4 WSH=64")
	f.Add("99 AEAD_AES_256_GCM inline:" + key44 + "=")
	f.Add("1 AES_256_CM_HMAC_SHA1_80 inline:" + key46 + "|18446744073709551615:128")
	f.Fuzz(func(t *testing.T, v string) {
		c, err := ParseCrypto(v)
		if err != nil {
			return
		}
		back, err := ParseCrypto(c.Value())
		if err != nil || back.Tag != c.Tag || back.Suite != c.Suite || !bytes.Equal(back.Key, c.Key) {
			t.Errorf("%q became %q: %v", v, c.Value(), err)
		}
		if n := len(c.MKI); n > 128 {
			t.Errorf("a key identifier of %d bytes", n)
		}
	})
}
