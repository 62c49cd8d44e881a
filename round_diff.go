package main

import (
	"fmt"
	"strings"

	"puente/jobs"
)

type roundDiffCommand struct {
	A string `arg:"" help:"${help_round_file}"`
	B string `arg:"" help:"${help_round_file}"`
}

// Run says what differs between two proven rounds.
func (c *roundDiffCommand) Run(p *program) error {
	a, err := p.readRound(c.A)
	if err != nil {
		return err
	}
	b, err := p.readRound(c.B)
	if err != nil {
		return err
	}
	d := jobs.DiffRounds(a, b)
	if p.json {
		return p.object(d)
	}
	for _, line := range d.Text(p.words) {
		fmt.Fprintln(p.stdout, strings.TrimRight(line, " "))
	}
	return nil
}
