package main

import (
	"bytes"
	"context"
	"embed"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

//go:embed *.py
var pythonFiles embed.FS

// Debian's packages; with its plain BLAS instead of OpenBLAS, FAISS would be
// many times slower.
var pythonPackages = []string{"python3-numpy", "python3-faiss", "libopenblas0-pthread"}

// python measures a program of this folder that needs a Python module, on one core.
func python(program, module string) func(context.Context, *bench, *result) error {
	return func(ctx context.Context, b *bench, r *result) error {
		if err := b.needModule(ctx, module); err != nil {
			return err
		}
		return b.runPython(ctx, r, program)
	}
}

func (b *bench) needModule(ctx context.Context, module string) error {
	has := func() error { return exec.CommandContext(ctx, b.python, "-c", "import "+module).Run() }
	if err := has(); err != nil {
		if err = b.installs(ctx, pythonPackages...); err == nil {
			err = has()
		}
		if err != nil {
			return fmt.Errorf("%s has no module %s: %w", b.python, module, err)
		}
	}
	return nil
}

func (b *bench) runPython(ctx context.Context, r *result, program string) error {
	if err := b.writePython(r.Mentees); err != nil {
		return err
	}
	c := exec.CommandContext(ctx, b.python, filepath.Join(b.folder, program), b.folder)
	c.Env = append(c.Environ(), "OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1", "PYTHONDONTWRITEBYTECODE=1")
	var out, said bytes.Buffer
	c.Stdout, c.Stderr = &out, &said
	if err := c.Run(); err != nil {
		return fmt.Errorf("%w: %s", err, lastLine(said.String()))
	}
	var answer struct {
		Version string     `json:"version"`
		CPU     []float64  `json:"cpu"` // seconds
		Bytes   int64      `json:"bytes"`
		Answers [][][2]int `json:"answers"` // mentor, score
	}
	if err := json.Unmarshal(out.Bytes(), &answer); err != nil {
		return err
	}
	r.Version, r.Bytes = answer.Version, answer.Bytes
	for _, s := range answer.CPU {
		r.CPU = append(r.CPU, time.Duration(s*1e9))
	}
	r.answers = fromPairs(answer.Answers)
	return nil
}

// writePython writes the programs and the work into the temporary folder.
func (b *bench) writePython(mentees int) error {
	if err := os.CopyFS(b.folder, pythonFiles); err != nil && !os.IsExist(err) {
		return err
	}
	about, err := json.Marshal(map[string]any{
		"mentors": len(b.snapshot.Mentors), "k": b.k, "runs": b.runs, "mentees": b.mentees[:mentees],
	})
	if err != nil {
		return err
	}
	for name, data := range map[string][]byte{
		"work.json": about, "shares": slices.Concat(b.shares...), "allowed": slices.Concat(b.allowed...),
		"ties": little(b.ties), "organizations": little(b.organizations),
	} {
		if err := os.WriteFile(filepath.Join(b.folder, name), data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func little(numbers []int32) (out []byte) {
	for _, n := range numbers {
		out = binary.LittleEndian.AppendUint32(out, uint32(n))
	}
	return out
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}
