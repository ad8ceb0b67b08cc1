// jemalloc's own books, for measuring. The server uses jemalloc in place of malloc and asks it nothing.
#ifndef GATEHOUSE_CJEMALLOC_H
#define GATEHOUSE_CJEMALLOC_H

#include <stdint.h>

/// Bytes that the calling thread has been given since it began.
uint64_t gh_allocated_bytes(void);
/// Bytes that the calling thread has given back since it began.
uint64_t gh_released_bytes(void);

#endif
