package api

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

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
		text("name"), text("organization"), half(choice("country", countryOptions)), half(choice("region", regionOptions)), choice("timezone", zoneOptions),
	}},
	{"business", []editor{
		rows("sectors", 2, 0, subsectorOptions), choice("stage", stageOptions), boxes("targets", countryOptions),
	}},
	{"needs", []editor{ranked(rows("needs", mostNeeds, mostNeeds, topicOptions))}},
	{"help", []editor{
		rows("expertise", 5, 0, topicOptions, skillOptions("edit.skill_"), countryOptions), rows("markets", 3, 0, placeOptions, skillOptions("edit.known_")),
	}},
	{"experience", []editor{rows("sectors", 2, 0, subsectorOptions), boxes("stages", stageOptions)}},
	{"languages", []editor{rows("languages", 3, 0, languageOptions, levelOptions)}},
	{"time", []editor{
		half(number("capacity", 0, 6)), half(choice("cadence", cadenceOptions)), boxes("format", formatOptions), boxes("slots", slotOptions),
		number("min_overlap", 0, 10080),
	}},
}

// mostNeeds is how many needs a business may have.
const mostNeeds = 5

// groupRoles are the groups that one side alone fills in.
var groupRoles = map[string]models.Role{
	"business": models.RoleMentee, "needs": models.RoleMentee, "help": models.RoleMentor, "experience": models.RoleMentor,
}

// half is a column that stands beside another one.
func half(e editor) editor {
	fields := e.fields
	e.fields = func(v *visit, column, cell string) []web.Field {
		out := fields(v, column, cell)
		out[0].Half = true
		return out
	}
	return e
}

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
		return []web.Field{selection(v.Lang, column, v.T("edit."+column), v.T("form.choose"), cell, options(v.Lang))}
	}, func(v *visit, column, _ string) string { return v.form.Get(column) }}
}

// selection is a field with a list, in which a value that is not of the list
// stays what it is. Empty is what its first, empty choice says.
func selection(lang, name, label, empty, value string, options []web.Option) web.Field {
	options = slices.Concat([]web.Option{{Label: empty}}, options)
	if !listed(options, value) {
		options = append(options, otherOption(lang, value))
	}
	return web.Field{Name: name, Kind: web.KindSelect, Label: label, Value: value, Options: options}
}

func listed(options []web.Option, value string) bool {
	return slices.ContainsFunc(options, func(o web.Option) bool { return o.Value == value })
}

// boxes is a column with several values of a list. Values that are not of the
// list have boxes too.
func boxes(column string, options func(lang string) []web.Option) editor {
	return editor{column, func(v *visit, column, cell string) []web.Field {
		f := web.Field{Name: column, Kind: web.KindCheckboxes, Label: v.T("edit." + column), Values: split(cell), Options: options(v.Lang)}
		for _, value := range f.Values {
			if !listed(f.Options, value) {
				f.Options = append(f.Options, otherOption(v.Lang, value))
			}
		}
		return []web.Field{f}
	}, func(v *visit, column, _ string) string { return strings.Join(v.form[column], ";") }}
}

// parts are the lists of a row: what their names end in, the key of their label,
// that of their empty choice, and what stands before their value in a cell.
var parts = [...]struct{ name, label, empty, before string }{
	{"", "", "form.choose", ""}, {"_level", "edit.level_n", "edit.level_choose", ":"}, {"_country", "edit.country_n", "edit.country_any", "@"},
}

// rows is a column with several values, each chosen in one row of up to three
// lists: such as value, value:level or value:level@country. There are at least
// so many rows, and one to spare as long as there are not the most, 0 for
// mostRows.
func rows(column string, least, most int, lists ...func(lang string) []web.Option) editor {
	name := func(column string, row, list int) string { return column + strconv.Itoa(row+1) + parts[list].name }
	return editor{column, func(v *visit, column, cell string) []web.Field {
		values := split(cell)
		n := max(least, len(values)+1)
		if most > 0 {
			n = max(most, len(values))
		}
		out := web.Field{Name: column, Kind: web.KindRows, Label: v.T("edit." + column)}
		for row := range min(n, mostRows) {
			var cells [len(parts)]string
			if row < len(values) {
				cells[0], cells[1], _ = strings.Cut(values[row], ":")
				cells[1], cells[2], _ = strings.Cut(cells[1], "@")
			}
			var fields []web.Field
			for i, list := range lists {
				label := cmp.Or(parts[i].label, "edit."+column+"_n")
				fields = append(fields, selection(v.Lang, name(column, row, i), v.T(label, "N", row+1), v.T(parts[i].empty), cells[i], list(v.Lang)))
			}
			out.Rows = append(out.Rows, fields)
		}
		return []web.Field{out}
	}, func(v *visit, column, _ string) string {
		var out []string
		for row := range mostRows {
			value := v.form.Get(name(column, row, 0))
			if value == "" {
				continue
			}
			for i := 1; i < len(lists); i++ {
				if part := v.form.Get(name(column, row, i)); part != "" || i == 1 {
					value += parts[i].before + part
				}
			}
			out = append(out, value)
		}
		return strings.Join(out, ";")
	}}
}

// ranked is a column of rows whose values carry their number.
func ranked(e editor) editor {
	cell := e.cell
	e.cell = func(v *visit, column, old string) string {
		values := split(cell(v, column, old))
		for i := range values {
			values[i] += ":" + strconv.Itoa(i+1)
		}
		return strings.Join(values, ";")
	}
	return e
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
	regions := models.Vocabularies().Regions
	out := options(regions, func(r models.Region) models.Term { return r.Term })(lang)
	countries := countryOptions(lang)
	for i := range out {
		out[i].Group = titleIn(countries, regions[i].Country)
	}
	return out
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
	all := models.Vocabularies()
	out := options(all.Subsectors, func(s models.Subsector) models.Term { return s.Term })(lang)
	for i := range out {
		out[i].Label = out[i].Value + " " + out[i].Label
		out[i].Group = all.Sectors[all.Subsectors[i].Sector-1].Title.In(lang)
	}
	return out
}

func topicOptions(lang string) []web.Option {
	all := models.Vocabularies()
	out := options(all.Topics, func(t models.Topic) models.Term { return t.Term })(lang)
	areas := options(all.Areas, plainTerm)(lang)
	for i := range out {
		out[i].Group = titleIn(areas, all.Topics[i].Area)
	}
	return out
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

// skillOptions are how well a mentor knows a topic or a place, in the words of
// the keys that begin so.
func skillOptions(key string) func(lang string) []web.Option {
	return func(lang string) (out []web.Option) {
		for level := range 3 {
			value := strconv.Itoa(level + 1)
			out = append(out, web.Option{Value: value, Label: web.Text(lang, key+value, nil)})
		}
		return out
	}
}

// partsOfDay are the times of a day that the form offers.
var partsOfDay = []string{"09:00-12:00", "13:00-17:00", "18:00-20:00"}

func slotOptions(lang string) (out []web.Option) {
	for _, day := range models.Vocabularies().Days {
		for _, hours := range partsOfDay {
			out = append(out, slotOption(lang, day.ID+" "+hours))
		}
	}
	return out
}

// slotOption is a weekly time such as "Mon 09:00-12:00".
func slotOption(lang, slot string) web.Option {
	day, hours, _ := strings.Cut(slot, " ")
	from, to, _ := strings.Cut(hours, "-")
	title := titleIn(options(models.Vocabularies().Days, plainTerm)(lang), day)
	begin, err := time.Parse("15:04", from)
	end, other := time.Parse("15:04", strings.Replace(to, "24:00", "00:00", 1))
	if title == "" || err != nil || other != nil {
		return web.Option{Value: slot, Label: slot}
	}
	return web.Option{Value: slot, Label: title, Hint: web.Clock(lang, begin) + "\u2013\u2060" + web.Clock(lang, end)}
}

// otherOption is a value that a list does not offer: an industry of more digits,
// another time, or a value that the list does not know.
func otherOption(lang, value string) web.Option {
	if strings.Contains(value, " ") {
		return slotOption(lang, value)
	}
	out := web.Option{Value: value, Label: value}
	if title := industryTitle(lang, value); title != "" {
		out.Label += " " + title
	}
	return out
}

// industryTitle is what the code of an industry means, as far as its digits are
// known; "" of anything else.
func industryTitle(lang, code string) string {
	all := models.Vocabularies()
	for _, g := range all.Groups {
		if strings.HasPrefix(code, g.ID) {
			return g.Title.In(lang)
		}
	}
	for _, s := range all.Subsectors {
		if strings.HasPrefix(code, s.ID) {
			return s.Title.In(lang)
		}
	}
	return ""
}

// ownProfile reads the profile of whoever asks on one side, nil if there is
// none yet. The pages know one for each side; the interface for programs knows
// more.
func (s *Server) ownProfile(ctx context.Context, side models.Role) (*models.ProfileRow, error) {
	rows, err := s.Store.ProfilesOf(ctx, actorOf(ctx).ID)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		if rows[i].Profile.Role == side {
			return &rows[i], nil
		}
	}
	return nil, nil //nolint:nilnil // none yet
}

// newProfile begins a profile.
func newProfile(programme string, side models.Role) *models.ProfileRow {
	row := &models.ProfileRow{ProgrammeID: programme, Profile: models.Profile{Role: side, ID: newCode(side), Reliability: -1}}
	if side == models.RoleMentor {
		row.Profile.Capacity = 1
	}
	return row
}

// begun are the profiles that an account begins with, with what was said when
// signing up on the pages; none for programs, which make their own.
func (s *Server) begun(ctx context.Context, up *models.SignUp) ([]*models.ProfileRow, error) {
	if up.Country == "" {
		return nil, nil
	}
	programmes, err := s.oldestFirst(ctx)
	if err != nil {
		return nil, err
	}
	programme := serving(programmes, up.Country)
	var rows []*models.ProfileRow
	for _, side := range (&models.Account{Role: up.Role, BothSides: up.BothSides}).Sides() {
		row := newProfile(programme.ID, side)
		row.Profile.Name, row.Profile.Country, row.Profile.Organization = up.Name, up.Country, up.Organization
		rows = append(rows, row)
	}
	return rows, nil
}

// sidePath is the form of one's profile on a side.
func sidePath(side models.Role) string { return profilePath + "?side=" + side.String() }

// oldestFirst are the programmes that people can join, of which there is one at
// least.
func (s *Server) oldestFirst(ctx context.Context) ([]models.Programme, error) {
	all, err := s.Store.Programmes(ctx)
	if err == nil && len(all) == 0 {
		err = &Error{Code: CodeUnavailable, Key: "problem.no_programme"}
	}
	slices.SortStableFunc(all, func(a, b models.Programme) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return all, err
}

// serving is the programme that people of a country join: the first that serves
// it. Of one that is unknown, or that none serves any more, it is the first.
func serving(programmes []models.Programme, country string) *models.Programme {
	n := slices.IndexFunc(programmes, func(p models.Programme) bool { return p.Countries.Serve(country) })
	return &programmes[max(0, n)]
}

// profilePage shows the form of one's own profile.
func (s *Server) profilePage(ctx context.Context, v *visit) (templ.Component, error) {
	row, err := s.profileOrNew(ctx, v)
	if err != nil {
		return nil, err
	}
	words, err := s.storedWords(ctx, row)
	if err != nil {
		return nil, err
	}
	home, err := s.homeOf(ctx, row)
	if err != nil {
		return nil, err
	}
	programme, err := s.Store.Programme(ctx, row.ProgrammeID)
	if err != nil {
		return nil, err
	}
	return v.profileForm(row, row.Profile.Values(), nil, moreOfProfile{words, home, programme.Countries}), nil
}

// profileOrNew reads the profile of whoever asks, on the side that the address
// names, or begins one.
func (s *Server) profileOrNew(ctx context.Context, v *visit) (*models.ProfileRow, error) {
	side, err := v.actor.side(v.c.Query("side"), "/query/side")
	if err != nil {
		return nil, err
	}
	row, err := s.ownProfile(ctx, side)
	if err != nil || row != nil {
		return row, err
	}
	programmes, err := s.oldestFirst(ctx)
	if err != nil {
		return nil, err
	}
	row = newProfile(serving(programmes, "").ID, side)
	row.AccountID = &v.actor.ID
	return row, s.Store.SaveProfiles(ctx, v.actor.by(), []*models.ProfileRow{row}, nil)
}

// moreOfProfile are the parts of the form that are no columns of people files.
type moreOfProfile struct {
	words     *wordsForm
	home      *homeForm
	countries models.Countries // that the programme serves
}

// filledMore reads what was filled in of them.
func (s *Server) filledMore(ctx context.Context, v *visit, row *models.ProfileRow) (more moreOfProfile, err error) {
	if more.words, err = s.filledWords(ctx, v, row); err != nil {
		return more, err
	}
	programme, err := s.Store.Programme(ctx, row.ProgrammeID)
	if err != nil {
		return more, err
	}
	more.countries = programme.Countries
	more.home, err = s.filledHome(ctx, v, row)
	return more, err
}

// saveMore stores them; they have no problems.
func (s *Server) saveMore(ctx context.Context, v *visit, row *models.ProfileRow, more moreOfProfile) error {
	if err := s.saveHome(ctx, v, row, more.home); err != nil {
		return err
	}
	return s.saveWordsForm(ctx, v, row, more.words)
}

// profileForm is the form with the cells given, and what is wrong with them by
// column.
func (v *visit) profileForm(row *models.ProfileRow, cells, problems map[string]string, more moreOfProfile) templ.Component {
	page := web.Profile{
		Page: *v.Page, Title: v.T("edit.title"), State: v.T("edit.state." + string(row.State)), Post: profilePath, Submit: v.T("edit.save"),
	}
	if len(v.actor.Sides()) > 1 {
		page.Title, page.Post = v.T("me.side_"+row.Profile.Role.String()), sidePath(row.Profile.Role)
	}
	page.Kept, page.Steps = web.Kept{ID: web.ProfileForm, Post: page.Post}, v.ownStepLinks(row)
	for _, g := range v.editorsOf(row.Profile.Role) {
		group := web.FieldGroup{Title: v.T("edit.group." + g.group), Hint: v.groupHint(g.group)}
		for _, e := range g.columns {
			fields := e.fields(v, e.column, cells[e.column])
			if e.column == "country" {
				fields[0].Options = served(fields[0].Options, more.countries, cells[e.column])
			}
			fields[0].Problem = problems[e.column]
			fields[0].Hint = helpOf(e.column, v.Lang)
			fields[0].Required = required(row.Profile.Role, e.column)
			group.Fields = append(group.Fields, fields...)
		}
		if g.group == "who" {
			group.Fields = append(group.Fields, more.home.fields(v, cells["country"])...)
		}
		page.Groups = append(page.Groups, group)
	}
	page.Groups = append(page.Groups, more.words.groups(v, row.Profile.Role)...)
	if row.State == models.ProfileDraft || row.State == models.ProfileMoreInfo {
		page.Submit = v.T("edit.submit")
	}
	return web.ProfilePage(page)
}

// served are the choices of a country that a programme serves, and what was
// chosen.
func served(options []web.Option, countries models.Countries, chosen string) []web.Option {
	return slices.DeleteFunc(options, func(o web.Option) bool { return o.Value != chosen && !countries.Serve(o.Value) })
}

// comesFromOutside says whether somebody would come into the programme from a
// country that it does not serve: who is in it stays.
func (more *moreOfProfile) comesFromOutside(row *models.ProfileRow, country string) bool {
	in := row.State != models.ProfileDraft && row.State != models.ProfileMoreInfo
	return !more.countries.Serve(country) && (!in || country != row.Profile.Country)
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
var hints = map[string]bool{
	"name": true, "organization": true, "sectors": true, "expertise": true, "markets": true, "languages": true, "slots": true,
	"capacity": true, "min_overlap": true,
}

// groupHint says more of the groups that need it.
func (v *visit) groupHint(group string) string {
	if group == "needs" || group == "help" {
		return v.T("edit.group." + group + "_hint")
	}
	return ""
}

// required says whether a side has to fill in a column.
func required(side models.Role, column string) bool {
	return slices.ContainsFunc(models.FieldsOf(side), func(f models.Field) bool { return f.Name == column && f.Required })
}

// cellProblems are the keys of what the form says where the files would speak of
// cells.
var cellProblems = map[string]string{
	"people.required": "form.missing", "people.bad_number": "form.incomplete", "people.unknown_level": "form.incomplete", "people.bad_form": "form.incomplete",
	"people.doubled_item": "form.twice", "people.foreign_region": "form.foreign_region", "people.no_zone": "form.no_zone",
	"people.overlap_without_slots": "form.overlap_without_slots",
}

// problemText is what is wrong with a column, in the words of the form.
func (v *visit) problemText(p models.Problem) string {
	key := cmp.Or(cellProblems[p.Key], p.Key)
	if p.Key == "people.bad_number" && (p.Column == "capacity" || p.Column == "min_overlap") {
		key = "form.number"
	}
	return web.Text(v.Lang, key, p.Args)
}

// saveProfile stores what was filled in. A draft is submitted with it.
func (s *Server) saveProfile(ctx context.Context, v *visit) (templ.Component, error) {
	row, err := s.profileOrNew(ctx, v)
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
			byColumn[p.Column] = v.problemText(p)
		}
	}
	for _, column := range []string{"name", "organization"} {
		if len([]rune(cells[column])) > longestName {
			byColumn[column] = Field{Rule: "max_length", Args: map[string]any{"Max": longestName}}.text(v.Lang)
		}
	}
	more, err := s.filledMore(ctx, v, row)
	if err != nil {
		return nil, err
	}
	if v.switching() {
		return v.profileForm(row, cells, nil, more), nil
	}
	if more.comesFromOutside(row, cells["country"]) && byColumn["country"] == "" {
		byColumn["country"] = v.T("store.country", "Countries", more.countries.List())
	}
	if len(byColumn)+len(more.words.problems(v))+len(more.home.problem) > 0 {
		v.refuse()
		return v.profileForm(row, cells, byColumn, more), nil
	}
	profile.Taken, profile.Synthetic, profile.Reliability = row.Profile.Taken, row.Profile.Synthetic, row.Profile.Reliability
	row.Profile = profile
	if err := s.Store.UpdateProfile(ctx, v.actor.by(), row); err != nil {
		return nil, err
	}
	if err := s.saveMore(ctx, v, row, more); err != nil {
		return nil, err
	}
	if row.State != models.ProfileDraft && row.State != models.ProfileMoreInfo {
		v.goTo(sidePath(row.Profile.Role) + "&done=saved")
		return nil, nil
	}
	if err := s.stepProfile(ctx, row, models.ProfileSubmit); err != nil {
		return nil, err
	}
	v.goTo(v.actor.home() + "?done=submitted")
	return nil, nil
}
