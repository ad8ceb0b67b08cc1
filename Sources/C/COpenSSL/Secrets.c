#include "COpenSSL.h"
#include <pthread.h>

// Keys live in OpenSSL's guarded arena: locked into memory and left out of core dumps where the system allows it.
static pthread_once_t prepared = PTHREAD_ONCE_INIT;
static int is_locked;
// Room for the keys in use: a thousand of RSA, or thirty times as many of AES.
static const size_t arena = (size_t)4 << 20;
static void prepare(void) {
    // 2 says that the arena is there, but could not be locked or kept out of dumps.
    if (!CRYPTO_secure_malloc_initialized()) is_locked = CRYPTO_secure_malloc_init(arena, 32) == 1;
}

void gh_secret_prepare(void) { pthread_once(&prepared, prepare); }

int gh_secret_is_locked(void) {
    gh_secret_prepare();
    return is_locked;
}

unsigned char *gh_secret_new(size_t count) {
    gh_secret_prepare();
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
