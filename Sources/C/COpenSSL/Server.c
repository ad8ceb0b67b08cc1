#include "COpenSSL.h"
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <time.h>

static int choose_protocol(SSL *session, const unsigned char **out, unsigned char *out_length, const unsigned char *offered,
                           unsigned int offered_length, void *unused) {
    static const unsigned char ours[] = "\x08http/1.1";
    (void)session, (void)unused;
    int result = SSL_select_next_proto((unsigned char **)out, out_length, ours, sizeof ours - 1, offered, offered_length);
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

// A key in encrypted PEM would otherwise ask for its password on the terminal.
static int no_password(char *buffer, int size, int writing, void *unused) {
    (void)buffer, (void)size, (void)writing, (void)unused;
    return -1;
}

// A client that sends one key update after the other would keep the thread in SSL_read for as long as they come. Those who
// change keys for a reason do so once in hundreds of gigabytes.
enum { most_key_updates = 256 };
static CRYPTO_ONCE updates_once = CRYPTO_ONCE_STATIC_INIT;
static int updates_index = -1;

static void make_updates_index(void) { updates_index = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL); }

static size_t key_updates(const SSL *session) { return (size_t)(uintptr_t)SSL_get_ex_data(session, updates_index); }

// The count is kept in place of a pointer. Without automatic retries SSL_read returns after the message.
static void count_key_update(int is_write, int version, int type, const void *bytes, size_t count, SSL *session, void *unused) {
    (void)version, (void)unused;
    if (is_write || type != SSL3_RT_HANDSHAKE || count == 0 || *(const unsigned char *)bytes != SSL3_MT_KEY_UPDATE) return;
    size_t number = key_updates(session) + 1;
    SSL_set_ex_data(session, updates_index, (void *)(uintptr_t)number);
    if (number > most_key_updates) SSL_clear_mode(session, SSL_MODE_AUTO_RETRY);
}

SSL_CTX *gh_tls_server_context(void) {
    if (CRYPTO_THREAD_run_once(&updates_once, make_updates_index) != 1 || updates_index < 0) return NULL;
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (!context) return NULL;
    SSL_CTX_set_msg_callback(context, count_key_update);
    static const unsigned char name[] = "gatehouse";
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                     SSL_OP_PRIORITIZE_CHACHA | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_num_tickets(context, 1);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
    if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
        SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL:!PSK:!SRP") == 1 &&
        SSL_CTX_set_session_id_context(context, name, sizeof name - 1) == 1)
        return context;
    SSL_CTX_free(context);
    return NULL;
}

static BIO *reader(const void *bytes, size_t count) {
    return count <= INT_MAX ? BIO_new_mem_buf(bytes, (int)count) : NULL;
}

X509 *gh_read_certificate(const void *pem, size_t count) {
    BIO *bio = reader(pem, count);
    X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, no_password, NULL) : NULL;
    BIO_free(bio);
    return certificate;
}

EVP_PKEY *gh_read_key(const void *pem, size_t count) {
    BIO *bio = reader(pem, count);
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL) : NULL;
    BIO_free(bio);
    return key;
}

int gh_tls_use_identity(SSL_CTX *context, const void *chain, size_t chain_count, const void *key_pem, size_t key_count) {
    ERR_clear_error();
    BIO *bio = reader(chain, chain_count);
    X509 *leaf = bio ? PEM_read_bio_X509(bio, NULL, no_password, NULL) : NULL;
    EVP_PKEY *key = gh_read_key(key_pem, key_count);
    int done = leaf && key && SSL_CTX_use_certificate(context, leaf) == 1 && SSL_CTX_use_PrivateKey(context, key) == 1 &&
               SSL_CTX_check_private_key(context) == 1;
    X509 *next;
    while (done && (next = PEM_read_bio_X509(bio, NULL, no_password, NULL))) {
        done = SSL_CTX_add0_chain_cert(context, next) == 1;
        if (!done) X509_free(next);
    }
    X509_free(leaf);
    EVP_PKEY_free(key);
    BIO_free(bio);
    ERR_clear_error();
    return done;
}

static int name_index = -1;
static CRYPTO_ONCE name_once = CRYPTO_ONCE_STATIC_INIT;

static void free_name(void *parent, void *name, CRYPTO_EX_DATA *data, int index, long number, void *pointer) {
    (void)parent, (void)data, (void)index, (void)number, (void)pointer;
    OPENSSL_free(name);
}

static void make_name_index(void) { name_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, free_name); }

// The name lives as long as the context, which lives as long as its last session.
static int check_name(SSL *session, int *alert, void *unused) {
    (void)unused;
    const char *asked = SSL_get_servername(session, TLSEXT_NAMETYPE_host_name);
    const char *own = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(session), name_index);
    if (!asked || (own && strcasecmp(asked, own) == 0)) return SSL_TLSEXT_ERR_OK;
    *alert = SSL_AD_UNRECOGNIZED_NAME;
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

int gh_tls_expect_name(SSL_CTX *context, const char *name) {
    if (CRYPTO_THREAD_run_once(&name_once, make_name_index) != 1 || name_index < 0) return 0;
    char *copy = OPENSSL_strdup(name);
    if (!copy) return 0;
    if (SSL_CTX_set_ex_data(context, name_index, copy) != 1) {
        OPENSSL_free(copy);
        return 0;
    }
    return SSL_CTX_set_tlsext_servername_callback(context, check_name) == 1;
}

SSL *gh_tls_accept_on(SSL_CTX *context, int socket) {
    SSL *session = SSL_new(context);
    if (!session) return NULL;
    if (SSL_set_fd(session, socket) != 1) {
        SSL_free(session);
        return NULL;
    }
    SSL_set_accept_state(session);
    return session;
}

static int outcome(SSL *session, int result) {
    switch (SSL_get_error(session, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return GH_TLS_AGAIN;
    case SSL_ERROR_ZERO_RETURN: return GH_TLS_END;
    default: ERR_clear_error(); return GH_TLS_FAILED;
    }
}

int gh_tls_handshake(SSL *session) {
    ERR_clear_error();
    int result = SSL_do_handshake(session);
    return result == 1 ? 1 : outcome(session, result);
}

int gh_tls_read(SSL *session, void *bytes, size_t count) {
    ERR_clear_error();
    int result = SSL_read(session, bytes, count > INT_MAX ? INT_MAX : (int)count);
    if (key_updates(session) > most_key_updates) return GH_TLS_FAILED;
    return result > 0 ? result : outcome(session, result);
}

int gh_tls_write(SSL *session, const void *bytes, size_t count) {
    ERR_clear_error();
    int result = SSL_write(session, bytes, count > INT_MAX ? INT_MAX : (int)count);
    return result > 0 ? result : outcome(session, result);
}

void gh_tls_close(SSL *session) {
    ERR_clear_error();
    if (SSL_is_init_finished(session)) SSL_shutdown(session);
    ERR_clear_error();
}

EVP_PKEY *gh_make_p256_key(void) { return EVP_EC_gen("P-256"); }

int gh_add_extension(X509 *certificate, X509 *issuer, int nid, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    int done = extension && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    ERR_clear_error();
    return done;
}

int gh_set_random_serial(X509 *certificate) {
    BIGNUM *number = BN_new();
    int done = number && BN_rand(number, 159, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
               BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL;
    BN_free(number);
    return done;
}

int gh_set_validity(X509 *certificate, int64_t from, int64_t until) {
    return ASN1_TIME_set(X509_getm_notBefore(certificate), (time_t)from) != NULL &&
           ASN1_TIME_set(X509_getm_notAfter(certificate), (time_t)until) != NULL;
}

int64_t gh_certificate_end(const X509 *certificate) {
    struct tm time;
    if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &time) != 1) return -1;
    return (int64_t)timegm(&time);
}

static int copy_out(BIO *bio, int written, void *out, size_t room) {
    char *bytes = NULL;
    long count = bio && written == 1 ? BIO_get_mem_data(bio, &bytes) : -1;
    if (count > 0 && (size_t)count <= room) memcpy(out, bytes, (size_t)count);
    BIO_free(bio);
    return (int)count;
}

int gh_certificate_pem(X509 *certificate, void *out, size_t room) {
    BIO *bio = BIO_new(BIO_s_mem());
    return copy_out(bio, bio ? PEM_write_bio_X509(bio, certificate) : 0, out, room);
}

int gh_key_pem(EVP_PKEY *key, void *out, size_t room) {
    BIO *bio = BIO_new(BIO_s_secmem());
    return copy_out(bio, bio ? PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) : 0, out, room);
}
