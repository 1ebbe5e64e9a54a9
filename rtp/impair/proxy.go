package impair

import (
	"math"
	"net"
	"net/netip"
	"slices"
	"sync"
)

// Proxy forwards the datagrams of a UDP socket on loopback to an address, through a network.
type Proxy struct {
	socket *net.UDPConn
	to     netip.AddrPort
	done   sync.WaitGroup
	mu     sync.Mutex // guards the link
	link   *link
	taken  *sync.Cond
}

// Open opens a proxy to an address. It must be closed.
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

// Addr is the address of the proxy, which it also sends from.
func (p *Proxy) Addr() netip.AddrPort { return p.socket.LocalAddr().(*net.UDPAddr).AddrPort() }

// Wait returns when n datagrams have been received.
func (p *Proxy) Wait(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.link.tally.Received < n {
		p.taken.Wait()
	}
}

// Tally returns the counts so far.
func (p *Proxy) Tally() Tally {
	p.mu.Lock()
	defer p.mu.Unlock()
	tally := p.link.tally
	tally.Lost = slices.Clone(tally.Lost)
	return tally
}

// Flush delivers all datagrams in flight.
func (p *Proxy) Flush() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.send(p.link.arrive(math.MaxInt))
}

// Close closes the proxy.
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
		p.send(p.link.take(buf[:n]))
		p.taken.Broadcast()
		p.mu.Unlock()
	}
}

// send forwards datagrams. The caller holds mu.
func (p *Proxy) send(all [][]byte) {
	for _, b := range all {
		_, _ = p.socket.WriteToUDPAddrPort(b, p.to) // losses are allowed
	}
}
