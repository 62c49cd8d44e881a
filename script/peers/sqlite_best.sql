-- One statement for one mentee, because SQLite has no LATERAL. Each subquery
-- is read once. Parameters in the order of the text: weight and ask of each
-- term, the demands, organization, the mentee, how many mentors.
SELECT m.id, 0
  {{- range .Terms}}
  + ? * substr((SELECT shares FROM asks WHERE id = ?), 2 * m.id + 1, 2){{end}} AS score
FROM mentors m
WHERE TRUE
  {{- range .Demands}}
  AND substr((SELECT allowed FROM demands WHERE id = ?), m.id + 1, 1) = x'01'{{end}}
  AND m.organization IS NOT nullif(?, 0)
  AND m.id NOT IN (SELECT mentor FROM refused WHERE mentee = ?)
ORDER BY score DESC, m.tie
LIMIT ?
