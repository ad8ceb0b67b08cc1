#ifndef GATEHOUSE_CZLIB_H
#define GATEHOUSE_CZLIB_H
#include <stddef.h>
#include <stdint.h>

/// A text that is being compressed in the form of gzip (RFC 1952).
typedef struct gh_gzip gh_gzip;

/// NULL where there is no memory.
gh_gzip *gh_gzip_new(void);

/// Takes up to `*count` bytes of `input` and leaves in `*count` how many it did not take; writes up to `room` bytes to
/// `output` and returns how many. `ends` says that nothing comes behind; call again until what it returns is less than `room`.
size_t gh_gzip_step(gh_gzip *gzip, const uint8_t *input, size_t *count, uint8_t *output, size_t room, int ends);

void gh_gzip_free(gh_gzip *gzip);
#endif
