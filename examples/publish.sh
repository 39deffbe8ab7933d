#!/bin/sh
# Publishes one reading over MQTT and waits for the acknowledgement: publish.sh [VALUE]
# Environment: MQTT_HOST MQTT_PORT MQTT_VERSION(mqttv5|mqttv311) ENTERPRISE GATEWAY KEY POINT
set -eu
value=${1:-27.4}
enterprise=${ENTERPRISE:-CW01}
gateway=${GATEWAY:-cw01-gw1}
point=${POINT:-CW01.T203.GD-0203}
# To the millisecond: two readings of one point at one time would be a correction, not a second reading.
now=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)

# mosquitto_pub tells a refusal only in words, on standard error, and still exits 0.
said=$(mosquitto_pub -h "${MQTT_HOST:-127.0.0.1}" -p "${MQTT_PORT:-1883}" -V "${MQTT_VERSION:-mqttv5}" \
  -u "$gateway" -P "${KEY:-anlan-demo}" -q 1 \
  -t "anlan/v1/$enterprise/$gateway/samples" \
  -m "[{\"p\":\"$point\",\"t\":\"$now\",\"v\":$value}]" 2>&1) || { echo "not sent: $said" >&2; exit 1; }
case "$said" in
  *fail*|*Error*|*refused*) echo "refused: $said" >&2; exit 1 ;;
esac
echo "$point = $value at $now: acknowledged, so it is on disk"
