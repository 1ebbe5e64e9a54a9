package aws

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"timbre"
)

// Target is where notices go.
type Target struct {
	Text     string // as it stands in the notice
	Region   string // empty: that of the settings
	Account  string
	Name     string // what follows the account in an ARN, without the prefix of the service
	Endpoint string // scheme and host of a target that is a URL
}

// FIFO says whether a queue or topic keeps the order of its groups.
func (t Target) FIFO() bool { return strings.HasSuffix(t.Text, ".fifo") }

// resource is the form of an ARN. A region is a part of the host that is asked, so it must be no more than a name.
var resource = regexp.MustCompile(`^arn:aws[a-z-]*:[a-z]+:([a-z0-9-]+):(\d{12}):(.+)$`)

// ParseTarget reads an ARN in which a prefix follows the account, or the URL of a queue.
func ParseTarget(text, prefix string) (Target, error) {
	if strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://") {
		u, err := url.Parse(text)
		if err != nil || u.Host == "" {
			return Target{}, timbre.Errorf(timbre.Invalid, "", "the URL is malformed")
		}
		return Target{Text: text, Region: regionOf(u.Hostname()), Endpoint: u.Scheme + "://" + u.Host}, nil
	}
	part := resource.FindStringSubmatch(text)
	if part == nil || !strings.HasPrefix(part[3], prefix) || part[3] == prefix {
		return Target{}, timbre.Errorf(timbre.Invalid, "", "the ARN is malformed")
	}
	return Target{Text: text, Region: part[1], Account: part[2], Name: strings.TrimPrefix(part[3], prefix)}, nil
}

// regionOf returns the region in the host name of AWS's queues, such as sqs.eu-west-1.amazonaws.com, also behind the name of a VPC
// endpoint.
func regionOf(host string) string {
	label := strings.Split(host, ".")
	if i := slices.Index(label, "sqs"); i >= 0 && i+2 < len(label) && strings.Contains(host, ".amazonaws.com") {
		return label[i+1]
	}
	return ""
}
