import SecretsManagerAPI

/// A secret that filters look at. Its texts are taken apart once, for all of them, and what they did is counted.
final class SearchedSecret {
    let secret: Secret
    /// What was looked at until now: bytes of texts that were taken apart, and comparisons of words and texts.
    private(set) var work = 0

    init(_ secret: Secret) { self.secret = secret }

    /// In small letters; empty without one.
    private(set) lazy var smallDescription = [secret.description].compactMap { text in
        work += text?.utf8.count ?? 0
        return text?.lowercased()
    }

    private lazy var descriptionWords = words(of: [secret.description])
    private lazy var allWords = words(
        of: [secret.name, secret.description] + secret.tags.flatMap { [$0.key, $0.value] })

    private func words(of texts: [String?]) -> SearchedWords {
        let texts = texts.compactMap { $0 }
        let words = SearchedWords(texts)
        work += texts.reduce(0) { $0 + $1.utf8.count } + words.count * words.depth
        return words
    }

    /// Whether each of these begins a word of its description, or of any of its texts.
    func hasWords(_ sought: SearchWords, ofDescription: Bool = false) -> Bool {
        let words = ofDescription ? descriptionWords : allWords
        work += sought.all.count * words.depth
        return words.have(sought)
    }

    /// Whether one of the texts begins so.
    func begins(_ texts: [String], with beginning: String) -> Bool {
        work += texts.count
        return texts.contains { $0.hasPrefix(beginning) }
    }
}
