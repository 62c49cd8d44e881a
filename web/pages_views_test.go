package web

import (
	"slices"
	"time"

	"github.com/a-h/templ"
)

// hostile is a name that tries to leave its place: markup, quotes, a handler,
// an unclosed change of direction and a look-alike of a closing tag.
const hostile = "Ana \"O'Brien\" <script>alert(1)</script> \u202eevil onload='x' </title>&amp;"

var zone = time.FixedZone("", -6*60*60)

// words are what the samples say in each language where the program would
// take it from people or from other messages.
var words = map[string]map[string]string{
	"en": {
		"my": "My match", "progress": "Progress", "privacy": "Privacy", "help": "Help", "requests": "Requests", "rounds": "Rounds", "people": "People",
		"maya": "Buyer and importer, Épicerie Nord, Montréal", "daniel": "Customs broker, Reyes Border Services, Laredo", "anika": "Founder, Kaur Foods, Vancouver",
		"lucia": "hot sauces, 6 people · Oaxaca", "replies": "Usually replies in 2 days", "six": "Mentored 6 businesses", "new": "New mentor",
		"needs": "needs", "sector": "sector", "market": "market", "language": "language", "time": "shared time", "style": "working style", "load": "free places",
		"r-needs": "has done rules of origin in Canada", "r-sector": "same subsector: food manufacturing", "r-market": "knows Canada well", "r-language": "both speak Spanish", "r-time": "2 of 3 wanted hours in common", "r-style": "both like video calls", "r-load": "2 of 3 places free",
		"sent": "Application sent, March 2", "choose": "You choose until March 12", "review": "Staff review", "call": "First call",
		"cadence": "Time asked", "cadence-v": "2 hours a month, 6 months", "lang": "Language", "lang-v": "Spanish or English", "hours": "Shared free time", "hours-v": "6 hours a week, mornings", "rank": "Choice", "rank-v": "You are the first choice",
		"round": "Spring 2027 round", "label": "More weight on language", "stage": "Solving: 1 of 3", "sauces": "Hot sauces, Oaxaca", "rice": "Foods, Red Lake", "clay": "Ceramics, Jalisco",
		"full": "all mentors who fit have no place left", "alone": "no mentor shares a language and a market", "check": "every pair keeps the rules", "check2": "prices prove that no plan is better",
		"wait": "Reply by Thursday", "next": "Next call: March 9", "figure": "mentors", "figure2": "businesses", "figure3": "pairs in the last round", "of": "Made-up people of the demonstration.",
		"ask":  "A chain in Toronto wants my sauces, but I don't know how to label them for Canada or choose a customs broker. I want to ship my first pallet in June.",
		"must": "Enter an email address, like name@example.org.", "must-role": "Choose what you want to do.", "must-reason": "Choose a reason.", "must-confirm": "Tick the box to publish.",
		"rule-language": "no shared language", "rule-full": "no free place: full or paused", "must-code": "No mentor has the code M9.", "must-sign": "The email or the password is wrong.", "c-title": "Sign in to Puente", "c-text": "The link works once. Press the button to sign in on this device.", "c-button": "Sign in now", "p-title": "Choose a password", "p-text": "You are the first administrator of this program.", "p-button": "Save password", "must-long": "The password has fewer than 12 characters.", "e-title": "This page does not exist", "e-detail": "The address may be mistyped, or the page was moved.", "profile": "Your profile", "state": "Draft: no round uses it yet.", "save": "Save profile", "who": "About your business", "who-hint": "What people read first.", "speak": "Languages and time", "size": "People in the business", "topic": "What you need", "t1": "Labels and standards", "t1-hint": "Food labels, marks, tests", "t2": "Customs brokers", "t3": "First buyer abroad", "lang1": "Language 1", "level1": "Level 1", "lang2": "Language 2", "level2": "Level 2", "fluent": "Fluent", "story": "In your own words", "must-size": "Enter a number from 1 to 5,000.", "note-open": "299 businesses and 140 mentors take part.", "act-close": "Close", "act-run": "Run matching", "act-open": "Open",
	},
	"es": {
		"my": "Mi mentoría", "progress": "Avance", "privacy": "Privacidad", "help": "Ayuda", "requests": "Solicitudes", "rounds": "Rondas", "people": "Personas",
		"maya": "Compradora e importadora, Épicerie Nord, Montreal", "daniel": "Agente aduanal, Reyes Border Services, Laredo", "anika": "Fundadora, Kaur Foods, Vancouver",
		"lucia": "salsas picantes, 6 personas · Oaxaca", "replies": "Suele responder en 2 días", "six": "Mentoría a 6 empresas", "new": "Mentoría nueva",
		"needs": "necesidades", "sector": "sector", "market": "mercado", "language": "idioma", "time": "tiempo en común", "style": "estilo de trabajo", "load": "lugares libres",
		"r-needs": "ya resolvió reglas de origen en Canadá", "r-sector": "mismo subsector: industria alimentaria", "r-market": "conoce bien Canadá", "r-language": "hablan español", "r-time": "2 de las 3 horas deseadas en común", "r-style": "prefieren videollamadas", "r-load": "2 de 3 lugares libres",
		"sent": "Registro enviado, 2 de marzo", "choose": "Eliges hasta el 12 de marzo", "review": "Revisión del equipo", "call": "Primera llamada",
		"cadence": "Tiempo solicitado", "cadence-v": "2 horas al mes, 6 meses", "lang": "Idioma", "lang-v": "Español o inglés", "hours": "Horario en común", "hours-v": "6 horas por semana, en la mañana", "rank": "Opción", "rank-v": "Eres su primera opción",
		"round": "Ronda de primavera 2027", "label": "Más peso al idioma", "stage": "Calculando: 1 de 3", "sauces": "Salsas picantes, Oaxaca", "rice": "Alimentos, Red Lake", "clay": "Cerámica, Jalisco",
		"full": "quienes son compatibles ya no tienen lugar", "alone": "nadie comparte un idioma y un mercado", "check": "cada dupla cumple las reglas", "check2": "los precios prueban que ningún plan es mejor",
		"wait": "Responde a más tardar el jueves", "next": "Próxima llamada: 9 de marzo", "figure": "personas que ofrecen mentoría", "figure2": "empresas", "figure3": "duplas en la última ronda", "of": "Personas inventadas de la demostración.",
		"ask":  "Una cadena de Toronto quiere mis salsas, pero no sé cómo etiquetarlas para Canadá ni cómo elegir agente aduanal. Quiero enviar mi primera tarima en junio.",
		"must": "Escribe un correo electrónico, como nombre@ejemplo.org.", "must-role": "Elige qué quieres hacer.", "must-reason": "Elige un motivo.", "must-confirm": "Marca la casilla para publicar.",
		"rule-language": "sin idioma en común", "rule-full": "sin lugar libre: completo o en pausa", "must-code": "Ninguna persona tiene la clave M9.", "must-sign": "El correo o la contraseña no son correctos.", "c-title": "Inicia sesión en Puente", "c-text": "El enlace sirve una sola vez. Presiona el botón para iniciar sesión en este dispositivo.", "c-button": "Iniciar sesión ahora", "p-title": "Elige una contraseña", "p-text": "Eres la primera persona que administra este programa.", "p-button": "Guardar contraseña", "must-long": "La contraseña tiene menos de 12 caracteres.", "e-title": "Esta página no existe", "e-detail": "Puede que la dirección tenga un error o que la página haya cambiado de lugar.", "profile": "Tu perfil", "state": "Borrador: ninguna ronda lo usa todavía.", "save": "Guardar perfil", "who": "Sobre tu empresa", "who-hint": "Lo primero que se lee.", "speak": "Idiomas y horario", "size": "Personas en la empresa", "topic": "Qué necesitas", "t1": "Etiquetas y normas", "t1-hint": "Etiquetado de alimentos, marcas, pruebas", "t2": "Agentes aduanales", "t3": "Primer cliente en el extranjero", "lang1": "Idioma 1", "level1": "Nivel 1", "lang2": "Idioma 2", "level2": "Nivel 2", "fluent": "Con fluidez", "story": "En tus palabras", "must-size": "Escribe un número de 1 a 5,000.", "note-open": "Participan 299 empresas y 140 perfiles de mentoría.", "act-close": "Cerrar", "act-run": "Calcular la ronda", "act-open": "Abrir",
	},
	"fr": {
		"my": "Mon jumelage", "progress": "Progrès", "privacy": "Confidentialité", "help": "Aide", "requests": "Demandes", "rounds": "Rondes", "people": "Personnes",
		"maya": "Acheteuse et importatrice, Épicerie Nord, Montréal", "daniel": "Courtier en douane, Reyes Border Services, Laredo", "anika": "Fondatrice, Kaur Foods, Vancouver",
		"lucia": "sauces piquantes, 6 personnes · Oaxaca", "replies": "Répond d’habitude en 2 jours", "six": "Mentorat auprès de 6 entreprises", "new": "Nouveau mentorat",
		"needs": "besoins", "sector": "secteur", "market": "marché", "language": "langue", "time": "heures en commun", "style": "façon de travailler", "load": "places libres",
		"r-needs": "a déjà réglé les règles d’origine au Canada", "r-sector": "même sous-secteur : fabrication d’aliments", "r-market": "connaît bien le Canada", "r-language": "parlent espagnol", "r-time": "2 des 3 heures souhaitées en commun", "r-style": "préfèrent la visioconférence", "r-load": "2 places libres sur 3",
		"sent": "Inscription envoyée, 2 mars", "choose": "Vous choisissez jusqu’au 12 mars", "review": "Examen par l’équipe", "call": "Premier appel",
		"cadence": "Engagement", "cadence-v": "2 h par mois, 6 mois", "lang": "Langue", "lang-v": "Espagnol ou anglais", "hours": "Heures en commun", "hours-v": "6 h par semaine, le matin", "rank": "Choix", "rank-v": "Vous êtes le premier choix",
		"round": "Ronde du printemps 2027", "label": "Plus de poids à la langue", "stage": "Calcul : 1 sur 3", "sauces": "Sauces piquantes, Oaxaca", "rice": "Aliments, Red Lake", "clay": "Céramique, Jalisco",
		"full": "les personnes qui conviennent n’ont plus de place", "alone": "personne n’a une langue et un marché en commun", "check": "chaque dyade respecte les règles", "check2": "les prix prouvent qu’aucun plan n’est meilleur",
		"wait": "Répondez d’ici jeudi", "next": "Prochain appel : 9 mars", "figure": "mentors et mentores", "figure2": "entreprises", "figure3": "dyades de la dernière ronde", "of": "Personnes fictives de la démonstration.",
		"ask":  "Une chaîne de Toronto veut mes sauces, mais je ne sais pas étiqueter pour le Canada ni choisir un courtier en douane. Je veux expédier ma première palette en juin.",
		"must": "Entrez un courriel, comme nom@exemple.org.", "must-role": "Choisissez ce que vous voulez faire.", "must-reason": "Choisissez une raison.", "must-confirm": "Cochez la case pour publier.",
		"rule-language": "aucune langue en commun", "rule-full": "aucune place libre : complet ou en pause", "must-code": "Aucune personne ne porte le code M9.", "must-sign": "Le courriel ou le mot de passe est inexact.", "c-title": "Se connecter à Puente", "c-text": "Le lien sert une seule fois. Appuyez sur le bouton pour vous connecter sur cet appareil.", "c-button": "Se connecter maintenant", "p-title": "Choisissez un mot de passe", "p-text": "Vous êtes la première personne à administrer ce programme.", "p-button": "Enregistrer le mot de passe", "must-long": "Le mot de passe compte moins de 12 caractères.", "e-title": "Cette page n’existe pas", "e-detail": "L’adresse contient peut-être une erreur, ou la page a été déplacée.", "profile": "Votre profil", "state": "Brouillon : aucune ronde ne l’utilise encore.", "save": "Enregistrer le profil", "who": "Votre entreprise", "who-hint": "Ce qu’on lit d’abord.", "speak": "Langues et heures", "size": "Personnes dans l’entreprise", "topic": "Vos besoins", "t1": "Étiquettes et normes", "t1-hint": "Étiquetage d’aliments, marques, essais", "t2": "Courtiers en douane", "t3": "Premier client à l’étranger", "lang1": "Langue 1", "level1": "Niveau 1", "lang2": "Langue 2", "level2": "Niveau 2", "fluent": "Couramment", "story": "Dans vos mots", "must-size": "Entrez un nombre de 1 à 5 000.", "note-open": "299 entreprises et 140 profils de mentorat participent.", "act-close": "Fermer", "act-run": "Calculer la ronde", "act-open": "Ouvrir",
	},
}

// sampleScore has seven lines with the shares given, in sixtieths. The first
// three are reasons, and of the others one that gives less than half is worth
// knowing.
func sampleScore(w map[string]string, shares ...int) Score {
	s := Score{}
	weights := []int{350, 180, 150, 120, 100, 60, 40}
	for i, factor := range []string{"needs", "sector", "market", "language", "time", "style", "load"} {
		s.Lines = append(s.Lines, Line{w[factor], w["r-"+factor], weights[i], shares[i]})
		s.Score += weights[i] * shares[i]
	}
	for _, l := range s.Lines[:3] {
		s.Reasons = append(s.Reasons, Reason{l, false})
	}
	least := slices.MinFunc(s.Lines[3:], func(a, b Line) int { return a.Share - b.Share })
	if least.Share < 30 {
		s.Reasons = append(s.Reasons, Reason{least, true})
	}
	return s
}

func samplePage(lang, path string, nav ...string) Page {
	w := words[lang]
	p := Page{Lang: lang, Path: path, Foot: []Link{{Text: w["privacy"], Path: "/privacy"}, {Text: w["help"], Path: "/help"}}}
	for i, key := range nav {
		p.Nav = append(p.Nav, Link{w[key], "/" + key, i == 0})
		p.SignOut = "/signout"
	}
	return p
}

// samplePages are the pages that the tests look at, in one language.
func samplePages(lang string) map[string]templ.Component {
	return map[string]templ.Component{
		"landing":          LandingPage(sampleLanding(lang)),
		"landing_refused":  LandingPage(sampleRefused(lang)),
		"landing_hostile":  LandingPage(sampleHostileLanding(lang)),
		"signin":           SignInPage(sampleSignIn(lang)),
		"signin_refused":   SignInPage(sampleSignInRefused(lang)),
		"signin_providers": SignInPage(sampleSignInProviders(lang)),
		"leaving":          ToldPage(sampleLeaving(lang)),
		"join":             ConfirmPage(sampleJoin(lang)),
		"confirm":          ConfirmPage(sampleConfirm(lang)),
		"confirm_password": ConfirmPage(sampleChoosePassword(lang)),
		"confirm_hostile":  ConfirmPage(sampleHostileConfirm(lang)),
		"told":             ToldPage(sampleTold(lang)),
		"account":          AccountsPage(sampleAccount(lang)),
		"passkey": PasskeyPage(PasskeyAsked{
			Page: samplePage(lang, "/sign-in"), Title: Text(lang, "passkey.sign_in", nil), Text: Text(lang, "passkey.use_text", nil),
			Button: Text(lang, "passkey.use", nil), Post: "/sign-in/passkey/answer", Options: `{"publicKey":{"challenge":"` + hostile + `"}}`,
		}),
		"factor":              FactorPage(sampleFactor(lang)),
		"factor_on":           FactorPage(sampleFactorOn(lang)),
		"account_refused":     AccountsPage(sampleAccountRefused(lang)),
		"mailbox":             MailboxPage(sampleMailbox(lang)),
		"mailbox_empty":       MailboxPage(sampleNoMail(lang)),
		"mail":                MailPage(sampleMail(lang)),
		"mail_erased":         MailPage(sampleErased(lang)),
		"admin_accounts":      AdminPage(sampleAccounts(lang)),
		"admin_account":       AdminPage(sampleOneAccount(lang)),
		"admin_disable":       ConfirmPage(sampleDisable(lang)),
		"admin_invitations":   AdminPage(sampleInvitations(lang)),
		"admin_organizations": AdminPage(sampleOrganizations(lang)),
		"admin_stale_hostile": AdminPage(sampleStale(lang)),
		"admin_programme":     AdminPage(sampleProgramme(lang)),
		"admin_oidc_hostile":  AdminPage(sampleProvider(lang)),
		"own_withdraw":        ConfirmPage(sampleOwnPause(lang)),
		"problem":             ProblemPage(sampleProblem(lang)),
		"problem_hostile":     ProblemPage(sampleHostileProblem(lang)),
		"suggestions":         SuggestionsPage(sampleSuggestions(lang)),
		"suggestions_none":    SuggestionsPage(sampleNoSuggestions(lang)),
		"suggestions_closed":  SuggestionsPage(sampleClosed(lang)),
		"suggestions_unknown": SuggestionsPage(sampleUnknown(lang)),
		"suggestions_hostile": SuggestionsPage(sampleHostileSuggestions(lang)),
		"request":             RequestPage(sampleRequest(lang)),
		"request_refused":     RequestPage(sampleDeclining(lang)),
		"request_waiting":     RequestPage(sampleAnswered(lang, RequestWaiting)),
		"request_active":      RequestPage(sampleAnswered(lang, RequestActive)),
		"request_declined":    RequestPage(sampleAnswered(lang, RequestDeclined)),
		"request_expired":     RequestPage(sampleAnswered(lang, RequestExpired)),
		"request_superseded":  RequestPage(sampleAnswered(lang, RequestSuperseded)),
		"request_left":        RequestPage(sampleLeft(lang)),
		"request_none":        RequestPage(sampleNoRequest(lang, SideMentor)),
		"request_hostile":     RequestPage(sampleHostileRequest(lang)),
		"offer":               RequestPage(sampleOffer(lang, RequestOpen)),
		"offer_waiting":       RequestPage(sampleOffer(lang, RequestWaiting)),
		"offer_active":        RequestPage(sampleOffer(lang, RequestActive)),
		"offer_declined":      RequestPage(sampleOffer(lang, RequestDeclined)),
		"offer_superseded":    RequestPage(sampleOffer(lang, RequestSuperseded)),
		"offer_none":          RequestPage(sampleNoRequest(lang, SideMentee)),
		"profile":             ProfilePage(sampleProfile(lang)),
		"profile_refused":     ProfilePage(sampleProfileRefused(lang)),
		"profile_hostile":     ProfilePage(sampleHostileProfile(lang)),
		"rounds":              RoundsPage(sampleRounds(lang)),
		"rounds_empty":        RoundsPage(sampleNoRounds(lang)),
		"rounds_hostile":      RoundsPage(sampleHostileRounds(lang)),
		"weights":             WeightsPage(sampleWeights(lang)),
		"weights_found":       WeightsPage(sampleFoundWeights(lang)),
		"weights_refused":     WeightsPage(sampleRefusedWeights(lang)),
		"weights_hostile":     WeightsPage(sampleHostileWeights(lang)),
		"runs":                RunsPage(sampleRuns(lang)),
		"runs_refused":        RunsPage(sampleRefusedRuns(lang)),
		"runs_hostile":        RunsPage(sampleHostileRuns(lang)),
		"compared":            ComparedPage(sampleCompared(lang)),
		"compared_hostile":    ComparedPage(sampleHostileCompared(lang)),
		"review":              ReviewPage(sampleReview(lang)),
		"review_published":    ReviewPage(samplePublished(lang)),
		"review_stable":       ReviewPage(sampleStable(lang)),
		"review_balanced":     ReviewPage(sampleBalanced(lang)),
		"review_lottery":      ReviewPage(sampleLottery(lang)),
		"review_open":         ReviewPage(sampleOpen(lang)),
		"review_erased":       ReviewPage(sampleLeftRound(lang)),
		"review_empty":        ReviewPage(sampleEmpty(lang)),
		"review_hostile":      ReviewPage(sampleHostileReview(lang)),
		"explained":           ExplainedPage(sampleExplained(lang)),
		"explained_hostile":   ExplainedPage(sampleHostileExplained(lang)),
		"advice":              RoundAdvicePage(sampleAdvice(lang)),
		"advice_stable":       RoundAdvicePage(sampleOtherAdvice(lang)),
		"advice_hostile":      RoundAdvicePage(sampleHostileAdvice(lang)),
	}
}

func sampleLanding(lang string) Landing {
	w := words[lang]
	p := samplePage(lang, "/")
	p.SignIn = "/signin"
	return Landing{
		Page: p, SignUp: "/join", Privacy: "/privacy", FiguresOf: w["of"],
		Fields:  SignUpFields(lang, map[string]string{"role": "mentee"}, nil),
		Figures: []Figure{{Number(lang, 1148), w["figure"]}, {Number(lang, 2300), w["figure2"]}, {Number(lang, 268), w["figure3"]}},
	}
}

func sampleRefused(lang string) Landing {
	v, w := sampleLanding(lang), words[lang]
	v.Path = "/join"
	v.Fields = SignUpFields(lang, map[string]string{"name": "Lucía Méndez", "email": "lucia", "country": "MX", "terms": "on"},
		map[string]string{"email": w["must"], "role": w["must-role"]})
	return v
}

func sampleHostileLanding(lang string) Landing {
	v := sampleLanding(lang)
	v.Path, v.Notice = "/join?next=\"><script>", hostile
	v.Fields = SignUpFields(lang, map[string]string{"name": hostile, "email": hostile, "organization": hostile}, map[string]string{"email": hostile})
	return v
}

func sampleSuggestions(lang string) Suggestions {
	w := words[lang]
	return Suggestions{
		Page: samplePage(lang, "/match", "my", "progress"), Business: "Salsas del Valle", Compared: 1214,
		Until: time.Date(2027, 3, 12, 17, 0, 0, 0, zone), City: "Oaxaca", Order: "/match/order",
		Steps:   []Step{{w["sent"], StepDone}, {w["choose"], StepNow}, {w["review"], StepAhead}, {w["call"], StepAhead}},
		Refused: []Refused{{w["rule-language"], 1041}, {w["rule-full"], 1}},
		Find:    "/match", FindField: FindFields(lang, map[string]string{"mentor": "M0230"}, nil),
		Why: &Why{
			Name: "Rosa Ibarra", Score: sampleScore(w, 40, 30, 48, 60, 52, 60, 60), Than: "Anika Kaur",
			Differences: []Difference{{w["needs"], -4}, {w["sector"], -9}, {w["language"], 10}, {w["style"], 0}},
			Changes:     sampleChanges(lang),
		},
		Mentors: []Suggestion{
			{"M0017", "Maya Tremblay", w["maya"], "CA", []string{"Español · English · Français", w["six"]}, w["replies"], "/mentors/M0017", sampleScore(w, 58, 54, 60, 60, 38, 60, 40)},
			{"M0044", "Daniel Reyes", w["daniel"], "US", []string{"Español · English", w["new"]}, "", "", sampleScore(w, 58, 30, 48, 60, 52, 60, 60)},
			{"M0102", "Anika Kaur", w["anika"], "CA", []string{"English · ਪੰਜਾਬੀ"}, "", "", sampleScore(w, 46, 60, 60, 12, 25, 30, 20)},
		},
	}
}

// sampleChanges are the words of a change of answers, of a weight, and of none.
func sampleChanges(lang string) []string {
	rosa := map[string]any{
		"Mentor": "Rosa Ibarra", "Rank": 4, "Points": 68, "Most": 3, "Factor": words[lang]["language"], "From": 110, "To": 164,
		"Answers": Text(lang, "change.mentee_overlap", map[string]any{"Minutes": 60}),
	}
	return []string{Text(lang, "change.self", rosa), Text(lang, "change.mentor_none", rosa), Text(lang, "change.weight", rosa)}
}

// sampleNoSuggestions says why every mentor is left out.
func sampleNoSuggestions(lang string) Suggestions {
	w := words[lang]
	return Suggestions{
		Page: samplePage(lang, "/match", "my"), Compared: 1, Order: "/match/order",
		Refused: []Refused{{w["rule-language"], 41}, {w["rule-full"], 1}},
		Find:    "/match", FindField: FindFields(lang, nil, nil),
	}
}

// sampleUnknown asks for a mentor who does not exist.
func sampleUnknown(lang string) Suggestions {
	v := sampleSuggestions(lang)
	v.Path, v.Offer, v.Why = "/match?mentor=M9", "/requests/7", nil
	v.FindField = FindFields(lang, map[string]string{"mentor": "M9"}, map[string]string{"mentor": words[lang]["must-code"]})
	return v
}

func sampleClosed(lang string) Suggestions {
	v := sampleSuggestions(lang)
	v.Closed, v.Confirmed, v.Offer = true, true, "/requests/7"
	v.Why = &Why{Name: "Jordan Two Bears", Rule: words[lang]["rule-language"]}
	return v
}

func sampleHostileSuggestions(lang string) Suggestions {
	v := sampleSuggestions(lang)
	v.Business, v.City, v.Order, v.Path = hostile, hostile, "/match/\"><script>", "/match?x=\"><script>"
	m := &v.Mentors[0]
	m.ID, m.Name, m.About, m.Country, m.Tags, m.Good, m.Path = hostile, hostile, hostile, hostile, []string{hostile}, hostile, "/javascript:alert(1)"
	v.Refused[0].Text, v.Offer, v.Find = hostile, "/\"><script>", "/\"><script>"
	v.Why.Name, v.Why.Than, v.Why.Differences[0].Factor, v.Why.Changes = hostile, hostile, hostile, []string{hostile}
	v.FindField = FindFields(lang, map[string]string{"mentor": hostile}, map[string]string{"mentor": hostile})
	m.Score.Lines[0].Factor, m.Score.Lines[0].Reason = hostile, hostile
	m.Score.Reasons[0].Line = m.Score.Lines[0]
	return v
}

func sampleRequest(lang string) Request {
	w := words[lang]
	return Request{
		Page: samplePage(lang, "/requests/7", "requests", "progress"), Side: SideMentor, Name: "Lucía Méndez", Business: "Salsas del Valle", About: w["lucia"], Country: "MX",
		Due: time.Date(2027, 4, 1, 17, 0, 0, 0, zone), Ask: w["ask"], State: RequestOpen,
		Facts: []Fact{{w["cadence"], w["cadence-v"]}, {w["lang"], w["lang-v"]}, {w["hours"], w["hours-v"]}, {w["rank"], w["rank-v"]}},
		Score: sampleScore(w, 58, 54, 60, 60, 38, 60, 40), Accept: "/requests/7/accept", Decline: "/requests/7/decline", DeclineFields: DeclineFields(lang, SideMentor, nil, nil),
		Requests:    []Waiting{{"Lucía Méndez", w["wait"], "/requests/7", true}, {"Jordan Two Bears", w["wait"], "/requests/9", false}},
		Mentorships: []Waiting{{"Sofía Paredes", w["next"], "/mentorships/3", false}},
		Taken:       1, Places: 2,
	}
}

func sampleDeclining(lang string) Request {
	v := sampleRequest(lang)
	v.AskLang = "es"
	v.DeclineFields = DeclineFields(lang, v.Side, nil, map[string]string{"reason": words[lang]["must-reason"]})
	return v
}

// sampleAnswered is a request in a state that follows the open one.
func sampleAnswered(lang string, state RequestState) Request {
	v := sampleRequest(lang)
	v.State, v.Contact = state, "lucia@example.org"
	return v
}

// sampleLeft is what a mentor sees of a pair whose other side was erased.
func sampleLeft(lang string) Request {
	v := sampleAnswered(lang, RequestSuperseded)
	v.Name, v.Left, v.Business, v.About, v.Country, v.Ask, v.Facts, v.Contact = Text(lang, "person.left", nil), true, "", "", "", "", nil, ""
	v.Requests, v.Score = nil, Score{Score: v.Score.Score}
	return v
}

// sampleOffer is what an entrepreneur sees of the same pair.
func sampleOffer(lang string, state RequestState) Request {
	v, w := sampleRequest(lang), words[lang]
	v.Path, v.Side, v.State, v.Contact = "/requests/7", SideMentee, state, "maya@example.org"
	v.Name, v.Business, v.About, v.Country, v.Ask, v.Facts = "Maya Tremblay", "Épicerie Nord", w["maya"], "CA", "", v.Facts[:3]
	v.DeclineFields = DeclineFields(lang, SideMentee, nil, nil)
	v.Requests, v.Mentorships, v.Places = []Waiting{{"Maya Tremblay", w["wait"], "/requests/7", true}}, nil, 0
	v.Steps = []Step{{w["choose"], StepDone}, {w["review"], StepDone}, {w["wait"], StepNow}, {w["call"], StepAhead}}
	return v
}

// sampleNoRequest is the page of somebody who was not asked yet.
func sampleNoRequest(lang, side string) Request {
	w := words[lang]
	return Request{
		Page: samplePage(lang, "/requests", "requests", "progress"), Side: side, State: RequestNone,
		Steps: []Step{{w["sent"], StepDone}, {w["review"], StepNow}, {w["call"], StepAhead}},
	}
}

func sampleHostileRequest(lang string) Request {
	v := sampleRequest(lang)
	v.Name, v.Business, v.About, v.Ask, v.AskLang = hostile, hostile, hostile, hostile, "\"x"
	v.State, v.Contact, v.Steps = RequestActive, hostile, []Step{{hostile, StepNow}}
	v.Facts[0], v.Requests[0] = Fact{hostile, hostile}, Waiting{hostile, hostile, "/\"><script>", true}
	return v
}

func sampleReview(lang string) Review {
	w := words[lang]
	pair := func(id, business, about, from, mentor, mentorAbout, to string, choice int, shares ...int) Pair {
		return Pair{id, "/staff/rounds/3/review?pair=" + id, business, about, from, mentor, mentorAbout, to, "", choice, sampleScore(w, shares...), "/staff/rounds/3/explain?mentee=E-" + id}
	}
	return Review{
		Page: samplePage(lang, "/staff/rounds/3/review?pair=1", "rounds", "people"), Name: w["round"], Run: 4, Of: 5, Label: w["label"], At: time.Date(2027, 3, 14, 9, 12, 0, 0, zone),
		Seed: "2027", Took: 1840 * time.Millisecond, Selected: "1",
		Summary: Summary{Pairs: 268, Businesses: 299, Places: 280, Unmatched: 31, Wished: 200, FirstChoice: 163, AcrossBorder: 209},
		Proof:   Proof{Proven: true, Method: "optimal", Total: 13_748_400, Bound: 13_748_400, Checks: []Check{{w["check"], true}, {w["check2"], true}}},
		First:   51,
		Pairs: []Pair{
			pair("1", "Salsas del Valle", w["sauces"], "MX", "Maya Tremblay", w["maya"], "CA", 1, 58, 54, 60, 60, 38, 60, 40),
			pair("2", "Nokomis Wild Rice", w["rice"], "US", "Anika Kaur", w["anika"], "CA", 2, 56, 60, 60, 60, 50, 30, 20),
			pair("3", "Taller Luz de Barro", w["clay"], "MX", "Daniel Reyes", w["daniel"], "US", 0, 50, 12, 48, 60, 20, 60, 60),
		},
		Previous: "/staff/rounds/3/review?page=1", Next: "/staff/rounds/3/review?page=3",
		Unmatched: []Unmatched{{"Panadería Nube", w["sauces"], "MX", w["full"], "/staff/rounds/3/explain?mentee=E-9"}, {"Prairie Sensor Co.", w["rice"], "CA", w["alone"], ""}},
		Advice:    "/staff/rounds/3/advice", Runs: "/rounds/3/runs",
		Download: "/api/v1/rounds/3/round.json", Publish: "/staff/rounds/3/publish", Fields: PublishFields(lang, nil, nil),
	}
}

func samplePublished(lang string) Review {
	v := sampleReview(lang)
	v.Published, v.Selected, v.Publish, v.Fields = true, "3", "", nil
	v.Pairs[0].Answer, v.Pairs[1].Answer = Text(lang, "state.active", nil), Text(lang, "state.offered", nil)
	v.Proof = Proof{Proven: false, Method: "optimal", Total: 13_000_000, Bound: 13_748_400, Checks: []Check{{words[lang]["check2"], false}}}
	return v
}

// sampleLeftRound is a round of which somebody was erased on each side.
func sampleLeftRound(lang string) Review {
	v := samplePublished(lang)
	v.Erased, v.Advice, v.Selected = true, "", v.Pairs[0].ID
	for i := range v.Pairs {
		v.Pairs[i].Explain = ""
	}
	for i := range v.Unmatched {
		v.Unmatched[i].Explain = ""
	}
	left := Text(lang, "person.left", nil)
	business, mentor := &v.Pairs[0], &v.Pairs[1]
	business.Path, business.Business, business.BusinessAbout, business.BusinessCountry = "", left, "", ""
	mentor.Mentor, mentor.MentorAbout, mentor.MentorCountry = left, "", ""
	business.Score, mentor.Score = Score{Score: business.Score.Score}, Score{Score: mentor.Score.Score}
	return v
}

func sampleBalanced(lang string) Review {
	v := sampleStable(lang)
	v.Proof.Method = "balanced"
	return v
}

func sampleLottery(lang string) Review {
	v := sampleReview(lang)
	v.Proof.Method, v.Proof.Bound = "lottery", 0
	return v
}

func sampleOpen(lang string) Review {
	v := sampleReview(lang)
	p := &v.Proof
	p.Gap, p.Open, p.Bound, v.Advice = 1200, true, p.Total+1200, ""
	p.Notes = []string{Text(lang, "again.kept_points", map[string]any{"Pairs": 251, "Of": 260, "Points": 600, "Gap": 1200})}
	return v
}

func sampleStable(lang string) Review {
	v := sampleReview(lang)
	v.Proof.Method, v.Proof.Bound, v.Advice = "stable", 0, ""
	for i := range v.Pairs {
		v.Pairs[i].Explain = ""
	}
	return v
}

func sampleEmpty(lang string) Review {
	v := sampleReview(lang)
	v.Pairs, v.Unmatched, v.Summary, v.Selected = nil, nil, Summary{}, ""
	v.Fields = PublishFields(lang, nil, map[string]string{"confirm": words[lang]["must-confirm"]})
	return v
}

func sampleHostileReview(lang string) Review {
	v := sampleReview(lang)
	v.Name, v.Label, v.Seed, v.Download, v.Runs = hostile, hostile, hostile, "javascript:alert(1)", "/\"><script>"
	p := &v.Pairs[0]
	p.Business, p.BusinessAbout, p.BusinessCountry, p.Mentor, p.MentorAbout, p.Path = hostile, hostile, hostile, hostile, hostile, "/\"><script>"
	p.Score.Lines[0].Reason, p.Score.Reasons[0].Reason = hostile, hostile
	v.Unmatched[0] = Unmatched{hostile, hostile, hostile, hostile, "/\"><script>"}
	v.Proof.Checks[0].Text = hostile
	return v
}

func sampleRuns(lang string) Runs {
	w := words[lang]
	method := func(name string) string { return Text(lang, "rounds.method_"+name, nil) }
	row := func(n int, label, name string) RunRow {
		return RunRow{
			Number: n, Label: label, Method: method(name), At: time.Date(2027, 3, 14, 9, 12+n, 0, 0, zone), State: Text(lang, "state.finished", nil), Gap: -1, Below: -1,
		}
	}
	result := func(r RunRow, total, below, gap int, figures ...int) RunRow {
		r.Path, r.Total, r.Below, r.Gap, r.Pairs = "/rounds/3?run="+itoa(r.Number), total, below, gap, 268
		if len(figures) > 0 {
			r.Known, r.Businesses, r.Wished = true, 299, 200
			r.Worst, r.First, r.FirstWish, r.Across, r.Blocking = figures[0], figures[1], figures[2], figures[3], figures[4]
		}
		return r
	}
	waiting, stuck := row(6, "", "lottery"), row(5, "", "optimal")
	waiting.State, waiting.Class, waiting.Stop, waiting.Stage = Text(lang, "state.running", nil), "brand-c", "/rounds/3/runs/6/stop", w["stage"]
	stuck.State, stuck.Class, stuck.Reason = Text(lang, "state.infeasible", nil), "warn", Text(lang, "ended.clash_groups", nil)
	stuck.Clash = []string{Text(lang, "clash.group_alone", map[string]any{"Name": w["label"], "Most": false, "Amount": "200", "Pairs": 140})}
	published := result(row(4, w["label"], "optimal"), 13_748_400, 0, 0, 31, 166, 163, 209, 41)
	published.Published = true
	published.Keeps, published.Kept, published.Keepable = Text(lang, "runs.number", map[string]any{"N": 1}), 251, 260
	open := result(row(1, "", "optimal"), 13_000_000, -1, 40, 30, 150, 140, 199, 55)
	open.Keeps, open.Points, open.Kept, open.Keepable, open.Limit = Text(lang, "runs.other_round", nil), 600, 12, 14, 30
	return Runs{
		Page: samplePage(lang, "/rounds/3/runs", "rounds", "people"), Round: w["round"], Back: "/rounds", State: "proposed", Others: true, Post: "/rounds/3/runs",
		List: []RunRow{
			waiting, stuck, published, result(row(3, "", "balanced"), 13_500_000, 181, -1, 38, 140, 120, 201, 77),
			result(row(2, "", "stable"), 13_350_000, 290, -1, 25, 170, 171, 205, 0), open,
		},
		Compare: "/rounds/3/compare", Choices: []Option{{Value: "4", Label: w["label"]}, {Value: "3", Label: method("balanced")}},
		Fields: sampleRunFields(lang, nil),
	}
}

func sampleRunFields(lang string, problems map[string]string) []Field {
	values := map[string]string{"method": "optimal", "cover": "mentees", "lottery_plans": "2", "needs": "340", "preference": "0"}
	methods := []Option{{Value: "optimal", Label: Text(lang, "rounds.method_optimal", nil)}, {Value: "stable", Label: Text(lang, "rounds.method_stable", nil)}}
	runs := []Option{{Value: "4", Label: words[lang]["label"]}}
	return RunFields(lang, methods, runs, sampleFactors, RunLimits{Plans: [2]int{2, 64}, Weight: 1000, Points: 60_000, Time: 240}, values, problems)
}

func sampleRefusedRuns(lang string) Runs {
	v := sampleRuns(lang)
	v.List, v.Choices, v.Others = nil, nil, false
	v.Fields = sampleRunFields(lang, map[string]string{"groups": Text(lang, "runs.group_missing", nil), "needs": Text(lang, "validation.integer", nil)})
	return v
}

func sampleHostileRuns(lang string) Runs {
	v := sampleRuns(lang)
	v.Round, v.Back, v.State, v.Post, v.Compare = hostile, "/\"><script>", hostile, "/\"><script>", "/\"><script>"
	v.List[0].Stage, v.List[0].Stop, v.List[1].Reason, v.List[1].Clash[0], v.List[2].Label, v.List[2].Path = hostile, "/\"><script>", hostile, hostile, hostile, "/\"><script>"
	v.Choices[0] = Option{Value: hostile, Label: hostile}
	return v
}

func sampleCompared(lang string) Compared {
	w := words[lang]
	runs := sampleRuns(lang).List
	return Compared{
		Page: samplePage(lang, "/rounds/3/compare", "rounds", "people"), Round: w["round"], Back: "/rounds/3/runs", A: runs[2], B: runs[3],
		Lines: []string{
			Text(lang, "rounddiff.pairs", map[string]any{"Kept": 200, "Lost": 68, "New": 68}),
			Text(lang, "compared.gain", map[string]any{"Count": 1, "Names": "Panadería Nube"}),
		},
		Pairs: []string{Text(lang, "whatif.lost", map[string]any{"Left": "Salsas del Valle", "Right": "Maya Tremblay", "Score": 51_000})}, More: 135,
	}
}

func sampleHostileCompared(lang string) Compared {
	v := sampleCompared(lang)
	v.Round, v.Back, v.A.Label, v.Lines[0], v.Pairs[0] = hostile, "/\"><script>", hostile, hostile, hostile
	return v
}

func sampleExplained(lang string) Explained {
	w := words[lang]
	return Explained{
		Page: samplePage(lang, "/staff/rounds/3/explain", "rounds", "people"), Round: w["round"], Business: "Salsas del Valle", Back: "/staff/rounds/3",
		Unmatched: w["full"], More: 2, Holds: Text(lang, "whatif.holds_optimal", nil),
		Pairs: [][]string{{
			Text(lang, "whatif.paired", map[string]any{"Left": "Salsas del Valle", "Right": "Maya Tremblay", "Rank": 2, "Score": 51_000}),
			Text(lang, "whatif.paired_tie", nil),
		}},
		Better: [][]string{{
			Text(lang, "whatif.out", map[string]any{"Left": "Salsas del Valle", "Right": "Anika Kaur", "Rank": 1, "Score": 52_000}),
			Text(lang, "whatif.out_tie", nil), Text(lang, "whatif.place_sure", map[string]any{"Right": "Anika Kaur"}),
		}},
	}
}

func sampleHostileExplained(lang string) Explained {
	v := sampleExplained(lang)
	v.Holds, v.Chances = hostile, hostile
	v.Round, v.Business, v.Unmatched, v.Back = hostile, hostile, hostile, "/\"><script>"
	v.Pairs[0][0], v.Better[0][1] = hostile, hostile
	return v
}

func sampleAdvice(lang string) RoundAdvice {
	w := words[lang]
	gain := Text(lang, "whatif.gain", map[string]any{"Score": Number(lang, 38_888)})
	return RoundAdvice{
		Page: samplePage(lang, "/staff/rounds/3/advice", "rounds", "people"), Round: w["round"], Back: "/staff/rounds/3",
		Holds:    Text(lang, "whatif.holds_optimal", nil),
		Places:   []string{Text(lang, "whatif.place_adds", map[string]any{"Right": "Maya Tremblay", "Gain": gain})},
		Ladder:   []string{Text(lang, "whatif.rung_only", map[string]any{"Count": 268})},
		Recruits: []string{w["needs"]}, RecruitsNote: Text(lang, "whatif.recruits_proven", map[string]any{"Tried": 249, "Solved": 5}),
	}
}

func sampleOtherAdvice(lang string) RoundAdvice {
	v := sampleAdvice(lang)
	v.Holds, v.Note, v.Ladder, v.Recruits, v.RecruitsNote = Text(lang, "whatif.holds_stable", nil), Text(lang, "whatif.report_other", nil), nil, nil, ""
	v.Best = Text(lang, "whatif.best_total", map[string]any{"Gain": Text(lang, "whatif.gain", map[string]any{"Score": Number(lang, 38_888)}), "Cost": false})
	v.Groups = []string{Text(lang, "groups.kept", map[string]any{"Name": words[lang]["label"], "Most": false, "Amount": "80%", "Pairs": 220, "Of": 268})}
	return v
}

func sampleHostileAdvice(lang string) RoundAdvice {
	v := sampleOtherAdvice(lang)
	v.Recruits, v.Best, v.Groups[0], v.Note, v.Holds = []string{""}, hostile, hostile, hostile, hostile
	v.Unfinished, v.Round, v.Places[0], v.Recruits[0], v.RecruitsNote, v.Back = true, hostile, hostile, hostile, hostile, "/\"><script>"
	return v
}

func sampleSignIn(lang string) SignIn {
	return SignIn{Page: samplePage(lang, "/signin"), Fields: SignInFields(lang, nil, nil), Post: "/signin", Join: "/", Others: []Link{{Text: Text(lang, "me.ask_link", nil), Path: "/sign-in/link"}}}
}

func sampleSignInRefused(lang string) SignIn {
	v := sampleSignIn(lang)
	v.Fields = SignInFields(lang, map[string]string{"email": "lucia@example.org", "password": "not shown again"}, map[string]string{"password": words[lang]["must-sign"]})
	return v
}

func sampleConfirm(lang string) Confirm {
	w := words[lang]
	return Confirm{Page: samplePage(lang, "/signin/once"), Title: w["c-title"], Text: w["c-text"], Button: w["c-button"], Post: "/signin/once"}
}

func sampleChoosePassword(lang string) Confirm {
	w := words[lang]
	field := PasswordField(lang)
	field.Problem = w["must-long"]
	return Confirm{Page: samplePage(lang, "/setup"), Title: w["p-title"], Text: w["p-text"], Button: w["p-button"], Post: "/setup", Fields: []Field{field}}
}

func sampleHostileConfirm(lang string) Confirm {
	v := sampleChoosePassword(lang)
	v.Title, v.Text, v.Button, v.Post, v.Fields[0].Problem = hostile, hostile, hostile, "/\"><script>", hostile
	return v
}

func sampleProblem(lang string) Problem {
	w := words[lang]
	return Problem{Page: samplePage(lang, "/nowhere"), Title: w["e-title"], Detail: w["e-detail"], Code: "not_found", RequestID: "ygk3h2zz5m6q"}
}

func sampleHostileProblem(lang string) Problem {
	v := sampleProblem(lang)
	v.Path, v.Title, v.Detail, v.Code, v.RequestID = "/\"><script>", hostile, hostile, hostile, hostile
	return v
}

func sampleProfile(lang string) Profile {
	w, page := words[lang], samplePage(lang, "/profile", "my", "progress")
	page.Kept = Kept{ID: ProfileForm, Post: "/profile"}
	languages := []Option{{Label: Text(lang, "form.choose", nil)}, {Value: "es", Label: "Español"}, {Value: "en", Label: "English"}, {Value: "fr", Label: "Français"}}
	levels := []Option{{Label: Text(lang, "form.choose", nil)}, {Value: "C1", Label: w["fluent"] + " (C1)"}, {Value: "B1", Label: "B1"}}
	return Profile{
		Page: page, Title: w["profile"], State: w["state"], Post: "/profile", Submit: w["save"],
		Steps: []Link{{Text: Text(lang, "own.pause", nil), Path: "/profile/do/pause?side=mentee"}, {Text: Text(lang, "own.withdraw", nil), Path: "/profile/do/withdraw?side=mentee"}},
		Groups: []FieldGroup{
			{w["who"], w["who-hint"], []Field{
				{Name: "size", Kind: KindNumber, Label: w["size"], Value: "6", Required: true, Min: 1, Max: 5000},
				{Name: "story", Kind: KindArea, Label: w["story"], Value: w["ask"], Max: 500},
			}},
			{w["topic"], "", []Field{{
				Name: "topics", Kind: KindCheckboxes, Label: w["topic"], Values: []string{"labels", "buyer"},
				Options: []Option{{Value: "labels", Label: w["t1"], Hint: w["t1-hint"]}, {Value: "brokers", Label: w["t2"]}, {Value: "buyer", Label: w["t3"]}},
			}}},
			{w["speak"], "", []Field{{Name: "languages", Kind: KindRows, Label: w["speak"], Required: true, Rows: [][]Field{
				{
					{Name: "language_1", Kind: KindSelect, Label: w["lang1"], Value: "es", Options: languages},
					{Name: "level_1", Kind: KindSelect, Label: w["level1"], Value: "C1", Options: levels},
				},
				{
					{Name: "language_2", Kind: KindSelect, Label: w["lang2"], Options: languages},
					{Name: "level_2", Kind: KindSelect, Label: w["level2"], Options: levels},
				},
			}}}},
		},
	}
}

func sampleProfileRefused(lang string) Profile {
	v := sampleProfile(lang)
	v.State = ""
	v.Groups[0].Fields[0].Value, v.Groups[0].Fields[0].Problem = "-1", words[lang]["must-size"]
	v.Groups[1].Fields[0].Problem = words[lang]["must-reason"]
	v.Groups[2].Fields[0].Problem = words[lang]["must-reason"]
	return v
}

func sampleHostileProfile(lang string) Profile {
	v := sampleProfile(lang)
	v.Title, v.State, v.Submit, v.Post = hostile, hostile, hostile, "/\"><script>"
	v.Groups[0].Title, v.Groups[0].Hint = hostile, hostile
	v.Groups[0].Fields[0].Value, v.Groups[0].Fields[1].Value, v.Groups[0].Fields[1].Problem = hostile, hostile, hostile
	v.Groups[1].Fields[0].Options[0] = Option{hostile, hostile, hostile, hostile}
	v.Groups[2].Fields[0].Rows[0][0].Options[1] = Option{hostile, hostile, hostile, hostile}
	return v
}

func sampleRounds(lang string) Rounds {
	w := words[lang]
	return Rounds{
		Page: samplePage(lang, "/staff/rounds", "rounds", "people"), Post: "/staff/rounds", New: NewRoundFields(lang, nil, map[string]string{"seed": "2027"}, nil),
		List: []RoundRow{
			{w["round"], "open", "/staff/rounds/3", w["note-open"], []Action{{Label: w["act-close"], Post: "/staff/rounds/3/close", Primary: true}}, "", 0, false},
			{w["round"] + " B", "closed", "", "", []Action{
				{Label: w["act-open"], Post: "/staff/rounds/2/open"},
				{Label: w["act-run"], Post: "/staff/rounds/2/run", Primary: true, Method: "balanced", Methods: []Option{
					{Value: "optimal", Label: Text(lang, "rounds.method_optimal", nil)}, {Value: "balanced", Label: Text(lang, "rounds.method_balanced", nil)},
				}},
			}, "/rounds/2/runs", 0, true},
			{w["round"] + " A", "infeasible", "/staff/rounds/1", w["note-open"], nil, "/rounds/1/runs", 3, true},
		},
		Weights: []Link{{Text: Text(lang, "rounds.weights", map[string]any{"Programme": "Puente"}), Path: "/programmes/3/weights"}},
	}
}

// sampleFactors are two of the factors with their weights.
var sampleFactors = []Factor{{"needs", 340}, {"preference", 0}}

func sampleWeights(lang string) Weights {
	return Weights{
		Page: samplePage(lang, "/programmes/3/weights", "rounds", "people"), Programme: "Puente", Post: "/programmes/3/weights", Back: "/staff/rounds",
		Fields: WeightFields(lang, sampleFactors, 1000, map[string]string{"needs": "340", "preference": "0"}, nil),
	}
}

func sampleFoundWeights(lang string) Weights {
	v := sampleWeights(lang)
	v.Fields = WeightFields(lang, sampleFactors, 1000, map[string]string{"needs": "500", "preference": "0"}, nil)
	v.Found = &Preview{
		Keep: "/programmes/3/weights/keep", Values: [][2]string{{"version", "3"}, {"needs", "500"}, {"preference", "0"}},
		Start: time.Date(2027, 1, 4, 0, 0, 0, 0, time.UTC), Businesses: 1299, Mentors: 140, Top: 5, Lists: 421, First: 130,
		Pairs: [2]int{268, 266}, Points: [2]int{712, 734}, Kept: 231, Lost: 37, New: 35, With: 4, Without: 6, LeftOut: 1,
		Changes: []PreviewChange{
			{Business: "Salsas Xunán", Moves: true, Before: "Grace Whitfield", After: "Pilar Soto", First: true, Entered: []string{"Pilar Soto", "Omar Haddad"}, Left: []string{"Grace Whitfield"}},
			{Business: "E-0007", Moves: true, Before: "M-0001"},
			{Business: "Red Lake Foods", OrderOnly: true},
		},
	}
	return v
}

func sampleRefusedWeights(lang string) Weights {
	v := sampleWeights(lang)
	v.Fields = WeightFields(lang, sampleFactors, 1000, map[string]string{"needs": "x", "preference": ""}, map[string]string{"needs": words[lang]["must-size"]})
	v.Found = &Preview{NoRound: true, Keep: "/programmes/3/weights/keep", Start: time.Date(2027, 1, 4, 0, 0, 0, 0, time.UTC), Businesses: 1, Lists: 1}
	return v
}

func sampleHostileWeights(lang string) Weights {
	v := sampleFoundWeights(lang)
	v.Programme, v.Post, v.Found.Keep = hostile, "/\"><script>", "/\"><script>"
	v.Fields = WeightFields(lang, sampleFactors, 1000, map[string]string{"needs": hostile, "preference": hostile}, map[string]string{"needs": hostile})
	v.Found.Values = [][2]string{{hostile, hostile}}
	v.Found.Changes = []PreviewChange{{Business: hostile, Moves: true, Before: hostile, After: hostile, Entered: []string{hostile}, Left: []string{hostile, hostile}}}
	return v
}

func sampleNoRounds(lang string) Rounds {
	v := sampleRounds(lang)
	v.List, v.New = nil, NewRoundFields(lang, nil, map[string]string{"seed": "x"}, map[string]string{"seed": words[lang]["must-size"]})
	return v
}

func sampleHostileRounds(lang string) Rounds {
	v := sampleRounds(lang)
	v.List[0] = RoundRow{hostile, hostile, "/\"><script>", hostile, []Action{{Label: hostile, Post: "/\"><script>", Primary: true}}, "/\"><script>", 1, true}
	v.Weights[0] = Link{Text: hostile, Path: "/\"><script>"}
	v.New = NewRoundFields(lang, nil, map[string]string{"name": hostile, "start": hostile, "seed": hostile}, map[string]string{"name": hostile})
	return v
}
