package node

import (
	"context"
	"errors"
	"strings"

	"timbre/config"
)

// Reload takes over access keys, webhooks, tokens of platforms and certificates of new settings, and of the files that they name, all of them or none:
// on error those before stay in use. Other settings that have changed are named in the log, but for log.level, which concerns the
// program: it has made the log.
func (n *Node) Reload(s config.Settings) error {
	n.reloading.Lock()
	defer n.reloading.Unlock()
	if err := s.Validate(); err != nil {
		return err
	}
	next := n.used // what else has changed stays as it is
	next.AccessKeyID, next.SecretAccessKey, next.Notify.Webhooks, next.Log.Level = s.AccessKeyID, s.SecretAccessKey, s.Notify.Webhooks, s.Log.Level
	next.Feed.Tokens = s.Feed.Tokens
	var use []func()
	var failed []error
	for _, prepare := range []func(*config.Settings) (func(), error){n.prepareKeys, n.prepareWebhooks, n.prepareTokens} {
		f, err := prepare(&next)
		use, failed = append(use, f), append(failed, err)
	}
	for section, c := range n.certificates {
		files := tlsOf(&s, section)
		if files.Cert == "" {
			continue // without TLS: only at a start
		}
		f, err := c.prepare(*files)
		use, failed = append(use, f), append(failed, err)
		*tlsOf(&next, section) = *files
	}
	if err := errors.Join(failed...); err != nil {
		return err
	}
	for _, f := range use {
		f()
	}
	n.used = next
	_ = n.checkTargets(context.Background())
	n.notices.Retry() // a target that failed, or wanted no more, may be another one now
	if kept := next.Changed(s); len(kept) > 0 {
		n.env.Log.Warn("settings have changed that take effect at the next start only", "settings", strings.Join(kept, ", "))
	}
	return nil
}

// tlsOf are the files of a section of the settings with a certificate.
func tlsOf(s *config.Settings, section string) *config.TLS {
	return map[string]*config.TLS{"api.tls": &s.API.TLS, "sip.tls": &s.SIP.TLS, "feed.tls": &s.Feed.TLS, "admin.tls": &s.Admin.TLS}[section]
}

// openCertificate loads the certificate of a section of the settings, and remembers it for Reload.
func (n *Node) openCertificate(section string, files config.TLS) (*certificate, error) {
	c, err := newCertificate(section, files, n.env.Log)
	if err == nil {
		n.certificates[section] = c
	}
	return c, err
}

func (n *Node) prepareWebhooks(s *config.Settings) (use func(), err error) {
	return n.webhooks.Prepare(endpoints(*s))
}
