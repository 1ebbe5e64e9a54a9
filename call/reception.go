package call

import "timbre"

// SetMeter sets the meter of the stream that feeds the leg.
func (l *leg) SetMeter(m timbre.ReceptionMeter) {
	l.meter.Store(&m)
	l.settle()
}

// stream is the stream that feeds the leg, if it can be prompt; else nil.
func (l *leg) stream() timbre.PromptStream {
	if m := l.meter.Load(); m != nil {
		s, _ := (*m).(timbre.PromptStream)
		return s
	}
	return nil
}

// prompt has the stream be prompt. The caller does not hold mu: frames may come before it returns, to taps that detach themselves.
func (l *leg) prompt() {
	if s := l.stream(); s != nil {
		s.Prompt(true)
	}
}

// relax has the stream not be prompt, if there are no taps. The caller holds mu.
func (l *leg) relax() {
	if s := l.stream(); s != nil && l.tapped() == nil {
		s.Prompt(false)
	}
}

// settle has the stream be prompt if there are taps, and else not. The caller does not hold mu.
func (l *leg) settle() {
	if l.tapped() != nil {
		l.prompt()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.relax()
}

// reception is the reception of the leg so far; nil without a meter.
func (l *leg) reception() *timbre.Reception {
	m := l.meter.Load()
	if m == nil {
		return nil
	}
	r := (*m).Reception()
	return &r
}

// Reception implements timbre.ReceptionMeter.
func (l *leg) Reception() timbre.Reception {
	if r := l.reception(); r != nil {
		return *r
	}
	return timbre.Reception{}
}

// Meter implements timbre.LegMeters.
func (r *Registry) Meter(txid string, leg int) timbre.ReceptionMeter {
	l, err := r.leg("call.Meter", txid, leg)
	if err != nil {
		return nil
	}
	return l
}

func receptions(legs []*leg) []*timbre.Reception {
	all := make([]*timbre.Reception, len(legs))
	for i, leg := range legs {
		all[i] = leg.reception()
	}
	return all
}

// Receptions returns the reception of each leg of a live call so far, nil for a leg that no stream of packets feeds. It is
// empty if the call is not live.
func (r *Registry) Receptions(txid string) []*timbre.Reception {
	r.mu.RLock()
	var legs []*leg
	if e := r.calls[txid]; e != nil && e.call.Ended.IsZero() {
		legs = e.legs
	}
	r.mu.RUnlock()
	return receptions(legs)
}
