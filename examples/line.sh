#!/bin/sh
# Writes readings as InfluxDB line protocol; 204 means on disk: line.sh [VALUE]
# Environment: ANLAN_URL GATEWAY KEY POINT
set -eu
value=${1:-27.4}
gateway=${GATEWAY:-cw01-gw1}
point=${POINT:-CW01.T203.GD-0203}

# Measurement = gateway, field keys = points, one time for all of them.
curl -sS --fail-with-body -u "$gateway:${KEY:-anlan-demo}" -w 'HTTP %{http_code}\n' \
  "${ANLAN_URL:-http://127.0.0.1:8080}/write?precision=s" \
  --data-binary "$gateway $point=$value,CW01.T203.TI-0203=14.7 $(date +%s)"
