package impair

import (
	"math"
	"net"
	"net/netip"
	"slices"
	"sync"
)

// Proxy is a UDP socket on loopback: what comes there is sent on to an address, through a network.
type Proxy struct {
	socket *net.UDPConn
	to     netip.AddrPort
	done   sync.WaitGroup
	mu     sync.Mutex // guards the link
	link   *link
	taken  *sync.Cond
}

// Open makes a proxy before an address. It must be closed.
func Open(to netip.AddrPort, n Network) (*Proxy, error) {
	socket, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	p := &Proxy{socket: socket, to: to, link: newLink(n)}
	p.taken = sync.NewCond(&p.mu)
	p.done.Go(p.run)
	return p, nil
}

// Addr is where to send to, and where what is sent on comes from.
func (p *Proxy) Addr() netip.AddrPort { return p.socket.LocalAddr().(*net.UDPAddr).AddrPort() }

// Wait returns when n datagrams have been taken.
func (p *Proxy) Wait(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.link.tally.Taken < n {
		p.taken.Wait()
	}
}

// Tally is what became of the datagrams so far.
func (p *Proxy) Tally() Tally {
	p.mu.Lock()
	defer p.mu.Unlock()
	tally := p.link.tally
	tally.Lost = slices.Clone(tally.Lost)
	return tally
}

// Flush delivers all that is still on its way.
func (p *Proxy) Flush() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.send(p.link.arrive(math.MaxInt))
}

// Close ends it.
func (p *Proxy) Close() {
	_ = p.socket.Close()
	p.done.Wait()
}

func (p *Proxy) run() {
	buf := make([]byte, 2048)
	for {
		n, err := p.socket.Read(buf)
		if err != nil {
			return
		}
		p.mu.Lock()
		p.send(p.link.pass(buf[:n]))
		p.taken.Broadcast()
		p.mu.Unlock()
	}
}

// send sends datagrams on. The caller holds mu.
func (p *Proxy) send(all [][]byte) {
	for _, b := range all {
		_, _ = p.socket.WriteToUDPAddrPort(b, p.to) // a network promises nothing
	}
}
