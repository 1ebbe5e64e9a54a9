package sqlite

import "github.com/prometheus/client_golang/prometheus"

var damagedRows = prometheus.NewDesc("timbre_store_damaged_rows",
	"Stored rows that cannot be read and are left out, by kind.", []string{"kind"}, nil)

var failedWrites = prometheus.NewDesc("timbre_store_failed_writes_total",
	"Writes that failed because the disk takes none: it is full, read-only or broken.", nil, nil)

var lostCommits = prometheus.NewDesc("timbre_store_lost_commits",
	"Transactions that the database lacked at the start: its write-ahead log was lost or cut.", nil, nil)

var pageProblems = prometheus.NewDesc("timbre_store_page_problems",
	"Problems that the check of the database's pages at the start has found, at most 10.", nil, nil)

var schemaVersion = prometheus.NewDesc("timbre_store_schema_version",
	"Version of the tables: the number of the last migration.", nil, nil)

// Describe implements prometheus.Collector.
func (s *Store) Describe(to chan<- *prometheus.Desc) {
	to <- damagedRows
	to <- failedWrites
	to <- lostCommits
	to <- pageProblems
	to <- schemaVersion
	s.pace.Describe(to)
}

// Collect implements prometheus.Collector. Every table that can have damaged rows has a value.
func (s *Store) Collect(to chan<- prometheus.Metric) {
	to <- prometheus.MustNewConstMetric(failedWrites, prometheus.CounterValue, float64(s.outage.total()))
	to <- prometheus.MustNewConstMetric(lostCommits, prometheus.GaugeValue, float64(s.mark.lost.Load()))
	to <- prometheus.MustNewConstMetric(pageProblems, prometheus.GaugeValue, float64(s.problems.Load()))
	to <- prometheus.MustNewConstMetric(schemaVersion, prometheus.GaugeValue, float64(Schema()))
	s.pace.Collect(to)
	counts := s.Damaged()
	for _, kind := range kinds {
		to <- prometheus.MustNewConstMetric(damagedRows, prometheus.GaugeValue, float64(counts[kind]), kind)
	}
}

// kinds are the tables whose damaged rows are left out, and the voiceprints of tasks.
var kinds = []string{
	"call", "configuration", "connector", "credential", "domain", "logging", "origination", "pipeline", "profile", "resource",
	"streaming", "task", "termination", "voiceprint",
}
