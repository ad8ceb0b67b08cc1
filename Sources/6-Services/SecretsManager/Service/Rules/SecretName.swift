import AWS
import Door
import SecretsManagerAPI
import World

/// How a request names a secret: by its name, or by its ARN, whole or without the last six characters. Only ARNs reach
/// other accounts.
/// - Source: Secrets Manager API Reference, "GetSecretValue", SecretId.
struct SecretName: Sendable, Equatable {
    /// As the request has it.
    let given: String
    let account: AccountID
    let region: Region
    /// Without the six characters.
    let name: String
    /// The six characters; nil where the request does not say them.
    let suffix: String?
    /// When it was asked for: a secret whose recovery window was over then is not there.
    let asked: Instant

    static let suffixLength = 6

    /// - Throws: for an ARN that can name no secret of this Region.
    init(_ text: String, for facts: RequestFacts) throws {
        (given, asked) = (text, facts.now)
        guard text.hasPrefix("arn:") else {
            (account, region, name, suffix) = (try facts.signedAccount(), facts.region, text, nil)
            return
        }
        let head = "secret:"
        guard let arn = ARN(text), arn.service == "secretsmanager", let account = arn.accountID,
            arn.resource.hasPrefix(head), arn.partition == facts.region.partition
        else { throw ValidationException(message: "Invalid ARN: \(text)") }
        guard arn.region == facts.region.description else { throw Refused.notFound }
        (self.account, region) = (account, facts.region)
        (name, suffix) = SecretName.parts(String(arn.resource.dropFirst(head.utf8.count)))
    }

    /// What ends in a hyphen and six letters or digits is taken for a whole ARN, also where it is not.
    static func parts(_ resource: String) -> (name: String, suffix: String?) {
        let end = resource.suffix(suffixLength + 1)
        guard end.utf8.count == suffixLength + 1, end.hasPrefix("-"), resource.utf8.count > end.utf8.count,
            end.dropFirst().utf8.allSatisfy(isLetterOrDigit)
        else { return (resource, nil) }
        return (String(resource.dropLast(suffixLength + 1)), String(end.dropFirst()))
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }

    /// As the policies see a secret that is not there.
    var arn: String { Secret.arn(account, region, name + (suffix.map { "-" + $0 } ?? "")) }

    /// - Throws: for what no secret may be called.
    static func check(_ name: String) throws {
        guard name.utf8.allSatisfy({ isLetterOrDigit($0) || "/_+=.@-!".utf8.contains($0) }) else {
            throw ValidationException(
                message: "Invalid name. Must be a valid name containing alphanumeric characters, or any of the "
                    + "following: -/_+=.@!")
        }
    }
}
