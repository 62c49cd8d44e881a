package api

import (
	"context"
	"net/http"
	"strings"

	"puente/models"
	"puente/web"
)

// wordsForm is the part of a profile's form for one's own words: what is stored,
// and what was filled in.
type wordsForm struct {
	stored OwnWords
	text   string
	agreed string // the version of the text whose box is ticked
}

// storedWords fills the form with what is stored.
func (s *Server) storedWords(ctx context.Context, row *models.ProfileRow) (*wordsForm, error) {
	stored, err := s.wordsOf(ctx, row)
	return &wordsForm{stored, stored.Text, stored.AgreedTo}, err
}

// filledWords reads what was filled in.
func (s *Server) filledWords(ctx context.Context, v *visit, row *models.ProfileRow) (*wordsForm, error) {
	f, err := s.storedWords(ctx, row)
	if err != nil || !f.shown() {
		return f, err
	}
	f.text, f.agreed = strings.TrimSpace(strings.ReplaceAll(v.form.Get("words"), "\r\n", "\n")), v.form.Get("words_agree")
	return f, nil
}

// shown says whether the form has the part: if there is a service, or something
// to take back.
func (f *wordsForm) shown() bool { return f.stored.Service != "" || f.stored.Text != "" }

// agreement is what the box is about.
func (f *wordsForm) agreement() string {
	if f.stored.AgreeTo != "" {
		return f.stored.AgreeTo
	}
	return f.stored.AgreedTo
}

// withdrawn says whether nothing is to be stored: there is no text, or the box
// of the stored one is no longer ticked.
func (f *wordsForm) withdrawn() bool {
	return f.text == "" || f.agreed == "" && f.text == f.stored.Text
}

// same says whether what is stored stays.
func (f *wordsForm) same() bool { return f.text == f.stored.Text && f.agreed == f.stored.AgreedTo }

// problems are what is wrong with it by field.
func (f *wordsForm) problems(v *visit) map[string]string {
	switch {
	case f.withdrawn() || f.same():
	case f.stored.Service == "":
		return map[string]string{"words": v.T("edit.words_off")}
	case len([]rune(f.text)) > models.MaxWords:
		return map[string]string{"words": Field{Rule: "max_length", Args: map[string]any{"Max": models.MaxWords}}.text(v.Lang)}
	case f.agreed != f.stored.AgreeTo:
		return map[string]string{"words_agree": v.T("edit.words_tick")}
	}
	return nil
}

// groups is the part as the form shows it, or nothing.
func (f *wordsForm) groups(v *visit, side models.Role) []web.FieldGroup {
	if !f.shown() {
		return nil
	}
	problems := map[string]string{}
	if v.c != nil && v.c.Request.Method == http.MethodPost && !v.switching() {
		problems = f.problems(v)
	}
	service := f.agreement()[strings.IndexByte(f.agreement(), ' ')+1:]
	return []web.FieldGroup{{Title: v.T("edit.group.words"), Hint: v.T("edit.group.words_hint"), Fields: []web.Field{
		{Name: "words", Kind: web.KindArea, Label: v.T("edit.words_" + side.String()), Value: f.text, Max: models.MaxWords, Problem: problems["words"]},
		{
			Name: "words_agree", Kind: web.KindCheckboxes, Label: v.T("edit.words_consent"), Values: []string{f.agreed}, Problem: problems["words_agree"],
			Options: []web.Option{{Value: f.agreement(), Label: v.T("edit.words_agree", "Service", service)}},
		},
	}}}
}

// saveWordsForm stores what was filled in, which has no problems.
func (s *Server) saveWordsForm(ctx context.Context, v *visit, row *models.ProfileRow, f *wordsForm) error {
	switch {
	case f.withdrawn():
		return s.withdrawWords(ctx, row)
	case f.same():
		return nil
	}
	return s.Queue.SaveWords(ctx, v.actor.by(), row.UID, f.text, v.Lang)
}
