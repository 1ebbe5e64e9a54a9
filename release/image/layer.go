package main

import (
	"archive/tar"
	"bytes"
	"io"
	"maps"
	"path"
	"slices"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// file is one of the image's: a folder if its mode says so, a symbolic link if it has a target, or else a regular file.
type file struct {
	path    string // from the root of the image, without a slash before it
	mode    int64
	owner   int // user and group
	link    string
	folder  bool
	content []byte
}

// pack makes a layer of files in the order of their paths, with the folders that they are in, and with one time for all.
func pack(files []file, at time.Time) (v1.Layer, error) {
	all := map[string]file{}
	for _, f := range files {
		for above := path.Dir(f.path); above != "."; above = path.Dir(above) {
			if _, known := all[above]; !known {
				all[above] = file{path: above, mode: 0o755, folder: true}
			}
		}
		all[f.path] = f
	}
	var buffer bytes.Buffer
	to := tar.NewWriter(&buffer)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if err := all[name].write(to, at); err != nil {
			return nil, err
		}
	}
	if err := to.Close(); err != nil {
		return nil, err
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(buffer.Bytes())), nil }
	return tarball.LayerFromOpener(open, tarball.WithMediaType(types.OCILayer), tarball.WithCompressedCaching)
}

func (f file) write(to *tar.Writer, at time.Time) error {
	header := tar.Header{
		Name: f.path, Mode: f.mode, Uid: f.owner, Gid: f.owner, ModTime: at, Format: tar.FormatPAX,
		Typeflag: tar.TypeReg, Size: int64(len(f.content)),
	}
	switch {
	case f.folder:
		header.Typeflag, header.Name = tar.TypeDir, f.path+"/"
	case f.link != "":
		header.Typeflag, header.Linkname, header.Mode = tar.TypeSymlink, f.link, 0o777
	}
	if err := to.WriteHeader(&header); err != nil {
		return err
	}
	_, err := to.Write(f.content)
	return err
}
