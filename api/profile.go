package api

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"puente/models"
)

var (
	createProfile = huma.Operation{
		OperationID: "create-profile", Method: http.MethodPost, Path: "/api/v1/profiles", Tags: []string{"profiles"}, DefaultStatus: http.StatusCreated,
		Summary:     "Make a profile in a programme, as a draft",
		Description: "Entrepreneurs have the role mentee, mentors the role mentor, others both; one profile of a role in each programme.",
		Errors:      []int{http.StatusConflict},
	}
	listProfiles = huma.Operation{
		OperationID: "list-profiles", Method: http.MethodGet, Path: "/api/v1/profiles", Tags: []string{"profiles"},
		Summary: "The profiles of a programme on one side, the oldest first",
	}
	getProfile = huma.Operation{
		OperationID: "get-profile", Method: http.MethodGet, Path: "/api/v1/profiles/{id}", Tags: []string{"profiles"}, Summary: "One profile",
	}
	updateProfile = huma.Operation{
		OperationID: "update-profile", Method: http.MethodPut, Path: "/api/v1/profiles/{id}", Tags: []string{"profiles"},
		Summary: "Write a profile anew", Description: "If-Match must name the version that was read, by its ETag.",
		Errors: []int{http.StatusConflict, http.StatusPreconditionFailed, http.StatusPreconditionRequired},
	}
	moveProfile = huma.Operation{
		OperationID: "move-profile", Method: http.MethodPost, Path: "/api/v1/profiles/{id}/moves", Tags: []string{"profiles"},
		Summary:     "Take a profile through one step of its states",
		Description: "The owner may submit, pause, wait (again) and withdraw; staff may ask, approve, wait, pause, freeze, refer and block.",
		Errors:      []int{http.StatusConflict},
	}
	orderWishes = huma.Operation{
		OperationID: "order-wishes", Method: http.MethodPut, Path: "/api/v1/profiles/{id}/wishes", Tags: []string{"profiles"},
		Summary: "Order an entrepreneur's wishes", Description: "Up to five mentors by code, most wanted first; an empty list takes the wishes back. " +
			"If-Match must name the version of the profile that was read, by its ETag.",
		Errors: []int{http.StatusConflict, http.StatusPreconditionFailed, http.StatusPreconditionRequired},
	}
)

// Person is what a profile says of a person or firm; the members are the
// columns of docs/people-files.md. Members of the other side stay empty.
type Person struct {
	Name         string          `json:"name,omitempty" maxLength:"200"`
	Country      string          `json:"country" enum:"US,CA,MX"`
	Region       string          `json:"region,omitempty" pattern:"^[A-Z]{2}-[A-Z0-9]{1,3}$" example:"MX-OAX"`
	TimeZone     string          `json:"timezone,omitempty" maxLength:"64" example:"America/Mexico_City"`
	Languages    []LanguageLevel `json:"languages" minItems:"1" maxItems:"20"`
	Sectors      []Item          `json:"sectors" minItems:"1" maxItems:"20" doc:"NAICS codes of 2 to 6 digits"`
	Targets      []Item          `json:"targets,omitempty" maxItems:"100" doc:"Mentees: countries or regions to sell to"`
	Needs        []Need          `json:"needs,omitempty" maxItems:"5" doc:"Mentees: at least one"`
	Stage        string          `json:"stage,omitempty" maxLength:"40"`
	Expertise    []Expertise     `json:"expertise,omitempty" maxItems:"60" doc:"Mentors: at least one"`
	Markets      []Market        `json:"markets,omitempty" maxItems:"100" doc:"Mentors: where they have experience"`
	Stages       []Item          `json:"stages,omitempty" maxItems:"10"`
	Capacity     *int            `json:"capacity,omitempty" minimum:"0" maximum:"6" doc:"Mentors: mentees at one time; 1 when not given"`
	Slots        []Slot          `json:"slots,omitempty" maxItems:"100"`
	MinOverlap   int             `json:"min_overlap,omitempty" minimum:"0" maximum:"10080" doc:"Mentees: minutes a week that both calendars must share"`
	Cadence      string          `json:"cadence,omitempty" maxLength:"40"`
	Format       []Item          `json:"format,omitempty" maxItems:"10"`
	Organization string          `json:"organization,omitempty" maxLength:"200"`
	Conflicts    []Item          `json:"conflicts,omitempty" maxItems:"200" doc:"Codes of people never to be paired with"`
	Wishes       []Item          `json:"wishes,omitempty" maxItems:"5" doc:"Codes of people of the other side, most wanted first"`
	Paused       bool            `json:"paused,omitempty" doc:"Mentors: takes nobody for now"`
}

// PersonSoFar is what a profile says up to now: a draft may lack what it needs
// before it is submitted.
type PersonSoFar Person

// TransformSchema lets be missing what only a draft may lack.
func (*PersonSoFar) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	s.Properties["country"].Enum = append(s.Properties["country"].Enum, "")
	s.Properties["languages"].MinItems, s.Properties["sectors"].MinItems = nil, nil
	return s
}

// Item is one value of a list of a person.
type Item string

// Schema keeps out what separates the values of a cell.
func (Item) Schema(huma.Registry) *huma.Schema {
	most := 80
	s := &huma.Schema{Type: huma.TypeString, Pattern: "^[^;]+$", MaxLength: &most}
	s.PrecomputeMessages()
	return s
}

// LanguageLevel is a language that somebody speaks.
type LanguageLevel struct {
	Language string `json:"language" pattern:"^[A-Za-z0-9-]{2,35}$" example:"es"`
	Level    string `json:"level" pattern:"^[A-Za-z0-9]{2,8}$" example:"native"`
}

// Need is a topic that a mentee wants help with.
type Need struct {
	Topic    string `json:"topic" pattern:"^[a-z0-9_.]{2,80}$" example:"rules_of_origin"`
	Priority int    `json:"priority" minimum:"1" maximum:"5" doc:"1 is the most important"`
}

// Expertise is a topic that a mentor can help with.
type Expertise struct {
	Topic  string `json:"topic" pattern:"^[a-z0-9_.]{2,80}$" example:"rules_of_origin"`
	Level  int    `json:"level" minimum:"1" maximum:"3" doc:"1 knows it, 2 has done it, 3 teaches it"`
	Market string `json:"market,omitempty" enum:"US,CA,MX,"`
}

// Market is a place in which a mentor has experience.
type Market struct {
	Place string `json:"place" pattern:"^[A-Z]{2}(-[A-Z0-9]{1,3})?$" example:"MX-JAL"`
	Level int    `json:"level" minimum:"1" maximum:"3"`
}

// Slot is a weekly time in which somebody can meet, in local time.
type Slot struct {
	Day  string `json:"day" enum:"Mon,Tue,Wed,Thu,Fri,Sat,Sun"`
	From string `json:"from" pattern:"^[0-2][0-9]:[0-5][0-9]$" example:"09:00"`
	To   string `json:"to" pattern:"^[0-2][0-9]:[0-5][0-9]$" example:"12:00"`
}

// Profile is a profile with where it stands.
type Profile struct {
	ID        string              `json:"id" format:"uuid"`
	Programme string              `json:"programme" format:"uuid"`
	Role      string              `json:"role" enum:"mentee,mentor"`
	Code      string              `json:"code" doc:"The id of people files and rounds"`
	State     models.ProfileState `json:"state"`
	Used      int                 `json:"used" doc:"Mentors: places that are taken"`
	Version   int                 `json:"version"`
	Home      *string             `json:"home_organization,omitempty" format:"uuid" doc:"Whose reviewers see the profile"`
	Person    PersonSoFar         `json:"person"`
	Synthetic bool                `json:"synthetic,omitempty" doc:"Made up for a demonstration"`
}

// The members of a person as the cells of a people file.

func (p *Person) values(code string) map[string]string {
	values := map[string]string{
		"id": code, "name": p.Name, "country": p.Country, "region": p.Region, "timezone": p.TimeZone, "stage": p.Stage, "cadence": p.Cadence,
		"organization": p.Organization,
		"languages":    cell(p.Languages, func(l LanguageLevel) string { return l.Language + ":" + l.Level }),
		"sectors":      cell(p.Sectors, itemCell), "targets": cell(p.Targets, itemCell), "stages": cell(p.Stages, itemCell),
		"format": cell(p.Format, itemCell), "conflicts": cell(p.Conflicts, itemCell), "wishes": cell(p.Wishes, itemCell),
		"needs":     cell(p.Needs, func(n Need) string { return n.Topic + ":" + strconv.Itoa(n.Priority) }),
		"expertise": cell(p.Expertise, expertiseCell),
		"markets":   cell(p.Markets, func(m Market) string { return m.Place + ":" + strconv.Itoa(m.Level) }),
		"slots":     cell(p.Slots, func(s Slot) string { return s.Day + " " + s.From + "-" + s.To }),
	}
	if p.Capacity != nil {
		values["capacity"] = strconv.Itoa(*p.Capacity)
	}
	if p.MinOverlap > 0 {
		values["min_overlap"] = strconv.Itoa(p.MinOverlap)
	}
	if p.Paused {
		values["paused"] = "yes"
	}
	for name, value := range values {
		if value == "" {
			delete(values, name)
		}
	}
	return values
}

func cell[T any](items []T, write func(T) string) string {
	var out []string
	for _, item := range items {
		out = append(out, write(item))
	}
	return strings.Join(out, ";")
}

func itemCell(i Item) string { return string(i) }

func expertiseCell(e Expertise) string {
	out := e.Topic + ":" + strconv.Itoa(e.Level)
	if e.Market != "" {
		out += "@" + e.Market
	}
	return out
}

// personOf writes a profile's members.
func personOf(p *models.Profile) PersonSoFar {
	out := PersonSoFar{
		Name: p.Name, Country: p.Country, Region: p.Region, TimeZone: p.TimeZone, Languages: []LanguageLevel{}, Sectors: []Item{}, Targets: items(p.Targets),
		Stage: p.Stage, Stages: items(p.Stages), MinOverlap: p.MinOverlap, Cadence: p.Cadence, Format: items(p.Formats), Organization: p.Organization,
		Conflicts: items(p.Conflicts), Wishes: items(p.Wishes), Paused: p.Paused,
	}
	for _, l := range p.Languages {
		out.Languages = append(out.Languages, LanguageLevel(l))
	}
	for _, c := range p.Sectors {
		out.Sectors = append(out.Sectors, Item(c.Raw))
	}
	for _, n := range p.Needs {
		out.Needs = append(out.Needs, Need(n))
	}
	for _, e := range p.Expertise {
		out.Expertise = append(out.Expertise, Expertise(e))
	}
	for _, m := range p.Markets {
		out.Markets = append(out.Markets, Market(m))
	}
	v := models.Vocabularies()
	for _, s := range p.Slots {
		out.Slots = append(out.Slots, Slot{v.Days[s.Day-1].ID, clockText(s.From), clockText(s.To)})
	}
	if p.Role == models.RoleMentor {
		out.Capacity = &p.Capacity
	}
	return out
}

func items(values []string) (out []Item) {
	for _, v := range values {
		out = append(out, Item(v))
	}
	return out
}

func clockText(minutes int) string {
	return strconv.Itoa(minutes/600) + strconv.Itoa(minutes/60%10) + ":" + strconv.Itoa(minutes%60/10) + strconv.Itoa(minutes%10)
}

func profileOf(p *models.ProfileRow) Profile {
	return Profile{
		p.UID, p.ProgrammeID, p.Profile.Role.String(), p.Profile.ID, p.State, p.Profile.Taken, p.Version, p.OrganizationID, personOf(&p.Profile),
		p.Profile.Synthetic,
	}
}

type profileIn struct {
	LanguageInput
	Body struct {
		Programme string `json:"programme" format:"uuid"`
		Role      string `json:"role,omitempty" enum:"mentee,mentor" doc:"For those who take part on both sides; the first side of the account when not given"`
		Person    Person `json:"person"`
	}
}

// side is the side of an account that a request names, its first one when it
// names none; place is where it stands.
func (a *actor) side(name, place string) (models.Role, error) {
	sides := a.Sides()
	if len(sides) == 0 {
		return 0, &Error{Code: CodeForbidden, Key: "problem.no_side"}
	}
	for _, side := range sides {
		if name == "" || name == side.String() {
			return side, nil
		}
	}
	return 0, &Error{Code: CodeInvalid, Fields: []Field{{place, "nothing", nil}}}
}

func (s *Server) createProfile(ctx context.Context, in *profileIn) (*created[Profile], error) {
	a := actorOf(ctx)
	side, err := a.side(in.Body.Role, "/body/role")
	if err != nil {
		return nil, err
	}
	if _, err := s.Store.Programme(ctx, in.Body.Programme); err != nil {
		return nil, misplaced(err, "/body/programme")
	}
	row := &models.ProfileRow{ProgrammeID: in.Body.Programme, AccountID: &a.ID}
	if err := in.Body.Person.into(row, side, newCode(side)); err != nil {
		return nil, err
	}
	if err := s.Store.SaveProfiles(ctx, a.by(), []*models.ProfileRow{row}, nil); err != nil {
		return nil, err
	}
	return &created[Profile]{Location: "/api/v1/profiles/" + row.UID, ETag: etag(row.Version), Body: profileOf(row)}, nil
}

// newCode makes the code of a new profile.
func newCode(side models.Role) string {
	if side == models.RoleMentor {
		return "M-" + rand.Text()[:8]
	}
	return "E-" + rand.Text()[:8]
}

// into reads a person into a row, by the rules of the people files.
func (p *Person) into(row *models.ProfileRow, side models.Role, code string) error {
	profile, problems := models.ParsePerson(side, p.values(code))
	if problems.Errors() > 0 {
		return fieldProblems("/body/person", problems)
	}
	profile.Taken, profile.Reliability, profile.Synthetic = row.Profile.Taken, -1, row.Profile.Synthetic
	if row.UID != "" {
		profile.Reliability = row.Profile.Reliability
	}
	row.Profile = profile
	return nil
}

// misplaced says that an id of the request names nothing.
func misplaced(err error, place string) error {
	if models.CodeOf(err) == models.CodeNotFound {
		return &Error{Code: CodeInvalid, Fields: []Field{{place, "nothing", nil}}, Err: err}
	}
	return err
}

// owns says whether a profile is the actor's own.
func (a *actor) owns(p *models.ProfileRow) bool { return p.AccountID != nil && *p.AccountID == a.ID }

// IDInput names the object of an operation. It is exported since huma looks
// into no other embedded types.
type IDInput struct {
	LanguageInput
	ID string `path:"id" format:"uuid"`
}

func (s *Server) getProfile(ctx context.Context, in *IDInput) (*read[Profile], error) {
	row, err := s.Store.Profile(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &read[Profile]{etag(row.Version), profileOf(row)}, nil
}

type profilesIn struct {
	LanguageInput
	Programme string `query:"programme" required:"true" format:"uuid"`
	Role      string `query:"role" required:"true" enum:"mentee,mentor"`
	State     string `query:"state" enum:"draft,submitted,more_info,approved,waiting,paused,frozen,withdrawn,blocked,referred"`
	PageInput
}

func (s *Server) profiles(ctx context.Context, in *profilesIn) (*list[Profile], error) {
	of := models.People{Programme: in.Programme, Role: models.RoleMentee, State: models.ProfileState(in.State), Homes: actorOf(ctx).homes(in.Programme)}
	if in.Role == models.RoleMentor.String() {
		of.Role = models.RoleMentor
	}
	read := func(p models.Part) ([]models.ProfileRow, error) { return s.Store.ProfilesPart(ctx, of, p) }
	return pageOf(ctx, s, in.PageInput, read, func(p *models.ProfileRow) string { return p.UID }, always(profileOf))
}

type updateIn struct {
	IDInput
	MatchInput
	Body struct {
		Person Person `json:"person"`
	}
}

func (s *Server) updateProfile(ctx context.Context, in *updateIn) (*read[Profile], error) {
	row, err := s.Store.Profile(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := in.unchanged(row.Version); err != nil {
		return nil, err
	}
	if err := in.Body.Person.into(row, row.Profile.Role, row.Profile.ID); err != nil {
		return nil, err
	}
	if err := s.Store.UpdateProfile(ctx, actorOf(ctx).by(), row); err != nil {
		return nil, notServed(err, "/body/person")
	}
	return &read[Profile]{etag(row.Version), profileOf(row)}, nil
}

type moveProfileIn struct {
	IDInput
	Body struct {
		Event models.ProfileEvent `json:"event" enum:"submit,ask,approve,wait,pause,freeze,withdraw,block,refer"`
	}
}

func (s *Server) moveProfile(ctx context.Context, in *moveProfileIn) (*read[Profile], error) {
	row, err := s.Store.Profile(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := s.stepProfile(ctx, row, in.Body.Event); err != nil {
		return nil, err
	}
	if row, err = s.Store.Profile(ctx, in.ID); err != nil {
		return nil, err
	}
	return &read[Profile]{etag(row.Version), profileOf(row)}, nil
}

// stepProfile takes a profile through a step if the actor may. Somebody whom
// staff froze or did not approve does not get in by waiting.
func (s *Server) stepProfile(ctx context.Context, row *models.ProfileRow, event models.ProfileEvent) error {
	a := actorOf(ctx)
	if !allows(steps[event], a, profileScope(row)) || a.owns(row) && event == models.ProfileWait && row.State != models.ProfilePaused {
		return &Error{Code: CodeForbidden}
	}
	if event == models.ProfileSubmit { // a draft may lack what a round needs
		if _, problems := models.ParsePerson(row.Profile.Role, row.Profile.Values()); problems.Errors() > 0 {
			return fieldProblems("/person", problems)
		}
	}
	_, err := s.Store.MoveProfile(ctx, a.by(), row.UID, event)
	return notServed(err, "/person")
}

// notServed places the error that a programme does not serve somebody's country
// below the base; every other stays as it is.
func notServed(err error, base string) error {
	e := (*models.Error)(nil)
	if !errors.As(err, &e) || e.Field != "country" || e.Code != models.CodeInvalid {
		return err
	}
	return &Error{Code: CodeInvalid, Key: e.Key, Args: e.Args, Fields: []Field{{base + pointer(e.Field), e.Key, e.Args}}, Err: err}
}

type wishesIn struct {
	IDInput
	MatchInput
	Body struct {
		Wishes []string `json:"wishes" maxItems:"5" nullable:"false" doc:"Codes of mentors, most wanted first"`
	}
}

func (s *Server) orderWishes(ctx context.Context, in *wishesIn) (*read[Profile], error) {
	row, err := s.Store.Profile(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := in.unchanged(row.Version); err != nil {
		return nil, err
	}
	if err := s.Store.OrderWishes(ctx, actorOf(ctx).by(), row, in.Body.Wishes); err != nil {
		return nil, err
	}
	return &read[Profile]{etag(row.Version), profileOf(row)}, nil
}
