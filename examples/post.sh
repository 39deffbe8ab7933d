#!/bin/sh
# Posts two readings as JSON and prints the answer: post.sh [VALUE]
# Environment: ANLAN_URL GATEWAY KEY POINT
set -eu
value=${1:-27.4}
point=${POINT:-CW01.T203.GD-0203}
now=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)

# The second entry names a point of another enterprise: it is rejected, the first is kept.
curl -sS --fail-with-body -u "${GATEWAY:-cw01-gw1}:${KEY:-anlan-demo}" -H 'Content-Type: application/json' \
  "${ANLAN_URL:-http://127.0.0.1:8080}/api/v1/samples" \
  -d "[{\"p\":\"$point\",\"t\":\"$now\",\"v\":$value,\"q\":\"good\"},{\"p\":\"WA01.T101.TI-0101\",\"t\":\"$now\",\"v\":1}]"
echo
