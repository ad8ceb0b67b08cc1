// OpenSSL's headers; macros that Swift cannot import are wrapped here.
#ifndef GATEHOUSE_COPENSSL_H
#define GATEHOUSE_COPENSSL_H
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stddef.h>

// Digests. Results are 1, or 0 where OpenSSL could not do it.
enum { GH_MD5, GH_SHA1, GH_SHA256, GH_SHA224, GH_SHA384, GH_SHA512, GH_DIGESTS };
const EVP_MD *gh_digest_algorithm(int which);
int gh_digest(int which, const void *bytes, size_t count, unsigned char *result);
/// With MD5, SHA-1 or SHA-256.
int gh_hmac(int which, const void *key, size_t key_count, const void *bytes, size_t count, unsigned char *result);

// AES-256-GCM with a 12-byte nonce and a 16-byte tag. `output` may be `input`. Any thread may use one key at any time.
typedef struct gh_gcm gh_gcm;
gh_gcm *gh_gcm_new(const unsigned char key[32]);
void gh_gcm_free(gh_gcm *gcm);
int gh_gcm_crypt(
    gh_gcm *gcm, int sealing, const unsigned char nonce[12], const void *associated, size_t associated_count,
    const void *input, size_t count, void *output, unsigned char tag[16]);
// With a context that has a key, for one text.
int gh_gcm_run(
    EVP_CIPHER_CTX *context, int sealing, const unsigned char nonce[12], const void *associated, size_t associated_count,
    const void *input, size_t count, void *output, unsigned char tag[16]);
// With a key that is used this once.
int gh_gcm_once(
    const unsigned char key[32], int sealing, const unsigned char nonce[12], const void *associated,
    size_t associated_count, const void *input, size_t count, void *output, unsigned char tag[16]);

// Keys from a key: SP 800-108, counter mode with HMAC-SHA-256. Any thread may use one at any time.
typedef struct gh_text_keys gh_text_keys;
gh_text_keys *gh_text_keys_new(const unsigned char key[32]);
void gh_text_keys_free(gh_text_keys *keys);
int gh_text_keys_derive(
    gh_text_keys *keys, const void *label, size_t label_count, const void *text, size_t text_count, unsigned char out[32]);
// Encrypts or decrypts one text with a key of its own, which no memory but the stack sees.
int gh_text_keys_crypt(
    gh_text_keys *keys, const void *label, size_t label_count, const void *text, size_t text_count, int sealing,
    const unsigned char nonce[12], const void *associated, size_t associated_count, const void *input, size_t count,
    void *output, unsigned char tag[16]);

// Memory for keys: zeroed when made and when freed, locked, and left out of core dumps.
/// Makes the arena. OpenSSL puts the private numbers of keys it reads into it too, once it is there.
void gh_secret_prepare(void);
/// 1 where the system let the arena be locked into memory.
int gh_secret_is_locked(void);
/// How many secrets found the arena full, and lay in ordinary memory, since the start.
long gh_secret_overflows(void);
unsigned char *gh_secret_new(size_t count);
void gh_secret_free(unsigned char *secret, size_t count);

#include "COpenSSLKeys.h"
#include "COpenSSLPairs.h"
#include "COpenSSLProviders.h"
#include "COpenSSLDocuments.h"
#include "COpenSSLSignatures.h"
#include "COpenSSLServer.h"

#endif
