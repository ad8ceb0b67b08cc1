import AWS
import Authorization
import Door
import S3API

/// Whose a bucket or an object is.
enum ListOwner: Sendable, Hashable {
    case account(AccountID)
    /// Whoever calls without a signature: of no account.
    case anonymous

    /// Of the anonymous user.
    /// - Source: S3 User Guide, "Access control list (ACL) overview".
    private static let anonymousID = "65a011a29cdf8ec533ec3d1ccaae921c"
    private static let anonymousText = "-"

    var account: AccountID? { if case .account(let account) = self { account } else { nil } }

    var grantee: S3Access.Grantee {
        switch self {
        case .account(let account): .account(account)
        case .anonymous: .anonymous
        }
    }

    /// As lists show it.
    var canonicalID: String {
        switch self {
        case .account(let account): CanonicalUser.id(of: account)
        case .anonymous: ListOwner.anonymousID
        }
    }

    var shape: S3.Owner { S3.Owner(iD: canonicalID) }

    /// As the database has it.
    var stored: String { account?.description ?? ListOwner.anonymousText }

    init(stored text: String) throws {
        self = text == ListOwner.anonymousText ? .anonymous : .account(try AccountID.stored(text))
    }
}

/// An access control list: what it grants of a bucket or of an object, beside what policies allow.
///
/// Stored as words, one for each grant: a letter for the permission, then an account or a sign for a group.
/// - Source: S3 User Guide, "Access control list (ACL) overview".
struct AccessControlList: Sendable, Hashable {
    let grants: [S3Access.Grant]

    /// - Source: the same, "An ACL can have up to 100 grants".
    static let limit = 100

    init(_ grants: [S3Access.Grant]) { self.grants = grants }

    /// What there is until somebody sets another: all of it to the owner.
    init(ownedBy owner: ListOwner) { grants = [S3Access.Grant(owner.grantee, .fullControl)] }

    var isPublic: Bool { PublicAccess.isPublic(grants) }

    /// Without what IgnorePublicAcls ignores.
    var withoutPublic: AccessControlList { AccessControlList(grants.filter { !$0.isPublic }) }

    var shapes: [S3.Grant] {
        grants.map { S3.Grant(grantee: $0.grantee.shape, permission: S3.Permission(rawValue: $0.permission.rawValue)) }
    }

    var stored: String { grants.map { $0.permission.letter + $0.grantee.stored }.joined(separator: " ") }

    init(stored text: String) throws {
        grants = try text.split(separator: " ").map { word in
            guard let permission = S3Access.Permission(letter: word.prefix(1)) else { throw Damaged.list(text) }
            return S3Access.Grant(try S3Access.Grantee(stored: String(word.dropFirst())), permission)
        }
    }
}

extension S3Access.Permission {
    fileprivate var letter: String {
        switch self {
        case .fullControl: "F"
        case .read: "R"
        case .write: "W"
        case .readACP: "r"
        case .writeACP: "w"
        }
    }

    fileprivate init?(letter: Substring) {
        switch letter {
        case "F": self = .fullControl
        case "R": self = .read
        case "W": self = .write
        case "r": self = .readACP
        case "w": self = .writeACP
        default: return nil
        }
    }
}

extension S3Access.Grantee {
    /// The groups by which lists name everybody, everybody with an account, and the deliverer of logs.
    static let groups: [(uri: String, grantee: S3Access.Grantee)] = [
        ("http://acs.amazonaws.com/groups/global/AllUsers", .allUsers),
        ("http://acs.amazonaws.com/groups/global/AuthenticatedUsers", .authenticatedUsers),
        ("http://acs.amazonaws.com/groups/s3/LogDelivery", .logDelivery),
    ]

    fileprivate var shape: S3.Grantee {
        switch self {
        case .account(let account): S3.Grantee(iD: CanonicalUser.id(of: account), type: .canonicalUser)
        case .anonymous: S3.Grantee(iD: ListOwner.anonymous.canonicalID, type: .canonicalUser)
        case .allUsers, .authenticatedUsers, .logDelivery:
            S3.Grantee(type: .group, uRI: S3Access.Grantee.groups.first { $0.grantee == self }?.uri)
        }
    }

    fileprivate var stored: String {
        switch self {
        case .account(let account): account.description
        case .anonymous: ListOwner.anonymous.stored
        case .allUsers: "*"
        case .authenticatedUsers: "@"
        case .logDelivery: "L"
        }
    }

    fileprivate init(stored text: String) throws {
        switch text {
        case "*": self = .allUsers
        case "@": self = .authenticatedUsers
        case "L": self = .logDelivery
        default: self = try ListOwner(stored: text).grantee
        }
    }
}
