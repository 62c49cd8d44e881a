package jobs

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"puente/matching"
	"puente/models"
	"puente/web"
)

// otherWeights are settings over others, as a file gives them.
func otherWeights(t testing.TB, now Settings, text string) Settings {
	t.Helper()
	s, problems := ReadPreviewed("new.json", strings.NewReader(text), now)
	if problems.Errors() > 0 {
		t.Fatal(problems)
	}
	return s
}

// TestPreview compares what is told of a change with the advice and the rounds
// that people would get under each of the settings.
func TestPreview(t *testing.T) {
	mentors, mentees := Generate(Population{Mentors: 60, Mentees: 150, Seed: 8})
	people := People{Mentors: mentors, Mentees: mentees}
	now := DefaultSettings()
	for _, text := range []string{`{}`, `{"weights":{"needs":10,"time":900}}`, `{"cross_border":false}`, `{"interpreter":true,"cover":"mentees"}`, `{"method":"stable"}`} {
		t.Run(text, func(t *testing.T) {
			o := PreviewOptions{New: otherWeights(t, now, text), Seed: 3, Top: 4, Most: len(mentees), Workers: 2}
			got, err := Preview(t.Context(), people, now, o)
			must(t, err)
			if text == `{}` && len(got.Changes)+got.Lists.Changed+got.Rounds.Lost+got.Rounds.Gained > 0 {
				t.Errorf("the same settings change something: %+v", got)
			}
			var sides [2]*Matched
			for i, s := range []Settings{now, o.New} {
				sides[i], err = Match(t.Context(), people, MatchOptions{Settings: s, Seed: 3, Workers: 1})
				must(t, err)
			}
			if diff := cmp.Diff(previewByHand(t, people, sides, 4), got); diff != "" {
				t.Errorf("preview (-by hand +got):\n%s", diff)
			}
			o.Most = 2
			few, err := Preview(t.Context(), people, now, o)
			must(t, err)
			if len(few.Changes) != min(2, len(got.Changes)) || few.LeftOut != len(got.Changes)-len(few.Changes) || few.Lists != got.Lists {
				t.Errorf("%d of %d changes and %d left out", len(few.Changes), len(got.Changes), few.LeftOut)
			}
		})
	}
}

// previewByHand is a preview put together from two rounds and the advice of
// each mentee. Its changes are in the order in which they were given.
func previewByHand(t *testing.T, people People, sides [2]*Matched, top int) *Previewed {
	t.Helper()
	words := Words{Lang: "en", Text: web.Text}
	out := &Previewed{Start: DefaultStart, Top: top, Mentees: len(people.Mentees), Mentors: len(people.Mentors), Changes: []PreviewChange{}}
	var partner [2]map[string]string
	rounds := [2]*PreviewRound{&out.Rounds.Now, &out.Rounds.New}
	for i, m := range sides {
		partner[i] = map[string]string{}
		for _, p := range m.Round.Pairs {
			mentee, mentor := m.Round.Left[p.Left].ID, m.Round.Right[p.Right].ID
			partner[i][mentee] = mentor
			rounds[i].Pairs++
			for n, score := range []*int64{&rounds[i].ScoreNow, &rounds[i].ScoreNew} {
				a, err := sides[n].Why(mentee, mentor, 1, words)
				must(t, err)
				*score += int64(a.Score)
			}
		}
	}
	for _, e := range people.Mentees {
		var lists [2][]RankedMentor
		var ids [2][]string
		for i, m := range sides {
			advice, _, err := m.Advise(e.ID, top, words)
			must(t, err)
			for _, a := range advice {
				lists[i], ids[i] = append(lists[i], RankedMentor{a.Mentor, a.Rank, a.Score, a.Points}), append(ids[i], a.Mentor)
			}
		}
		c := PreviewChange{Mentee: e.ID, Entered: []RankedMentor{}, Left: []RankedMentor{}}
		for _, r := range lists[1] {
			if !slices.Contains(ids[0], r.Mentor) {
				c.Entered = append(c.Entered, r)
			}
		}
		for _, r := range lists[0] {
			if !slices.Contains(ids[1], r.Mentor) {
				c.Left = append(c.Left, r)
			}
		}
		c.First = strings.Join(ids[0][:min(1, len(ids[0]))], "") != strings.Join(ids[1][:min(1, len(ids[1]))], "")
		c.OrderOnly = len(c.Entered)+len(c.Left) == 0 && !slices.Equal(ids[0], ids[1])
		before, after := partner[0][e.ID], partner[1][e.ID]
		if c.PairMoves = before != after; c.PairMoves {
			c.PairNow, c.PairNew = before, after
		}
		count(&out.Lists.Changed, !slices.Equal(ids[0], ids[1]))
		count(&out.Lists.First, c.First)
		count(&out.Lists.OrderOnly, c.OrderOnly)
		out.Lists.Entered += len(c.Entered)
		out.Lists.Left += len(c.Left)
		count(&out.Rounds.Kept, before != "" && before == after)
		count(&out.Rounds.Lost, before != "" && before != after)
		count(&out.Rounds.Gained, after != "" && before != after)
		count(&out.Rounds.With, before == "" && after != "")
		count(&out.Rounds.Without, before != "" && after == "")
		if c.PairMoves || !slices.Equal(ids[0], ids[1]) {
			out.Changes = append(out.Changes, c)
		}
	}
	weight := func(c PreviewChange) (n int) {
		count(&n, c.PairMoves)
		n *= 2
		count(&n, c.First)
		return 1000*n + len(c.Entered) + len(c.Left)
	}
	slices.SortStableFunc(out.Changes, func(a, b PreviewChange) int { return weight(b) - weight(a) })
	return out
}

func count(n *int, is bool) {
	if is {
		*n++
	}
}

// TestPreviewClash forces a pair that the new settings refuse.
func TestPreviewClash(t *testing.T) {
	mentors, mentees := Generate(Population{Mentors: 20, Mentees: 20, Seed: 8, Countries: []string{"CA"}})
	now := DefaultSettings()
	now.CrossBorder, now.Interpreter = false, true
	m, err := Prepare(People{Mentors: mentors, Mentees: mentees}, MatchOptions{Settings: now, Seed: 1})
	must(t, err)
	other := now
	other.CrossBorder = true
	x := m.Index.With(&other.Settings)
	var rule []models.RuleRow
	for i := range m.Snapshot.Mentees {
		for j := range m.Snapshot.Mentors {
			e := &m.Snapshot.Mentees[i]
			if m.Index.Refusal(e, j) == "" && x.Refusal(e, j) == "cross_border" {
				rule = []models.RuleRow{{Mentee: e.ID, Mentor: m.Snapshot.Mentors[j].ID, Rule: models.RuleMust}}
			}
		}
	}
	if rule == nil {
		t.Fatal("nobody is refused by the border alone")
	}
	got, err := Preview(t.Context(), People{Mentors: mentors, Mentees: mentees, Rules: rule}, now, PreviewOptions{New: other, Seed: 1, Top: 5, Most: 100})
	must(t, err)
	if got.Rounds.Now.Clash != nil || got.Rounds.New.Clash == nil || got.Rounds.New.Clash.Rule != "cross_border" || got.Rounds.New.Pairs != 0 ||
		got.Rounds.Kept+got.Rounds.Lost+got.Rounds.Gained > 0 || got.Lists.Changed == 0 {
		t.Errorf("%+v", got.Rounds)
	}
}

// TestPreviewProgramme wants a preview of what is stored to be that of the run
// that follows, on both databases.
func TestPreviewProgramme(t *testing.T) {
	stores(t, fewPeople, func(t *testing.T, s *stored) {
		now, err := SettingsOf(&s.programme)
		must(t, err)
		o := PreviewOptions{New: otherWeights(t, now, `{"weights":{"language":900}}`), Seed: 7, Top: 5, Most: 100, Workers: 2}
		previews := NewPreviews(s.Store)
		before, err := previews.Programme(t.Context(), &s.programme, o)
		must(t, err)
		s.previewsFollow(t, previews, o)
		if want := s.Now().Format(time.DateOnly); before.Start != want || before.Lists.Changed == 0 {
			t.Errorf("a preview from %s on, want %s: %+v", before.Start, want, before.Lists)
		}
		names := map[string]string{}
		for _, p := range slices.Concat(s.Mentees, s.Mentors) {
			names[p.ID] = p.Name
		}
		for _, c := range before.Changes {
			if before.Names[c.Mentee] != names[c.Mentee] || before.Names[c.PairNow] != names[c.PairNow] {
				t.Errorf("%s is called %q", c.Mentee, before.Names[c.Mentee])
			}
		}
		round := func(name string, settings Settings) *Matched {
			r := models.Round{ProgrammeID: s.programme.ID, Name: name, Settings: string(settings.JSON()), Start: before.Start, Seed: 7}
			must(t, s.CreateRound(t.Context(), "", &r))
			for _, e := range []models.RoundEvent{models.RoundStart, models.RoundClose} {
				_, err := s.MoveRound(t.Context(), "", r.ID, e)
				must(t, err)
			}
			run, err := s.CreateRun(t.Context(), "", r.ID, nil)
			must(t, err)
			m, err := RunNow(t.Context(), s.Store, run.ID, RunOptions{Workers: 1})
			must(t, err)
			return m
		}
		for name, want := range map[string]PreviewRound{"now": before.Rounds.Now, "new": before.Rounds.New} {
			settings, score := now, want.ScoreNow
			if name == "new" {
				settings, score = o.New, want.ScoreNew
			}
			if m := round(name, settings); len(m.Round.Pairs) != want.Pairs || m.Round.Score != score {
				t.Errorf("the run of %s has %d pairs of %d, the preview %+v", name, len(m.Round.Pairs), m.Round.Score, want)
			}
		}
		ctx, stop := context.WithCancel(t.Context())
		stop()
		if _, err := previews.Programme(ctx, &s.programme, o); !errors.Is(err, context.Canceled) {
			t.Errorf("without a context: %v", err)
		}
	})
}

// previewsFollow wants previews to keep people, and to see every change: it ends
// with the same people as it began.
func (s *stored) previewsFollow(t *testing.T, previews *Previews, o PreviewOptions) {
	t.Helper()
	kept := previews.last
	check := func(what string, same bool) {
		t.Helper()
		got, err := previews.Programme(t.Context(), &s.programme, o)
		must(t, err)
		want, err := NewPreviews(s.Store).Programme(t.Context(), &s.programme, o)
		must(t, err)
		if diff := cmp.Diff(want, got); diff != "" || (previews.last == kept) != same {
			t.Errorf("after %s the people are kept: %t %s", what, previews.last == kept, diff)
		}
		kept = previews.last
	}
	check("nothing", true)
	for _, id := range []string{s.Mentors[0].ID, s.Mentees[0].ID} {
		row, err := s.ProfileByCode(t.Context(), s.programme.ID, id)
		must(t, err)
		was := row.Profile
		row.Profile.Stages, row.Profile.Stage = nil, ""
		must(t, s.UpdateProfile(t.Context(), "", row))
		check("a change of "+id, false)
		row.Profile = was
		must(t, s.UpdateProfile(t.Context(), "", row))
		check("another change of "+id, false)
		_, err = s.MoveProfile(t.Context(), "", row.UID, models.ProfilePause)
		must(t, err)
		check("a pause of "+id, false)
		_, err = s.MoveProfile(t.Context(), "", row.UID, models.ProfileWait)
		must(t, err)
		check("the end of the pause of "+id, false)
	}
	s.programme.Settings = `{"weights":{"load":500}}`
	must(t, s.UpdateSettings(t.Context(), "", &s.programme))
	check("other settings", true)
	s.programme.Settings = "{}"
	must(t, s.UpdateSettings(t.Context(), "", &s.programme))
	check("the settings of before", true)
	o.New.Weights[matching.Similarity] = 100
	check("own words count", true) // they are read, and not kept
	s.secondRead(t, previews)
}

// secondRead wants people with vectors to be read each time.
func (s *stored) secondRead(t *testing.T, previews *Previews) {
	t.Helper()
	o := PreviewOptions{New: DefaultSettings(), Seed: previews.last.seen.seed}
	o.New.Weights[matching.Similarity] = 100
	now := DefaultSettings()
	now.Start = previews.last.seen.start
	got, err := previews.people(t.Context(), s.programme.ID, now, o)
	must(t, err)
	if got == previews.last {
		t.Error("people without vectors are used where own words count")
	}
}

// TestPreviewsSeeOffers wants those who have an offer to be no longer compared.
func TestPreviewsSeeOffers(t *testing.T) {
	stores(t, fewPeople, func(t *testing.T, s *stored) {
		previews, o := NewPreviews(s.Store), PreviewOptions{New: DefaultSettings(), Seed: 7, Top: 5}
		before, err := previews.Programme(t.Context(), &s.programme, o)
		must(t, err)
		run, err := s.CreateRun(t.Context(), "", s.round.ID, nil)
		must(t, err)
		m, err := RunNow(t.Context(), s.Store, run.ID, RunOptions{Workers: 1})
		must(t, err)
		_, err = s.Publish(t.Context(), "", s.round.ID, run.ID)
		must(t, err)
		after, err := previews.Programme(t.Context(), &s.programme, o)
		must(t, err)
		if n := len(m.Round.Pairs); n == 0 || after.Mentees != before.Mentees-n || after.Rounds.Now.Pairs == before.Rounds.Now.Pairs {
			t.Errorf("%d mentees before %d offers, %d after: %+v", before.Mentees, n, after.Mentees, after.Rounds)
		}
	})
}

// TestReadSettingsOver keeps what is not named.
func TestReadSettingsOver(t *testing.T) {
	base := DefaultSettings()
	base.Weights[matching.Needs], base.CrossBorder, base.Cover, base.Start = 500, false, matching.CoverBoth, "2027-02-01"
	s, problems := ReadSettingsOver("s.json", strings.NewReader(`{"weights":{"load":7},"candidates":9}`), base)
	want := base
	want.Weights[matching.Load], want.Candidates = 7, 9
	if string(s.JSON()) != string(want.JSON()) || len(problems) > 0 {
		t.Errorf("got %s %v, want %s", s.JSON(), problems, want.JSON())
	}
	if _, problems := ReadPreviewed("s.json", strings.NewReader("{\n\"start\":\"2027-02-08\"}"), base); len(problems) != 1 ||
		problems[0].Key != "settings.other_start" || problems[0].Row != 2 {
		t.Errorf("another day gives %v", problems)
	}
	if s, problems := ReadPreviewed("s.json", strings.NewReader(`{"start":"2027-02-01"}`), base); string(s.JSON()) != string(base.JSON()) || len(problems) > 0 {
		t.Errorf("the same day gives %v", problems)
	}
}

// BenchmarkPreview previews one weight for made-up people: from profiles that
// are there, from a store, and once more from a store. Wall time is that of two workers.
func BenchmarkPreview(b *testing.B) {
	const mentees, mentors = 10_000, 2000
	s := populated(b, filepath.Join(b.TempDir(), "puente.db"), Population{Mentors: mentors, Mentees: mentees, Seed: 1})
	now := DefaultSettings()
	o := PreviewOptions{New: otherWeights(b, now, `{"weights":{"sector":320}}`), Seed: 1, Top: 5, Most: 100, Workers: 2}
	b.Run("files/mentees=10000/mentors=2000", func(b *testing.B) {
		for b.Loop() {
			_, err := Preview(b.Context(), s.People, now, o)
			must(b, err)
		}
	})
	b.Run("store/mentees=10000/mentors=2000", func(b *testing.B) {
		for b.Loop() {
			_, err := NewPreviews(s.Store).Programme(b.Context(), &s.programme, o)
			must(b, err)
		}
	})
	b.Run("again/mentees=10000/mentors=2000", func(b *testing.B) {
		previews := NewPreviews(s.Store)
		for b.Loop() {
			_, err := previews.Programme(b.Context(), &s.programme, o)
			must(b, err)
		}
	})
}
