#include "CSystem.h"
#include <string.h>
#if defined(__x86_64__)
#include <nmmintrin.h>
#include <wmmintrin.h>
#endif

// Eight bytes at a time by eight tables; all three checks are of the reflected kind.
static uint64_t crc32_tables[8][256], crc32c_tables[8][256], crc64_tables[8][256];
static const uint64_t crc64_polynomial = 0x9A6C9329AC4BC9B5u;
// What moves a 128-bit remainder on by 64 and by 16 bytes: its lower, then its upper half.
static uint64_t crc64_by64[2], crc64_by16[2];
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

// x to the power of n modulo the polynomial, reflected.
static uint64_t power(int n, uint64_t polynomial) {
    uint64_t value = (uint64_t)1 << 63;
    for (; n > 0; n--) value = value & 1 ? value >> 1 ^ polynomial : value >> 1;
    return value;
}

static void build_all(void) {
    build(crc32_tables, 0xEDB88320u);
    build(crc32c_tables, 0x82F63B78u);
    build(crc64_tables, crc64_polynomial);
    // The product of two reflected factors stands one bit too low; hence one less in each power.
    for (int half = 0; half < 2; half++) {
        crc64_by64[half] = power(512 + 64 * (1 - half) - 1, crc64_polynomial);
        crc64_by16[half] = power(128 + 64 * (1 - half) - 1, crc64_polynomial);
    }
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

__attribute__((target("pclmul,sse4.1")))
static __m128i folded(__m128i value, __m128i by, __m128i next) {
    __m128i lower = _mm_clmulepi64_si128(value, by, 0x00), upper = _mm_clmulepi64_si128(value, by, 0x11);
    return _mm_xor_si128(_mm_xor_si128(lower, upper), next);
}

// At least 64 bytes, a multiple of 16. Four remainders side by side, folded into one, which the tables finish.
__attribute__((target("pclmul,sse4.1")))
static uint64_t crc64_folding(uint64_t start, const unsigned char *bytes, size_t count) {
    const __m128i *next = (const __m128i *)bytes;
    __m128i by64 = _mm_loadu_si128((const __m128i *)crc64_by64), by16 = _mm_loadu_si128((const __m128i *)crc64_by16);
    __m128i lanes[4];
    for (int lane = 0; lane < 4; lane++) lanes[lane] = _mm_loadu_si128(next++);
    lanes[0] = _mm_xor_si128(lanes[0], _mm_set_epi64x(0, (long long)start));
    for (count -= 64; count >= 64; count -= 64)
        for (int lane = 0; lane < 4; lane++) lanes[lane] = folded(lanes[lane], by64, _mm_loadu_si128(next++));
    __m128i value = lanes[0];
    for (int lane = 1; lane < 4; lane++) value = folded(value, by16, lanes[lane]);
    for (; count >= 16; count -= 16) value = folded(value, by16, _mm_loadu_si128(next++));
    unsigned char rest[16];
    _mm_storeu_si128((__m128i *)rest, value);
    return slice(crc64_tables, 0, rest, sizeof rest);
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
    const unsigned char *next = bytes;
    value = ~value;
#if defined(__x86_64__)
    if (count >= 64 && __builtin_cpu_supports("pclmul")) {
        size_t whole = count & ~(size_t)15;
        value = crc64_folding(value, next, whole);
        next += whole;
        count -= whole;
    }
#endif
    return ~slice(crc64_tables, value, next, count);
}
