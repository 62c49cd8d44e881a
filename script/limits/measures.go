package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const signInPath = "/api/v1/tokens"

// post sends a request as a client of a network that the test made up.
func (s *server) post(ctx context.Context, path, network string, body io.Reader, size int64) (status int, took time.Duration, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.address+path, body)
	if err != nil {
		return 0, 0, err
	}
	r.ContentLength = size
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Forwarded-For", network)
	began := now()
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, 0, err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode, now().Sub(began), err
}

// guests is how many sign in at once.
const guests = 60

// signIns has many sign in at the same moment, each from another network and
// with another address: all passwords are hashed.
func signIns(ctx context.Context, s *server) ([]bound, error) {
	statuses, errs := make([]int, guests), make([]error, guests)
	var all sync.WaitGroup
	began := now()
	for i := range guests {
		all.Go(func() {
			body := fmt.Sprintf(`{"email":"guest%d@example.org","password":"a bridge over the river"}`, i)
			statuses[i], _, errs[i] = s.post(ctx, signInPath, fmt.Sprintf("198.51.%d.1", i), bytes.NewBufferString(body), int64(len(body)))
		})
	}
	all.Wait()
	took := now().Sub(began)
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	counts := map[int]int{}
	for _, status := range statuses {
		counts[status]++
	}
	if counts[http.StatusUnauthorized]+counts[http.StatusServiceUnavailable] != guests {
		return nil, fmt.Errorf("sign-ins were answered %v", counts)
	}
	most, err := s.memory()
	note := fmt.Sprintf("all answered within %.1f s: %d times that the address or the password is wrong, %d times that the server is busy", took.Seconds(),
		counts[http.StatusUnauthorized], counts[http.StatusServiceUnavailable])
	return []bound{{fmt.Sprintf("%d sign-ins at once: memory of the server at most", guests), most, 200, "MiB", note}}, err
}

// hugeBody is the size of a body that nobody may send.
const hugeBody = 200 << 20

// largeBody sends one, with its size said and without.
func largeBody(ctx context.Context, s *server) (bounds []bound, err error) {
	for _, way := range []struct {
		name string
		size int64
	}{{"its size said", hugeBody}, {"in chunks", -1}} {
		status, took, err := s.post(ctx, signInPath, "198.51.100.1", io.LimitReader(spaces{}, hugeBody), way.size)
		if err != nil || status != http.StatusRequestEntityTooLarge {
			return nil, errors.Join(err, fmt.Errorf("a huge body, %s, was answered %d", way.name, status))
		}
		bounds = append(bounds, bound{"a body of 200 MiB, " + way.name + ": refused with 413 after", float64(took.Microseconds()) / 1000, 100, "ms", ""})
	}
	most, err := s.memory()
	return append(bounds, bound{"then: memory of the server at most", most, 200, "MiB", ""}), err
}

// spaces is an endless text.
type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// ways are how a client can be slow: with the lines of its header, with its
// body, and with reading the many answers it asked for. A third of the clients each.
var ways = []struct{ name, sent, drop string }{
	{"headers", "GET /healthz HTTP/1.1\r\nHost: puente.test\r\n", "X-Slow: 1\r\n"},
	{"bodies", "POST /api/v1/tokens HTTP/1.1\r\nHost: puente.test\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{", " "},
	{"readers", strings.Repeat("GET /api/v1/openapi.json HTTP/1.1\r\nHost: puente.test\r\n\r\n", 40), "\r\n"},
}

const (
	slow    = 600
	longest = 60 * time.Second // after which every slow client must be gone
	beat    = 20 * time.Millisecond
)

// slowClients holds many connections open as slowly as it can, while one client
// asks as usual.
func slowClients(ctx context.Context, s *server) ([]bound, error) {
	ctx, end := context.WithTimeout(ctx, longest+10*time.Second)
	defer end()
	var gone atomic.Int64
	lives, errs := make([]time.Duration, slow), make([]error, slow)
	var all sync.WaitGroup
	for i := range slow {
		all.Go(func() {
			lives[i], errs[i] = s.dawdle(ctx, i%len(ways))
			gone.Add(1)
		})
	}
	times, err := s.healthy(ctx, func() bool { return gone.Load() == slow })
	end()
	all.Wait()
	if err := errors.Join(err, errors.Join(errs...)); err != nil {
		return nil, err
	}
	slices.Sort(times)
	bounds := []bound{{
		fmt.Sprintf("%d slow connections: 99 of 100 answers to a healthy client within", slow), milliseconds(times[len(times)*99/100]), 250, "ms",
		fmt.Sprintf("%d answers, half of them within %.1f ms", len(times), milliseconds(times[len(times)/2])),
	}}
	for w, way := range ways {
		last := time.Duration(0)
		for i := w; i < slow; i += len(ways) {
			last = max(last, lives[i])
		}
		bounds = append(bounds, bound{"the last of 200 slow " + way.name + " is dropped after", last.Seconds(), longest.Seconds(), "s", ""})
	}
	most, err := s.memory()
	return append(bounds, bound{"then: memory of the server at most", most, 200, "MiB", ""}), err
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// dawdle is one slow client. It says how long the server put up with it.
func (s *server) dawdle(ctx context.Context, way int) (time.Duration, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", s.address)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	began := now()
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetReadBuffer(1 << 10) // a hint
	}
	if _, err := io.WriteString(conn, ways[way].sent); err != nil {
		return now().Sub(began), nil
	}
	for one := make([]byte, 1); ; {
		select {
		case <-ctx.Done():
			return now().Sub(began), nil
		case <-time.After(time.Second):
		}
		if _, err := io.WriteString(conn, ways[way].drop); err != nil {
			return now().Sub(began), nil
		}
		_ = conn.SetReadDeadline(now().Add(time.Millisecond))
		_, err := conn.Read(one)
		if timeout := net.Error(nil); err != nil && (!errors.As(err, &timeout) || !timeout.Timeout()) {
			return now().Sub(began), nil
		}
	}
}

// healthy asks for one thing after the other and times each, until enough.
func (s *server) healthy(ctx context.Context, enough func() bool) (times []time.Duration, err error) {
	for !enough() && ctx.Err() == nil {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.address+"/api/v1/programmes", http.NoBody)
		if err != nil {
			return nil, err
		}
		began := now()
		answer, err := http.DefaultClient.Do(r)
		if ctx.Err() != nil {
			return times, nil //nolint:nilerr // the time is over
		}
		if err != nil {
			return nil, err
		}
		_, err = io.Copy(io.Discard, answer.Body)
		if err = errors.Join(err, answer.Body.Close()); err != nil {
			return nil, err
		}
		if answer.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("the healthy client was answered %s", answer.Status)
		}
		times = append(times, now().Sub(began))
		time.Sleep(beat)
	}
	return times, nil
}
