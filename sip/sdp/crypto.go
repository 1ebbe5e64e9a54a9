package sdp

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"timbre"
)

// Crypto is an a=crypto attribute (RFC 4568): the master key that one side seals its packets with.
type Crypto struct {
	Tag   string
	Suite string // one of Suites
	Key   []byte // the master key, and its salt after it
	MKI   []byte // stands in every packet; nil without

	name   string // of the suite, as written
	padded bool   // the key, in base64
}

// Suites are the names of all crypto suites that are supported, the strongest first.
func Suites() []string {
	var names []string
	for _, s := range timbre.SRTPSuites() {
		names = append(names, s.Name)
	}
	return names
}

// suiteNamed is a suite by its name or alias.
func suiteNamed(name string) (timbre.SRTPSuite, bool) {
	at := timbre.SRTPSuiteRank(name)
	if at < 0 {
		return timbre.SRTPSuite{}, false
	}
	return timbre.SRTPSuites()[at], true
}

// NewCrypto is an attribute with a fresh key for one of Suites.
func NewCrypto(tag, name string) Crypto {
	s, _ := suiteNamed(name)
	c := Crypto{Tag: tag, Suite: s.Name, Key: make([]byte, s.Length()), name: name, padded: true}
	_, _ = rand.Read(c.Key) // never fails
	return c
}

const (
	maxTag    = 9
	maxCrypto = 1024 // bytes of an attribute
)

// ParseCrypto reads the value of an a=crypto attribute. Its errors say what cannot be used, and never the key.
func ParseCrypto(v string) (Crypto, error) {
	fields := strings.Fields(v)
	if len(v) > maxCrypto || len(fields) < 3 {
		return Crypto{}, fmt.Errorf("a=crypto is not TAG SUITE inline:KEY")
	}
	c := Crypto{Tag: fields[0], name: fields[1]}
	if len(c.Tag) > maxTag || strings.Trim(c.Tag, "0123456789") != "" {
		return Crypto{}, fmt.Errorf("a=crypto with a tag that is no number")
	}
	suite, known := suiteNamed(c.name)
	if !known {
		return Crypto{}, fmt.Errorf("crypto %s: suite %s is not spoken", c.Tag, word(c.name))
	}
	c.Suite = suite.Name
	if err := c.readKey(fields[2], suite.Length()); err != nil {
		return Crypto{}, fmt.Errorf("crypto %s: %w", c.Tag, err)
	}
	for _, p := range fields[3:] {
		if err := session(p); err != nil {
			return Crypto{}, fmt.Errorf("crypto %s: %w", c.Tag, err)
		}
	}
	return c, nil
}

// readKey reads inline:KEY, with a lifetime and a master key identifier after it or without. The lifetime is the sender's
// affair: he has to bring another key in time.
func (c *Crypto) readKey(v string, length int) error {
	method, params, _ := strings.Cut(v, ":")
	if !strings.EqualFold(method, "inline") {
		return fmt.Errorf("a key method that is not inline")
	}
	if strings.Contains(params, ";") {
		return fmt.Errorf("more than one master key")
	}
	parts := strings.Split(params, "|")
	if len(parts) > 3 {
		return fmt.Errorf("more than a lifetime and a key identifier")
	}
	for _, p := range parts[1:] {
		var err error
		if id, size, found := strings.Cut(p, ":"); found {
			err = c.readMKI(id, size)
		} else if _, e := strconv.ParseUint(strings.TrimPrefix(p, "2^"), 10, 64); e != nil {
			err = fmt.Errorf("a lifetime that is no number")
		}
		if err != nil {
			return err
		}
	}
	text := strings.TrimRight(parts[0], "=")
	c.padded = len(text) != len(parts[0]) || length%3 == 0
	key, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil || len(key) != length {
		return fmt.Errorf("a key that is not %d bytes in base64", length)
	}
	c.Key = key
	return nil
}

// readMKI reads a master key identifier: its value, and in how many bytes it is written.
func (c *Crypto) readMKI(id, size string) error {
	value, err1 := strconv.ParseUint(id, 10, 64)
	n, err2 := strconv.ParseUint(size, 10, 8)
	if err1 != nil || err2 != nil || n < 1 || n > 128 || n < 8 && value>>(8*n) != 0 {
		return fmt.Errorf("a key identifier that is not VALUE:LENGTH")
	}
	c.MKI = make([]byte, n)
	for i := len(c.MKI) - 1; i >= 0 && value > 0; i-- {
		c.MKI[i] = byte(value)
		value >>= 8
	}
	return nil
}

// session says whether a session parameter may stand: those that only help, those that may be ignored, and
// those that say what holds anyway.
func session(p string) error {
	name, value, _ := strings.Cut(strings.ToUpper(p), "=")
	switch {
	case name == "WSH", strings.HasPrefix(name, "-"), name == "KDR" && value == "0", name == "FEC_ORDER" && value == "FEC_SRTP":
		return nil
	}
	return fmt.Errorf("a session parameter that is not spoken")
}

// word is what may be told of a field that should be a name: a key that stands in its place has no underscore.
func word(s string) string {
	if len(s) > 40 || !strings.Contains(s, "_") || strings.Trim(strings.ToUpper(s), "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != "" {
		return "of that name"
	}
	return s
}

// Value is what stands after a=crypto: the key is in it.
func (c Crypto) Value() string {
	encoding := base64.RawStdEncoding
	if c.padded {
		encoding = base64.StdEncoding
	}
	return c.Tag + " " + c.name + " inline:" + encoding.EncodeToString(c.Key)
}

// cryptos are the attributes that can be used, the strongest first, and what is wrong with the others.
func cryptos(values []string) (usable []Crypto, faults []string) {
	for _, v := range values {
		c, err := ParseCrypto(v)
		if err != nil {
			faults = append(faults, err.Error())
			continue
		}
		usable = append(usable, c)
	}
	slices.SortStableFunc(usable, func(a, b Crypto) int { return timbre.SRTPSuiteRank(a.Suite) - timbre.SRTPSuiteRank(b.Suite) })
	return usable, faults
}
