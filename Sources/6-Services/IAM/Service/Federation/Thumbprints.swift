import Federation
import IAMAPI

/// SHA-1 digests of certificates, as a provider's list has them: forty hexadecimal digits each.
/// - Source: IAM API Reference, "CreateOpenIDConnectProvider": ThumbprintList.
enum Thumbprints {
    static func checked(_ list: [String]) throws -> [String] {
        guard list.count <= ProviderLimits.thumbprints else {
            throw IAM.InvalidInputException(
                message: "Thumbprint list must contain fewer than \(ProviderLimits.thumbprints) entries.")
        }
        for thumbprint in list {
            guard thumbprint.utf8.count == 40, thumbprint.utf8.allSatisfy(isDigit) else {
                throw IAM.InvalidInputException(message: "The thumbprint \(thumbprint) is not 40 hexadecimal digits.")
            }
        }
        return list
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte & 0xDF)
    }

    /// Of the last certificate that the provider shows; none for one that speaks HTTP.
    static func fetched(from issuer: IssuerURL, _ fetch: ProviderFetch) async throws -> [String] {
        guard issuer.description.hasPrefix("https://") else { return [] }
        do throws(ProviderFetch.Failure) {
            let digest = try await fetch.thumbprint(of: issuer)
            return [digest.map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()]
        } catch {
            if error == .address {
                throw IAM.OpenIdIdpCommunicationErrorException(
                    message: "\(issuer) is in a network that the server's setting issuer-networks does not name.")
            }
            throw IAM.OpenIdIdpCommunicationErrorException(
                message: "Unable to connect to \(issuer) to retrieve its certificate thumbprint.")
        }
    }
}
