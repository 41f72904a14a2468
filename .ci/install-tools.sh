#!/usr/bin/env bash
# Installs the Debian packages that the checks and tests call and that are not there yet.
set -euo pipefail

# command or file : package
needs=(
    gcc:gcc                          # links the native binary; clang does as well and is preferred where it is found
    objcopy:binutils                 # takes the debug symbols out of it
    /usr/include/zlib.h:zlib1g-dev   # for compilers whose package brings no zlib of its own
    /usr/include/stdio.h:libc6-dev
    file:file
    git:git
    python3:python3
    curl:curl
    wrk:wrk
    nginx:nginx-light                # origins of the end-to-end tests, and the oracle of the split's order
    haproxy:haproxy                  # the other side of PROXY headers
    npm:npm                          # fetches the country databases that tests look up in
    mmdblookup:mmdb-bin              # the oracle of look-ups in them
    prometheus:prometheus            # answers queries; its promtool is the oracle of the metrics' text format
    prometheus-alertmanager:prometheus-alertmanager   # takes alerts
)
missing=()
for need in "${needs[@]}"; do
    what=${need%%:*}
    [ -e "$what" ] || command -v "$what" >/dev/null || missing+=("${need##*:}")
done
command -v dotnet >/dev/null || { echo "the .NET 10 SDK is missing: https://dotnet.microsoft.com/download" >&2; exit 1; }
if [ ${#missing[@]} -eq 0 ]; then
    echo "nothing is missing"
    exit 0
fi

as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
export DEBIAN_FRONTEND=noninteractive
# Debian starts a service when it is installed: these are only for tests that start their own.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod 755 "$policy"
    trap '"${as_root[@]}" rm -f "$policy"' EXIT
fi
"${as_root[@]}" apt-get update -q
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
