package web

// Profile is the form of a person's profile on one page. Title, State and
// Submit are in the reader's language.
type Profile struct {
	Page
	Title  string
	State  string // where the profile stands, "" to say nothing
	Groups []FieldGroup
	Post   string
	Submit string // on the button
	Steps  []Link // what else can be done with the profile, none if nothing can
}

// ProfileForm is the id of the form.
const ProfileForm = "profile"

// FieldGroup is a part of a long form.
type FieldGroup struct {
	Title, Hint string
	Fields      []Field
}

// fields are those of all groups.
func (v Profile) fields() (all []Field) {
	for _, g := range v.Groups {
		all = append(all, g.Fields...)
	}
	return all
}
