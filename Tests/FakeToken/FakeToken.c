#define _GNU_SOURCE
// A PKCS #11 module for tests: SoftHSM, that can be told to fail. The tests compile it when they run.
//
// Functions that touch sessions and keys look, before each call, into the file that FAKE_TOKEN_ORDERS names. A line of it is an
// order for one function, or for all of them (`*`):
//
//     C_Encrypt fail 48        do nothing, or do it in vain, and answer this code (decimal)
//     C_Encrypt hang           stay in the call until the order is gone
//     C_Encrypt slow 300       do it after so many milliseconds
//     C_Encrypt length 7       do it, and claim that the answer has this many bytes
#include <stddef.h>
#include <p11-kit-1/p11-kit/pkcs11.h>

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SOFTHSM "/usr/lib/softhsm/libsofthsm2.so"

typedef enum { NOTHING, FAIL, HANG, SLOW, LENGTH } kind;
typedef struct { kind kind; unsigned long number; } order;

static CK_FUNCTION_LIST *real;

/// What the file says of a function now.
static order read_order(const char *function) {
    order found = {NOTHING, 0};
    const char *path = getenv("FAKE_TOKEN_ORDERS");
    FILE *file = path ? fopen(path, "r") : NULL;
    if (file == NULL) return found;
    char name[64], word[16], line[128];
    while (fgets(line, sizeof line, file)) {
        unsigned long number = 0;
        if (sscanf(line, "%63s %15s %lu", name, word, &number) < 2) continue;
        if (strcmp(name, function) != 0 && strcmp(name, "*") != 0) continue;
        found.kind = strcmp(word, "fail") == 0 ? FAIL : strcmp(word, "hang") == 0 ? HANG
            : strcmp(word, "slow") == 0 ? SLOW : LENGTH;
        found.number = number;
        break;
    }
    fclose(file);
    return found;
}

/// The order for a function, of which hanging and waiting have been obeyed.
static order obey(const char *function) {
    order given = read_order(function);
    while (given.kind == HANG) {
        usleep(20 * 1000);
        given = read_order(function);
    }
    if (given.kind == SLOW) usleep(given.number * 1000);
    return given;
}

// A function that is passed on, unless it is to fail.
#define PASS(name, parameters, arguments)                        \
    static CK_RV my_##name parameters {                          \
        order given = obey(#name);                               \
        return given.kind == FAIL ? given.number : real->name arguments; \
    }
// The same with an answer whose length can be falsified. Where it fails it is done all the same, and what is under way in the
// session has ended, as the standard has it.
#define ANSWER(name, parameters, arguments, length)              \
    static CK_RV my_##name parameters {                          \
        order given = obey(#name);                               \
        CK_RV code = real->name arguments;                       \
        if (given.kind == FAIL) return given.number;             \
        if (code == CKR_OK && given.kind == LENGTH) length = given.number; \
        return code;                                             \
    }

#define S CK_SESSION_HANDLE s
#define O CK_OBJECT_HANDLE
#define M CK_MECHANISM_PTR m
#define IN CK_BYTE_PTR in, CK_ULONG size
#define OUT CK_BYTE_PTR out, CK_ULONG_PTR count
#define T CK_ATTRIBUTE_PTR t, CK_ULONG n

PASS(C_Initialize, (void *a), (a))
PASS(C_OpenSession, (CK_SLOT_ID slot, CK_FLAGS flags, void *a, CK_NOTIFY notify, CK_SESSION_HANDLE *s), (slot, flags, a, notify, s))
PASS(C_Login, (S, CK_USER_TYPE user, IN), (s, user, in, size))
PASS(C_GetTokenInfo, (CK_SLOT_ID slot, CK_TOKEN_INFO_PTR info), (slot, info))
ANSWER(C_GetSlotList, (CK_BBOOL present, CK_SLOT_ID_PTR list, CK_ULONG_PTR count), (present, list, count), *count)
ANSWER(C_GetMechanismList, (CK_SLOT_ID slot, CK_MECHANISM_TYPE_PTR list, CK_ULONG_PTR count), (slot, list, count), *count)
PASS(C_FindObjectsInit, (S, T), (s, t, n))
PASS(C_CreateObject, (S, T, O *key), (s, t, n, key))
ANSWER(C_GetAttributeValue, (S, O key, T), (s, key, t, n), t->ulValueLen)
PASS(C_GenerateKey, (S, M, T, O *key), (s, m, t, n, key))
PASS(C_GenerateKeyPair, (S, M, T, CK_ATTRIBUTE_PTR t2, CK_ULONG n2, O *key, O *key2), (s, m, t, n, t2, n2, key, key2))
ANSWER(C_WrapKey, (S, M, O wrapping, O key, OUT), (s, m, wrapping, key, out, count), *count)
PASS(C_UnwrapKey, (S, M, O wrapping, IN, T, O *key), (s, m, wrapping, in, size, t, n, key))
PASS(C_DeriveKey, (S, M, O base, T, O *key), (s, m, base, t, n, key))
PASS(C_EncryptInit, (S, M, O key), (s, m, key))
ANSWER(C_Encrypt, (S, IN, OUT), (s, in, size, out, count), *count)
PASS(C_DecryptInit, (S, M, O key), (s, m, key))
ANSWER(C_Decrypt, (S, IN, OUT), (s, in, size, out, count), *count)
PASS(C_SignInit, (S, M, O key), (s, m, key))
ANSWER(C_Sign, (S, IN, OUT), (s, in, size, out, count), *count)
PASS(C_GenerateRandom, (S, CK_BYTE_PTR out, CK_ULONG size), (s, out, size))

#define MINE(name) mine.name = my_##name;

CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR list) {
    static CK_FUNCTION_LIST mine;
    void *library = dlopen(SOFTHSM, RTLD_NOW | RTLD_LOCAL);
    CK_C_GetFunctionList functions = library ? (CK_C_GetFunctionList)dlsym(library, "C_GetFunctionList") : NULL;
    if (functions == NULL || functions(&real) != CKR_OK) return CKR_GENERAL_ERROR;
    mine = *real;
    MINE(C_Initialize) MINE(C_OpenSession) MINE(C_Login) MINE(C_GetTokenInfo) MINE(C_GetSlotList) MINE(C_GetMechanismList)
    MINE(C_FindObjectsInit) MINE(C_CreateObject) MINE(C_GetAttributeValue) MINE(C_GenerateKey) MINE(C_GenerateKeyPair)
    MINE(C_WrapKey) MINE(C_UnwrapKey) MINE(C_DeriveKey) MINE(C_EncryptInit) MINE(C_Encrypt) MINE(C_DecryptInit)
    MINE(C_Decrypt) MINE(C_SignInit) MINE(C_Sign) MINE(C_GenerateRandom)
    *list = &mine;
    return CKR_OK;
}
