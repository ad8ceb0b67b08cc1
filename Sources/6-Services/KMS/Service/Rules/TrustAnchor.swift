import Crypto
import KMSAPI

/// The certificate that a custom key store is made with. A PKCS#11 device has none to compare it with: it is shown again, and
/// nothing is trusted because of it.
enum TrustAnchor {
    /// - Throws: `IncorrectTrustAnchorException` where the text is not one X.509 certificate in PEM.
    static func check(_ pem: String) throws {
        guard let found = try? PresentedCertificate.read(pem: Array(pem.utf8)), found.count == 1 else {
            throw KMS.IncorrectTrustAnchorException(
                message: "The trust anchor certificate is not one X.509 certificate in PEM.")
        }
    }
}
