package monitoring

import (
	"fmt"
	"strings"
)

// section is a row of the dashboard: a question of the operator, and what answers it.
type section struct {
	question string
	panels   []panel
}

type panel struct {
	title, unit string // units are those of Grafana
	about       string // shown when the pointer is on the title
	series      []series
}

type series struct{ expr, legend string }

// Expressions have {$ for the selector of the servers that are looked at, and [$] for the range that fits the zoom.

// now is the value of a gauge, summed up.
func now(metric, legend string, by ...string) series {
	return series{fmt.Sprintf("sum by (%s) (%s{$})", instanceAnd(by), metric), legend}
}

// most is the highest value of a gauge.
func most(metric, legend string, by ...string) series {
	return series{fmt.Sprintf("max by (%s) (%s{$})", instanceAnd(by), metric), legend}
}

// rate is the rate of a counter each second.
func rate(metric, legend string, by ...string) series {
	return series{fmt.Sprintf("sum by (%s) (rate(%s{$}[$]))", instanceAnd(by), metric), legend}
}

// quantile is one of a histogram.
func quantile(q, metric, legend string, by ...string) series {
	return series{fmt.Sprintf("histogram_quantile(%s, sum by (%s) (rate(%s_bucket{$}[$])))", q, instanceAnd(append(by, "le")), metric), legend}
}

// quantiles are the middle and the end of a histogram.
func quantiles(metric, legend string, by ...string) []series {
	return []series{quantile("0.5", metric, "p50 "+legend, by...), quantile("0.99", metric, "p99 "+legend, by...)}
}

func instanceAnd(labels []string) string {
	return strings.Join(append([]string{"instance"}, labels...), ", ")
}

// sections are the dashboard.
var sections = []section{
	{"What runs, and is it well?", []panel{
		{"Live calls", "short", "Recorded, bridged and fed calls.", []series{now("timbre_call_live", "{{instance}}")}},
		{"Active tasks", "short", "Speaker searches and voice tone analyses.", []series{now("timbre_task_active", "{{kind}} {{instance}}", "kind")}},
		{"Versions", "short", "Servers of each version; more than one only during an update.", []series{{"count by (version) (timbre_build_info{$})", "{{version}}"}}},
		{"Models in use", "short", "Servers with each model.", []series{{"count by (kind, model) (timbre_model_info{$})", "{{kind}} {{model}}"}}},
		{"CPU", "short", "Cores in use.", []series{{`sum by (instance) (rate(process_cpu_seconds_total{$, job="timbre"}[$]))`, "{{instance}}"}}},
		{"Memory", "bytes", "Resident memory of the process.", []series{{`sum by (instance) (process_resident_memory_bytes{$, job="timbre"})`, "{{instance}}"}}},
		{"Faults", "short", "Panics, which cost one request, one leg or one packet.", []series{
			rate("timbre_api_panics_total", "requests {{instance}}"), rate("timbre_call_tap_panics_total", "taps {{instance}}"),
			rate("timbre_rtp_decoder_panics_total", "packets {{codec}} {{instance}}", "codec"),
		}},
		{"Jumps of the clock", "short", "How often the wall clock was set by more than a minute.", []series{
			now("timbre_clock_jumps_total", "jumps {{instance}}"), now("timbre_clock_jump_seconds", "last, seconds {{instance}}"),
		}},
	}},
	{"Are events late?", []panel{
		{"Oldest undelivered event", "s", "Age of what has waited longest, by target. A healthy target has none older than seconds.", []series{
			most("timbre_notify_target_oldest_seconds", "{{target}}", "target"),
		}},
		{"Waiting events", "short", "By target.", []series{now("timbre_notify_target_waiting", "{{target}}", "target")}},
		{"Deliveries a second", "ops", "By kind of target.", []series{
			rate("timbre_notify_sent_total", "{{kind}}", "kind"), rate("timbre_notify_failed_total", "{{kind}} failed", "kind"),
		}},
		{"From event to delivery", "s", "Of what was delivered.", quantiles("timbre_notify_lag_seconds", "{{kind}}", "kind")},
		{"Attempts", "s", "How long a target takes to answer.", quantiles("timbre_notify_try_seconds", "{{kind}}", "kind")},
		{"Targets that do not work", "short", "Backing off: probed at most every 30 s. Disabled: answered 410.", []series{
			{`sum by (instance, state) (timbre_notify_target_state{$, state!="works"})`, "{{state}} {{instance}}"},
			now("timbre_notify_unknown_targets", "unknown {{instance}}"), now("timbre_notify_outbox_unreadable", "outbox unreadable {{instance}}"),
		}},
		{"Failed probes in a row", "short", "By target; 0: it works.", []series{most("timbre_notify_target_failures", "{{target}}", "target")}},
		{"Dead letters", "short", "Given up, by target; erased after 7 days.", []series{now("timbre_notify_target_dead_letters", "{{target}}", "target")}},
		{"Given up and erased", "short", "Events that became dead letters, and those erased for want of room, in an hour.", []series{
			{"sum by (instance, kind, reason) (increase(timbre_notify_dead_total{$}[1h]))", "{{kind}} {{reason}}"},
			{"sum by (instance, reason) (increase(timbre_notify_dropped_total{$}[1h]))", "erased: {{reason}}"},
		}},
		{"Summaries of ended calls", "short", "Posted five minutes after the call.", []series{
			now("timbre_summary_waiting", "waiting {{instance}}"),
			{"sum by (instance) (increase(timbre_summary_posted_total{$}[1h]))", "posted in an hour {{instance}}"},
			{"sum by (instance) (increase(timbre_summary_failures_total{$}[1h]))", "failed in an hour {{instance}}"},
		}},
	}},
	{"Is the analysis late?", []panel{
		{"Results behind their audio", "s", "From the 10th second of speech, the 20th, or a tick of tone, until the result was saved.", quantiles("timbre_task_result_delay_seconds", "{{result}}", "result")},
		{"Steps of the analysis", "s", "The slowest in a hundred.", []series{quantile("0.99", "timbre_task_step_seconds", "{{step}}", "step")}},
		{"Load", "percentunit", "At one new calls and tasks are refused.", []series{now("timbre_load", "{{instance}}")}},
		{"Detection of speech: backlog", "s", "Audio that waits, of the leg that is furthest behind. At 60 s audio is left out.", []series{most("timbre_vad_backlog_seconds", "{{instance}}")}},
		{"Detection of speech: a frame", "s", "How long a frame of 20 ms waits and takes.", append(
			quantiles("timbre_vad_wait_seconds", "waited {{instance}}"), quantiles("timbre_vad_frame_seconds", "took {{instance}}")...)},
		{"From voice to speech", "s", "From the end of a voiced stretch until it is passed on.", quantiles("timbre_speech_delay_seconds", "{{instance}}")},
		{"Analysed legs", "short", "Once, however many tasks listen.", []series{now("timbre_vad_legs", "{{instance}}")}},
		{"Audio not analysed", "short", "Frames of 20 ms that were left out, because the analysis was a minute behind. Always 0 on a machine that is large enough.", []series{
			rate("timbre_vad_frames_lost_total", "{{instance}}"),
		}},
		{"Slow frames", "short", "Frames that needed more than their 20 ms, each second.", []series{rate("timbre_call_slow_frames_total", "{{instance}}")}},
		{"Runs of models: wait", "s", "Of the run that has waited longest.", []series{most("timbre_infer_oldest_wait_seconds", "{{model}} {{instance}}", "model")}},
		{"Runs of models: queue", "short", "Runs that wait for a thread.", []series{now("timbre_infer_waiting_runs", "{{model}}", "model")}},
		{"Threads of models", "short", "Busy ones of each queue, and how many it has.", []series{
			now("timbre_infer_busy_threads", "{{queue}} busy", "queue"), now("timbre_infer_threads", "{{queue}}", "queue"),
		}},
		{"Runs of models: duration", "s", "Once they had a thread.", quantiles("timbre_infer_run_seconds", "{{model}}", "model")},
		{"Windows in a run of voice activity", "short", "Of different legs.", []series{
			{"sum by (model) (rate(timbre_infer_windows_total{$}[$])) / sum by (model) (rate(timbre_infer_run_seconds_count{$}[$]))", "{{model}}"},
		}},
		{"Runs of models: waited", "s", "For a thread.", quantiles("timbre_infer_wait_seconds", "{{model}}", "model")},
		{"Runs of models: failed", "ops", "Or given up.", []series{rate("timbre_infer_failures_total", "{{model}}", "model")}},
		{"Skipped tones", "ops", "Of legs: no thread was free within a second.", []series{rate("timbre_task_skipped_tones_total", "{{instance}}")}},
		{"Failed saves", "short", "Of tasks; each is repeated.", []series{rate("timbre_task_write_failures_total", "{{instance}}")}},
	}},
	{"How full is it?", []panel{
		{"Share of limits", "percentunit", "Of everything that has one.", []series{
			{"timbre_capacity_used{$} / timbre_capacity_limit{$}", "{{resource}} {{instance}}"},
			{"timbre_capacity_used_bytes{$} / timbre_capacity_limit_bytes{$}", "{{resource}} {{instance}}"},
		}},
		{"In use", "short", "Without what has bytes.", []series{now("timbre_capacity_used", "{{resource}} {{instance}}", "resource")}},
		{"Bytes in use", "bytes", "Disk, write-ahead log, outbox.", []series{now("timbre_capacity_used_bytes", "{{resource}} {{instance}}", "resource")}},
		{"Bridged calls and feeds", "short", "Open now.", []series{now("timbre_trunk_calls", "bridged {{instance}}"), now("timbre_feed_live", "feeds {{instance}}")}},
		{"Media ports", "short", "Pairs of ports.", []series{
			now("timbre_rtp_free_pairs", "free {{instance}}"), now("timbre_rtp_resting_pairs", "of these resting {{instance}}"), now("timbre_rtp_streams", "streams {{instance}}"),
		}},
		{"SIP connections", "short", "TCP and TLS.", []series{
			now("timbre_sip_connections", "known {{instance}}"), now("timbre_sip_unknown_connections", "unknown {{instance}}"), now("timbre_sip_dialogs", "dialogs {{instance}}"),
		}},
		{"Connections by door", "short", "Feeds that carry a call are not among them.", []series{now("timbre_door_connections", "{{door}} {{instance}}", "door")}},
		{"Receive buffers", "bytes", "As the kernel grants them: net.core.rmem_max.", []series{
			most("timbre_rtp_receive_buffer_bytes", "media {{instance}}"), most("timbre_sip_receive_buffer_bytes", "SIP {{instance}}"),
		}},
		{"Outbox on the disk", "bytes", "What waits, and dead letters; `notify.disk` bounds it.", []series{now("timbre_notify_target_bytes", "{{instance}}")}},
	}},
	{"How good are the results?", []panel{
		{"Ended tasks in an hour", "short", "By kind and final status.", []series{
			{"sum by (instance, kind, status) (increase(timbre_task_ended_total{$}[1h]))", "{{kind}} {{status}}"},
		}},
		{"Answers in an hour", "short", "Identifications with matches, and those that found nobody, by domain.", []series{
			{"sum by (instance, domain, outcome) (increase(timbre_task_answers_total{$}[1h]))", "{{domain}} {{outcome}}"},
		}},
		{"Refusals in an hour", "short", "Identifications and voiceprints that were not made, by domain and reason.", []series{
			{"sum by (instance, domain, result, reason) (increase(timbre_task_refusals_total{$}[1h]))", "{{domain}} {{result}} {{reason}}"},
		}},
		{"Net speech of a result", "s", "By domain. An unsure identification waits for more.", quantiles("timbre_task_net_speech_seconds", "{{domain}} {{result}}", "domain", "result")},
		{"Deaf legs in an hour", "short", "Without any sound for two minutes while the other party talked.", []series{
			{"sum by (instance) (increase(timbre_call_deaf_legs_total{$}[1h]))", "{{instance}}"},
		}},
		{"Streams hardly heard in an hour", "short", "By what is wrong with their packets.", []series{
			{"sum by (instance, reason) (increase(timbre_rtp_doubtful_streams_total{$}[1h]))", "{{reason}}"},
		}},
		{"Profiles", "short", "By speaker model. Those of a model that is not in use match nobody.", []series{
			now("timbre_profiles", "{{model}} in use: {{in_use}}", "model", "in_use"),
		}},
		{"Domains", "short", "With profiles of a speaker model.", []series{now("timbre_profile_domains", "{{model}} in use: {{in_use}}", "model", "in_use")}},
		{"Audio left out", "s", "Seconds each second that are not the voice of their party.", []series{rate("timbre_speech_dropped_seconds_total", "{{reason}}", "reason")}},
		{"Second voices", "short", "Stretches in which two people speak on a leg, in an hour.", []series{
			{"sum by (instance, result) (increase(timbre_task_second_voices_total{$}[1h]))", "{{result}}"},
		}},
		{"Synthetic voices", "short", "Checks in an hour, with `spoof: warn`.", []series{
			{"sum by (instance, result) (increase(timbre_voice_spoof_checks_total{$}[1h]))", "{{result}}"},
		}},
		{"MOS of ended legs", "none", "Half of the legs, and the worst tenth.", []series{
			quantile("0.5", "timbre_call_leg_mos", "median {{codec}}", "codec"), quantile("0.1", "timbre_call_leg_mos", "worst tenth {{codec}}", "codec"),
		}},
	}},
	{"How fast is it?", []panel{
		{"API requests", "reqps", "By status.", []series{rate("timbre_api_requests_total", "{{status}} {{instance}}", "status")}},
		{"API latency", "s", "By service.", quantiles("timbre_api_request_duration_seconds", "{{service}}", "service")},
		{"Writes: wait", "s", "For those before them.", quantiles("timbre_store_write_wait_seconds", "{{instance}}")},
		{"Writes: hold and commit", "s", "How long a transaction keeps others waiting, and its commit waits for the disk; the slowest in a hundred.", []series{
			quantile("0.99", "timbre_store_write_hold_seconds", "hold {{instance}}"), quantile("0.99", "timbre_store_commit_seconds", "commit {{instance}}"),
		}},
		{"Writes: queue", "short", "Transactions that wait.", []series{now("timbre_store_waiting_writes", "{{instance}}")}},
		{"Sweeps: hold of the database", "s", "How long a batch keeps other writes waiting.", quantiles("timbre_sweep_hold_seconds", "{{instance}}")},
		{"Sweeps: duration", "s", "Every ten minutes.", quantiles("timbre_sweep_seconds", "{{instance}}")},
		{"Erased in an hour", "short", "Because its life was over.", []series{{"sum by (instance, of) (increase(timbre_sweep_erased_total{$}[1h]))", "{{of}}"}}},
	}},
	{"How are calls and media?", []panel{
		{"Calls begun", "ops", "Each second, and those refused.", []series{
			rate("timbre_call_started_total", "begun {{instance}}"), rate("timbre_call_refused_total", "refused {{instance}}"), rate("timbre_rtp_exhausted_total", "no port {{instance}}"),
		}},
		{"Calls ended", "ops", "By reason.", []series{rate("timbre_call_ended_total", "{{reason}}", "reason")}},
		{"Bridged calls", "ops", "Answered, failed by the code that the caller was sent, and failovers between routes.", []series{
			rate("timbre_trunk_answered_total", "answered"), rate("timbre_trunk_failed_total", "{{code}}", "code"),
			rate("timbre_trunk_failovers_total", "failovers"), rate("timbre_trunk_unanalysed_total", "not analysed"), rate("timbre_toll_refused_total", "toll guard: {{reason}}", "reason"),
		}},
		{"RTP packets", "pps", "From the source of their stream, and relayed.", []series{
			rate("timbre_rtp_packets_total", "received {{instance}}"), rate("timbre_rtp_relayed_total", "relayed {{instance}}"),
		}},
		{"RTP loss", "percentunit", "Of what should have come.", []series{
			{"sum by (instance) (rate(timbre_rtp_lost_total{$}[$])) / (sum by (instance) (rate(timbre_rtp_packets_total{$}[$])) + sum by (instance) (rate(timbre_rtp_lost_total{$}[$])))", "{{instance}}"},
		}},
		{"RTP dropped", "pps", "By reason; late, duplicate, not relayed.", []series{
			rate("timbre_rtp_dropped_total", "{{reason}}", "reason"), rate("timbre_rtp_late_total", "late"), rate("timbre_rtp_duplicates_total", "duplicate"),
			rate("timbre_rtp_unrelayed_total", "not relayed"), rate("timbre_rtp_relay_limited_total", "limited"), rate("timbre_rtp_listener_frames_dropped_total", "listener too slow"),
		}},
		{"Handshakes and reports", "ops", "DTLS handshakes by outcome, RTCP reports, ports passed over because packets of an earlier call arrive there.", []series{
			rate("timbre_rtp_dtls_handshakes_total", "{{outcome}}", "outcome"), rate("timbre_rtp_receiver_reports_total", "receiver reports"),
			rate("timbre_rtp_stray_pairs_total", "ports passed over"),
		}},
		{"Feeds", "ops", "Calls by dialect, refusals and failures by reason.", []series{
			rate("timbre_feed_calls_total", "{{dialect}}", "dialect"), rate("timbre_feed_refused_total", "refused: {{reason}}", "reason"),
			rate("timbre_feed_failed_total", "failed: {{reason}}", "reason"), rate("timbre_feed_late_total", "late audio"),
			rate("timbre_feed_throttled_total", "throttled"),
		}},
		{"Silent calls", "ops", "Peers that were asked whether their call still lives, by outcome.", []series{rate("timbre_sip_probes_total", "{{outcome}}", "outcome")}},
		{"Console", "ops", "Sign-ins by outcome, and pages that look at live calls.", []series{
			rate("timbre_console_sign_ins_total", "{{outcome}}", "outcome"), now("timbre_console_streams", "pages {{instance}}"),
		}},
		{"Call records", "ops", "By outcome.", []series{rate("timbre_records_total", "{{outcome}}", "outcome")}},
	}},
	{"Who knocks?", []panel{
		{"Allow list", "short", "Connectors of which it is known who may use them, and those whose termination or credentials cannot be read.", []series{
			now("timbre_admission_connectors", "known {{instance}}"), now("timbre_admission_unread_connectors", "not read {{instance}}"),
		}},
		{"SIP refused", "ops", "Messages and connections, by reason.", []series{
			rate("timbre_sip_rejected_total", "{{reason}}", "reason"), rate("timbre_sip_connections_refused_total", "connection: {{reason}}", "reason"),
			rate("timbre_sip_connections_broken_total", "closed: {{reason}}", "reason"),
		}},
		{"Doors", "ops", "Connections closed on arrival, by door and reason, and those that made room for another one.", []series{
			rate("timbre_door_refused_total", "{{door}}: {{reason}}", "door", "reason"), rate("timbre_door_displaced_total", "{{door}}: made room", "door"),
		}},
		{"SIP dropped unread", "ops", "By reason, and INVITEs over the limit of a source.", []series{
			rate("timbre_sip_dropped_total", "{{reason}}", "reason"), rate("timbre_sip_shed_total", "shed"),
		}},
		{"Banned sources", "short", "Now, and sources whose state is remembered.", []series{
			now("timbre_sip_banned_sources", "banned {{instance}}"), now("timbre_sip_sources", "remembered {{instance}}"),
			now("timbre_sip_pooled_sources", "held by the stack {{instance}}"),
			{"sum by (instance) (increase(timbre_sip_bans_total{$}[1h]))", "bans in an hour {{instance}}"},
		}},
	}},
	{"Is the store whole?", []panel{
		{"Version of the tables", "short", "The number of the last migration.", []series{most("timbre_store_schema_version", "{{instance}}")}},
		{"Writes that failed", "ops", "The disk is full, read-only or broken.", []series{rate("timbre_store_failed_writes_total", "{{instance}}")}},
		{"Damage", "short", "Rows and pages that cannot be read, and transactions lost before the start.", []series{
			now("timbre_store_damaged_rows", "rows: {{kind}}", "kind"), now("timbre_store_page_problems", "pages {{instance}}"),
			now("timbre_store_lost_commits", "lost transactions {{instance}}"),
		}},
	}},
}
