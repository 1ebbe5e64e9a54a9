package transport

import (
	"regexp"
	"strings"
)

// hidden stands for what a log does not get.
const hidden = "****"

var (
	credentials = regexp.MustCompile(`(?im)^(?:Proxy-)?Authorization[ \t]*:` + anyValue)
	proof       = regexp.MustCompile(`(?i)(\b(?:response|rspauth)[ \t]*=[ \t]*"?)[^"\r\n, \t]*`)
	serverProof = regexp.MustCompile(`(?im)^(?:Proxy-)?Authentication-Info[ \t]*:` + anyValue)
	// keyedHeader are headers named after what somebody has keyed in.
	keyedHeader = regexp.MustCompile(`(?im)(^[\w.-]*(?:dtmf|digit)[\w.-]*[ \t]*:)` + anyValue)
	// inURI are parameters of that name, what is dialled after the number of a URI (RFC 2806), and credentials among the headers that a
	// URI carries. They may stand in a URI within a URI.
	inURI = regexp.MustCompile(`(?i)((?:[;?&]|%3b|%3f|%26)(?:[\w.-]*(?:dtmf|digit)[\w.-]*|postd|(?:proxy-)?authorization)(?:=|%3d))` +
		`(?:"[^"\r\n]*"|[^;@>?&"\r\n]*)`)
	// pauses begin what is dialled once the called party has answered.
	pauses = regexp.MustCompile(`(?i)(\b(?:sips?|tel):\+?[\d.()-]{3,})(?:[,pw]|%2c)+[\d*#][^;@>?&"\r\n]*`)
	// password is that of a URI's user (RFC 3261, 19.1.1).
	password = regexp.MustCompile(`(?i)(\bsips?:[^@:;>?"\s]+:)[^@:;>?"\s]+@`)
	// mediaKeys are the keys of media, also of those that are only on offer (RFC 5939), and the passwords of their paths.
	mediaKeys = regexp.MustCompile(`(?im)^(a=[^\r\n]*?\binline:|a=[^\r\n]*?\b(?:key-mgmt|ice-pwd):|k=)[^\r\n]*`)
)

// anyValue is that of a header, over all its lines.
const anyValue = `[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*`

// hideHeaders hides the secrets of headers.
func hideHeaders(text string) string {
	text = credentials.ReplaceAllStringFunc(text, hideCredentials)
	text = serverProof.ReplaceAllStringFunc(text, hideProof)
	for _, each := range []*regexp.Regexp{keyedHeader, inURI, pauses} {
		text = each.ReplaceAllString(text, "${1}"+hidden)
	}
	return password.ReplaceAllString(text, "${1}"+hidden+"@")
}

// hideCredentials hides the response of a digest; of other credentials all.
func hideCredentials(line string) string {
	name, value, _ := strings.Cut(line, ":")
	if scheme, _, _ := strings.Cut(strings.TrimSpace(value), " "); !strings.EqualFold(scheme, "digest") {
		return name + ": " + hidden
	}
	return hideProof(line)
}

func hideProof(line string) string { return proof.ReplaceAllString(line, "${1}"+hidden) }

// hideKeys hides the secrets of a description.
func hideKeys(text string) string { return mediaKeys.ReplaceAllString(text, "${1}"+hidden) }
