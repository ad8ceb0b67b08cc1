import AWS
import Federation
import STSAPI
import World

/// The roles that a token is for, where it says so: it opens no other, whatever that other's trust policy says.
///
/// A list of ARNs, or a text with semicolons between them. What is no role's ARN names none, and patterns are no ARNs; a claim
/// that names no role at all makes the token bad. `null` says nothing.
/// - Source: Service Authorization Reference, AssumeRoleWithWebIdentity, `sts:RoleAuthorizedByIdp`; the claim as measured by
///   radkawar/stackd, `docs/oidc-federation.md`, commit 9dc356f.
struct ClaimedRoles: Sendable {
    private static let claim = "https://aws.amazon.com/roles"
    /// Nil where the token does not say.
    private let arns: [String]?

    init(_ claims: [String: Claim]) throws {
        let entries: [String]
        switch claims[ClaimedRoles.claim] {
        case nil, .some(.none):
            arns = nil
            return
        case .text(let text): entries = text.split(separator: ";").map(String.init)
        case .list(let list): entries = list.compactMap(\.text)
        default:
            throw ClaimedRoles.invalid(
                "The roles claim must be a list of role ARNs, or a text of them with semicolons.")
        }
        let arns = entries.map(ClaimedRoles.trimmed).filter(ClaimedRoles.isRole)
        guard !arns.isEmpty else { throw ClaimedRoles.invalid("The roles claim has no valid role ARN.") }
        self.arns = arns
    }

    /// As `sts:RoleAuthorizedByIdp` has it, of a role that passed `check`.
    var areNamed: Bool { arns != nil }

    /// Throws where the token is for other roles.
    func check(_ role: String) throws {
        guard let arns, !arns.contains(where: { $0.hasSameBytes(as: role) }) else { return }
        throw ClaimedRoles.invalid("The target role ARN is not present in the roles claim of the identity token")
    }

    private static func trimmed(_ text: String) -> String {
        String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }

    private static func isRole(_ text: String) -> Bool {
        guard text.utf8.count <= 2048, let arn = ARN(text) else { return false }
        return arn.service == "iam" && arn.region.isEmpty && arn.accountID != nil && arn.resource.hasPrefix("role/")
            && arn.resource.utf8.count > "role/".utf8.count && !arn.resource.contains { ":*?".contains($0) }
    }

    private static func invalid(_ message: String) -> STS.InvalidIdentityTokenException {
        STS.InvalidIdentityTokenException(message: message)
    }
}
