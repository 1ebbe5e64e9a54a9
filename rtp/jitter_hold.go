package rtp

// hold buffers a packet that arrived early, and gives up the missing ones when it waits too long.
func (r *jitterBuffer) hold(p packet, ahead int, what outcome) outcome {
	if r.held == nil {
		r.held = new([slots]packet)
	}
	for ahead >= slots {
		r.skip(min(ahead-slots+1, r.gap()))
		r.release()
		ahead = int(int16(p.seq - r.next))
	}
	if ahead == 0 {
		r.emit(p)
		r.release()
		return what
	}
	slot := &r.held[p.seq%slots]
	if slot.payload != nil {
		return duplicate
	}
	*slot = p
	slot.payload = append(make([]byte, 0, len(p.payload)), p.payload...) // never nil
	if r.count == 0 || int16(p.seq-r.high) > 0 {
		r.high = p.seq
	}
	r.count++
	r.size += len(p.payload)
	for r.count > 0 && r.overdue() {
		r.skip(r.gap())
		r.release()
	}
	return what
}

// gap is how many packets are missing before the first one held; slots if none is held.
func (r *jitterBuffer) gap() int {
	n := 0
	for n < slots && r.held[(r.next+uint16(n))%slots].payload == nil {
		n++
	}
	return n
}

// overdue reports whether the packets held span more media than maxDelay.
func (r *jitterBuffer) overdue() bool {
	first, newest := &r.held[(r.next+uint16(r.gap()))%slots], &r.held[r.high%slots]
	perSample := int32(ticks(newest.codec))
	held := int32(newest.ts-first.ts)/perSample + int32(newest.samples())
	return held > maxDelay || held < -maxDelay || r.size > 2*maxDelay || r.count*newest.samples() > 2*maxDelay // whatever its clock says
}

// skip gives n packets up.
func (r *jitterBuffer) skip(n int) {
	r.next += uint16(n)
	r.seen <<= n
	r.lost += uint64(n)
	r.skipped = r.skipped || n > 0
}

// release emits the packets held that are next in order.
func (r *jitterBuffer) release() {
	for r.count > 0 {
		slot := &r.held[r.next%slots]
		if slot.payload == nil {
			return
		}
		p := *slot
		*slot = packet{}
		r.count--
		r.size -= len(p.payload)
		r.emit(p)
	}
}

func (r *jitterBuffer) emit(p packet) {
	r.next++
	r.seen = r.seen<<1 | 1
	p.afterLoss, r.skipped = r.skipped, false
	r.out.add(p)
}

// flush emits all packets held, and gives up the missing ones.
func (r *jitterBuffer) flush() {
	for r.count > 0 {
		r.skip(r.gap())
		r.release()
	}
}
