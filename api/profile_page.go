package api

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"puente/models"
	"puente/web"
)

// editor is how a column of the people files is filled in on a page: the same
// values, by the same rules, as in a file.
type editor struct {
	column string
	fields func(v *visit, column, cell string) []web.Field
	cell   func(v *visit, column, old string) string // what was filled in, as a cell
}

// editors are the groups of the form of a profile, with their columns in order.
// Columns that a role does not have are left out.
var editors = []struct {
	group   string
	columns []editor
}{
	{"who", []editor{
		text("name"), text("organization"), choice("country", countryOptions), choice("region", regionOptions), choice("timezone", zoneOptions),
	}},
	{"business", []editor{
		rows("sectors", 3, false, subsectorOptions), choice("stage", stageOptions), rows("needs", 5, true, topicOptions),
		boxes("targets", countryOptions),
	}},
	{"experience", []editor{
		rows("sectors", 3, false, subsectorOptions), rows("expertise", 6, false, topicOptions, skillOptions),
		rows("markets", 4, false, placeOptions, skillOptions), boxes("stages", stageOptions), number("capacity", 0, 6),
	}},
	{"talk", []editor{
		rows("languages", 3, false, languageOptions, levelOptions), boxes("format", formatOptions), choice("cadence", cadenceOptions),
		boxes("slots", slotOptions), number("min_overlap", 0, 10080),
	}},
}

// groupRoles are the groups that one side alone fills in.
var groupRoles = map[string]models.Role{"business": models.RoleMentee, "experience": models.RoleMentor}

// longestName is how many characters a name may have on a form.
const longestName = 120

// text is a column that is one line.
func text(column string) editor {
	return editor{column, func(v *visit, column, cell string) []web.Field {
		return []web.Field{{Name: column, Kind: web.KindText, Label: v.T("edit." + column), Value: cell, Max: longestName}}
	}, func(v *visit, column, _ string) string { return strings.TrimSpace(v.form.Get(column)) }}
}

// number is a column that is a whole number.
func number(column string, least, most int) editor {
	return editor{column, func(v *visit, column, cell string) []web.Field {
		return []web.Field{{Name: column, Kind: web.KindNumber, Label: v.T("edit." + column), Value: cell, Min: least, Max: most}}
	}, func(v *visit, column, _ string) string { return strings.TrimSpace(v.form.Get(column)) }}
}

// choice is a column with one value of a list.
func choice(column string, options func(lang string) []web.Option) editor {
	return editor{column, func(v *visit, column, cell string) []web.Field {
		return []web.Field{selection(v, column, v.T("edit."+column), cell, options(v.Lang))}
	}, func(v *visit, column, _ string) string { return v.form.Get(column) }}
}

// selection is a field with a list, in which a value that is not of the list
// stays what it is.
func selection(v *visit, name, label, value string, options []web.Option) web.Field {
	options = slices.Concat([]web.Option{{Label: v.T("form.choose")}}, options)
	if !slices.ContainsFunc(options, func(o web.Option) bool { return o.Value == value }) {
		options = append(options, web.Option{Value: value, Label: value})
	}
	return web.Field{Name: name, Kind: web.KindSelect, Label: label, Value: value, Options: options}
}

// boxes is a column with several values of a list. Values that are not of the
// list stay.
func boxes(column string, options func(lang string) []web.Option) editor {
	return editor{column, func(v *visit, column, cell string) []web.Field {
		return []web.Field{{
			Name: column, Kind: web.KindCheckboxes, Label: v.T("edit." + column), Values: split(cell), Options: options(v.Lang),
		}}
	}, func(v *visit, column, old string) string {
		listed := func(value string) bool {
			return slices.ContainsFunc(options(v.Lang), func(o web.Option) bool { return o.Value == value })
		}
		return strings.Join(append(slices.Clone(v.form[column]), slices.DeleteFunc(split(old), listed)...), ";")
	}}
}

// rows is a column with several values, each chosen in one row: of one list,
// or of two that a colon separates. Ranked values carry the number of their
// row. There is always a row to spare, up to mostRows.
func rows(column string, least int, ranked bool, lists ...func(lang string) []web.Option) editor {
	name := func(column string, row, list int) string {
		return column + strconv.Itoa(row+1) + strings.Repeat("_level", list)
	}
	return editor{column, func(v *visit, column, cell string) (out []web.Field) {
		values := split(cell)
		for row := range min(max(least, len(values)+1), mostRows) {
			var cells [2]string
			if row < len(values) {
				cells[0] = values[row]
				if ranked || len(lists) > 1 {
					cells[0], cells[1], _ = strings.Cut(values[row], ":")
				}
			}
			for i, list := range lists {
				label := v.T([]string{"edit." + column + "_n", "edit.level_n"}[i], "N", row+1)
				f := selection(v, name(column, row, i), label, cells[i], list(v.Lang))
				f.Half = len(lists) > 1
				out = append(out, f)
			}
		}
		return out
	}, func(v *visit, column, _ string) string {
		var out []string
		for row := range mostRows {
			value := v.form.Get(name(column, row, 0))
			switch {
			case value == "":
				continue
			case ranked:
				value += ":" + strconv.Itoa(len(out)+1)
			case len(lists) > 1:
				value += ":" + v.form.Get(name(column, row, 1))
			}
			out = append(out, value)
		}
		return strings.Join(out, ";")
	}}
}

// mostRows is how many values of a column a form takes at most.
const mostRows = 60

func split(cell string) []string {
	if cell == "" {
		return nil
	}
	return strings.Split(cell, ";")
}

// The lists of choices.

// options are the terms of a vocabulary as choices.
func options[T any](terms []T, term func(T) models.Term) func(lang string) []web.Option {
	return func(lang string) (out []web.Option) {
		for _, t := range terms {
			out = append(out, web.Option{Value: term(t).ID, Label: term(t).Title.In(lang)})
		}
		return out
	}
}

func plainTerm(t models.Term) models.Term { return t }

func countryOptions(lang string) []web.Option {
	return options(models.Vocabularies().Countries, plainTerm)(lang)
}

func regionOptions(lang string) []web.Option {
	return options(models.Vocabularies().Regions, func(r models.Region) models.Term { return r.Term })(lang)
}

func placeOptions(lang string) []web.Option {
	return append(countryOptions(lang), regionOptions(lang)...)
}

func zoneOptions(string) (out []web.Option) {
	for _, r := range models.Vocabularies().Regions {
		for _, zone := range r.Zones {
			out = append(out, web.Option{Value: zone, Label: strings.ReplaceAll(zone, "_", " ")})
		}
	}
	slices.SortFunc(out, func(a, b web.Option) int { return strings.Compare(a.Value, b.Value) })
	return slices.Compact(out)
}

func subsectorOptions(lang string) []web.Option {
	out := options(models.Vocabularies().Subsectors, func(s models.Subsector) models.Term { return s.Term })(lang)
	for i := range out {
		out[i].Label = out[i].Value + " " + out[i].Label
	}
	return out
}

func topicOptions(lang string) []web.Option {
	return options(models.Vocabularies().Topics, func(t models.Topic) models.Term { return t.Term })(lang)
}

func languageOptions(lang string) []web.Option {
	return options(models.Vocabularies().Languages, func(l models.Language) models.Term { return l.Term })(lang)
}

func levelOptions(lang string) []web.Option {
	return options(models.Vocabularies().Levels, plainTerm)(lang)
}

func stageOptions(lang string) []web.Option {
	return options(models.Vocabularies().Stages, plainTerm)(lang)
}

func cadenceOptions(lang string) []web.Option {
	return options(models.Vocabularies().Cadences, plainTerm)(lang)
}

func formatOptions(lang string) []web.Option {
	return options(models.Vocabularies().Formats, plainTerm)(lang)
}

// skillOptions are how well a mentor knows a topic or a place.
func skillOptions(lang string) (out []web.Option) {
	for level := 1; level <= 3; level++ {
		out = append(out, web.Option{Value: strconv.Itoa(level), Label: web.Text(lang, "level."+strconv.Itoa(level), nil)})
	}
	return out
}

// partsOfDay are the times of a day that the form offers.
var partsOfDay = []string{"09:00-12:00", "13:00-17:00", "18:00-20:00"}

func slotOptions(lang string) (out []web.Option) {
	for _, day := range models.Vocabularies().Days {
		for _, hours := range partsOfDay {
			out = append(out, web.Option{Value: day.ID + " " + hours, Label: day.Title.In(lang) + " " + strings.ReplaceAll(hours, "-", "–")})
		}
	}
	return out
}

// ownProfile reads the profile of whoever asks, nil if there is none yet. The
// pages know one for each account; the interface for programs knows more.
func (s *Server) ownProfile(ctx context.Context) (*models.ProfileRow, error) {
	rows, err := s.Store.ProfilesOf(ctx, actorOf(ctx).ID)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// beginProfile stores the draft of a profile with what was said when signing
// up.
func (s *Server) beginProfile(ctx context.Context, account *models.Account, values map[string]string) error {
	programme, err := s.firstProgramme(ctx)
	if err != nil {
		return err
	}
	side := sides[account.Role]
	row := &models.ProfileRow{ProgrammeID: programme.ID, AccountID: &account.ID, Profile: models.Profile{
		Role: side, ID: newCode(side), Name: values["name"], Country: values["country"], Organization: values["organization"], Reliability: -1,
	}}
	if side == models.RoleMentor {
		row.Profile.Capacity = 1
	}
	return s.Store.CreateProfile(ctx, models.Actor(account.ID), row)
}

// firstProgramme is the programme that people join who sign up on the pages:
// the oldest.
func (s *Server) firstProgramme(ctx context.Context) (*models.Programme, error) {
	all, err := s.Store.Programmes(ctx)
	if err == nil && len(all) == 0 {
		err = &Error{Code: CodeUnavailable, Key: "problem.no_programme"}
	}
	if err != nil {
		return nil, err
	}
	oldest := slices.MinFunc(all, func(a, b models.Programme) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return &oldest, nil
}

// profilePage shows the form of one's own profile.
func (s *Server) profilePage(ctx context.Context, v *visit) (templ.Component, error) {
	row, err := s.profileOrNew(ctx)
	if err != nil {
		return nil, err
	}
	return v.profileForm(row, row.Profile.Values(), nil), nil
}

// profileOrNew reads the profile of whoever asks, or begins one.
func (s *Server) profileOrNew(ctx context.Context) (*models.ProfileRow, error) {
	a := actorOf(ctx)
	if _, ok := sides[a.Role]; !ok {
		return nil, &Error{Code: CodeForbidden, Key: "problem.no_side"}
	}
	row, err := s.ownProfile(ctx)
	if err != nil || row != nil {
		return row, err
	}
	if err := s.beginProfile(ctx, a.Account, nil); err != nil {
		return nil, err
	}
	return s.ownProfile(ctx)
}

// profileForm is the form with the cells given, and what is wrong with them by
// column.
func (v *visit) profileForm(row *models.ProfileRow, cells, problems map[string]string) templ.Component {
	page := web.Profile{
		Page: *v.Page, Title: v.T("edit.title"), State: v.T("edit.state." + string(row.State)), Post: profilePath, Submit: v.T("edit.save"),
	}
	for _, g := range v.editorsOf(row.Profile.Role) {
		group := web.FieldGroup{Title: v.T("edit.group." + g.group)}
		for _, e := range g.columns {
			fields := e.fields(v, e.column, cells[e.column])
			fields[0].Problem = problems[e.column]
			fields[0].Hint = helpOf(e.column, v.Lang)
			group.Fields = append(group.Fields, fields...)
		}
		page.Groups = append(page.Groups, group)
	}
	if row.State == models.ProfileDraft || row.State == models.ProfileMoreInfo {
		page.Submit = v.T("edit.submit")
	}
	return web.ProfilePage(page)
}

// editorGroup is a group of the form.
type editorGroup struct {
	group   string
	columns []editor
}

// editorsOf are the groups of one side.
func (v *visit) editorsOf(side models.Role) (out []editorGroup) {
	columns := models.FieldsOf(side)
	for _, g := range editors {
		if role, only := groupRoles[g.group]; only && role != side {
			continue
		}
		group := editorGroup{group: g.group}
		for _, e := range g.columns {
			if slices.ContainsFunc(columns, func(f models.Field) bool { return f.Name == e.column }) {
				group.columns = append(group.columns, e)
			}
		}
		out = append(out, group)
	}
	return out
}

// helpOf is what a column means.
func helpOf(column, lang string) string {
	if _, short := hints[column]; short {
		return web.Text(lang, "edit."+column+"_hint", nil)
	}
	return ""
}

// hints are the columns with a hint on the form.
var hints = map[string]bool{"organization": true, "needs": true, "expertise": true, "slots": true, "capacity": true, "min_overlap": true}

// saveProfile stores what was filled in. A draft is submitted with it.
func (s *Server) saveProfile(ctx context.Context, v *visit) (templ.Component, error) {
	row, err := s.profileOrNew(ctx)
	if err != nil {
		return nil, err
	}
	cells := row.Profile.Values()
	for _, g := range v.editorsOf(row.Profile.Role) {
		for _, e := range g.columns {
			if cells[e.column] = e.cell(v, e.column, cells[e.column]); cells[e.column] == "" {
				delete(cells, e.column)
			}
		}
	}
	profile, problems := models.ParsePerson(row.Profile.Role, cells)
	byColumn := map[string]string{}
	for _, p := range problems {
		if !p.Warning && byColumn[p.Column] == "" {
			byColumn[p.Column] = web.Text(v.Lang, p.Key, p.Args)
		}
	}
	for _, column := range []string{"name", "organization"} {
		if len([]rune(cells[column])) > longestName {
			byColumn[column] = Field{Rule: "max_length", Args: map[string]any{"Max": longestName}}.text(v.Lang)
		}
	}
	if len(byColumn) > 0 {
		v.refuse()
		return v.profileForm(row, cells, byColumn), nil
	}
	profile.Taken, profile.Synthetic, profile.Reliability = row.Profile.Taken, row.Profile.Synthetic, row.Profile.Reliability
	row.Profile = profile
	if err := s.Store.UpdateProfile(ctx, v.actor.by(), row); err != nil {
		return nil, err
	}
	if row.State != models.ProfileDraft && row.State != models.ProfileMoreInfo {
		v.goTo(profilePath + "?done=saved")
		return nil, nil
	}
	if err := s.stepProfile(ctx, row, models.ProfileSubmit); err != nil {
		return nil, err
	}
	v.goTo(homes[v.actor.Role] + "?done=submitted")
	return nil, nil
}
