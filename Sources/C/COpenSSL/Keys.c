#include "COpenSSL.h"
#include <limits.h>
#include <openssl/decoder.h>
#include <string.h>
#include <time.h>

// Nothing encrypted is read here; without this OpenSSL would ask for a password on the terminal.
static int no_password(char *buffer, int size, int writing, void *unused) {
    (void)buffer, (void)size, (void)writing, (void)unused;
    return -1;
}

int gh_read_certificates(const void *pem, size_t count, X509 **out, int room) {
    BIO *bio = count <= INT_MAX ? BIO_new_mem_buf(pem, (int)count) : NULL;
    if (!bio) return -1;
    ERR_clear_error();
    int read = 0;
    X509 *next;
    while ((next = PEM_read_bio_X509(bio, NULL, no_password, NULL))) {
        if (read == room) {
            X509_free(next);
            read = room + 1;
            break;
        }
        out[read++] = next;
    }
    // The end of the text is told as a text without a further begin line.
    int is_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    BIO_free(bio);
    ERR_clear_error();
    if (is_end && read <= room) return read;
    for (int index = 0; index < read && index < room; index++) X509_free(out[index]);
    return -1;
}

int64_t gh_certificate_start(const X509 *certificate) {
    struct tm time;
    if (ASN1_TIME_to_tm(X509_get0_notBefore(certificate), &time) != 1) return -1;
    return (int64_t)timegm(&time);
}

int gh_certificate_der(const X509 *certificate, void *out, size_t room) {
    unsigned char *der = NULL;
    int count = i2d_X509(certificate, &der);
    if (count > 0 && (size_t)count <= room) memcpy(out, der, (size_t)count);
    OPENSSL_free(der);
    return count;
}

int gh_certificate_is_signed_by(X509 *certificate, X509 *issuer) {
    EVP_PKEY *key = X509_get0_pubkey(issuer);
    int is_signed = X509_check_issued(issuer, certificate) == X509_V_OK && key && X509_verify(certificate, key) == 1;
    ERR_clear_error();
    return is_signed;
}

int gh_certificate_key_bits(X509 *certificate) {
    EVP_PKEY *key = X509_get0_pubkey(certificate);
    int bits = key ? EVP_PKEY_get_bits(key) : 0;
    ERR_clear_error();
    return bits;
}

EVP_PKEY *gh_read_rsa_public_key(const void *pem, size_t count) {
    EVP_PKEY *key = NULL;
    const unsigned char *bytes = pem;
    OSSL_DECODER_CTX *decoder =
        OSSL_DECODER_CTX_new_for_pkey(&key, "PEM", NULL, "RSA", EVP_PKEY_PUBLIC_KEY, NULL, NULL);
    if (!decoder || OSSL_DECODER_from_data(decoder, &bytes, &count) != 1) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    OSSL_DECODER_CTX_free(decoder);
    ERR_clear_error();
    return key;
}

int gh_check_public_key(EVP_PKEY *key) {
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    int is_good = context && EVP_PKEY_public_check(context) == 1;
    EVP_PKEY_CTX_free(context);
    ERR_clear_error();
    return is_good;
}

static int number(EVP_PKEY *key, const char *name, void *out, size_t room) {
    BIGNUM *number = NULL;
    int count = -1;
    if (EVP_PKEY_get_bn_param(key, name, &number) == 1) {
        count = BN_num_bytes(number);
        if ((size_t)count <= room) BN_bn2bin(number, out);
    }
    BN_free(number);
    ERR_clear_error();
    return count;
}

int gh_rsa_modulus(EVP_PKEY *key, void *out, size_t room) { return number(key, OSSL_PKEY_PARAM_RSA_N, out, room); }

int gh_rsa_exponent(EVP_PKEY *key, void *out, size_t room) { return number(key, OSSL_PKEY_PARAM_RSA_E, out, room); }

int gh_public_key_pem(EVP_PKEY *key, void *out, size_t room) {
    BIO *bio = BIO_new(BIO_s_mem());
    char *bytes = NULL;
    long count = bio && PEM_write_bio_PUBKEY(bio, key) == 1 ? BIO_get_mem_data(bio, &bytes) : -1;
    if (count > 0 && (size_t)count <= room) memcpy(out, bytes, (size_t)count);
    BIO_free(bio);
    ERR_clear_error();
    return (int)count;
}
