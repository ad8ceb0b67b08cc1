#include "COpenSSL.h"
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <string.h>

static EVP_PKEY *from_parameters(const char *type, OSSL_PARAM_BLD *builder) {
    EVP_PKEY *key = NULL;
    OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (parameters == NULL || context == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    ERR_clear_error();
    return key;
}

EVP_PKEY *gh_rsa_public_key(const void *modulus, size_t modulus_count, const void *exponent, size_t exponent_count) {
    BIGNUM *n = BN_bin2bn(modulus, (int)modulus_count, NULL), *e = BN_bin2bn(exponent, (int)exponent_count, NULL);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    EVP_PKEY *key = NULL;
    if (n != NULL && e != NULL && builder != NULL && BN_is_odd(n) && BN_is_odd(e) && !BN_is_one(e) &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e) == 1)
        key = from_parameters("RSA", builder);
    OSSL_PARAM_BLD_free(builder);
    BN_free(n);
    BN_free(e);
    return key;
}

EVP_PKEY *gh_ec_public_key(const char *group, const void *point, size_t count) {
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    EVP_PKEY *key = NULL;
    if (builder != NULL && OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, group, 0) == 1 &&
        OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, count) == 1)
        key = from_parameters("EC", builder);
    OSSL_PARAM_BLD_free(builder);
    return key;
}

EVP_PKEY *gh_certificate_key(const void *certificate, size_t count) {
    const unsigned char *at = certificate;
    X509 *read = d2i_X509(NULL, &at, (long)count);
    EVP_PKEY *key = NULL;
    // What follows the certificate is not part of it, and is refused.
    if (read != NULL && at == (const unsigned char *)certificate + count) key = X509_get_pubkey(read);
    X509_free(read);
    ERR_clear_error();
    return key;
}

EVP_PKEY *gh_make_rsa_key(unsigned bits) { return EVP_RSA_gen(bits); }
EVP_PKEY *gh_make_ec_key(const char *group) { return EVP_EC_gen(group); }

EVP_PKEY *gh_read_key_der(const void *der, size_t count) {
    const unsigned char *at = der;
    EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &at, (long)count);
    ERR_clear_error();
    return key;
}

int gh_key_der(EVP_PKEY *key, void *bytes, size_t room) {
    PKCS8_PRIV_KEY_INFO *wrapped = EVP_PKEY2PKCS8(key);
    unsigned char *made = NULL;
    int count = wrapped == NULL ? -1 : i2d_PKCS8_PRIV_KEY_INFO(wrapped, &made);
    if (count > 0 && (size_t)count <= room) memcpy(bytes, made, (size_t)count);
    else count = -1;
    if (made != NULL) OPENSSL_clear_free(made, count > 0 ? (size_t)count : 0);
    PKCS8_PRIV_KEY_INFO_free(wrapped);
    return count;
}

int gh_key_number(EVP_PKEY *key, const char *name, size_t width, void *bytes, size_t room) {
    BIGNUM *number = NULL;
    if (EVP_PKEY_get_bn_param(key, name, &number) != 1) return -1;
    int count = width == 0 ? BN_num_bytes(number) : (int)width;
    if ((size_t)count > room || BN_bn2binpad(number, bytes, count) != count) count = -1;
    BN_free(number);
    return count;
}

// OpenSSL takes ECDSA signatures in DER.
static unsigned char *der_of(const unsigned char *raw, size_t width, size_t *count) {
    unsigned char *der = NULL;
    ECDSA_SIG *signature = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(raw, (int)width, NULL), *s = BN_bin2bn(raw + width, (int)width, NULL);
    if (signature != NULL && r != NULL && s != NULL && ECDSA_SIG_set0(signature, r, s) == 1) {
        r = s = NULL;
        int made = i2d_ECDSA_SIG(signature, &der);
        *count = made > 0 ? (size_t)made : 0;
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(signature);
    return der;
}

static int prepare(EVP_PKEY_CTX *context, int kind) {
    return kind != GH_SIGNATURE_PSS || (EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
        EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1);
}

int gh_signature_verify(
    EVP_PKEY *key, int kind, const char *digest, size_t width, const void *bytes, size_t count, const void *signature,
    size_t signature_count) {
    if (EVP_PKEY_get_base_id(key) != (kind == GH_SIGNATURE_ECDSA ? EVP_PKEY_EC : EVP_PKEY_RSA)) return 0;
    unsigned char *der = NULL;
    if (kind == GH_SIGNATURE_ECDSA) {
        if (signature_count != 2 * width) return 0;
        der = der_of(signature, width, &signature_count);
        if (der == NULL) return 0;
        signature = der;
    }
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *parameters = NULL;
    int good = context != NULL && EVP_DigestVerifyInit_ex(context, &parameters, digest, NULL, NULL, key, NULL) == 1 &&
        prepare(parameters, kind) && EVP_DigestVerify(context, signature, signature_count, bytes, count) == 1;
    EVP_MD_CTX_free(context);
    OPENSSL_free(der);
    ERR_clear_error();
    return good;
}

int gh_signature_make(
    EVP_PKEY *key, int kind, const char *digest, size_t width, const void *bytes, size_t count, void *signature,
    size_t room) {
    unsigned char made[1024];
    size_t made_count = sizeof made;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *parameters = NULL;
    int good = context != NULL && EVP_DigestSignInit_ex(context, &parameters, digest, NULL, NULL, key, NULL) == 1 &&
        prepare(parameters, kind) && EVP_DigestSign(context, made, &made_count, bytes, count) == 1;
    EVP_MD_CTX_free(context);
    if (!good) return -1;
    if (kind != GH_SIGNATURE_ECDSA) {
        if (made_count > room) return -1;
        memcpy(signature, made, made_count);
        return (int)made_count;
    }
    const unsigned char *at = made;
    ECDSA_SIG *parsed = d2i_ECDSA_SIG(NULL, &at, (long)made_count);
    good = parsed != NULL && 2 * width <= room &&
        BN_bn2binpad(ECDSA_SIG_get0_r(parsed), signature, (int)width) == (int)width &&
        BN_bn2binpad(ECDSA_SIG_get0_s(parsed), (unsigned char *)signature + width, (int)width) == (int)width;
    ECDSA_SIG_free(parsed);
    return good ? (int)(2 * width) : -1;
}
