package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
)

// routes is everything that the server answers: the whole surface at a glance.
// TestRoutesAreTheDocument holds a copy of the list, so that a new route is a decision.
var routes = []route{
	page("/healthz", (*Server).health),
	page("/readyz", (*Server).ready),
	page("/api/docs", (*Server).docs),
	page("/api/docs.css", (*Server).docsStyle),
	page("/api/v1/openapi.json", (*Server).openapi),
	operation(listVocabularies, Anyone, bounds{}, (*Server).vocabularies),
	computes(operation(suggestTopics, Anyone, topicBounds, (*Server).topics)),
	computes(operation(verifyAssignment, Anyone, roundBounds, (*Server).verify)),
	rated(Signing, operation(createAccount, Anyone, plainBounds, (*Server).createAccount)),
	rated(Signing, operation(requestLink, Anyone, plainBounds, (*Server).requestLink)),
	rated(Signing, operation(createTokenByLink, Anyone, plainBounds, (*Server).createTokenByLink)),
	operation(createStaff, Admin, plainBounds, (*Server).createStaff),
	operation(getMe, SignedIn, bounds{}, (*Server).me),
	operation(updateSides, SignedIn, plainBounds, (*Server).updateSides),
	rated(Signing, operation(changeEmail, SignedIn, plainBounds, (*Server).changeEmail)),
	rated(Signing, operation(createToken, Anyone, plainBounds, (*Server).createToken)),
	rated(Signing, operation(refreshToken, Anyone, plainBounds, (*Server).refreshToken)),
	operation(deleteToken, SignedIn, bounds{}, (*Server).deleteToken),
	operation(listSessions, SignedIn, bounds{}, (*Server).sessions),
	operation(endSessions, SignedIn, bounds{}, (*Server).endSessions),
	operation(endSession, SignedIn, bounds{}, (*Server).endSession),
	operation(listKeys, SignedIn, bounds{}, (*Server).keys),
	rated(Signing, operation(createKey, SignedIn, plainBounds, (*Server).createKey)),
	operation(deleteKey, SignedIn, bounds{}, (*Server).deleteKey),
	operation(listProgrammes, Anyone, bounds{}, (*Server).programmes),
	operation(createProgramme, Admin, plainBounds, (*Server).createProgramme),
	operation(getProgramme, Anyone, bounds{}, (*Server).getProgramme),
	operation(updateProgramme, Staff, plainBounds, (*Server).updateProgramme),
	computes(operation(previewProgramme, Staff, plainBounds, (*Server).previewProgramme)),
	operation(createProfile, SignedIn, plainBounds, (*Server).createProfile),
	operation(listProfiles, Staff, bounds{}, (*Server).profiles),
	operation(getProfile, OwnerOrStaff, bounds{}, (*Server).getProfile),
	operation(updateProfile, OwnerOrStaff, plainBounds, (*Server).updateProfile),
	operation(moveProfile, OwnerOrStaff, plainBounds, (*Server).moveProfile),
	operation(orderWishes, Owner, plainBounds, (*Server).orderWishes),
	operation(getWords, Owner, bounds{}, (*Server).getWords),
	operation(saveWords, Owner, plainBounds, (*Server).saveWords),
	operation(deleteWords, Owner, bounds{}, (*Server).deleteWords),
	rated(Computing, operation(listSuggestions, OwnerOrStaff, bounds{}, (*Server).suggestions)),
	rated(Computing, operation(getSuggestion, OwnerOrStaff, bounds{}, (*Server).suggestion)),
	operation(createRound, Staff, plainBounds, (*Server).createRound),
	operation(listRounds, Staff, bounds{}, (*Server).rounds),
	operation(getRound, Staff, bounds{}, (*Server).getRound),
	operation(moveRound, Staff, plainBounds, (*Server).moveRound),
	operation(publishRound, Staff, plainBounds, (*Server).publishRound),
	operation(listRoundOffers, Staff, bounds{}, (*Server).roundOffers),
	operation(createRun, Staff, optionalBounds, (*Server).createRun),
	operation(listRuns, Staff, bounds{}, (*Server).runs),
	operation(getRun, Staff, bounds{}, (*Server).getRun),
	stream(operation(watchRun, Staff, bounds{}, (*Server).watchRun)),
	operation(cancelRun, Staff, bounds{}, (*Server).cancelRun),
	operation(listPairs, Staff, bounds{}, (*Server).pairs),
	operation(getRunResult, Staff, bounds{}, (*Server).runResult),
	rated(Computing, operation(explainRun, Staff, bounds{}, (*Server).explainRun)),
	rated(Computing, operation(diffRuns, Staff, bounds{}, (*Server).diffRuns)),
	rated(Computing, operation(adviseRun, Staff, bounds{}, (*Server).adviseRun)),
	operation(listOffers, SignedIn, bounds{}, (*Server).offers),
	operation(getOffer, Owner, bounds{}, (*Server).getOffer),
	operation(acceptOffer, Owner, bounds{}, (*Server).acceptOffer),
	operation(declineOffer, Owner, plainBounds, (*Server).declineOffer),
	page("/", (*Server).root),
	page("/static/{file}", (*Server).static),
	view(http.MethodGet, "", Anyone, (*Server).home),
	view(http.MethodGet, "/", Anyone, (*Server).landing),
	view(http.MethodGet, "/sign-up", Anyone, (*Server).landing),
	view(http.MethodPost, "/sign-up", Anyone, (*Server).signUp),
	view(http.MethodGet, signInPath, Anyone, (*Server).signInPage),
	view(http.MethodPost, signInPath, Anyone, (*Server).signIn),
	view(http.MethodGet, linkPath, Anyone, (*Server).askPage),
	view(http.MethodPost, linkPath, Anyone, (*Server).askForLink),
	view(http.MethodGet, resetPath, Anyone, (*Server).askPage),
	view(http.MethodPost, resetPath, Anyone, (*Server).askForLink),
	view(http.MethodGet, sentPath, Anyone, (*Server).sent),
	view(http.MethodPost, signOutPath, Anyone, (*Server).signOut),
	view(http.MethodGet, "/link/{token}", Anyone, (*Server).link),
	view(http.MethodPost, "/link/{token}", Anyone, (*Server).followLink),
	view(http.MethodGet, accountPath, SignedIn, (*Server).accountPage),
	view(http.MethodPost, accountPath+"/role", SignedIn, (*Server).saveRole),
	view(http.MethodPost, accountPath+"/email", SignedIn, (*Server).saveEmail),
	view(http.MethodPost, accountPath+"/password", SignedIn, (*Server).askPassword),
	view(http.MethodPost, accountPath+"/sessions", SignedIn, (*Server).endSessionsPage),
	view(http.MethodPost, accountPath+"/sessions/{id}", SignedIn, (*Server).endSessionPage),
	view(http.MethodPost, accountPath+"/keys", SignedIn, (*Server).makeKey),
	view(http.MethodPost, accountPath+"/keys/{id}", SignedIn, (*Server).endKeyPage),
	view(http.MethodGet, mailboxPath, Admin, (*Server).mailboxPage),
	view(http.MethodGet, mailboxPath+"/{id}", Admin, (*Server).mailPage),
	view(http.MethodGet, profilePath, Owner, (*Server).profilePage),
	view(http.MethodPost, profilePath, Owner, (*Server).saveProfile),
	view(http.MethodGet, matchPath, Owner, (*Server).matchPage),
	view(http.MethodPost, matchPath, Owner, (*Server).orderMentors),
	view(http.MethodGet, askedPath, Owner, (*Server).offersPage),
	view(http.MethodGet, askedPath+"/{id}", Owner, (*Server).oneOfferPage),
	view(http.MethodPost, askedPath+"/{id}/accept", Owner, (*Server).acceptPage),
	view(http.MethodPost, askedPath+"/{id}/decline", Owner, (*Server).declinePage),
	view(http.MethodGet, peoplePath, Staff, (*Server).peoplePage),
	view(http.MethodPost, peoplePath+"/{id}/do/{event}", Staff, (*Server).actOnPerson),
	view(http.MethodGet, roundsPath, Staff, (*Server).roundsPage),
	view(http.MethodPost, roundsPath, Staff, (*Server).newRoundPage),
	view(http.MethodGet, roundsPath+"/{id}", Staff, (*Server).reviewPage),
	view(http.MethodGet, roundsPath+"/{id}/runs", Staff, (*Server).runsPage),
	view(http.MethodPost, roundsPath+"/{id}/runs", Staff, (*Server).newRunPage),
	view(http.MethodPost, roundsPath+"/{id}/runs/{run}/stop", Staff, (*Server).stopRunPage),
	view(http.MethodGet, roundsPath+"/{id}/compare", Staff, (*Server).comparePage),
	view(http.MethodGet, roundsPath+"/{id}/explain", Staff, (*Server).explainPage),
	view(http.MethodGet, roundsPath+"/{id}/advice", Staff, (*Server).advicePage),
	view(http.MethodPost, roundsPath+"/{id}/publish", Staff, (*Server).publishPage),
	view(http.MethodPost, roundsPath+"/{id}/do/{event}", Staff, (*Server).actOnRound),
	view(http.MethodGet, programmesPath+"/{id}/weights", Staff, (*Server).weightsPage),
	view(http.MethodPost, programmesPath+"/{id}/weights", Staff, (*Server).tryWeights),
	view(http.MethodPost, programmesPath+"/{id}/weights/keep", Staff, (*Server).keepWeights),
	page(roundsPath+"/{id}/round.json", (*Server).roundFile),
}

// route is one row of the table.
type route struct {
	method, path string
	id           string // of an operation; empty for a page
	tag          string // of an operation: its kind of objects
	access       access
	body         bounds // the zero value means no body
	stream       bool   // answers for as long as it likes
	computes     bool   // changes nothing, whatever its method
	rate         RateClass
	register     func(*Server, route)
}

// page is a route outside the document, read by browsers and machines that
// look after servers.
func page(path string, handle func(*Server, *gin.Context)) route {
	r := route{method: http.MethodGet, path: path, access: Anyone}
	r.register = func(s *Server, _ route) {
		s.engine.GET(ginPath(path), func(c *gin.Context) { handle(s, c) })
	}
	return r
}

// operation is a typed route of the document. Its body, if it has one, is
// strict JSON within the bounds; what it returns as an error becomes a problem.
func operation[I, O any](o huma.Operation, who access, body bounds, handle func(*Server, context.Context, *I) (*O, error)) route {
	r := route{method: o.Method, path: o.Path, id: o.OperationID, tag: append(o.Tags, "")[0], access: who, body: body, rate: Writing}
	if o.Method == http.MethodGet {
		r.rate = Reading
	}
	r.register = func(s *Server, r route) {
		o := s.complete(o, r)
		if o.RequestBody != nil {
			// huma describes a body that is taken as bytes as a text; the operation knows better.
			described := o.RequestBody.Content["application/json"].Schema
			defer func() { o.RequestBody.Content["application/json"].Schema = described }()
		}
		huma.Register(s.document, o, func(ctx context.Context, in *I) (*O, error) {
			out, err := handle(s, ctx, in)
			if err != nil {
				return nil, problem(ctx, err)
			}
			return out, nil
		})
	}
	return r
}

// stream marks a route whose answers have no deadline.
func stream(r route) route {
	r.stream = true
	return r
}

// computes marks an operation that answers a question and changes nothing,
// although the question comes as a body.
func computes(r route) route {
	r.computes, r.rate = true, Computing
	return r
}

// rated says with which kind of operations a route counts.
func rated(class RateClass, r route) route {
	r.rate = class
	return r
}

// changes says whether a request may change something.
func (r route) changes() bool { return r.method != http.MethodGet && !r.computes }

// complete adds to an operation what all of them have. The operation of the
// table is shared by all servers, so what huma writes into is copied.
func (s *Server) complete(o huma.Operation, r route) huma.Operation {
	who, body := r.access, r.body
	o.Responses = maps.Clone(o.Responses)
	if o.RequestBody != nil {
		copied := *o.RequestBody
		copied.Content = maps.Clone(copied.Content)
		o.RequestBody = &copied
	}
	o.Extensions = map[string]any{"x-authz": string(who), "x-rate-limit": rateExtension(r.rate, who != Anyone)}
	o.MaxBodyBytes = -1 // guard has the cap; huma's own refuses a body of exactly that size
	o.Errors = append(slices.Clone(o.Errors), http.StatusBadRequest, http.StatusForbidden, http.StatusNotAcceptable, http.StatusRequestEntityTooLarge,
		http.StatusRequestURITooLong, http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable)
	if r.changes() {
		o.Parameters = append(slices.Clone(o.Parameters), keyParameter)
		o.Errors = append(o.Errors, http.StatusConflict)
		o.Middlewares = append(huma.Middlewares{s.once}, o.Middlewares...)
	}
	if r.method == http.MethodGet && !r.stream {
		o.Parameters = append(slices.Clone(o.Parameters), noneMatchParameter)
		o.Middlewares = append(huma.Middlewares{fresh}, o.Middlewares...)
	}
	if body.bytes > 0 {
		o.Extensions["x-max-bytes"] = body.bytes
		o.Errors = append(o.Errors, http.StatusRequestTimeout, http.StatusUnsupportedMediaType)
		o.Middlewares = append(huma.Middlewares{s.strictBody(body)}, o.Middlewares...)
	}
	if who != Anyone {
		o.Extensions["x-scope"] = r.scope()
		o.Security = []map[string][]string{{"token": {}}}
		o.Errors = append(o.Errors, http.StatusUnauthorized)
		o.Middlewares = append(huma.Middlewares{s.permit(who, r.scope()), s.rates(r.rate, true)}, o.Middlewares...)
	}
	if strings.Contains(o.Path, "{") {
		o.Errors = append(o.Errors, http.StatusNotFound)
	}
	media := "application/json"
	if r.stream {
		media = "text/event-stream"
	}
	o.Middlewares = append(huma.Middlewares{s.rates(r.rate, false), acceptable(media)}, o.Middlewares...)
	if d, will := deprecations[o.OperationID]; will {
		o.Deprecated = true
		o.Middlewares = append(huma.Middlewares{d.tell}, o.Middlewares...)
	}
	return o
}

// ginPath writes the path of a document as gin has it.
func ginPath(path string) string {
	return strings.ReplaceAll(strings.ReplaceAll(path, "{", ":"), "}", "")
}

// largeBody is the size from which bodies wait for one of few places, so that
// many of them at once do not fill the memory.
const largeBody = 1 << 20

// strictBody reads the body and checks it before anything else sees it.
func (s *Server) strictBody(b bounds) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		c := humagin.Unwrap(ctx)
		if b.optional && c.Request.ContentLength == 0 {
			next(ctx)
			return
		}
		if b.bytes > largeBody {
			leave, err := s.large.enter(ctx.Context())
			if err != nil {
				writeProblem(c.Writer, c.Request, err)
				return
			}
			defer leave()
		}
		data, err := readStrict(c.Request, b)
		if err != nil {
			writeProblem(c.Writer, c.Request, err)
			return
		}
		c.Request.Body = io.NopCloser(bytes.NewReader(data))
		next(ctx)
	}
}

// readStrict reads a body of strict JSON within bounds.
func readStrict(r *http.Request, b bounds) ([]byte, error) {
	if b.optional && r.ContentLength == 0 {
		return nil, nil
	}
	if err := checkMedia(r.Header); err != nil {
		return nil, err
	}
	data, err := io.ReadAll(r.Body) //lint:allow httpbody: guard has put a limit around every body
	tooLarge, network := (*http.MaxBytesError)(nil), net.Error(nil)
	switch {
	case errors.As(err, &tooLarge):
		return nil, err
	case errors.As(err, &network) && network.Timeout():
		return nil, &Error{Code: CodeTimeout, Err: err}
	case err != nil:
		return nil, &Error{Code: CodeMalformed, Fields: []Field{{"/body", "cut_off", nil}}, Err: err}
	}
	if err := checkJSON(data, b); err != nil {
		return nil, err
	}
	return data, nil
}
