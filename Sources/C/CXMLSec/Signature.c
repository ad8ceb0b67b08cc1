#include "Internal.h"
#include <string.h>
#include <xmlsec/transforms.h>
#include <xmlsec/xmldsig.h>

static const char *const canonical[] = {
    "http://www.w3.org/2001/10/xml-exc-c14n#", "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315", NULL,
};
// Neither SHA-1 nor keyed hashes: an HMAC would be checked with a key that everybody knows.
static const char *const signing[] = {
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512", NULL,
};
static const char *const digests[] = {
    "http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2001/04/xmldsig-more#sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512", NULL,
};
static const char *const enveloped[] = {"http://www.w3.org/2000/09/xmldsig#enveloped-signature", NULL};
static const char *const exclusive[] = {
    "http://www.w3.org/2001/10/xml-exc-c14n#", "http://www.w3.org/2001/10/xml-exc-c14n#WithComments", NULL,
};

int gh_algorithm_is_one_of(xmlNodePtr node, const char *const list[]) {
    xmlChar *name = node == NULL ? NULL : xmlGetNoNsProp(node, BAD_CAST "Algorithm");
    int found = 0;
    for (size_t index = 0; name != NULL && list[index] != NULL; index++)
        if (strcmp((const char *)name, list[index]) == 0) found = 1;
    xmlFree(name);
    return found;
}

// The form that SAML prescribes: one reference, to the element around the signature, by its ID; the signature itself
// taken out, the rest written canonically; nothing else. - Source: SAML 2.0 core, section 5.4.
static int is_of_saml_form(xmlNodePtr signature, xmlNodePtr owner) {
    xmlNodePtr info = gh_first(signature);
    if (!gh_is(info, "SignedInfo", GH_DSIG)) return 0;
    for (xmlNodePtr child = gh_first(signature); child != NULL; child = gh_after(child))
        if (gh_is(child, "Object", GH_DSIG)) return 0;
    xmlNodePtr method = gh_first(info), with = method ? gh_after(method) : NULL, reference = with ? gh_after(with) : NULL;
    if (!gh_is(method, "CanonicalizationMethod", GH_DSIG) || !gh_algorithm_is_one_of(method, canonical) ||
        !gh_is(with, "SignatureMethod", GH_DSIG) || !gh_algorithm_is_one_of(with, signing) ||
        !gh_is(reference, "Reference", GH_DSIG) || gh_after(reference) != NULL)
        return 0;
    xmlNodePtr transforms = gh_first(reference), digest = transforms ? gh_after(transforms) : NULL;
    if (!gh_is(transforms, "Transforms", GH_DSIG) || !gh_is(digest, "DigestMethod", GH_DSIG) ||
        !gh_algorithm_is_one_of(digest, digests))
        return 0;
    xmlNodePtr first = gh_first(transforms), second = first ? gh_after(first) : NULL;
    if (!gh_is(first, "Transform", GH_DSIG) || !gh_algorithm_is_one_of(first, enveloped) ||
        !gh_is(second, "Transform", GH_DSIG) || !gh_algorithm_is_one_of(second, exclusive) || gh_after(second) != NULL)
        return 0;
    xmlChar *uri = xmlGetNoNsProp(reference, BAD_CAST "URI"), *id = xmlGetNoNsProp(owner, BAD_CAST "ID");
    int same = uri != NULL && id != NULL && id[0] != 0 && uri[0] == '#' && xmlStrcmp(uri + 1, id) == 0;
    xmlFree(uri);
    xmlFree(id);
    return same;
}

static int is_good_with(xmlSecKeyPtr key, xmlNodePtr signature, xmlSecBufferPtr covered) {
    xmlSecDSigCtxPtr context = xmlSecDSigCtxCreate(NULL);
    if (context == NULL) return 0;
    context->flags |= XMLSEC_DSIG_FLAGS_STORE_SIGNEDINFO_REFERENCES;
    context->enabledReferenceUris = xmlSecTransformUriTypeSameDocument;
    // With the key given, what the signature says of keys is not looked at.
    context->signKey = xmlSecKeyDuplicate(key);
    int good = 0;
    if (context->signKey != NULL && xmlSecDSigCtxVerify(context, signature) == 0 &&
        context->status == xmlSecDSigStatusSucceeded && xmlSecPtrListGetSize(&context->signedInfoReferences) == 1) {
        xmlSecDSigReferenceCtxPtr reference = xmlSecPtrListGetItem(&context->signedInfoReferences, 0);
        xmlSecBufferPtr digested = reference == NULL ? NULL : xmlSecDSigReferenceCtxGetPreDigestBuffer(reference);
        good = digested != NULL && reference->status == xmlSecDSigStatusSucceeded &&
            xmlSecBufferSetData(covered, xmlSecBufferGetData(digested), xmlSecBufferGetSize(digested)) == 0;
    }
    xmlSecDSigCtxDestroy(context);
    return good;
}

gh_saml_result gh_check_signature(gh_saml *saml, xmlNodePtr signature, xmlNodePtr owner, xmlSecBufferPtr covered) {
    if (!is_of_saml_form(signature, owner)) return GH_SAML_ALGORITHM;
    xmlAttrPtr id = xmlHasProp(owner, BAD_CAST "ID");
    xmlChar *value = xmlGetNoNsProp(owner, BAD_CAST "ID");
    // Only this element has an id as far as libxml2 knows: the reference can lead nowhere else.
    if (id == NULL || value == NULL || xmlAddID(NULL, owner->doc, value, id) == NULL) {
        xmlFree(value);
        return GH_SAML_STRUCTURE;
    }
    xmlFree(value);
    gh_saml_result result = GH_SAML_SIGNATURE;
    for (size_t index = 0; index < saml->signer_count && result != GH_SAML_GOOD; index++)
        if (is_good_with(saml->signers[index], signature, covered)) result = GH_SAML_GOOD;
    xmlRemoveID(owner->doc, id);
    return result;
}
