package sdp

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
	"testing"
)

// Keys of the lengths that suites need, in base64 without padding.
var (
	key28 = base64.RawStdEncoding.EncodeToString(bytes.Repeat([]byte{28}, 28))
	key30 = base64.RawStdEncoding.EncodeToString(bytes.Repeat([]byte{30}, 30))
	key44 = base64.RawStdEncoding.EncodeToString(bytes.Repeat([]byte{44}, 44))
	key46 = base64.RawStdEncoding.EncodeToString(bytes.Repeat([]byte{46}, 46))
)

func TestParseCrypto(t *testing.T) {
	for v, want := range map[string]struct {
		suite string
		key   byte // each byte of it, and their number
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
	} {
		t.Run(v, func(t *testing.T) {
			c, err := ParseCrypto(v)
			if err != nil {
				t.Fatal(err)
			}
			if c.Suite != want.suite {
				t.Errorf("got suite %s, want %s", c.Suite, want.suite)
			}
			if key := bytes.Repeat([]byte{want.key}, int(want.key)); !bytes.Equal(c.Key, key) {
				t.Errorf("got key %x, want %x", c.Key, key)
			}
			if !bytes.Equal(c.MKI, want.mki) {
				t.Errorf("got MKI %x, want %x", c.MKI, want.mki)
			}
		})
	}
}

func TestParseCryptoSaysWhatCannotBeUsedButNotTheKey(t *testing.T) {
	for v, want := range map[string]string{
		"":                          "not TAG SUITE",
		"1 AES_CM_128_HMAC_SHA1_80": "not TAG SUITE",
		"x AES_CM_128_HMAC_SHA1_80 inline:" + key30:                                   "not a number",
		"1234567890 AES_CM_128_HMAC_SHA1_80 inline:" + key30:                          "not a number",
		"1 AES_192_CM_HMAC_SHA1_80 inline:" + key30:                                   "AES_192_CM_HMAC_SHA1_80 is not supported",
		"1 " + key30 + " inline:" + key30:                                             "not supported",
		"1 AES_CM_128_HMAC_SHA1_80 " + key30:                                          "not inline",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key28:                                   "not 30 bytes",
		"1 AES_CM_128_HMAC_SHA1_80 inline:!" + key30[1:]:                              "not 30 bytes",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|1:1;inline:" + key30 + "|2:1": "more than one",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|forever":                      "lifetime",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|256:1":                        "identifier",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|1:129":                        "identifier",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|2^31|1:1|1:1":                 "more than a lifetime",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + " UNENCRYPTED_SRTP":             "session parameter",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + " FEC_ORDER=SRTP_FEC":           "session parameter",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + " KDR=16":                       "session parameter",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + strings.Repeat(" WSH=64", 200):  "not TAG SUITE",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + " inline:" + key30:              "session parameter",
	} {
		t.Run(v, func(t *testing.T) {
			_, err := ParseCrypto(v)
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Fatalf("got error %v, want %q in it", err, want)
			}
			if strings.Contains(strings.ToUpper(err.Error()), strings.ToUpper(key30[:8])) {
				t.Errorf("got error %v with the key in it", err)
			}
		})
	}
}

func TestEverySuiteIsWrittenAsItIsRead(t *testing.T) {
	for _, name := range Suites() {
		t.Run(name, func(t *testing.T) {
			c := NewCrypto("3", name)
			back, err := ParseCrypto(c.Value())
			if err != nil {
				t.Fatal(err)
			}
			if back.Suite != name || back.Tag != "3" || !bytes.Equal(back.Key, c.Key) || back.Value() != c.Value() {
				t.Errorf("got %s, want %s", back.Value(), c.Value())
			}
			if other := NewCrypto("3", name); bytes.Equal(other.Key, c.Key) {
				t.Error("got the same key twice")
			}
		})
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

func TestTheStrongestKeyIsAnswered(t *testing.T) {
	all := []string{
		"1 AEAD_AES_256_GCM inline:" + key44, "2 AEAD_AES_128_GCM inline:" + key28, "3 AES_256_CM_HMAC_SHA1_80 inline:" + key46,
		"4 AES_256_CM_HMAC_SHA1_32 inline:" + key46, "5 AES_192_CM_HMAC_SHA1_80 inline:" + key30, "6 AES_192_CM_HMAC_SHA1_32 inline:" + key30,
		"7 AES_CM_128_HMAC_SHA1_80 inline:" + key30, "8 AES_CM_128_HMAC_SHA1_32 inline:" + key30, "9 F8_128_HMAC_SHA1_80 inline:" + key30,
		"10 F8_128_HMAC_SHA1_32 inline:" + key30, "11 NULL_HMAC_SHA1_80 inline:" + key30, "12 NULL_HMAC_SHA1_32 inline:" + key30,
	}
	for tag, first := range map[string]int{ // tag and suite of the answer, when all from the first on are offered
		"1 AEAD_AES_256_GCM": 0, "2 AEAD_AES_128_GCM": 1, "3 AES_256_CM_HMAC_SHA1_80": 2, "7 AES_CM_128_HMAC_SHA1_80": 3, "8 AES_CM_128_HMAC_SHA1_32": 7,
	} {
		t.Run(tag, func(t *testing.T) {
			given := slices.Clone(all[first:])
			slices.Reverse(given) // the order means nothing
			o, a := read1(t, twelve+"a=crypto:"+strings.Join(given, "\na=crypto:")+"\n"), NewAnswerer(peer)
			text, err := a.Answer(o, map[int]int{0: 20000})
			if err != nil {
				t.Fatal(err)
			}
			local := read1(t, string(text)).Lines[0]
			if len(local.Crypto) != 1 || !strings.HasPrefix(local.Crypto[0].Value(), tag+" inline:") {
				t.Fatalf("got keys %v, want one of %s", local.Crypto, tag)
			}
			if strings.HasSuffix(local.Crypto[0].Value(), "=") {
				t.Error("got a padded key, want it as the peer writes its own")
			}
			for _, line := range []string{"RTP/SAVP 0\r\n", "a=rtcp-mux\r\n"} {
				if !strings.Contains(string(text), line) {
					t.Errorf("got\n%s\nwant %q in it", text, line)
				}
			}
			keys := a.Spec(&o.Lines[0], peer, peer, false).Keys
			if keys == nil || keys.Suite != local.Crypto[0].Suite {
				t.Fatalf("got keys %+v, want suite %s", keys, local.Crypto[0].Suite)
			}
			if !bytes.Equal(keys.Local, local.Crypto[0].Key) || !bytes.Equal(keys.Remote, o.Lines[0].Crypto[0].Key) {
				t.Errorf("got keys %+v, want those of answer and offer", keys)
			}
		})
	}
}

func TestALineWithoutAUsableKeyIsRejected(t *testing.T) {
	o := read1(t, twelve+"a=crypto:1 AES_192_CM_HMAC_SHA1_80 inline:"+key30+"\na=crypto:2 NULL_HMAC_SHA1_80 inline:"+key30+"\n")
	if l := o.Lines[0]; l.Rejection != NoKey || len(l.KeyFaults) != 2 {
		t.Errorf("got %q with faults %q, want %q with 2", l.Rejection, l.KeyFaults, NoKey)
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
			t.Errorf("got %q, %v of %q", c.Value(), err, v)
		}
		if n := len(c.MKI); n > 128 {
			t.Errorf("got an MKI of %d bytes, want at most 128", n)
		}
	})
}
