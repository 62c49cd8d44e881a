package api

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"puente/jobs"
	"puente/models"
)

// What the states of the document mean. Which there are, and what leads from
// one to another, is said by the tables of models.
var (
	profileStates = map[models.ProfileState]string{
		models.ProfileDraft:     "Its owner still writes it.",
		models.ProfileSubmitted: "Its owner has sent it; staff looks at it.",
		models.ProfileMoreInfo:  "Staff asked its owner for something.",
		models.ProfileApproved:  "Staff has approved it.",
		models.ProfileWaiting:   "It takes part in the next round.",
		models.ProfilePaused:    "It is left out of rounds for now.",
		models.ProfileFrozen:    "Staff left it out of rounds, since its owner did not answer.",
		models.ProfileWithdrawn: "Its owner has withdrawn it. Nothing leads on.",
		models.ProfileBlocked:   "Staff has shut it out. Nothing leads on.",
		models.ProfileReferred:  "Staff sent its owner to another organisation. Nothing leads on.",
	}
	roundStates = map[models.RoundState]string{
		models.RoundDraft:       "It is being prepared.",
		models.RoundOpen:        "People can still come in.",
		models.RoundClosed:      "Nobody comes in any more; runs can be asked for.",
		models.RoundSolving:     "A run waits or is at work.",
		models.RoundProposed:    "There is a finished run.",
		models.RoundInReview:    "Staff looks at the pairs.",
		models.RoundPublished:   "The pairs of one run are offered to their people.",
		models.RoundSettled:     "Every offer is decided.",
		models.RoundArchived:    "It is put away. Nothing leads on.",
		models.RoundInfeasible:  "No plan keeps all rules; it can be solved again.",
		models.RoundFailed:      "The last run failed; it can be solved again.",
		models.RoundCancelled:   "It will not be held.",
		models.RoundUnpublished: "What was published has been taken back.",
	}
	runStates = map[models.RunState]string{
		models.RunQueued:     "It waits for its turn.",
		models.RunRunning:    "It is at work. If its server is killed, another one starts it again.",
		models.RunFinished:   "It has a result. Nothing leads on.",
		models.RunInfeasible: "No plan keeps all rules; `clash` says why. Nothing leads on.",
		models.RunFailed:     "It ended without a result; `reason` says why. Nothing leads on.",
		models.RunCancelled:  "Staff stopped it. Nothing leads on.",
	}
	offerStates = map[models.OfferState]string{
		models.OfferProposed:         "It is not shown to anybody yet.",
		models.OfferOffered:          "Both are asked; nobody has accepted.",
		models.OfferAcceptedByMentee: "The entrepreneur has accepted; the mentor is asked.",
		models.OfferAcceptedByMentor: "The mentor has accepted; the entrepreneur is asked.",
		models.OfferActive:           "Both have accepted: they are a pair, and a place of the mentor is taken. It ends only when one of them is erased.",
		models.OfferDeclined:         "One of the two has declined. Nothing leads on.",
		models.OfferExpired:          "The time to answer is over. Nothing leads on.",
		models.OfferSuperseded:       "One of the two is taken elsewhere, or has left. Nothing leads on.",
	}
)

// The types whose schemas stand for those of models, which know nothing of
// documents.
type (
	profileState string
	roundState   string
	runState     string
	offerState   string
	methodName   string
)

// Schema names the states of a profile.
func (profileState) Schema(huma.Registry) *huma.Schema {
	return stateSchema(models.States(models.ProfileTransitions))
}

// Schema names the states of a round.
func (roundState) Schema(huma.Registry) *huma.Schema {
	return stateSchema(models.States(models.RoundTransitions))
}

// Schema names the states of a run.
func (runState) Schema(huma.Registry) *huma.Schema {
	return stateSchema(models.States(models.RunTransitions))
}

// Schema names the states of an offer.
func (offerState) Schema(huma.Registry) *huma.Schema {
	return stateSchema(models.States(models.OfferTransitions))
}

func stateSchema[S ~string](states []S) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString, Description: "Where it stands; docs/states.md says what each means and what leads to it"}
	for _, state := range states {
		s.Enum = append(s.Enum, string(state))
	}
	s.PrecomputeMessages()
	return s
}

// Schema names the methods of rounds.
func (methodName) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString, Description: "What it seeks; see docs/rounds.md"}
	for _, name := range jobs.MethodNames() {
		s.Enum = append(s.Enum, name)
	}
	s.PrecomputeMessages()
	return s
}

// nameStates lets the document name states wherever they are.
func nameStates(schemas huma.Registry) {
	schemas.RegisterTypeAlias(reflect.TypeFor[models.ProfileState](), reflect.TypeFor[profileState]())
	schemas.RegisterTypeAlias(reflect.TypeFor[models.RoundState](), reflect.TypeFor[roundState]())
	schemas.RegisterTypeAlias(reflect.TypeFor[models.RunState](), reflect.TypeFor[runState]())
	schemas.RegisterTypeAlias(reflect.TypeFor[models.OfferState](), reflect.TypeFor[offerState]())
}
