/// The words that a search for secrets takes a text apart into, in small letters. What is neither letter nor digit is
/// between words; so is a change from letters to digits or back, and the begin of a capitalised word: `credsDatabase#892`
/// is `creds`, `database` and `892`, and `HTTPServer` is `http` and `server`.
/// - Source: Secrets Manager User Guide, "Find secrets in AWS Secrets Manager".
struct SearchWords: Sendable {
    let all: [String]

    init(_ text: String) {
        all = text.utf8.allSatisfy { $0 < 0x80 } ? SearchWords.plain(text.utf8) : SearchWords.any(text)
    }

    /// Of ASCII, which nearly all texts are: a search reads thousands of them.
    private static func plain(_ text: String.UTF8View) -> [String] {
        var words: [[UInt8]] = []
        var last = Kind.mark
        for byte in text {
            let kind = Kind(byte)
            let small = kind == .capital ? byte | 0x20 : byte
            if kind == .small, last == .capital, var word = words.popLast(), let capital = word.popLast() {
                if !word.isEmpty { words.append(word) }
                words.append([capital, small])
            } else if kind == last, kind != .mark {
                words[words.count - 1].append(small)
            } else if kind != .mark {
                words.append([small])
            }
            last = kind
        }
        return words.map { String(decoding: $0, as: UTF8.self) }
    }

    private static func any(_ text: String) -> [String] {
        var words: [String] = []
        var last = Kind.mark
        for character in text {
            let kind = Kind(character)
            if kind == .small, last == .capital, let word = words.popLast() {
                // The last capital begins the word that follows.
                if word.count > 1 { words.append(String(word.dropLast())) }
                words.append(String(word.suffix(1)) + String(character))
            } else if kind == last, kind != .mark {
                words[words.count - 1].append(character)
            } else if kind != .mark {
                words.append(String(character))
            }
            last = kind
        }
        return words.map { $0.lowercased() }
    }

    private enum Kind {
        case capital, small, digit, mark

        init(_ byte: UInt8) {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): self = .capital
            case UInt8(ascii: "a")...UInt8(ascii: "z"): self = .small
            case UInt8(ascii: "0")...UInt8(ascii: "9"): self = .digit
            default: self = .mark
            }
        }

        init(_ character: Character) {
            if character.isUppercase {
                self = .capital
            } else if character.isLetter {
                self = .small
            } else {
                self = character.isNumber ? .digit : .mark
            }
        }
    }
}

/// The words of texts, in the order of their bytes: whatever a search looks for in them costs few comparisons.
struct SearchedWords: Sendable {
    private let all: [String]

    init(_ texts: [String]) {
        all = texts.flatMap { SearchWords($0).all }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    var count: Int { all.count }

    /// How many words are compared to find one.
    var depth: Int { Int.bitWidth - all.count.leadingZeroBitCount + 1 }

    /// Whether each of the sought words begins one of these. No words are found nowhere.
    func have(_ sought: SearchWords) -> Bool { !sought.all.isEmpty && sought.all.allSatisfy(have) }

    /// The first that does not precede it begins with it if any does.
    private func have(_ beginning: String) -> Bool {
        var (low, high) = (0, all.count)
        while low < high {
            let middle = (low + high) / 2
            if all[middle].utf8.lexicographicallyPrecedes(beginning.utf8) { low = middle + 1 } else { high = middle }
        }
        return low < all.count && all[low].utf8.starts(with: beginning.utf8)
    }
}
