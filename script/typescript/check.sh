#!/usr/bin/env bash
# Generates the types of the HTTP interface for TypeScript and checks them with
# a program that uses them. With --write it writes puente.d.ts anew; else it
# fails if that is not what the document gives. It needs node and npm, and the
# npm registry or a filled npm cache.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
go run ../client >"$scratch/openapi.json"
npm ci --ignore-scripts --no-audit --no-fund --silent
npx --no-install openapi-typescript "$scratch/openapi.json" --output "$scratch/puente.d.ts" >/dev/null
if [ "${1:-}" = --write ]; then
  cp "$scratch/puente.d.ts" puente.d.ts
fi
cmp "$scratch/puente.d.ts" puente.d.ts || { echo "run make client, and commit what it wrote" >&2; exit 1; }
npx --no-install tsc --project tsconfig.json
