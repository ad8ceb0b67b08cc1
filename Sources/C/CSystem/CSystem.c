#define _GNU_SOURCE
#include "CSystem.h"

int gh_begin_write_back(int file) { return sync_file_range(file, 0, 0, SYNC_FILE_RANGE_WRITE); }
