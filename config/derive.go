package config

import (
	"fmt"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
)

// WebhookARN is the ARN by which a sink names a webhook.
func (s Settings) WebhookARN(name string) string {
	return fmt.Sprintf("arn:timbre:webhook:%s:%s:%s", s.Region, s.Account, name)
}

// StreamingTargets are the places of notify.streaming, with the ARN in place of a webhook's name.
func (s Settings) StreamingTargets() map[string]string {
	all := map[string]string{}
	for target, place := range s.Notify.Streaming {
		if webhookName.MatchString(place) {
			place = s.WebhookARN(place)
		}
		all[target] = place
	}
	return all
}

// Targets are the patterns of notify.targets, with the account in the place of ACCOUNT, and what notify.streaming names.
func (s Settings) Targets() []string {
	list := []string{}
	for _, pattern := range s.Notify.Targets {
		list = append(list, strings.Replace(pattern, ":ACCOUNT:", ":"+s.Account+":", 1))
	}
	for _, place := range s.StreamingTargets() {
		list = append(list, place)
	}
	return list
}

// InTheClear are the ports beyond loopback, other than that of the APIs, to which tokens and passwords come without TLS.
func (s Settings) InTheClear() (keys []string) {
	if !s.Admin.Listen.loopback() && s.Admin.TLS.Cert == "" {
		keys = append(keys, "admin.listen")
	}
	if s.Feed.Listen != "" && !s.Feed.Listen.loopback() && s.Feed.TLS.Cert == "" {
		keys = append(keys, "feed.listen")
	}
	return keys
}

// knows says whether the admin port answers requests for a host.
func (a Admin) knows(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil || slices.ContainsFunc(a.Names(), func(name string) bool { return strings.EqualFold(name, host) })
}

// Names are those that the admin port is asked by, besides addresses.
func (a Admin) Names() []string {
	names := append([]string{"localhost"}, a.Hosts...)
	if own, _, err := net.SplitHostPort(string(a.Listen)); err == nil {
		names = append(names, own)
	}
	return names
}

// Database is the path of the SQLite database.
func (s Settings) Database() string {
	return filepath.Clean(strings.TrimPrefix(s.storeURL(), "sqlite:"))
}

// Calibrations is the folder of calibrations that an operator has fitted.
func (s Settings) Calibrations() string { return filepath.Join(s.Data, "calibration") }

func (s Settings) storeURL() string {
	if rest, ok := strings.CutPrefix(s.Store.URL, "sqlite:DATA/"); ok {
		return "sqlite:" + filepath.Join(s.Data, rest)
	}
	return s.Store.URL
}

// LogFolder is the folder of call records and of the connectors' logs.
func (s Settings) LogFolder() string {
	if rest, ok := strings.CutPrefix(s.Logs, "DATA/"); ok {
		return filepath.Join(s.Data, rest)
	}
	return s.Logs
}

// Families returns the addresses of a list by family; one that is absent is not valid.
func Families(list []netip.Addr) (v4, v6 netip.Addr) {
	for _, a := range list {
		if a = a.Unmap(); a.Is4() {
			v4 = a
		} else {
			v6 = a
		}
	}
	return v4, v6
}
