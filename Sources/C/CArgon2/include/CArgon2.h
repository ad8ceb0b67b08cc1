#ifndef GATEHOUSE_CARGON2_H
#define GATEHOUSE_CARGON2_H

// As CSystem: two modules must not see two versions of Glibc's types.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <argon2.h>
#endif
