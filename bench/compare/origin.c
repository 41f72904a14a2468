/* origin.c: io_uring HTTP/1.1 origin.
 * usage: origin PORT[,PORT...]       (port i answers with "X-Origin: A", "B", ...)
 * paths: /b/N = body of N bytes;  /d/MS/b/N = the same after MS milliseconds;  anything else = /b/128
 * Understands keep-alive, Connection: close, HTTP/1.0, Content-Length and chunked request bodies, pipelining. */
#include "uring.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/socket.h>

#define NBUF 1024
#define BUFSZ 16384
#define MAXC 65536
#define QMAX 64
enum { K_ACCEPT = 1, K_RECV, K_SEND, K_TIMER };

struct resp { long size; char *buf; int len, rep; };               /* rep copies of head+body, back to back */
struct conn { uint8_t origin, sending, close_after, eof, recv_on, phase; int hlen, hcap; char *hb;
              uint64_t body; int ck; uint64_t cks;                  /* ck: chunked decoder state */
              unsigned qh, qt; struct { struct resp *r; int ms; uint8_t close; } q[QMAX]; int nsend; struct resp *cur; uint8_t curclose;
              struct { int64_t s, ns; } ts; };
static struct ring R; static struct pbuf B; static struct conn *C[MAXC];
static struct resp cache[16][64]; static int ncache[16]; static int lfd[16], nl;

static struct resp *resp_for(int o, long size) {
    for (int i = 0; i < ncache[o]; i++) if (cache[o][i].size == size) return &cache[o][i];
    if (ncache[o] == 64) return &cache[o][0];
    struct resp *r = &cache[o][ncache[o]++];
    char h[256];
    int hl = snprintf(h, sizeof h, "HTTP/1.1 200 OK\r\nDate: Sat, 01 Nov 2025 00:00:00 GMT\r\nContent-Type: text/plain\r\nX-Origin: %c\r\nContent-Length: %ld\r\n\r\n", 'A' + o, size);
    r->size = size; r->len = hl + size; r->rep = size <= 4096 ? 64 : 1;
    r->buf = malloc((size_t)r->len * r->rep);
    for (int k = 0; k < r->rep; k++) { char *p = r->buf + (size_t)k * r->len; memcpy(p, h, hl); memset(p + hl, 'x', size); }
    return r;
}
static void arm_recv(int fd) {
    struct sqe *s = ring_sqe(&R); s->op = OP_RECV; s->fd = fd; s->ioprio = RECV_MULTI; s->flags = SQE_BUFSEL; s->bgid = 1;
    s->ud = ((uint64_t)K_RECV << 56) | fd; C[fd]->recv_on = 1;
}
static void arm_accept(int i) {
    struct sqe *s = ring_sqe(&R); s->op = OP_ACCEPT; s->fd = lfd[i]; s->ioprio = ACCEPT_MULTI; s->ud = ((uint64_t)K_ACCEPT << 56) | i;
}
static void done(int fd) { struct conn *c = C[fd]; if (!c->recv_on) { free(c->hb); free(c); C[fd] = 0; close(fd); } else shutdown(fd, SHUT_RDWR); }
static void pump(int fd) {
    struct conn *c = C[fd];
    if (c->sending || c->qh == c->qt) return;
    unsigned i = c->qh % QMAX;
    if (c->q[i].ms > 0) {
        c->ts.s = c->q[i].ms / 1000; c->ts.ns = (c->q[i].ms % 1000) * 1000000l; c->q[i].ms = 0; c->sending = 1;
        struct sqe *s = ring_sqe(&R); s->op = OP_TIMEOUT; s->fd = -1; s->addr = (uint64_t)&c->ts; s->len = 1; s->ud = ((uint64_t)K_TIMER << 56) | fd;
        return;
    }
    c->cur = c->q[i].r; c->nsend = 0; c->curclose = 0;
    while (c->qh != c->qt && c->q[c->qh % QMAX].r == c->cur && !c->q[c->qh % QMAX].ms && c->nsend < c->cur->rep) {
        c->curclose = c->q[c->qh % QMAX].close; c->qh++; c->nsend++;
        if (c->curclose) break;
    }
    c->sending = 1;
    struct sqe *s = ring_sqe(&R); s->op = OP_SEND; s->fd = fd; s->addr = (uint64_t)c->cur->buf; s->len = (unsigned)c->cur->len * c->nsend;
    s->opflags = MSG_WAITALL | MSG_NOSIGNAL; s->ud = ((uint64_t)K_SEND << 56) | fd;
}
/* parse one head of n bytes (ends in CRLFCRLF); enqueue the answer; set the body state */
static void on_head(struct conn *c, const char *h, int n) {
    const char *e = h + n, *sp = memchr(h, ' ', n), *p = sp ? sp + 1 : h; int ms = 0; long size = 128;
    if (!strncmp(p, "/d/", 3)) { ms = strtol(p + 3, (char **)&p, 10); }
    if (!strncmp(p, "/b/", 3)) size = strtol(p + 3, 0, 10);
    const char *nl_ = memchr(p, '\n', e - p); int close_ = nl_ && nl_[-2] == '0' && nl_[-4] == '1';
    c->body = 0; c->ck = 0;
    for (const char *l = nl_ + 1; l && l < e && *l != '\r';) {
        char ch = *l | 32;
        if (ch == 'c') {
            if (!strncasecmp(l, "content-length:", 15)) c->body = strtoull(l + 15, 0, 10);
            else if (!strncasecmp(l, "connection:", 11)) { const char *v = l + 11; while (*v == ' ') v++; if ((*v | 32) == 'c') close_ = 1; else if ((*v | 32) == 'k') close_ = 0; }
        } else if (ch == 't' && !strncasecmp(l, "transfer-encoding:", 18)) c->ck = 1;
        l = memchr(l, '\n', e - l); if (l) l++;
    }
    if (c->qt - c->qh >= QMAX) { close_ = 1; }
    else { unsigned i = c->qt++ % QMAX; c->q[i].r = resp_for(c->origin, size); c->q[i].ms = ms; c->q[i].close = close_; }
}
static const char *chunked(struct conn *c, const char *p, const char *e) {
    /* 1 size, 2 ext/skip to LF, 3 data, 4 CRLF after data, 5 trailer line start, 6 trailer line, 0 done */
    if (c->ck == 1 && c->cks == 0) ;
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
static void on_data(int fd, const char *p, int n) {
    struct conn *c = C[fd]; const char *e = p + n;
    while (p < e) {
        if (c->body) { uint64_t k = (uint64_t)(e - p) < c->body ? (uint64_t)(e - p) : c->body; c->body -= k; p += k; continue; }
        if (c->ck) { p = chunked(c, p, e); continue; }
        if (!c->hlen) {
            const char *t = memmem(p, e - p, "\r\n\r\n", 4);
            if (t) { on_head(c, p, t + 4 - p); p = t + 4; continue; }
        }
        if (c->hlen + (e - p) > c->hcap) { c->hcap = c->hlen + (e - p) + 4096; c->hb = realloc(c->hb, c->hcap); }
        int old = c->hlen; memcpy(c->hb + old, p, e - p); c->hlen += e - p;
        char *t = memmem(c->hb, c->hlen, "\r\n\r\n", 4);
        if (!t) return;
        int hn = t + 4 - c->hb; p += hn - old; c->hlen = 0; on_head(c, c->hb, hn);
    }
}
int main(int argc, char **argv) {
    if (argc < 2) { fprintf(stderr, "usage: origin PORT[,PORT..]\n"); return 2; }
    ring_init(&R, 4096, 32768, SETUP_SINGLE | SETUP_DEFER, 1); pbuf_init(&R, &B, NBUF, BUFSZ, 1, 0);
    for (int i = 0; i < NBUF; i++) pbuf_give(&B, i);
    pbuf_publish(&B);
    for (char *t = strtok(argv[1], ","); t; t = strtok(0, ",")) {
        int s = socket(AF_INET, SOCK_STREAM, 0), one = 1;
        setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, 4); setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, 4);
        struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(atoi(t)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        if (bind(s, (void *)&a, sizeof a) || listen(s, 16384)) die("listen");
        lfd[nl] = s; arm_accept(nl++);
    }
    for (;;) {
        ring_wait(&R);
        unsigned h = *R.cqhead, t = __atomic_load_n(R.cqtail, __ATOMIC_ACQUIRE);
        for (; h != t; h++) {
            struct cqe *q = &R.cqes[h & R.cqmask]; int kind = q->ud >> 56, fd = (int)(uint32_t)q->ud; struct conn *c;
            switch (kind) {
            case K_ACCEPT:
                if (q->res >= MAXC) close(q->res);
                else if (q->res >= 0) { c = C[q->res] = calloc(1, sizeof *c); c->origin = fd; arm_recv(q->res); }
                if (!(q->flags & CQE_MORE)) arm_accept(fd);
                break;
            case K_RECV:
                c = C[fd];
                if (!(q->flags & CQE_MORE)) c->recv_on = 0;
                if (q->res > 0) {
                    int b = q->flags >> 16; on_data(fd, pbuf_ptr(&B, b), q->res); pbuf_give(&B, b);
                    if (!c->recv_on) arm_recv(fd);
                    pump(fd);
                } else if (q->res == -ENOBUFS) arm_recv(fd);
                else { c->eof = 1; if (!c->sending) done(fd); }
                break;
            case K_SEND:
                c = C[fd]; c->sending = 0;
                if (q->res < 0 || c->curclose || c->eof) { c->eof = 1; if (c->recv_on) shutdown(fd, SHUT_WR); else done(fd); }
                else pump(fd);
                break;
            case K_TIMER: c = C[fd]; c->sending = 0; if (c->eof) done(fd); else pump(fd); break;
            }
        }
        __atomic_store_n(R.cqhead, h, __ATOMIC_RELEASE);
        pbuf_publish(&B);
    }
}
