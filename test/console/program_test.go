package console

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// webhook names the endpoint of events of an empty server.
const webhook = "arn:timbre:webhook:us-east-1:000000000000:test"

// built is Timbre, which is built once with its inference library, as users build it.
var built = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("make", "-C", root, "build").CombinedOutput()
	return string(out), err
})

func binary(t *testing.T) string {
	t.Helper()
	if out, err := built(); err != nil {
		t.Fatalf("make build: %v\n%s", err, out)
	}
	return root + "/bin/timbre"
}

// launch starts a program, which is interrupted at the end of the test, and reads the lines that it prints until begun says that they suffice.
func launch(t *testing.T, program *exec.Cmd, begun func(line string) bool) {
	t.Helper()
	program.Stderr = os.Stderr
	out, err := program.StdoutPipe()
	if err == nil {
		err = program.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = program.Process.Signal(os.Interrupt)
		_ = program.Wait()
	})
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if begun(lines.Text()) {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return
		}
	}
	t.Fatal("the program has ended before it was ready")
}

// startEmpty starts a server with nothing in it, on free ports, whose webhook is at an address. It returns where its page is and how to sign in.
func startEmpty(t *testing.T, program, endpoint string) (at, id, secret string) {
	t.Helper()
	id, secret = "TMBREMPTY", "a secret of the test"
	server := exec.Command(program, "serve")
	server.Env = append(os.Environ(), "TIMBRE_DATA="+t.TempDir(), "TIMBRE_API_LISTEN=127.0.0.1:0", "TIMBRE_ADMIN_LISTEN=127.0.0.1:0",
		"TIMBRE_SIP_LISTEN=udp://127.0.0.1:0", "TIMBRE_ACCESS_KEY_ID="+id, "TIMBRE_SECRET_ACCESS_KEY="+secret,
		"TIMBRE_NOTIFY_WEBHOOKS=test="+endpoint+"/#a-secret-of-the-test")
	launch(t, server, func(line string) bool {
		if name, where, _ := strings.Cut(line, " "); name == "admin" {
			at = strings.TrimSpace(where)
		}
		return strings.HasPrefix(line, "ready")
	})
	return strings.TrimSuffix(at, "/") + "/", id, secret
}
