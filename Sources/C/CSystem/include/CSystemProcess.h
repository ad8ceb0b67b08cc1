// Another program, started and waited for.
#ifndef GATEHOUSE_CSYSTEM_PROCESS_H
#define GATEHOUSE_CSYSTEM_PROCESS_H

#include <stddef.h>

/// Starts a program found by PATH, with every signal let through and its default action. `words` holds `argument_count`
/// arguments, the program's name first, then `variable_count` settings `NAME=value`, each ended by a zero byte, `count`
/// bytes in all. The process id, or a negative errno.
int gh_spawn(const char *words, size_t count, size_t argument_count, size_t variable_count);
/// Waits for its end: its exit status, 128 and the signal that ended it, or a negative errno.
int gh_wait(int process);
int gh_signal(int process, int signal);
/// From now on this process leaves no core dump, and no other of the same user reads its memory. 0 or a negative errno.
int gh_forbid_core_dumps(void);
/// Lets go of the pages of program and libraries that were read so far; those that are needed again are found in the
/// kernel's cache. What was ever written to stays.
void gh_drop_start_pages(void);

#endif
