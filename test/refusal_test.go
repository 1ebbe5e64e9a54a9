package test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What keeps the server from starting is said in one sentence, and the exit status is 1.
func TestStartErrors(t *testing.T) {
	exe, err := program()
	must(t, err)
	used, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer used.Close()
	talk, err := net.ListenPacket("udp", "127.0.0.1:0")
	must(t, err)
	defer talk.Close()

	file := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(file, nil, 0o600))
	badKey := t.TempDir()
	must(t, os.WriteFile(filepath.Join(badKey, "key"), []byte("not a key\n"), 0o600))
	otherKey := t.TempDir()
	serve(t.Context(), t, serverEnv(otherKey)...).stop(t)
	must(t, os.Remove(filepath.Join(otherKey, "key")))

	for name, c := range map[string]struct {
		env  []string
		says string
	}{
		"the API's port is in use":      {[]string{"TIMBRE_API_LISTEN=" + used.Addr().String()}, "in use"},
		"the admin port is in use":      {[]string{"TIMBRE_ADMIN_LISTEN=" + used.Addr().String()}, "in use"},
		"the SIP port is in use":        {[]string{"TIMBRE_SIP_LISTEN=udp://" + talk.LocalAddr().String()}, "in use"},
		"the data folder is a file":     {[]string{"TIMBRE_DATA=" + file}, file},
		"the data folder is unwritable": {[]string{"TIMBRE_DATA=/proc/timbre"}, "/proc/timbre"}, // for root too
		"the key file is no key":        {[]string{"TIMBRE_DATA=" + badKey}, filepath.Join(badKey, "key")},
		"the key is not the data's":     {[]string{"TIMBRE_DATA=" + otherKey}, "key"},
		"a setting is no value":         {[]string{"TIMBRE_RTP_PORTS=many"}, "rtp.ports"},
		"the settings are not a file":   {[]string{"TIMBRE_CONFIG=" + filepath.Join(file, "none")}, "none"},
		"a webhook without its secret":  {[]string{"TIMBRE_NOTIFY_WEBHOOKS=a=http://127.0.0.1:1/"}, "secret"},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), exe, "serve")
			cmd.Env = append(append(serverEnv(t.TempDir()), "TIMBRE_LOG_LEVEL=error"), c.env...)
			out, err := cmd.CombinedOutput()
			said := strings.TrimSpace(string(out))
			if code := cmd.ProcessState.ExitCode(); err == nil || code != 1 {
				t.Errorf("exit status %d", code)
			}
			if strings.Contains(said, "\n") || !strings.HasPrefix(said, "timbre: ") || !strings.Contains(said, c.says) {
				t.Errorf("it said:\n%s", said)
			}
		})
	}
}
