// A program that uses the generated types; tsc --noEmit checks it, and them.
import type { components, operations, paths } from "./puente";

type Programme = components["schemas"]["Programme"];
type Rounds = operations["list-rounds"]["responses"][200]["content"]["application/json"];
type NewRound = paths["/api/v1/rounds"]["post"]["requestBody"]["content"]["application/json"];
type Problem = components["schemas"]["Problem"];

async function call<T>(site: string, token: string, method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
  const answer = await fetch(site + path, {
    method,
    headers: { Authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) {
    const problem = (await answer.json()) as Problem;
    throw new Error(`${problem.code}: ${problem.title}`);
  }
  return (await answer.json()) as T;
}

export async function rounds(site: string, token: string, programme: Programme): Promise<string[]> {
  const made: NewRound = { programme: programme.id, name: "Primavera" };
  await call(site, token, "POST", "/api/v1/rounds", made, { "Idempotency-Key": crypto.randomUUID() });
  const names: string[] = [];
  for (let cursor = ""; ; ) {
    const page: Rounds = await call(site, token, "GET", `/api/v1/rounds?programme=${programme.id}&cursor=${cursor}`);
    names.push(...page.items.map((round) => round.name));
    if (page.next === undefined) return names;
    cursor = page.next;
  }
}

// What the document does not have is refused.
// @ts-expect-error a round has a name
export const nameless: NewRound = { programme: "" };
// @ts-expect-error a programme has no owner
export const owner = (programme: Programme): string => programme.owner;
