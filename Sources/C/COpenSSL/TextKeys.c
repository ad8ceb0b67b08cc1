#include "COpenSSL.h"
#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

// A key with a few ready contexts, as of gh_gcm: one is out of its slot while it is used.
enum { SLOTS = 8 };
struct gh_text_keys {
    unsigned char *key;
    _Atomic(EVP_KDF_CTX *) slots[SLOTS];
};

static EVP_KDF *function;
static EVP_CIPHER *cipher;
static pthread_once_t fetched = PTHREAD_ONCE_INIT;
static void fetch(void) {
    function = EVP_KDF_fetch(NULL, "KBKDF", NULL);
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
    for (int slot = 0; slot < SLOTS; slot++) EVP_KDF_CTX_free(atomic_load(&keys->slots[slot]));
    gh_secret_free(keys->key, 32);
    OPENSSL_free(keys);
}

static EVP_KDF_CTX *take(gh_text_keys *keys) {
    for (int slot = 0; slot < SLOTS; slot++) {
        EVP_KDF_CTX *ready = atomic_exchange(&keys->slots[slot], NULL);
        if (ready != NULL) return ready;
    }
    EVP_KDF_CTX *made = EVP_KDF_CTX_new(function);
    // The counter comes first, in four bytes; a zero byte and the length, in four bytes, are there by default.
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_MODE, "counter", 0),
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_MAC, "HMAC", 0),
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, "SHA256", 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, keys->key, 32),
        OSSL_PARAM_construct_end()};
    if (made != NULL && EVP_KDF_CTX_set_params(made, parameters) == 1) return made;
    EVP_KDF_CTX_free(made);
    return NULL;
}

static void give(gh_text_keys *keys, EVP_KDF_CTX *context) {
    for (int slot = 0; slot < SLOTS; slot++) {
        EVP_KDF_CTX *empty = NULL;
        if (atomic_compare_exchange_strong(&keys->slots[slot], &empty, context)) return;
    }
    EVP_KDF_CTX_free(context);
}

int gh_text_keys_derive(
    gh_text_keys *keys, const void *label, size_t label_count, const void *text, size_t text_count, unsigned char out[32]) {
    EVP_KDF_CTX *context = take(keys);
    if (context == NULL) { ERR_clear_error(); return 0; }
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)label, label_count),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)text, text_count),
        OSSL_PARAM_construct_end()};
    int done = EVP_KDF_derive(context, out, 32, parameters) == 1;
    ERR_clear_error();
    if (done) give(keys, context); else EVP_KDF_CTX_free(context);
    return done;
}

int gh_gcm_once(
    const unsigned char key[32], int sealing, const unsigned char nonce[12], const void *associated,
    size_t associated_count, const void *input, size_t count, void *output, unsigned char tag[16]) {
    pthread_once(&fetched, fetch);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int done = context != NULL && cipher != NULL && EVP_CipherInit_ex2(context, cipher, key, NULL, sealing, NULL) == 1 &&
        gh_gcm_run(context, sealing, nonce, associated, associated_count, input, count, output, tag);
    EVP_CIPHER_CTX_free(context);
    if (!done) {
        ERR_clear_error();
        if (count > 0) OPENSSL_cleanse(output, count);
    }
    return done;
}
