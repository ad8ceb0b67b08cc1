#include "CJemalloc.h"

#include <jemalloc/jemalloc.h>

static uint64_t counter(const char *name) {
    uint64_t value = 0;
    size_t size = sizeof value;
    return mallctl(name, &value, &size, NULL, 0) == 0 ? value : 0;
}

uint64_t gh_allocated_bytes(void) { return counter("thread.allocated"); }
uint64_t gh_released_bytes(void) { return counter("thread.deallocated"); }
