// Public and private keys of signatures, by their numbers as JSON web keys have them.
#ifndef GATEHOUSE_COPENSSL_SIGNATURES_H
#define GATEHOUSE_COPENSSL_SIGNATURES_H

#include <openssl/evp.h>
#include <stddef.h>

enum { GH_SIGNATURE_RSA, GH_SIGNATURE_PSS, GH_SIGNATURE_ECDSA };

/// Keys of others, by big-endian numbers. Null where they are no key: a point off the curve, an even exponent.
EVP_PKEY *gh_rsa_public_key(const void *modulus, size_t modulus_count, const void *exponent, size_t exponent_count);
/// `group` is OpenSSL's name of the curve; `point` is uncompressed, with its leading 4.
EVP_PKEY *gh_ec_public_key(const char *group, const void *point, size_t count);
/// The key of a certificate in DER; null where it is none.
EVP_PKEY *gh_certificate_key(const void *certificate, size_t count);

/// Keys of ours. Null where OpenSSL fails.
EVP_PKEY *gh_make_rsa_key(unsigned bits);
EVP_PKEY *gh_make_ec_key(const char *group);
EVP_PKEY *gh_read_key_der(const void *der, size_t count);
/// Writes PKCS #8 in DER; gives its length, or -1.
int gh_key_der(EVP_PKEY *key, void *bytes, size_t room);
/// Writes a number of a key, such as `n`, in big-endian bytes, `width` of them where that is not 0; gives the length, or -1.
int gh_key_number(EVP_PKEY *key, const char *name, size_t width, void *bytes, size_t room);

/// 1 where the signature is good. ECDSA's is r and s in `width` bytes each, as JSON web signatures have it.
int gh_signature_verify(
    EVP_PKEY *key, int kind, const char *digest, size_t width, const void *bytes, size_t count, const void *signature,
    size_t signature_count);
/// Writes a signature of the same form; gives its length, or -1.
int gh_signature_make(
    EVP_PKEY *key, int kind, const char *digest, size_t width, const void *bytes, size_t count, void *signature,
    size_t room);

#endif
