package release

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"timbre/cmd/timbre/demo"
	"timbre/test/needs"
	"timbre/test/server"
)

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
	f, err := os.Open(given(t).file(".image.tar"))
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
	if tags := list[0].RepoTags; len(tags) != 1 || tags[0] != "timbre:"+version {
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
		printed(t, cmd)
	}
}

// Others read the image as it is meant: by the OCI layout, and as docker saves images.
func TestImageIsReadByOthers(t *testing.T) {
	needs.Program(t, "skopeo", "skopeo (Debian's package skopeo)")
	file := given(t).file(".image.tar")
	for _, transport := range []string{"oci-archive:", "docker-archive:"} {
		var seen struct {
			Architecture string
			Layers       []string
		}
		text := printed(t, exec.CommandContext(t.Context(), "skopeo", "inspect", transport+file))
		if err := json.Unmarshal([]byte(text), &seen); err != nil {
			t.Fatal(err)
		}
		if len(seen.Layers) != 3 || seen.Architecture != runtime.GOARCH {
			t.Errorf("%s: got %+v, want three layers for %s", transport, seen, runtime.GOARCH)
		}
		printed(t, exec.CommandContext(t.Context(), "skopeo", "copy", "--insecure-policy", transport+file, "dir:"+t.TempDir())) // which checks every digest
	}
}

// Builds for several architectures become one image, of which each machine takes its own.
func TestImageOfSeveralArchitectures(t *testing.T) {
	needs.Program(t, "dpkg-deb", "dpkg-deb (Debian's package dpkg)")
	needs.Program(t, "skopeo", "skopeo (Debian's package skopeo)")
	out := t.TempDir()
	builds := []string{stub(t, "linux", "amd64"), stub(t, "linux", "arm64")}
	printed(t, exec.CommandContext(t.Context(), "go", append([]string{
		"run", "timbre/release/image", "-out", out, "-packages", packages, "-version", "1.2.3",
	}, builds...)...))
	for _, want := range []string{"amd64", "arm64"} {
		var seen struct{ Architecture string }
		text := printed(t, exec.CommandContext(t.Context(), "skopeo", "--override-arch", want, "inspect", "oci-archive:"+out+"/timbre_1.2.3.image.tar"))
		if err := json.Unmarshal([]byte(text), &seen); err != nil {
			t.Fatal(err)
		}
		if seen.Architecture != want {
			t.Errorf("got an image for %s on %s", seen.Architecture, want)
		}
	}
}

func TestImageIsForLinux(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "run", "timbre/release/image", "-out", t.TempDir(), stub(t, "darwin", "arm64")).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "a program for darwin") {
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
	printed(t, build)
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
	if c.User != "65532:65532" || c.Volumes["/var/lib/timbre"] == nil {
		t.Errorf("got %+v, want a user who is not root, and the volume", c)
	}
	label := func(name string) string { return c.Labels["org.opencontainers.image."+name] }
	if label("version") != version || len(label("revision")) < 40 || label("created") < "2020" {
		t.Errorf("got %v, want version %s, its commit and the time of that", c.Labels, version)
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
	needs.Root(t)
	needs.Mounts(t)
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
	printed(t, c.command(t, []string{"TIMBRE_ADMIN_LISTEN=" + p.At["admin"]}, check[1:]...))
	if _, err := os.Stat(filepath.Join(c.volume, "timbre.db")); err != nil {
		t.Errorf("got %v, want the database in the volume", err)
	}
	if err := p.Cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.Cmd.Wait(); err != nil {
		t.Errorf("got %v after SIGTERM, want an orderly end", err)
	}
	if out, err := c.command(t, []string{"TIMBRE_ADMIN_LISTEN=" + p.At["admin"]}, check[1:]...).CombinedOutput(); err == nil {
		t.Errorf("got %q of a server that has ended, want that it is not healthy", out)
	}
}

// Calls are recognised in the image: the models, their runtime and the libraries it links are there.
func TestDemoInTheImage(t *testing.T) {
	t.Parallel() // it waits more than it works
	c := newContainer(t)
	out := printed(t, c.command(t, nil, append(c.config.Config.Entrypoint, "demo", "--json")...))
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
