package deploy

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"timbre/cmd/timbre/demo"
	"timbre/test/server"
)

// built is a folder with the program and its runtime, as a release has it.
var built = sync.OnceValues(func() (string, error) {
	exe, err := server.Binary()
	if err != nil {
		return "", err
	}
	module, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/k2-fsa/sherpa-onnx-go-linux").Output()
	if err != nil {
		return "", err
	}
	machine, err := exec.Command("uname", "-m").Output()
	if err != nil {
		return "", err
	}
	library := filepath.Join(strings.TrimSpace(string(module)), "lib", strings.TrimSpace(string(machine))+"-unknown-linux-gnu", "libonnxruntime.so")
	folder := filepath.Join(scratch, "build")
	return folder, errors.Join(
		os.Mkdir(folder, 0o755),
		os.Symlink(exe, filepath.Join(folder, "timbre")),
		os.Symlink(library, filepath.Join(folder, "libonnxruntime.so")),
	)
})

// archived is an image in a file.
type archived struct{ name, digest, file string }

// pack writes an image to a folder.
func pack(folder string) (a archived, err error) {
	build, err := built()
	if err != nil {
		return a, err
	}
	out, err := exec.Command("nice", "-n", "19", "go", "run", "timbre/release/image",
		"-out", folder, "-packages", filepath.Join(scratch, "debian"), "-version", "v1.2.3+test", build).CombinedOutput()
	if err != nil {
		return a, fmt.Errorf("%w: %s", err, out)
	}
	_, err = fmt.Sscan(string(out), &a.name, &a.digest, &a.file)
	return a, err
}

// packed is an image for all tests.
var packed = sync.OnceValues(func() (archived, error) { return pack(scratch) })

func needsDebian(t *testing.T) {
	if _, err := exec.LookPath("dpkg-deb"); err != nil {
		t.Skip("no dpkg-deb: an image is packed on Debian")
	}
}

// image is what an archive has.
type image struct {
	files  map[string][]byte
	config struct {
		Architecture, OS string
		Config           struct {
			User                 string
			Env, Entrypoint, Cmd []string
			Healthcheck          struct{ Test []string }
			Labels               map[string]string
			Volumes              map[string]any
		}
	}
	layers []string
}

func open(t *testing.T) (i image) {
	t.Helper()
	needsDebian(t)
	p, err := packed()
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(p.file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	i.files = map[string][]byte{}
	for from := tar.NewReader(f); ; {
		h, err := from.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			i.files[h.Name], err = io.ReadAll(from)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var list []struct {
		Config   string
		RepoTags []string
		Layers   []string
	}
	if err := json.Unmarshal(i.files["manifest.json"], &list); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(i.files[list[0].Config], &i.config); err != nil {
		t.Fatal(err)
	}
	if tags := list[0].RepoTags; len(tags) != 1 || tags[0] != "timbre:1.2.3-test" {
		t.Errorf("got the names %v, want one with the version", tags)
	}
	i.layers = list[0].Layers
	return i
}

// unpack makes the root file system of the image, as a runtime does.
func (i image) unpack(t *testing.T, root string) {
	t.Helper()
	for _, name := range i.layers {
		plain, err := gzip.NewReader(bytes.NewReader(i.files[name]))
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), "tar", "--extract", "--same-owner", "--same-permissions", "--directory", root)
		cmd.Stdin = plain
		command(t, cmd)
	}
}

func TestImageIsReproducible(t *testing.T) {
	t.Parallel()
	needsDebian(t)
	first, err := packed()
	if err != nil {
		t.Fatal(err)
	}
	second, err := pack(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if second.digest != first.digest || !bytes.Equal(content(t, first.file), content(t, second.file)) {
		t.Errorf("got %+v and %+v of two runs, want one digest, and the same bytes", first, second)
	}
}

func content(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Others read the image as it is meant: by the OCI layout, and as docker saves images.
func TestImageIsReadByOthers(t *testing.T) {
	needsDebian(t)
	if _, err := exec.LookPath("skopeo"); err != nil {
		t.Skip("no skopeo")
	}
	p, err := packed()
	if err != nil {
		t.Fatal(err)
	}
	for _, transport := range []string{"oci-archive:", "docker-archive:"} {
		var seen struct {
			Digest, Architecture string
			Layers               []string
		}
		text := command(t, exec.CommandContext(t.Context(), "skopeo", "inspect", transport+p.file))
		if err := json.Unmarshal([]byte(text), &seen); err != nil {
			t.Fatal(err)
		}
		if len(seen.Layers) != 3 || transport == "oci-archive:" && seen.Digest != p.digest {
			t.Errorf("%s: got %+v, want three layers and the digest %s", transport, seen, p.digest)
		}
	}
	command(t, exec.CommandContext(t.Context(), "skopeo", "copy", "--insecure-policy", "docker-archive:"+p.file, "dir:"+t.TempDir()))
}

// Builds for several architectures become one image, of which each machine takes its own.
func TestImageOfSeveralArchitectures(t *testing.T) {
	needsDebian(t)
	if _, err := exec.LookPath("skopeo"); err != nil {
		t.Skip("no skopeo")
	}
	out := t.TempDir()
	builds := []string{stub(t, "linux", "amd64"), stub(t, "linux", "arm64")}
	command(t, exec.CommandContext(t.Context(), "go", append([]string{
		"run", "timbre/release/image", "-out", out, "-packages", filepath.Join(scratch, "debian"), "-version", "1.2.3",
	}, builds...)...))
	for _, want := range []string{"amd64", "arm64"} {
		var seen struct{ Architecture string }
		text := command(t, exec.CommandContext(t.Context(), "skopeo", "--override-arch", want, "inspect", "oci-archive:"+out+"/timbre_1.2.3.image.tar"))
		if err := json.Unmarshal([]byte(text), &seen); err != nil {
			t.Fatal(err)
		}
		if seen.Architecture != want {
			t.Errorf("got an image for %s on %s", seen.Architecture, want)
		}
	}
}

func TestImageIsForLinux(t *testing.T) {
	needsDebian(t)
	out, err := try(exec.CommandContext(t.Context(), "go", "run", "timbre/release/image", "-out", t.TempDir(), stub(t, "darwin", "arm64")))
	if err == nil || !strings.Contains(out, "a program for darwin") {
		t.Errorf("got %v: %s, want that the program is for another system", err, out)
	}
}

// stub is a folder with a program of a system and an architecture in place of Timbre.
func stub(t *testing.T, system, architecture string) string {
	t.Helper()
	folder := t.TempDir()
	source := filepath.Join(folder, "stub.go")
	for file, text := range map[string]string{source: "package main\n\nfunc main() {}\n", filepath.Join(folder, "libonnxruntime.so"): "stub"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(folder, "timbre"), source)
	build.Env = append(os.Environ(), "GOOS="+system, "GOARCH="+architecture, "CGO_ENABLED=0")
	command(t, build)
	return folder
}

func TestImageHasNothingButTimbre(t *testing.T) {
	i, root := open(t), t.TempDir()
	i.unpack(t, root)
	var programs []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if info.Mode()&(fs.ModeSetuid|fs.ModeSetgid) != 0 {
			t.Errorf("got %s with the rights of its owner", path)
		}
		if info.Mode()&0o111 != 0 && !strings.Contains(entry.Name(), ".so") {
			programs = append(programs, strings.TrimPrefix(path, root))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(programs, " ") != "/usr/lib/timbre/timbre" {
		t.Errorf("got the programs %v, want Timbre alone: no shell", programs)
	}
	for _, want := range []string{
		"etc/ssl/certs/ca-certificates.crt", "usr/share/zoneinfo/Europe/Paris", "usr/lib/os-release", "var/lib/dpkg/status.d/libc6",
		"usr/share/doc/libc6/copyright", "usr/share/doc/libstdc++6/copyright", "usr/share/common-licenses/GPL-3",
	} {
		if text, err := os.ReadFile(filepath.Join(root, want)); err != nil || len(text) == 0 {
			t.Errorf("got %v, want the file %s", err, want)
		}
	}
	c := i.config.Config
	if c.User != "65532:65532" || c.Volumes["/var/lib/timbre"] == nil || c.Labels["org.opencontainers.image.version"] != "1.2.3-test" {
		t.Errorf("got %+v, want a user who is not root, the volume, and the version", c)
	}
}

// container runs programs in the root file system of an image as a runtime does: as the user of the image, in a root that is read-only, with
// a volume for the data and memory for what is temporary.
type container struct {
	image
	root, volume string
}

const enter = `set -e
mount --bind "$ROOT" "$ROOT"
mount --bind "$VOLUME" "$ROOT/var/lib/timbre"
mount -t tmpfs -o mode=1777 tmpfs "$ROOT/tmp"
mount --bind /proc "$ROOT/proc"
mount -o remount,bind,ro "$ROOT"
cd "$ROOT"
exec /usr/sbin/chroot --userspec="$OWNER" "$ROOT" "$@"
`

func newContainer(t *testing.T) container {
	t.Helper()
	if os.Getuid() != 0 || exec.Command("unshare", "--mount", "true").Run() != nil {
		t.Skip("no rights to mount")
	}
	c := container{open(t), t.TempDir(), t.TempDir()}
	c.unpack(t, c.root)
	if err := os.Chown(c.volume, 65532, 65532); err != nil {
		t.Fatal(err)
	}
	return c
}

// command is a program in the container, with its environment and more.
func (c container) command(t *testing.T, environment []string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(t.Context(), "unshare", append([]string{"--mount", "sh", "-c", enter, "sh"}, args...)...)
	cmd.Env = append([]string{"ROOT=" + c.root, "VOLUME=" + c.volume, "OWNER=" + c.config.Config.User}, c.config.Config.Env...)
	cmd.Env = append(cmd.Env, environment...)
	return cmd
}

// The server of the image starts without any right, says that it is healthy, and ends when it is told to.
func TestServerOfTheImage(t *testing.T) {
	c := newContainer(t)
	settings := []string{"TIMBRE_API_LISTEN=127.0.0.1:0", "TIMBRE_ADMIN_LISTEN=127.0.0.1:0", "TIMBRE_SIP_LISTEN=udp://127.0.0.1:0"}
	p := server.Launch(t, c.command(t, settings, append(c.config.Config.Entrypoint, c.config.Config.Cmd...)...))
	check := c.config.Config.Healthcheck.Test
	if len(check) < 2 || check[0] != "CMD" {
		t.Fatalf("got the health check %v, want a command", check)
	}
	command(t, c.command(t, []string{"TIMBRE_ADMIN_LISTEN=" + p.At["admin"]}, check[1:]...))
	if _, err := os.Stat(filepath.Join(c.volume, "timbre.db")); err != nil {
		t.Errorf("got %v, want the database in the volume", err)
	}
	if err := p.Cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.Cmd.Wait(); err != nil {
		t.Errorf("got %v after SIGTERM, want an orderly end", err)
	}
	if out, err := try(c.command(t, []string{"TIMBRE_ADMIN_LISTEN=" + p.At["admin"]}, check[1:]...)); err == nil {
		t.Errorf("got %q of a server that has ended, want that it is not healthy", out)
	}
}

// Calls are recognised in the image: the models, their runtime and the libraries it links are there.
func TestDemoInTheImage(t *testing.T) {
	t.Parallel() // it waits more than it works
	c := newContainer(t)
	out := command(t, c.command(t, nil, append(c.config.Config.Entrypoint, "demo", "--json")...))
	var r demo.Result
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	for _, call := range r.Calls {
		if !call.Right || !call.Confirmed {
			t.Errorf("%s: got name %q", call.Caller, call.Identified)
		}
	}
	if len(r.Calls) == 0 {
		t.Error("got no calls")
	}
}
