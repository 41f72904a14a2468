#!/usr/bin/env bash
# Restores both builds from their lock files: nothing but what is committed may come in.
set -euo pipefail

dotnet restore FastCanary.sln --locked-mode

native=(dotnet restore src/FastCanary/FastCanary.csproj -r linux-x64 -p:NativeAot=true)
if "${native[@]}" --locked-mode; then
    exit 0
fi
# Each SDK brings a native compiler of its own version, which the lock file names. Under another SDK than the one that wrote the
# file, that and the trimmer beside it may differ, and nothing else.
echo "not as locked; looking whether anything but the SDK's own compiler differs"
saved=$(mktemp -d)
trap 'rm -rf "$saved"' EXIT
locks=(src/*/packages.native.lock.json)
for lock in "${locks[@]}"; do cp "$lock" "$saved/$(basename "$(dirname "$lock")").json"; done
status=0
"${native[@]}" --force-evaluate || status=$?
for lock in "${locks[@]}"; do
    was=$saved/$(basename "$(dirname "$lock")").json
    python3 - "$was" "$lock" <<'PY' || status=1
import json, sys

def packages(path):
    tables = json.load(open(path))["dependencies"].values()
    return {name: entry.get("contentHash") for table in tables for name, entry in table.items()
            if not name.endswith("Microsoft.DotNet.ILCompiler") and name != "Microsoft.NET.ILLink.Tasks"}

was, now = map(packages, sys.argv[1:])
for name in sorted(was.keys() | now.keys()):
    if was.get(name) != now.get(name):
        print(f"{sys.argv[2]}: {name} is not as locked")
        sys.exit(1)
PY
    cp "$was" "$lock"
done
exit "$status"
