-- One statement for many mentees: $1 the first, $2 the last, $3 how many
-- mentors each. OFFSET 0 keeps what a mentee asks outside the loop over
-- mentors, and || takes it out of the TOAST table once.
SELECT e.id, best.mentor, best.score
FROM (
  SELECT id, organization, refused,
    (SELECT bit_and(d.allowed) FROM demands d WHERE d.id = ANY (m.demands)) AS allowed
    {{- range .}},
    weights[{{.}}] AS w{{.}}, (SELECT shares || '' FROM asks a WHERE a.id = m.asks[{{.}}]) AS s{{.}}{{end}}
  FROM mentees m WHERE id BETWEEN $1 AND $2
  OFFSET 0
) e
CROSS JOIN LATERAL (
  SELECT m.id AS mentor, m.tie, 0
    {{- range .}}
    + CASE WHEN e.w{{.}} IS NULL THEN 0 ELSE e.w{{.}} * get_byte(e.s{{.}}, m.id) END{{end}} AS score
  FROM mentors m
  WHERE get_bit(e.allowed, m.id) = 1
    AND (e.organization = 0 OR m.organization <> e.organization)
    AND m.id <> ALL (e.refused)
  ORDER BY score DESC, tie
  LIMIT $3
) best
ORDER BY e.id, best.score DESC, best.tie
