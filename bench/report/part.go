package main

import (
	"fmt"
	"slices"
	"strings"
)

// part is a bench, and the figures that are taken from what it prints.
type part struct {
	name, title string
	env         []string
	run         []string // a command and its arguments, in the root of the repository
	needs       string   // a program of others, which may not be installed
	figures     []figure
}

// python has FAISS and USearch.
const python = "bench/.venv/bin/python"

// parts are all that is measured.
var parts = []part{
	{
		name: "media", title: "300 recorded calls of two legs, G.711, not analysed", run: []string{"go", "run", "./bench/soak", "-calls", "300", "-for", "30s"},
		figures: []figure{
			{"calls a core", "", "300 ", 5, nil},
			{"processor time a packet", "µs", "300 ", 4, nil},
			{"memory a call", "KB", "300 ", 6, nil},
			{"calls a core, with all that the kernel does for the senders", "", "300 ", 19, nil},
			{"packets sent of those due", "%", "300 ", 17, nil},
			{"packets lost", "", "300 ", 9, nil},
			{"processor time a packet, of a bare loop that receives and drops every 10 ms", "µs", "300 ", 20, nil},
			{"times that loop", "", "300 ", 21, nil},
			{"processor time a packet, of one that does so every 100 ms, as Timbre does", "µs", "300 ", 22, nil},
			{"times that one", "", "300 ", 23, nil},
		},
	},
	{
		name: "calls", title: "Recorded calls, by their number", run: []string{"go", "run", "./bench/soak", "-calls", "10,100,500,1000", "-for", "30s"},
		figures: slices.Concat(recorded(10), recorded(100), recorded(500), recorded(1000)),
	},
	{
		name: "analysis", title: "10 live calls of three minutes and two legs, with a search among 1,000 profiles and tone each",
		run: []string{"go", "run", "./bench/load", "-calls", "10", "-length", "3m", "-for", "3m"},
		figures: append([]figure{
			{"analysed legs a core", "", "10 ", legsOfCore, nil},
			{"10 calls: memory at most", "MB", "10 ", 18, nil},
			{"10 calls: length", "s", "10 ", lengthOfCall, nil},
		}, late("10")...),
	},
	{
		name: "names", title: "Live calls of half a minute, which have each its search among 1,000 profiles, its voiceprint and its tone",
		run:     []string{"go", "run", "./bench/load", "-calls", "5,12,25,38,50,75", "-for", "1m"},
		figures: slices.Concat(curve(5), curve(12), curve(25), curve(38), curve(50), curve(75)),
	},
	{
		name: "overload", title: "The same with as many as the machine can analyse, twice and three times as many; who is refused tries again",
		run:     []string{"go", "run", "./bench/load", "-calls", "60,120,180"},
		figures: slices.Concat(late("60"), late("120"), late("180")),
	},
	{
		name: "search", title: "A search among 20,000 profiles on one core", env: []string{"GOMAXPROCS=1"},
		run: []string{"go", "test", "-run", "^$", "-bench", "Search/20000(-quantised)?$", "./search"},
		figures: []figure{
			{"processor time", "ms", `BenchmarkSearch/20000\s`, 4, milliseconds},
			{"the products of its first pass alone", "ms", `BenchmarkSearch/20000-quantised\s`, 2, ofNanoseconds},
		},
	},
	{
		name: "avx2", title: "The same with the instructions of AVX2 alone, for processors without AVX-512 VNNI",
		env: []string{"GOMAXPROCS=1", "GODEBUG=cpu.avx512vnni=off", "TIMBRE_BENCH_PROFILES=20000,1000000"},
		run: []string{"go", "test", "-run", "^$", "-bench", "Search/(20000|1000000)(-quantised)?$", "./search"},
		figures: []figure{
			{"20,000 profiles: processor time", "ms", `BenchmarkSearch/20000\s`, 4, milliseconds},
			{"20,000 profiles: the products of the first pass alone", "ms", `BenchmarkSearch/20000-quantised\s`, 2, ofNanoseconds},
			{"1,000,000 profiles: processor time", "ms", `BenchmarkSearch/1000000\s`, 4, milliseconds},
			{"1,000,000 profiles: the products of the first pass alone", "ms", `BenchmarkSearch/1000000-quantised\s`, 2, ofNanoseconds},
		},
	},
	{
		name: "change", title: "A change of one among a million profiles that are searched", env: []string{"GOMAXPROCS=1", "TIMBRE_BENCH_PROFILES=1000000"},
		run: []string{"go", "test", "-run", "^$", "-bench", "Change", "./search"},
		figures: []figure{
			{"a deletion and an enrolment", "µs", `BenchmarkChange/1000000\s`, 2, thousandth},
			{"an enrolment and an expiry", "µs", `BenchmarkChange/1000000-expiry\s`, 2, thousandth},
		},
	},
	{
		name: "peers", title: "One search by Timbre, FAISS and USearch: processor time on one thread, time on all", needs: python,
		run: []string{python, "bench/report/peers.py"}, figures: compared(),
	},
	{
		name: "api", title: "Signed requests, 16 connections", run: []string{"go", "run", "./bench/api", "-runs", "1", "-connections", "16"},
		figures: []figure{
			{"GetVoiceConnector a core and second", "", "GetVoiceConnector ", 5, nil},
			{"PutVoiceConnectorTermination a core and second", "", "PutVoiceConnectorTermination ", 5, nil},
			{"StartSpeakerSearchTask a core and second", "", "StartSpeakerSearchTask ", 5, nil},
			{"StartSpeakerSearchTask with half that load, 99th percentile", "ms", "StartSpeakerSearchTask, half load ", 9, nil},
		},
	},
	{
		name: "signalling", title: "INVITE, ACK and BYE of recorded calls", run: []string{"go", "run", "./bench/signalling"},
		figures: []figure{
			{"processor time a call", "ms", `1\s+names its connector\s`, 5, nil},
			{"processor time a call with events", "ms", `1\s+with events\s`, 4, nil},
			{"to the 200 of an INVITE that names no connector, median", "ms", `1\s+names none, one caller\s`, 8, nil},
			{"the same with 10,000 connectors", "ms", `10000\s+names none, one caller\s`, 8, nil},
			{"the same right after one of them was changed", "ms", `10000\s+names none after a change\s`, 9, nil},
		},
	},
	{
		name: "relay", title: "100 calls put through by a connector", run: []string{"go", "run", "./bench/relay", "-through", "timbre"},
		figures: relayed("timbre"),
	},
	{
		name: "rtpengine", title: "100 calls put through by rtpengine, without its module for the kernel", needs: "rtpengine",
		run: []string{"go", "run", "./bench/relay", "-through", "rtpengine"}, figures: relayed("rtpengine"),
	},
	{
		name: "enrolment", title: "Enrolment", run: []string{"go", "run", "./bench/enrol"},
		figures: []figure{
			{"voiceprints of recordings a core and second", "", "recordings ", 3, nil},
			{"profiles of tasks a core and second", "", "tasks ", 3, nil},
			{"a profile of a task, 16 at a time, median", "ms", "tasks ", 4, nil},
			{"a profile of a task, 99th percentile", "ms", "tasks ", 5, nil},
		},
	},
	{
		name: "recordings", title: "timbre analyze on stereo", run: []string{"go", "test", "-run", "^$", "-bench", "Stereo", "-benchtime", "5x", "./cmd/timbre/analyze"},
		figures: []figure{
			{"times real time, a core", "", `BenchmarkStereo/tone(-\d+)?\s`, 4, nil},
			{"times real time, a core, with both speakers sought", "", `BenchmarkStereo/tone-and-speaker(-\d+)?\s`, 4, nil},
		},
	},
	{
		name: "startup", title: "The first search of a million profiles after a start", run: []string{"go", "run", "./bench/startup"},
		figures: []figure{
			{"time", "ms", "from blocks, check false: ", 6, nil},
			{"processor time", "ms", "from blocks, check false: ", 7, nil},
			{"time of a search then", "ms", "from blocks, check false: ", 10, nil},
			{"memory at most", "MB", "from blocks, check false: ", 14, nil},
			{"memory at most, in multiples of the vectors", "", "from blocks, check false: ", 18, nil},
		},
	},
	{
		name: "sweep", title: "Sweeps of a million tasks", run: []string{"go", "run", "./bench/sweep"},
		figures: []figure{
			{"nothing to erase", "ms", `\d+  nothing `, 4, nil},
			{"a day to erase, processor time", "s", `\d+  a-day `, 3, nil},
			{"a write waits meanwhile, median", "ms", `\d+  a-day `, 6, nil},
			{"a write waits meanwhile, at most", "ms", `\d+  a-day `, 7, nil},
		},
	},
	{
		name: "churn", title: "Calls, connections and configurations that come and go", run: []string{"go", "run", "./bench/churn", "-for", "4m", "-rounds", "8"},
		figures: []figure{
			{"visits", "", `\d+\.\d\s`, 1, nil},
			{"goroutines at rest", "", `\d+\.\d\s`, 3, nil},
			{"descriptors at rest", "", `\d+\.\d\s`, 4, nil},
			{"memory at rest", "MB", `\d+\.\d\s`, 5, nil},
			{"processor time a visit", "ms", `\d+\.\d\s`, 9, nil},
		},
	},
}

// compared are the figures of a search by each of the peers.
func compared() (all []figure) {
	for _, profiles := range []string{"20000", "1000000"} {
		for _, threads := range []string{"one", "all"} {
			for _, by := range []struct{ name, key string }{{"Timbre", "timbre"}, {"FAISS, flat", "faiss-flat"}, {"FAISS, eight bits", "faiss-sq8"}, {"USearch, exact", "usearch"}} {
				name := fmt.Sprintf("%s, %s profiles, %s", by.name, profiles, map[string]string{"one": "one thread", "all": "all threads"}[threads])
				all = append(all, figure{name, "ms", fmt.Sprintf("%s-%s-%s ", profiles, threads, by.key), 1, nil})
			}
		}
	}
	return all
}

func (p part) command() string {
	return strings.Join(append(append([]string{}, p.env...), p.run...), " ")
}

// Columns of bench/load: the mean length of a call, and the analysed legs that were kept for each core that the server took.
const (
	lengthOfCall = 20
	legsOfCore   = 21
)

// recorded are the figures of bench/soak for a number of calls.
func recorded(calls int) []figure {
	line, of := fmt.Sprintf("%d ", calls), fmt.Sprintf("%d calls: ", calls)
	return []figure{
		{of + "calls a core", "", line, 5, nil},
		{of + "processor time a packet", "µs", line, 4, nil},
		{of + "memory a call", "KB", line, 6, nil},
		{of + "packets lost", "", line, 9, nil},
		{of + "times the bare loop of 10 ms", "", line, 21, nil},
	}
}

// curve are the figures of bench/load for calls of two legs each, of a curve by the number of legs.
func curve(calls int) []figure {
	line, of := fmt.Sprintf("%d ", calls), fmt.Sprintf("%d legs: ", 2*calls)
	return []figure{
		{of + "analysed legs a core", "", line, legsOfCore, nil},
		{of + "calls kept at a time", "", line, 1, nil},
		{of + "calls refused", "", line, 2, nil},
		{of + "length of a call", "s", line, lengthOfCall, nil},
		{of + "delay of a name, median", "ms", line, 4, nil},
		{of + "delay of a name, 99th percentile", "ms", line, 5, nil},
		{of + "delay of a voiceprint, 99th percentile", "ms", line, 9, nil},
		{of + "delay of a tone, 99th percentile", "ms", line, 12, nil},
		{of + "tones skipped", "", line, 14, nil},
	}
}

// late are the figures of bench/load for a number of calls.
func late(calls string) []figure {
	line, of := calls+" ", calls+" calls: "
	return []figure{
		{of + "analysed at a time", "", line, 1, nil},
		{of + "refused", "", line, 2, nil},
		{of + "delay of a name, median", "ms", line, 4, nil},
		{of + "delay of a name, 99th percentile", "ms", line, 5, nil},
		{of + "names later than half a second", "", line, 6, nil},
		{of + "delay of a voiceprint, 99th percentile", "ms", line, 9, nil},
		{of + "delay of a tone, 99th percentile", "ms", line, 12, nil},
		{of + "tones a minute of a call", "", line, 19, nil},
		{of + "tones later than a second", "", line, 13, nil},
		{of + "tones skipped", "", line, 14, nil},
	}
}
