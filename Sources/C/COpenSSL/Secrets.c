#include "COpenSSL.h"
#include <pthread.h>
#include <stdatomic.h>

// Keys live in OpenSSL's guarded arena: locked into memory and left out of core dumps where the system allows it.
static pthread_once_t prepared = PTHREAD_ONCE_INIT;
static int is_locked;
static atomic_long overflows;
// Four thousand keys of RSA, or thirty times as many of AES. OpenSSL has each page locked when it is first touched, but all
// of them count against the limit; so where the large arena cannot be locked a small one is tried, which leaves half of the
// usual limit of 8 MiB to others.
static const size_t large = (size_t)16 << 20, small = (size_t)4 << 20;
static void prepare(void) {
    if (CRYPTO_secure_malloc_initialized()) return;
    // 2 says that the arena is there, but could not be locked or kept out of dumps.
    is_locked = CRYPTO_secure_malloc_init(large, 32) == 1;
    if (is_locked || !CRYPTO_secure_malloc_done()) return;
    is_locked = CRYPTO_secure_malloc_init(small, 32) == 1;
}

void gh_secret_prepare(void) { pthread_once(&prepared, prepare); }

int gh_secret_is_locked(void) {
    gh_secret_prepare();
    return is_locked;
}

long gh_secret_overflows(void) { return atomic_load_explicit(&overflows, memory_order_relaxed); }

unsigned char *gh_secret_new(size_t count) {
    gh_secret_prepare();
    if (count == 0) count = 1;
    unsigned char *made = OPENSSL_secure_zalloc(count);
    if (made != NULL) return made;
    // A full arena is no reason to stop serving: the rest is ordinary memory, zeroed all the same, and counted.
    atomic_fetch_add_explicit(&overflows, 1, memory_order_relaxed);
    return OPENSSL_zalloc(count);
}

void gh_secret_free(unsigned char *secret, size_t count) {
    if (secret == NULL) return;
    if (count == 0) count = 1;
    OPENSSL_secure_clear_free(secret, count);
}
