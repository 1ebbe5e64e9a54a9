package config

import (
	"fmt"
	"net/url"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"timbre"
)

// form is what a text must look like.
type form struct {
	valid func(string) bool
	text  string // completes the sentence "it is not …"
}

// forms are the values of the tag form.
var forms = map[string]form{
	"folder":        {func(s string) bool { return s != "" }, "the path of a folder"},
	"account":       {matcher(`^[0-9]{12}$`), "12 digits"},
	"event source":  {matcher(`^[-_./A-Za-z0-9]{1,256}$`), "1 to 256 letters, digits, points, slashes, hyphens and underscores"},
	"host and port": {func(s string) bool { return new(Address).UnmarshalText([]byte(s)) == nil && s[0] != ':' }, "HOST:PORT"},
	"ARN pattern":   {matcher(`^arn(:[^:,\s]+){4}:[^,\s]+$`), "an ARN, with * and ? in its parts"},
	"host name":     {matcher(`^[A-Za-z0-9]([-A-Za-z0-9.]{0,251}[A-Za-z0-9])?$`), "the name of a host, without a port"},
	"NATS servers":  {matcher(`^((nats|tls)://[^/@,\s]+(,|$))*$`), "nats://HOST:PORT or tls://HOST:PORT, several with commas between, and without a password"},
	"region":        {matcher(`^[a-z0-9-]{1,32}$`), "1 to 32 lower-case letters, digits and hyphens"},
	"access key id": {validKeyID, "4 to 128 letters, digits and underscores"},
	"header name":   {matcher("^[-A-Za-z0-9.!%*_+`'~]{1,128}$"), "the name of a SIP header"},
	"model name":    {matcher(`^[A-Za-z0-9][A-Za-z0-9._+-]*(@[A-Za-z0-9][A-Za-z0-9._+-]*)?$`), "NAME or NAME@VERSION of a model"},
	"URL":           {validURL, "an address that begins with http:// or https://"},
	"secure URL":    {secureURL, "https://… without a query (http://… for an issuer on this machine)"},
	"URL of a host": {ofHost, "https://HOST or https://HOST:PORT as browsers show it (http://… for this machine)"},
	"claim":         {matcher(`^[!-~]{1,128}$`), "the name of a claim"},
	"scope":         {matcher(`^[!#-\[\]-~]{1,128}$`), "a scope of OAuth 2.0"},
	"phone number":  {matcher(`^\+[1-9][0-9]{1,14}$`), "a phone number such as +12065550100"},
	"threshold":     {func(s string) bool { _, ok := timbre.ParseThreshold(s); return ok }, "above 0 and below 1"},
	"address pattern": {func(s string) bool {
		patterns, err := timbre.AddressPatterns([]string{s})
		return err == nil && len(patterns) == 1
	}, "a pattern such as +1206*"},
}

func validURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

var validKeyID = matcher(`^[A-Za-z0-9_]{4,128}$`)

func matcher(pattern string) func(string) bool { return regexp.MustCompile(pattern).MatchString }

// checkValues checks each setting against the tags min, max, zero and form of its field.
func checkValues(s *Settings) error {
	for _, f := range flags(s) {
		if err := checkForm(f); err != nil {
			return err
		}
		if f.Target.CanInt() && !inRange(f, f.Target.Int()) {
			return fmt.Errorf("%s: %s is out of range (%s)", f.Name, text(f.Target), rangeOf(f))
		}
	}
	return nil
}

func checkForm(f *kong.Flag) error {
	form, has := forms[f.Tag.Get("form")]
	if !has {
		return nil
	}
	values := []string{text(f.Target)}
	if list, is := f.Target.Interface().([]string); is {
		values = list
	} else if values[0] == "" && !f.HasDefault {
		return nil // not given
	}
	for _, v := range values {
		if !form.valid(v) {
			return fmt.Errorf("%s: %q is not %s", f.Name, v, form.text)
		}
	}
	return nil
}

// checkEnum checks a value, or each item of a list, against the tag enum of its field.
func checkEnum(f *kong.Flag, value reflect.Value) error {
	values := []string{text(value)}
	if list, is := value.Interface().([]string); is {
		values = list
	}
	for _, v := range values {
		if f.Enum != "" && !f.EnumMap()[v] {
			return fmt.Errorf("%q must be one of %s", v, strings.ReplaceAll(f.Enum, ",", ", "))
		}
	}
	return nil
}

func inRange(f *kong.Flag, x int64) bool {
	tag := f.Tag
	if x == 0 && tag.Has("zero") {
		return true
	}
	return (!tag.Has("min") || x >= bound(f, "min")) && (!tag.Has("max") || x <= bound(f, "max"))
}

// bound reads a tag as the type of its field does.
func bound(f *kong.Flag, tag string) int64 {
	value := f.Tag.Get(tag)
	if _, is := f.Target.Interface().(time.Duration); is {
		d, err := time.ParseDuration(value)
		if err != nil {
			panic(err) // a tag in settings.go is wrong
		}
		return int64(d)
	}
	x, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		panic(err) // a tag in settings.go is wrong
	}
	return x
}

// rangeOf describes the values that a setting takes beyond its type; empty if its tags restrict nothing.
func rangeOf(f *kong.Flag) string {
	var parts []string
	switch least, most := f.Tag.Get("min"), f.Tag.Get("max"); {
	case most != "":
		parts = append(parts, least+" to "+most)
	case least == "":
	case f.Tag.Has("zero") && bound(f, "min") == 0:
		parts = append(parts, "not negative")
	default:
		parts = append(parts, "at least "+least)
	}
	if form, has := forms[f.Tag.Get("form")]; has {
		parts = append(parts, form.text)
	}
	if zero := f.Tag.Get("zero"); zero != "" {
		parts = append(parts, "0: "+zero)
	}
	return strings.Join(parts, "; ")
}
