#include "COpenSSL.h"
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

// A key with a few ready contexts per direction. A context is taken out of its slot while it is used, so that any
// number of threads may use one key; who finds no context makes one.
enum { SLOTS = 8 };
struct gh_gcm {
    unsigned char *key;
    _Atomic(EVP_CIPHER_CTX *) slots[2][SLOTS];
};

static EVP_CIPHER *cipher;
static pthread_once_t fetched = PTHREAD_ONCE_INIT;
static void fetch(void) { cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL); }

gh_gcm *gh_gcm_new(const unsigned char key[32]) {
    pthread_once(&fetched, fetch);
    gh_gcm *made = OPENSSL_zalloc(sizeof *made);
    if (made == NULL || cipher == NULL) { OPENSSL_free(made); return NULL; }
    made->key = gh_secret_new(32);
    if (made->key == NULL) { OPENSSL_free(made); return NULL; }
    memcpy(made->key, key, 32);
    return made;
}

void gh_gcm_free(gh_gcm *gcm) {
    for (int direction = 0; direction < 2; direction++)
        for (int slot = 0; slot < SLOTS; slot++) EVP_CIPHER_CTX_free(atomic_load(&gcm->slots[direction][slot]));
    gh_secret_free(gcm->key, 32);
    OPENSSL_free(gcm);
}

static EVP_CIPHER_CTX *take(gh_gcm *gcm, int sealing) {
    for (int slot = 0; slot < SLOTS; slot++) {
        EVP_CIPHER_CTX *ready = atomic_exchange(&gcm->slots[sealing][slot], NULL);
        if (ready != NULL) return ready;
    }
    EVP_CIPHER_CTX *made = EVP_CIPHER_CTX_new();
    if (made != NULL && EVP_CipherInit_ex2(made, cipher, gcm->key, NULL, sealing, NULL) == 1) return made;
    EVP_CIPHER_CTX_free(made);
    return NULL;
}

static void give(gh_gcm *gcm, int sealing, EVP_CIPHER_CTX *context) {
    for (int slot = 0; slot < SLOTS; slot++) {
        EVP_CIPHER_CTX *empty = NULL;
        if (atomic_compare_exchange_strong(&gcm->slots[sealing][slot], &empty, context)) return;
    }
    EVP_CIPHER_CTX_free(context);
}

// OpenSSL counts in int; longer input goes through in pieces.
static int run(EVP_CIPHER_CTX *context, const unsigned char *input, size_t count, unsigned char *output) {
    while (count > 0) {
        int piece = count > (1u << 30) ? (1 << 30) : (int)count, written = 0;
        if (EVP_CipherUpdate(context, output, &written, input, piece) != 1) return 0;
        input += piece;
        count -= (size_t)piece;
        if (output != NULL) output += piece;
    }
    return 1;
}

int gh_gcm_run(
    EVP_CIPHER_CTX *context, int sealing, const unsigned char nonce[12], const void *associated, size_t associated_count,
    const void *input, size_t count, void *output, unsigned char tag[16]) {
    unsigned char rest[16];
    int written = 0;
    if (EVP_CipherInit_ex2(context, NULL, NULL, nonce, sealing, NULL) != 1) return 0;
    if (!run(context, associated, associated_count, NULL) || !run(context, input, count, output)) return 0;
    if (!sealing && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, 16, tag) != 1) return 0;
    if (EVP_CipherFinal_ex(context, rest, &written) != 1) return 0;
    return !sealing || EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, tag) == 1;
}

int gh_gcm_crypt(
    gh_gcm *gcm, int sealing, const unsigned char nonce[12], const void *associated, size_t associated_count,
    const void *input, size_t count, void *output, unsigned char tag[16]) {
    EVP_CIPHER_CTX *context = take(gcm, sealing);
    if (context == NULL) return 0;
    int done = gh_gcm_run(context, sealing, nonce, associated, associated_count, input, count, output, tag);
    // A forged text is no news to the error queue, and a failed opening leaves no clear text behind.
    if (!done) {
        ERR_clear_error();
        if (count > 0) OPENSSL_cleanse(output, count);
    }
    give(gcm, sealing, context);
    return done;
}
