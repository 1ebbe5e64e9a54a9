package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// sums writes the checksums of files as sha256sum does, and with a key their signature, which `ssh-keygen -Y verify -n file` checks.
func (r release) sums(files []string, key string) error {
	var lines strings.Builder
	for _, file := range slices.Sorted(slices.Values(files)) {
		sum, err := digest(file)
		if err != nil {
			return err
		}
		lines.WriteString(sum + "  " + filepath.Base(file) + "\n")
	}
	file := filepath.Join(r.out, "SHA256SUMS")
	if err := write(file, []byte(lines.String())); err != nil {
		return err
	}
	if err := os.RemoveAll(file + ".sig"); err != nil || key == "" {
		return err
	}
	_, err := r.run(nil, "ssh-keygen", "-q", "-Y", "sign", "-n", "file", "-f", key, file)
	return err
}
