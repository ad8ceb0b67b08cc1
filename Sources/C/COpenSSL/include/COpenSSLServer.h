// A TLS server and a small certificate authority in calls without macros, varargs or callbacks.
#ifndef GATEHOUSE_COPENSSL_SERVER_H
#define GATEHOUSE_COPENSSL_SERVER_H

#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stddef.h>
#include <stdint.h>

/// A context for TLS 1.2 and 1.3, ALPN `http/1.1`, tickets, no renegotiation. Null where OpenSSL fails.
SSL_CTX *gh_tls_server_context(void);
/// Takes the certificate chain (leaf first) and its key from PEM. 1, or 0 where they are malformed or do not match.
int gh_tls_use_identity(SSL_CTX *context, const void *chain, size_t chain_count, const void *key, size_t key_count);
// 1 where sessions will be refused to clients that ask for another name; whoever asks for none is served.
int gh_tls_expect_name(SSL_CTX *context, const char *name);
SSL *gh_tls_accept_on(SSL_CTX *context, int socket);

enum { GH_TLS_AGAIN = -1, GH_TLS_END = 0, GH_TLS_FAILED = -2 };
/// 1 when done, GH_TLS_AGAIN or GH_TLS_FAILED.
int gh_tls_handshake(SSL *session);
/// Bytes, or one of the three above.
int gh_tls_read(SSL *session, void *bytes, size_t count);
int gh_tls_write(SSL *session, const void *bytes, size_t count);
/// Tells the peer that nothing more comes; does not wait for its answer.
void gh_tls_close(SSL *session);

EVP_PKEY *gh_make_p256_key(void);
/// Adds an extension in OpenSSL's notation. `issuer` may be the certificate itself. 1 or 0.
int gh_add_extension(X509 *certificate, X509 *issuer, int nid, const char *value);
/// A positive serial number of 159 random bits. 1 or 0.
int gh_set_random_serial(X509 *certificate);
/// Sets the validity, in seconds since 1970. 1 or 0.
int gh_set_validity(X509 *certificate, int64_t from, int64_t until);
/// PEM into `out`: the bytes needed, which may be more than `room`; negative where OpenSSL fails.
int gh_certificate_pem(X509 *certificate, void *out, size_t room);
int gh_key_pem(EVP_PKEY *key, void *out, size_t room);
X509 *gh_read_certificate(const void *pem, size_t count);
EVP_PKEY *gh_read_key(const void *pem, size_t count);
/// Seconds since 1970 at which a certificate ends, or -1.
int64_t gh_certificate_end(const X509 *certificate);

#endif
