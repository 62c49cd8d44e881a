package models

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// SaveProfiles stores new profiles and changes others as UpdateProfile does, whether somebody is made up too: all of them
// or none. It sets the ids of new ones and starts their versions; their state is draft when not given. Past the draft the
// country of somebody must be one that the programme serves. A code that the programme has already, or a second profile of
// an account in one role, is a conflict. After an error the rows given are of no use.
func (s *Store) SaveProfiles(ctx context.Context, by Actor, created, updated []*ProfileRow) error {
	if err := checkText(slices.Concat(created, updated)); err != nil {
		return err
	}
	updated = slices.SortedFunc(slices.Values(updated), func(a, b *ProfileRow) int { return strings.Compare(a.UID, b.UID) }) // as others lock them
	return s.write(ctx, "profile", func(g *gorm.DB) error {
		if err := cmp.Or(lockOwners(g, created), s.entering(g, updated)); err != nil {
			return err
		}
		if err := s.addProfiles(g, by, created); err != nil {
			return err
		}
		for _, p := range updated {
			if err := s.updateProfile(g, p, append(slices.Clone(written), "synthetic")...); err != nil {
				return err
			}
			if err := s.Audit(g, by, "profile.update", "profiles", p.UID, map[string]any{"version": p.Version}); err != nil {
				return err
			}
		}
		return nil
	})
}

// lockOwners locks the accounts of profiles, none of which may have been erased.
func lockOwners(g *gorm.DB, profiles []*ProfileRow) error {
	var ids []string
	for _, p := range profiles {
		if p.AccountID != nil {
			ids = append(ids, *p.AccountID)
		}
	}
	slices.Sort(ids) // one order, so that no two wait for each other
	for _, id := range slices.Compact(ids) {
		if err := lockOwner(g, id, &Account{}); err != nil {
			return err
		}
	}
	return nil
}

// addProfiles is SaveProfiles for new ones, in a transaction of the caller.
func (s *Store) addProfiles(g *gorm.DB, by Actor, created []*ProfileRow) error {
	for _, p := range created {
		p.UID, p.Version, p.State = newID(s.now()), 1, cmp.Or(p.State, ProfileDraft)
		if err := s.apart(g, p); err != nil {
			return err
		}
	}
	if err := s.entering(g, created); err != nil {
		return err
	}
	if err := g.CreateInBatches(created, batch).Error; err != nil {
		return err
	}
	for _, p := range created {
		if err := s.Audit(g, by, "profile.create", "profiles", p.UID, nil); err != nil {
			return err
		}
	}
	return nil
}

// apart keeps the two sides of one account from being paired with each other: a profile has that of the other side
// among its conflicts, whatever its owner says.
func (*Store) apart(g *gorm.DB, p *ProfileRow) error {
	if p.AccountID == nil {
		return nil
	}
	var codes []string
	err := g.Model(&ProfileRow{}).Where("account_id = ? AND programme_id = ? AND role <> ?", *p.AccountID, p.ProgrammeID, p.Profile.Role).
		Pluck("code", &codes).Error
	for _, code := range codes {
		if !slices.Contains(p.Profile.Conflicts, code) {
			p.Profile.Conflicts = append(slices.Clone(p.Profile.Conflicts), code)
		}
	}
	return err
}

// batch is the number of rows that one statement writes: well below the parameters that a statement may have.
const batch = 200

// Profile reads the profile of an id.
func (s *Store) Profile(ctx context.Context, id string) (*ProfileRow, error) {
	var p ProfileRow
	err := s.Gorm.WithContext(ctx).Where("id = ?", id).First(&p).Error
	return found(&p, "profile", err)
}

// ProfileByCode reads the profile that people files and rounds of a programme call by a code.
func (s *Store) ProfileByCode(ctx context.Context, programme, code string) (*ProfileRow, error) {
	var p ProfileRow
	err := s.Gorm.WithContext(ctx).Where("programme_id = ? AND code = ?", programme, code).First(&p).Error
	return found(&p, "profile", err)
}

// ProfilesOf reads the profiles of an account, oldest first.
func (s *Store) ProfilesOf(ctx context.Context, account string) (all []ProfileRow, err error) {
	err = s.Gorm.WithContext(ctx).Where("account_id = ?", account).Order("created_at, id").Find(&all).Error
	return all, failed("profile", err)
}

// Profiles reads the profiles of one role in a programme, in any of the states (all when none is given), by code;
// without those of accounts whose address is not proven.
func (s *Store) Profiles(ctx context.Context, programme string, role Role, states ...ProfileState) (all []ProfileRow, err error) {
	g := ofProven(s.Gorm.WithContext(ctx)).Where("programme_id = ? AND role = ?", programme, role)
	if len(states) > 0 {
		g = g.Where("state IN ?", states)
	}
	err = g.Find(&all).Error
	slices.SortFunc(all, func(a, b ProfileRow) int { return strings.Compare(a.Profile.ID, b.Profile.ID) }) // databases sort texts in their own ways
	return all, failed("profile", err)
}

// People says whose profiles are meant: those of a programme with certain homes, of one side and in one state if these
// are given.
type People struct {
	Programme string
	Role      Role
	State     ProfileState
	Homes     Homes
}

// Homes are home organisations of profiles: some, which may be none, unless everybody or those without one are meant.
type Homes struct {
	Any, Missing bool
	Of           []string
}

// of leaves these people in a query; without those of accounts whose address is not proven.
func (p *People) of(g *gorm.DB) *gorm.DB {
	g = ofProven(g).Where("programme_id = ?", p.Programme)
	if p.Role != 0 {
		g = g.Where("role = ?", p.Role)
	}
	if p.State != "" {
		g = g.Where("state = ?", p.State)
	}
	switch {
	case p.Homes.Any:
		return g
	case p.Homes.Missing:
		return g.Where("organization_id IS NULL")
	}
	return g.Where("organization_id IN ?", p.Homes.Of)
}

// ProfilesPart reads profiles, the oldest first.
func (s *Store) ProfilesPart(ctx context.Context, of People, part Part) (some []ProfileRow, err error) {
	err = oldest(of.of(s.Gorm.WithContext(ctx)), []Part{part}).Find(&some).Error
	return some, failed("profile", err)
}

// ProfilesByID reads profiles of some ids, at most some thousand, without those of accounts whose address is not proven.
func (s *Store) ProfilesByID(ctx context.Context, ids []string) (map[string]*ProfileRow, error) {
	var rows []ProfileRow
	err := ofProven(s.Gorm.WithContext(ctx)).Where("id IN ?", ids).Find(&rows).Error
	people := map[string]*ProfileRow{}
	for i := range rows {
		people[rows[i].UID] = &rows[i]
	}
	return people, failed("profile", err)
}

// SetHome writes the home organisation of a profile, nil for none, provided that the stored version is still p.Version.
func (s *Store) SetHome(ctx context.Context, by Actor, p *ProfileRow, organization *string) error {
	change := *p // p must not change if the transaction fails
	change.OrganizationID = organization
	err := s.write(ctx, "profile", func(g *gorm.DB) error {
		if organization != nil {
			if err := g.Where("id = ?", organization).First(&Organization{}).Error; errors.Is(err, gorm.ErrRecordNotFound) {
				return invalid("organization", "store.grant_organization")
			} else if err != nil {
				return err
			}
		}
		if err := s.updateProfile(g, &change, "organization_id", "version", "updated_at"); err != nil {
			return err
		}
		return s.Audit(g, by, "profile.home", "profiles", p.UID, map[string]any{"organization": organization})
	})
	if err == nil {
		*p = change
	}
	return err
}

// Names reads the names of the people of a programme by their codes, without those of accounts whose address is not proven.
func (s *Store) Names(ctx context.Context, programme string) (map[string]string, error) {
	var rows []struct{ Code, Name string }
	err := ofProven(s.Gorm.WithContext(ctx).Model(&ProfileRow{})).Where("programme_id = ?", programme).Select("code, name").Scan(&rows).Error
	names := make(map[string]string, len(rows))
	for _, r := range rows {
		names[r.Code] = r.Name
	}
	return names, failed("profile", err)
}

// CountProfiles counts profiles by state.
func (s *Store) CountProfiles(ctx context.Context, of People) (map[ProfileState]int, error) {
	var rows []struct {
		State ProfileState
		N     int
	}
	err := of.of(s.Gorm.WithContext(ctx).Model(&ProfileRow{})).Select("state, count(*) AS n").Group("state").Scan(&rows).Error
	counts := map[ProfileState]int{}
	for _, r := range rows {
		counts[r.State] = r.N
	}
	return counts, failed("profile", err)
}

// CountOutside counts the people whom a programme does not serve by its countries, although they were sent to it or are in
// it, as Profiles reads them: it served them once.
func (s *Store) CountOutside(ctx context.Context, p *Programme) (int, error) {
	var n int64
	err := ofProven(s.Gorm.WithContext(ctx).Model(&ProfileRow{})).
		Where("programme_id = ? AND state IN ? AND country NOT IN ?", p.ID, inside, append(p.Countries.List(), "")).Count(&n).Error
	return int(n), failed("profile", err)
}

// CountHomes counts the profiles by home organisation, as Profiles reads them, in all programmes.
func (s *Store) CountHomes(ctx context.Context) (map[string]int, error) {
	var rows []struct {
		OrganizationID string
		N              int
	}
	err := ofProven(s.Gorm.WithContext(ctx).Model(&ProfileRow{})).Select("organization_id, count(*) AS n").
		Where("organization_id IS NOT NULL").Group("organization_id").Scan(&rows).Error
	counts := map[string]int{}
	for _, r := range rows {
		counts[r.OrganizationID] = r.N
	}
	return counts, failed("profile", err)
}

// LastChange reads when a profile of a programme was last changed, the zero time when there is none.
// Cost: one row, by an index.
func (s *Store) LastChange(ctx context.Context, programme string) (time.Time, error) {
	var last []time.Time
	err := s.Gorm.WithContext(ctx).Model(&ProfileRow{}).Where("programme_id = ?", programme).Order("updated_at DESC").Limit(1).Pluck("updated_at", &last).Error
	if len(last) == 0 {
		return time.Time{}, failed("profile", err)
	}
	return last[0].UTC(), failed("profile", err)
}

// Engine gives the profiles as the engine's input is made from them, in the same order.
func Engine(rows []ProfileRow) []Profile {
	people := make([]Profile, len(rows))
	for i := range rows {
		people[i] = rows[i].Profile
	}
	return people
}

// UpdateProfile writes what p says of a person, provided that the stored version is still p.Version; otherwise the
// error is stale and nothing is written. Role, code, state, places used and owner stay as they are. A capacity below
// the places used is invalid, and so is, past the draft, a move to a country that the programme does not serve.
func (s *Store) UpdateProfile(ctx context.Context, by Actor, p *ProfileRow) error {
	if err := checkText(p); err != nil {
		return err
	}
	return s.write(ctx, "profile", func(g *gorm.DB) error {
		if err := s.entering(g, []*ProfileRow{p}); err != nil {
			return err
		}
		if err := s.updateProfile(g, p, written...); err != nil {
			return err
		}
		return s.Audit(g, by, "profile.update", "profiles", p.UID, map[string]any{"version": p.Version})
	})
}

// updateProfile writes columns of a profile whose version is still the one that was read, and counts it up.
func (s *Store) updateProfile(g *gorm.DB, p *ProfileRow, columns ...string) error {
	change := *p // p must not change if the transaction fails
	if slices.Contains(columns, "conflicts") {
		if err := s.apart(g, &change); err != nil {
			return err
		}
	}
	change.Version, change.UpdatedAt = p.Version+1, s.now()
	done := g.Model(&ProfileRow{}).Where("id = ? AND version = ?", p.UID, p.Version).Where(profileNotErased).Select(columns).UpdateColumns(&change)
	if err := stale(g.Where(profileNotErased), done, &ProfileRow{}, p.UID); err != nil {
		return err
	}
	p.Version, p.UpdatedAt, p.Profile.Conflicts = change.Version, change.UpdatedAt, change.Profile.Conflicts
	return nil
}

// stale turns a guarded update that touched no row into an error: not found, or stale.
func stale(g, done *gorm.DB, row any, id string) error {
	if done.Error != nil || done.RowsAffected > 0 {
		return done.Error
	}
	var n int64
	if err := g.Model(row).Where("id = ?", id).Count(&n).Error; err != nil {
		return err
	}
	if n == 0 {
		return gorm.ErrRecordNotFound
	}
	return &Error{Code: CodeStale, Key: "store.stale"}
}

// gone are the states of people who no longer answer offers.
var gone = []ProfileState{ProfileFrozen, ProfileWithdrawn, ProfileBlocked, ProfileReferred}

// MoveProfile takes a profile through one step of its states and gives the new state. Who is submitted or approved must
// be of a country that the programme serves.
func (s *Store) MoveProfile(ctx context.Context, by Actor, id string, event ProfileEvent) (to ProfileState, err error) {
	err = s.write(ctx, "profile", func(g *gorm.DB) error {
		var p ProfileRow
		if err := lockProfile(g, id, &p); err != nil {
			return err
		}
		if to, err = p.State.Next(event); err != nil {
			return err
		}
		if event == ProfileSubmit {
			if err := s.proven(g, &p); err != nil {
				return err
			}
		}
		if event == ProfileSubmit || event == ProfileApprove {
			if err := s.mayEnter(g, &p); err != nil {
				return err
			}
		}
		from := p.State
		p.State = to
		if err := s.updateProfile(g, &p, "state", "version", "updated_at"); err != nil {
			return err
		}
		if slices.Contains(gone, to) {
			if err := s.dropOffers(g, by, id); err != nil {
				return err
			}
		}
		return s.Audit(g, by, "profile."+string(event), "profiles", id, map[string]any{"from": from, "to": to})
	})
	return to, err
}

// proven refuses a profile whose owner has not proven the address: no time of staff is spent on it.
func (*Store) proven(g *gorm.DB, p *ProfileRow) error {
	var n int64
	err := g.Model(&Account{}).Where("id = ? AND verified_at IS NULL", p.AccountID).Count(&n).Error
	if err == nil && n > 0 {
		err = &Error{Code: CodeConflict, Key: "store.unverified"}
	}
	return err
}

// ofProven leaves out the profiles of accounts whose address is not proven: staff see none of them, in whatever state.
func ofProven(g *gorm.DB) *gorm.DB {
	return g.Where("NOT EXISTS (SELECT 1 FROM accounts a WHERE a.id = profiles.account_id AND a.verified_at IS NULL)")
}

// ClaimProfile gives a profile without an owner to an account whose address is proven.
func (s *Store) ClaimProfile(ctx context.Context, by Actor, id, account string) error {
	return s.write(ctx, "profile", func(g *gorm.DB) error {
		if err := lockOwner(g, account, &Account{}); err != nil {
			return err
		}
		done := g.Model(&ProfileRow{}).Where("id = ? AND account_id IS NULL", id).
			Updates(map[string]any{"account_id": account, "version": gorm.Expr("version + 1"), "updated_at": s.now()})
		if err := stale(g, done, &ProfileRow{}, id); err != nil {
			return err
		}
		var p ProfileRow
		if err := g.Where("id = ?", id).First(&p).Error; err != nil {
			return err
		}
		if err := cmp.Or(s.proven(g, &p), s.apart(g, &p)); err != nil {
			return err
		}
		if err := g.Model(&ProfileRow{}).Where("id = ?", id).Select("conflicts").UpdateColumns(&p).Error; err != nil {
			return err
		}
		return s.Audit(g, by, "profile.claim", "profiles", id, map[string]any{"account": account})
	})
}

// OrderWishes sets the mentors that a mentee would like, most wanted first, by their codes. Each must be a mentor of
// the programme, none may be named twice, and there are at most five.
func (s *Store) OrderWishes(ctx context.Context, by Actor, p *ProfileRow, wishes []string) error {
	once := slices.Compact(slices.Sorted(slices.Values(wishes)))
	if len(wishes) > maxWishes || len(once) != len(wishes) {
		return invalid("wishes", "store.bad_wishes")
	}
	return s.write(ctx, "profile", func(g *gorm.DB) error {
		var n int64
		err := g.Model(&ProfileRow{}).Where("programme_id = ? AND role = ? AND code IN ?", p.ProgrammeID, RoleMentor, once).Count(&n).Error
		if err != nil {
			return err
		}
		if p.Profile.Role != RoleMentee || int(n) != len(wishes) {
			return invalid("wishes", "store.bad_wishes")
		}
		change := *p
		change.Profile.Wishes = slices.Clone(wishes)
		if err := s.updateProfile(g, &change, "wishes", "version", "updated_at"); err != nil {
			return err
		}
		*p = change
		return s.Audit(g, by, "profile.wishes", "profiles", p.UID, map[string]any{"wishes": len(wishes)})
	})
}

// locked reads rows that nobody else may change until the transaction ends; rows that refer to them may be added, so
// that those who only add do not wait for those who change. SQLite has one writer and needs no more.
func locked(g *gorm.DB) *gorm.DB {
	return g.Clauses(clause.Locking{Strength: "NO KEY UPDATE"})
}
