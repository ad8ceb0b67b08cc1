// OpenSSL's providers.
#ifndef GATEHOUSE_COPENSSL_PROVIDERS_H
#define GATEHOUSE_COPENSSL_PROVIDERS_H

/// Loads the FIPS provider and makes it the one that algorithms come from, unless they say otherwise. To be called before
/// anything else of OpenSSL's. 1, or 0 where there is none that works.
int gh_require_fips(void);

#endif
