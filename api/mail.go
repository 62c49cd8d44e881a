package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"puente/models"
	"puente/web"
)

var (
	requestLink = huma.Operation{
		OperationID: "request-link", Method: http.MethodPost, Path: "/api/v1/links", Tags: []string{"accounts"}, DefaultStatus: http.StatusAccepted,
		Summary:     "Ask for a mail with a link that signs in, or that sets a new password",
		Description: "The answer does not tell whether somebody has the address.", Errors: []int{http.StatusTooManyRequests},
	}
	createTokenByLink = huma.Operation{
		OperationID: "create-token-by-link", Method: http.MethodPost, Path: "/api/v1/tokens/by-link", Tags: []string{"accounts"},
		DefaultStatus: http.StatusCreated, Summary: "Sign in: an access token for the link of a mail, which works once",
		Description: "The link's last part is its token. A link that confirms an address, that invites, or that sets a new password needs the password " +
			"that holds from then on.",
		Errors: []int{http.StatusNotFound, http.StatusUnauthorized},
	}
	changeEmail = huma.Operation{
		OperationID: "change-email", Method: http.MethodPost, Path: "/api/v1/me/email", Tags: []string{"accounts"}, DefaultStatus: http.StatusAccepted,
		Summary:     "Ask for a mail that gives the own account a new address",
		Description: "The answer does not tell whether somebody has the address.", Errors: []int{http.StatusTooManyRequests},
	}
)

// accepted answers that a mail was written, whoever has the address.
type accepted struct{ Body Accepted }

// Accepted says what happens next.
type Accepted struct {
	Detail string `json:"detail" doc:"What happens next, in the reader's language; the same whoever has the address"`
}

func (*Server) lookIntoMail(ctx context.Context) *accepted {
	return &accepted{Accepted{web.Text(requestOf(ctx).lang, "me.mail_text", nil)}}
}

// mailLinks are the kinds of mails with a link, and what it is for.
var mailLinks = map[models.MailKind]models.LinkPurpose{
	models.MailVerify: models.LinkVerify, models.MailKnown: models.LinkSignIn, models.MailSignIn: models.LinkSignIn, models.MailReset: models.LinkReset,
	models.MailInvite: models.LinkInvite, models.MailEmail: models.LinkEmail,
}

// composing writes mails with the link of an id.
func (s *Server) composing(ctx context.Context, id string) models.Compose {
	return func(kind models.MailKind, lang string) models.Letter {
		m := web.Mail{Lang: lang, Kind: string(kind), Site: s.URL}
		if purpose, ok := mailLinks[kind]; ok {
			m.Link, m.Minutes = s.URL+"/"+lang+"/link/"+id, int(models.LinkLives[purpose]/time.Minute)
		}
		l, err := letterOf(ctx, m)
		if err != nil {
			requestOf(ctx).note(err) // the request ends anyway; the text is there
		}
		return l
	}
}

// letterOf puts a mail into words.
func letterOf(ctx context.Context, m web.Mail) (models.Letter, error) {
	var page strings.Builder
	err := web.LetterPage(m).Render(ctx, &page)
	return models.Letter{Subject: m.Subject(), Text: m.Text(), HTML: page.String()}, err
}

// Letters writes mails without a link for a site, for what is done beside its
// server.
func Letters(ctx context.Context, site string) models.Compose {
	return func(kind models.MailKind, lang string) models.Letter {
		l, _ := letterOf(ctx, web.Mail{Lang: lang, Kind: string(kind), Site: site}) // the text is there
		return l
	}
}

// newAsk begins a request for a link by mail, in the language given.
func (s *Server) newAsk(ctx context.Context, lang string) models.Ask {
	id, hash := Secret()
	return models.Ask{Link: hash, Lang: lang, Compose: s.composing(ctx, id)}
}

// mailTo counts a mail to an address before it is written. Network is the key
// under which it was counted with the network, "" if it was not.
func (s *Server) mailTo(ctx context.Context, email string) (network string, err error) {
	if _, ok := models.Email(email); !ok {
		return "", badEmail()
	}
	account, err := s.Store.AccountByEmail(ctx, email)
	if err != nil && models.CodeOf(err) != models.CodeNotFound {
		return "", err
	}
	if _, err = s.try(ctx, tryMail, email, account); err != nil {
		return "", err
	}
	network = s.networkKey(ctx, tryMail)
	if _, counted := s.tries(ctx, tryMail, email, account)[network]; !counted {
		network = ""
	}
	return network, nil
}

// inviting counts a mail to an address that an administrator sends, before it is
// written.
func (s *Server) inviting(ctx context.Context, email string) error {
	if _, ok := models.Email(email); !ok {
		return badEmail()
	}
	_, err := s.try(ctx, tryInvite, email, nil)
	return err
}

// badEmail says that nothing can be sent to an address.
func badEmail() error {
	return &Error{Code: CodeInvalid, Fields: []Field{{"/body/email", "store.bad_email", nil}}}
}

// askLink writes a mail with a link to an address.
func (s *Server) askLink(ctx context.Context, email string, purpose models.LinkPurpose) error {
	if _, err := s.mailTo(ctx, email); err != nil {
		return err
	}
	return s.Store.AskLink(ctx, email, purpose, s.newAsk(ctx, requestOf(ctx).lang))
}

type linkIn struct {
	LanguageInput
	Body struct {
		Email   string             `json:"email" minLength:"3" maxLength:"254" example:"lucia@example.org"`
		Purpose models.LinkPurpose `json:"purpose" enum:"sign_in,reset" doc:"sign_in signs in once; reset sets a new password"`
	}
}

func (s *Server) requestLink(ctx context.Context, in *linkIn) (*accepted, error) {
	if err := s.askLink(ctx, in.Body.Email, in.Body.Purpose); err != nil {
		return nil, err
	}
	return s.lookIntoMail(ctx), nil
}

type byLinkIn struct {
	LanguageInput
	Body struct {
		Token    string `json:"token" minLength:"1" maxLength:"64" doc:"The last part of the link's address" example:"VYQ3JXK7ZC2M5TNB4RWA6DHEPS"`
		Password string `json:"password,omitempty" maxLength:"1024" doc:"15 characters or more; some links ignore it" example:"a bridge over the river"`
		Code     string `json:"code,omitempty" maxLength:"64" doc:"Of the second factor, where there is one: a link does not replace it" example:"287082"`
	}
}

func (s *Server) createTokenByLink(ctx context.Context, in *byLinkIn) (*created[Token], error) {
	l, email, asks, err := s.linkOf(ctx, in.Body.Token, "")
	if err != nil {
		return nil, err
	}
	use := models.LinkUse{Compose: s.composing(ctx, "")}
	if asks {
		of, err := s.whoseOf(ctx, l, email)
		if err != nil {
			return nil, err
		}
		if use.Password, err = s.newPassword(ctx, "/body/password", in.Body.Password, of); err != nil {
			return nil, err
		}
	}
	refresh, session := s.newProgram(ctx, "")
	use.Session = session
	taken := func() error { return nil }
	if l.AccountID != nil {
		account, err := s.Store.Account(ctx, *l.AccountID)
		if err != nil {
			return nil, err
		}
		if session.Proof, taken, err = s.proofFor(ctx, account, in.Body.Code); err != nil {
			return nil, err
		}
	}
	if _, err = s.Store.UseLink(ctx, l.IDHash, use); err != nil {
		return nil, noLink(err)
	}
	requestOf(ctx).about(session.AccountID)
	if err := taken(); err != nil {
		return nil, err
	}
	token, err := s.tokens(session, refresh)
	if err != nil {
		return nil, err
	}
	return &created[Token]{Body: *token}, nil
}

// noLink says that a link does not work, or does no longer.
func noLink(err error) error {
	if models.CodeOf(err) == models.CodeNotFound {
		return &Error{Code: CodeNotFound, Key: "problem.link", Err: err}
	}
	return err
}

// linkOf finds the link of a token, the address of its owner, and whether it
// asks for a password: those that prove an address to somebody who has none, or
// one that nobody else may have chosen. Browser is what the browser keeps since
// it signed up.
func (s *Server) linkOf(ctx context.Context, token, browser string) (l *models.Link, email string, asks bool, err error) {
	l, err = s.Store.Link(ctx, hashOf(token))
	if err != nil {
		return nil, "", false, noLink(err)
	}
	if l.Purpose == models.LinkVerify {
		up, err := s.Store.SignUp(ctx, l.Email)
		if err != nil {
			return nil, "", false, noLink(err)
		}
		return l, up.Email, up.Browser == "" || up.Browser != hashOf(browser), nil
	}
	account, err := s.Store.Account(ctx, *l.AccountID)
	if err != nil {
		return nil, "", false, err
	}
	return l, account.Email, l.Purpose == models.LinkReset || l.Purpose == models.LinkInvite && account.PasswordHash == "", nil
}

// whoseOf is what a password that a link sets must not be made of.
func (s *Server) whoseOf(ctx context.Context, l *models.Link, email string) (whose, error) {
	if l.AccountID != nil {
		return s.whoseAccount(ctx, *l.AccountID, email)
	}
	up, err := s.Store.SignUp(ctx, l.Email)
	if err != nil {
		return whose{}, noLink(err)
	}
	return whoseSignUp(up), nil
}

// whoseAccount is what a password of an account must not be made of.
func (s *Server) whoseAccount(ctx context.Context, account, email string) (whose, error) {
	of := whose{email: email}
	rows, err := s.Store.ProfilesOf(ctx, account)
	for i := range rows {
		of.names = append(of.names, rows[i].Profile.Name, rows[i].Profile.Organization)
	}
	return of, err
}

type emailIn struct {
	LanguageInput
	Body struct {
		Email    string `json:"email" minLength:"3" maxLength:"254" example:"lucia@example.org"`
		Password string `json:"password" maxLength:"1024" doc:"The account's own, to be sure who asks" example:"a bridge over the river"`
		Code     string `json:"code,omitempty" maxLength:"64" doc:"Of the second factor, where the account has one" example:"287082"`
	}
}

func (s *Server) changeEmail(ctx context.Context, in *emailIn) (*accepted, error) {
	if err := s.askEmail(ctx, in.Body.Email, in.Body.Password, in.Body.Code); err != nil {
		return nil, err
	}
	return s.lookIntoMail(ctx), nil
}

// askEmail writes a mail to the new address of whoever asks, who says the
// password again, and a code.
func (s *Server) askEmail(ctx context.Context, email, password, code string) error {
	a := actorOf(ctx)
	if err := s.proveAgain(ctx, password, code); err != nil {
		return err
	}
	if _, err := s.mailTo(ctx, email); err != nil {
		return err
	}
	return s.Store.AskEmail(ctx, a.Account, email, s.newAsk(ctx, a.Lang))
}
