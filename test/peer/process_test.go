package peer

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"embed"
	"encoding/pem"
	"io"
	"math/big"
	mrand "math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"text/template"
	"time"
)

//go:embed config
var configurations embed.FS

// write fills in a configuration template and returns the path of the file.
func write(t *testing.T, folder, name string, values any) string {
	t.Helper()
	text, err := template.ParseFS(configurations, "config/"+name)
	must(t, err)
	var b bytes.Buffer
	must(t, text.Execute(&b, values))
	file := filepath.Join(folder, name)
	must(t, os.WriteFile(file, b.Bytes(), 0o600))
	return file
}

// peer is a running external program.
type peer struct {
	cmd   *exec.Cmd
	stdin io.WriteCloser
	log   string        // the file with its output
	done  chan struct{} // closed at its exit; err is then set
	err   error
}

// launch starts a program in a folder of its own. It ends with the test at the latest. A failed test logs its output.
func launch(t *testing.T, folder, program string, args ...string) *peer {
	t.Helper()
	p := &peer{cmd: exec.Command(program, args...), log: filepath.Join(folder, filepath.Base(program)+".log"), done: make(chan struct{})}
	out, err := os.Create(p.log)
	must(t, err)
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = folder, out, out
	p.cmd.Env = append(os.Environ(), "HOME="+folder)
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // so that signals reach its children
	p.stdin, err = p.cmd.StdinPipe()
	must(t, err)
	must(t, p.cmd.Start())
	go func() {
		p.err = p.cmd.Wait()
		_ = out.Close()
		close(p.done)
	}()
	t.Cleanup(func() {
		p.end()
		if t.Failed() {
			out, _ := os.ReadFile(p.log)
			t.Logf("%s %v printed:\n%s", program, args, out[max(0, len(out)-8000):])
		}
	})
	return p
}

// end stops the program by SIGTERM, and by SIGKILL if it does not exit.
func (p *peer) end() {
	for _, how := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		_ = syscall.Kill(-p.cmd.Process.Pid, how)
		select {
		case <-p.done:
			return
		case <-time.After(3 * time.Second):
		}
	}
}

// succeeded waits for the program to exit, which must be with status 0.
func (p *peer) succeeded(ctx context.Context, t *testing.T) {
	t.Helper()
	select {
	case <-p.done:
		must(t, p.err)
	case <-ctx.Done():
		t.Fatalf("%s did not exit in time", p.cmd.Path)
	}
}

// The tests' ports are below those that the system assigns to outgoing sockets.
const firstPort, lastPort = 10000, 19900

var nextPort atomic.Int64

func init() { nextPort.Store(int64(firstPort + mrand.IntN(lastPort-firstPort)&^1)) }

// ports returns the first of n consecutive unused ports on loopback; it is even.
func ports(t *testing.T, n int) int {
	t.Helper()
	for range 1000 {
		first := int(nextPort.Add(int64(n+n%2))) - (n + n%2)
		if first+n > lastPort {
			nextPort.CompareAndSwap(int64(first+n+n%2), firstPort)
			continue
		}
		if free(first, n) {
			return first
		}
	}
	t.Fatalf("no %d ports in a row are free", n)
	return 0
}

func free(first, n int) bool {
	for port := first; port < first+n; port++ {
		u, err := net.ListenUDP("udp", &net.UDPAddr{Port: port})
		if err != nil {
			return false
		}
		_ = u.Close()
		l, err := net.ListenTCP("tcp", &net.TCPAddr{Port: port})
		if err != nil {
			return false
		}
		_ = l.Close()
	}
	return true
}

// certificate creates a self-signed certificate for loopback.
func certificate(t *testing.T) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	must(t, err)
	private, err := x509.MarshalECPrivateKey(key)
	must(t, err)
	folder := t.TempDir()
	certFile, keyFile = filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	must(t, os.WriteFile(certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	must(t, os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: private}), 0o600))
	return certFile, keyFile
}
