#!/usr/bin/env python3
"""Sums up the results of all test projects and prints one line: "N passed, N failed, N skipped".

usage: count_tests.py DIRECTORY BROKEN      BROKEN is 1 where the test command failed: at least one failure is told then.
Exits 1 where a test failed or none ran.
"""
import sys
import xml.etree.ElementTree as xml
from pathlib import Path

counts = {"passed": 0, "failed": 0, "skipped": 0}
broken = sys.argv[2] != "0"
for path in sorted(Path(sys.argv[1]).rglob("*.trx")):
    try:
        for _, element in xml.iterparse(path):
            if element.tag.endswith("}UnitTestResult"):
                outcome = element.get("outcome")
                counts["passed" if outcome == "Passed" else "skipped" if outcome == "NotExecuted" else "failed"] += 1
                element.clear()
    except (OSError, xml.ParseError):       # a test host that died in the middle
        broken = True
if counts["failed"] == 0 and (broken or sum(counts.values()) == 0):
    counts["failed"] = 1
print(", ".join(f"{n} {what}" for what, n in counts.items()))
sys.exit(1 if counts["failed"] else 0)
