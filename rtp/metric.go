package rtp

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// metrics are the figures of all streams together.
type metrics struct {
	streams                         prometheus.Gauge
	exhausted                       prometheus.Counter
	buffer                          prometheus.Gauge
	packets, lost, late, duplicates prometheus.Counter
	reports                         prometheus.Counter
	relayed, unsent, unheard        prometheus.Counter
	unproven                        prometheus.Counter
	handshakes                      *prometheus.CounterVec
	dropped                         [reasons]prometheus.Counter
}

func newMetrics(reg prometheus.Registerer, p *Pool) *metrics {
	with := promauto.With(reg)
	counter := func(name, help string) prometheus.Counter {
		return with.NewCounter(prometheus.CounterOpts{Name: "timbre_rtp_" + name, Help: help})
	}
	m := &metrics{
		streams:    with.NewGauge(prometheus.GaugeOpts{Name: "timbre_rtp_streams", Help: "Streams that are open."}),
		exhausted:  counter("exhausted_total", "Streams that were refused because no pair of ports was free."),
		packets:    counter("packets_total", "RTP packets of the right source."),
		lost:       counter("lost_total", "RTP packets that were given up."),
		late:       counter("late_total", "RTP packets that came after they had been given up."),
		duplicates: counter("duplicates_total", "RTP packets that came twice."),
		reports:    counter("receiver_reports_total", "RTCP receiver reports sent."),
		relayed:    counter("relayed_total", "RTP packets sent on to the other end of a trunk call."),
		unproven:   counter("unproven_total", "Packets that were not sent on: too many for a host that has sent nothing."),
		unsent:     counter("unrelayed_total", "RTP packets that could not be sent on: nobody to send them to yet, or not for now."),
		unheard:    counter("unheard_frames_total", "Frames of trunk calls that a listener was too slow for."),
	}
	m.handshakes = with.NewCounterVec(prometheus.CounterOpts{Name: "timbre_rtp_dtls_handshakes_total", Help: "DTLS handshakes that have ended."}, []string{"outcome"})
	pairs := func(name, help string, n func() int) {
		with.NewGaugeFunc(prometheus.GaugeOpts{Name: "timbre_rtp_" + name, Help: help}, func() float64 { return float64(n()) })
	}
	pairs("free_pairs", "Pairs of ports that no stream has, those that rest included.", p.Free)
	pairs("resting_pairs", "Pairs of ports that rest after a call, before they are used again.", p.resting)
	m.buffer = with.NewGauge(prometheus.GaugeOpts{Name: "timbre_rtp_receive_buffer_bytes", Help: "Receive buffer of the socket of media opened last, as the kernel counts it."})
	dropped := with.NewCounterVec(prometheus.CounterOpts{Name: "timbre_rtp_dropped_total", Help: "RTP and RTCP packets that were not heard."}, []string{"reason"})
	for why := range reasons {
		m.dropped[why] = dropped.WithLabelValues(why.String())
	}
	return m
}

// shaken counts a handshake that has ended.
func (m *metrics) shaken(err error) {
	outcome := "agreed"
	if err != nil {
		outcome = "failed"
	}
	m.handshakes.WithLabelValues(outcome).Inc()
}
