package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"text/tabwriter"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// report is all figures.
type report struct {
	Go         string `json:"go"`
	Processors int    `json:"processors"`
	Binary     int64  `json:"binary_bytes"`
	Rows       []*row `json:"rows"`
}

// row is one operation on so many connections. Its figures are medians of the runs, the answer times those of each run.
type row struct {
	Operation   string  `json:"operation"`
	Connections int     `json:"connections"`
	Requests    int     `json:"requests"`
	Rate        float64 `json:"requests_a_second"`
	Share       float64 `json:"server_core_share"`
	CoreRate    float64 `json:"requests_a_core_second"`
	Median      float64 `json:"p50_ms"`
	P99         float64 `json:"p99_ms"`
	CheckMicros float64 `json:"signature_check_us"`
	CheckShare  float64 `json:"signature_check_share"`

	runs []measurement
}

func (r *report) add(operation string, connections int, m measurement) {
	i := slices.IndexFunc(r.Rows, func(o *row) bool { return o.Operation == operation && o.Connections == connections })
	if i < 0 {
		i = len(r.Rows)
		r.Rows = append(r.Rows, &row{Operation: operation, Connections: connections})
	}
	o := r.Rows[i]
	o.runs = append(o.runs, m)
	o.Requests += len(m.took)
	o.Rate = o.median(func(m measurement) float64 { return float64(len(m.took)) / m.span.Seconds() })
	o.Share = o.median(func(m measurement) float64 { return m.cpu.Seconds() / m.span.Seconds() })
	o.CoreRate = o.median(func(m measurement) float64 { return float64(len(m.took)) / m.cpu.Seconds() })
	o.Median = o.median(func(m measurement) float64 { return m.quantile(0.5) })
	o.P99 = o.median(func(m measurement) float64 { return m.quantile(0.99) })
}

func (o *row) median(of func(measurement) float64) float64 {
	var all []float64
	for _, m := range o.runs {
		all = append(all, of(m))
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// quantile is in milliseconds.
func (m measurement) quantile(q float64) float64 {
	return float64(m.took[min(len(m.took)-1, int(q*float64(len(m.took))))]) / 1e6
}

func (r *report) print(w io.Writer) {
	fmt.Fprintf(w, "server and client on one processor each of %d; medians of %d runs; binary %.1f MB\n",
		runtime.NumCPU(), len(r.Rows[0].runs), float64(r.Binary)/1e6)
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "operation\tconnections\trequests\treq/s\tCPU % of a core\treq per core-s\tp50 ms\tp99 ms\tSigV4 µs\t% of CPU\t")
	for _, o := range r.Rows {
		fmt.Fprintf(t, "%s\t%d\t%d\t%.0f\t%.0f\t%.0f\t%.2f\t%.2f\t%.1f\t%.0f\t\n", o.Operation, o.Connections, o.Requests,
			o.Rate, 100*o.Share, o.CoreRate, o.Median, o.P99, o.CheckMicros, 100*o.CheckShare)
	}
	_ = t.Flush()
}

func (r *report) write(file string) error {
	r.Go, r.Processors = runtime.Version(), runtime.NumCPU()
	text, err := json.Marshal(r, jsontext.Multiline(true))
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}
