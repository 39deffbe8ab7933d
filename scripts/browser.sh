#!/usr/bin/env bash
# Runs the browser tests in Chromium against a demo platform of their own. Words choose files: scripts/browser.sh phone
set -euo pipefail
cd "$(dirname "$0")/.."
browser=${CHROMIUM:-/usr/bin/chromium}
if [ ! -x "$browser" ]; then
  echo "SKIPPED LOUDLY: no Chromium at $browser; the browser tests did not run (0 run, all skipped)."
  exit 0
fi
if ! command -v node >/dev/null; then
  echo "SKIPPED LOUDLY: Node is not installed; the browser tests did not run (0 run, all skipped)."
  exit 0
fi
if [ ! -d web/node_modules/playwright-core ] || [ ! -d web/node_modules/@axe-core/playwright ]; then
  (cd web && npm ci --no-audit --no-fund --loglevel=error)
fi
exec node tests/browser/run.mjs "$@"
