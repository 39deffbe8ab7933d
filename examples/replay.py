#!/usr/bin/env python3
"""Replays a process data file into the platform: one row, one second (or faster), five instruments of one reactor.

The file is in the Tennessee Eastman format: 52 columns of numbers, XMEAS(1..41) then XMV(1..11), one row for three minutes of the
process; `d00.dat` is stored transposed and is turned. Without a file, or where it is missing, a small one is made: normal operation,
then a cooling fault. Only the standard library is used.
"""

import argparse
import base64
import datetime
import json
import os
import pathlib
import random
import sys
import tempfile
import time
import urllib.error
import urllib.request

COLUMNS = 52
# Point of the demo's reactor, column of the file (from 1), factor: the demo's reactor is smaller and cooler than the recorded one.
INSTRUMENTS = [
    ("R101.TI-1101", 9, 0.5),  # XMEAS(9), reactor temperature, °C
    ("R101.TI-1111", 11, 0.62),  # XMEAS(11), separator temperature, °C
    ("R101.PI-1101", 7, 0.00007),  # XMEAS(7), reactor pressure, kPa to MPa
    ("R101.FI-1101", 1, 15.0),  # XMEAS(1), feed A
    ("R101.FI-1111", 51, 0.7),  # XMV(10), reactor cooling water
]


def rows_of(path):
    rows = [[float(word) for word in line.split()] for line in path.read_text().splitlines() if line.strip()]
    if len(rows) == COLUMNS and len(rows[0]) != COLUMNS:
        rows = [list(column) for column in zip(*rows)]
    if not rows or any(len(row) != COLUMNS for row in rows):
        sys.exit(f"{path}: expected {COLUMNS} columns of numbers in every row")
    return rows


def own_file():
    """A small file of the format: 120 rows, the reactor's cooling failing after row 40."""
    dice = random.Random(6)
    normal = {1: 0.25, 7: 2705.0, 9: 120.4, 11: 80.1, 51: 41.1}
    lines = []
    for row in range(120):
        fault = max(0, row - 40) / 80
        values = [0.0] * COLUMNS
        for column, value in normal.items():
            values[column - 1] = value * (1 + dice.gauss(0, 0.002))
        values[9 - 1] *= 1 + 0.35 * fault
        values[7 - 1] *= 1 + 0.30 * fault
        values[51 - 1] *= 1 - 0.75 * fault
        lines.append(" ".join(f"{value:.7e}" for value in values))
    path = pathlib.Path(tempfile.gettempdir()) / "anlan-replay.dat"
    path.write_text("\n".join(lines) + "\n")
    return path


def send(options, row):
    now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    samples = [
        {"p": f"{options.enterprise}.{tag}", "t": now, "v": round(row[column - 1] * factor, 4)} for tag, column, factor in INSTRUMENTS
    ]
    request = urllib.request.Request(options.url + "/api/v1/samples", json.dumps(samples).encode(), method="POST")
    request.add_header("Content-Type", "application/json")
    request.add_header("Authorization", "Basic " + base64.b64encode(f"{options.gateway}:{options.key}".encode()).decode())
    with urllib.request.urlopen(request, timeout=10) as answer:
        return samples, json.load(answer)


def main():
    say = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    say.add_argument("file", nargs="?", type=pathlib.Path, help="a Tennessee Eastman file, such as d06_te.dat")
    say.add_argument("--rate", type=float, default=1.0, help="rows per second (default 1)")
    say.add_argument("--rows", type=int, help="stop after so many rows")
    say.add_argument("--url", default=os.environ.get("ANLAN_URL", "http://127.0.0.1:8080"))
    say.add_argument("--enterprise", default=os.environ.get("ENTERPRISE", "WA01"))
    say.add_argument("--gateway", default=os.environ.get("GATEWAY", "wa01-gw1"))
    say.add_argument("--key", default=os.environ.get("KEY", "anlan-demo"))
    options = say.parse_args()
    if options.rate <= 0:
        say.error("--rate must be above zero")

    path = options.file
    if path is not None and not path.exists():
        sys.exit(f"{path} is not there")
    if path is None:
        path = own_file()
        print(f"replaying {path}", file=sys.stderr)
    for number, row in enumerate(rows_of(path)[: options.rows], start=1):
        try:
            samples, answer = send(options, row)
        except urllib.error.HTTPError as refused:
            sys.exit(f"the platform refused row {number}: HTTP {refused.code} {refused.read().decode(errors='replace')}")
        except OSError as failed:
            sys.exit(f"could not reach {options.url}: {failed}")
        shown = "  ".join(f"{sample['p'].split('.')[-1]} {sample['v']:g}" for sample in samples)
        print(f"row {number:4}  accepted {answer['accepted']}  {shown}")
        time.sleep(1 / options.rate)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
