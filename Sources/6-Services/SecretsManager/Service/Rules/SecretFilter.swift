import SecretsManagerAPI

/// One filter of a list of secrets: matched by who matches one of its values, and none of those that begin with `!`.
///
/// Descriptions are searched by words as well as by their beginning: so AWS was seen to answer, though its reference speaks
/// of the beginning alone.
/// - Source: Secrets Manager API Reference, "Filter"; User Guide, "Find secrets in AWS Secrets Manager".
struct SecretFilter: Sendable {
    private typealias Value = (text: String, words: SearchWords)
    private let key: SecretsManager.FilterNameStringType
    private let wanted: [Value]
    private let unwanted: [Value]

    init(_ filter: SecretsManager.Filter) throws {
        guard let key = filter.key else { throw Refused.parameter("Invalid filter key") }
        guard let values = filter.values, !values.isEmpty else {
            throw Refused.parameter("Invalid filter values for key: \(key.rawValue)")
        }
        self.key = key
        wanted = values.filter { !$0.hasPrefix("!") }.map { ($0, SearchWords($0)) }
        unwanted = values.filter { $0.hasPrefix("!") }.map { (String($0.dropFirst()), SearchWords($0)) }
    }

    func matches(_ secret: Secret) -> Bool {
        let texts = texts(of: secret)
        let words = key == .all || key == .description ? texts.map(SearchWords.init) : []
        func isMet(_ value: Value) -> Bool {
            switch key {
            case .all: value.words.areFound(among: words)
            case .description:
                value.words.areFound(among: words)
                    || texts.contains { $0.lowercased().hasPrefix(value.text.lowercased()) }
            default: texts.contains { $0.hasPrefix(value.text) }
            }
        }
        return (wanted.isEmpty || wanted.contains(where: isMet)) && !unwanted.contains(where: isMet)
    }

    private func texts(of secret: Secret) -> [String] {
        switch key {
        case .name: [secret.name]
        case .description: [secret.description].compactMap { $0 }
        case .tagKey: secret.tags.compactMap(\.key)
        case .tagValue: secret.tags.compactMap(\.value)
        case .all: ([secret.name, secret.description] + secret.tags.flatMap { [$0.key, $0.value] }).compactMap { $0 }
        // Of replicas and of other services' secrets, of which there are none.
        default: []
        }
    }
}
