#define _DEFAULT_SOURCE
#include "CPKCS11.h"

#include <dlfcn.h>
#include <string.h>

const char *gh_pkcs11_load(const char *path, CK_FUNCTION_LIST_PTR *functions) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) return dlerror();
    CK_C_GetFunctionList list = (CK_C_GetFunctionList)dlsym(library, "C_GetFunctionList");
    if (list == NULL) return "it is no PKCS #11 module: C_GetFunctionList is missing";
    if (list(functions) != CKR_OK || *functions == NULL) return "it gives no list of functions";
    return NULL;
}

CK_RV gh_pkcs11_initialize(CK_FUNCTION_LIST_PTR functions) {
    CK_C_INITIALIZE_ARGS arguments = {NULL, NULL, NULL, NULL, CKF_OS_LOCKING_OK, NULL};
    return functions->C_Initialize(&arguments);
}

void gh_pkcs11_wipe(void *bytes, size_t count) { explicit_bzero(bytes, count); }
