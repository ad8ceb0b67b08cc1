#include "CFIDO2.h"

#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>
#include <string.h>

static int read_credential(fido_cred_t *credential, gh_fido_credential *result) {
    size_t key = fido_cred_pubkey_len(credential), id = fido_cred_id_len(credential);
    if (key == 0 || key > sizeof result->key || id == 0 || id > sizeof result->id) return FIDO_ERR_INVALID_ARGUMENT;
    if (fido_cred_aaguid_len(credential) != sizeof result->aaguid) return FIDO_ERR_INVALID_ARGUMENT;
    memcpy(result->key, fido_cred_pubkey_ptr(credential), key);
    memcpy(result->id, fido_cred_id_ptr(credential), id);
    memcpy(result->aaguid, fido_cred_aaguid_ptr(credential), sizeof result->aaguid);
    result->key_count = key;
    result->id_count = id;
    result->counter = fido_cred_sigcount(credential);
    return FIDO_OK;
}

static int verify_statement(fido_cred_t *credential, const char *format, const uint8_t *statement, size_t count) {
    int error;
    if (strcmp(format, "none") == 0) return FIDO_OK;
    if ((error = fido_cred_set_fmt(credential, format)) != FIDO_OK) return error;
    if ((error = fido_cred_set_attstmt(credential, statement, count)) != FIDO_OK) return error;
    return fido_cred_x5c_ptr(credential) ? fido_cred_verify(credential) : fido_cred_verify_self(credential);
}

int gh_fido_register(int algorithm, const char *rp, const char *format, const uint8_t *statement, size_t statement_count,
                     const uint8_t *data, size_t data_count, const uint8_t hash[32], gh_fido_credential *result) {
    int error;
    fido_cred_t *credential = fido_cred_new();
    if (!credential) return FIDO_ERR_INTERNAL;
    memset(result, 0, sizeof *result);
    if ((error = fido_cred_set_type(credential, algorithm)) == FIDO_OK &&
        (error = fido_cred_set_clientdata_hash(credential, hash, 32)) == FIDO_OK &&
        (error = fido_cred_set_rp(credential, rp, NULL)) == FIDO_OK &&
        (error = fido_cred_set_authdata_raw(credential, data, data_count)) == FIDO_OK &&
        (error = verify_statement(credential, format, statement, statement_count)) == FIDO_OK)
        error = read_credential(credential, result);
    fido_cred_free(&credential);
    return error;
}

static int check(fido_assert_t *assertion, int algorithm, const uint8_t *key, size_t count) {
    int error = FIDO_ERR_INVALID_ARGUMENT;
    es256_pk_t *es256 = NULL;
    eddsa_pk_t *eddsa = NULL;
    rs256_pk_t *rs256 = NULL;
    switch (algorithm) {
    case GH_FIDO_ES256:
        if ((es256 = es256_pk_new()) && (error = es256_pk_from_ptr(es256, key, count)) == FIDO_OK)
            error = fido_assert_verify(assertion, 0, COSE_ES256, es256);
        es256_pk_free(&es256);
        break;
    case GH_FIDO_EDDSA:
        if ((eddsa = eddsa_pk_new()) && (error = eddsa_pk_from_ptr(eddsa, key, count)) == FIDO_OK)
            error = fido_assert_verify(assertion, 0, COSE_EDDSA, eddsa);
        eddsa_pk_free(&eddsa);
        break;
    case GH_FIDO_RS256:
        if ((rs256 = rs256_pk_new()) && (error = rs256_pk_from_ptr(rs256, key, count)) == FIDO_OK)
            error = fido_assert_verify(assertion, 0, COSE_RS256, rs256);
        rs256_pk_free(&rs256);
        break;
    }
    return error;
}

int gh_fido_assert(int algorithm, const uint8_t *key, size_t key_count, const char *rp, const uint8_t *data,
                   size_t data_count, const uint8_t hash[32], const uint8_t *signature, size_t signature_count,
                   uint32_t *counter) {
    int error;
    fido_assert_t *assertion = fido_assert_new();
    if (!assertion) return FIDO_ERR_INTERNAL;
    if ((error = fido_assert_set_clientdata_hash(assertion, hash, 32)) == FIDO_OK &&
        (error = fido_assert_set_rp(assertion, rp)) == FIDO_OK &&
        (error = fido_assert_set_up(assertion, FIDO_OPT_TRUE)) == FIDO_OK &&
        (error = fido_assert_set_count(assertion, 1)) == FIDO_OK &&
        (error = fido_assert_set_authdata_raw(assertion, 0, data, data_count)) == FIDO_OK &&
        (error = fido_assert_set_sig(assertion, 0, signature, signature_count)) == FIDO_OK)
        error = check(assertion, algorithm, key, key_count);
    if (error == FIDO_OK) *counter = fido_assert_sigcount(assertion, 0);
    fido_assert_free(&assertion);
    return error;
}
