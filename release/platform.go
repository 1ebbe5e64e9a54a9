package main

import (
	"fmt"
	"runtime"
	"strings"
)

// platform is what a release is built for.
type platform struct {
	os, arch string // GOOS and GOARCH
	target   string // as the C compiler calls it
	runtime  string // folder of ONNX Runtime in its module
}

// platforms are all of them.
var platforms = []platform{
	{"linux", "amd64", "x86_64-linux-gnu." + glibc, "x86_64-unknown-linux-gnu"},
	{"linux", "arm64", "aarch64-linux-gnu." + glibc, "aarch64-unknown-linux-gnu"},
}

func (p platform) String() string { return p.os + "_" + p.arch }

// names lists platforms as the command line does.
func names(all []platform) string {
	var list []string
	for _, p := range all {
		list = append(list, p.os+"/"+p.arch)
	}
	return strings.Join(list, ",")
}

// choose returns the platforms of a list.
func choose(list string) (chosen []platform, err error) {
	for name := range strings.SplitSeq(list, ",") {
		known := false
		for _, p := range platforms {
			if names([]platform{p}) == name {
				chosen, known = append(chosen, p), true
			}
		}
		if !known {
			return nil, fmt.Errorf("unknown platform %q: want some of %s", name, names(platforms))
		}
	}
	return chosen, nil
}

// host returns the platform of this machine.
func host(among []platform) (platform, error) {
	for _, p := range among {
		if p.os == runtime.GOOS && p.arch == runtime.GOARCH {
			return p, nil
		}
	}
	return platform{}, fmt.Errorf("the man page and more come from a program that runs here, and %s/%s is not among %s", runtime.GOOS, runtime.GOARCH, names(among))
}
