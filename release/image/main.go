// Command image writes container images of Timbre to files, without a daemon. Folders with builds of the program come in, one for each
// architecture; archives in the OCI layout go out, which docker, podman and skopeo load: one for each architecture, and one with all of them
// for a registry. What else an image has is taken from Debian's packages. The same builds and packages give the same bytes.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

func main() {
	var c command
	flag.StringVar(&c.out, "out", ".", "folder to write the archives to")
	flag.StringVar(&c.packages, "packages", "debian", "folder of Debian packages, by architecture; filled by apt-get where it lacks them")
	flag.StringVar(&c.version, "version", "", "version, which is the tag of the image; by default that of the build")
	flag.StringVar(&c.commit, "commit", "", "commit; by default that of the build")
	flag.Func("time", "time of everything in the image, in the form of RFC 3339; by default that of the commit", func(text string) (err error) {
		c.time, err = time.Parse(time.RFC3339, text)
		return err
	})
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: image [flags] FOLDER…\nEach folder has timbre and libonnxruntime.so of one architecture.")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := c.run(flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "image:", err)
		os.Exit(1)
	}
}

// command is the command line.
type command struct {
	out, packages   string
	version, commit string
	time            time.Time
}

// run writes the images of builds, and prints the name, the digest and the file of each.
func (c command) run(folders []string) error {
	var (
		images []v1.Image
		p      program
		err    error
	)
	for _, folder := range folders {
		if p, err = c.program(folder); err != nil {
			return err
		}
		base, err := baseOf(filepath.Join(c.packages, p.architecture), p.architecture)
		if err != nil {
			return err
		}
		image, err := p.image(base)
		if err != nil {
			return err
		}
		images = append(images, image)
		if err := c.archive(p, "_linux_"+p.architecture, image); err != nil {
			return err
		}
	}
	if len(images) == 1 {
		return nil
	}
	return c.archive(p, "", images...)
}

// program reads a build, of which the command line may know better what it is.
func (c command) program(folder string) (program, error) {
	p, err := readProgram(folder)
	p.version, p.commit, p.committed = cmp.Or(c.version, p.version), cmp.Or(c.commit, p.commit), cmp.Or(c.time, p.committed)
	// A tag has no v before the number, and not every character that a version may have.
	p.version = strings.ReplaceAll(strings.TrimPrefix(p.version, "v"), "+", "-")
	return p, err
}

func (c command) archive(p program, platform string, images ...v1.Image) error {
	file := filepath.Join(c.out, "timbre_"+p.version+platform+".image.tar")
	a := archive{"timbre:" + p.version, images}
	digest, err := a.write(file)
	if err != nil {
		return err
	}
	fmt.Println(a.name, digest, file)
	return nil
}
