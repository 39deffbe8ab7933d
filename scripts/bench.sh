#!/usr/bin/env bash
# Prints the figures and holds them against what was promised. Release build; the machine should be otherwise idle.
set -euo pipefail
cd "$(dirname "$0")/.."
bin="${CARGO_TARGET_DIR:-target}/release/anlan"
bad=0
judge() { # name, figure, comparison, promise
  if awk -v a="$2" -v b="$4" "BEGIN{exit !(a $3 b)}"; then verdict=kept; else verdict=MISSED; bad=1; fi
  printf '%-36s %16s   promised %s %s   %s\n' "$1" "$2" "$3" "$4" "$verdict"
}
alarms=$("$bin" bench alarms --json); telemetry=$("$bin" bench telemetry --json); records=$("$bin" bench records --json)
printf '%s\n%s\n%s\n\n' "$alarms" "$telemetry" "$records"
field() { node -e 'const v=JSON.parse(process.argv[1]);console.log(process.argv[2].split(".").reduce((a,k)=>a[k],v))' "$1" "$2"; }
judge "readings judged a second, one core" "$(field "$alarms" readings_per_s)" ">=" 10000000
judge "points a CPU second, durable" "$(field "$telemetry" ours.points_per_cpu_s)" ">=" 300000
judge "bytes a point" "$(field "$telemetry" ours.bytes_per_point)" "<=" 3
consequence=$("$bin" bench consequence --json)
echo "$consequence"
judge "Gaussian footprint, ms" "$(field "$consequence" gaussian_footprint_ms)" "<=" 0.1
judge "dense run, ms" "$(field "$consequence" dense_run_ms)" "<=" 1
judge "scenario to GeoJSON, ms" "$(field "$consequence" full_scenario_ms)" "<=" 5
judge "risk of a whole park, s, 2 cores" "$(field "$consequence" qra_grid_s)" "<=" 10
judge "source inversion, ms" "$(field "$consequence" inversion_ms)" "<=" 50
judge "a page of records, median ms" "$(field "$records" queries.0.median_ms)" "<=" 20
exit $bad
