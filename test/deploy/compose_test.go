package deploy

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"timbre/config"
)

// service is Timbre's in a project of Compose.
type service struct {
	NetworkMode     string            `json:"network_mode"`
	ReadOnly        bool              `json:"read_only"`
	CapDrop         []string          `json:"cap_drop"`
	SecurityOpt     []string          `json:"security_opt"`
	StopGracePeriod string            `json:"stop_grace_period"`
	Environment     map[string]string `json:"environment"`
	Ulimits         struct{ NoFile int }
	Volumes         []struct{ Type, Target string }
	Ports           []struct {
		Target    int
		Published string
		Protocol  string
		HostIP    string `json:"host_ip"`
	}
}

func compose(t *testing.T, environment []string, files ...string) *exec.Cmd {
	t.Helper()
	var args []string
	for _, f := range files {
		args = append(args, release(t, f))
	}
	cmd := judge(t, "compose", args...)
	cmd.Env = append(append(os.Environ(), "TIMBRE_IMAGE=timbre:1.2.3"), environment...)
	return cmd
}

func composed(t *testing.T, environment []string, files ...string) service {
	t.Helper()
	var project struct{ Services map[string]service }
	text := command(t, compose(t, environment, files...))
	if err := json.Unmarshal([]byte(text), &project); err != nil {
		t.Fatal(err)
	}
	if len(project.Services) != 1 {
		t.Fatalf("got %d services, want one: it alone writes its data", len(project.Services))
	}
	return project.Services["timbre"]
}

// settingsOf are what the server makes of the environment of a service.
func settingsOf(t *testing.T, s service) config.Settings {
	t.Helper()
	for name, value := range s.Environment {
		t.Setenv(name, value)
	}
	var line struct{ config.Settings }
	if _, err := kong.Must(&line, config.Options()...).Parse(nil); err != nil {
		t.Fatal(err)
	}
	return line.Settings
}

func TestComposeIsConfinedInTheNetworkOfTheHost(t *testing.T) {
	s := composed(t, nil, "compose.yaml")
	if s.NetworkMode != "host" || !s.ReadOnly || strings.Join(s.CapDrop, " ") != "ALL" || strings.Join(s.SecurityOpt, " ") != "no-new-privileges:true" {
		t.Errorf("got %+v, want the network of the host, a root that is read-only, and no rights", s)
	}
	if len(s.Volumes) != 1 || s.Volumes[0].Type != "volume" || s.Volumes[0].Target != "/var/lib/timbre" {
		t.Errorf("got the volumes %v, want one for the data", s.Volumes)
	}
	if unit := content(t, release(t, "timbre.service")); !strings.Contains(string(unit), fmt.Sprintf("\nLimitNOFILE=%d\n", s.Ulimits.NoFile)) {
		t.Errorf("got %d descriptors, want as many as the unit of systemd has", s.Ulimits.NoFile)
	}
	grace, err := time.ParseDuration(s.StopGracePeriod)
	if drain := settingsOf(t, s).Drain.Timeout; err != nil || grace < drain+15*time.Second {
		t.Errorf("got %s until the container is killed, want more than the drain of %s", s.StopGracePeriod, drain)
	}
}

func TestComposePublishesThePortsOfMedia(t *testing.T) {
	s := composed(t, []string{"TIMBRE_RTP_ADDRESS=192.0.2.10"}, "compose.yaml", "compose.ports.yaml")
	if s.NetworkMode != "" {
		t.Errorf("got the network %s, want one of its own", s.NetworkMode)
	}
	settings := settingsOf(t, s)
	published := map[int]string{}
	for _, p := range s.Ports {
		if p.Protocol == "udp" {
			published[p.Target] = p.Published
		}
		if private := p.Target == 8080 || p.Target == 9090; private != (p.HostIP == "127.0.0.1") {
			t.Errorf("got port %d at %q", p.Target, p.HostIP)
		}
	}
	for port := settings.RTP.Ports.First; port <= settings.RTP.Ports.Last; port++ {
		if published[int(port)] == "" {
			t.Errorf("got no port %d of rtp.ports published", port)
		}
	}
	if out, err := try(compose(t, []string{"TIMBRE_RTP_ADDRESS="}, "compose.yaml", "compose.ports.yaml")); err == nil || !strings.Contains(out, "address of this machine") {
		t.Errorf("got %v: %s, want that the address is asked for", err, out)
	}
}
