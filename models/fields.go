package models

import "strconv"

// Field is one column of the people files. The table Fields drives reading, writing, the check of the header and
// the documentation of the format, so a new column is one new entry.
type Field struct {
	Name     string
	Roles    Role // the files that have the column
	Required bool // the file must have it, and no cell of it may be empty
	Example  string
	Help     Title // what the column means
	text     bool  // free text or ids: a value may start like a formula
	parse    func(t *table, cell string, p *Profile)
	format   func(p *Profile) string
}

const bothRoles = RoleMentor | RoleMentee

// Fields is the table of all columns of mentors.csv and mentees.csv, in the order in which they are written and in
// which a row is checked: a column comes after those that its check needs.
var Fields = []Field{
	{
		Name: "id", Roles: bothRoles, Required: true, text: true, Example: "E-0007",
		Help: Title{
			EN: "Unique in the file; 1 to 64 characters without white space, quotes, `;`, `,` or `:`.",
			ES: "Único en el archivo; de 1 a 64 caracteres sin espacios, comillas, `;`, `,` ni `:`.",
			FR: "Unique dans le fichier; de 1 à 64 caractères sans espace, guillemet, `;`, `,` ni `:`.",
		},
		parse: parseID, format: func(p *Profile) string { return p.ID },
	},
	{
		Name: "name", Roles: bothRoles, text: true, Example: "Salsas del Valle",
		Help: Title{
			EN: "Name of the person or the firm; shown, never scored.",
			ES: "Nombre de la persona o de la empresa; se muestra, nunca da puntos.",
			FR: "Nom de la personne ou de l'entreprise; affiché, jamais pris en compte dans la note.",
		},
		parse:  func(t *table, cell string, p *Profile) { p.Name = t.text(cell) },
		format: func(p *Profile) string { return p.Name },
	},
	{
		Name: "country", Roles: bothRoles, Required: true, Example: "MX",
		Help: Title{
			EN: "Country: `US`, `CA` or `MX` (ISO 3166-1 alpha-2).",
			ES: "País: `US`, `CA` o `MX` (ISO 3166-1 alfa-2).",
			FR: "Pays : `US`, `CA` ou `MX` (ISO 3166-1 alpha-2).",
		},
		parse: parseCountry, format: func(p *Profile) string { return p.Country },
	},
	{
		Name: "region", Roles: bothRoles, Example: "MX-OAX",
		Help: Title{
			EN: "State, province or territory of that country (ISO 3166-2).",
			ES: "Estado, provincia o territorio de ese país (ISO 3166-2).",
			FR: "État, province ou territoire de ce pays (ISO 3166-2).",
		},
		parse: parseRegion, format: func(p *Profile) string { return p.Region },
	},
	{
		Name: "timezone", Roles: bothRoles, Example: "America/Mexico_City",
		Help: Title{
			EN: "Time zone by its IANA name; without it the main zone of the region.",
			ES: "Zona horaria con su nombre IANA; si falta, la zona principal de la región.",
			FR: "Fuseau horaire par son nom IANA; à défaut, le fuseau principal de la région.",
		},
		parse: parseZone, format: func(p *Profile) string { return p.TimeZone },
	},
	{
		Name: "languages", Roles: bothRoles, Required: true, Example: "es:native;en:B1",
		Help: Title{
			EN: "Languages as tag:level; the level is `A1` to `C2` (CEFR) or `native`.",
			ES: "Idiomas como etiqueta:nivel; el nivel va de `A1` a `C2` (MCER) o es `native`.",
			FR: "Langues sous la forme étiquette:niveau; le niveau va de `A1` à `C2` (CECR) ou est `native`.",
		},
		parse: parseLanguages, format: formatLanguages,
	},
	{
		Name: "sectors", Roles: bothRoles, Required: true, Example: "311941;3119",
		Help: Title{
			EN: "NAICS codes of 2 to 6 digits; of an unknown or old code the longest valid prefix is used, and the report says so.",
			ES: "Códigos SCIAN de 2 a 6 dígitos; de un código desconocido o antiguo se usa el prefijo válido más largo, y el informe lo indica.",
			FR: "Codes SCIAN de 2 à 6 chiffres; d'un code inconnu ou ancien, le plus long préfixe valide est retenu, et le rapport le signale.",
		},
		parse: parseSectors, format: formatSectors,
	},
	{
		Name: "targets", Roles: RoleMentee, Example: "CA;US-TX",
		Help: Title{
			EN: "Countries or regions where the mentee wants to sell.",
			ES: "Países o regiones donde la persona mentorada quiere vender.",
			FR: "Pays ou régions où la personne mentorée veut vendre.",
		},
		parse: parseTargets, format: func(p *Profile) string { return join(p.Targets) },
	},
	{
		Name: "needs", Roles: RoleMentee, Required: true, Example: "rules_of_origin:1;labelling_language:2",
		Help: Title{
			EN: "One to five topics as topic:priority; priority 1 (most important) to 5.",
			ES: "De uno a cinco temas como tema:prioridad; prioridad de 1 (la más importante) a 5.",
			FR: "D'un à cinq sujets sous la forme sujet:priorité; priorité de 1 (la plus importante) à 5.",
		},
		parse: parseNeeds, format: formatNeeds,
	},
	{
		Name: "stage", Roles: RoleMentee, Example: "first_sale",
		Help: Title{
			EN: "How far the mentee is with exporting.",
			ES: "Qué tan avanzada está la persona mentorada en la exportación.",
			FR: "Où en est la personne mentorée dans l'exportation.",
		},
		parse: parseStage, format: func(p *Profile) string { return p.Stage },
	},
	{
		Name: "expertise", Roles: RoleMentor, Required: true, Example: "rules_of_origin:3@CA;customs_clearance:2",
		Help: Title{
			EN: "Topics as topic:level or topic:level@country; level 1 knows it, 2 has done it, 3 teaches it.",
			ES: "Temas como tema:nivel o tema:nivel@país; nivel 1 lo conoce, 2 lo ha hecho, 3 lo enseña.",
			FR: "Sujets sous la forme sujet:niveau ou sujet:niveau@pays; niveau 1 connaît, 2 a pratiqué, 3 enseigne.",
		},
		parse: parseExpertise, format: formatExpertise,
	},
	{
		Name: "markets", Roles: RoleMentor, Example: "CA:3;MX-JAL:1",
		Help: Title{
			EN: "Countries or regions that the mentor knows, as place:level; level 1 to 3.",
			ES: "Países o regiones que la mentora o el mentor conoce, como lugar:nivel; nivel de 1 a 3.",
			FR: "Pays ou régions que la mentore ou le mentor connaît, sous la forme lieu:niveau; niveau de 1 à 3.",
		},
		parse: parseMarkets, format: formatMarkets,
	},
	{
		Name: "stages", Roles: RoleMentor, Example: "exploring;first_sale",
		Help: Title{
			EN: "Export stages that the mentor likes to work with.",
			ES: "Etapas de exportación con las que la mentora o el mentor prefiere trabajar.",
			FR: "Étapes d'exportation avec lesquelles la mentore ou le mentor préfère travailler.",
		},
		parse: parseStages, format: func(p *Profile) string { return join(p.Stages) },
	},
	{
		Name: "capacity", Roles: RoleMentor, Example: "2",
		Help: Title{
			EN: "Mentees at one time, 0 to 6; 1 when not given.",
			ES: "Personas mentoradas a la vez, de 0 a 6; 1 si no se indica.",
			FR: "Personnes mentorées en même temps, de 0 à 6; 1 par défaut.",
		},
		parse:  parseCapacity,
		format: func(p *Profile) string { return strconv.Itoa(p.Capacity) },
	},
	{
		Name: "taken", Roles: RoleMentor, Example: "0",
		Help: Title{
			EN: "Places already used, at most the capacity; 0 when not given.",
			ES: "Lugares ya ocupados, como máximo la capacidad; 0 si no se indica.",
			FR: "Places déjà prises, au plus la capacité; 0 par défaut.",
		},
		parse:  parseTaken,
		format: func(p *Profile) string { return strconv.Itoa(p.Taken) },
	},
	{
		Name: "slots", Roles: bothRoles, Example: "Mon 09:00-12:00;Thu 16:00-18:00",
		Help: Title{
			EN: "Weekly times for meetings in local time; days `Mon` to `Sun`, hours `00:00` to `24:00`.",
			ES: "Horarios semanales para reunirse, en hora local; días `Mon` a `Sun`, horas de `00:00` a `24:00`.",
			FR: "Plages hebdomadaires pour se rencontrer, en heure locale; jours `Mon` à `Sun`, heures de `00:00` à `24:00`.",
		},
		parse: parseSlots, format: formatSlots,
	},
	{
		Name: "min_overlap", Roles: RoleMentee, Example: "60",
		Help: Title{
			EN: "Minutes a week that both calendars must share, 0 to 10080; a hard rule when given.",
			ES: "Minutos por semana que ambos calendarios deben compartir, de 0 a 10080; regla estricta si se indica.",
			FR: "Minutes par semaine que les deux calendriers doivent partager, de 0 à 10080; règle stricte si indiquée.",
		},
		parse:  parseMinOverlap,
		format: formatMinOverlap,
	},
	{
		Name: "cadence", Roles: bothRoles, Example: "monthly",
		Help: Title{
			EN: "How often to meet: `weekly`, `biweekly` or `monthly`.",
			ES: "Frecuencia de las reuniones: `weekly`, `biweekly` o `monthly`.",
			FR: "Fréquence des rencontres : `weekly`, `biweekly` ou `monthly`.",
		},
		parse: parseCadence, format: func(p *Profile) string { return p.Cadence },
	},
	{
		Name: "format", Roles: bothRoles, Example: "video;phone",
		Help: Title{
			EN: "How to meet: `video`, `phone`, `chat`, `in_person`; several are possible.",
			ES: "Forma de reunirse: `video`, `phone`, `chat`, `in_person`; puede haber varias.",
			FR: "Mode de rencontre : `video`, `phone`, `chat`, `in_person`; plusieurs sont possibles.",
		},
		parse: parseFormats, format: func(p *Profile) string { return join(p.Formats) },
	},
	{
		Name: "organization", Roles: bothRoles, text: true, Example: "Grupo Valle",
		Help: Title{
			EN: "Organization; two people of the same one are never paired.",
			ES: "Organización; dos personas de la misma nunca se emparejan.",
			FR: "Organisation; deux personnes de la même ne sont jamais jumelées.",
		},
		parse:  func(t *table, cell string, p *Profile) { p.Organization = t.text(cell) },
		format: func(p *Profile) string { return p.Organization },
	},
	{
		Name: "conflicts", Roles: bothRoles, text: true, Example: "M-0100",
		Help: Title{
			EN: "Ids of people never to be paired with.",
			ES: "Identificadores de personas con quienes nunca se debe emparejar.",
			FR: "Identifiants des personnes avec qui ne jamais jumeler.",
		},
		parse:  func(t *table, cell string, p *Profile) { p.Conflicts = t.ids(cell, noLimit) },
		format: func(p *Profile) string { return join(p.Conflicts) },
	},
	{
		Name: "wishes", Roles: bothRoles, text: true, Example: "M-0001;M-0042",
		Help: Title{
			EN: "Ids of up to five people of the other side, most wanted first.",
			ES: "Identificadores de hasta cinco personas del otro lado, primero la más deseada.",
			FR: "Identifiants d'au plus cinq personnes de l'autre côté, la plus souhaitée en premier.",
		},
		parse:  func(t *table, cell string, p *Profile) { p.Wishes = t.ids(cell, maxWishes) },
		format: func(p *Profile) string { return join(p.Wishes) },
	},
	{
		Name: "paused", Roles: RoleMentor, Example: "no",
		Help: Title{
			EN: "`yes` while the mentor takes nobody; `no` when not given.",
			ES: "`yes` mientras la mentora o el mentor no acepta a nadie; `no` si no se indica.",
			FR: "`yes` tant que la mentore ou le mentor ne prend personne; `no` par défaut.",
		},
		parse:  func(t *table, cell string, p *Profile) { p.Paused = t.yes(cell) },
		format: func(p *Profile) string { return yesNo(p.Paused) },
	},
	{
		Name: "reliability", Roles: RoleMentor, Example: "0.95",
		Help: Title{
			EN: "How reliably the mentor answers and shows up, 0 to 1 with at most six decimals.",
			ES: "Qué tan confiablemente responde y asiste la mentora o el mentor, de 0 a 1 con seis decimales como máximo.",
			FR: "Fiabilité des réponses et de la présence de la mentore ou du mentor, de 0 à 1 avec au plus six décimales.",
		},
		parse: parseReliability, format: formatReliability,
	},
	{
		Name: "synthetic", Roles: bothRoles, Example: "no",
		Help: Title{
			EN: "`yes` for a made-up person; the column is written only when there is one.",
			ES: "`yes` para una persona ficticia; la columna solo se escribe si hay alguna.",
			FR: "`yes` pour une personne fictive; la colonne n'est écrite que s'il y en a une.",
		},
		parse:  func(t *table, cell string, p *Profile) { p.Synthetic = t.yes(cell) },
		format: func(p *Profile) string { return yesNo(p.Synthetic) },
	},
}
