#define _GNU_SOURCE
#include "CSystem.h"

int gh_accept4(int socket, struct sockaddr *address, socklen_t *length) {
    return accept4(socket, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}
