// Command release makes what users install: for each platform a tarball, a package for Debian, one for RPM, a bill of materials and a container
// image; for all of them one more image, the chart for Helm, checksums and their signature. The sources go in; the folder dist comes out. The
// same sources make the same bytes, on any machine; in the images, with the same packages of Debian. It publishes nothing.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run() error {
	var (
		out      = flag.String("out", "dist", "folder to write")
		version  = flag.String("version", "", "version of the release, as 1.2.3; by default the tag of the commit, or a version made of the commit and its time")
		only     = flag.String("platforms", names(platforms), "platforms to build for")
		packages = flag.String("packages", "", "folder of Debian packages for the images, filled where it lacks them; by default, those of today")
		module   = flag.String("module", "", "path of the Go module, if it is to have another than in go.mod")
		key      = flag.String("key", "", "private key of OpenSSH that signs the checksums; none by default")
	)
	flag.Parse()
	selected, err := choose(*only)
	if err != nil {
		return err
	}
	r, err := identify(".", *version)
	if err != nil {
		return err
	}
	if r.out, err = filepath.Abs(*out); err != nil {
		return err
	}
	if *module != "" {
		renamed, err := os.MkdirTemp("", "timbre-release-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(renamed) }()
		if err := rename(r.source, renamed, *module); err != nil {
			return err
		}
		r.source, r.module = renamed, *module
	}
	for _, p := range selected {
		if err := r.compile(p); err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
	}
	return r.wrap(selected, *packages, *key)
}

// wrap makes everything else from the programs of all platforms, of which one must run here.
func (r release) wrap(selected []platform, packages, key string) error {
	own, err := host(selected)
	if err != nil {
		return err
	}
	facts, err := r.facts(own)
	if err != nil {
		return err
	}
	var files []string
	for _, p := range selected {
		made, err := r.platform(p, own, facts)
		if err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
		files = append(files, made...)
	}
	images, err := r.images(selected, packages)
	if err != nil {
		return err
	}
	chart, err := r.chart()
	if err != nil {
		return err
	}
	return r.sums(slices.Concat(files, images, []string{chart}), key)
}

// platform makes the files of a platform.
func (r release) platform(p, own platform, facts facts) (files []string, err error) {
	bill := filepath.Join(r.out, r.name(p)+".cdx.json")
	tarball := filepath.Join(r.out, r.name(p)+".tar.gz")
	err = errors.Join(r.documents(p, own), r.bill(p, facts, bill))
	if err == nil {
		err = pack(r.folder(p), r.name(p), tarball, r.time)
	}
	if err != nil {
		return nil, err
	}
	packages, err := r.packages(p)
	return append(packages, tarball, bill), err
}

// folder is where a platform's files lie.
func (r release) folder(p platform) string { return filepath.Join(r.out, p.String()) }

// name is that of a platform's tarball, without its suffix.
func (r release) name(p platform) string {
	return strings.Join([]string{"timbre", r.version, p.String()}, "_")
}
