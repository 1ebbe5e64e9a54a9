package rtp

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"timbre"
)

// metrics are the figures of all streams of a pool.
type metrics struct {
	streams                             prometheus.Gauge
	exhausted, strays                   prometheus.Counter
	buffer                              prometheus.Gauge
	packets, lost, late, duplicates     prometheus.Counter
	reports                             prometheus.Counter
	relayed, unrelayed, listenerDropped prometheus.Counter
	rateLimited                         prometheus.Counter
	handshakes, doubtful, panics        *prometheus.CounterVec
	dropped                             [reasons]prometheus.Counter
}

func newMetrics(reg prometheus.Registerer, p *Pool) *metrics {
	with := promauto.With(reg)
	counter := func(name, help string) prometheus.Counter {
		return with.NewCounter(prometheus.CounterOpts{Name: "timbre_rtp_" + name, Help: help})
	}
	m := &metrics{
		streams:         with.NewGauge(prometheus.GaugeOpts{Name: "timbre_rtp_streams", Help: "Open streams."}),
		exhausted:       counter("exhausted_total", "Streams refused because no pair of ports was free, or no descriptors were left for it."),
		strays:          counter("stray_pairs_total", "Free pairs of ports passed over because packets of a call before a crash still arrived there."),
		packets:         counter("packets_total", "RTP packets from the source of their stream."),
		lost:            counter("lost_total", "RTP packets given up."),
		late:            counter("late_total", "RTP packets that arrived after they were given up."),
		duplicates:      counter("duplicates_total", "RTP packets that arrived twice."),
		reports:         counter("receiver_reports_total", "RTCP receiver reports sent."),
		relayed:         counter("relayed_total", "RTP packets relayed to the other peer of a bridged call."),
		rateLimited:     counter("relay_limited_total", "Packets not relayed because their destination has sent nothing yet and its limit was reached."),
		unrelayed:       counter("unrelayed_total", "RTP packets that could not be relayed: the destination is not known, or its limit was reached."),
		listenerDropped: counter("listener_frames_dropped_total", "Frames of bridged calls dropped because a listener was too slow."),
	}
	m.handshakes = with.NewCounterVec(prometheus.CounterOpts{Name: "timbre_rtp_dtls_handshakes_total", Help: "DTLS handshakes that ended."}, []string{"outcome"})
	m.doubtful = with.NewCounterVec(prometheus.CounterOpts{
		Name: "timbre_rtp_doubtful_streams_total",
		Help: "Streams that can hardly be heard, by what is wrong with their packets: not authentic, timestamps, clock.",
	}, []string{"reason"})
	for _, reason := range (timbre.NotAuthentic | timbre.Misstamped | timbre.OtherClock).Reasons() {
		m.doubtful.WithLabelValues(reason)
	}
	m.panics = with.NewCounterVec(prometheus.CounterOpts{
		Name: "timbre_rtp_decoder_panics_total", Help: "Panics of decoders; each costs a packet.",
	}, []string{"codec"})
	for _, c := range timbre.Codecs() {
		if c.Kind() == timbre.AudioPayload {
			m.panics.WithLabelValues(c.Name())
		}
	}
	pairs := func(name, help string, n func() int) {
		with.NewGaugeFunc(prometheus.GaugeOpts{Name: "timbre_rtp_" + name, Help: help}, func() float64 { return float64(n()) })
	}
	pairs("free_pairs", "Pairs of ports not in use, those in quarantine included.", p.Free)
	pairs("resting_pairs", "Pairs of ports in quarantine after a call.", p.resting)
	m.buffer = with.NewGauge(prometheus.GaugeOpts{Name: "timbre_rtp_receive_buffer_bytes", Help: "Receive buffer of the media socket opened last, as the kernel counts it."})
	dropped := with.NewCounterVec(prometheus.CounterOpts{Name: "timbre_rtp_dropped_total", Help: "RTP and RTCP packets dropped."}, []string{"reason"})
	for why := range reasons {
		m.dropped[why] = dropped.WithLabelValues(why.String())
	}
	return m
}

// handshake counts a handshake that ended.
func (m *metrics) handshake(err error) {
	outcome := "agreed"
	if err != nil {
		outcome = "failed"
	}
	m.handshakes.WithLabelValues(outcome).Inc()
}
