package jobs

import (
	"strconv"

	"puente/matching"
	"puente/models"
)

// Source is whose change would put a mentor among a mentee's best.
type Source string

// The sources, in the order in which changes are told.
const (
	SourceMentee Source = "mentee" // her answers
	SourceMentor Source = "mentor" // his answers
	SourceWeight Source = "weight" // one weight of the programme
)

// AdviceChange is the smallest change of a source that would put a mentor among
// the best, or says that there is none.
type AdviceChange struct {
	Source  Source         `json:"source" enum:"mentee,mentor,weight"`
	Text    string         `json:"text" doc:"The change and what it gives, or that there is none, in words"`
	Answers []AdviceAnswer `json:"answers,omitempty" doc:"Up to three answers of one person that would be different"`
	Weight  *AdviceWeight  `json:"weight,omitempty" doc:"The weight that would be different"`
	Steps   int            `json:"steps,omitempty" doc:"Levels, priorities, half hours and entries, or thousandths of the weight; 0 if there is none"`
	Rank    int            `json:"rank,omitempty" doc:"The mentor's rank with the change"`
	Score   int            `json:"score,omitempty" doc:"The mentor's score with the change"`
	Points  int            `json:"points,omitempty" doc:"The same of 100"`
}

// AdviceAnswer is an answer as it would be. What it is now is not said: that of
// a mentor may be nobody else's business.
type AdviceAnswer struct {
	Kind    string            `json:"kind" doc:"Whose and which answer, such as mentee_language"`
	Terms   map[string]string `json:"terms,omitempty" doc:"What it would be: list/id of a vocabulary, as in lines"`
	Numbers map[string]int    `json:"numbers,omitempty" doc:"The numbers that it would be"`
	Steps   int               `json:"steps"`
	Text    string            `json:"text" doc:"The answer in words"`
}

// AdviceWeight is a weight that would be different.
type AdviceWeight struct {
	Factor string `json:"factor"`
	From   int    `json:"from" doc:"What it is, in the settings"`
	To     int    `json:"to" doc:"What it would be"`
}

// sources are the messages of each source: with a change to whoever reads, and
// to the mentee herself, and without one in the same way.
var sources = []struct {
	source                     Source
	of                         func(matching.Changes) *matching.Change
	other, self, none, selfNot string
}{
	{SourceMentee, func(c matching.Changes) *matching.Change { return c.Mentee }, "change.mentee", "change.self", "change.mentee_none", "change.self_none"},
	{SourceMentor, func(c matching.Changes) *matching.Change { return c.Mentor }, "change.mentor", "change.mentor", "change.mentor_none", "change.mentor_none"},
	{SourceWeight, func(c matching.Changes) *matching.Change { return c.Weight }, "change.weight", "change.weight", "change.weight_none", "change.weight_none"},
}

// Changes says in words what would put a mentor, by name, among the top best.
func (w Words) Changes(c matching.Changes, mentor string, top int) (out []AdviceChange) {
	for _, s := range sources {
		found, missing := s.other, s.none
		if w.Self {
			found, missing = s.self, s.selfNot
		}
		args := map[string]any{"Mentor": mentor, "Top": top, "Most": matching.MostAnswers}
		change := s.of(c)
		if change == nil {
			out = append(out, AdviceChange{Source: s.source, Text: w.Say(missing, args)})
			continue
		}
		said := AdviceChange{Source: s.source, Steps: change.Steps, Rank: change.Rank, Score: change.Score, Points: Points(change.Score)}
		args["Rank"], args["Points"] = said.Rank, said.Points
		if len(change.Answers) > 0 {
			said.Answers = w.answers(change.Answers)
			args["Answers"] = w.together(said.Answers)
		} else {
			name := matching.Factors[change.Factor].Name
			said.Weight = &AdviceWeight{name, change.From, change.To}
			args["Factor"], args["From"], args["To"] = w.Say("factor."+name, nil), change.From, change.To
		}
		said.Text = w.Say(found, args)
		out = append(out, said)
	}
	return out
}

// together joins answers to one phrase.
func (w Words) together(answers []AdviceAnswer) string {
	text := answers[0].Text
	for _, a := range answers[1:] {
		text = w.Say("change.also", map[string]any{"First": text, "Then": a.Text})
	}
	return text
}

// answers puts words to changed answers.
func (w Words) answers(answers []matching.Answer) (out []AdviceAnswer) {
	for _, a := range answers {
		said := AdviceAnswer{Kind: matching.AnswerKinds[a.Kind].Name, Terms: map[string]string{}, Numbers: map[string]int{}, Steps: a.Steps}
		answerTerms[a.Kind](a, &said)
		said.Text = w.say("change."+said.Kind, said.Terms, said.Numbers)
		if len(said.Terms) == 0 {
			said.Terms = nil
		}
		if len(said.Numbers) == 0 {
			said.Numbers = nil
		}
		out = append(out, said)
	}
	return out
}

// answerTerms find the arguments of the message of each kind.
var answerTerms = [matching.NumAnswerKinds]func(matching.Answer, *AdviceAnswer){
	matching.MenteeLanguage: languageTerms,
	matching.MenteeTarget:   func(a matching.Answer, out *AdviceAnswer) { out.Terms["Market"] = placeTerm(a) },
	matching.MenteeNeed: func(a matching.Answer, out *AdviceAnswer) {
		out.Terms["Topic"], out.Numbers["Priority"] = "topic/"+models.Vocabularies().Topics[a.A-1].ID, int(a.To)
	},
	matching.MenteeStage:    func(a matching.Answer, out *AdviceAnswer) { out.Terms["Stage"] = stageTerm(int(a.To)) },
	matching.MenteeCadence:  cadenceTerms,
	matching.MenteeFormat:   formatTerms,
	matching.MenteeOverlap:  func(a matching.Answer, out *AdviceAnswer) { out.Numbers["Minutes"] = 30 * int(a.To) },
	matching.MentorLanguage: languageTerms,
	matching.MentorSkill: func(a matching.Answer, out *AdviceAnswer) {
		v := models.Vocabularies()
		out.Terms["Topic"], out.Terms["Level"] = "topic/"+v.Topics[a.A-1].ID, "skill/"+strconv.Itoa(int(a.To))
		if out.Terms["Market"] = ""; a.B > 0 {
			out.Terms["Market"] = "country/" + v.Countries[a.B-1].ID
		}
	},
	matching.MentorMarket: func(a matching.Answer, out *AdviceAnswer) {
		out.Terms["Market"], out.Numbers["Level"] = placeTerm(a), int(a.To)
	},
	matching.MentorStage:   func(a matching.Answer, out *AdviceAnswer) { out.Terms["Stage"] = stageTerm(int(a.A)) },
	matching.MentorCadence: cadenceTerms,
	matching.MentorFormat:  formatTerms,
	// How many places is not said: a mentor who is full and one who pauses read the
	// same.
	matching.MentorPlace: func(matching.Answer, *AdviceAnswer) {},
}

func languageTerms(a matching.Answer, out *AdviceAnswer) {
	v := models.Vocabularies()
	out.Terms["Language"], out.Terms["Level"] = "language/"+v.Languages[a.A-1].ID, "level/"+v.Levels[a.To-1].ID
}

func placeTerm(a matching.Answer) string {
	list := "country/"
	if a.B > 0 {
		list = "region/"
	}
	return list + placeID(uint32(a.A), uint32(a.B))
}

func stageTerm(n int) string { return "stage/" + models.Vocabularies().Stages[n-1].ID }

func cadenceTerms(a matching.Answer, out *AdviceAnswer) {
	out.Terms["Cadence"] = "cadence/" + models.Vocabularies().Cadences[a.To-1].ID
}

func formatTerms(a matching.Answer, out *AdviceAnswer) {
	out.Terms["Format"] = "format/" + models.Vocabularies().Formats[a.A-1].ID
}
