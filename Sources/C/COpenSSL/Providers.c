#include "COpenSSL.h"
#include "COpenSSLProviders.h"
#include <openssl/provider.h>

int gh_require_fips(void) {
    // Base reads and writes keys; default has the checksums that are no cryptography.
    int done = OSSL_PROVIDER_load(NULL, "fips") != NULL && OSSL_PROVIDER_load(NULL, "base") != NULL &&
        OSSL_PROVIDER_load(NULL, "default") != NULL && EVP_default_properties_enable_fips(NULL, 1) == 1;
    ERR_clear_error();
    return done;
}
