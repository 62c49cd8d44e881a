package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"puente/jobs"
	"puente/models"
)

// groupLists reads the explicit lists of ids that rules about groups name.
func (p *program) groupLists(file string, s *jobs.Settings) error {
	var rows []models.GroupRow
	if file != "" {
		r, err := p.open(file)
		if err != nil {
			return err
		}
		defer r.Close()
		var report models.Report
		rows, report = models.ReadGroups(file, r)
		if err := p.refuse(append(report.Problems, p.noted(file, report)...)); err != nil {
			return err
		}
	}
	if missing := s.GroupLists(rows); len(missing) > 0 {
		return &usageError{errors.New(p.say("usage.group_list", map[string]any{"Names": strings.Join(missing, ", ")}))}
	}
	return nil
}

// rules prints what rules about groups come to.
func (p *program) rules(rules []jobs.RuleResult) {
	for _, r := range rules {
		for _, line := range p.words.RuleResult(r) {
			fmt.Fprintln(p.stdout, line)
		}
	}
}

// groupClash says which rules about groups nothing can keep.
func (p *program) groupClash(w io.Writer, clash *jobs.Clash) {
	for k, line := range p.words.GroupClash(clash) {
		if k > 0 {
			line = "  " + line
		}
		fmt.Fprintln(w, line)
	}
}
