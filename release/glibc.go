package main

import (
	"debug/elf"
	"fmt"
	"strconv"
	"strings"
)

// glibc is the oldest GNU C library that the programs run with: that of RHEL 8 and Debian 10.
const glibc = "2.28"

// runsWith says whether a program or library needs nothing newer than a release of the GNU C library.
func runsWith(file, release string) error {
	f, err := elf.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	symbols, err := f.ImportedSymbols()
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	for _, s := range symbols {
		if needed, ok := strings.CutPrefix(s.Version, "GLIBC_"); ok && newer(needed, release) {
			return fmt.Errorf("%s needs glibc %s for %s, want none after %s", file, needed, s.Name, release)
		}
	}
	return nil
}

// newer compares dotted numbers. What is no number, such as PRIVATE, is newer than any.
func newer(a, b string) bool {
	for a != "" || b != "" {
		var head, other string
		head, a, _ = strings.Cut(a, ".")
		other, b, _ = strings.Cut(b, ".")
		x, err := strconv.Atoi("0" + head)
		y, _ := strconv.Atoi("0" + other)
		if err != nil || x != y {
			return err != nil || x > y
		}
	}
	return false
}
