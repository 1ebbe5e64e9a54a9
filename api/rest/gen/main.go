// Command gen generates the Go table of routing and validation from the published models of the two services. Input are the
// service-2.json files of botocore, which are not part of this repository; output is a Go file.
//
//	go run ./api/rest/gen -voice …/chime-sdk-voice/2022-08-03/service-2.json \
//		-pipelines …/chime-sdk-media-pipelines/2021-07-15/service-2.json
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	voice := flag.String("voice", "", "service-2.json of chime-sdk-voice")
	pipelines := flag.String("pipelines", "", "service-2.json of chime-sdk-media-pipelines")
	out := flag.String("o", "api/rest/table_gen.go", "the Go file to write")
	flag.Parse()
	if err := run(*voice, *pipelines, *out); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1) //nolint:forbidigo // a program
	}
}

func run(voice, pipelines, out string) error {
	v, err := read(voice)
	if err != nil {
		return err
	}
	p, err := read(pipelines)
	if err != nil {
		return err
	}
	text, err := table(v, p)
	if err != nil {
		return err
	}
	return os.WriteFile(out, text, 0o644) //nolint:gosec // source is for all to read
}
