package main

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// status is where scanners of images without a package manager find what packages the files are of, one description a file.
const status = "var/lib/dpkg/status.d/"

// The libraries are taken with what they depend on, glibc among it; the others without: nothing of them runs.
var (
	libraries = []string{"libstdc++6"}
	others    = []string{"base-files", "ca-certificates", "tzdata"}
)

// fill downloads the packages for an architecture to a folder, unless it is there. apt-get checks their signatures, by the keys and from the
// sources of this machine; it reads and changes nothing else of it.
func fill(folder, architecture string) error {
	if _, err := os.Stat(folder); err == nil {
		return nil
	}
	state, err := os.MkdirTemp("", "timbre-apt-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(state) }()
	staged, err := filepath.Abs(folder + ".new")
	if err != nil {
		return err
	}
	config := fmt.Sprintf(`Dir::State %q; Dir::State::status %q; Dir::Cache %q; Dir::Cache::archives %q;
APT::Architecture %q; APT::Architectures { %[5]q; }; APT::Sandbox::User ""; APT::Install-Recommends "false"; Acquire::Languages "none"; Debug::NoLocking "true";
`, state, filepath.Join(state, "status"), filepath.Join(state, "cache"), staged, architecture)
	partial := filepath.Join(staged, "partial") // where apt-get has what has not come whole
	err = errors.Join(
		os.RemoveAll(staged),
		os.MkdirAll(partial, 0o755),
		os.MkdirAll(filepath.Join(state, "lists", "partial"), 0o755),
		os.MkdirAll(filepath.Join(state, "cache"), 0o755),
		os.WriteFile(filepath.Join(state, "status"), nil, 0o644),
		os.WriteFile(filepath.Join(state, "apt.conf"), []byte(config), 0o644),
	)
	if err != nil {
		return err
	}
	for _, args := range [][]string{
		{"update"},
		append([]string{"install", "--download-only", "--yes"}, libraries...),
		append([]string{"download"}, others...),
	} {
		apt := exec.Command("apt-get", append([]string{"--quiet=2"}, args...)...)
		apt.Dir = staged
		apt.Env = append(os.Environ(), "APT_CONFIG="+filepath.Join(state, "apt.conf"))
		if out, err := apt.CombinedOutput(); err != nil {
			return fmt.Errorf("apt-get %s: %w\n%s", args[0], err, out)
		}
	}
	return errors.Join(os.RemoveAll(partial), os.Rename(staged, folder))
}

// unpack reads the files of a package, and its description.
func unpack(deb string) ([]file, error) {
	description, err := output("dpkg-deb", "--info", deb, "control")
	if err != nil {
		return nil, err
	}
	name, _, _ := strings.Cut(filepath.Base(deb), "_")
	files := []file{{path: status + name, mode: 0o644, content: description}}
	text, err := output("dpkg-deb", "--fsys-tarfile", deb)
	if err != nil {
		return nil, err
	}
	for from := tar.NewReader(bytes.NewReader(text)); ; {
		header, err := from.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		f := file{path: merged(header.Name), mode: header.Mode & 0o777, folder: header.Typeflag == tar.TypeDir}
		switch header.Typeflag {
		case tar.TypeSymlink:
			f.link = header.Linkname
		case tar.TypeLink: // a second name, which needs no order among the files of a layer when it is a symbolic link
			f.link = "/" + merged(header.Linkname)
		default:
			if f.content, err = io.ReadAll(from); err != nil {
				return nil, err
			}
		}
		files = append(files, f)
	}
}

// merged is the place of a file of a package in a system whose /lib is /usr/lib.
func merged(name string) string {
	name = strings.TrimSuffix(strings.TrimPrefix(name, "./"), "/")
	if strings.HasPrefix(name, "lib/") || strings.HasPrefix(name, "lib64/") {
		return "usr/" + name
	}
	return name
}

func output(name string, args ...string) ([]byte, error) {
	out, err := exec.Command(name, args...).Output()
	if failed := (*exec.ExitError)(nil); errors.As(err, &failed) {
		return nil, fmt.Errorf("%s: %w: %s", name, err, bytes.TrimSpace(failed.Stderr))
	}
	return out, err
}
