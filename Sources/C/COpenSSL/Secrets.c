#include "COpenSSL.h"
#include <pthread.h>

// Keys live in OpenSSL's guarded arena: locked into memory and left out of core dumps where the system allows it.
static pthread_once_t prepared = PTHREAD_ONCE_INIT;
static void prepare(void) {
    if (!CRYPTO_secure_malloc_initialized()) CRYPTO_secure_malloc_init((size_t)1 << 20, 32);
}

unsigned char *gh_secret_new(size_t count) {
    pthread_once(&prepared, prepare);
    if (count == 0) count = 1;
    // A full arena is no reason to stop serving: the rest is ordinary memory, zeroed all the same.
    unsigned char *made = OPENSSL_secure_zalloc(count);
    return made != NULL ? made : OPENSSL_zalloc(count);
}

void gh_secret_free(unsigned char *secret, size_t count) {
    if (secret == NULL) return;
    if (count == 0) count = 1;
    OPENSSL_secure_clear_free(secret, count);
}
