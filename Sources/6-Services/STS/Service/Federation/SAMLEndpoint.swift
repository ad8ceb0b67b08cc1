import AWS

/// An address that responses are sent to, as identity providers know it: AWS's sign-in, of a Region or of none, for all
/// providers or for one.
/// - Source: IAM User Guide, "Configure SAML assertions for the authentication response": Subject and NameID; AWS General
///   Reference, "AWS Sign-In endpoints and quotas".
struct SAMLEndpoint {
    /// The unique id (`SAMLProviderUUID`) of the provider that the address is for; nil where it is for all.
    let provider: String?

    /// Nil for any other address, however like it is.
    init?(_ text: String) {
        // Letters outside ASCII have equivalents that strings do not tell apart.
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), text.hasPrefix("https://") else { return nil }
        let parts = text.dropFirst("https://".count).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 2, SAMLEndpoint.isSignIn(parts[0]), parts[1] == "saml" else { return nil }
        if parts.count == 2 {
            provider = nil
        } else {
            guard parts.count == 4, parts[2] == "acs", !parts[3].isEmpty else { return nil }
            provider = String(parts[3])
        }
    }

    private static func isSignIn(_ host: Substring) -> Bool {
        if host == EndpointDomain.signIn { return true }
        guard host.hasSuffix("." + EndpointDomain.signIn) else { return false }
        return Region(host.dropLast(EndpointDomain.signIn.count + 1))?.partition == "aws"
    }
}
