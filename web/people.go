package web

// People is staff's list of the people of a programme who stand alike.
type People struct {
	Page
	Programmes []Link // none if there is no choice
	States     []StateLink
	Find       Confirm // the filter; none without a button
	List       []PersonRow
	Previous   string // path of the list's page before, "" at the first
	Next       string // path of the list's page after, "" at the last
}

// StateLink leads to the people of a state and says how many there are. Text is
// in the reader's language.
type StateLink struct {
	Link
	Count int
}

// PersonRow is one person. Side, About and Facts are in the reader's language.
type PersonRow struct {
	Name, Side, About, Country string
	Facts                      []Fact
	Actions                    []Action
}
