#ifndef GATEHOUSE_CQRCODE_H
#define GATEHOUSE_CQRCODE_H
#include <stddef.h>

/// Draws `text` as a QR code and writes it as a PNG picture. Returns the picture, of `*count` bytes, to be given back to
/// gh_qr_free; NULL where the text is too long or there is no memory.
unsigned char *gh_qr_png(const char *text, size_t *count);

/// Overwrites and frees what gh_qr_png returned.
void gh_qr_free(unsigned char *picture, size_t count);
#endif
