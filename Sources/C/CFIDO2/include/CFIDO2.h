#ifndef GATEHOUSE_CFIDO2_H
#define GATEHOUSE_CFIDO2_H
#include <stddef.h>
#include <stdint.h>

enum { GH_FIDO_ES256 = -7, GH_FIDO_EDDSA = -8, GH_FIDO_RS256 = -257 };
enum { GH_FIDO_KEY_MAX = 512, GH_FIDO_ID_MAX = 1023 };

/// What an authenticator says of a new key.
typedef struct {
    uint8_t key[GH_FIDO_KEY_MAX];
    size_t key_count;
    uint8_t id[GH_FIDO_ID_MAX];
    size_t id_count;
    uint8_t aaguid[16];
    uint32_t counter;
} gh_fido_credential;

/// Reads a new key of the algorithm from authenticator data for `rp`, and checks the attestation's signature where there is
/// one (any format but "none"). Returns 0, or an error of libfido2.
int gh_fido_register(int algorithm, const char *rp, const char *format, const uint8_t *statement, size_t statement_count,
                     const uint8_t *data, size_t data_count, const uint8_t hash[32], gh_fido_credential *result);

/// Checks an assertion: its signature by the key, that it is for `rp`, that somebody was present. Returns 0 and the counter,
/// or an error of libfido2.
int gh_fido_assert(int algorithm, const uint8_t *key, size_t key_count, const char *rp, const uint8_t *data,
                   size_t data_count, const uint8_t hash[32], const uint8_t *signature, size_t signature_count,
                   uint32_t *counter);
#endif
