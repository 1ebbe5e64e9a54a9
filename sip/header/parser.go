package header

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
)

// NewParser is the parser of the SIP stack, with readers of our own for the headers that it does not read by the grammar (RFC 3261, 25.1):
// it loses itself in quoted strings and white space. It is given canonical messages.
func NewParser() *gosip.Parser { return gosip.NewParser(gosip.WithHeadersParsers(readers())) }

// Parse reads a message as it comes.
func Parse(message []byte) (gosip.Message, error) {
	canonical, err := Canonical(message)
	if err != nil {
		return nil, err
	}
	return NewParser().ParseSIP(canonical)
}

// readers are those of headers by their names in lower case. Each is given one value.
func readers() map[string]gosip.HeaderParser {
	all := maps.Clone(gosip.DefaultHeadersParser())
	for name, parser := range map[string]gosip.HeaderParser{
		"from": parseFrom, "f": parseFrom, "to": parseTo, "t": parseTo, "contact": parseContact, "m": parseContact,
		"route": parseRoute, "record-route": parseRecordRoute, "via": parseVia, "v": parseVia, "cseq": parseCSeq,
	} {
		all[name] = parser
	}
	delete(all, "refer-to") // has parameters that the stack would drop
	delete(all, "referred-by")
	return all
}

func parseFrom(_ []byte, value string) (gosip.Header, error) {
	h := &gosip.FromHeader{}
	err := parseAddress(value, &h.DisplayName, &h.Address, &h.Params)
	return h, errors.Join(err, noWildcard(h.Address))
}

func parseTo(_ []byte, value string) (gosip.Header, error) {
	h := &gosip.ToHeader{}
	err := parseAddress(value, &h.DisplayName, &h.Address, &h.Params)
	return h, errors.Join(err, noWildcard(h.Address))
}

func parseContact(_ []byte, value string) (gosip.Header, error) {
	h := &gosip.ContactHeader{}
	return h, parseAddress(value, &h.DisplayName, &h.Address, &h.Params)
}

func parseRoute(_ []byte, value string) (gosip.Header, error) {
	h, name, params := &gosip.RouteHeader{}, "", gosip.HeaderParams(nil)
	return h, parseAddress(value, &name, &h.Address, &params)
}

func parseRecordRoute(_ []byte, value string) (gosip.Header, error) {
	h, name, params := &gosip.RecordRouteHeader{}, "", gosip.HeaderParams(nil)
	return h, parseAddress(value, &name, &h.Address, &params)
}

// parseAddress reads an address. The stack writes quotes around the name as it is.
func parseAddress(value string, name *string, uri *gosip.Uri, params *gosip.HeaderParams) error {
	a, err := timbre.ParseNameAddr(value)
	if err != nil {
		return err
	}
	if err := gosip.ParseUri(a.URI, uri); err != nil {
		return err
	}
	*name = escape(a.Name)
	*params, err = parseParams(a.Parameters)
	return err
}

func noWildcard(uri gosip.Uri) error {
	if uri.Wildcard {
		return errors.New("* is an address of Contact alone")
	}
	return nil
}

// escape is the inside of a quoted string.
func escape(text string) string {
	if !strings.ContainsFunc(text, needsEscape) {
		return text
	}
	var b strings.Builder
	for _, c := range []byte(text) {
		if needsEscape(rune(c)) {
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return b.String()
}

func needsEscape(c rune) bool { return c == '"' || c == '\\' || c < ' ' || c == 0x7f }

// known are the parameters that are read by the stack, in the case in which it looks for them.
var known = []string{"tag", "branch", "received", "rport", "maddr", "ttl", "+sip.src"}

// parseParams reads the parameters of a header. Of one that comes again the stack finds the first.
func parseParams(text string) (all gosip.HeaderParams, err error) {
	for text != "" {
		var p string
		p, text, _ = timbre.CutUnquoted(text, ";")
		key, value, _ := strings.Cut(p, "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if lower := strings.ToLower(key); slices.Contains(known, lower) {
			key = lower
		}
		if strings.ContainsAny(value, " \t") {
			if !strings.HasPrefix(value, `"`) || !strings.HasSuffix(value, `"`) {
				return nil, errors.New("a parameter has a blank outside of quotes")
			}
			value = value[1 : len(value)-1] // the stack writes quotes around values with blanks
		}
		if key != "" {
			all = append(all, gosip.HeaderKV{K: key, V: value})
		}
	}
	return all, nil
}

// sentBy is a Via without its parameters: sent-protocol and sent-by, with white space wherever it is allowed.
var sentBy = regexp.MustCompile(`^([^\s/]+)\s*/\s*([^\s/]+)\s*/\s*([^\s/]+)\s+(?:\[([0-9A-Fa-f:.]+)\]|([^\s:\[\]]+))(?:\s*:\s*([0-9]{1,5}))?$`)

func parseVia(_ []byte, value string) (gosip.Header, error) {
	before, params, _ := timbre.CutUnquoted(value, ";")
	m := sentBy.FindStringSubmatch(strings.TrimSpace(before))
	if m == nil {
		return nil, errors.New("a Via without protocol or host")
	}
	h := &gosip.ViaHeader{ProtocolName: m[1], ProtocolVersion: m[2], Transport: m[3], Host: m[4] + m[5]}
	if m[6] != "" {
		h.Port, _ = strconv.Atoi(m[6]) // five digits
	}
	var err error
	h.Params, err = parseParams(params)
	return h, err
}

func parseCSeq(_ []byte, value string) (gosip.Header, error) {
	fields := strings.Fields(value)
	if len(fields) != 2 {
		return nil, errors.New("CSeq is no number and a method")
	}
	n, err := strconv.ParseUint(fields[0], 10, 31)
	return &gosip.CSeqHeader{SeqNo: uint32(n), MethodName: gosip.RequestMethod(fields[1])}, err
}
