// What the files of this module share.
#ifndef GATEHOUSE_CXMLSEC_INTERNAL_H
#define GATEHOUSE_CXMLSEC_INTERNAL_H

// As Debian builds it: the size of its sizes depends on the first.
#ifndef XMLSEC_NO_SIZE_T
#define XMLSEC_NO_SIZE_T
#endif
#ifndef XMLSEC_NO_CRYPTO_DYNAMIC_LOADING
#define XMLSEC_NO_CRYPTO_DYNAMIC_LOADING 1
#endif
#ifndef XMLSEC_CRYPTO_OPENSSL
#define XMLSEC_CRYPTO_OPENSSL 1
#endif

#include "CXMLSec.h"
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <xmlsec/buffer.h>
#include <xmlsec/keys.h>
#include <xmlsec/xmlsec.h>

#define GH_SAML "urn:oasis:names:tc:SAML:2.0:assertion"
#define GH_SAMLP "urn:oasis:names:tc:SAML:2.0:protocol"
#define GH_DSIG "http://www.w3.org/2000/09/xmldsig#"
#define GH_XENC "http://www.w3.org/2001/04/xmlenc#"

enum { GH_SAML_KEYS = 32 };

struct gh_saml {
    xmlSecKeyPtr signers[GH_SAML_KEYS];
    size_t signer_count;
    xmlSecKeyPtr openers[GH_SAML_KEYS];
    size_t opener_count;
    unsigned char *bytes;
    size_t count;
    unsigned char digest[GH_SAML_DIGEST];
};

int gh_is(xmlNodePtr node, const char *name, const char *space);
/// The next element of the whole tree under `top`, in its order; null at the end.
xmlNodePtr gh_next(xmlNodePtr node, xmlNodePtr top);
/// The element children: the first, and the one after.
xmlNodePtr gh_first(xmlNodePtr parent);
xmlNodePtr gh_after(xmlNodePtr node);
/// Replaces the encrypted assertion in the tree by what it holds.
gh_saml_result gh_decrypt(gh_saml *saml, xmlNodePtr encrypted);
/// Checks the signature that is a child of `owner`; `covered` is then the bytes it was made over.
gh_saml_result gh_check_signature(gh_saml *saml, xmlNodePtr signature, xmlNodePtr owner, xmlSecBufferPtr covered);
/// Whether the attribute `Algorithm` of the node is one of the list, which ends with null.
int gh_algorithm_is_one_of(xmlNodePtr node, const char *const list[]);

#endif
