// Tables carried inside the binary, so that it needs no file beside it.
#ifndef GATEHOUSE_CDATA_H
#define GATEHOUSE_CDATA_H

#include <stddef.h>

/// The AWS managed policies: one a line, `path/name TAB version TAB document`, sorted by byte order of the first field.
const unsigned char *gh_managed_policies(size_t *length);

#endif
