#include "CCurl.h"
#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static pthread_once_t begun = PTHREAD_ONCE_INIT;
static void begin(void) { curl_global_init(CURL_GLOBAL_DEFAULT); }

struct fetch {
    const gh_fetch_request *request;
    unsigned char *bytes;
    size_t room, count;
    int is_bad_address, is_too_long, is_untrusted;
    /// Where not null, any certificate will do, and the last one's digest goes here.
    unsigned char *learned;
};

static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
#define V4(a, b, c, d) {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, a, b, c, d}, 0}

static int is_in(const gh_network *network, int prefix, const unsigned char address[16]) {
    int whole = prefix / 8, rest = prefix % 8;
    if (memcmp(network->address, address, (size_t)whole) != 0) return 0;
    return rest == 0 || ((network->address[whole] ^ address[whole]) >> (8 - rest)) == 0;
}

struct range { gh_network network; int prefix; };

static int is_in_any(const struct range *ranges, size_t count, const unsigned char address[16]) {
    for (size_t index = 0; index < count; index++)
        if (is_in(&ranges[index].network, ranges[index].prefix, address)) return 1;
    return 0;
}
#define COUNT(list) (sizeof list / sizeof list[0])

static const struct range loopback[] = {{V4(127, 0, 0, 0), 104}, {{{[15] = 1}, 0}, 128}};
// What no provider has, whatever the settings: this network, multicast and above, link-local with the metadata services
// among it, metadata services elsewhere, and a prefix by which local translators reach any address of IPv4.
// - Source: RFC 8215; the clouds' own pages on their metadata services (Alibaba, Oracle, Azure, AWS, Google, Scaleway).
static const struct range nobody[] = {
    {V4(0, 0, 0, 0), 104}, {V4(224, 0, 0, 0), 99}, {V4(169, 254, 0, 0), 112}, {V4(100, 100, 100, 200), 128},
    {V4(192, 0, 0, 192), 128}, {{{0}, 0}, 96}, {{{0xFE, 0x80}, 0}, 10}, {{{0xFF}, 0}, 8},
    {V4(168, 63, 129, 16), 128}, {{{0xFD, 0x00, 0x0E, 0xC2}, 0}, 32},
    {{{0xFD, 0x20, 0x00, 0xCE, [14] = 0x02, [15] = 0x54}, 0}, 128},
    {{{0xFD, 0x00, 0x00, 0xC1, [12] = 0xA9, [13] = 0xFE, [14] = 0xA9, [15] = 0xFE}, 0}, 128},
    {{{0xFD, 0x00, 0x00, 0x42, [15] = 0x42}, 0}, 128}, {{{0x00, 0x64, 0xFF, 0x9B, 0x00, 0x01}, 0}, 48},
};
// Networks of somebody's own and such as lead nowhere by the Internet, which the setting must name.
// - Source: IANA IPv4 and IPv6 Special-Purpose Address Registries: not globally reachable.
static const struct range private[] = {
    {V4(10, 0, 0, 0), 104}, {V4(100, 64, 0, 0), 106}, {V4(172, 16, 0, 0), 108}, {V4(192, 0, 0, 0), 120},
    {V4(192, 0, 2, 0), 120}, {V4(192, 168, 0, 0), 112}, {V4(198, 18, 0, 0), 111}, {V4(198, 51, 100, 0), 120},
    {V4(203, 0, 113, 0), 120}, {{{0x01}, 0}, 64}, {{{0x20, 0x01}, 0}, 32}, {{{0x20, 0x01, 0x00, 0x02}, 0}, 48},
    {{{0x20, 0x01, 0x0D, 0xB8}, 0}, 32}, {{{0x3F, 0xFF}, 0}, 20}, {{{0x5F}, 0}, 16}, {{{0xFC}, 0}, 7},
    {{{0xFE, 0xC0}, 0}, 10},
};

// The address within one that stands for it: compatible ones, and those of translators.
static void unwrap(const unsigned char address[16], unsigned char result[16]) {
    static const unsigned char compatible[12] = {0}, translated[12] = {0, 0x64, 0xFF, 0x9B};
    memcpy(result, address, 16);
    int is_low = memcmp(address, compatible, 12) == 0 && (address[12] | address[13] | address[14]) != 0;
    int is_tunnel = address[0] == 0x20 && address[1] == 0x02;
    if (!is_low && !is_tunnel && memcmp(address, translated, 12) != 0) return;
    memcpy(result, mapped, 12);
    memcpy(result + 12, is_tunnel ? address + 2 : address + 12, 4);
}

// An identity provider's documents are fetched because somebody outside asked: without this, he could have the server read
// what only the server can reach.
int gh_fetch_may_have(const gh_fetch_request *request, const unsigned char given[16]) {
    unsigned char address[16];
    unwrap(given, address);
    int is_loopback = is_in_any(loopback, COUNT(loopback), address);
    if (is_loopback || request->is_loopback) return is_loopback && request->is_loopback;
    if (is_in_any(nobody, COUNT(nobody), address)) return 0;
    if (!is_in_any(private, COUNT(private), address)) return 1;
    for (size_t index = 0; index < request->network_count; index++)
        if (is_in(&request->networks[index], request->networks[index].prefix, address)) return 1;
    return 0;
}

int gh_fetch_address(const char *text, unsigned char address[16]) {
    memcpy(address, mapped, 12);
    if (inet_pton(AF_INET, text, address + 12) == 1) return 4;
    return inet_pton(AF_INET6, text, address) == 1 ? 6 : 0;
}

static int may_have(const struct sockaddr *address, const gh_fetch_request *request) {
    unsigned char bytes[16];
    memcpy(bytes, mapped, 12);
    if (address->sa_family == AF_INET) memcpy(bytes + 12, &((const struct sockaddr_in *)address)->sin_addr, 4);
    else if (address->sa_family == AF_INET6) memcpy(bytes, &((const struct sockaddr_in6 *)address)->sin6_addr, 16);
    else return 0;
    return gh_fetch_may_have(request, bytes);
}

// Asked with the very address that is then connected to: a name that resolves to another one meanwhile gains nothing.
static curl_socket_t open_socket(void *client, curlsocktype purpose, struct curl_sockaddr *address) {
    struct fetch *fetch = client;
    if (purpose != CURLSOCKTYPE_IPCXN || !may_have(&address->addr, fetch->request)) {
        fetch->is_bad_address = 1;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t receive(char *bytes, size_t size, size_t count, void *client) {
    struct fetch *fetch = client;
    size_t more = size * count;
    if (more > fetch->room - fetch->count) {
        fetch->is_too_long = 1;
        return 0;
    }
    memcpy(fetch->bytes + fetch->count, bytes, more);
    fetch->count += more;
    return more;
}

static int digest(X509 *certificate, unsigned char result[GH_THUMBPRINT]) {
    unsigned count = 0;
    return X509_digest(certificate, EVP_sha1(), result, &count) == 1 && count == GH_THUMBPRINT;
}

// The chain again, with one of its own certificates as the one that is trusted.
static int is_good_under(X509 *anchor, X509_STORE_CTX *chain) {
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *again = X509_STORE_CTX_new();
    int good = store != NULL && again != NULL && X509_STORE_add_cert(store, anchor) == 1 &&
        X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN) == 1 &&
        X509_STORE_CTX_init(again, store, X509_STORE_CTX_get0_cert(chain), X509_STORE_CTX_get0_untrusted(chain)) == 1 &&
        X509_STORE_CTX_set_default(again, "ssl_server") == 1 && X509_verify_cert(again) == 1;
    X509_STORE_CTX_free(again);
    X509_STORE_free(store);
    return good;
}

static int is_trusted_by_thumbprint(X509_STORE_CTX *chain, const gh_fetch_request *request) {
    STACK_OF(X509) *shown = X509_STORE_CTX_get0_untrusted(chain);
    for (int index = 0; index < sk_X509_num(shown); index++) {
        unsigned char found[GH_THUMBPRINT];
        X509 *certificate = sk_X509_value(shown, index);
        if (!digest(certificate, found)) continue;
        for (size_t each = 0; each < request->thumbprint_count; each++)
            if (memcmp(found, request->thumbprints + each * GH_THUMBPRINT, GH_THUMBPRINT) == 0 &&
                is_good_under(certificate, chain))
                return 1;
    }
    return 0;
}

static int verify(X509_STORE_CTX *chain, void *client) {
    struct fetch *fetch = client;
    int good;
    if (fetch->learned != NULL) {
        STACK_OF(X509) *shown = X509_STORE_CTX_get0_untrusted(chain);
        int count = sk_X509_num(shown);
        good = count > 0 && digest(sk_X509_value(shown, count - 1), fetch->learned);
    } else {
        good = X509_verify_cert(chain) == 1 || is_trusted_by_thumbprint(chain, fetch->request);
    }
    if (good) X509_STORE_CTX_set_error(chain, X509_V_OK);
    else fetch->is_untrusted = 1;
    ERR_clear_error();
    return good;
}

static CURLcode set_tls(CURL *handle, void *context, void *client) {
    (void)handle;
    SSL_CTX_set_cert_verify_callback(context, verify, client);
    return CURLE_OK;
}

static int run(struct fetch *fetch, long *status) {
    pthread_once(&begun, begin);
    CURL *handle = curl_easy_init();
    if (handle == NULL) return GH_FETCH_FAILED;
    const char *protocols = fetch->request->is_loopback ? "http,https" : "https";
    int is_set = curl_easy_setopt(handle, CURLOPT_URL, fetch->request->url) == CURLE_OK &&
        curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, protocols) == CURLE_OK &&
        curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
        // An empty text: no proxy, whatever the environment says.
        curl_easy_setopt(handle, CURLOPT_PROXY, "") == CURLE_OK &&
        curl_easy_setopt(handle, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) == CURLE_OK &&
        curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
        curl_easy_setopt(handle, CURLOPT_HTTP09_ALLOWED, 0L) == CURLE_OK &&
        curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, fetch->request->timeout_milliseconds) == CURLE_OK &&
        curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, fetch->request->timeout_milliseconds) == CURLE_OK &&
        curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_socket) == CURLE_OK &&
        curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, fetch) == CURLE_OK &&
        curl_easy_setopt(handle, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
        curl_easy_setopt(handle, CURLOPT_SSL_CTX_FUNCTION, set_tls) == CURLE_OK &&
        curl_easy_setopt(handle, CURLOPT_SSL_CTX_DATA, fetch) == CURLE_OK &&
        // Sessions kept by others could have been made under another thumbprint.
        curl_easy_setopt(handle, CURLOPT_SSL_SESSIONID_CACHE, 0L) == CURLE_OK &&
        curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, receive) == CURLE_OK &&
        curl_easy_setopt(handle, CURLOPT_WRITEDATA, fetch) == CURLE_OK &&
        curl_easy_setopt(handle, CURLOPT_USERAGENT, "Gatehouse") == CURLE_OK &&
        (fetch->learned == NULL || (curl_easy_setopt(handle, CURLOPT_CONNECT_ONLY, 1L) == CURLE_OK &&
                                    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 0L) == CURLE_OK));
    CURLcode code = is_set ? curl_easy_perform(handle) : CURLE_FAILED_INIT;
    if (code == CURLE_OK) curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, status);
    curl_easy_cleanup(handle);
    if (code == CURLE_OK) return GH_FETCH_DONE;
    if (fetch->is_too_long) return GH_FETCH_TOO_LONG;
    if (fetch->is_untrusted || code == CURLE_PEER_FAILED_VERIFICATION) return GH_FETCH_UNTRUSTED;
    return fetch->is_bad_address ? GH_FETCH_BAD_ADDRESS : GH_FETCH_FAILED;
}

int gh_fetch(const gh_fetch_request *request, void *bytes, size_t room, gh_fetch_answer *answer) {
    struct fetch fetch = {.request = request, .bytes = bytes, .room = room};
    int result = run(&fetch, &answer->status);
    answer->count = fetch.count;
    return result;
}

int gh_fetch_thumbprint(const gh_fetch_request *request, unsigned char thumbprint[GH_THUMBPRINT]) {
    struct fetch fetch = {.request = request, .learned = thumbprint};
    long status = 0;
    return run(&fetch, &status);
}
