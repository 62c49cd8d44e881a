package models

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// ProfileRow is a profile as it is stored: part of one programme, perhaps somebody's account, in one state.
type ProfileRow struct {
	UID            string `gorm:"column:id;primaryKey"`
	ProgrammeID    string
	AccountID      *string // nil for people who were imported and have not signed in
	OrganizationID *string // the home organisation
	State          ProfileState
	Profile        Profile `gorm:"embedded"`
	Version        int     // counts the changes; whoever writes says which version was read
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

// Erased says whether its owner was erased: nothing of the profile is left but its id.
func (p *ProfileRow) Erased() bool { return p.Profile.ID == "erased-"+p.UID }

// TableName is the table of profiles.
func (ProfileRow) TableName() string { return "profiles" }

// Value writes a role as its name.
func (r Role) Value() (driver.Value, error) { return r.String(), nil }

// Scan reads the name of a role.
func (r *Role) Scan(value any) error {
	text, ok := value.(string)
	if raw, is := value.([]byte); is {
		text, ok = string(raw), true
	}
	switch {
	case ok && text == RoleMentor.String():
		*r = RoleMentor
	case ok && text == RoleMentee.String():
		*r = RoleMentee
	default:
		return fmt.Errorf("models: no role: %v", value)
	}
	return nil
}

// written are the columns that UpdateProfile writes: what a person or staff says of a profile. Places used, state and
// where the profile belongs change by verbs of their own.
var written = []string{
	"name", "country", "region", "time_zone", "languages", "sectors", "slots", "cadence", "formats", "organization", "conflicts",
	"wishes", "targets", "needs", "stage", "min_overlap", "expertise", "markets", "stages", "capacity", "paused", "reliability",
	"version", "updated_at",
}
