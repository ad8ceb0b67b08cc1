#include "CSystem.h"
#include <string.h>
#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

// Eight bytes at a time by eight tables; all three checks are of the reflected kind.
static uint64_t crc32_tables[8][256], crc32c_tables[8][256], crc64_tables[8][256];
static pthread_once_t built = PTHREAD_ONCE_INIT;

static void build(uint64_t tables[8][256], uint64_t polynomial) {
    for (int byte = 0; byte < 256; byte++) {
        uint64_t value = (uint64_t)byte;
        for (int bit = 0; bit < 8; bit++) value = value & 1 ? value >> 1 ^ polynomial : value >> 1;
        tables[0][byte] = value;
    }
    for (int table = 1; table < 8; table++)
        for (int byte = 0; byte < 256; byte++) {
            uint64_t before = tables[table - 1][byte];
            tables[table][byte] = before >> 8 ^ tables[0][before & 255];
        }
}

static void build_all(void) {
    build(crc32_tables, 0xEDB88320u);
    build(crc32c_tables, 0x82F63B78u);
    build(crc64_tables, 0x9A6C9329AC4BC9B5u);
}

static uint64_t slice(uint64_t tables[8][256], uint64_t value, const unsigned char *bytes, size_t count) {
    for (; count >= 8; bytes += 8, count -= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        word ^= value;
        value = tables[7][word & 255] ^ tables[6][word >> 8 & 255] ^ tables[5][word >> 16 & 255] ^
            tables[4][word >> 24 & 255] ^ tables[3][word >> 32 & 255] ^ tables[2][word >> 40 & 255] ^
            tables[1][word >> 48 & 255] ^ tables[0][word >> 56];
    }
    for (; count > 0; bytes++, count--) value = value >> 8 ^ tables[0][(value ^ *bytes) & 255];
    return value;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2")))
static uint32_t crc32c_instruction(uint32_t start, const unsigned char *bytes, size_t count) {
    uint64_t value = start;
    for (; count >= 8; bytes += 8, count -= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        value = _mm_crc32_u64(value, word);
    }
    for (; count > 0; bytes++, count--) value = _mm_crc32_u8((uint32_t)value, *bytes);
    return (uint32_t)value;
}
#endif

uint32_t gh_crc32(uint32_t value, const void *bytes, size_t count) {
    pthread_once(&built, build_all);
    return ~(uint32_t)slice(crc32_tables, (uint32_t)~value, bytes, count);
}

uint32_t gh_crc32c(uint32_t value, const void *bytes, size_t count) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2")) return ~crc32c_instruction(~value, bytes, count);
#endif
    pthread_once(&built, build_all);
    return ~(uint32_t)slice(crc32c_tables, (uint32_t)~value, bytes, count);
}

uint64_t gh_crc64nvme(uint64_t value, const void *bytes, size_t count) {
    pthread_once(&built, build_all);
    return ~slice(crc64_tables, ~value, bytes, count);
}
