// One HTTP GET with libcurl, for the documents of identity providers: bounded, without redirects, proxies or credentials,
// and only to addresses that an identity provider may have.
#ifndef GATEHOUSE_CCURL_H
#define GATEHOUSE_CCURL_H

#include <stddef.h>

enum { GH_FETCH_DONE, GH_FETCH_BAD_ADDRESS, GH_FETCH_TOO_LONG, GH_FETCH_UNTRUSTED, GH_FETCH_FAILED };
enum { GH_THUMBPRINT = 20 };

/// Addresses that begin with the same bits; those of IPv4 as IPv6 has them, `::ffff:a.b.c.d`.
typedef struct {
    unsigned char address[16];
    /// How many bits.
    int prefix;
} gh_network;

typedef struct {
    const char *url;
    /// 1: the host is this machine. HTTP will do, and only loopback addresses are spoken to. 0: HTTPS, and never to them.
    int is_loopback;
    /// SHA-1 digests, one after the other, of certificates that are trusted where the system trusts none of the chain.
    const unsigned char *thumbprints;
    size_t thumbprint_count;
    long timeout_milliseconds;
    /// Private networks that may be spoken to.
    const gh_network *networks;
    size_t network_count;
} gh_fetch_request;

typedef struct {
    long status;
    size_t count;
} gh_fetch_answer;

/// Reads the document into `bytes`. One of the GH_FETCH values.
int gh_fetch(const gh_fetch_request *request, void *bytes, size_t room, gh_fetch_answer *answer);

/// Speaks TLS to the host, whatever its certificate, and sends nothing: gives the SHA-1 of the last certificate it showed.
int gh_fetch_thumbprint(const gh_fetch_request *request, unsigned char thumbprint[GH_THUMBPRINT]);

/// 1 where the request may speak to that address, 16 bytes as `gh_network` has them.
int gh_fetch_may_have(const gh_fetch_request *request, const unsigned char address[16]);
/// Reads an address as `gh_network` has it. 4 or 6, or 0 where it is none.
int gh_fetch_address(const char *text, unsigned char address[16]);

#endif
