// What a signed SAML response says, with xmlsec1: the very bytes that a good signature covers, and no others.
#ifndef GATEHOUSE_CXMLSEC_H
#define GATEHOUSE_CXMLSEC_H

#include <stddef.h>

typedef enum {
    GH_SAML_GOOD,
    GH_SAML_MALFORMED,       // not XML, or XML with a document type
    GH_SAML_STRUCTURE,       // not a response with one assertion, or with something beside it that could be taken for one
    GH_SAML_UNSIGNED,        // no signature over the response or the assertion
    GH_SAML_ALGORITHM,       // signed or encrypted in a way we do not take
    GH_SAML_SIGNATURE,       // a signature is wrong
    GH_SAML_ENCRYPTION,      // no key of the provider opens it
    GH_SAML_NOT_ENCRYPTED,   // encryption is required
    GH_SAML_FAILED           // out of memory
} gh_saml_result;

typedef struct gh_saml gh_saml;

gh_saml *gh_saml_new(void);
void gh_saml_free(gh_saml *saml);
/// 1, or 0 where it is none. A certificate in DER, whose key may sign; a private key in DER, which may decrypt.
int gh_saml_add_certificate(gh_saml *saml, const void *der, size_t count);
int gh_saml_add_private_key(gh_saml *saml, const void *der, size_t count);
/// Judges a response. Afterwards `gh_saml_bytes` are what was signed: an assertion, or a response with one in it.
gh_saml_result gh_saml_judge(gh_saml *saml, const void *xml, size_t count, int requires_encryption);
const unsigned char *gh_saml_bytes(const gh_saml *saml, size_t *count);

enum { GH_SAML_DIGEST = 32 };
/// SHA-256 of what the good signature covers, which is one for all texts of the response that could be made without a key.
/// Of an encrypted assertion without a signature of its own that is the signed response, and not what the ciphertext opened to:
/// that depends on names of namespaces around it, which nobody signed.
void gh_saml_digest(const gh_saml *saml, unsigned char digest[GH_SAML_DIGEST]);

#endif
