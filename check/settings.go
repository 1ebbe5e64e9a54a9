package check

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"timbre/config"
)

// checkSettings says where the settings come from, and which of them open what should be closed. Settings that no server would take have
// been refused before.
func checkSettings(_ context.Context, m machine, f *findings) {
	all := m.Settings.Effective()
	given := 0
	for _, s := range all {
		if s.Origin.Source != config.FromDefault {
			given++
		}
	}
	f.ok("%d of %d are given, with %s", given, len(all), cmp.Or(m.Settings.File, "no file"))
	for _, key := range m.Settings.InTheClear() {
		section := strings.TrimSuffix(key, ".listen")
		f.warn(key+" is beyond loopback and without TLS, so that tokens and passwords can be read on the way",
			fmt.Sprintf("give it %s.tls.cert and %s.tls.key", section, section))
	}
	if m.Settings.Insecure {
		f.warn("insecure lets the APIs be read on the way", "leave it to networks that have nothing but a TLS proxy and this server")
	}
}
