"""The proxies that are measured: how each is built and configured, and what is missing when it cannot run.

Each has one thread, the split 9 to 1 over the origins on ports a and b, no access log, and large pools of kept connections.
"""
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import processes

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TOOLS = ROOT / "artifacts/compare"
BINARY = ROOT / "artifacts/linux-x64/fastcanary"
GO, YARP = TOOLS / "go-proxy", TOOLS / "yarp/yarp.dll"
SMALL = ("W1", "W2", "W3", "W6", "W8")


@dataclass
class Proxy:
    name: str
    command: str
    port: int
    env: dict = field(default_factory=dict)
    is_relay: bool = False        # cannot act on "Connection: close"
    only: tuple = ()              # the workloads it can run; all of them if empty
    warm_bursts: int = 1          # how often a fresh process gets the first warm-up
    missing: str = ""             # why it cannot run, and what would help
    cores: frozenset = frozenset((0,))
    process: subprocess.Popen = None

    def start(self):
        processes.wait_until_free(self.port)
        self.process = processes.spawn(self.command, self.cores, TOOLS, self.env, TOOLS / f"{self.name}.log")
        try:
            processes.wait_for_port(self.port, self.process)
        except RuntimeError:
            processes.stop(self.process)
            raise

    def stop(self):
        processes.stop(self.process)


def all_of(a, b, base, loops):
    made = (fastcanary(a, b, base + 1, loops), nginx(a, b, base + 2), haproxy(a, b, base + 3), go(a, b, base + 7), yarp(a, b, base + 8),
            *relays(a, b, base + 4))
    return {proxy.name: proxy for proxy in made}


# ---------------------------------------------------------------- each proxy

def configuration(name, text):
    path = TOOLS / name
    path.write_text(text)
    return path


def fastcanary(a, b, port, loops, name="fastcanary", binary=BINARY, service="", top="", endpoint=""):
    """Runs a copy of the binary: a build that ends while this measures changes nothing. The last three are more keys: of the service, of the file, of each endpoint."""
    (TOOLS / "builds").mkdir(exist_ok=True)
    copy = TOOLS / "builds" / name
    copy.unlink(missing_ok=True)
    shutil.copy2(binary, copy)
    config = configuration(f"{name}.yaml", f"""\
listeners:
  - {{ address: "127.0.0.1:{port}", service: web, timeouts: {{ idle: 10m }} }}
services:
  web:
    timeouts: {{ upstreamIdle: 10m }}
    versions:
      a: {{ weight: 9, endpoints: [{{ address: "127.0.0.1:{a}"{endpoint} }}] }}
      b: {{ weight: 1, endpoints: [{{ address: "127.0.0.1:{b}"{endpoint} }}] }}
{service}runtime: {{ loops: {loops} }}
{top}""")
    return Proxy(name, f"{copy} run -c {config}", port)


def features(a, b, base, loops):
    """FastCanary as in the other tables, and with each thing that looks at a request, alone and all at once. No rule matches, so the split stays what it is."""
    countries = country_database()
    rules = [
        '{ header: { X-Canary: "true" }, version: b }',
        "{ cookie: { beta: yes-please }, path: /account, version: b }",
        "{ query: { canary: { prefix: v2- } }, method: [GET, HEAD], version: b }",
        "{ network: [192.0.2.0/24, 198.51.100.0/24], version: b }",
    ]
    country = "{ country: [AQ], version: b }"
    affinity = "    affinity: { key: client-ip, salt: bench }\n"
    flags = "    features:\n" + "".join(f"      - {{ name: flag-{n}, percent: {n}0%, header: X-Feature-{n} }}\n" for n in (2, 4, 6, 8))
    endpoints = "    outlier: {}\n    retry: { attempts: 2, rescue: true }\n    slowStart: 30s\n"
    geoip = f"geoip: {{ database: {countries} }}\n"

    def rule_list(lines):
        return "    rules:\n" + "".join(f"      - {line}\n" for line in lines)

    variants = {
        "fastcanary": {},
        "four-rules": {"service": rule_list(rules)},
        "affinity": {"service": affinity},
        "four-features": {"service": affinity + flags},
        "country": {"service": rule_list([country]), "top": geoip},
        "endpoints": {"service": endpoints, "endpoint": ", maxConnections: 10000"},
        "all": {"service": rule_list([*rules, country]) + affinity + flags + endpoints, "top": geoip, "endpoint": ", maxConnections: 10000"},
        "1000-headers": {"service": rule_list(f'{{ header: {{ X-Canary: "user-{n}" }}, version: b }}' for n in range(1000))},
        "1000-networks": {"service": rule_list(f"{{ network: [192.0.{n >> 8}.{n & 255}], version: b }}" for n in range(1000))},
        "1000-names": {"service": rule_list(f"{{ header: {{ X-Canary-{n}: {{ present: true }} }}, version: b }}" for n in range(1000))},
    }
    made = [fastcanary(a, b, base + 40 + n, loops, name, BINARY, **keys) for n, (name, keys) in enumerate(variants.items())]
    for proxy in made:
        if not countries and proxy.name in ("country", "all"):
            proxy.missing = "needs npm, which fetches a country database"
    return made


def country_database():
    """GeoLite2's countries, from the package @ip-location-db/geolite2-country-mmdb (its README has the licence); None where it cannot be had."""
    package = TOOLS / "countries"
    found = list(package.glob("package/*.mmdb"))
    if not found and shutil.which("npm"):
        package.mkdir(parents=True, exist_ok=True)
        packed = subprocess.run(["npm", "pack", "--silent", "@ip-location-db/geolite2-country-mmdb"], cwd=package, capture_output=True, text=True)
        if packed.returncode == 0:
            subprocess.run(["tar", "xzf", packed.stdout.strip().splitlines()[-1]], cwd=package, check=True)
        found = list(package.glob("package/*.mmdb"))
    return next((path for path in found if "ipv" not in path.name), found[0] if found else None)


def nginx(a, b, port):
    home = TOOLS / "nginx"
    home.mkdir(exist_ok=True)
    user = "user root;" if os.geteuid() == 0 else ""
    config = configuration("nginx.conf", f"""\
worker_processes 1; daemon off; pid {home}/pid; error_log {home}/error.log crit; worker_rlimit_nofile 20000; {user}
events {{ worker_connections 19000; multi_accept on; accept_mutex off; use epoll; }}
http {{
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; tcp_nodelay on; server_tokens off;
  client_body_temp_path {home}/body; proxy_temp_path {home}/proxy; client_body_buffer_size 128k; client_max_body_size 0;
  proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host;
  proxy_buffer_size 16k; proxy_buffers 32 64k; proxy_busy_buffers_size 512k; proxy_max_temp_file_size 0; proxy_request_buffering off;
  upstream web {{
    server 127.0.0.1:{a} weight=9 max_fails=0; server 127.0.0.1:{b} weight=1 max_fails=0;
    keepalive 2048; keepalive_requests 1000000000; keepalive_timeout 600s;
  }}
  server {{ listen 127.0.0.1:{port} backlog=16384; location / {{ proxy_pass http://web; }} }}
}}
""")
    # Without these two, glibc gives 64 KiB buffers back to the kernel again and again: W4 and W5 would cost nginx 1.5 to 3 times the CPU.
    glibc = {"MALLOC_TRIM_THRESHOLD_": "1000000000", "MALLOC_TOP_PAD_": "16777216"}
    return Proxy("nginx", f"{tool('nginx')} -c {config} -p {home} -e {home}/early.log", port, glibc, missing=unless(tool("nginx"), "nginx-light"))


def haproxy(a, b, port):
    config = configuration("haproxy.cfg", f"""\
global
  nbthread 1
  ulimit-n 19990
  maxconn 14000
  no strict-limits
  tune.pool-low-fd-ratio 90
  tune.pool-high-fd-ratio 95
defaults
  mode http
  timeout connect 5s
  timeout client 600s
  timeout server 600s
  timeout http-keep-alive 600s
  option http-keep-alive
  option splice-auto
  http-reuse always
frontend f
  bind 127.0.0.1:{port} backlog 16384
  default_backend b
backend b
  balance roundrobin
  server a 127.0.0.1:{a} weight 90 pool-max-conn -1
  server b 127.0.0.1:{b} weight 10 pool-max-conn -1
""")
    return Proxy("haproxy", f"{tool('haproxy')} -db -q -f {config}", port, missing=unless(tool("haproxy"), "haproxy"))


def go(a, b, port):
    return Proxy("go", f"{GO} {port} {a} {b}", port, {"GOMAXPROCS": "1"}, missing=unless(tool("go") and GO.exists(), "golang-go"))


def yarp(a, b, port):
    """Compiled while it runs: its cost per request keeps falling for tens of seconds. Pauses in the load let its compiler work."""
    missing = "" if tool("dotnet") and YARP.exists() else "its build failed: it needs the .NET 10 SDK and a NuGet source with Yarp.ReverseProxy"
    return Proxy("yarp", f"{tool('dotnet')} {YARP} {port} {a} {b}", port, warm_bursts=15, missing=missing)


def relays(a, b, port):
    """The floor: bytes from one socket to another. It cannot pipeline over a shared upstream, nor relay what comes in several pieces."""
    relay = TOOLS / "null_relay"
    return (
        Proxy("null-relay", f"{relay} {port} {a},{b}", port, is_relay=True, only=SMALL),
        Proxy("null-relay-dedicated", f"{relay} {port + 1} {a},{b} -D", port + 1, is_relay=True, only=("W4", "W5", "W7")),
        Proxy("splice-relay", f"{relay} {port + 2} {a},{b} -D -S", port + 2, is_relay=True, only=("W4", "W5")),
    )


# ---------------------------------------------------------------- building them

def tool(name):
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin")


def unless(there, package):
    return "" if there else f"apt-get install {package}"


def build(chosen):
    """Builds what is measured where it is missing or older than its source; a peer that cannot be built is missing, the rest has to be there."""
    TOOLS.mkdir(parents=True, exist_ok=True)
    for name in ("origin", "load_generator", "null_relay"):
        if is_stale(TOOLS / name, HERE / f"{name}.c", HERE / "uring.h"):
            subprocess.run(["gcc", "-O2", "-Wall", "-o", TOOLS / name, HERE / f"{name}.c"], check=True, stdin=subprocess.DEVNULL)
    if not BINARY.exists():
        subprocess.run(["dotnet", "publish", "src/FastCanary", "-c", "Release", "-r", "linux-x64", "-p:NativeAot=true", "-o", BINARY.parent],
                       cwd=ROOT, check=True, stdin=subprocess.DEVNULL, stdout=sys.stderr)
    if "go" in chosen and tool("go"):
        build_peer(["go", "build", "-o", GO, "."], GO, HERE / "go", "main.go", "go.mod")
    if "yarp" in chosen and tool("dotnet"):
        build_peer(["dotnet", "publish", "-c", "Release", "-o", YARP.parent, "--nologo"], YARP, HERE / "yarp", "Program.cs", "Yarp.csproj")


def build_peer(command, made, folder, *sources):
    if not is_stale(made, *(folder / source for source in sources)):
        return
    made.unlink(missing_ok=True)
    done = subprocess.run(command, cwd=folder, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        print(done.stdout, file=sys.stderr)
        made.unlink(missing_ok=True)
    else:
        made.touch()


def is_stale(made, *sources):
    return not made.exists() or made.stat().st_mtime < max(source.stat().st_mtime for source in sources)


# ---------------------------------------------------------------- their versions

def first_line(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, stdin=subprocess.DEVNULL)
        return (done.stdout + done.stderr).strip().split("\n")[0]
    except OSError:
        return "unknown"


def version(proxy):
    if proxy.name == "nginx":
        return first_line(tool("nginx"), "-v").replace("nginx version: nginx/", "nginx ")
    if proxy.name == "haproxy":
        return first_line(tool("haproxy"), "-v").split(" - ")[0]
    if proxy.name == "go":
        return first_line("go", "version").replace("go version ", "")
    if proxy.name == "yarp":
        package = re.search("<YarpVersion>(.*)</YarpVersion>", (HERE / "yarp/Yarp.csproj").read_text())[1]
        listed = subprocess.run(["dotnet", "--list-runtimes"], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL).stdout
        runtimes = re.findall(r"Microsoft\.AspNetCore\.App (10\.\S+)", listed)
        return f"YARP {package} on ASP.NET Core {runtimes[-1] if runtimes else 'unknown'}"
    if proxy.is_relay:
        return ""
    build = first_line(proxy.command.split()[0], "version")
    return build if proxy.name in ("fastcanary", "one-loop", "two-loops") else f"{proxy.name}: {build}"
