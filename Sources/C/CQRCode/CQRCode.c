#define _DEFAULT_SOURCE
#include "CQRCode.h"

#include <png.h>
#include <qrencode.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// Pixels of a module, and modules of white around the code: ISO/IEC 18004 asks for four.
enum { SCALE = 5, MARGIN = 4 };

static void draw(const QRcode *code, unsigned char *pixels, size_t side) {
    memset(pixels, 255, side * side);
    for (int y = 0; y < code->width; y++) {
        for (int x = 0; x < code->width; x++) {
            if (!(code->data[y * code->width + x] & 1)) continue;
            for (size_t row = 0; row < SCALE; row++) {
                size_t top = ((size_t)y + MARGIN) * SCALE + row;
                memset(pixels + top * side + ((size_t)x + MARGIN) * SCALE, 0, SCALE);
            }
        }
    }
}

static unsigned char *compress(const unsigned char *pixels, size_t side, size_t *count) {
    png_image image;
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    image.width = image.height = (png_uint_32)side;
    image.format = PNG_FORMAT_GRAY;
    png_alloc_size_t room = PNG_IMAGE_PNG_SIZE_MAX(image);
    unsigned char *picture = malloc(room);
    if (picture && png_image_write_to_memory(&image, picture, &room, 0, pixels, 0, NULL)) {
        *count = room;
        return picture;
    }
    png_image_free(&image);
    free(picture);
    return NULL;
}

unsigned char *gh_qr_png(const char *text, size_t *count) {
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    if (!code) return NULL;
    size_t side = ((size_t)code->width + 2 * MARGIN) * SCALE;
    unsigned char *pixels = malloc(side * side);
    unsigned char *picture = NULL;
    if (pixels) {
        draw(code, pixels, side);
        picture = compress(pixels, side, count);
        explicit_bzero(pixels, side * side);
    }
    free(pixels);
    explicit_bzero(code->data, (size_t)code->width * (size_t)code->width);
    QRcode_free(code);
    return picture;
}

void gh_qr_free(unsigned char *picture, size_t count) {
    explicit_bzero(picture, count);
    free(picture);
}
