#!/usr/bin/env python3
"""Sums up the results of all test projects: names each failed test with its message, then prints one line: "N passed, N failed, N skipped".

usage: count_tests.py DIRECTORY BROKEN      BROKEN is 1 where the test command failed: at least one failure is told then.
Exits 1 where a test failed or none ran.
"""
import sys
import xml.etree.ElementTree as xml
from pathlib import Path

LINES_OF_A_MESSAGE = 12

counts = {"passed": 0, "failed": 0, "skipped": 0}
broken = sys.argv[2] != "0"
for path in sorted(Path(sys.argv[1]).rglob("*.trx")):
    try:
        for _, element in xml.iterparse(path):
            if not element.tag.endswith("}UnitTestResult"):
                continue
            outcome = element.get("outcome")
            kind = "passed" if outcome == "Passed" else "skipped" if outcome == "NotExecuted" else "failed"
            counts[kind] += 1
            if kind == "failed":
                text = [line for part in ("Message", "StackTrace") for line in (element.findtext(f".//{{*}}{part}") or "").splitlines()]
                print(f"FAILED: {element.get('testName')}", *text[:LINES_OF_A_MESSAGE], sep="\n    ")
            element.clear()
    except (OSError, xml.ParseError):       # a test host that died in the middle
        print(f"UNREADABLE: {path.name}")
        broken = True
if counts["failed"] == 0 and (broken or sum(counts.values()) == 0):
    counts["failed"] = 1
print(", ".join(f"{n} {what}" for what, n in counts.items()))
sys.exit(1 if counts["failed"] else 0)
