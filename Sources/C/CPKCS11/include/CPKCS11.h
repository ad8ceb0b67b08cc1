// PKCS #11 as p11-kit's header has it, and the loading of a module.
#ifndef GATEHOUSE_CPKCS11_H
#define GATEHOUSE_CPKCS11_H

#include <stddef.h>
#include <p11-kit-1/p11-kit/pkcs11.h>

// Of PKCS #11 3.0, which the header does not have.
#define GH_CKM_AES_KEY_WRAP_KWP (0x210bUL)
#define GH_CKR_AEAD_DECRYPT_FAILED (0x35UL)

/// Loads a module and finds its functions. Null, or what is wrong in English; the text lasts until the thread's next call.
/// A module is never unloaded: many leave threads and handlers behind.
const char *gh_pkcs11_load(const char *path, CK_FUNCTION_LIST_PTR *functions);
/// Tells the module that threads are ours, with the system's locks.
CK_RV gh_pkcs11_initialize(CK_FUNCTION_LIST_PTR functions);
/// Overwrites with zeros, in a way no compiler leaves out.
void gh_pkcs11_wipe(void *bytes, size_t count);

#endif
