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

// Crypto is an a=crypto attribute (RFC 4568): the master key with which one side encrypts.
type Crypto struct {
	Tag   string
	Suite string // one of Suites
	Key   []byte // the master key, followed by its salt
	MKI   []byte // master key identifier in every packet; nil without

	name   string // of the suite, as the peer writes it
	padded bool   // the base64 of the key
}

// Suites are the names of the supported crypto suites, the strongest first.
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

// NewCrypto makes an attribute with a random key for one of Suites.
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

// ParseCrypto reads the value of an a=crypto attribute. Its errors never contain the key.
func ParseCrypto(v string) (Crypto, error) {
	fields := strings.Fields(v)
	if len(v) > maxCrypto || len(fields) < 3 {
		return Crypto{}, fmt.Errorf("a=crypto is not TAG SUITE inline:KEY")
	}
	c := Crypto{Tag: fields[0], name: fields[1]}
	if len(c.Tag) > maxTag || strings.Trim(c.Tag, "0123456789") != "" {
		return Crypto{}, fmt.Errorf("a=crypto with a tag that is not a number")
	}
	suite, known := suiteNamed(c.name)
	if !known {
		return Crypto{}, fmt.Errorf("crypto %s: suite %s is not supported", c.Tag, quotable(c.name))
	}
	c.Suite = suite.Name
	if err := c.readKey(fields[2], suite.Length()); err != nil {
		return Crypto{}, fmt.Errorf("crypto %s: %w", c.Tag, err)
	}
	for _, p := range fields[3:] {
		if err := checkParameter(p); err != nil {
			return Crypto{}, fmt.Errorf("crypto %s: %w", c.Tag, err)
		}
	}
	return c, nil
}

// readKey reads inline:KEY with an optional lifetime and master key identifier. The lifetime is ignored: the sender has to
// offer another key in time.
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
		if err := c.readKeyParameter(p); err != nil {
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

// readKeyParameter reads a lifetime, or a master key identifier.
func (c *Crypto) readKeyParameter(p string) error {
	if id, size, found := strings.Cut(p, ":"); found {
		return c.readMKI(id, size)
	}
	if _, err := strconv.ParseUint(strings.TrimPrefix(p, "2^"), 10, 64); err != nil {
		return fmt.Errorf("a lifetime that is not a number")
	}
	return nil
}

// readMKI reads a master key identifier: its value, and its length in bytes.
func (c *Crypto) readMKI(id, size string) error {
	value, err1 := strconv.ParseUint(id, 10, 64)
	n, err2 := strconv.ParseUint(size, 10, 8)
	fits := n >= 8 || value>>(8*n) == 0
	if err1 != nil || err2 != nil || n < 1 || n > 128 || !fits {
		return fmt.Errorf("a key identifier that is not VALUE:LENGTH")
	}
	c.MKI = make([]byte, n)
	for i := len(c.MKI) - 1; i >= 0 && value > 0; i-- {
		c.MKI[i] = byte(value)
		value >>= 8
	}
	return nil
}

// checkParameter rejects the session parameters that change the encryption. Hints, those marked as optional by a dash, and
// those that repeat a default are accepted.
func checkParameter(p string) error {
	name, value, _ := strings.Cut(strings.ToUpper(p), "=")
	switch {
	case name == "WSH", strings.HasPrefix(name, "-"), name == "KDR" && value == "0", name == "FEC_ORDER" && value == "FEC_SRTP":
		return nil
	}
	return fmt.Errorf("a session parameter that is not supported")
}

// quotable is a suite's name for an error, unless it may be a key that stands in the wrong place: those have no underscore.
func quotable(s string) string {
	if len(s) > 40 || !strings.Contains(s, "_") || strings.Trim(strings.ToUpper(s), "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != "" {
		return "with that name"
	}
	return s
}

// Value is the value of the attribute, which contains the key.
func (c Crypto) Value() string {
	encoding := base64.RawStdEncoding
	if c.padded {
		encoding = base64.StdEncoding
	}
	return c.Tag + " " + c.name + " inline:" + encoding.EncodeToString(c.Key)
}

// cryptos are the usable attributes, the strongest first, and the faults of the others.
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
