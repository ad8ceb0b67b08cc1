#include "Internal.h"
#include <xmlsec/keysdata.h>
#include <xmlsec/openssl/crypto.h>
#include <xmlsec/xmlenc.h>

// Not RSA with PKCS #1 v1.5, whose padding can be guessed from what a server answers.
static const char *const wrapping[] = {
    "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p", "http://www.w3.org/2009/xmlenc11#rsa-oaep", NULL,
};
static const char *const hiding[] = {
    "http://www.w3.org/2001/04/xmlenc#aes128-cbc", "http://www.w3.org/2001/04/xmlenc#aes192-cbc",
    "http://www.w3.org/2001/04/xmlenc#aes256-cbc", "http://www.w3.org/2009/xmlenc11#aes128-gcm",
    "http://www.w3.org/2009/xmlenc11#aes192-gcm", "http://www.w3.org/2009/xmlenc11#aes256-gcm", NULL,
};

static xmlNodePtr only(xmlNodePtr top, const char *name, const char *space) {
    xmlNodePtr found = NULL;
    for (xmlNodePtr node = gh_next(top, top); node != NULL; node = gh_next(node, top)) {
        if (!gh_is(node, name, space)) continue;
        if (found != NULL) return NULL;
        found = node;
    }
    return found;
}

// The method is the first child of either element.
static int takes(xmlNodePtr node, const char *const list[]) {
    xmlNodePtr method = gh_first(node);
    return gh_is(method, "EncryptionMethod", GH_XENC) && gh_algorithm_is_one_of(method, list);
}

// The key that the data is encrypted with, opened with ours.
static xmlSecKeyPtr content_key(xmlSecKeyPtr opener, xmlNodePtr wrapped) {
    xmlSecEncCtxPtr context = xmlSecEncCtxCreate(NULL);
    xmlSecKeyPtr key = NULL;
    if (context != NULL) {
        context->mode = xmlEncCtxModeEncryptedKey;
        context->encKey = xmlSecKeyDuplicate(opener);
        xmlSecBufferPtr opened = context->encKey == NULL ? NULL : xmlSecEncCtxDecryptToBuffer(context, wrapped);
        if (opened != NULL)
            key = xmlSecKeyReadMemory(xmlSecOpenSSLKeyDataAesId, xmlSecBufferGetData(opened), xmlSecBufferGetSize(opened));
        xmlSecEncCtxDestroy(context);
    }
    return key;
}

gh_saml_result gh_decrypt(gh_saml *saml, xmlNodePtr encrypted) {
    xmlNodePtr data = only(encrypted, "EncryptedData", GH_XENC), wrapped = only(encrypted, "EncryptedKey", GH_XENC);
    if (data == NULL || wrapped == NULL || data->parent != encrypted) return GH_SAML_STRUCTURE;
    // Ciphertext and keys lie in the message: nothing is fetched, and nothing is looked up elsewhere in it.
    for (xmlNodePtr node = encrypted; node != NULL; node = gh_next(node, encrypted))
        if (gh_is(node, "CipherReference", GH_XENC)) return GH_SAML_STRUCTURE;
    if (!takes(data, hiding) || !takes(wrapped, wrapping)) return GH_SAML_ALGORITHM;
    xmlChar *type = xmlGetNoNsProp(data, BAD_CAST "Type");
    int is_element = xmlStrEqual(type, BAD_CAST GH_XENC "Element");
    xmlFree(type);
    if (!is_element) return GH_SAML_STRUCTURE;
    for (size_t index = 0; index < saml->opener_count; index++) {
        xmlSecEncCtxPtr context = xmlSecEncCtxCreate(NULL);
        if (context == NULL) return GH_SAML_FAILED;
        context->encKey = content_key(saml->openers[index], wrapped);
        int opened = context->encKey != NULL && xmlSecEncCtxDecrypt(context, data) == 0 && context->resultReplaced;
        xmlSecEncCtxDestroy(context);
        if (opened) return GH_SAML_GOOD;
    }
    return GH_SAML_ENCRYPTION;
}
