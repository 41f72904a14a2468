#!/usr/bin/env python3
"""Checks of the repository itself: links, paths, lock files, documented packages, scripts, the first configuration.

usage: check_repository.py BINARY      BINARY: the native fastcanary, which checks config/fastcanary.yaml
"""
import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOT_OURS = {".git", "bin", "obj", "artifacts", "TestResults", "BenchmarkDotNet.Artifacts", "__pycache__", ".vs", ".idea"}
MACHINE_PATH = re.compile(r"(?<![\w./~-])/(work|root|home|Users)/\w")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
problems = []


def files():
    for folder, below, names in os.walk(ROOT):
        below[:] = sorted(set(below) - NOT_OURS)
        yield from (Path(folder) / name for name in sorted(names))


def text_of(path):
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def complain(path, line, what):
    problems.append(f"{path.relative_to(ROOT)}:{line}: {what}")


def check_text(path, text):
    if "\r" in text and path.suffix not in {".http", ".txt"}:
        complain(path, 1, "has CR line ends")
    if path == Path(__file__).resolve():
        return
    for number, line in enumerate(text.splitlines(), 1):
        if MACHINE_PATH.search(line):
            complain(path, number, "names a path of one machine")


def check_links(path, text):
    for number, line in enumerate(text.splitlines(), 1):
        for target in LINK.findall(line):
            if "://" not in target and not target.startswith("mailto:") and not (path.parent / target).exists():
                complain(path, number, f"links to {target}, which does not exist")


def check_script(path, text):
    if path.suffix == ".py" or text.startswith("#!/usr/bin/env python3"):
        try:
            compile(text, str(path), "exec")
        except SyntaxError as error:
            complain(path, error.lineno or 1, error.msg)
    elif text.startswith("#!") and "sh" in text.split("\n", 1)[0]:
        syntax = subprocess.run(["bash", "-n", path], capture_output=True, text=True)
        if syntax.returncode:
            complain(path, 1, syntax.stderr.strip())
    if text.startswith("#!") and path.suffix == "" and not os.access(path, os.X_OK):
        complain(path, 1, "is not executable")


def check_packages():
    props = ROOT / "Directory.Packages.props"
    documented = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    for name in re.findall(r'PackageVersion Include="([^"]+)"', props.read_text(encoding="utf-8")):
        if f"`{name}`" not in documented:
            complain(props, 1, f"{name} has no line in docs/dependencies.md")
    for project in ROOT.rglob("*.csproj"):
        if not NOT_OURS.intersection(project.parts) and not (project.parent / "packages.lock.json").exists():
            complain(project, 1, "has no packages.lock.json")


def check_configuration(binary):
    schema = ROOT / "config/fastcanary.schema.json"
    try:
        json.loads(schema.read_text(encoding="utf-8"))
    except ValueError as error:
        complain(schema, 1, str(error))
    first = ROOT / "config/fastcanary.yaml"
    if not Path(binary).exists():
        complain(first, 1, f"not checked: {binary} does not exist")
        return
    check = subprocess.run([binary, "check", "-c", first], capture_output=True, text=True)
    if check.returncode:
        complain(first, 1, check.stdout + check.stderr)


def check_broken():
    """What loadtests/broken/run applies still has to apply; it is too long for each change to run."""
    for patch in sorted((ROOT / "loadtests/broken").glob("*.patch")):
        check = subprocess.run(["git", "apply", "--check", patch], cwd=ROOT, capture_output=True, text=True)
        if check.returncode:
            complain(patch, 1, "does not apply to the sources any more: " + check.stderr.strip())


def main():
    for path in files():
        text = text_of(path)
        if text is None:
            continue
        check_text(path, text)
        check_script(path, text)
        if path.suffix == ".md":
            check_links(path, text)
    check_packages()
    check_broken()
    check_configuration(sys.argv[1])
    print("\n".join(problems) or "the repository is in order")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
