package transport

import (
	"regexp"
	"strings"
)

// hidden stands for what a log does not get.
const hidden = "****"

var (
	credentials = regexp.MustCompile(`(?im)^(?:Proxy-)?Authorization[ \t]*:[^\r\n]*`)
	response    = regexp.MustCompile(`(?i)(\bresponse[ \t]*=[ \t]*"?)[^"\r\n, \t]*`)
	// keyed is what somebody has keyed in, in headers named after it, and after the number of a URI was dialled (RFC 2806).
	keyed = regexp.MustCompile(`(?im)(^[\w.-]*(?:dtmf|digit)[\w.-]*[ \t]*:|;postd=)[^;@>?&"\r\n]*`)
	// mediaKeys are the keys of media, and the passwords of their paths.
	mediaKeys = regexp.MustCompile(`(?im)^(a=crypto:[^\r\n]*?\binline:|a=(?:key-mgmt|ice-pwd):|k=)[^\r\n]*`)
)

// hideHeaders hides the secrets of headers.
func hideHeaders(text string) string {
	return keyed.ReplaceAllString(credentials.ReplaceAllStringFunc(text, hideCredentials), "${1}"+hidden)
}

// hideCredentials hides the response of a digest; of other credentials all.
func hideCredentials(line string) string {
	name, value, _ := strings.Cut(line, ":")
	if scheme, _, _ := strings.Cut(strings.TrimSpace(value), " "); !strings.EqualFold(scheme, "digest") {
		return name + ": " + hidden
	}
	return response.ReplaceAllString(line, "${1}"+hidden)
}

// hideKeys hides the secrets of a description.
func hideKeys(text string) string { return mediaKeys.ReplaceAllString(text, "${1}"+hidden) }
