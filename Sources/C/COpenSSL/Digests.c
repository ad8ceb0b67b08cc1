#include "COpenSSL.h"
#include <pthread.h>
#include <string.h>

// Algorithms are fetched once: a fetch by name costs more than hashing a short text. MD5 is a checksum here, which no FIPS
// provider has.
static EVP_MD *algorithms[GH_DIGESTS];
static pthread_once_t fetched = PTHREAD_ONCE_INIT;

// One context per thread and algorithm, reused. Freed when the thread ends.
struct scratch { EVP_MD_CTX *contexts[GH_DIGESTS]; };
static pthread_key_t scratch_key;
static _Thread_local struct scratch *scratch;

static void free_scratch(void *pointer) {
    struct scratch *owned = pointer;
    for (int index = 0; index < GH_DIGESTS; index++) EVP_MD_CTX_free(owned->contexts[index]);
    OPENSSL_free(owned);
}

static void fetch(void) {
    algorithms[GH_MD5] = EVP_MD_fetch(NULL, "MD5", "-fips");
    algorithms[GH_SHA1] = EVP_MD_fetch(NULL, "SHA1", NULL);
    algorithms[GH_SHA256] = EVP_MD_fetch(NULL, "SHA2-256", NULL);
    algorithms[GH_SHA224] = EVP_MD_fetch(NULL, "SHA2-224", NULL);
    algorithms[GH_SHA384] = EVP_MD_fetch(NULL, "SHA2-384", NULL);
    algorithms[GH_SHA512] = EVP_MD_fetch(NULL, "SHA2-512", NULL);
    pthread_key_create(&scratch_key, free_scratch);
}

const EVP_MD *gh_digest_algorithm(int which) {
    pthread_once(&fetched, fetch);
    return algorithms[which];
}

static EVP_MD_CTX *context(int which) {
    if (scratch == NULL) {
        scratch = OPENSSL_zalloc(sizeof *scratch);
        if (scratch == NULL) return NULL;
        pthread_setspecific(scratch_key, scratch);
    }
    if (scratch->contexts[which] == NULL) scratch->contexts[which] = EVP_MD_CTX_new();
    return scratch->contexts[which];
}

int gh_digest(int which, const void *bytes, size_t count, unsigned char *result) {
    const EVP_MD *algorithm = gh_digest_algorithm(which);
    EVP_MD_CTX *reused = context(which);
    return algorithm != NULL && reused != NULL && EVP_DigestInit_ex2(reused, algorithm, NULL) == 1 &&
        EVP_DigestUpdate(reused, bytes, count) == 1 && EVP_DigestFinal_ex(reused, result, NULL) == 1;
}

// RFC 2104 over the reused digest context: OpenSSL's own MAC objects allocate several times per call. For the digests that
// work on blocks of 64 bytes: MD5, SHA-1, SHA-256.
static int half(
    EVP_MD_CTX *reused, const EVP_MD *algorithm, const unsigned char pad[64], const void *bytes, size_t count,
    unsigned char *result) {
    return EVP_DigestInit_ex2(reused, algorithm, NULL) == 1 && EVP_DigestUpdate(reused, pad, 64) == 1 &&
        EVP_DigestUpdate(reused, bytes, count) == 1 && EVP_DigestFinal_ex(reused, result, NULL) == 1;
}

int gh_hmac(int which, const void *key, size_t key_count, const void *bytes, size_t count, unsigned char *result) {
    unsigned char block[64] = {0}, pad[64], inner[EVP_MAX_MD_SIZE];
    if (key_count > sizeof block) {
        if (!gh_digest(which, key, key_count, block)) return 0;
    } else if (key_count > 0) {
        memcpy(block, key, key_count);
    }
    const EVP_MD *algorithm = gh_digest_algorithm(which);
    EVP_MD_CTX *reused = context(which);
    if (algorithm == NULL || reused == NULL) return 0;
    for (int index = 0; index < 64; index++) pad[index] = block[index] ^ 0x36;
    int done = half(reused, algorithm, pad, bytes, count, inner);
    for (int index = 0; index < 64; index++) pad[index] = block[index] ^ 0x5C;
    done = done && half(reused, algorithm, pad, inner, EVP_MD_get_size(algorithm), result);
    OPENSSL_cleanse(block, sizeof block);
    OPENSSL_cleanse(pad, sizeof pad);
    OPENSSL_cleanse(inner, sizeof inner);
    return done;
}
