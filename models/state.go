package models

import "slices"

// Transition is one allowed step of a state machine: in state From, Event leads to To.
type Transition[S, E ~string] struct {
	From  S
	Event E
	To    S
}

// next finds where an event leads. An event that the table does not allow in a state is a conflict that names the
// state, so that the loser of a race is told what became of the thing.
func next[S, E ~string](table []Transition[S, E], from S, event E) (S, error) {
	for _, t := range table {
		if t.From == from && t.Event == event {
			return t.To, nil
		}
	}
	return "", &Error{
		Code: CodeConflict, Field: "state", Key: "store.wrong_state", Args: map[string]any{"State": string(from), "Event": string(event)},
	}
}

// States are the states of a table, in the order in which it names them.
func States[S, E ~string](table []Transition[S, E]) (all []S) {
	for _, t := range table {
		for _, s := range []S{t.From, t.To} {
			if !slices.Contains(all, s) {
				all = append(all, s)
			}
		}
	}
	return all
}

// ProfileState is where a profile stands in a programme.
type ProfileState string

// The states of a profile.
const (
	ProfileDraft     ProfileState = "draft"
	ProfileSubmitted ProfileState = "submitted"
	ProfileMoreInfo  ProfileState = "more_info" // staff asked for something
	ProfileApproved  ProfileState = "approved"
	ProfileWaiting   ProfileState = "waiting" // takes part in the next round
	ProfilePaused    ProfileState = "paused"
	ProfileFrozen    ProfileState = "frozen" // a mentor who did not answer
	ProfileWithdrawn ProfileState = "withdrawn"
	ProfileBlocked   ProfileState = "blocked"
	ProfileReferred  ProfileState = "referred" // sent to another organisation
)

// ProfileEvent is what happens to a profile.
type ProfileEvent string

// The events of a profile.
const (
	ProfileSubmit   ProfileEvent = "submit"
	ProfileAsk      ProfileEvent = "ask"
	ProfileApprove  ProfileEvent = "approve"
	ProfileWait     ProfileEvent = "wait"
	ProfilePause    ProfileEvent = "pause"
	ProfileFreeze   ProfileEvent = "freeze"
	ProfileWithdraw ProfileEvent = "withdraw"
	ProfileBlock    ProfileEvent = "block"
	ProfileRefer    ProfileEvent = "refer"
)

// ProfileTransitions are the steps that a profile can take.
var ProfileTransitions = []Transition[ProfileState, ProfileEvent]{
	{ProfileDraft, ProfileSubmit, ProfileSubmitted},
	{ProfileDraft, ProfileWithdraw, ProfileWithdrawn},
	{ProfileSubmitted, ProfileAsk, ProfileMoreInfo},
	{ProfileSubmitted, ProfileApprove, ProfileApproved},
	{ProfileSubmitted, ProfileRefer, ProfileReferred},
	{ProfileSubmitted, ProfileBlock, ProfileBlocked},
	{ProfileSubmitted, ProfileWithdraw, ProfileWithdrawn},
	{ProfileMoreInfo, ProfileSubmit, ProfileSubmitted},
	{ProfileMoreInfo, ProfileRefer, ProfileReferred},
	{ProfileMoreInfo, ProfileBlock, ProfileBlocked},
	{ProfileMoreInfo, ProfileWithdraw, ProfileWithdrawn},
	{ProfileApproved, ProfileWait, ProfileWaiting},
	{ProfileApproved, ProfileBlock, ProfileBlocked},
	{ProfileApproved, ProfileWithdraw, ProfileWithdrawn},
	{ProfileWaiting, ProfilePause, ProfilePaused},
	{ProfileWaiting, ProfileFreeze, ProfileFrozen},
	{ProfileWaiting, ProfileRefer, ProfileReferred},
	{ProfileWaiting, ProfileBlock, ProfileBlocked},
	{ProfileWaiting, ProfileWithdraw, ProfileWithdrawn},
	{ProfilePaused, ProfileWait, ProfileWaiting},
	{ProfilePaused, ProfileBlock, ProfileBlocked},
	{ProfilePaused, ProfileWithdraw, ProfileWithdrawn},
	{ProfileFrozen, ProfileWait, ProfileWaiting},
	{ProfileFrozen, ProfileBlock, ProfileBlocked},
	{ProfileFrozen, ProfileWithdraw, ProfileWithdrawn},
}

// Next says where an event leads a profile.
func (s ProfileState) Next(e ProfileEvent) (ProfileState, error) {
	return next(ProfileTransitions, s, e)
}

// RoundState is where a round stands.
type RoundState string

// The states of a round.
const (
	RoundDraft       RoundState = "draft"
	RoundOpen        RoundState = "open" // people can join
	RoundClosed      RoundState = "closed"
	RoundSolving     RoundState = "solving" // a run is queued or at work
	RoundProposed    RoundState = "proposed"
	RoundInReview    RoundState = "in_review"
	RoundPublished   RoundState = "published"
	RoundSettled     RoundState = "settled" // every offer is decided
	RoundArchived    RoundState = "archived"
	RoundInfeasible  RoundState = "infeasible" // no assignment keeps all rules
	RoundFailed      RoundState = "failed"
	RoundCancelled   RoundState = "cancelled"
	RoundUnpublished RoundState = "unpublished"
)

// RoundEvent is what happens to a round.
type RoundEvent string

// The events of a round.
const (
	RoundStart     RoundEvent = "open"
	RoundClose     RoundEvent = "close"
	RoundSolve     RoundEvent = "solve"
	RoundSolved    RoundEvent = "solved"
	RoundImpasse   RoundEvent = "infeasible"
	RoundFail      RoundEvent = "fail"
	RoundStop      RoundEvent = "stop" // the run was cancelled
	RoundReview    RoundEvent = "review"
	RoundPublish   RoundEvent = "publish"
	RoundUnpublish RoundEvent = "unpublish"
	RoundSettle    RoundEvent = "settle"
	RoundArchive   RoundEvent = "archive"
	RoundCancel    RoundEvent = "cancel"
)

// RoundTransitions are the steps that a round can take. After a run that came to nothing it can be solved again.
var RoundTransitions = []Transition[RoundState, RoundEvent]{
	{RoundDraft, RoundStart, RoundOpen},
	{RoundDraft, RoundCancel, RoundCancelled},
	{RoundOpen, RoundClose, RoundClosed},
	{RoundOpen, RoundCancel, RoundCancelled},
	{RoundClosed, RoundStart, RoundOpen},
	{RoundClosed, RoundSolve, RoundSolving},
	{RoundClosed, RoundCancel, RoundCancelled},
	{RoundSolving, RoundSolve, RoundSolving}, // another run beside those at work
	{RoundSolving, RoundSolved, RoundProposed},
	{RoundSolving, RoundImpasse, RoundInfeasible},
	{RoundSolving, RoundFail, RoundFailed},
	{RoundSolving, RoundStop, RoundClosed},
	{RoundInfeasible, RoundSolve, RoundSolving},
	{RoundInfeasible, RoundStart, RoundOpen},
	{RoundInfeasible, RoundCancel, RoundCancelled},
	{RoundFailed, RoundSolve, RoundSolving},
	{RoundFailed, RoundCancel, RoundCancelled},
	{RoundProposed, RoundSolve, RoundSolving},
	{RoundProposed, RoundReview, RoundInReview},
	{RoundProposed, RoundPublish, RoundPublished},
	{RoundProposed, RoundCancel, RoundCancelled},
	{RoundInReview, RoundSolve, RoundSolving},
	{RoundInReview, RoundPublish, RoundPublished},
	{RoundInReview, RoundCancel, RoundCancelled},
	{RoundPublished, RoundUnpublish, RoundUnpublished},
	{RoundPublished, RoundSettle, RoundSettled},
	{RoundUnpublished, RoundCancel, RoundCancelled},
	{RoundSettled, RoundArchive, RoundArchived},
	{RoundCancelled, RoundArchive, RoundArchived},
}

// Next says where an event leads a round.
func (s RoundState) Next(e RoundEvent) (RoundState, error) { return next(RoundTransitions, s, e) }

// RunState is where a run stands.
type RunState string

// The states of a run. The last four are final.
const (
	RunQueued     RunState = "queued"
	RunRunning    RunState = "running"
	RunFinished   RunState = "finished"
	RunInfeasible RunState = "infeasible"
	RunFailed     RunState = "failed"
	RunCancelled  RunState = "cancelled"
)

// RunEvent is what happens to a run.
type RunEvent string

// The events of a run.
const (
	RunStart   RunEvent = "start"
	RunFinish  RunEvent = "finish"
	RunImpasse RunEvent = "infeasible"
	RunFail    RunEvent = "fail"
	RunCancel  RunEvent = "cancel"
)

// RunTransitions are the steps that a run can take. A worker that died leaves a run at work; another may start it
// again.
var RunTransitions = []Transition[RunState, RunEvent]{
	{RunQueued, RunStart, RunRunning},
	{RunQueued, RunFail, RunFailed},
	{RunQueued, RunCancel, RunCancelled},
	{RunRunning, RunStart, RunRunning},
	{RunRunning, RunFinish, RunFinished},
	{RunRunning, RunImpasse, RunInfeasible},
	{RunRunning, RunFail, RunFailed},
	{RunRunning, RunCancel, RunCancelled},
}

// Next says where an event leads a run.
func (s RunState) Next(e RunEvent) (RunState, error) { return next(RunTransitions, s, e) }

// Final says whether nothing can happen to a run any more.
func (s RunState) Final() bool { return s != RunQueued && s != RunRunning }

// OfferState is where a proposed pair of people stands.
type OfferState string

// The states of an offer. The last three are final; a mentorship that is under way has its own life, which ends here only
// when one of the two is erased.
const (
	OfferProposed         OfferState = "proposed" // not yet shown to anybody
	OfferOffered          OfferState = "offered"
	OfferAcceptedByMentee OfferState = "accepted_by_mentee"
	OfferAcceptedByMentor OfferState = "accepted_by_mentor"
	OfferActive           OfferState = "active" // both accepted, a place of the mentor is taken
	OfferDeclined         OfferState = "declined"
	OfferExpired          OfferState = "expired"
	OfferSuperseded       OfferState = "superseded" // one of the two is taken elsewhere, or has left
)

// OfferEvent is what happens to an offer.
type OfferEvent string

// The events of an offer.
const (
	OfferPublish      OfferEvent = "publish"
	OfferMenteeAccept OfferEvent = "mentee_accept"
	OfferMentorAccept OfferEvent = "mentor_accept"
	OfferDecline      OfferEvent = "decline"
	OfferExpire       OfferEvent = "expire"
	OfferSupersede    OfferEvent = "supersede"
	OfferErase        OfferEvent = "erase" // one of the two of a mentorship is erased
)

// OfferTransitions are the steps that an offer can take.
var OfferTransitions = []Transition[OfferState, OfferEvent]{
	{OfferProposed, OfferPublish, OfferOffered},
	{OfferProposed, OfferSupersede, OfferSuperseded},
	{OfferOffered, OfferMenteeAccept, OfferAcceptedByMentee},
	{OfferOffered, OfferMentorAccept, OfferAcceptedByMentor},
	{OfferOffered, OfferDecline, OfferDeclined},
	{OfferOffered, OfferExpire, OfferExpired},
	{OfferOffered, OfferSupersede, OfferSuperseded},
	{OfferAcceptedByMentee, OfferMentorAccept, OfferActive},
	{OfferAcceptedByMentee, OfferDecline, OfferDeclined},
	{OfferAcceptedByMentee, OfferExpire, OfferExpired},
	{OfferAcceptedByMentee, OfferSupersede, OfferSuperseded},
	{OfferAcceptedByMentor, OfferMenteeAccept, OfferActive},
	{OfferAcceptedByMentor, OfferDecline, OfferDeclined},
	{OfferAcceptedByMentor, OfferExpire, OfferExpired},
	{OfferAcceptedByMentor, OfferSupersede, OfferSuperseded},
	{OfferActive, OfferErase, OfferSuperseded},
}

// Next says where an event leads an offer.
func (s OfferState) Next(e OfferEvent) (OfferState, error) { return next(OfferTransitions, s, e) }

// openOffers are the states in which an offer waits for an answer.
var openOffers = []OfferState{OfferOffered, OfferAcceptedByMentee, OfferAcceptedByMentor}
