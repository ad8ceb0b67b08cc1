#define OPENSSL_SUPPRESS_DEPRECATED
#include "COpenSSL.h"
#include <limits.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <string.h>

static const char *const groups[] = {
    [GH_PAIR_P256] = "P-256", [GH_PAIR_P384] = "P-384", [GH_PAIR_P521] = "P-521", [GH_PAIR_SECP256K1] = "secp256k1"};
static const char *const names[] = {
    [GH_PAIR_P256] = "prime256v1", [GH_PAIR_P384] = "secp384r1", [GH_PAIR_P521] = "secp521r1",
    [GH_PAIR_SECP256K1] = "secp256k1"};

EVP_PKEY *gh_pair_make(int kind) {
    // Numbers of new keys go into the guarded arena, once it is there.
    gh_secret_prepare();
    EVP_PKEY *made = NULL;
    switch (kind) {
    case GH_PAIR_RSA_2048: made = EVP_RSA_gen(2048); break;
    case GH_PAIR_RSA_3072: made = EVP_RSA_gen(3072); break;
    case GH_PAIR_RSA_4096: made = EVP_RSA_gen(4096); break;
    case GH_PAIR_ED25519: made = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"); break;
    default: made = EVP_EC_gen(groups[kind]);
    }
    ERR_clear_error();
    return made;
}

static int curve_kind(EVP_PKEY *key) {
    char name[64];
    size_t count = 0;
    int is_spelt_out = 0;
    if (EVP_PKEY_get_group_name(key, name, sizeof name, &count) != 1) return -1;
    if (EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &is_spelt_out) == 1 && is_spelt_out)
        return -1;
    for (int kind = GH_PAIR_P256; kind <= GH_PAIR_SECP256K1; kind++)
        if (strcmp(name, names[kind]) == 0) return kind;
    return -1;
}

int gh_pair_kind(EVP_PKEY *key) {
    int kind = -1;
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
        switch (EVP_PKEY_get_bits(key)) {
        case 2048: kind = GH_PAIR_RSA_2048; break;
        case 3072: kind = GH_PAIR_RSA_3072; break;
        case 4096: kind = GH_PAIR_RSA_4096; break;
        }
        break;
    case EVP_PKEY_EC: kind = curve_kind(key); break;
    case EVP_PKEY_ED25519: kind = GH_PAIR_ED25519; break;
    }
    ERR_clear_error();
    return kind;
}

static int is_consistent(EVP_PKEY *key, int is_pair) {
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    int is_good = context != NULL && (is_pair ? EVP_PKEY_check(context) : EVP_PKEY_public_check(context)) == 1;
    EVP_PKEY_CTX_free(context);
    return is_good;
}

// FIPS 186-5, section 5.4 (e): odd, 2^16 < e < 2^256.
static int has_good_exponent(EVP_PKEY *key) {
    BIGNUM *exponent = NULL;
    int is_good = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) == 1 && BN_is_odd(exponent)
        && BN_num_bits(exponent) > 16 && BN_num_bits(exponent) <= 256;
    BN_free(exponent);
    return is_good;
}

static int is_fit(EVP_PKEY *key, int kind) {
    // Ed25519 has no check of its own, and needs none: any 32 bytes are a key.
    if (kind == GH_PAIR_ED25519) return 1;
    return is_consistent(key, 1) && (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA || has_good_exponent(key));
}

EVP_PKEY *gh_pair_read(int kind, int checks, const void *der, size_t count) {
    gh_secret_prepare();
    if (count > INT_MAX) return NULL;
    const unsigned char *at = der;
    PKCS8_PRIV_KEY_INFO *wrapped = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)count);
    EVP_PKEY *key = NULL;
    if (wrapped != NULL && at == (const unsigned char *)der + count) key = EVP_PKCS82PKEY(wrapped);
    PKCS8_PRIV_KEY_INFO_free(wrapped);
    if (key != NULL && (gh_pair_kind(key) != kind || (checks && !is_fit(key, kind)))) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    ERR_clear_error();
    return key;
}

EVP_PKEY *gh_pair_read_public(const void *der, size_t count) {
    if (count > INT_MAX) return NULL;
    const unsigned char *at = der;
    EVP_PKEY *key = d2i_PUBKEY(NULL, &at, (long)count);
    int is_good = key != NULL && at == (const unsigned char *)der + count;
    int kind = is_good ? gh_pair_kind(key) : -1;
    if (kind < 0 || (kind != GH_PAIR_ED25519 && !is_consistent(key, 0))) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    ERR_clear_error();
    return key;
}

EVP_PKEY *gh_pair_public_rsa(const void *modulus, size_t modulus_count, const void *exponent, size_t exponent_count) {
    EVP_PKEY *key = gh_rsa_public_key(modulus, modulus_count, exponent, exponent_count);
    if (key != NULL && (gh_pair_kind(key) < 0 || !is_consistent(key, 0))) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    ERR_clear_error();
    return key;
}

EVP_PKEY *gh_pair_public_point(int kind, const void *point, size_t count) {
    EVP_PKEY *key = kind == GH_PAIR_ED25519 ? EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, point, count)
                                            : gh_ec_public_key(groups[kind], point, count);
    if (key != NULL && kind != GH_PAIR_ED25519 && !is_consistent(key, 0)) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    ERR_clear_error();
    return key;
}

int gh_pair_public(EVP_PKEY *key, void *out, size_t room) {
    int count = i2d_PUBKEY(key, NULL);
    unsigned char *at = out;
    if (count > 0 && (size_t)count <= room) count = i2d_PUBKEY(key, &at);
    ERR_clear_error();
    return count;
}

// Salts as long as the digest, and no other length when a signature is looked at.
static int set_padding(EVP_PKEY_CTX *context, int padding, int digest) {
    const EVP_MD *algorithm = gh_digest_algorithm(digest);
    if (algorithm == NULL || EVP_PKEY_CTX_set_signature_md(context, algorithm) != 1) return 0;
    switch (padding) {
    case GH_PADDING_PKCS1: return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
    case GH_PADDING_PSS:
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
            EVP_PKEY_CTX_set_rsa_mgf1_md(context, algorithm) == 1 &&
            EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
    default: return 1;
    }
}

int gh_pair_sign(
    EVP_PKEY *key, int padding, int digest, const void *hash, size_t count, void *signature, size_t room) {
    size_t length = room;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    int done = context != NULL && EVP_PKEY_sign_init(context) == 1 && set_padding(context, padding, digest) &&
        EVP_PKEY_sign(context, signature, &length, hash, count) == 1;
    EVP_PKEY_CTX_free(context);
    ERR_clear_error();
    return done ? (int)length : -1;
}

int gh_pair_verify(
    EVP_PKEY *key, int padding, int digest, const void *hash, size_t count, const void *signature,
    size_t signature_count) {
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    int is_good = context != NULL && EVP_PKEY_verify_init(context) == 1 && set_padding(context, padding, digest) &&
        EVP_PKEY_verify(context, signature, signature_count, hash, count) == 1;
    EVP_PKEY_CTX_free(context);
    ERR_clear_error();
    return is_good;
}

int gh_pair_sign_message(EVP_PKEY *key, const void *bytes, size_t count, void *signature, size_t room) {
    size_t length = room;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int done = context != NULL && EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1 &&
        EVP_DigestSign(context, signature, &length, bytes, count) == 1;
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    return done ? (int)length : -1;
}

int gh_pair_verify_message(
    EVP_PKEY *key, const void *bytes, size_t count, const void *signature, size_t signature_count) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int is_good = context != NULL && EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
        EVP_DigestVerify(context, signature, signature_count, bytes, count) == 1;
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    return is_good;
}

static int set_oaep(EVP_PKEY_CTX *context, int digest) {
    const EVP_MD *algorithm = gh_digest_algorithm(digest);
    return algorithm != NULL && EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1 &&
        EVP_PKEY_CTX_set_rsa_oaep_md(context, algorithm) == 1 && EVP_PKEY_CTX_set_rsa_mgf1_md(context, algorithm) == 1;
}

int gh_oaep_encrypt(EVP_PKEY *key, int digest, const void *bytes, size_t count, void *out, size_t room) {
    size_t length = room;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    int done = context != NULL && EVP_PKEY_encrypt_init(context) == 1 && set_oaep(context, digest) &&
        EVP_PKEY_encrypt(context, out, &length, bytes, count) == 1;
    EVP_PKEY_CTX_free(context);
    ERR_clear_error();
    return done ? (int)length : -1;
}

int gh_oaep_decrypt(EVP_PKEY *key, int digest, const void *bytes, size_t count, void *out, size_t room) {
    size_t length = room;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    int done = context != NULL && EVP_PKEY_decrypt_init(context) == 1 && set_oaep(context, digest) &&
        EVP_PKEY_decrypt(context, out, &length, bytes, count) == 1;
    EVP_PKEY_CTX_free(context);
    ERR_clear_error();
    return done ? (int)length : -1;
}

int gh_oaep_unpad(int digest, const void *padded, size_t width, void *out, size_t room) {
    const EVP_MD *algorithm = gh_digest_algorithm(digest);
    if (algorithm == NULL || width > INT_MAX || room > INT_MAX) return -1;
    int count = RSA_padding_check_PKCS1_OAEP_mgf1(
        out, (int)room, padded, (int)width, (int)width, NULL, 0, algorithm, algorithm);
    ERR_clear_error();
    return count;
}

int gh_pair_agree(EVP_PKEY *key, EVP_PKEY *peer, void *out, size_t room) {
    size_t length = room;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    int done = context != NULL && EVP_PKEY_derive_init(context) == 1 && EVP_PKEY_derive_set_peer(context, peer) == 1 &&
        EVP_PKEY_derive(context, out, &length) == 1;
    EVP_PKEY_CTX_free(context);
    ERR_clear_error();
    return done ? (int)length : -1;
}

EVP_MAC_CTX *gh_mac_new(int digest, const void *key, size_t count) {
    const EVP_MD *hash = gh_digest_algorithm(digest);
    if (hash == NULL) return NULL;
    EVP_MAC *algorithm = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *made = algorithm == NULL ? NULL : EVP_MAC_CTX_new(algorithm);
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)EVP_MD_get0_name(hash), 0), OSSL_PARAM_construct_end()};
    if (made != NULL && EVP_MAC_init(made, key, count, parameters) != 1) {
        EVP_MAC_CTX_free(made);
        made = NULL;
    }
    EVP_MAC_free(algorithm);
    ERR_clear_error();
    return made;
}

int gh_mac(const EVP_MAC_CTX *mac, const void *bytes, size_t count, void *out, size_t room) {
    size_t length = 0;
    EVP_MAC_CTX *copy = EVP_MAC_CTX_dup(mac);
    int done = copy != NULL && EVP_MAC_update(copy, bytes, count) == 1 && EVP_MAC_final(copy, out, &length, room) == 1;
    EVP_MAC_CTX_free(copy);
    ERR_clear_error();
    return done ? (int)length : -1;
}

int gh_key_wrap(const unsigned char key[32], int sealing, const void *bytes, size_t count, void *out) {
    int length = 0, rest = 0;
    if (count > INT_MAX / 2) return -1;
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, "AES-256-WRAP-PAD", NULL);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    if (context != NULL) EVP_CIPHER_CTX_set_flags(context, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    int done = cipher != NULL && context != NULL && EVP_CipherInit_ex2(context, cipher, key, NULL, sealing, NULL) == 1 &&
        EVP_CipherUpdate(context, out, &length, bytes, (int)count) == 1 &&
        EVP_CipherFinal_ex(context, (unsigned char *)out + length, &rest) == 1;
    EVP_CIPHER_CTX_free(context);
    EVP_CIPHER_free(cipher);
    ERR_clear_error();
    return done ? length + rest : -1;
}
