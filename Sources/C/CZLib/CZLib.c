#include "CZLib.h"
#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

struct gh_gzip {
    z_stream stream;
};

gh_gzip *gh_gzip_new(void) {
    gh_gzip *gzip = calloc(1, sizeof *gzip);
    if (!gzip) return NULL;
    // 16 beside the window's size asks for gzip's head and trailer.
    if (deflateInit2(&gzip->stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        free(gzip);
        return NULL;
    }
    return gzip;
}

size_t gh_gzip_step(gh_gzip *gzip, const uint8_t *input, size_t *count, uint8_t *output, size_t room, int ends) {
    uInt taken = *count > UINT_MAX ? UINT_MAX : (uInt)*count;
    uInt free_room = room > UINT_MAX ? UINT_MAX : (uInt)room;
    gzip->stream.next_in = (Bytef *)input;
    gzip->stream.avail_in = taken;
    gzip->stream.next_out = output;
    gzip->stream.avail_out = free_room;
    deflate(&gzip->stream, ends ? Z_FINISH : Z_NO_FLUSH);
    *count -= taken - gzip->stream.avail_in;
    return free_room - gzip->stream.avail_out;
}

void gh_gzip_free(gh_gzip *gzip) {
    if (!gzip) return;
    deflateEnd(&gzip->stream);
    free(gzip);
}
