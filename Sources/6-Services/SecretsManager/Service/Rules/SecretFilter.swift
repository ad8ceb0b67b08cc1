import SecretsManagerAPI

/// One filter of a list of secrets: matched by who matches one of its values, and none of those that begin with `!`.
/// - Source: Secrets Manager API Reference, "Filter"; User Guide, "Find secrets in AWS Secrets Manager".
struct SecretFilter: Sendable {
    private let key: SecretsManager.FilterNameStringType
    private let wanted: [String]
    private let unwanted: [String]

    init(_ filter: SecretsManager.Filter) throws {
        guard let key = filter.key, let values = filter.values, !values.isEmpty else {
            throw Refused.parameter("Each filter needs a key and values.")
        }
        self.key = key
        wanted = values.filter { !$0.hasPrefix("!") }
        unwanted = values.filter { $0.hasPrefix("!") }.map { String($0.dropFirst()) }
    }

    func matches(_ secret: Secret) -> Bool {
        (wanted.isEmpty || wanted.contains { matches(secret, $0) }) && !unwanted.contains { matches(secret, $0) }
    }

    private func matches(_ secret: Secret, _ value: String) -> Bool {
        switch key {
        case .name: secret.name.hasPrefix(value)
        case .description: secret.description?.lowercased().hasPrefix(value.lowercased()) ?? false
        case .tagKey: secret.tags.contains { $0.key?.hasPrefix(value) ?? false }
        case .tagValue: secret.tags.contains { $0.value?.hasPrefix(value) ?? false }
        case .all: matchesAnywhere(secret, value)
        // Of replicas and of other services' secrets, of which there are none.
        default: false
        }
    }

    /// Every word of the value is somewhere.
    private func matchesAnywhere(_ secret: Secret, _ value: String) -> Bool {
        let texts =
            ([secret.name, secret.description] + secret.tags.flatMap { [$0.key, $0.value] })
            .compactMap { $0?.lowercased() }
        return value.lowercased().split(separator: " ").allSatisfy { word in
            texts.contains { $0.contains(word) }
        }
    }
}
