package test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A server that cannot start reports the cause on one line and exits with status 1.
func TestStartErrors(t *testing.T) {
	exe, err := program()
	must(t, err)
	used, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer used.Close()
	usedUDP, err := net.ListenPacket("udp", "127.0.0.1:0")
	must(t, err)
	defer usedUDP.Close()

	file := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(file, nil, 0o600))
	badKey := t.TempDir()
	must(t, os.WriteFile(filepath.Join(badKey, "key"), []byte("not a key\n"), 0o600))
	otherKey := t.TempDir()
	serve(t.Context(), t, serverEnv(otherKey)...).Stop(t)
	must(t, os.Remove(filepath.Join(otherKey, "key")))

	for name, c := range map[string]struct {
		env  []string
		want string
	}{
		"the API's port is in use":      {[]string{"TIMBRE_API_LISTEN=" + used.Addr().String()}, "in use"},
		"the admin port is in use":      {[]string{"TIMBRE_ADMIN_LISTEN=" + used.Addr().String()}, "in use"},
		"the SIP port is in use":        {[]string{"TIMBRE_SIP_LISTEN=udp://" + usedUDP.LocalAddr().String()}, "in use"},
		"the data folder is a file":     {[]string{"TIMBRE_DATA=" + file}, file},
		"the data folder is unwritable": {[]string{"TIMBRE_DATA=/proc/timbre"}, "/proc/timbre"}, // for root too
		"the key file is no key":        {[]string{"TIMBRE_DATA=" + badKey}, filepath.Join(badKey, "key")},
		"the key belongs to other data": {[]string{"TIMBRE_DATA=" + otherKey}, "key"},
		"a setting is malformed":        {[]string{"TIMBRE_RTP_PORTS=many"}, "rtp.ports"},
		"the settings file is missing":  {[]string{"TIMBRE_CONFIG=" + filepath.Join(file, "none")}, "none"},
		"a webhook without its secret":  {[]string{"TIMBRE_NOTIFY_WEBHOOKS=a=http://127.0.0.1:1/"}, "secret"},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), exe, "serve")
			cmd.Env = append(append(serverEnv(t.TempDir()), "TIMBRE_LOG_LEVEL=error"), c.env...)
			out, err := cmd.CombinedOutput()
			output := strings.TrimSpace(string(out))
			if code := cmd.ProcessState.ExitCode(); err == nil || code != 1 {
				t.Errorf("got exit status %d, want 1", code)
			}
			if strings.Contains(output, "\n") || !strings.HasPrefix(output, "timbre: ") || !strings.Contains(output, c.want) {
				t.Errorf("got output\n%s\nwant one line with %q", output, c.want)
			}
		})
	}
}
