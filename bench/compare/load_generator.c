/* load_generator.c: io_uring HTTP/1.1 load generator (closed loop, or open loop at a fixed rate) with an HDR-like histogram.
 * usage: load_generator -p PORT [-c conns] [-d secs] [-w warm secs] [-r rate] [-P depth] [-u path] [-b post_bytes] [-i idle] [-k|-K] [-H header]
 *  -r R   open loop: R arrivals/s on a fixed schedule; latency counts from the scheduled arrival (no coordinated omission)
 *  -P N   N requests per write, the next N go out when all N answers are in
 *  -k     one request per connection, "Connection: close", the server closes;  -K same, but no header and the client closes
 *  -i N   open N extra connections, one request each, then leave them idle ("IDLE" is printed, one line is read from stdin)
 * Prints START and END around the measured window, then one JSON line. Loopback only. */
#include "uring.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/socket.h>

#define MAXC 65536
#define NBUF 1024
#define BUFSZ 32768
enum { K_RECV = 1, K_SEND };
enum { P_HEAD, P_BODY, P_CHUNK, P_EOF };
struct conn { uint8_t phase, idle, primed, open, recv_on, ck, wantclose; uint32_t gen; int left; uint64_t body, cks; uint64_t ts; int hlen; char *hb; };
static struct ring R; static struct pbuf B; static struct conn *C[MAXC];
static int port, conns = 64, depth = 1, idle, closemode, nfree, nopen; static double dur = 3, warm = 1, rate; static long post;
static const char *path = "/b/128", *xhdr = ""; static char *req; static unsigned reqlen;
static int freec[MAXC]; static uint64_t *backlog; static unsigned bh, bt; enum { BL = 1 << 20 };
static uint64_t hist[64 * 64], nreq, nerr, nbad, nconn, bytes, lat_max, lat_sum; static int recording, stopping; static unsigned srcip;

static void rec(uint64_t ns) {
    if (!recording) return;
    nreq++; lat_sum += ns; if (ns > lat_max) lat_max = ns;
    int b = 63 - __builtin_clzll(ns | 63); unsigned sub = b < 6 ? ns : (ns >> (b - 6)) & 63;
    hist[(b < 6 ? 0 : b - 5) * 64 + sub]++;
}
static double pct(double p) {
    uint64_t want = (uint64_t)(p * nreq + 0.5), s = 0; if (want < 1) want = 1;
    for (int i = 0; i < 64 * 64; i++) { s += hist[i]; if (s >= want) { int k = i / 64; uint64_t v = k ? ((64ull + i % 64) << (k - 1)) + ((1ull << (k - 1)) >> 1) : i % 64; return v / 1e3; } }
    return lat_max / 1e3;
}
static void send_req(int fd, uint64_t t0) {
    struct conn *c = C[fd]; c->ts = t0; c->left = c->idle ? 1 : depth; c->phase = P_HEAD; c->hlen = 0;
    struct sqe *s = ring_sqe(&R); s->op = OP_SEND; s->fd = fd; s->addr = (uint64_t)req; s->len = reqlen * c->left;
    s->opflags = MSG_WAITALL | MSG_NOSIGNAL; s->flags = SQE_SKIP; s->ud = ((uint64_t)K_SEND << 56) | ((uint64_t)c->gen << 32) | fd;
}
static void arm_recv(int fd) {
    struct sqe *s = ring_sqe(&R); s->op = OP_RECV; s->fd = fd; s->ioprio = RECV_MULTI | RS_POLL_FIRST; s->flags = SQE_BUFSEL; s->bgid = 1;
    s->ud = ((uint64_t)K_RECV << 56) | ((uint64_t)(C[fd]->gen & 0xffffff) << 32) | fd; C[fd]->recv_on = 1;
}
static int dial(void) {
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    if (fd < 0) die("socket");
    if (fd >= MAXC) { fprintf(stderr, "too many fds\n"); exit(1); }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, 4); setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, 4);
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000002 + srcip++ % 16) };
    if (idle || closemode) if (bind(fd, (void *)&a, sizeof a)) die("bind");
    a.sin_port = htons(port); a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, (void *)&a, sizeof a)) { nerr += recording; close(fd); return -1; }
    if (!C[fd]) C[fd] = calloc(1, sizeof **C);
    struct conn *c = C[fd]; char *hb = c->hb; uint32_t g = c->gen; memset(c, 0, sizeof *c); c->hb = hb; c->gen = (g + 1) & 0xffffff; c->open = 1; nopen++; nconn += recording;
    arm_recv(fd);
    return fd;
}
static void next(int fd) {                      /* connection fd can take its next request */
    if (stopping) return;
    if (rate <= 0) { send_req(fd, now_ns()); return; }
    if (bh != bt) send_req(fd, backlog[bh++ % BL]); else freec[nfree++] = fd;
}
static void redial(int bad) {
    if (stopping) return;
    uint64_t t = now_ns(); int fd = dial();
    if (fd < 0) { static int streak; if (++streak > 20000) { fprintf(stderr, "cannot connect\n"); exit(1); } struct timespec z = { 0, 1000000 }; nanosleep(&z, 0); if (nopen == 0) redial(bad); return; }
    if (rate <= 0) send_req(fd, t); else next(fd);
}
static void shut(int fd) { struct conn *c = C[fd]; if (c->open) { c->open = 0; nopen--; close(fd); } }
/* returns 1 if the response is complete */
static int finish(int fd, uint64_t t) {
    struct conn *c = C[fd]; c->phase = P_HEAD; c->hlen = 0;
    if (!c->idle) rec(t - c->ts); else c->primed = 1;
    return --c->left == 0;
}
static int parse_head(struct conn *c, const char *h, int n) {
    if (n < 12 || memcmp(h, "HTTP/1.", 7)) return -1;
    if (memcmp(h + 9, "200", 3)) { nbad += recording; }
    const char *e = h + n; uint64_t cl = ~0ull; int origin = 0; c->ck = 0; c->wantclose = 0;
    for (const char *l = memchr(h, '\n', n); l && ++l < e && *l != '\r'; l = memchr(l, '\n', e - l)) {
        char ch = *l | 32;
        if (ch == 'c') {
            if (!strncasecmp(l, "content-length:", 15)) cl = strtoull(l + 15, 0, 10);
            else if (!strncasecmp(l, "connection: close", 17)) c->wantclose = 1;
        } else if (ch == 't' && !strncasecmp(l, "transfer-encoding:", 18)) c->ck = 1, c->cks = 0;
        else if (ch == 'x' && !strncasecmp(l, "x-origin:", 9)) origin = 1;
    }
    if (!origin) nbad += recording;             /* an answer that the origin did not give */
    if (c->ck) { c->phase = P_CHUNK; return 0; }
    if (cl == ~0ull) { c->phase = P_EOF; return 0; }
    c->body = cl; c->phase = P_BODY;
    return 0;
}
static const char *chunked(struct conn *c, const char *p, const char *e) {
    while (p < e && c->ck) switch (c->ck) {
        case 1: { char ch = *p | 32; if (ch >= '0' && ch <= '9') c->cks = c->cks * 16 + ch - '0', p++; else if (ch >= 'a' && ch <= 'f') c->cks = c->cks * 16 + ch - 'a' + 10, p++; else c->ck = 2; break; }
        case 2: if (*p++ == '\n') c->ck = c->cks ? 3 : 5; break;
        case 3: { uint64_t k = (uint64_t)(e - p) < c->cks ? (uint64_t)(e - p) : c->cks; p += k; c->cks -= k; if (!c->cks) c->ck = 4; break; }
        case 4: if (*p++ == '\n') c->ck = 1; break;
        case 5: if (*p == '\r') p++; else if (*p == '\n') p++, c->ck = 0; else c->ck = 6; break;
        case 6: if (*p++ == '\n') c->ck = 5; break;
    }
    return p;
}
static void on_data(int fd, const char *p, int n, uint64_t t) {
    struct conn *c = C[fd]; const char *e = p + n; bytes += recording ? n : 0;
    while (p < e && c->left > 0) {
        if (c->phase == P_HEAD) {
            const char *h = p, *q; int hn;
            if (!c->hlen && (q = memmem(p, e - p, "\r\n\r\n", 4))) { hn = q + 4 - p; p = q + 4; }
            else {
                if (!c->hb) c->hb = malloc(16384);
                int old = c->hlen, k = e - p < 16384 - old ? e - p : 16384 - old;
                memcpy(c->hb + old, p, k); c->hlen += k;
                q = memmem(c->hb, c->hlen, "\r\n\r\n", 4);
                if (!q) { if (c->hlen == 16384) { nerr += recording; shutdown(fd, SHUT_RDWR); } return; }
                hn = q + 4 - c->hb; p += hn - old; h = c->hb;
            }
            if (parse_head(c, h, hn)) { nerr += recording; shutdown(fd, SHUT_RDWR); return; }
            if (c->phase == P_BODY && !c->body && finish(fd, t)) break;
        } else if (c->phase == P_BODY) {
            uint64_t k = (uint64_t)(e - p) < c->body ? (uint64_t)(e - p) : c->body; p += k; c->body -= k;
            if (!c->body && finish(fd, t)) break;
        } else if (c->phase == P_CHUNK) { p = chunked(c, p, e); if (!c->ck && finish(fd, t)) break; }
        else p = e;
    }
    if (p < e) { nerr += recording; shutdown(fd, SHUT_RDWR); return; }
    if (c->left || c->phase == P_EOF || c->idle) return;
    if (closemode == 1 || c->wantclose) { if (closemode != 1 && recording) ; return; }   /* wait for the server's FIN */
    if (closemode == 2) { shutdown(fd, SHUT_RDWR); return; }
    next(fd);
}
static void reap(void) {
    unsigned h = *R.cqhead, tl = __atomic_load_n(R.cqtail, __ATOMIC_ACQUIRE);
    uint64_t t = h != tl ? now_ns() : 0;
    for (; h != tl; h++) {
        struct cqe *q = &R.cqes[h & R.cqmask]; int kind = q->ud >> 56, fd = (int)(uint32_t)q->ud; uint32_t g = (q->ud >> 32) & 0xffffff; struct conn *c = C[fd];
        if (kind == K_SEND) { continue; }        /* only failures get here; the recv side reports the loss */
        if (q->res > 0) {
            int b = q->flags >> 16;
            if (g == c->gen && c->open) { if (!(q->flags & CQE_MORE)) arm_recv(fd); on_data(fd, pbuf_ptr(&B, b), q->res, t); }
            pbuf_give(&B, b);
        } else if (q->res == -ENOBUFS) { if (g == c->gen && c->open) { pbuf_publish(&B); arm_recv(fd); } }
        else if (g == c->gen && c->open) {
            if (c->phase == P_EOF) finish(fd, t);
            int lost = c->left > 0 && !(c->phase == P_HEAD && c->left == depth && c->wantclose);
            if (lost && !stopping) nerr += recording;
            int wasidle = c->idle; shut(fd);
            if (!wasidle) redial(lost);
        }
    }
    __atomic_store_n(R.cqhead, h, __ATOMIC_RELEASE);
    pbuf_publish(&B);
}
int main(int argc, char **argv) {
    for (int o; (o = getopt(argc, argv, "p:c:d:w:r:P:u:b:i:kKH:")) != -1;) switch (o) {
        case 'p': port = atoi(optarg); break; case 'c': conns = atoi(optarg); break; case 'd': dur = atof(optarg); break;
        case 'w': warm = atof(optarg); break; case 'r': rate = atof(optarg); break; case 'P': depth = atoi(optarg); break;
        case 'u': path = optarg; break; case 'b': post = atol(optarg); break; case 'i': idle = atoi(optarg); break;
        case 'k': closemode = 1; break; case 'K': closemode = 2; break; case 'H': xhdr = optarg; break; default: return 2;
    }
    if (!port || dur > 600) return 2;
    struct rlimit rl = { 262144, 262144 }; if (setrlimit(RLIMIT_NOFILE, &rl)) { getrlimit(RLIMIT_NOFILE, &rl); rl.rlim_cur = rl.rlim_max; setrlimit(RLIMIT_NOFILE, &rl); }
    char head[2048]; int hl = snprintf(head, sizeof head, "%s %s HTTP/1.1\r\nHost: canary.example.com\r\nUser-Agent: load/1.0\r\nAccept: */*\r\n%s%s", post ? "POST" : "GET", path, closemode == 1 ? "Connection: close\r\n" : "", xhdr);
    if (*xhdr) hl += sprintf(head + hl, "\r\n");
    if (post) hl += sprintf(head + hl, "Content-Type: application/octet-stream\r\nContent-Length: %ld\r\n", post);
    hl += sprintf(head + hl, "\r\n");
    reqlen = hl + post; req = malloc((size_t)reqlen * depth);
    for (int i = 0; i < depth; i++) { memcpy(req + (size_t)i * reqlen, head, hl); memset(req + (size_t)i * reqlen + hl, 'y', post); }
    ring_init(&R, 8192, 65536, SETUP_SINGLE | SETUP_DEFER, 1); pbuf_init(&R, &B, NBUF, BUFSZ, 1, 0);
    for (int i = 0; i < NBUF; i++) pbuf_give(&B, i);
    pbuf_publish(&B); backlog = malloc(sizeof *backlog * BL); setvbuf(stdout, 0, _IOLBF, 0);
    if (idle) {
        uint64_t giveup = now_ns() + 60000000000ull; int primed = 0, opened = 0; static int ids[MAXC];
        while (primed < idle && now_ns() < giveup) {
            for (int k = 0; k < 64 && opened < idle && opened - primed < 64; k++) { int fd = dial(); if (fd < 0) continue; C[fd]->idle = 1; ids[opened++] = fd; send_req(fd, now_ns()); }
            ring_wait_for(&R, 1, 100000000, 0); reap();
            primed = 0; for (int i = 0; i < opened; i++) primed += C[ids[i]]->primed;
        }
        printf("IDLE %d\n", primed); char b[16]; if (!fgets(b, 16, stdin)) return 1;
    }
    for (int i = 0; i < conns; i++) { int fd = dial(); if (fd < 0) { i--; if (++nerr > 1000) return 1; continue; } if (rate > 0) next(fd); else send_req(fd, now_ns()); if (i % 64 == 63) { ring_wait_for(&R, 1, 1000000, 0); reap(); } }
    uint64_t t0 = now_ns(), tw = t0 + (uint64_t)(warm * 1e9), te = tw + (uint64_t)(dur * 1e9), sched = t0, step = rate > 0 ? (uint64_t)(1e9 / rate) : 0, real0 = 0;
    nerr = 0;
    for (;;) {
        uint64_t t = now_ns();
        if (!recording && t >= tw) { printf("START\n"); recording = 1; real0 = now_ns(); }
        if (t >= te) break;
        int64_t to = 50000000;
        if (rate > 0) {
            while (sched <= t) { if (nfree) send_req(freec[--nfree], sched); else if (bt - bh < BL) backlog[bt++ % BL] = sched; else nerr += recording; sched += step; }
            to = sched - t;
        }
        ring_wait_for(&R, 1, to, 0);
        reap();
    }
    uint64_t el = now_ns() - real0; recording = 0; stopping = 1; printf("END\n");
    if (nreq == 0) { nreq = 0; }
    printf("{\"requests\":%lu,\"secs\":%.4f,\"rps\":%.1f,\"errors\":%lu,\"non200\":%lu,\"conns\":%lu,\"mbytes\":%.1f,\"mean\":%.1f,\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"p999\":%.1f,\"max\":%.1f,\"backlog\":%u}\n",
           nreq, el / 1e9, nreq / (el / 1e9), nerr, nbad, nconn, bytes / 1e6, nreq ? lat_sum / 1e3 / nreq : 0, pct(.5), pct(.9), pct(.99), pct(.999), lat_max / 1e3, bt - bh);
    return 0;
}
