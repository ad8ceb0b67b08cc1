// What Glibc's Swift module leaves out: variadic calls, macros, GNU extensions.
#ifndef GATEHOUSE_CSYSTEM_H
#define GATEHOUSE_CSYSTEM_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

static inline int gh_open(const char *path, int flags, mode_t mode) { return open(path, flags | O_CLOEXEC, mode); }
static inline int gh_accept4(int socket, struct sockaddr *address, socklen_t *length) {
    return accept4(socket, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}
static inline int gh_errno(void) { return errno; }

// Cyclic redundancy checks (Checksums.c). Each takes the value so far, 0 at the beginning, and gives the next.
uint32_t gh_crc32(uint32_t value, const void *bytes, size_t count);
uint32_t gh_crc32c(uint32_t value, const void *bytes, size_t count);
uint64_t gh_crc64nvme(uint64_t value, const void *bytes, size_t count);
#include "CSystemSockets.h"

#endif
