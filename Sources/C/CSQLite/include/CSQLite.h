// SQLite's header; variadic calls and function-pointer macros that Swift cannot import are wrapped here.
#ifndef GATEHOUSE_CSQLITE_H
#define GATEHOUSE_CSQLITE_H

#include <sqlite3.h>
#include <stdint.h>

/// Process-wide settings; must precede the first connection. No global memory statistics (a contended mutex), one
/// thread per connection at a time. Each connection allocates its first `pages` cached pages together, so that a page
/// that is read for the first time costs no fault for memory of its own.
static inline int gh_sqlite_configure(int pages) {
    int status = sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    if (status == SQLITE_OK) status = sqlite3_config(SQLITE_CONFIG_PAGECACHE, (void *)0, 0, pages);
    return status != SQLITE_OK ? status : sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/// Binds bytes that the caller keeps unchanged until the statement is reset.
static inline int gh_sqlite_bind_text(sqlite3_stmt *statement, int index, const void *bytes, int length) {
    return sqlite3_bind_text(statement, index, (const char *)bytes, length, SQLITE_STATIC);
}
static inline int gh_sqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int length) {
    return length == 0 ? sqlite3_bind_zeroblob(statement, index, 0)
                       : sqlite3_bind_blob(statement, index, bytes, length, SQLITE_STATIC);
}

/// Refuses SQL that could corrupt the file: writable_schema, shadow tables, journal_mode=OFF.
static inline int gh_sqlite_defensive(sqlite3 *database) {
    return sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
}

/// What the last failed system call on the write-ahead log said. SQLite reports quotas and size limits as plain IO
/// errors, and `sqlite3_system_errno` has been overwritten by the rollback when the error is seen.
static inline int gh_sqlite_log_errno(sqlite3 *database) {
    sqlite3_file *file = 0;
    int error = 0;
    int status = sqlite3_file_control(database, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);
    if (status != SQLITE_OK || file == 0 || file->pMethods == 0) return 0;
    return file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &error) == SQLITE_OK ? error : 0;
}

#endif
