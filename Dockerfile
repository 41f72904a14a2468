# FastCanary in a container, for the platform that builds it (linux/amd64 or linux/arm64):
#
#     docker build -t fastcanary .
#     docker run --rm --network host -v "$PWD/config:/etc/fastcanary:ro" fastcanary
#
# Mount the configuration's folder, not the file: a file mounted alone stays the old one when an editor renames a new one over it.
# .NET does not run under QEMU, so another platform needs a builder of its own, or Dockerfile.arm, which cross-builds.

FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends clang gcc libc6-dev binutils zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN case "$(dpkg --print-architecture)" in amd64) rid=linux-x64 ;; arm64) rid=linux-arm64 ;; *) exit 1 ;; esac \
    && dotnet publish src/FastCanary -c Release -r "$rid" -p:NativeAot=true -o /out

# The binary needs glibc (libc and libm) and nothing else: no ICU, no OpenSSL, no shell. So the image is empty but for these files, taken from
# where it was linked, which is never older than what it was linked against. A static binary on musl would do without them, and is not what is
# tested and measured.
RUN set -eu; \
    interpreter=$(readelf -lW /out/fastcanary | sed -n 's/.*program interpreter: \(.*\)\]/\1/p'); \
    install -D "$(gcc -print-file-name="$(basename "$interpreter")")" "/image$interpreter"; \
    for library in $(readelf -dW /out/fastcanary | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do \
        install -D "$(gcc -print-file-name="$library")" "/image/lib/$library"; \
    done; \
    install -D /out/fastcanary /image/usr/bin/fastcanary; \
    install -D -m 644 config/fastcanary.yaml /image/etc/fastcanary/fastcanary.yaml; \
    install -d -m 1777 /image/tmp

FROM scratch
COPY --from=build /image/ /
ENV PATH=/usr/bin
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["fastcanary"]
CMD ["run", "-c", "/etc/fastcanary/fastcanary.yaml"]
