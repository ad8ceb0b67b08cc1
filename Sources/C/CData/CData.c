#include "CData.h"

// One table: a file beside the header, laid into the program's read-only data.
#define TABLE(name, file)                       \
    __asm__(                                    \
        ".section .rodata\n"                    \
        ".global gh_" #name "_start\n"          \
        "gh_" #name "_start:\n"                 \
        ".incbin \"" file "\"\n"                \
        ".global gh_" #name "_end\n"            \
        "gh_" #name "_end:\n"                   \
        ".previous\n");                         \
    extern const unsigned char gh_##name##_start[]; \
    extern const unsigned char gh_##name##_end[];   \
    const unsigned char *gh_##name(size_t *length) { \
        *length = (size_t)(gh_##name##_end - gh_##name##_start); \
        return gh_##name##_start;               \
    }

TABLE(managed_policies, "aws-managed-policies.tsv")
TABLE(service_authorization, "service-authorization.tsv")
TABLE(global_condition_keys, "global-condition-keys.tsv")
TABLE(policy_checks, "access-analyzer-checks.tsv")
