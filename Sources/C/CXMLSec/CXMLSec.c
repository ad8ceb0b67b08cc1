#define _GNU_SOURCE
#include "Internal.h"
#include <libxml/xmlerror.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <xmlsec/errors.h>
#include <xmlsec/openssl/crypto.h>
#include <xmlsec/openssl/evp.h>

static pthread_once_t begun = PTHREAD_ONCE_INIT;
static int is_ready;
static void silent(const char *file, int line, const char *func, const char *object, const char *subject, int reason,
                   const char *message) {
    (void)file, (void)line, (void)func, (void)object, (void)subject, (void)reason, (void)message;
}
#if LIBXML_VERSION < 21200
typedef xmlErrorPtr told;
#else
typedef const xmlError *told;
#endif
static void unheard(void *context, told error) { (void)context, (void)error; }
static void begin(void) {
    xmlInitParser();
    is_ready = xmlSecInit() == 0 && xmlSecOpenSSLInit() == 0;
    // What a stranger sent is no news for standard error.
    xmlSecErrorsSetCallback(silent);
}

int gh_is(xmlNodePtr node, const char *name, const char *space) {
    return node != NULL && node->type == XML_ELEMENT_NODE && node->ns != NULL &&
        xmlStrEqual(node->name, BAD_CAST name) && xmlStrEqual(node->ns->href, BAD_CAST space);
}

static xmlNodePtr element(xmlNodePtr node) {
    while (node != NULL && node->type != XML_ELEMENT_NODE) node = node->next;
    return node;
}
xmlNodePtr gh_first(xmlNodePtr parent) { return parent == NULL ? NULL : element(parent->children); }
xmlNodePtr gh_after(xmlNodePtr node) { return node == NULL ? NULL : element(node->next); }
xmlNodePtr gh_next(xmlNodePtr node, xmlNodePtr top) {
    xmlNodePtr below = gh_first(node);
    if (below != NULL) return below;
    while (node != top) {
        xmlNodePtr beside = gh_after(node);
        if (beside != NULL) return beside;
        node = node->parent;
    }
    return NULL;
}

gh_saml *gh_saml_new(void) {
    pthread_once(&begun, begin);
    return is_ready ? calloc(1, sizeof(gh_saml)) : NULL;
}

void gh_saml_free(gh_saml *saml) {
    for (size_t index = 0; index < saml->signer_count; index++) xmlSecKeyDestroy(saml->signers[index]);
    for (size_t index = 0; index < saml->opener_count; index++) xmlSecKeyDestroy(saml->openers[index]);
    free(saml->bytes);
    free(saml);
}

// Takes over the key.
static int add(xmlSecKeyPtr *keys, size_t *count, EVP_PKEY *key) {
    ERR_clear_error();
    if (key == NULL) return 0;
    xmlSecKeyDataPtr value = *count < GH_SAML_KEYS ? xmlSecOpenSSLEvpKeyAdopt(key) : NULL;
    if (value == NULL) {
        EVP_PKEY_free(key);
        return 0;
    }
    xmlSecKeyPtr made = xmlSecKeyCreate();
    if (made == NULL || xmlSecKeySetValue(made, value) != 0) {
        xmlSecKeyDataDestroy(value);
        if (made != NULL) xmlSecKeyDestroy(made);
        return 0;
    }
    keys[(*count)++] = made;
    return 1;
}

int gh_saml_add_certificate(gh_saml *saml, const void *der, size_t count) {
    const unsigned char *at = der;
    X509 *certificate = count <= LONG_MAX ? d2i_X509(NULL, &at, (long)count) : NULL;
    EVP_PKEY *key = certificate == NULL ? NULL : X509_get_pubkey(certificate);
    X509_free(certificate);
    return add(saml->signers, &saml->signer_count, key);
}

int gh_saml_add_private_key(gh_saml *saml, const void *der, size_t count) {
    const unsigned char *at = der;
    return add(saml->openers, &saml->opener_count, d2i_AutoPrivateKey(NULL, &at, (long)count));
}

const unsigned char *gh_saml_bytes(const gh_saml *saml, size_t *count) {
    *count = saml->count;
    return saml->bytes;
}

void gh_saml_digest(const gh_saml *saml, unsigned char digest[GH_SAML_DIGEST]) {
    memcpy(digest, saml->digest, GH_SAML_DIGEST);
}

// How often an element stands anywhere in the response.
static int count_of(xmlNodePtr root, const char *name, const char *space) {
    int count = 0;
    for (xmlNodePtr node = root; node != NULL; node = gh_next(node, root)) count += gh_is(node, name, space);
    return count;
}

static xmlNodePtr child(xmlNodePtr parent, const char *name, const char *space) {
    for (xmlNodePtr node = gh_first(parent); node != NULL; node = gh_after(node))
        if (gh_is(node, name, space)) return node;
    return NULL;
}

static int keep_digest(gh_saml *saml, xmlSecBufferPtr buffer) {
    unsigned count = 0;
    return EVP_Digest(xmlSecBufferGetData(buffer), xmlSecBufferGetSize(buffer), saml->digest, &count, EVP_sha256(), NULL) == 1 &&
        count == GH_SAML_DIGEST;
}

static int keep(gh_saml *saml, xmlSecBufferPtr buffer) {
    saml->count = xmlSecBufferGetSize(buffer);
    saml->bytes = malloc(saml->count + 1);
    if (saml->bytes == NULL) return 0;
    memcpy(saml->bytes, xmlSecBufferGetData(buffer), saml->count);
    return 1;
}

// The decrypted assertion as it stands in the tree. Its ciphertext was signed, so what it opened to is what was signed.
static int keep_element(gh_saml *saml, xmlNodePtr assertion) {
    xmlDocPtr own = xmlNewDoc(BAD_CAST "1.0");
    xmlNodePtr copy = own == NULL ? NULL : xmlDocCopyNode(assertion, own, 1);
    if (copy != NULL) {
        xmlDocSetRootElement(own, copy);
        xmlChar *text = NULL;
        int count = 0;
        xmlDocDumpMemoryEnc(own, &text, &count, "UTF-8");
        if (text != NULL && count > 0 && (saml->bytes = malloc((size_t)count)) != NULL) {
            memcpy(saml->bytes, text, (size_t)count);
            saml->count = (size_t)count;
        }
        xmlFree(text);
    }
    xmlFreeDoc(own);
    return saml->bytes != NULL;
}

// Attacks that wrap signatures need a second response, assertion or signature somewhere in the message: there is one of
// each where SAML has it, and there are no more anywhere.
static gh_saml_result judge(gh_saml *saml, xmlNodePtr root, int requires_encryption) {
    if (!gh_is(root, "Response", GH_SAMLP) || count_of(root, "Response", GH_SAMLP) != 1) return GH_SAML_STRUCTURE;
    xmlNodePtr assertion = child(root, "Assertion", GH_SAML), encrypted = child(root, "EncryptedAssertion", GH_SAML);
    if ((assertion == NULL) == (encrypted == NULL) || count_of(root, "Assertion", GH_SAML) != (assertion != NULL) ||
        count_of(root, "EncryptedAssertion", GH_SAML) != (encrypted != NULL))
        return GH_SAML_STRUCTURE;
    if (requires_encryption && encrypted == NULL) return GH_SAML_NOT_ENCRYPTED;
    xmlNodePtr outer = child(root, "Signature", GH_DSIG);
    xmlSecBufferPtr covered = xmlSecBufferCreate(0);
    if (covered == NULL) return GH_SAML_FAILED;
    gh_saml_result result = outer == NULL ? GH_SAML_GOOD : gh_check_signature(saml, outer, root, covered);
    if (result == GH_SAML_GOOD && encrypted != NULL) {
        result = gh_decrypt(saml, encrypted);
        assertion = child(encrypted, "Assertion", GH_SAML);
        if (result == GH_SAML_GOOD &&
            (assertion == NULL || count_of(root, "Assertion", GH_SAML) != 1 || count_of(root, "Response", GH_SAMLP) != 1))
            result = GH_SAML_STRUCTURE;
    }
    xmlNodePtr inner = result == GH_SAML_GOOD ? child(assertion, "Signature", GH_DSIG) : NULL;
    if (result == GH_SAML_GOOD && count_of(root, "Signature", GH_DSIG) != (outer != NULL) + (inner != NULL))
        result = GH_SAML_STRUCTURE;
    if (result == GH_SAML_GOOD && outer == NULL && inner == NULL) result = GH_SAML_UNSIGNED;
    if (result == GH_SAML_GOOD && inner != NULL) result = gh_check_signature(saml, inner, assertion, covered);
    if (result == GH_SAML_GOOD) {
        int kept = inner == NULL && encrypted != NULL ? keep_element(saml, assertion) : keep(saml, covered);
        if (!kept || !keep_digest(saml, covered)) result = GH_SAML_FAILED;
    }
    xmlSecBufferDestroy(covered);
    return result;
}

gh_saml_result gh_saml_judge(gh_saml *saml, const void *xml, size_t count, int requires_encryption) {
    free(saml->bytes);
    saml->bytes = NULL;
    saml->count = 0;
    if (count > INT_MAX || memchr(xml, 0, count) != NULL) return GH_SAML_MALFORMED;
    // Refused before a parser sees it: no entity is ever declared.
    if (memmem(xml, count, "<!DOCTYPE", 9) != NULL) return GH_SAML_MALFORMED;
    xmlParserCtxtPtr context = xmlNewParserCtxt();
    if (context == NULL) return GH_SAML_FAILED;
    // The canonicaliser has no options: what it would print is this thread's to silence.
    xmlSetStructuredErrorFunc(NULL, unheard);
    // No network, no entities put in, nothing printed; the encoding is UTF-8 whatever the text says of itself.
    int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_IGNORE_ENC | XML_PARSE_NODICT;
    xmlDocPtr document = xmlCtxtReadMemory(context, xml, (int)count, NULL, "UTF-8", options);
    xmlFreeParserCtxt(context);
    if (document == NULL) return GH_SAML_MALFORMED;
    gh_saml_result result = GH_SAML_MALFORMED;
    xmlNodePtr root = xmlDocGetRootElement(document);
    if (root != NULL && document->intSubset == NULL && document->extSubset == NULL)
        result = judge(saml, root, requires_encryption);
    xmlFreeDoc(document);
    ERR_clear_error();
    return result;
}
