package main

import (
	"bytes"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// skeleton is what the image has besides the files of packages: no shell, no package manager, no program but Timbre.
var skeleton = []file{
	// Debian has its libraries below /usr, and the loader of a program is looked for at the old place.
	{path: "lib", link: "usr/lib"},
	{path: "lib64", link: "usr/lib64"},
	{path: "etc/passwd", mode: 0o644, content: fmt.Appendf(nil, "root:x:0:0:root:/:/sbin/nologin\ntimbre:x:%d:%[1]d:timbre:%s:/sbin/nologin\n", user, data)},
	{path: "etc/group", mode: 0o644, content: fmt.Appendf(nil, "root:x:0:\ntimbre:x:%d:\n", user)},
	{path: "etc/nsswitch.conf", mode: 0o644, content: []byte("hosts: files dns\n")},
	{path: strings.TrimPrefix(data, "/"), mode: 0o700, owner: user, folder: true},
	{path: "tmp", mode: 0o1777, folder: true},
	// A runtime mounts these; it cannot make them in a root that is read-only.
	{path: "dev", mode: 0o755, folder: true},
	{path: "proc", mode: 0o555, folder: true},
	{path: "sys", mode: 0o555, folder: true},
}

// kept are the files of packages that the image has.
var kept = []string{
	"usr/lib/*/*.so*", "usr/lib64/ld-*.so*", "usr/lib/ld-*.so*", // without gconv: Go has its own character sets
	"usr/share/ca-certificates/*/*.crt",
	"usr/share/doc/*/copyright", "usr/share/common-licenses/*",
	"usr/lib/os-release", "etc/os-release", "etc/debian_version", // scanners of images ask for them
}

const (
	zones        = "usr/share/zoneinfo/"
	certificates = "usr/share/ca-certificates/"
)

// baseOf returns all that the image has besides the program: glibc, the C++ library of ONNX Runtime, certificates of authorities and time zones.
func baseOf(folder, architecture string) ([]file, error) {
	if err := fill(folder, architecture); err != nil {
		return nil, err
	}
	packages, err := filepath.Glob(filepath.Join(folder, "*.deb"))
	if err != nil {
		return nil, err
	}
	files := slices.Clone(skeleton)
	var authorities bytes.Buffer
	for _, p := range packages {
		all, err := unpack(p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p, err)
		}
		for _, f := range all {
			switch {
			case !wanted(f):
			case strings.HasPrefix(f.path, certificates):
				authorities.Write(append(bytes.TrimSpace(f.content), '\n'))
			default:
				files = append(files, f)
			}
		}
	}
	return append(files, file{path: "etc/ssl/certs/ca-certificates.crt", mode: 0o644, content: authorities.Bytes()}), nil
}

func wanted(f file) bool {
	if f.folder {
		return false
	}
	if within, found := strings.CutPrefix(f.path, zones); found {
		return !strings.HasPrefix(within, "right/") && !strings.HasPrefix(within, "posix/") // the same again, and with leap seconds
	}
	if f.link != "" && path.Dir(f.path) == "usr/share/doc" {
		return true // the copyright of a package that shares it with another
	}
	return strings.HasPrefix(f.path, status) || slices.ContainsFunc(kept, func(pattern string) bool {
		match, _ := path.Match(pattern, f.path)
		return match
	})
}
