#include "COpenSSLDocuments.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pkcs7.h>
#include <openssl/rsa.h>

int gh_sign_document(EVP_PKEY *key, const void *bytes, size_t count, void *out, size_t room) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t length = room;
    int done = context && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
               EVP_DigestSign(context, out, &length, bytes, count) == 1;
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    return done ? (int)length : -1;
}

int gh_sign_pkcs7(X509 *certificate, EVP_PKEY *key, const void *bytes, size_t count, void *out, size_t room) {
    if (count > INT_MAX) return -1;
    BIO *document = BIO_new_mem_buf(bytes, (int)count);
    PKCS7 *message = document ? PKCS7_sign(NULL, NULL, NULL, document, PKCS7_BINARY | PKCS7_PARTIAL) : NULL;
    int length = -1;
    if (message && PKCS7_sign_add_signer(message, certificate, key, EVP_sha256(), PKCS7_BINARY | PKCS7_NOSMIMECAP) &&
        PKCS7_final(message, document, PKCS7_BINARY)) {
        length = i2d_PKCS7(message, NULL);
        unsigned char *at = out;
        if (length > 0 && (size_t)length <= room) length = i2d_PKCS7(message, &at);
        else length = -1;
    }
    PKCS7_free(message);
    BIO_free(document);
    ERR_clear_error();
    return length;
}
