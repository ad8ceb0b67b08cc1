#include "CData.h"

__asm__(
    ".section .rodata\n"
    ".global gh_managed_policies_start\n"
    "gh_managed_policies_start:\n"
    ".incbin \"aws-managed-policies.tsv\"\n"
    ".global gh_managed_policies_end\n"
    "gh_managed_policies_end:\n"
    ".previous\n");

extern const unsigned char gh_managed_policies_start[];
extern const unsigned char gh_managed_policies_end[];

const unsigned char *gh_managed_policies(size_t *length) {
    *length = (size_t)(gh_managed_policies_end - gh_managed_policies_start);
    return gh_managed_policies_start;
}
