import AWS
import Authentication
import Door
import STSAPI

/// The session tags that a token or an assertion brings.
/// - Source: IAM User Guide, "Pass session tags in AWS STS"; IAM and STS quotas. Keys are compared without case.
struct BroughtTags: Sendable {
    let all: [String: String]
    let transitiveKeys: Set<String>

    /// What is wrong with a list of tags.
    struct Refusal: Error {
        let message: String
        /// Whether a key is there twice.
        var isRepetition = false
    }

    static let none = BroughtTags()
    private static let limit = 50

    private init() { (all, transitiveKeys) = ([:], []) }

    init(_ tags: [(key: String, value: String)], transitive: [String]) throws(Refusal) {
        guard tags.count <= BroughtTags.limit, transitive.count <= BroughtTags.limit else {
            throw Refusal(message: "The session cannot have more than \(BroughtTags.limit) tags.")
        }
        var (all, folded): ([String: String], Set<String>) = ([:], [])
        for tag in tags {
            guard BroughtTags.fits(tag.key, 1...128), BroughtTags.fits(tag.value, 0...256) else {
                throw Refusal(message: "The tag \(tag.key.prefix(128)) has a key or a value that is not allowed.")
            }
            guard folded.insert(tag.key.lowercased()).inserted else {
                throw Refusal(
                    message: "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
                    isRepetition: true)
            }
            guard !tag.key.lowercased().hasPrefix("aws:") else {
                throw Refusal(message: "Tag keys may not begin with aws:. That prefix is reserved.")
            }
            all[tag.key] = tag.value
        }
        let passedOn = Set(transitive.map { $0.lowercased() })
        guard passedOn.isSubset(of: folded) else {
            throw Refusal(message: "The specified transitive tag key must be included in the requested tags.")
        }
        self.all = all
        transitiveKeys = Set(all.keys.filter { passedOn.contains($0.lowercased()) })
    }

    var isEmpty: Bool { all.isEmpty }
    /// What they take of the space that session policies and tags share, in bytes.
    var size: Int { all.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count } }

    var conditionKeys: [ConditionEntry] {
        guard !all.isEmpty else { return [] }
        let sorted = all.sorted { $0.key < $1.key }
        var keys = sorted.map { ConditionEntry(.awsRequestTag($0.key), $0.value) }
        keys.append(ConditionEntry(.awsTagKeys, sorted.map(\.key)))
        if !transitiveKeys.isEmpty { keys.append(ConditionEntry(.stsTransitiveTagKeys, transitiveKeys.sorted())) }
        return keys
    }

    /// Letters, separators, digits and `_.:/=+-@`, as the model's pattern has it.
    private static func fits(_ text: String, _ length: ClosedRange<Int>) -> Bool {
        length.contains(text.unicodeScalars.count)
            && text.unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
                    .spaceSeparator,
                    .lineSeparator, .paragraphSeparator, .decimalNumber, .letterNumber, .otherNumber:
                    true
                default: "_.:/=+-@".unicodeScalars.contains(scalar)
                }
            }
    }
}
