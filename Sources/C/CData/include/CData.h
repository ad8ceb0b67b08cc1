// Tables carried inside the binary, so that it needs no file beside it.
#ifndef GATEHOUSE_CDATA_H
#define GATEHOUSE_CDATA_H

#include <stddef.h>

/// The AWS managed policies: one a line, `path/name TAB version TAB id TAB created TAB updated TAB document`, sorted by byte
/// order of the first field; the id is empty where it is not known.
const unsigned char *gh_managed_policies(size_t *length);

/// The Service Authorization Reference, services in byte order of their prefix. Lines of tab-separated fields:
/// `S prefix name rcp`, then of that service `K key type`, `R type arn keys`, `A action levels keys resources`.
/// Keys are numbers of the service's K lines; resources are `type[!][=keys]` joined by `;`, `!` where one is required.
const unsigned char *gh_service_authorization(size_t *length);

/// The global condition keys: `key TAB type TAB multivalued TAB group TAB when present`.
const unsigned char *gh_global_condition_keys(size_t *length);

/// Access Analyzer's checks of policies: `code TAB finding type TAB title TAB anchor in the IAM User Guide TAB state`, where
/// the state is `obsolete` for checks of rules that ended, `later` for those that came after the table's edition.
const unsigned char *gh_policy_checks(size_t *length);

#endif
