#!/usr/bin/env bash
# The native binary, by the README's command, without a warning, within its size, and running.
set -euo pipefail
out=$1
bytes_max=15000000

rm -rf "$out" src/FastCanary/obj/native/Release/net9.0/linux-x64/native
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
dotnet publish src/FastCanary -c Release -r linux-x64 -p:NativeAot=true --no-restore -o "$out" >"$log" 2>&1 || status=$?
cat "$log"
[ "$status" -eq 0 ] || exit "$status"
if grep -E '(^|[^[:alnum:]])(warning|IL[0-9]{4}|AOT[0-9]+)[ :]' "$log" | grep -v ' 0 Warning'; then
    echo "the publish printed a warning" >&2
    exit 1
fi

bytes=$(stat -c %s "$out/fastcanary")
echo "fastcanary: $bytes bytes of at most $bytes_max"
[ "$bytes" -le "$bytes_max" ] || { echo "the binary is too large" >&2; exit 1; }
"$out/fastcanary" version
"$out/fastcanary" demo --requests 30
