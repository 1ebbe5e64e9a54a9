package main

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// archive is a file with an image in the OCI layout, for one architecture or several.
type archive struct {
	name   string // with the tag
	images []v1.Image
}

// write writes the archive, and returns the digest of the image.
func (a archive) write(out string) (digest v1.Hash, err error) {
	files, digest, err := a.files()
	if err != nil {
		return digest, err
	}
	f, err := os.Create(out)
	if err != nil {
		return digest, err
	}
	to := tar.NewWriter(f)
	for _, part := range files {
		err = errors.Join(err, part.write(to, time.Unix(0, 0)))
	}
	return digest, errors.Join(err, to.Close(), f.Close())
}

// files are those of the layout: all parts of the images by their digests, and the index, which says what the archive is of.
func (a archive) files() (files []file, digest v1.Hash, err error) {
	for _, image := range a.images {
		parts, err := partsOf(image)
		if err != nil {
			return nil, digest, err
		}
		files = append(files, parts...)
	}
	whole, more, err := a.whole()
	if err != nil {
		return nil, digest, err
	}
	if digest, err = whole.Digest(); err != nil {
		return nil, digest, err
	}
	index, err := mutate.AppendManifests(none, mutate.IndexAddendum{Add: whole, Descriptor: v1.Descriptor{Annotations: map[string]string{
		"org.opencontainers.image.ref.name": a.name,
		"io.containerd.image.name":          "docker.io/library/" + a.name,
	}}}).RawManifest()
	return append(files, more,
		file{path: "index.json", mode: 0o644, content: index},
		file{path: "oci-layout", mode: 0o644, content: []byte(`{"imageLayoutVersion":"1.0.0"}`)},
	), digest, err
}

// none is an index without images.
var none = mutate.IndexMediaType(empty.Index, types.OCIImageIndex)

// whole is the image, and the list by which docker finds its parts; or, if there are several, an index of them, by which each machine finds
// that of its architecture, and the file of the index.
func (a archive) whole() (mutate.Appendable, file, error) {
	if len(a.images) == 1 {
		list, err := a.docker()
		return a.images[0], list, err
	}
	index := none
	for _, image := range a.images {
		config, err := image.ConfigFile()
		if err != nil {
			return nil, file{}, err
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: image, Descriptor: v1.Descriptor{Platform: config.Platform()}})
	}
	text, err := index.RawManifest()
	if err != nil {
		return nil, file{}, err
	}
	digest, err := index.Digest()
	return index, file{path: place(digest), mode: 0o644, content: text}, err
}

// docker is the list by which docker finds the parts of an image.
func (a archive) docker() (file, error) {
	manifest, err := a.images[0].Manifest()
	if err != nil {
		return file{}, err
	}
	list := struct {
		Config   string
		RepoTags []string
		Layers   []string
	}{Config: place(manifest.Config.Digest), RepoTags: []string{a.name}}
	for _, l := range manifest.Layers {
		list.Layers = append(list.Layers, place(l.Digest))
	}
	text, err := json.Marshal([]any{list})
	return file{path: "manifest.json", mode: 0o644, content: text}, err
}

// partsOf are the manifest of an image, its configuration and its layers.
func partsOf(image v1.Image) ([]file, error) {
	digest, err := image.Digest()
	if err != nil {
		return nil, err
	}
	text, err := image.RawManifest()
	if err != nil {
		return nil, err
	}
	manifest, err := image.Manifest()
	if err != nil {
		return nil, err
	}
	files := []file{{path: place(digest), mode: 0o644, content: text}}
	for _, d := range slices.Concat(manifest.Layers, []v1.Descriptor{manifest.Config}) {
		layer, err := image.LayerByDigest(d.Digest)
		if err != nil {
			return nil, err
		}
		from, err := layer.Compressed()
		if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(from)
		if err = errors.Join(err, from.Close()); err != nil {
			return nil, err
		}
		files = append(files, file{path: place(d.Digest), mode: 0o644, content: content})
	}
	return files, nil
}

// place is where a part of an image is in an archive.
func place(digest v1.Hash) string { return "blobs/" + digest.Algorithm + "/" + digest.Hex }
