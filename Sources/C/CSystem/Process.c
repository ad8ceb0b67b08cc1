#define _GNU_SOURCE
#include "CSystemProcess.h"

#include <errno.h>
#include <link.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/// Where the texts begin, and a null at the end. Null where there are not so many.
static char **pointers(char **at, const char *end, size_t count) {
    char **list = calloc(count + 1, sizeof *list);
    for (size_t index = 0; list && index < count; index++) {
        if (*at >= end) {
            free(list);
            return NULL;
        }
        list[index] = *at;
        *at += strlen(*at) + 1;
    }
    return list;
}

int gh_spawn(const char *words, size_t count, size_t argument_count, size_t variable_count) {
    if (argument_count == 0 || count == 0 || words[count - 1] != 0) return -EINVAL;
    char *texts = malloc(count);
    if (!texts) return -ENOMEM;
    memcpy(texts, words, count);
    char *at = texts;
    char **arguments = pointers(&at, texts + count, argument_count);
    char **variables = arguments ? pointers(&at, texts + count, variable_count) : NULL;
    posix_spawnattr_t attributes;
    pid_t process = 0;
    int failure = variables ? posix_spawnattr_init(&attributes) : EINVAL;
    if (failure == 0) {
        sigset_t none, all;
        sigemptyset(&none);
        sigfillset(&all);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setsigdefault(&attributes, &all);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
        failure = posix_spawnp(&process, arguments[0], NULL, &attributes, arguments, variables);
        posix_spawnattr_destroy(&attributes);
    }
    free(variables);
    free(arguments);
    free(texts);
    return failure == 0 ? (int)process : -failure;
}

int gh_wait(int process) {
    int status = 0;
    while (waitpid(process, &status, 0) < 0) {
        if (errno != EINTR) return -errno;
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int gh_signal(int process, int number) { return kill(process, number) == 0 ? 0 : -errno; }

int gh_forbid_core_dumps(void) {
    struct rlimit none = {0, 0};
    return setrlimit(RLIMIT_CORE, &none) == 0 && prctl(PR_SET_DUMPABLE, 0) == 0 ? 0 : -errno;
}

/// Whether the loader wrote into the text: what it wrote is in no file.
static int has_relocated_text(const struct dl_phdr_info *image) {
    for (int index = 0; index < image->dlpi_phnum; index++) {
        if (image->dlpi_phdr[index].p_type != PT_DYNAMIC) continue;
        const ElfW(Dyn) *entry = (const ElfW(Dyn) *)(image->dlpi_addr + image->dlpi_phdr[index].p_vaddr);
        for (; entry->d_tag != DT_NULL; entry++) {
            if (entry->d_tag == DT_TEXTREL) return 1;
            if (entry->d_tag == DT_FLAGS && (entry->d_un.d_val & DF_TEXTREL)) return 1;
        }
    }
    return 0;
}

static int drop(struct dl_phdr_info *image, size_t size, void *page_size) {
    (void)size;
    // The kernel's own image has no file behind it.
    if (image->dlpi_name[0] != 0 && image->dlpi_name[0] != '/') return 0;
    if (has_relocated_text(image)) return 0;
    uintptr_t page = *(long *)page_size;
    for (int index = 0; index < image->dlpi_phnum; index++) {
        const ElfW(Phdr) *part = &image->dlpi_phdr[index];
        if (part->p_type != PT_LOAD || (part->p_flags & PF_W)) continue;
        uintptr_t start = (image->dlpi_addr + part->p_vaddr) & ~(page - 1);
        uintptr_t end = (image->dlpi_addr + part->p_vaddr + part->p_memsz) & ~(page - 1);
        if (end > start) madvise((void *)start, end - start, MADV_DONTNEED);
    }
    return 0;
}

void gh_drop_start_pages(void) {
    long page = sysconf(_SC_PAGESIZE);
    if (page > 0) dl_iterate_phdr(drop, &page);
}
