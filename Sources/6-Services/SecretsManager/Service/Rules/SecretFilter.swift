import SecretsManagerAPI

/// One filter of a list of secrets: matched by who matches one of its values, and none of those that begin with `!`.
///
/// Descriptions are searched by words as well as by their beginning: so AWS was seen to answer, though its reference speaks
/// of the beginning alone.
/// - Source: Secrets Manager API Reference, "Filter"; User Guide, "Find secrets in AWS Secrets Manager".
struct SecretFilter: Sendable {
    private struct Value: Sendable {
        let text: String
        let small: String
        let words: SearchWords

        init(_ text: String) { (self.text, small, words) = (text, text.lowercased(), SearchWords(text)) }
    }

    private let key: SecretsManager.FilterNameStringType
    private let wanted: [Value]
    private let unwanted: [Value]

    init(_ filter: SecretsManager.Filter) throws {
        guard let key = filter.key else { throw Refused.parameter("Invalid filter key") }
        guard let values = filter.values, !values.isEmpty else {
            throw Refused.parameter("Invalid filter values for key: \(key.rawValue)")
        }
        self.key = key
        wanted = values.filter { !$0.hasPrefix("!") }.map { Value($0) }
        unwanted = values.filter { $0.hasPrefix("!") }.map { Value(String($0.dropFirst())) }
    }

    func matches(_ secret: SearchedSecret) -> Bool {
        (wanted.isEmpty || wanted.contains { isMet($0, by: secret) })
            && !unwanted.contains { isMet($0, by: secret) }
    }

    private func isMet(_ value: Value, by searched: SearchedSecret) -> Bool {
        let secret = searched.secret
        return switch key {
        case .all: searched.hasWords(value.words)
        case .description:
            searched.hasWords(value.words, ofDescription: true)
                || searched.begins(searched.smallDescription, with: value.small)
        case .name: searched.begins([secret.name], with: value.text)
        case .tagKey: searched.begins(secret.tags.compactMap(\.key), with: value.text)
        case .tagValue: searched.begins(secret.tags.compactMap(\.value), with: value.text)
        // Of replicas and of other services' secrets, of which there are none.
        default: false
        }
    }
}
