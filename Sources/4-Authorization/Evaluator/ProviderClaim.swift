/// What the token of an OpenID Connect provider says of its bearer, as conditions ask for it.
///
/// Whether anybody may have a provider's token cannot be seen from its name. So only claims about who the bearer is count,
/// and not those that he may choose, such as the audience.
/// - Source: IAM User Guide, "Identity-provider controls for shared OIDC providers", "Available keys for AWS web identity
///   federation".
enum ProviderClaim {
    private static let ofBearers: Set<String> = [
        "sub", "id", "user_id", "email", "repository", "repository_id", "repository_owner", "repository_owner_id",
        "job_workflow_ref", "enterprise", "enterprise_id",
    ]

    /// Whether a value of a condition key leaves only bearers of somebody's choice.
    /// - Parameter key: lower-cased, such as `token.actions.githubusercontent.com:sub`.
    static func pins(_ key: String, _ value: String) -> Bool {
        guard let name = key.split(separator: ":").last.map(String.init) else { return false }
        guard ofBearers.contains(name) || key.utf8.starts(with: "saml:".utf8) else { return false }
        return isMeant(value)
    }

    /// Whether the part before the first wildcard names something whole: `repo:octo/*` does, `repo:*` and `repo:o*` do not.
    private static func isMeant(_ value: String) -> Bool {
        let (star, one, variable) = (UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "$"))
        guard let wild = value.utf8.firstIndex(where: { $0 == star || $0 == one || $0 == variable }) else {
            return !value.isEmpty
        }
        var words = value[..<wild].split(omittingEmptySubsequences: false) { $0 == ":" || $0 == "/" }
        // The last one goes on behind the wildcard; before a colon stands only what kind of thing it is.
        words.removeLast()
        if value[..<wild].contains(":") { words = Array(words.dropFirst()) }
        return words.contains { !$0.isEmpty }
    }
}
