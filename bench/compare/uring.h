/* uring.h: minimal raw-syscall io_uring wrapper, shared by origin.c and load_generator.c.
 * Only the kernel ABI is used (no liburing), constants are those of Linux 6.18. */
#ifndef URING_H
#define URING_H
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { OP_NOP = 0, OP_SENDMSG = 9, OP_TIMEOUT = 11, OP_ACCEPT = 13, OP_CONNECT = 16, OP_CLOSE = 19,
       OP_SEND = 26, OP_RECV = 27, OP_SPLICE = 30, OP_SHUTDOWN = 34, OP_SEND_ZC = 47 };
enum { SQE_FIXED = 1, SQE_LINK = 4, SQE_ASYNC = 16, SQE_BUFSEL = 32, SQE_SKIP = 64 };
enum { SETUP_CQSIZE = 1 << 3, SETUP_CLAMP = 1 << 4, SETUP_SUBMIT_ALL = 1 << 7, SETUP_COOP = 1 << 8,
       SETUP_TASKRUN_FLAG = 1 << 9, SETUP_SINGLE = 1 << 12, SETUP_DEFER = 1 << 13, SETUP_NO_SQARRAY = 1 << 16 };
enum { RS_POLL_FIRST = 1, RECV_MULTI = 2, RS_FIXED_BUF = 4, RS_BUNDLE = 16 };
enum { ACCEPT_MULTI = 1, ACCEPT_DONTWAIT = 2, ACCEPT_POLL_FIRST = 4 };
enum { CQE_BUFFER = 1, CQE_MORE = 2, CQE_NONEMPTY = 4, CQE_NOTIF = 8, CQE_BUF_MORE = 16 };
enum { ENTER_GETEVENTS = 1, ENTER_EXT_ARG = 8, ENTER_REGISTERED = 16 };
enum { REG_FILES_UPDATE = 6, REG_FILES2 = 13, REG_RING_FDS = 20, REG_PBUF = 22, REG_ALLOC_RANGE = 25 };
enum { PBUF_INC = 2 };

struct sqe { uint8_t op, flags; uint16_t ioprio; int32_t fd; uint64_t off, addr; uint32_t len, opflags;
             uint64_t ud; uint16_t bgid, pers; uint32_t file_index; uint64_t addr3, pad; };
struct cqe { uint64_t ud; int32_t res; uint32_t flags; };
struct ring {
    int fd, enter_fd; unsigned eflags;
    unsigned *sqhead, *sqtail, sqmask, sqent; struct sqe *sqes; unsigned ltail, submitted;
    unsigned *cqhead, *cqtail, cqmask; struct cqe *cqes;
    uint64_t enters, nsqe, ncqe;
};
struct params { uint32_t sq, cq, flags, cpu, idle, features, wqfd, resv[3];
                struct { uint32_t head, tail, mask, entries, flags, dropped, array, r; uint64_t u; } so;
                struct { uint32_t head, tail, mask, entries, overflow, cqes, flags, r; uint64_t u; } co; };

static inline void die(const char *m) { perror(m); exit(1); }
static inline uint64_t now_ns(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1000000000ull + t.tv_nsec; }

static void ring_init(struct ring *r, unsigned sq, unsigned cq, unsigned flags, int regring) {
    struct params p; memset(&p, 0, sizeof p); memset(r, 0, sizeof *r);
    p.flags = flags | SETUP_CQSIZE | SETUP_SUBMIT_ALL | SETUP_NO_SQARRAY; p.cq = cq;
    r->fd = syscall(SYS_io_uring_setup, sq, &p);
    if (r->fd < 0) die("io_uring_setup");
    size_t a = p.co.cqes + p.cq * sizeof(struct cqe);
    char *m = mmap(0, a, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, r->fd, 0);
    r->sqes = mmap(0, p.sq * sizeof(struct sqe), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, r->fd, 0x10000000);
    if (m == MAP_FAILED || r->sqes == MAP_FAILED) die("mmap ring");
    r->sqhead = (unsigned *)(m + p.so.head); r->sqtail = (unsigned *)(m + p.so.tail);
    r->sqmask = p.sq - 1; r->sqent = p.sq;
    r->cqhead = (unsigned *)(m + p.co.head); r->cqtail = (unsigned *)(m + p.co.tail);
    r->cqmask = p.cq - 1; r->cqes = (struct cqe *)(m + p.co.cqes);
    r->enter_fd = r->fd;
    if (regring) {
        struct { uint32_t off, resv; uint64_t data; } u = { ~0u, 0, (uint64_t)r->fd };
        if (syscall(SYS_io_uring_register, r->fd, REG_RING_FDS, &u, 1) == 1) { r->enter_fd = u.off; r->eflags = ENTER_REGISTERED; }
    }
}
static inline int ring_enter(struct ring *r, unsigned wait, unsigned flags, void *arg, size_t sz) {
    unsigned n = r->ltail - r->submitted;
    __atomic_store_n(r->sqtail, r->ltail, __ATOMIC_RELEASE);
    r->enters++; r->nsqe += n;
    int k = syscall(SYS_io_uring_enter, r->enter_fd, n, wait, r->eflags | flags, arg, sz);
    if (k >= 0) r->submitted += k; else r->submitted = __atomic_load_n(r->sqhead, __ATOMIC_ACQUIRE);
    return k;
}
static inline void ring_wait(struct ring *r) { ring_enter(r, 1, ENTER_GETEVENTS, 0, 0); }
/* wait until >=1 completion, or timeout_ns passes (timeout_ns<0: none); min_us batches wakeups (6.12+) */
static inline int ring_wait_for(struct ring *r, unsigned want, int64_t timeout_ns, unsigned min_us) {
    struct __attribute__((packed)) { uint64_t sig; uint32_t sigsz, min; uint64_t ts; } a = { 0, 8, min_us, 0 };
    struct { int64_t s, ns; } ts = { timeout_ns / 1000000000, timeout_ns % 1000000000 };
    if (timeout_ns >= 0) a.ts = (uint64_t)&ts;
    return ring_enter(r, want, ENTER_GETEVENTS | ENTER_EXT_ARG, &a, sizeof a);
}
static inline struct sqe *ring_sqe(struct ring *r) {
    while (r->ltail - __atomic_load_n(r->sqhead, __ATOMIC_ACQUIRE) >= r->sqent) ring_enter(r, 0, 0, 0, 0);
    struct sqe *s = &r->sqes[r->ltail++ & r->sqmask];
    memset(s, 0, sizeof *s);
    return s;
}
struct pbuf { char *mem, *br; unsigned n, size; uint16_t tail, bgid; };
static void pbuf_init(struct ring *r, struct pbuf *b, unsigned n, unsigned size, int bgid, int flags) {
    b->n = n; b->size = size; b->bgid = bgid; b->tail = 0;
    b->br = mmap(0, n * 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    b->mem = mmap(0, (size_t)n * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct { uint64_t addr; uint32_t n; uint16_t bgid, flags; uint64_t r[3]; } g = { (uint64_t)b->br, n, bgid, flags, { 0 } };
    if (syscall(SYS_io_uring_register, r->fd, REG_PBUF, &g, 1) < 0) die("register pbuf");
}
static inline char *pbuf_ptr(struct pbuf *b, unsigned id) { return b->mem + (size_t)id * b->size; }
static inline void pbuf_give(struct pbuf *b, unsigned id) {
    char *e = b->br + (b->tail & (b->n - 1)) * 16;
    *(uint64_t *)e = (uint64_t)pbuf_ptr(b, id); *(uint32_t *)(e + 8) = b->size; *(uint16_t *)(e + 12) = id;
    b->tail++;
}
static inline void pbuf_publish(struct pbuf *b) { __atomic_store_n((uint16_t *)(b->br + 14), b->tail, __ATOMIC_RELEASE); }
static __attribute__((unused)) int reg_files(struct ring *r, unsigned n, unsigned alloc_n) {
    struct { uint32_t nr, flags; uint64_t resv, data, tags; } f = { n, 1, 0, 0, 0 };
    if (syscall(SYS_io_uring_register, r->fd, REG_FILES2, &f, sizeof f) < 0) return -1;
    struct { uint32_t off, len; uint64_t resv; } a = { 0, alloc_n, 0 };
    return syscall(SYS_io_uring_register, r->fd, REG_ALLOC_RANGE, &a, 0);
}
static __attribute__((unused)) int reg_file_set(struct ring *r, unsigned slot, int fd) {
    struct { uint32_t off, resv; uint64_t fds; } u = { slot, 0, (uint64_t)&fd };
    return syscall(SYS_io_uring_register, r->fd, REG_FILES_UPDATE, &u, 1);
}
#endif
