package main

import (
	"encoding/json"
	"path/filepath"
)

// documents puts into a platform's folder what belongs to the program: what the program writes of itself, and files of the sources.
func (r release) documents(p, own platform) error {
	program := filepath.Join(r.folder(own), "timbre")
	for name, arguments := range map[string][]string{
		"timbre.1.gz":          {"man"},
		"THIRD-PARTY-LICENSES": {"licenses"},
		"timbre.bash":          {"completion", "bash"},
		"timbre.zsh":           {"completion", "zsh"},
		"timbre.fish":          {"completion", "fish"},
	} {
		text, err := r.run(nil, program, arguments...)
		if err != nil {
			return err
		}
		if filepath.Ext(name) == ".gz" {
			if text, err = squeeze(text); err != nil {
				return err
			}
		}
		if err := write(filepath.Join(r.folder(p), name), text); err != nil {
			return err
		}
	}
	for name, from := range map[string]string{
		"LICENSE": "LICENSE", "CHANGELOG.md": "CHANGELOG.md", "README.md": "release/README.md",
		"timbre.service": "release/timbre.service", "sysctl.conf": "release/sysctl.conf",
	} {
		if err := replicate(filepath.Join(r.source, from), filepath.Join(r.folder(p), name)); err != nil {
			return err
		}
	}
	_, err := r.run(nil, program, "init", "--data", "/var/lib/timbre", filepath.Join(r.folder(p), "timbre.yaml"))
	return err
}

// facts are what the program says of what it is made of.
type facts struct {
	ONNXRuntime string
	Models      []struct{ Kind, ID, SHA256 string }
}

// facts asks the program that runs here.
func (r release) facts(own platform) (f facts, err error) {
	text, err := r.run(nil, filepath.Join(r.folder(own), "timbre"), "version", "--json")
	if err != nil {
		return f, err
	}
	return f, json.Unmarshal(text, &f)
}
