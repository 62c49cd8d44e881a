package main

import (
	"fmt"
	"runtime"
	"text/tabwriter"

	"puente/jobs"
	"puente/models"
)

type configCommand struct{}

// Run prints every setting of the program, its value and where it came from.
func (*configCommand) Run(p *program) error {
	given := map[string]bool{}
	for _, path := range p.parsed.Path {
		if path.Flag != nil && !path.Resolved {
			given[path.Flag.Name] = true
		}
	}
	settings := p.source.Settings(p.config, func(name string) bool { return given[name] })
	if p.json {
		return p.object(map[string]any{"settings": settings})
	}
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	for _, s := range settings {
		fmt.Fprintf(w, "--%s\t%s\t%s\t%s\n", s.Name, s.Variable, s.Value, p.say("config.from_"+s.Origin, nil))
	}
	return w.Flush()
}

type versionCommand struct{}

// Run prints the version of the program, its scoring and its vocabularies.
func (*versionCommand) Run(p *program) error {
	vocabulary := models.Vocabularies().Version
	if p.json {
		return p.object(map[string]any{"version": jobs.Version, "scoring": jobs.ScoringVersion, "vocabularies": vocabulary, "go": runtime.Version()})
	}
	_, err := fmt.Fprintf(p.stdout, "puente %s (scoring %d, vocabularies %d, %s)\n", jobs.Version, jobs.ScoringVersion, vocabulary, runtime.Version())
	return err
}
