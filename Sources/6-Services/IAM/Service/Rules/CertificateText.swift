import Crypto
import IAMAPI
import World

/// What must be true of a certificate before it is kept.
/// - Source: IAM User Guide, "Manage server certificates in IAM": one certificate in PEM, valid today, a key in PEM that is not
///   encrypted and belongs to it, a chain in order.
enum CertificateText {
    private static let leastRSABits = 1024

    /// The one certificate of a body, valid at `now`.
    /// - Parameter complaint: what is said of a body that cannot be read.
    static func single(
        _ body: String, at now: Instant,
        complaint: String = "Unable to parse certificate. Please ensure the certificate is in PEM format."
    ) throws -> PresentedCertificate {
        let certificates: [PresentedCertificate]
        do { certificates = try self.certificates(in: body) } catch { throw malformed(complaint) }
        guard certificates.count == 1, let certificate = certificates.first else {
            throw malformed("The certificate body must hold one certificate, not \(certificates.count).")
        }
        guard let validity = certificate.validity else {
            throw malformed("The certificate does not say how long it is valid.")
        }
        guard now.seconds >= validity.lowerBound else {
            throw malformed(
                "The certificate is not valid before \(Instant(seconds: validity.lowerBound).iso8601).")
        }
        guard now.seconds <= validity.upperBound else {
            throw malformed("The certificate expired at \(Instant(seconds: validity.upperBound).iso8601).")
        }
        return certificate
    }

    /// Whether the certificate's key can be used at all. Elliptic curves have short keys, RSA must not.
    static func checkKey(_ certificate: PresentedCertificate) throws {
        let bits = certificate.keyBits
        guard bits >= leastRSABits || (224...640).contains(bits) else {
            throw IAM.InvalidCertificateException(
                message: bits == 0
                    ? "The certificate's public key is of a kind that is not known."
                    : "The certificate's public key has \(bits) bits only.")
        }
    }

    /// The private key of a certificate.
    static func checkPair(_ certificate: PresentedCertificate, _ privateKey: String) throws {
        let belongs: Bool
        do { belongs = try certificate.belongs(toKey: pem(privateKey)) } catch {
            throw malformed(
                "Unable to parse private key. Please ensure the key is in PEM format and is not encrypted.")
        }
        guard belongs else {
            throw IAM.KeyPairMismatchException(
                message: "The private key did not match the public key provided. Please verify the key material and "
                    + "try again.")
        }
    }

    /// The authorities behind a certificate: each must have signed the one before it.
    static func checkChain(_ certificate: PresentedCertificate, _ chain: String) throws {
        let issuers: [PresentedCertificate]
        do { issuers = try certificates(in: chain) } catch {
            throw malformed("Unable to parse certificate chain. Please ensure each certificate is in PEM format.")
        }
        for (index, pair) in zip([certificate] + issuers, issuers).enumerated()
        where !pair.0.isSigned(by: pair.1) {
            throw malformed(
                "Unable to validate certificate chain. It must start with the certificate that signed the body, followed by"
                    + " those above it in order. The index within the chain of the invalid certificate is: \(index)")
        }
    }

    /// OpenSSL wants the last line ended.
    /// Certificates and nothing else: what is kept is shown again, and OpenSSL passes over a private key beside them.
    private static func certificates(in text: String) throws -> [PresentedCertificate] {
        let blocks = text.split(separator: "-----BEGIN ", omittingEmptySubsequences: false).dropFirst()
        guard blocks.allSatisfy({ block in kinds.contains { block.hasPrefix($0) } }) else { throw NotCertificates() }
        return try PresentedCertificate.read(pem: pem(text))
    }

    private static func pem(_ text: String) -> [UInt8] { Array((text.trimmingSpace + "\n").utf8) }

    private static let kinds = ["CERTIFICATE-----", "X509 CERTIFICATE-----", "TRUSTED CERTIFICATE-----"]
    private struct NotCertificates: Error {}

    private static func malformed(_ reason: String) -> IAM.MalformedCertificateException {
        IAM.MalformedCertificateException(message: reason)
    }
}
