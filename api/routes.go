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
	operation(listVocabularies, bounds{}, (*Server).vocabularies),
	computes(operation(suggestTopics, topicBounds, (*Server).topics)),
	computes(operation(verifyAssignment, roundBounds, (*Server).verify)),
	rated(Signing, operation(createAccount, plainBounds, (*Server).createAccount)),
	rated(Signing, operation(requestLink, plainBounds, (*Server).requestLink)),
	rated(Signing, operation(createTokenByLink, plainBounds, (*Server).createTokenByLink)),
	operation(createStaff, plainBounds, (*Server).createStaff),
	operation(listInvitations, bounds{}, (*Server).listInvitations),
	operation(resendInvitation, bounds{}, (*Server).resendInvitation),
	operation(withdrawInvitation, bounds{}, (*Server).withdrawInvitation),
	operation(listAccounts, bounds{}, (*Server).accounts),
	operation(getAccount, bounds{}, (*Server).getAccount),
	operation(disableAccount, bounds{}, (*Server).disableAccount),
	operation(enableAccount, bounds{}, (*Server).enableAccount),
	operation(deleteFactor, bounds{}, (*Server).deleteFactor),
	operation(endAccountSessions, bounds{}, (*Server).endAccountSessions),
	operation(createGrant, plainBounds, (*Server).createGrant),
	operation(listGrants, bounds{}, (*Server).grants),
	operation(endGrant, bounds{}, (*Server).endGrant),
	operation(createOrganization, plainBounds, (*Server).createOrganization),
	operation(listOrganizations, bounds{}, (*Server).organizations),
	operation(getOrganization, bounds{}, (*Server).getOrganization),
	operation(updateOrganization, plainBounds, (*Server).updateOrganization),
	operation(createProvider, plainBounds, (*Server).createProvider),
	operation(listProviders, bounds{}, (*Server).providers),
	operation(getProvider, bounds{}, (*Server).getProvider),
	operation(updateProvider, plainBounds, (*Server).updateProvider),
	operation(deleteProvider, bounds{}, (*Server).deleteProvider),
	operation(getMe, bounds{}, (*Server).me),
	rated(Copying, operation(exportMe, bounds{}, (*Server).exportMe)),
	operation(updateSides, plainBounds, (*Server).updateSides),
	rated(Signing, operation(changeEmail, plainBounds, (*Server).changeEmail)),
	rated(Signing, operation(eraseMe, plainBounds, (*Server).eraseMe)),
	rated(Signing, operation(createToken, plainBounds, (*Server).createToken)),
	rated(Signing, operation(refreshToken, plainBounds, (*Server).refreshToken)),
	operation(deleteToken, bounds{}, (*Server).deleteToken),
	operation(listSessions, bounds{}, (*Server).sessions),
	operation(endSessions, bounds{}, (*Server).endSessions),
	operation(endSession, bounds{}, (*Server).endSession),
	operation(listKeys, bounds{}, (*Server).keys),
	rated(Signing, operation(createKey, plainBounds, (*Server).createKey)),
	operation(deleteKey, bounds{}, (*Server).deleteKey),
	operation(listPasskeys, bounds{}, (*Server).passkeys),
	operation(deletePasskey, bounds{}, (*Server).deletePasskey),
	operation(listProgrammes, bounds{}, (*Server).programmes),
	operation(createProgramme, plainBounds, (*Server).createProgramme),
	operation(getProgramme, bounds{}, (*Server).getProgramme),
	operation(updateProgramme, plainBounds, (*Server).updateProgramme),
	computes(operation(previewProgramme, plainBounds, (*Server).previewProgramme)),
	operation(createProfile, plainBounds, (*Server).createProfile),
	operation(listProfiles, bounds{}, (*Server).profiles),
	operation(getProfile, bounds{}, (*Server).getProfile),
	operation(updateProfile, plainBounds, (*Server).updateProfile),
	operation(moveProfile, plainBounds, (*Server).moveProfile),
	operation(updateHome, plainBounds, (*Server).updateHome),
	operation(orderWishes, plainBounds, (*Server).orderWishes),
	operation(getWords, bounds{}, (*Server).getWords),
	operation(saveWords, plainBounds, (*Server).saveWords),
	operation(deleteWords, bounds{}, (*Server).deleteWords),
	rated(Computing, operation(listSuggestions, bounds{}, (*Server).suggestions)),
	rated(Computing, operation(getSuggestion, bounds{}, (*Server).suggestion)),
	operation(createRound, plainBounds, (*Server).createRound),
	operation(listRounds, bounds{}, (*Server).rounds),
	operation(getRound, bounds{}, (*Server).getRound),
	operation(moveRound, plainBounds, (*Server).moveRound),
	operation(publishRound, plainBounds, (*Server).publishRound),
	operation(listRoundOffers, bounds{}, (*Server).roundOffers),
	operation(createRun, optionalBounds, (*Server).createRun),
	operation(listRuns, bounds{}, (*Server).runs),
	operation(getRun, bounds{}, (*Server).getRun),
	stream(operation(watchRun, bounds{}, (*Server).watchRun)),
	operation(cancelRun, bounds{}, (*Server).cancelRun),
	operation(listPairs, bounds{}, (*Server).pairs),
	operation(getRunResult, bounds{}, (*Server).runResult),
	rated(Computing, operation(explainRun, bounds{}, (*Server).explainRun)),
	rated(Computing, operation(diffRuns, bounds{}, (*Server).diffRuns)),
	rated(Computing, operation(adviseRun, bounds{}, (*Server).adviseRun)),
	operation(listOffers, bounds{}, (*Server).offers),
	operation(getOffer, bounds{}, (*Server).getOffer),
	operation(acceptOffer, bounds{}, (*Server).acceptOffer),
	operation(declineOffer, plainBounds, (*Server).declineOffer),
	page("/", (*Server).root),
	page("/static/{file}", (*Server).static),
	page("/providers/{id}/callback", (*Server).callback),
	view(http.MethodGet, "", (*Server).home),
	view(http.MethodGet, "/", (*Server).landing),
	view(http.MethodGet, "/sign-up", (*Server).landing),
	view(http.MethodPost, "/sign-up", (*Server).signUp),
	view(http.MethodGet, signInPath, (*Server).signInPage),
	view(http.MethodPost, signInPath, (*Server).signIn),
	view(http.MethodGet, codePath, (*Server).codePage),
	view(http.MethodPost, codePath, (*Server).takeCode),
	view(http.MethodPost, passkeySignInPath, (*Server).askPasskey),
	view(http.MethodPost, passkeySignInPath+"/answer", (*Server).signInByPasskey),
	view(http.MethodPost, providersPath+"/{id}", (*Server).beginProvider),
	view(http.MethodGet, joinPath, (*Server).joinPage),
	view(http.MethodPost, joinPath, (*Server).join),
	view(http.MethodGet, linkPath, (*Server).askPage),
	view(http.MethodPost, linkPath, (*Server).askForLink),
	view(http.MethodGet, resetPath, (*Server).askPage),
	view(http.MethodPost, resetPath, (*Server).askForLink),
	view(http.MethodGet, sentPath, (*Server).sent),
	view(http.MethodPost, signOutPath, (*Server).signOut),
	view(http.MethodGet, "/link/{token}", (*Server).link),
	view(http.MethodPost, "/link/{token}", (*Server).followLink),
	view(http.MethodGet, accountPath, (*Server).accountPage),
	view(http.MethodGet, factorPath, (*Server).factorPage),
	view(http.MethodPost, factorPath, (*Server).newFactor),
	view(http.MethodPost, factorPath+"/code", (*Server).confirmFactorPage),
	view(http.MethodPost, factorPath+"/new", (*Server).newRecoveryPage),
	view(http.MethodPost, factorPath+"/off", (*Server).removeFactorPage),
	view(http.MethodPost, accountPath+"/passkeys", (*Server).newPasskey),
	view(http.MethodPost, accountPath+"/passkeys/{id}", (*Server).endPasskeyPage),
	view(http.MethodPost, passkeyPath, (*Server).keepPasskey),
	view(http.MethodPost, accountPath+"/role", (*Server).saveRole),
	view(http.MethodPost, accountPath+"/email", (*Server).saveEmail),
	view(http.MethodPost, accountPath+"/password", (*Server).askPassword),
	view(http.MethodPost, accountPath+"/password/change", (*Server).changePassword),
	view(http.MethodGet, ownDataPath+"/export", (*Server).exportPage),
	view(http.MethodGet, ownDataPath+"/erase", (*Server).askEraseMe),
	view(http.MethodPost, ownDataPath+"/erase", (*Server).eraseMePage),
	view(http.MethodPost, linksPath, (*Server).linkProvider),
	view(http.MethodPost, linksPath+"/{id}", (*Server).unlinkProvider),
	view(http.MethodPost, accountPath+"/sessions", (*Server).endSessionsPage),
	view(http.MethodPost, accountPath+"/sessions/{id}", (*Server).endSessionPage),
	view(http.MethodPost, accountPath+"/keys", (*Server).makeKey),
	view(http.MethodPost, accountPath+"/keys/{id}", (*Server).endKeyPage),
	view(http.MethodGet, accountsPath, (*Server).accountsPage),
	view(http.MethodGet, accountsPath+"/{id}", (*Server).oneAccountPage),
	view(http.MethodPost, accountsPath+"/{id}/grants", (*Server).giveGrant),
	view(http.MethodPost, accountsPath+"/{id}/grants/{grant}", (*Server).endGrantPage),
	view(http.MethodPost, accountsPath+"/{id}/sessions", (*Server).signOutAccount),
	view(http.MethodGet, accountsPath+"/{id}/factor", (*Server).askRemoveFactor),
	view(http.MethodPost, accountsPath+"/{id}/factor", (*Server).takeFactorPage),
	view(http.MethodGet, accountsPath+"/{id}/disable", (*Server).askDisable),
	view(http.MethodPost, accountsPath+"/{id}/disable", (*Server).disablePage),
	view(http.MethodGet, accountsPath+"/{id}/enable", (*Server).askEnable),
	view(http.MethodPost, accountsPath+"/{id}/enable", (*Server).enablePage),
	view(http.MethodGet, accountsPath+"/{id}/erase", (*Server).askErase),
	view(http.MethodPost, accountsPath+"/{id}/erase", (*Server).erasePage),
	view(http.MethodGet, invitationsPath, (*Server).invitationsPage),
	view(http.MethodPost, invitationsPath, (*Server).invitePage),
	view(http.MethodPost, invitationsPath+"/{id}/again", (*Server).inviteAgainPage),
	view(http.MethodPost, invitationsPath+"/{id}/withdraw", (*Server).withdrawPage),
	view(http.MethodGet, organizationsPath, (*Server).organizationsPage),
	view(http.MethodPost, organizationsPath, (*Server).addOrganization),
	view(http.MethodGet, organizationsPath+"/{id}", (*Server).organizationPage),
	view(http.MethodPost, organizationsPath+"/{id}", (*Server).changeOrganization),
	view(http.MethodGet, organizationsPath+"/{id}/providers", (*Server).providersPage),
	view(http.MethodPost, organizationsPath+"/{id}/providers", (*Server).addProvider),
	view(http.MethodGet, organizationsPath+"/{id}/providers/{provider}", (*Server).providerPage),
	view(http.MethodPost, organizationsPath+"/{id}/providers/{provider}", (*Server).changeProvider),
	view(http.MethodGet, organizationsPath+"/{id}/providers/{provider}/remove", (*Server).askRemoveProvider),
	view(http.MethodPost, organizationsPath+"/{id}/providers/{provider}/remove", (*Server).removeProvider),
	view(http.MethodGet, programmesPath, (*Server).programmesPage),
	view(http.MethodPost, programmesPath, (*Server).addProgramme),
	view(http.MethodGet, programmesPath+"/{id}", (*Server).programmePage),
	view(http.MethodPost, programmesPath+"/{id}", (*Server).saveProgramme),
	view(http.MethodGet, mailboxPath, (*Server).mailboxPage),
	view(http.MethodGet, mailboxPath+"/{id}", (*Server).mailPage),
	view(http.MethodPost, mailboxPath+"/{id}/again", (*Server).sendMailAgain),
	view(http.MethodGet, profilePath, (*Server).profilePage),
	view(http.MethodPost, profilePath, (*Server).saveProfile),
	view(http.MethodGet, profilePath+"/do/{event}", (*Server).askOwnStep),
	view(http.MethodPost, profilePath+"/do/{event}", (*Server).takeOwnStep),
	view(http.MethodGet, matchPath, (*Server).matchPage),
	view(http.MethodPost, matchPath, (*Server).orderMentors),
	view(http.MethodGet, askedPath, (*Server).offersPage),
	view(http.MethodGet, askedPath+"/{id}", (*Server).oneOfferPage),
	view(http.MethodPost, askedPath+"/{id}/accept", (*Server).acceptPage),
	view(http.MethodPost, askedPath+"/{id}/decline", (*Server).declinePage),
	view(http.MethodGet, peoplePath, (*Server).peoplePage),
	view(http.MethodPost, peoplePath+"/{id}/do/{event}", (*Server).actOnPerson),
	view(http.MethodGet, roundsPath, (*Server).roundsPage),
	view(http.MethodPost, roundsPath, (*Server).newRoundPage),
	view(http.MethodGet, roundsPath+"/{id}", (*Server).reviewPage),
	view(http.MethodGet, roundsPath+"/{id}/runs", (*Server).runsPage),
	view(http.MethodPost, roundsPath+"/{id}/runs", (*Server).newRunPage),
	view(http.MethodPost, roundsPath+"/{id}/runs/{run}/stop", (*Server).stopRunPage),
	view(http.MethodGet, roundsPath+"/{id}/compare", (*Server).comparePage),
	view(http.MethodGet, roundsPath+"/{id}/explain", (*Server).explainPage),
	view(http.MethodGet, roundsPath+"/{id}/advice", (*Server).advicePage),
	view(http.MethodPost, roundsPath+"/{id}/publish", (*Server).publishPage),
	view(http.MethodPost, roundsPath+"/{id}/do/{event}", (*Server).actOnRound),
	view(http.MethodGet, programmesPath+"/{id}/weights", (*Server).weightsPage),
	view(http.MethodPost, programmesPath+"/{id}/weights", (*Server).tryWeights),
	view(http.MethodPost, programmesPath+"/{id}/weights/keep", (*Server).keepWeights),
	page(roundsPath+"/{id}/round.json", (*Server).roundFile),
}

// route is one row of the table.
type route struct {
	method, path string
	id           string // of an operation; empty for a page
	tag          string // of an operation: its kind of objects
	open         bool   // anybody may use it, without a policy; of tests
	body         bounds // the zero value means no body
	stream       bool   // answers for as long as it likes
	computes     bool   // changes nothing, whatever its method
	rate         RateClass
	register     func(*Server, route)
}

// page is a route outside the document, read by browsers and machines that
// look after servers.
func page(path string, handle func(*Server, *gin.Context)) route {
	r := route{method: http.MethodGet, path: path, rate: pageRate(http.MethodGet, path)}
	r.register = func(s *Server, r route) {
		who := r.policyOf()
		s.engine.GET(ginPath(path), func(c *gin.Context) {
			err := s.countPage(c, r.rate, nil)
			if err == nil {
				err = s.permitPage(c, r.rate, who)
			}
			if err != nil {
				s.refuse(c, err)
				return
			}
			handle(s, c)
		})
	}
	return r
}

// operation is a typed route of the document. Its body, if it has one, is
// strict JSON within the bounds; what it returns as an error becomes a problem.
func operation[I, O any](o huma.Operation, body bounds, handle func(*Server, context.Context, *I) (*O, error)) route {
	r := route{method: o.Method, path: o.Path, id: o.OperationID, tag: append(o.Tags, "")[0], body: body, rate: Writing}
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
	who, body := r.policyOf(), r.body
	o.Responses = maps.Clone(o.Responses)
	if o.RequestBody != nil {
		copied := *o.RequestBody
		copied.Content = maps.Clone(copied.Content)
		o.RequestBody = &copied
	}
	o.Extensions = map[string]any{"x-authz": who.authz(), "x-rate-limit": rateExtension(r.rate, !who.public())}
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
	if who.kind != "" {
		o.Errors = append(o.Errors, http.StatusNotFound)
		o.Middlewares = append(huma.Middlewares{s.permitObject(who)}, o.Middlewares...)
	}
	if body.bytes > 0 {
		o.Extensions["x-max-bytes"] = body.bytes
		o.Errors = append(o.Errors, http.StatusRequestTimeout, http.StatusUnsupportedMediaType)
		o.Middlewares = append(huma.Middlewares{s.strictBody(body)}, o.Middlewares...)
	}
	if !who.public() {
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
