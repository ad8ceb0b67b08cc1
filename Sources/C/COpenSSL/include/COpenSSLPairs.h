// Key pairs of a key service: made, read, written, and used. Digests are GH_SHA256 and its like.
#ifndef GATEHOUSE_COPENSSL_PAIRS_H
#define GATEHOUSE_COPENSSL_PAIRS_H

#include <openssl/evp.h>
#include <stddef.h>

// In the order of Crypto's `KeyPairKind`.
enum {
    GH_PAIR_RSA_2048, GH_PAIR_RSA_3072, GH_PAIR_RSA_4096, GH_PAIR_P256, GH_PAIR_P384, GH_PAIR_P521, GH_PAIR_SECP256K1,
    GH_PAIR_ED25519
};

/// A fresh pair; null where OpenSSL fails.
EVP_PKEY *gh_pair_make(int kind);
/// A pair from PKCS #8 in DER, all of it and nothing after it; null otherwise. Where `checks`, its halves belong
/// together, and the public exponent of RSA is one that FIPS 186-5 allows.
EVP_PKEY *gh_pair_read(int kind, int checks, const void *der, size_t count);
/// A public key from SubjectPublicKeyInfo, likewise.
EVP_PKEY *gh_pair_read_public(const void *der, size_t count);
/// Public keys by their numbers, or by a point: uncompressed, or Ed25519's 32 bytes. Null where they are none.
EVP_PKEY *gh_pair_public_rsa(const void *modulus, size_t modulus_count, const void *exponent, size_t exponent_count);
EVP_PKEY *gh_pair_public_point(int kind, const void *point, size_t count);
/// The kind, or -1 where it is none of these. Curves that are spelt out instead of named are none.
int gh_pair_kind(EVP_PKEY *key);
/// SubjectPublicKeyInfo in DER: the bytes needed; negative where OpenSSL fails.
int gh_pair_public(EVP_PKEY *key, void *out, size_t room);

// RSA signatures are of a digest, as are ECDSA's (DER). `padding` is GH_PADDING_NONE for curves.
enum { GH_PADDING_NONE, GH_PADDING_PKCS1, GH_PADDING_PSS };
/// Its length, or -1.
int gh_pair_sign(
    EVP_PKEY *key, int padding, int digest, const void *hash, size_t count, void *signature, size_t room);
/// 1 where the signature is good.
int gh_pair_verify(
    EVP_PKEY *key, int padding, int digest, const void *hash, size_t count, const void *signature,
    size_t signature_count);
/// Ed25519, of the message itself.
int gh_pair_sign_message(EVP_PKEY *key, const void *bytes, size_t count, void *signature, size_t room);
int gh_pair_verify_message(
    EVP_PKEY *key, const void *bytes, size_t count, const void *signature, size_t signature_count);

/// RSAES-OAEP with one digest for both uses and no label. The length, or -1.
int gh_oaep_encrypt(EVP_PKEY *key, int digest, const void *bytes, size_t count, void *out, size_t room);
int gh_oaep_decrypt(EVP_PKEY *key, int digest, const void *bytes, size_t count, void *out, size_t room);
/// Takes the OAEP padding off what RSA alone gave, `width` bytes. The length, or -1.
int gh_oaep_unpad(int digest, const void *padded, size_t width, void *out, size_t room);
/// ECDH's x coordinate. The length, or -1 where the peer's key lies elsewhere.
int gh_pair_agree(EVP_PKEY *key, EVP_PKEY *peer, void *out, size_t room);

// HMAC with a key set once. Any thread may use one at any time.
EVP_MAC_CTX *gh_mac_new(int digest, const void *key, size_t count);
int gh_mac(const EVP_MAC_CTX *mac, const void *bytes, size_t count, void *out, size_t room);

// AES-256 key wrap with padding (RFC 5649). The length, or -1. `out` has room for count + 16 bytes.
int gh_key_wrap(const unsigned char key[32], int sealing, const void *bytes, size_t count, void *out);

#endif
