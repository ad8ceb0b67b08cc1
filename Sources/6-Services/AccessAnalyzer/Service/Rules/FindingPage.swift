import AccessAnalyzerAPI
import Crypto
import Formats

/// Which of the findings an answer has. A token is bound to the policy it was given for.
struct FindingPage {
    let range: Range<Int>
    let nextToken: String?

    private static let largest = 1000
    /// The page where the caller names no size.
    private static let usual = 100

    init(_ input: AccessAnalyzer.ValidatePolicy.Input, of count: Int) throws {
        let size = input.maxResults ?? FindingPage.usual
        guard (1...FindingPage.largest).contains(size) else {
            throw Invalid.field("maxResults must be between 1 and \(FindingPage.largest).")
        }
        let start = try input.nextToken.map { try FindingPage.start($0, input) } ?? 0
        guard start <= count else { throw FindingPage.stranger }
        range = start..<min(start + size, count)
        nextToken = range.upperBound < count ? FindingPage.token(range.upperBound, input) : nil
    }

    private static func start(_ token: String, _ input: AccessAnalyzer.ValidatePolicy.Input) throws -> Int {
        guard let bytes = Base64.decode(Array(token.utf8)), bytes.count == 12,
            Array(bytes[4...]) == digest(input)
        else { throw stranger }
        return bytes[..<4].reduce(0) { $0 << 8 | Int($1) }
    }

    private static func token(_ start: Int, _ input: AccessAnalyzer.ValidatePolicy.Input) -> String {
        Base64.encode([24, 16, 8, 0].map { UInt8(truncatingIfNeeded: start >> $0) } + digest(input))
    }

    private static func digest(_ input: AccessAnalyzer.ValidatePolicy.Input) -> [UInt8] {
        let question = [
            input.policyType.rawValue, input.validatePolicyResourceType?.rawValue ?? "", input.policyDocument,
        ].joined(separator: "\n")
        return Array(SHA256.hash(Array(question.utf8)).prefix(8))
    }

    private static let stranger = Invalid.field("The nextToken is not one that was given for this policy.")
}
