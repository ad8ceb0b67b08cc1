import Federation
import STSAPI

/// Session tags as a token brings them: in one object, where each is a list of one value, or flattened into claims of their
/// own, where each is a text. A token that has both forms is refused, since one of them would have to be passed over.
/// - Source: IAM User Guide, "Pass session tags in AWS STS": AssumeRoleWithWebIdentity; the flattened form as measured by
///   radkawar/stackd, `scripts/aws/sts_oidc_probe.py`, commit 9dc356f.
enum ClaimedTags {
    private static let claim = "https://aws.amazon.com/tags"
    private static let flatTag = claim + "/principal_tags/"
    private static let flatTransitive = claim + "/transitive_tag_keys"

    static func read(_ claims: [String: Claim]) throws -> BroughtTags {
        let flat = claims.filter { $0.key.utf8.starts(with: flatTag.utf8) }
        let isFlat = !flat.isEmpty || claims[flatTransitive] != nil
        let pairs: [(key: String, value: String)]
        let passedOn: Claim?
        if let whole = claims[claim] {
            guard !isFlat else {
                throw STS.InvalidIdentityTokenException(message: "The token has session tags in both forms.")
            }
            guard case .object(let parts) = whole else { throw malformed }
            (pairs, passedOn) = (try nested(parts["principal_tags"]), parts["transitive_tag_keys"])
        } else {
            guard isFlat else { return .none }
            pairs = try flat.map { name, value in
                guard let text = value.text else { throw malformed }
                return (String(decoding: name.utf8.dropFirst(flatTag.utf8.count), as: UTF8.self), text)
            }
            passedOn = claims[flatTransitive]
        }
        guard let keys = passedOn.map(\.texts) ?? [] else { throw malformed }
        do throws(BroughtTags.Refusal) { return try BroughtTags(pairs, transitive: keys) } catch {
            throw STS.InvalidIdentityTokenException(message: error.message)
        }
    }

    private static func nested(_ tags: Claim?) throws -> [(key: String, value: String)] {
        guard let tags else { return [] }
        guard case .object(let given) = tags else { throw malformed }
        return try given.map { key, value in
            guard let values = value.texts, values.count == 1 else { throw malformed }
            return (key, values[0])
        }
    }

    private static let malformed = STS.InvalidIdentityTokenException(
        message:
            "The claim https://aws.amazon.com/tags must be an object with principal_tags and transitive_tag_keys, or "
            + "these must be claims of their own below it.")
}
