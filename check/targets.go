package check

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"timbre/node"
)

// reachIn is how long a target has to take a connection.
const reachIn = 5 * time.Second

// dialer connects to an address; secure, if not nil, speaks TLS then.
type dialer func(ctx context.Context, at string, secure *tls.Config) error

// target is a place to which events or traces go.
type target struct {
	key    string // the setting that names it
	place  string // without secrets
	at     string // HOST:PORT
	secure *tls.Config
}

// checkTargets connects to where events go, and sends nothing: whether a target accepts events shows with the first one.
func checkTargets(ctx context.Context, m machine, f *findings) {
	list := m.targets()
	errs := make([]error, len(list))
	var dialing sync.WaitGroup
	for i, t := range list {
		dialing.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, reachIn)
			defer cancel()
			errs[i] = m.dial(ctx, t.at, t.secure)
		})
	}
	dialing.Wait()
	for i, t := range list {
		if errs[i] != nil {
			f.fail(fmt.Sprintf("%s: %s cannot be reached (%v)", t.key, t.place, errs[i]), "events for it wait meanwhile; see its address, its certificate and the firewalls between")
			continue
		}
		f.ok("%s: %s takes connections", t.key, t.place)
	}
	if len(list) == 0 {
		f.ok("the settings name none")
	}
}

// targets are those that the settings name. Brokers whose authorities cannot be read are left out: checkCertificates tells.
func (m machine) targets() (list []target) {
	n := m.Settings.Notify
	for _, w := range n.Webhooks {
		list = append(list, byURL("notify.webhooks "+w.Name, w.URL)...)
	}
	for at, place := range n.Streaming {
		list = append(list, byURL("notify.streaming "+at, serviceURL(place))...)
	}
	if secure, err := node.Trusting("notify.kafka.ca", n.Kafka.CA, n.Kafka.TLS); err == nil {
		for _, broker := range n.Kafka.Brokers {
			list = append(list, target{"notify.kafka.brokers", broker, broker, secure})
		}
	}
	for server := range strings.SplitSeq(n.NATS.URL, ",") { // TLS comes after the first line of the server
		if u, err := url.Parse(server); err == nil && u.Host != "" {
			list = append(list, target{key: "notify.nats.url", place: u.Host, at: withPort(u, "4222")})
		}
	}
	return append(list, byURL("traces.otlp", m.Settings.Traces.OTLP)...)
}

// byURL is the target of a URL; none for what is no URL. What goes through a proxy stands or falls with the proxy.
func byURL(key, text string) []target {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return nil
	}
	t := target{key: key, place: u.Scheme + "://" + u.Host}
	if proxy, err := http.ProxyFromEnvironment(&http.Request{URL: u}); err == nil && proxy != nil {
		t.place += " by the proxy " + proxy.Host
		u = proxy
	}
	t.at = withPort(u, "80")
	if u.Scheme == "https" {
		t.at, t.secure = withPort(u, "443"), &tls.Config{MinVersion: tls.VersionTLS12, ServerName: u.Hostname()}
	}
	return []target{t}
}

func withPort(u *url.URL, otherwise string) string {
	if port := u.Port(); port != "" {
		otherwise = port
	}
	return net.JoinHostPort(u.Hostname(), otherwise)
}

// serviceURL is where the service of AWS answers that has a target: its own URL, that of the AWS_ENDPOINT_URL variables, or that of AWS.
// It is empty for what is no target of AWS.
func serviceURL(place string) string {
	parts := strings.SplitN(place, ":", 6)
	if len(parts) < 6 || !strings.HasPrefix(parts[1], "aws") {
		return place
	}
	service, domain := parts[2], "amazonaws.com"
	if parts[1] == "aws-cn" {
		domain += ".cn"
	}
	variable := strings.ToUpper(strings.Replace(service, "events", "eventbridge", 1))
	for _, name := range []string{"AWS_ENDPOINT_URL_" + variable, "AWS_ENDPOINT_URL"} {
		if at := os.Getenv(name); at != "" {
			return at
		}
	}
	return fmt.Sprintf("https://%s.%s.%s", service, parts[3], domain)
}

// connect is the dialer of the system.
func connect(ctx context.Context, at string, secure *tls.Config) error {
	dial := new(net.Dialer).DialContext
	if secure != nil {
		dial = (&tls.Dialer{Config: secure}).DialContext
	}
	c, err := dial(ctx, "tcp", at)
	if err != nil {
		return err
	}
	return c.Close()
}
