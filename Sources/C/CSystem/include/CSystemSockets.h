// Sockets and epoll in the shapes the edge wants: no sockaddr, no packed structures, errors as -errno.
#ifndef GATEHOUSE_CSYSTEM_SOCKETS_H
#define GATEHOUSE_CSYSTEM_SOCKETS_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/types.h>

struct gh_event {
    uint64_t token;
    uint8_t readable; // bytes, end of input or an error wait to be read
    uint8_t writable;
    uint8_t ended;  // the peer sends no more
    uint8_t broken; // the connection is gone in both directions
};

struct gh_peer {
    char text[48];    // address without port; IPv4-mapped IPv6 as IPv4
    uint64_t network; // upper and lower half of the address, IPv4 as mapped IPv6
    uint64_t host;
    uint8_t is_mapped;
    uint8_t is_loopback;
};

/// A bound socket that does not block, or -errno. `text` is an IPv4 or IPv6 literal. `::` also takes IPv4.
int gh_bind(const char *text, uint16_t port, int share_port);
/// A connected socket that blocks, or -errno.
int gh_connect(const char *text, uint16_t port);
int gh_listen(int socket, int backlog);
/// How many routers what the socket sends may pass, 1 to 255. 0, or a negative errno.
int gh_limit_hops(int socket, int hops);
/// The port a socket is bound to, or -errno.
int gh_local_port(int socket);
/// A connected socket, or -errno.
int gh_accept(int listener, struct gh_peer *peer);
/// 1 where `text` is an IPv4 literal, 2 for IPv6, else 0.
int gh_address_kind(const char *text);

/// `edge`: readable, writable and half-closed, told once per change. Otherwise readable only, told while it holds.
int gh_epoll_add(int epoll, int fd, uint64_t token, int edge);
int gh_epoll_pause(int epoll, int fd, uint64_t token, int paused);
/// Fills at most 256 events. A negative timeout waits for ever.
int gh_epoll_wait(int epoll, struct gh_event *events, int count, int timeout_ms);

/// Bytes read, 0 at the end of input, or -errno.
ssize_t gh_receive(int socket, void *bytes, size_t count);
/// Sends up to three pieces in one call; the bytes taken, or -errno. Never raises SIGPIPE.
ssize_t gh_send3(int socket, const void *a, size_t a_count, const void *b, size_t b_count, const void *c, size_t c_count);

/// One of several messages to be sent by one call.
struct gh_parcel {
    int socket;
    uint32_t start; // within the bytes
    uint32_t count;
    int32_t sent; // out: the bytes taken, or -errno; -EAGAIN where none were and it may be sent again
};
enum { GH_PARCELS = 128 };
/// What `gh_send_all` needs of the kernel; 0 where the kernel has none to give.
uint64_t gh_parcels_make(void);
void gh_parcels_drop(uint64_t context);
/// Sends at most `GH_PARCELS` messages that lie in `bytes`, all by one call. 0, or -errno where nothing was sent.
/// SIGPIPE must be blocked or ignored.
int gh_send_all(uint64_t context, const void *bytes, struct gh_parcel *parcels, size_t count);

/// Bytes that were sent and that the peer has not acknowledged.
int gh_unacknowledged(int socket);
/// Keeps the process's stop signals and SIGPIPE away from the calling thread.
void gh_block_signals(void);
/// Raises the soft limit of open files to the hard one and tells it.
uint64_t gh_open_file_limit(void);
enum { GH_EPOLL_FLAGS = EPOLL_CLOEXEC, GH_EVENTFD_FLAGS = EFD_CLOEXEC | EFD_NONBLOCK };
void gh_name_thread(const char *name);

/// A number that one thread adds to and any thread reads.
static inline void gh_counter_add(int64_t *counter, int64_t amount) {
    __atomic_store_n(counter, __atomic_load_n(counter, __ATOMIC_RELAXED) + amount, __ATOMIC_RELAXED);
}
static inline int64_t gh_counter_read(const int64_t *counter) { return __atomic_load_n(counter, __ATOMIC_RELAXED); }
/// A word that is set once and read by any thread.
static inline void gh_word_set(uint64_t *word, uint64_t value) { __atomic_store_n(word, value, __ATOMIC_RELEASE); }
static inline uint64_t gh_word_read(const uint64_t *word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }
static inline uint64_t gh_thread_word(void) { return (uint64_t)pthread_self(); }
/// A small number of the calling thread's own, counted up in the order in which threads first ask.
unsigned gh_thread_number(void);
/// A pointer of the calling thread's own: what gives out turns on it. NULL until it is set.
void gh_thread_turns_set(void *turns);
void *gh_thread_turns(void);
/// Starts a detached thread. 0 or an errno.
int gh_start_thread(void *(*body)(void *), void *argument);

#endif
