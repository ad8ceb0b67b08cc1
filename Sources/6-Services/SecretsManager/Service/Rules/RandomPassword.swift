import Crypto
import SecretsManagerAPI

/// A password made of the kinds of characters that are not excluded.
/// - Source: Secrets Manager API Reference, "GetRandomPassword".
struct RandomPassword {
    private static let lower = "abcdefghijklmnopqrstuvwxyz"
    private static let upper = lower.uppercased()
    private static let digits = "0123456789"
    private static let punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
    private static let usual = 32

    private let length: Int
    private let kinds: [[UInt8]]
    /// Those that it has one of at least. A space is among them where there is room for it.
    private let required: [[UInt8]]

    /// - Throws: `InvalidParameterException` where there can be no such password.
    init(_ input: SecretsManager.GetRandomPassword.Input) throws {
        let excluded = Set((input.excludeCharacters ?? "").utf8)
        var kinds: [String] = []
        if input.excludeLowercase != true { kinds.append(RandomPassword.lower) }
        if input.excludeUppercase != true { kinds.append(RandomPassword.upper) }
        if input.excludeNumbers != true { kinds.append(RandomPassword.digits) }
        if input.excludePunctuation != true { kinds.append(RandomPassword.punctuation) }
        if input.includeSpace == true { kinds.append(" ") }
        self.kinds = kinds.map { $0.utf8.filter { !excluded.contains($0) } }.filter { !$0.isEmpty }
        length = input.passwordLength ?? RandomPassword.usual
        guard !self.kinds.isEmpty else {
            throw Refused.parameter("The password can't be generated: all characters are excluded.")
        }
        let spaceless = self.kinds.filter { $0 != Array(" ".utf8) }
        required = input.requireEachIncludedType == false ? [] : length < self.kinds.count ? spaceless : self.kinds
        guard length >= required.count else {
            throw Refused.parameter("Password length is too short based on the required types.")
        }
    }

    func made() -> String {
        let all = kinds.flatMap { $0 }
        // Drawn anew until it has what it needs, so that every such password is as likely as any other; where that would
        // take too long, because it is short, one of each kind is put in and all are shuffled.
        for _ in 0..<64 {
            let text = (0..<length).map { _ in RandomPassword.pick(all) }
            if required.allSatisfy({ kind in text.contains { kind.contains($0) } }) {
                return String(decoding: text, as: UTF8.self)
            }
        }
        var text = required.map(RandomPassword.pick) + (required.count..<length).map { _ in RandomPassword.pick(all) }
        for index in text.indices.dropFirst().reversed() { text.swapAt(index, RandomPassword.below(index + 1)) }
        return String(decoding: text, as: UTF8.self)
    }

    private static func pick(_ characters: [UInt8]) -> UInt8 { characters[below(characters.count)] }

    /// Every number as likely: of what random bytes give, the incomplete last round is thrown away.
    private static func below(_ count: Int) -> Int {
        let room = 1 << 16
        while true {
            let number = SecureRandom.bytes(2).reduce(0) { $0 << 8 | Int($1) }
            if number < room - room % count { return number % count }
        }
    }
}
