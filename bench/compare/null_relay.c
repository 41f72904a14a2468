/* null_relay.c: relays bytes on epoll and parses nothing: the floor under every proxy.
 * usage: null_relay LISTEN UP1[,UP2..] [-D] [-S] [-b bufsize] [-P pipesize]
 *  pooled (default): one recv = one message.  -D dedicated upstream per client, both ways with backpressure.
 *  -S (with -D) splice() through a pipe instead of recv/send.  Edge-triggered epoll; one recv per event (EPOLLET re-read only if the buffer was filled). */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAXC 65536
struct conn { int peer; uint8_t open, up, pool, rd, wr, eof; char *buf; int off, len; int pipe[2]; size_t piped; };
static struct conn C[MAXC]; static int ep, lfd, ports[8], np, pool[8][16384], npool[8], ded, spl, bsz = 65536, psz = 1 << 20; static unsigned rr; static char *shared;
static void die(const char *m) { perror(m); exit(1); }
static void add(int fd) { struct epoll_event e = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.fd = fd }; if (!ded) e.events = EPOLLIN | EPOLLRDHUP | EPOLLET; if (epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e)) die("epoll_ctl"); }
static int pipes[1024][2], npipes;
static void init(int fd, int up, int p) { struct conn *c = &C[fd]; char *b = c->buf; memset(c, 0, sizeof *c); c->buf = b; c->peer = -1; c->open = 1; c->up = up; c->pool = p; c->wr = 1; c->pipe[0] = -1; }
static int dial(int p) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(ports[p]), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    if (connect(fd, (void *)&a, sizeof a)) die("connect upstream");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, 4); fcntl(fd, F_SETFL, O_NONBLOCK);
    init(fd, 1, p); add(fd);
    return fd;
}
static void shut(int fd) {
    struct conn *c = &C[fd]; if (!c->open) return; c->open = 0; close(fd);
    if (c->pipe[0] >= 0) { if (!c->piped && npipes < 1024) { pipes[npipes][0] = c->pipe[0]; pipes[npipes++][1] = c->pipe[1]; } else { close(c->pipe[0]); close(c->pipe[1]); } }
    if (c->peer >= 0) { int p = c->peer; C[p].peer = -1; c->peer = -1; if (ded) shut(p); }
}
/* move what there is from fd to its peer; keeps going until either side would block */
static void pump(int fd) {
    struct conn *c = &C[fd];
    while (c->open && c->peer >= 0) {
        struct conn *d = &C[c->peer];
        if (spl) {
            if (c->pipe[0] < 0) { if (npipes) { c->pipe[0] = pipes[--npipes][0]; c->pipe[1] = pipes[npipes][1]; } else { if (pipe2(c->pipe, O_NONBLOCK | O_CLOEXEC)) die("pipe"); fcntl(c->pipe[0], F_SETPIPE_SZ, psz); } }
            if (c->piped) { ssize_t k = splice(c->pipe[0], 0, c->peer, 0, c->piped, SPLICE_F_NONBLOCK | SPLICE_F_MOVE); if (k < 0) { if (errno == EAGAIN) { d->wr = 0; return; } shut(fd); return; } c->piped -= k; if (c->piped) { d->wr = 0; return; } }
            if (!c->rd) return;
            ssize_t k = splice(fd, 0, c->pipe[1], 0, psz, SPLICE_F_NONBLOCK | SPLICE_F_MOVE);
            if (k < 0) { if (errno == EAGAIN) { c->rd = 0; return; } shut(fd); return; }
            if (k == 0) { shut(fd); return; }
            c->piped += k;
            continue;
        }
        if (c->len) {
            ssize_t k = send(c->peer, c->buf + c->off, c->len, MSG_NOSIGNAL | MSG_DONTWAIT);
            if (k < 0) { if (errno == EAGAIN) { d->wr = 0; return; } shut(fd); return; }
            c->off += k; c->len -= k;
            if (c->len) { d->wr = 0; return; }
        }
        if (!c->rd) return;
        char *b = shared; ssize_t k = recv(fd, b, bsz, MSG_DONTWAIT);
        if (k < 0) { if (errno == EAGAIN) { c->rd = 0; return; } shut(fd); return; }
        if (k == 0) { shut(fd); return; }
        if (k < bsz) c->rd = 0;                                    /* drained: the next edge will tell */
        ssize_t s = send(c->peer, b, k, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (s < 0 && errno != EAGAIN) { shut(fd); return; }
        if (s < 0) s = 0;
        if (s < k) { if (!c->buf) c->buf = malloc(bsz); memcpy(c->buf, b + s, k - s); c->off = 0; c->len = k - s; d->wr = 0; return; }
    }
}
static void message(int fd) {
    struct conn *c = &C[fd]; ssize_t k = recv(fd, shared, bsz, MSG_DONTWAIT);
    if (k < 0 && errno == EAGAIN) return;
    if (k <= 0) { shut(fd); return; }
    int to;
    if (!c->up) { int p = np > 1 && rr++ % 10 == 0; to = npool[p] ? pool[p][--npool[p]] : dial(p); C[to].peer = fd; c->peer = to; }
    else { to = c->peer; c->peer = -1; if (npool[c->pool] < 16384) pool[c->pool][npool[c->pool]++] = fd; if (to >= 0) C[to].peer = -1; }
    if (to >= 0) send(to, shared, k, MSG_NOSIGNAL | MSG_DONTWAIT);
}
int main(int argc, char **argv) {
    if (argc < 3) return 2;
    for (char *t = strtok(argv[2], ","); t; t = strtok(0, ",")) ports[np++] = atoi(t);
    for (int o; (o = getopt(argc - 2, argv + 2, "DSb:P:")) != -1;) switch (o) { case 'D': ded = 1; break; case 'S': spl = 1; break; case 'b': bsz = atoi(optarg); break; case 'P': psz = atoi(optarg); break; default: return 2; }
    shared = malloc(bsz); signal(SIGPIPE, SIG_IGN); ep = epoll_create1(EPOLL_CLOEXEC);
    int one = 1; lfd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(lfd, SOL_SOCKET, SO_REUSEADDR, &one, 4); setsockopt(lfd, IPPROTO_TCP, TCP_NODELAY, &one, 4);
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    if (bind(lfd, (void *)&a, sizeof a) || listen(lfd, 16384)) die("listen");
    struct epoll_event le = { .events = EPOLLIN, .data.fd = lfd }, ev[512]; epoll_ctl(ep, EPOLL_CTL_ADD, lfd, &le);
    for (;;) {
        int n = epoll_wait(ep, ev, 512, -1);
        for (int i = 0; i < n; i++) {
            int fd = ev[i].data.fd; unsigned e = ev[i].events;
            if (fd == lfd) {
                for (int f; (f = accept4(lfd, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
                    init(f, 0, 0);
                    if (ded) { int p = np > 1 && rr++ % 10 == 0, u = dial(p); C[u].peer = f; C[f].peer = u; }
                    add(f);
                }
                continue;
            }
            struct conn *c = &C[fd]; if (!c->open) continue;
            if (!ded) { message(fd); continue; }
            if (e & EPOLLOUT && !c->wr) { c->wr = 1; if (c->peer >= 0) pump(c->peer); if (!c->open) continue; }
            if (e & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) { c->rd = 1; if (c->peer >= 0) { if (C[c->peer].wr) pump(fd); } else shut(fd); }
        }
    }
}
