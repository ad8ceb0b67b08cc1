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

// Whether an identity provider may have that address. A provider's documents are fetched because somebody outside asked:
// without this, he could have the server read what only the server can reach. Private networks have providers.
static int may_have_v4(uint32_t address, int is_loopback) {
    if (address >> 24 == 127) return is_loopback;
    if (is_loopback) return 0;
    if (address >> 24 == 0 || address >> 28 >= 0xE) return 0;   // this network; multicast and above
    if (address >> 16 == 0xA9FE) return 0;                      // link-local, the metadata services among them
    return address != 0x646464C8 && address != 0xC00000C0;      // metadata services that are not link-local
}

static int may_have(const struct sockaddr *address, int is_loopback) {
    if (address->sa_family == AF_INET)
        return may_have_v4(ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr), is_loopback);
    if (address->sa_family != AF_INET6) return 0;
    const struct in6_addr *six = &((const struct sockaddr_in6 *)address)->sin6_addr;
    const unsigned char *bytes = six->s6_addr;
    if (IN6_IS_ADDR_LOOPBACK(six)) return is_loopback;
    static const unsigned char translated[12] = {0, 0x64, 0xFF, 0x9B};
    if (IN6_IS_ADDR_V4MAPPED(six) || IN6_IS_ADDR_V4COMPAT(six) || memcmp(bytes, translated, sizeof translated) == 0) {
        uint32_t four;
        memcpy(&four, bytes + 12, 4);
        return may_have_v4(ntohl(four), is_loopback);
    }
    static const unsigned char metadata[4] = {0xFD, 0x00, 0x0E, 0xC2};
    return !is_loopback && !IN6_IS_ADDR_UNSPECIFIED(six) && !IN6_IS_ADDR_LINKLOCAL(six) &&
        !IN6_IS_ADDR_MULTICAST(six) && memcmp(bytes, metadata, sizeof metadata) != 0;
}

// Asked with the very address that is then connected to: a name that resolves to another one meanwhile gains nothing.
static curl_socket_t open_socket(void *client, curlsocktype purpose, struct curl_sockaddr *address) {
    struct fetch *fetch = client;
    if (purpose != CURLSOCKTYPE_IPCXN || !may_have(&address->addr, fetch->request->is_loopback)) {
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
