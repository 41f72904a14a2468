#!/usr/bin/env bash
# Compiles the program to arm64 machine code on an x64 machine, without arm64 packages: the x64 publish's own compiler and inputs,
# another target. It proves that every method compiles for arm64; it links nothing and runs nothing (Dockerfile.arm does).
#
# There is no such check for arm (32 bits): the x64 framework's assemblies call helpers for 64-bit registers that the compiler for
# arm does not have, so it stops in the framework before it reaches the project's code.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../src/FastCanary"

inputs=obj/native/Release/net9.0/linux-x64/native/fastcanary.ilc.rsp
[ -f "$inputs" ] || { echo "publish the native binary for linux-x64 first: $inputs is missing" >&2; exit 1; }
package=$(sed -n 's|^--mibc:\(.*\)/mibc/.*|\1|p' "$inputs" | head -n 1)
ilc=$package/tools/ilc
[ -x "$ilc" ] || { echo "the native compiler is not at $ilc" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sed -e 's|^--targetarch:.*|--targetarch:arm64|' \
    -e "s|^-o:.*|-o:$work/fastcanary.o|" \
    -e "s|^--exportsfile:.*|--exportsfile:$work/fastcanary.exports|" "$inputs" >"$work/arm64.rsp"
"$ilc" "@$work/arm64.rsp" | tee "$work/output"
if grep -E 'error|warning|was not compiled' "$work/output"; then
    echo "the arm64 compilation complained" >&2
    exit 1
fi

readelf -h "$work/fastcanary.o" | grep -E 'Class|Machine'
readelf -h "$work/fastcanary.o" | grep -q 'Machine:.*AArch64' || { echo "the object is not arm64" >&2; exit 1; }
methods=$(readelf -sW "$work/fastcanary.o" | grep -c 'FUNC.*FastCanary_') || true
echo "$methods methods of FastCanary in $(stat -c %s "$work/fastcanary.o") bytes of arm64 object code"
[ "$methods" -gt 100 ] || { echo "the project's code is not in the object" >&2; exit 1; }
