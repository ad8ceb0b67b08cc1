import AWS
import Door
import World

extension SAMLOffer {
    /// A value of the attribute `Role`: both ARNs in either order, with a comma between.
    /// - Source: IAM User Guide, "Configure SAML assertions for the authentication response": Role.
    init?(_ value: String) {
        let parts = value.split(separator: ",", omittingEmptySubsequences: false).map { part in
            String(part.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
        }
        guard parts.count == 2 else { return nil }
        for (role, provider) in [(parts[0], parts[1]), (parts[1], parts[0])]
        where SAMLOffer.is(role, "role/") && SAMLOffer.is(provider, "saml-provider/") {
            self.init(role: role, provider: provider)
            return
        }
        return nil
    }

    private static func `is`(_ text: String, _ kind: String) -> Bool {
        guard text.utf8.count <= 2048, let arn = ARN(text) else { return false }
        return arn.service == "iam" && arn.resource.hasPrefix(kind)
    }

    /// Whether this is that role's, by that provider.
    func names(_ role: String, _ provider: String) -> Bool {
        self.role.hasSameBytes(as: role) && self.provider.hasSameBytes(as: provider)
    }

    /// Whether one account has both: a role trusts providers of its own account only.
    var isOfOneAccount: Bool { ARN(role)?.account == ARN(provider)?.account }
}
