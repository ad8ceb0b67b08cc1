// Certificates and public keys that customers bring, in calls without macros, varargs or callbacks.
#ifndef GATEHOUSE_COPENSSL_KEYS_H
#define GATEHOUSE_COPENSSL_KEYS_H

#include <openssl/x509.h>
#include <stddef.h>
#include <stdint.h>

/// The certificates of a PEM text in their order, at most `room`; how many there are. Negative where one is malformed or there
/// are more. The caller frees each.
int gh_read_certificates(const void *pem, size_t count, X509 **out, int room);
/// Seconds since 1970 at which a certificate begins to be valid, or -1.
int64_t gh_certificate_start(const X509 *certificate);
/// The DER form into `out`: the bytes needed, which may be more than `room`; negative where OpenSSL fails.
int gh_certificate_der(const X509 *certificate, void *out, size_t room);
/// Whether `issuer` is named by the certificate and its key made the signature. 1 or 0.
int gh_certificate_is_signed_by(X509 *certificate, X509 *issuer);
/// The bits of the certificate's key; 0 where it is of a kind OpenSSL does not know.
int gh_certificate_key_bits(X509 *certificate);

/// An RSA public key from PEM, PKCS #1 or X.509; null where it is none.
EVP_PKEY *gh_read_rsa_public_key(const void *pem, size_t count);
/// 1 where the numbers can be those of an RSA key.
int gh_check_public_key(EVP_PKEY *key);
/// A number of an RSA key, greatest byte first, into `out`: the bytes needed; negative where there is none.
int gh_rsa_modulus(EVP_PKEY *key, void *out, size_t room);
int gh_rsa_exponent(EVP_PKEY *key, void *out, size_t room);
/// PEM (X.509 SubjectPublicKeyInfo) into `out`: the bytes needed; negative where OpenSSL fails.
int gh_public_key_pem(EVP_PKEY *key, void *out, size_t room);

#endif
