#define _GNU_SOURCE
#include "CSystem.h"
#include <linux/aio_abi.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

int gh_address_kind(const char *text) {
    unsigned char address[16];
    if (inet_pton(AF_INET, text, address) == 1) return 1;
    return inet_pton(AF_INET6, text, address) == 1 ? 2 : 0;
}

static socklen_t fill(struct sockaddr_storage *storage, const char *text, uint16_t port) {
    memset(storage, 0, sizeof *storage);
    struct sockaddr_in *four = (struct sockaddr_in *)storage;
    if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons(port);
        return sizeof *four;
    }
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)storage;
    if (inet_pton(AF_INET6, text, &six->sin6_addr) != 1) return 0;
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(port);
    return sizeof *six;
}

int gh_bind(const char *text, uint16_t port, int share_port) {
    struct sockaddr_storage storage;
    socklen_t length = fill(&storage, text, port);
    if (length == 0) return -EINVAL;
    int fd = socket(storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    int on = 1, only = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (share_port) setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    if (storage.ss_family == AF_INET6) {
        only = !IN6_IS_ADDR_UNSPECIFIED(&((struct sockaddr_in6 *)&storage)->sin6_addr);
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
    }
    if (bind(fd, (struct sockaddr *)&storage, length) != 0) {
        int failure = errno;
        close(fd);
        return -failure;
    }
    return fd;
}

int gh_connect(const char *text, uint16_t port) {
    struct sockaddr_storage storage;
    socklen_t length = fill(&storage, text, port);
    if (length == 0) return -EINVAL;
    int fd = socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    if (connect(fd, (struct sockaddr *)&storage, length) == 0) return fd;
    int failure = errno;
    close(fd);
    return -failure;
}

int gh_limit_hops(int socket, int hops) {
    struct sockaddr_storage storage;
    socklen_t length = sizeof storage;
    if (getsockname(socket, (struct sockaddr *)&storage, &length) != 0) return -errno;
    int done = storage.ss_family == AF_INET
                   ? setsockopt(socket, IPPROTO_IP, IP_TTL, &hops, sizeof hops)
                   : setsockopt(socket, IPPROTO_IPV6, IPV6_UNICAST_HOPS, &hops, sizeof hops);
    return done == 0 ? 0 : -errno;
}

int gh_listen(int socket, int backlog) { return listen(socket, backlog) == 0 ? 0 : -errno; }

int gh_local_port(int socket) {
    struct sockaddr_storage storage;
    socklen_t length = sizeof storage;
    if (getsockname(socket, (struct sockaddr *)&storage, &length) != 0) return -errno;
    return storage.ss_family == AF_INET ? ntohs(((struct sockaddr_in *)&storage)->sin_port)
                                        : ntohs(((struct sockaddr_in6 *)&storage)->sin6_port);
}

int gh_accept(int listener, struct gh_peer *peer) {
    struct sockaddr_storage storage;
    socklen_t length = sizeof storage;
    int fd;
    do fd = accept4(listener, (struct sockaddr *)&storage, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    while (fd < 0 && errno == EINTR);
    if (fd < 0) return -errno;
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);

    unsigned char address[16] = {0};
    if (storage.ss_family == AF_INET) {
        address[10] = address[11] = 0xFF;
        memcpy(address + 12, &((struct sockaddr_in *)&storage)->sin_addr, 4);
    } else {
        memcpy(address, &((struct sockaddr_in6 *)&storage)->sin6_addr, 16);
    }
    memcpy(&peer->network, address, 8);
    memcpy(&peer->host, address + 8, 8);
    peer->is_mapped = IN6_IS_ADDR_V4MAPPED((struct in6_addr *)address);
    peer->is_loopback = peer->is_mapped ? address[12] == 127 : IN6_IS_ADDR_LOOPBACK((struct in6_addr *)address);
    peer->text[0] = 0;
    if (peer->is_mapped) inet_ntop(AF_INET, address + 12, peer->text, sizeof peer->text);
    else inet_ntop(AF_INET6, address, peer->text, sizeof peer->text);
    return fd;
}

int gh_epoll_add(int epoll, int fd, uint64_t token, int edge) {
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = token};
    if (edge) event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : -errno;
}

int gh_epoll_pause(int epoll, int fd, uint64_t token, int paused) {
    struct epoll_event event = {.events = paused ? 0 : EPOLLIN, .data.u64 = token};
    return epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event) == 0 ? 0 : -errno;
}

int gh_epoll_wait(int epoll, struct gh_event *events, int count, int timeout_ms) {
    struct epoll_event ready[256];
    int found = epoll_wait(epoll, ready, count < 256 ? count : 256, timeout_ms);
    for (int i = 0; i < found; i++) {
        uint32_t bits = ready[i].events;
        events[i].token = ready[i].data.u64;
        events[i].readable = (bits & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
        events[i].writable = (bits & EPOLLOUT) != 0;
        events[i].ended = (bits & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
        events[i].broken = (bits & (EPOLLHUP | EPOLLERR)) != 0;
    }
    return found < 0 ? 0 : found;
}

ssize_t gh_receive(int socket, void *bytes, size_t count) {
    ssize_t got;
    do got = recv(socket, bytes, count, 0);
    while (got < 0 && errno == EINTR);
    return got < 0 ? -errno : got;
}

ssize_t gh_send3(int socket, const void *a, size_t a_count, const void *b, size_t b_count, const void *c, size_t c_count) {
    struct iovec pieces[3];
    struct msghdr message = {.msg_iov = pieces};
    if (a_count) pieces[message.msg_iovlen++] = (struct iovec){(void *)a, a_count};
    if (b_count) pieces[message.msg_iovlen++] = (struct iovec){(void *)b, b_count};
    if (c_count) pieces[message.msg_iovlen++] = (struct iovec){(void *)c, c_count};
    ssize_t sent;
    do sent = message.msg_iovlen == 1 ? send(socket, pieces[0].iov_base, pieces[0].iov_len, MSG_NOSIGNAL)
                                      : sendmsg(socket, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

// The kernel's own asynchronous I/O takes a list of writes in one call. On sockets that do not block it carries each out
// before it returns, so there is nothing to wait for.
uint64_t gh_parcels_make(void) {
    aio_context_t context = 0;
    return syscall(SYS_io_setup, GH_PARCELS, &context) == 0 ? context : 0;
}

void gh_parcels_drop(uint64_t context) {
    if (context) syscall(SYS_io_destroy, context);
}

int gh_send_all(uint64_t context, const void *bytes, struct gh_parcel *parcels, size_t count) {
    struct iocb blocks[GH_PARCELS], *list[GH_PARCELS];
    struct io_event events[GH_PARCELS];
    if (count > GH_PARCELS) return -EINVAL;
    for (size_t i = 0; i < count; i++) {
        memset(&blocks[i], 0, sizeof blocks[i]);
        blocks[i].aio_data = i;
        blocks[i].aio_lio_opcode = IOCB_CMD_PWRITE;
        blocks[i].aio_fildes = parcels[i].socket;
        blocks[i].aio_buf = (uint64_t)(uintptr_t)bytes + parcels[i].start;
        blocks[i].aio_nbytes = parcels[i].count;
        list[i] = &blocks[i];
        parcels[i].sent = -EAGAIN;
    }
    long taken = syscall(SYS_io_submit, context, (long)count, list);
    if (taken < 0) return -errno;
    // What was handed over and is not heard of again may have been sent: it must not be sent a second time.
    for (long i = 0; i < taken; i++) parcels[i].sent = -EIO;
    for (long done = 0; done < taken;) {
        long got = syscall(SYS_io_getevents, context, taken - done, taken - done, events, NULL);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) break;
        for (long i = 0; i < got; i++) {
            int32_t sent = (int32_t)events[i].res;
            parcels[events[i].data].sent = sent == -EINTR ? -EAGAIN : sent;
        }
        done += got;
    }
    return 0;
}

unsigned gh_thread_number(void) {
    static unsigned next = 0;
    static _Thread_local unsigned number = 0;
    if (number == 0) number = __atomic_add_fetch(&next, 1, __ATOMIC_RELAXED);
    return number;
}

static _Thread_local void *thread_turns = NULL;

void gh_thread_turns_set(void *turns) { thread_turns = turns; }
void *gh_thread_turns(void) { return thread_turns; }

int gh_unacknowledged(int socket) {
    int count = 0;
    return ioctl(socket, SIOCOUTQ, &count) == 0 ? count : 0;
}

void gh_block_signals(void) {
    sigset_t set;
    sigemptyset(&set);
    int blocked[] = {SIGPIPE, SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGCHLD};
    for (size_t i = 0; i < sizeof blocked / sizeof *blocked; i++) sigaddset(&set, blocked[i]);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

uint64_t gh_open_file_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
    if (limit.rlim_cur < limit.rlim_max) {
        struct rlimit raised = {limit.rlim_max, limit.rlim_max};
        if (setrlimit(RLIMIT_NOFILE, &raised) == 0) return raised.rlim_cur;
    }
    return limit.rlim_cur;
}

void gh_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

int gh_start_thread(void *(*body)(void *), void *argument) {
    pthread_t thread;
    int failure = pthread_create(&thread, NULL, body, argument);
    return failure ? failure : pthread_detach(thread);
}
