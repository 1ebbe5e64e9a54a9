package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"timbre/evaluate/metric"
	"timbre/search"
	"timbre/search/fit"
)

// The numbers of profiles: up to the first, of real people; beyond, drawn ones.
var (
	realSizes  = []int{1, 5, 10, 20, 40}
	drawnSizes = []int{50, 100, 1_000, 10_000, 100_000}
)

const (
	folds = 5    // people whose calls are judged are not in the fit that judges them
	draws = 1000 // of people, for the intervals
	seed  = 1
)

// count counts the calls of strangers and of true callers into domains of one size.
type count struct {
	strangers, named, misnamed []metric.Outcome // by the rule
	fixedStrangers, fixedNamed []metric.Outcome // by a fixed probability of 0.90 of each pair
	best                       []float64        // llr of strangers' calls
	own                        []float64        // llr of true callers with themselves, where it is the best; else the least number
}

// reachable is the share of true callers whom the one least llr would name that names the rule's share of these strangers. Nobody knows
// that llr beforehand.
func (c count) reachable(share float64) float64 {
	slices.Sort(c.best)
	least := c.best[len(c.best)-1-int(share*float64(len(c.best)))]
	named := 0.0
	for _, llr := range c.own {
		if llr > least {
			named += 1 / float64(len(c.own))
		}
	}
	return named
}

// report prints how many strangers and true callers are named.
func report(out io.Writer, pairs []pair, all *search.Calibration, rule search.Rule) error {
	who := people(pairs)
	fitted := make([]search.Calibration, folds)
	for k := range fitted {
		var others []fit.Trial
		for _, p := range pairs {
			if fold(who, p.call.Person) != k && fold(who, p.profile.Person) != k {
				others = append(others, p.trial)
			}
		}
		var err error
		if fitted[k], err = fit.Calibrate(others); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "%d people, %d comparisons of one person, %d of two. What a fit without them says of others: Cllr %.3f.\n",
		all.Fitted.Speakers, all.Fitted.Targets, all.Fitted.Impostors, cllr(who, pairs, fitted))
	for _, length := range []time.Duration{10 * time.Second, 20 * time.Second} {
		fmt.Fprintf(out, "\nCalls of %v of net speech over lines of all kinds, in %%:\n\n", length)
		fmt.Fprintln(out, "| profiles | strangers named | true callers named | named as another | reachable | at 0.90 a pair: strangers | true callers |")
		fmt.Fprintln(out, "| --- | --- | --- | --- | --- | --- | --- |")
		for _, n := range append(slices.Clone(realSizes), drawnSizes...) {
			printRow(out, n, len(who), cmp.Or(rule.Strangers, search.DefaultStrangers), measure(n, length, who, pairs, fitted, rule))
		}
	}
	return nil
}

func fold(who []string, person string) int {
	i, _ := slices.BinarySearch(who, person)
	return i % folds
}

func printRow(out io.Writer, n, people int, promised float64, c count) {
	if len(c.strangers) == 0 {
		return
	}
	share := func(o []metric.Outcome) string {
		f := metric.Share(o, people, draws, seed)
		return fmt.Sprintf("%.1f (%.1f-%.1f)", 100*f.Value, 100*f.Low, 100*f.High)
	}
	drawn, reachable := "", fmt.Sprintf("%.1f", 100*c.reachable(promised))
	if !slices.Contains(realSizes, n) {
		drawn, reachable = " drawn", ""
	}
	fmt.Fprintf(out, "| %d%s | %s | %s | %s | %s | %s | %s |\n", n, drawn,
		share(c.strangers), share(c.named), share(c.misnamed), reachable, share(c.fixedStrangers), share(c.fixedNamed))
}

// measure lets everybody call into domains of n profiles, without him and with him.
func measure(n int, length time.Duration, who []string, pairs []pair, fitted []search.Calibration, rule search.Rule) (c count) {
	r := rand.New(rand.NewPCG(seed, uint64(n)))
	for group := range calls(pairs) {
		call := group[0].call
		if net := call.Print.Net; net < length*9/10 || net > length*11/10 {
			continue
		}
		person, _ := slices.BinarySearch(who, call.Person)
		by := &fitted[fold(who, call.Person)]
		domain, own := llrs(by, group)
		if slices.Contains(realSizes, n) && len(domain) < n {
			continue
		}
		for range max(1, 10_000/n/100) {
			drawn := draw(domain, n, by, r)
			named, best := by.Match(rule, call.Print, drawn), slices.Max(drawn)
			c.strangers = append(c.strangers, metric.Outcome{Person: person, Happened: named >= 0})
			c.fixedStrangers = append(c.fixedStrangers, metric.Outcome{Person: person, Happened: best >= math.Log(9)})
			c.best = append(c.best, best)
			if len(own) == 0 {
				continue
			}
			drawn[0] = own[r.IntN(len(own))]
			named, best = by.Match(rule, call.Print, drawn), slices.Max(drawn)
			c.own = append(c.own, -math.MaxFloat64)
			if drawn[0] == best {
				c.own[len(c.own)-1] = best
			}
			c.named = append(c.named, metric.Outcome{Person: person, Happened: named == 0})
			c.misnamed = append(c.misnamed, metric.Outcome{Person: person, Happened: named > 0})
			c.fixedNamed = append(c.fixedNamed, metric.Outcome{Person: person, Happened: drawn[0] >= math.Log(9) && drawn[0] == best})
		}
	}
	return c
}

// calls yields the pairs of each call.
func calls(pairs []pair) func(yield func([]pair) bool) {
	return func(yield func([]pair) bool) {
		for len(pairs) > 0 {
			n := 1
			for n < len(pairs) && pairs[n].call == pairs[0].call {
				n++
			}
			if !yield(pairs[:n]) {
				return
			}
			pairs = pairs[n:]
		}
	}
}

// llrs are those of the profiles of a call's pairs: of each other person, and of the caller.
func llrs(by *search.Calibration, group []pair) (others [][]float64, own []float64) {
	of := map[string]int{}
	for _, p := range group {
		llr := by.LLR(p.trial.Score, p.trial.Profile, p.trial.Caller)
		if p.trial.Target() {
			own = append(own, llr)
			continue
		}
		i, has := of[p.profile.Person]
		if !has {
			i = len(others)
			of[p.profile.Person], others = i, append(others, nil)
		}
		others[i] = append(others[i], llr)
	}
	return others, own
}

// draw draws the llrs of n profiles: of as many other people, or, beyond them, from the distribution of strangers around the mean that
// these have with this caller.
func draw(others [][]float64, n int, by *search.Calibration, r *rand.Rand) (llrs []float64) {
	if slices.Contains(realSizes, n) {
		for _, i := range r.Perm(len(others))[:n] {
			llrs = append(llrs, others[i][r.IntN(len(others[i]))])
		}
		return llrs
	}
	mean := 0.0
	for _, o := range others {
		mean += o[0] / float64(len(others))
	}
	for range n {
		llrs = append(llrs, mean+by.Strangers.Spread*by.Strangers.Tail.Draw(r))
	}
	return llrs
}

// cllr is the cost of the llrs of calls by fits without their callers, in bits: 0 is perfect, 1 is knowing nothing.
func cllr(who []string, pairs []pair, fitted []search.Calibration) float64 {
	var cost, n [2]float64
	for _, p := range pairs {
		llr, k := fitted[fold(who, p.call.Person)].LLR(p.trial.Score, p.trial.Profile, p.trial.Caller), 0
		if p.trial.Target() {
			llr, k = -llr, 1
		}
		cost[k] += math.Log2(1 + math.Exp(llr))
		n[k]++
	}
	return (cost[0]/n[0] + cost[1]/n[1]) / 2
}
