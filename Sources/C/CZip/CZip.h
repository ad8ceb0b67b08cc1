// Reading ZIP archives: libzip.
#include <zip.h>
