import AWS
import Door
import KMSAPI
import Storage

/// Who a grant is for, or who may retire it: as it is stored, which a namesake does not match, and as it is called.
///
/// Users and roles are stored by their unique ids, a role's session by the role's id and the session's name, an account by
/// its number, federated users by their ARN and services by their name.
struct GrantPrincipal: Hashable, Sendable {
    let stored: String
    /// An ARN, or the name of a service.
    let name: String

    /// - Throws: `InvalidArnException` for what is nobody.
    init(_ text: String, _ names: any PrincipalNames, _ snapshot: borrowing Snapshot) throws {
        name = text
        if GrantPrincipal.isService(text) {
            stored = text
            return
        }
        // Entities live in the partition of the server's own account: another's text would name nobody, and hide whom it means.
        guard let arn = ARN(text), arn.partition == "aws", arn.region.isEmpty, let account = arn.accountID else {
            throw GrantPrincipal.invalid
        }
        if arn.service == "iam", arn.resource == "root" {
            stored = account.description
        } else if arn.service == "iam", case .id(let id)? = try names.entity(arn: text, in: snapshot) {
            stored = id
        } else if arn.service == "sts" {
            stored = try GrantPrincipal.session(arn, account, names, snapshot)
        } else {
            throw GrantPrincipal.invalid
        }
    }

    private init(_ stored: String, _ name: String) { (self.stored, self.name) = (stored, name) }

    /// As which the caller holds grants.
    static func all(of principal: Principal) -> [GrantPrincipal] {
        func account(_ account: AccountID) -> GrantPrincipal {
            GrantPrincipal(account.description, "arn:aws:iam::\(account):root")
        }
        switch principal {
        case .root(let id): return [account(id)]
        case .user(let user): return [GrantPrincipal(user.uniqueID, user.arn), account(user.account)]
        case .roleSession(let session):
            return [
                GrantPrincipal(session.roleID, session.roleARN), GrantPrincipal(principal.userID, session.arn),
                account(session.account),
            ]
        case .federatedUser(let user):
            let issuer = user.issuer.map { GrantPrincipal($0.uniqueID, $0.arn) }
            return [GrantPrincipal(user.arn, user.arn), issuer, account(user.account)].compactMap { $0 }
        case .service(let name): return [GrantPrincipal(name, name)]
        case .bearer, .anonymous: return []
        }
    }

    /// `dynamodb.amazonaws.com`
    static func isService(_ text: String) -> Bool {
        text.hasSuffix(".amazonaws.com") && !text.utf8.contains(UInt8(ascii: ":"))
            && !text.utf8.contains(UInt8(ascii: "/"))
    }

    private static func session(
        _ arn: ARN, _ account: AccountID, _ names: any PrincipalNames, _ snapshot: borrowing Snapshot
    ) throws -> String {
        let parts = arn.resource.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count == 2, parts[0] == "federated-user", !parts[1].isEmpty { return arn.description }
        guard parts.count == 3, parts[0] == "assumed-role", !parts[2].isEmpty,
            let role = try names.roleID(named: String(parts[1]), in: account, snapshot)
        else { throw invalid }
        return "\(role):\(parts[2])"
    }

    private static let invalid = KMS.InvalidArnException(message: "ARN does not refer to a valid principal")

    /// How a list calls whoever was stored: by the ARN of today, or by the id where there is nobody of that id any more.
    static func shown(_ stored: String, _ name: String, _ names: any PrincipalNames, _ snapshot: borrowing Snapshot)
        throws -> String
    {
        guard stored.hasPrefix("AIDA") || stored.hasPrefix("AROA"), !stored.utf8.contains(UInt8(ascii: ":")) else {
            return name
        }
        return try names.arn(id: stored, in: snapshot) ?? stored
    }
}
