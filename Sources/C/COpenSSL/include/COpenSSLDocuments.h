// Signatures over documents.
#ifndef GATEHOUSE_COPENSSL_DOCUMENTS_H
#define GATEHOUSE_COPENSSL_DOCUMENTS_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stddef.h>

/// RSA with SHA-256 over the bytes, PKCS #1 v1.5, into `out`: its length, or -1 where OpenSSL fails or there is no room.
int gh_sign_document(EVP_PKEY *key, const void *bytes, size_t count, void *out, size_t room);
/// A PKCS #7 message that holds the bytes and the signer's certificate, DER, into `out`; as above.
int gh_sign_pkcs7(X509 *certificate, EVP_PKEY *key, const void *bytes, size_t count, void *out, size_t room);

#endif
