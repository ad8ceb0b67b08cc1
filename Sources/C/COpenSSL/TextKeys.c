#include "COpenSSL.h"
#include <openssl/core_names.h>
#include <openssl/params.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

// A key with a few ready contexts, as of gh_gcm: one is out of its slot while it is used. KBKDF, which does the same, copies
// its HMAC for each key that it makes, and takes six times as long.
enum { SLOTS = 8 };
struct gh_text_keys {
    unsigned char *key;
    _Atomic(EVP_MAC_CTX *) slots[SLOTS];
};

// Ciphers whose key is set for each text, and set to zeros behind it.
static _Atomic(EVP_CIPHER_CTX *) ciphers[2][SLOTS];

static EVP_MAC *function;
static EVP_CIPHER *cipher;
static pthread_once_t fetched = PTHREAD_ONCE_INIT;
static void fetch(void) {
    function = EVP_MAC_fetch(NULL, "HMAC", NULL);
    cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
}

gh_text_keys *gh_text_keys_new(const unsigned char key[32]) {
    pthread_once(&fetched, fetch);
    gh_text_keys *made = OPENSSL_zalloc(sizeof *made);
    if (made == NULL || function == NULL || cipher == NULL) { OPENSSL_free(made); return NULL; }
    made->key = gh_secret_new(32);
    if (made->key == NULL) { OPENSSL_free(made); return NULL; }
    memcpy(made->key, key, 32);
    return made;
}

void gh_text_keys_free(gh_text_keys *keys) {
    for (int slot = 0; slot < SLOTS; slot++) EVP_MAC_CTX_free(atomic_load(&keys->slots[slot]));
    gh_secret_free(keys->key, 32);
    OPENSSL_free(keys);
}

static EVP_MAC_CTX *take(gh_text_keys *keys) {
    for (int slot = 0; slot < SLOTS; slot++) {
        EVP_MAC_CTX *ready = atomic_exchange(&keys->slots[slot], NULL);
        if (ready == NULL) continue;
        // Begins anew, under the same key.
        if (EVP_MAC_init(ready, NULL, 0, NULL) == 1) return ready;
        EVP_MAC_CTX_free(ready);
    }
    EVP_MAC_CTX *made = EVP_MAC_CTX_new(function);
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, "SHA256", 0), OSSL_PARAM_construct_end()};
    if (made != NULL && EVP_MAC_init(made, keys->key, 32, parameters) == 1) return made;
    EVP_MAC_CTX_free(made);
    return NULL;
}

static void give(gh_text_keys *keys, EVP_MAC_CTX *context) {
    for (int slot = 0; slot < SLOTS; slot++) {
        EVP_MAC_CTX *empty = NULL;
        if (atomic_compare_exchange_strong(&keys->slots[slot], &empty, context)) return;
    }
    EVP_MAC_CTX_free(context);
}

// The one block that 256 bits need: the counter in four bytes, label, a zero byte, text, and the length in four bytes.
int gh_text_keys_derive(
    gh_text_keys *keys, const void *label, size_t label_count, const void *text, size_t text_count, unsigned char out[32]) {
    static const unsigned char counter[4] = {0, 0, 0, 1}, zero[1] = {0}, bits[4] = {0, 0, 1, 0};
    EVP_MAC_CTX *context = take(keys);
    if (context == NULL) { ERR_clear_error(); return 0; }
    size_t count = 0;
    int done = EVP_MAC_update(context, counter, sizeof counter) == 1 && EVP_MAC_update(context, label, label_count) == 1 &&
        EVP_MAC_update(context, zero, sizeof zero) == 1 && EVP_MAC_update(context, text, text_count) == 1 &&
        EVP_MAC_update(context, bits, sizeof bits) == 1 && EVP_MAC_final(context, out, &count, 32) == 1 && count == 32;
    if (done) {
        give(keys, context);
    } else {
        ERR_clear_error();
        EVP_MAC_CTX_free(context);
    }
    return done;
}

static EVP_CIPHER_CTX *take_cipher(int sealing, const unsigned char key[32]) {
    pthread_once(&fetched, fetch);
    EVP_CIPHER_CTX *context = NULL;
    for (int slot = 0; slot < SLOTS && context == NULL; slot++) context = atomic_exchange(&ciphers[sealing][slot], NULL);
    const EVP_CIPHER *kind = context == NULL ? cipher : NULL;
    if (context == NULL) context = EVP_CIPHER_CTX_new();
    if (context != NULL && cipher != NULL && EVP_CipherInit_ex2(context, kind, key, NULL, sealing, NULL) == 1) return context;
    EVP_CIPHER_CTX_free(context);
    return NULL;
}

static void give_cipher(int sealing, EVP_CIPHER_CTX *context) {
    static const unsigned char zeros[32] = {0};
    int isEmpty = EVP_CipherInit_ex2(context, NULL, zeros, NULL, sealing, NULL) == 1;
    for (int slot = 0; slot < SLOTS && isEmpty; slot++) {
        EVP_CIPHER_CTX *empty = NULL;
        if (atomic_compare_exchange_strong(&ciphers[sealing][slot], &empty, context)) return;
    }
    EVP_CIPHER_CTX_free(context);
}

int gh_gcm_once(
    const unsigned char key[32], int sealing, const unsigned char nonce[12], const void *associated,
    size_t associated_count, const void *input, size_t count, void *output, unsigned char tag[16]) {
    EVP_CIPHER_CTX *context = take_cipher(sealing, key);
    int done = context != NULL &&
        gh_gcm_run(context, sealing, nonce, associated, associated_count, input, count, output, tag);
    if (!done) {
        ERR_clear_error();
        if (count > 0) OPENSSL_cleanse(output, count);
    }
    if (context != NULL) give_cipher(sealing, context);
    return done;
}

int gh_text_keys_crypt(
    gh_text_keys *keys, const void *label, size_t label_count, const void *text, size_t text_count, int sealing,
    const unsigned char nonce[12], const void *associated, size_t associated_count, const void *input, size_t count,
    void *output, unsigned char tag[16]) {
    unsigned char key[32];
    int done = gh_text_keys_derive(keys, label, label_count, text, text_count, key) &&
        gh_gcm_once(key, sealing, nonce, associated, associated_count, input, count, output, tag);
    OPENSSL_cleanse(key, sizeof key);
    return done;
}
