package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"

	"puente/jobs"
	"puente/models"
)

type generateCommand struct {
	Mentors   int      `required:"" placeholder:"N" help:"${help_mentor_count}"`
	Mentees   int      `required:"" placeholder:"N" help:"${help_mentee_count}"`
	Seed      uint64   `default:"1" help:"${help_seed}"`
	Countries []string `placeholder:"CA,MX" help:"${help_countries}"`
	Out       string   `required:"" placeholder:"DIR" help:"${help_dir}"`
}

// mostGenerated is how many people of a side are generated at most: as many as
// a people file may hold.
const mostGenerated = 2_000_000

// Run writes made-up people.
func (c *generateCommand) Run(p *program) error {
	if min(c.Mentors, c.Mentees) < 0 || max(c.Mentors, c.Mentees) > mostGenerated {
		return &usageError{errors.New(p.say("usage.people_range", map[string]any{"Max": mostGenerated}))}
	}
	for _, country := range c.Countries {
		if models.Vocabularies().Country(country) == 0 {
			return &usageError{errors.New(p.say("usage.country", map[string]any{"Value": country}))}
		}
	}
	mentors, mentees := jobs.Generate(jobs.Population{Mentors: c.Mentors, Mentees: c.Mentees, Seed: c.Seed, Countries: c.Countries})
	names, err := p.writePeople(c.Out, mentors, mentees)
	if err != nil {
		return err
	}
	if p.json {
		return p.object(map[string]any{"mentors": len(mentors), "mentees": len(mentees), "seed": c.Seed, "files": names})
	}
	p.line("generate.done", map[string]any{"Mentors": len(mentors), "Mentees": len(mentees), "MentorsFile": names[0], "MenteesFile": names[1]})
	return nil
}

// writePeople writes DIR/mentors.csv and DIR/mentees.csv, and more if given,
// all or none.
func (p *program) writePeople(dir string, mentors, mentees []models.Profile, more ...output) ([]string, error) {
	var a, b bytes.Buffer
	if err := errors.Join(models.WritePeople(&a, models.RoleMentor, mentors), models.WritePeople(&b, models.RoleMentee, mentees)); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	names := []string{filepath.Join(dir, "mentors.csv"), filepath.Join(dir, "mentees.csv")}
	outputs := append([]output{{name: names[0], data: a.Bytes()}, {name: names[1], data: b.Bytes()}}, more...)
	return names, p.write(outputs...)
}
