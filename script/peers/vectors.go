package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"

	"puente/matching"
)

// vectorsKey is the peer that is puente built with the processor's vectors.
const vectorsKey = "puente-vectors"

// answersFile is where a program that measures for another one leaves puente's
// answers, beside the report.
const answersFile = "answers.json"

// measureVectors builds this program with the processor's vectors, and lets it
// measure puente on the same work.
func measureVectors(ctx context.Context, b *bench, r *result) error {
	if runtime.GOARCH != "amd64" {
		return errors.New("vectors are for amd64")
	}
	program, folder := filepath.Join(b.folder, "peers-vectors"), filepath.Join(b.folder, "vectors")
	build := exec.CommandContext(ctx, "go", "build", "-o", program, "puente/script/peers")
	build.Env = append(build.Environ(), "GOEXPERIMENT=simd")
	if said, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("GOEXPERIMENT=simd go build: %w: %s", err, lastLine(string(said)))
	}
	number := strconv.Itoa
	measure := exec.CommandContext(ctx, program, "-only", "puente", "-answers", "-out", folder,
		"-mentors", number(len(b.snapshot.Mentors)), "-mentees", number(len(b.mentees)), "-k", number(b.k),
		"-runs", number(b.runs), "-seed", strconv.FormatUint(b.seed, 10))
	if said, err := measure.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, lastLine(string(said)))
	}
	var found report
	var answers [][][2]int
	if err := errors.Join(readJSON(filepath.Join(folder, "peers.json"), &found), readJSON(filepath.Join(folder, answersFile), &answers)); err != nil {
		return err
	}
	r.answers = fromPairs(answers)
	own := found.Results[0]
	r.CPU, r.Bytes, r.Version = own.CPU, own.Bytes, own.Version
	return nil
}

func readJSON(file string, into any) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

// toPairs writes hits as mentor and score.
func toPairs(answers [][]matching.Hit) [][][2]int {
	pairs := make([][][2]int, len(answers))
	for i, hits := range answers {
		for _, h := range hits {
			pairs[i] = append(pairs[i], [2]int{h.Mentor, h.Score})
		}
	}
	return pairs
}

// fromPairs is the inverse of toPairs.
func fromPairs(pairs [][][2]int) [][]matching.Hit {
	answers := make([][]matching.Hit, len(pairs))
	for i, hits := range pairs {
		for _, h := range hits {
			answers[i] = append(answers[i], matching.Hit{Mentor: h[0], Score: h[1]})
		}
	}
	return answers
}

// writeAnswers leaves puente's answers for the program that started this one.
func writeAnswers(folder string, r *result) error {
	data, err := json.Marshal(toPairs(r.answers))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, answersFile), data, 0o600)
}
