// What Glibc's Swift module leaves out: variadic calls, macros, GNU extensions.
//
// _GNU_SOURCE belongs into our .c files only. A header that defines it gives its module other versions of Glibc's types
// than Foundation and libdispatch have, and Swift refuses to import such modules together.
#ifndef GATEHOUSE_CSYSTEM_H
#define GATEHOUSE_CSYSTEM_H

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
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <poll.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

static inline int gh_open(const char *path, int flags, mode_t mode) { return open(path, flags | O_CLOEXEC, mode); }

// Glibc's headers declare these for _GNU_SOURCE only.
int pthread_setname_np(pthread_t thread, const char *name);
int sync_file_range(int descriptor, __off64_t offset, __off64_t count, unsigned int flags);
#ifndef SYNC_FILE_RANGE_WRITE
#define SYNC_FILE_RANGE_WRITE 2
#endif

static inline int gh_errno(void) { return errno; }

/// Asks the system to begin writing a file's changed pages to the disk, without waiting.
int gh_begin_write_back(int file);

/// The process's environment, `NAME=value` each, ended by a null pointer.
extern char **environ;
static inline char **gh_environment(void) { return environ; }

// Cyclic redundancy checks (Checksums.c). Each takes the value so far, 0 at the beginning, and gives the next.
uint32_t gh_crc32(uint32_t value, const void *bytes, size_t count);
uint32_t gh_crc32c(uint32_t value, const void *bytes, size_t count);
uint64_t gh_crc64nvme(uint64_t value, const void *bytes, size_t count);
#include "CSystemProcess.h"
#include "CSystemSockets.h"

#endif
