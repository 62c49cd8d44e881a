package instance

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"os"

	"puente/matching/assign"
)

// Write puts a problem without minimums, must edges and cover into a file of
// little-endian 32-bit numbers: mentees, mentors, edges; the capacities of
// both; Edges.First, Right and Score.
func Write(name string, p assign.Problem) (err error) {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	head := []int32{int32(len(p.Left)), int32(len(p.Right)), int32(p.Edges.Len())}
	for _, list := range [][]int32{head, capacities(p.Left), capacities(p.Right), p.Edges.First, p.Edges.Right, p.Edges.Score} {
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

func capacities(nodes []assign.Node) (list []int32) {
	for _, n := range nodes {
		list = append(list, int32(n.Capacity))
	}
	return list
}

// Read is the problem that Write put into a file.
func Read(name string) (p assign.Problem, err error) {
	f, err := os.Open(name)
	if err != nil {
		return p, err
	}
	defer func() { _ = f.Close() }()
	r := bufio.NewReaderSize(f, 1<<20)
	head, err := numbers(r, 3)
	if err != nil {
		return p, err
	}
	var lists [5][]int32
	for k, n := range []int32{head[0], head[1], head[0] + 1, head[2], head[2]} {
		if lists[k], err = numbers(r, int(n)); err != nil {
			return p, fmt.Errorf("%s: %w", name, err)
		}
	}
	for side, list := range lists[:2] {
		nodes := make([]assign.Node, len(list))
		for x, n := range list {
			nodes[x].Capacity = int(n)
		}
		if side == 0 {
			p.Left = nodes
		} else {
			p.Right = nodes
		}
	}
	p.Edges = assign.Edges{First: lists[2], Right: lists[3], Score: lists[4]}
	return p, nil
}

// numbers reads so many, without the second copy that binary.Read makes.
func numbers(r io.Reader, n int) ([]int32, error) {
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
