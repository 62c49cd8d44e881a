package instance

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"os"

	"puente/matching/assign"
)

// Write puts a problem into a file of little-endian 32-bit numbers: mentees,
// mentors, edges, must edges, cover; the capacities of both and the minimums of
// both; Edges.First, Right, Score and Must.
func Write(name string, p assign.Problem) (err error) {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	head := []int32{int32(len(p.Left)), int32(len(p.Right)), int32(p.Edges.Len()), int32(len(p.Edges.Must)), int32(p.Cover)}
	most, least := [2][]int32{}, [2][]int32{}
	for side, nodes := range [2][]assign.Node{p.Left, p.Right} {
		for _, n := range nodes {
			most[side], least[side] = append(most[side], int32(n.Capacity)), append(least[side], int32(n.Minimum))
		}
	}
	e := p.Edges
	for _, list := range [][]int32{head, most[0], most[1], least[0], least[1], e.First, e.Right, e.Score, e.Must} {
		if err := binary.Write(w, binary.LittleEndian, list); err != nil {
			_ = f.Close()
			return err
		}
	}
	if err := w.Flush(); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

// Read is the problem that Write put into a file.
func Read(name string) (p assign.Problem, err error) {
	f, err := os.Open(name)
	if err != nil {
		return p, err
	}
	defer func() { _ = f.Close() }()
	r := bufio.NewReaderSize(f, 1<<20)
	head, err := numbers(r, 5)
	if err != nil {
		return p, err
	}
	left, right, edges := head[0], head[1], head[2]
	var lists [8][]int32
	for k, n := range []int32{left, right, left, right, left + 1, edges, edges, head[3]} {
		if lists[k], err = numbers(r, int(n)); err != nil {
			return p, fmt.Errorf("%s: %w", name, err)
		}
	}
	p.Left, p.Right = nodes(lists[0], lists[2]), nodes(lists[1], lists[3])
	p.Edges = assign.Edges{First: lists[4], Right: lists[5], Score: lists[6], Must: lists[7]}
	p.Cover = assign.Cover(head[4])
	return p, nil
}

func nodes(most, least []int32) []assign.Node {
	list := make([]assign.Node, len(most))
	for x := range list {
		list[x] = assign.Node{Capacity: int(most[x]), Minimum: int(least[x])}
	}
	return list
}

// numbers reads so many, without the second copy that binary.Read makes.
func numbers(r io.Reader, n int) ([]int32, error) {
	if n == 0 {
		return nil, nil
	}
	list := make([]int32, n)
	var buffer [1 << 12]byte
	for k := 0; k < n; {
		part := buffer[:min(len(buffer), 4*(n-k))]
		if _, err := io.ReadFull(r, part); err != nil {
			return nil, err
		}
		for ; len(part) > 0; part, k = part[4:], k+1 {
			list[k] = int32(binary.LittleEndian.Uint32(part))
		}
	}
	return list, nil
}
