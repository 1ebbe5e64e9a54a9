// Command report measures the product part by part, with peers beside it where they are installed, and writes what it finds to
// docs/performance.json, as tables to docs/performance.md, and what machines follow from it to docs/sizing.md. Parts that are not run, or
// that fail, keep their last figures.
//
//	make bench-report                                 all parts: an hour and a quarter
//	go run ./bench/report -only media,search          some of them, minutes each
//	go run ./bench/report -list
//	go run ./bench/report -pages                      the pages of the figures that are there
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"
)

func main() {
	only := flag.String("only", "", "names of parts, separated by commas; empty: all")
	list := flag.Bool("list", false, "list the parts")
	pages := flag.Bool("pages", false, "measure nothing: write the pages of the last figures")
	file := flag.String("out", "docs/performance", "where the figures go, without .json and .md")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if *list {
		for _, p := range parts {
			fmt.Printf("%-10s %s\n", p.name, p.command())
		}
		return
	}
	err := again(*file)
	if !*pages && err == nil {
		err = run(ctx, *only, *file)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(1)
	}
}

// again writes the pages of the figures that are there.
func again(file string) error {
	r, err := read(file + ".json")
	if err != nil {
		return err
	}
	return r.write(file)
}

// run measures the parts, and writes after each of them.
func run(ctx context.Context, only, file string) error {
	chosen, err := choose(only)
	if err != nil {
		return err
	}
	r, err := read(file + ".json")
	if err != nil {
		return err
	}
	for _, p := range chosen {
		fmt.Printf("%s: %s\n", p.name, p.command())
		m, e := p.measure(ctx)
		if e != nil {
			err = errors.Join(err, e)
			continue
		}
		m.Machine, m.Day = machine(), time.Now().UTC().Format(time.DateOnly)
		r[p.name] = m
		if err := r.write(file); err != nil {
			return err
		}
	}
	return err
}

func choose(only string) (chosen []part, err error) {
	if only == "" {
		return parts, nil
	}
	for name := range strings.SplitSeq(only, ",") {
		i := slices.IndexFunc(parts, func(p part) bool { return p.name == strings.TrimSpace(name) })
		if i < 0 {
			return nil, fmt.Errorf("there is no part %q: -list has the names", name)
		}
		chosen = append(chosen, parts[i])
	}
	return chosen, nil
}
