import AWS
import Crypto
import Door
import Formats
import IAMAPI
import Storage
import World

/// A user name and password, or an API key, of a user for one service alone.
///
/// Only a digest of the secret is kept: with 360 random bits a plain one is as good as a slow one. The services are not
/// served here yet; whichever comes will ask `ServiceCredential` and be answered with what was generated.
/// - Source: what secrets, keys and refusals look like as captured from AWS in radkawar/stackd,
///   `docs/iam-service-credentials.md` and the files it names, commit 9dc356f.
struct ServiceCredential: Sendable {
    /// `ACCA…`
    let id: String
    let account: AccountID
    /// The user's unique id.
    let owner: String
    let service: Service
    /// `jane-at-123456789012`.
    let userName: String
    let isActive: Bool
    let created: Instant
    let expires: Instant?

    /// The services that IAM makes such credentials for.
    /// - Source: IAM User Guide, "Service-specific credentials for IAM users" and "API keys for AWS services".
    enum Service: String, Sendable, CaseIterable {
        case codeCommit = "codecommit.amazonaws.com"
        case cassandra = "cassandra.amazonaws.com"
        case bedrock = "bedrock.amazonaws.com"
        case logs = "logs.amazonaws.com"
        case cloudWatch = "cloudwatch.amazonaws.com"
        case externalAnthropic = "aws-external-anthropic.amazonaws.com"

        /// The one of that name, in capitals or not. Nil where there is none.
        init?(known name: String) { self.init(rawValue: name.lowercased()) }

        init(name: String) throws {
            guard name.utf8.allSatisfy(Service.isOfName) else {
                throw Invalid("ServiceName must match [a-zA-Z0-9.-]*")
            }
            guard let service = Service(known: name) else {
                // The model has an error for it, which AWS does not give.
                throw IAM.NoSuchEntityException(
                    message: "No such service \(name) is supported for Service Specific Credentials")
            }
            self = service
        }

        private static func isOfName(_ byte: UInt8) -> Bool {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "-"): true
            default: false
            }
        }

        /// How an API key begins, which is one text. Nil where there are a user name and a password instead.
        var keyPrefix: String? {
            switch self {
            case .codeCommit, .cassandra: nil
            case .bedrock: "ABSK"
            case .logs: "ACWL"
            case .cloudWatch: "APIAACWM"
            case .externalAnthropic: "AEAA"
            }
        }
    }

    /// - Source: IAM and STS quotas: two sets for each service and user.
    static let limit = 2

    func status(at now: Instant) -> IAM.StatusType {
        if let expires, expires <= now { return .expired }
        return isActive ? .active : .inactive
    }

    private init(_ row: borrowing Row) throws {
        (id, owner, userName) = (row.text(0), row.text(2), row.text(4))
        account = try AccountID.stored(row.text(1))
        guard let service = Service(rawValue: row.text(3)) else {
            throw StorageError.corrupt("a service-specific credential in the store")
        }
        (self.service, isActive) = (service, row.bool(5))
        created = Instant(milliseconds: row.int(6))
        expires = row.intOrNull(7).map { Instant(milliseconds: $0) }
    }

    init(
        id: String, account: AccountID, owner: String, service: Service, userName: String, created: Instant,
        expires: Instant?
    ) {
        (self.id, self.account, self.owner, self.service) = (id, account, owner, service)
        (self.userName, isActive, self.created, self.expires) = (userName, true, created, expires)
    }

    static func all(of owner: String, _ snapshot: borrowing Snapshot) throws -> [ServiceCredential] {
        try snapshot.rows(
            """
            SELECT id, account, owner, service, user_name, active, created, expires FROM iam_service_credential
            WHERE owner = ? ORDER BY id
            """, .text(owner), each: ServiceCredential.init)
    }

    /// Of all users of an account, for one service or for all.
    static func all(
        in account: AccountID, for service: Service?, after id: String, limit: Int, _ snapshot: borrowing Snapshot
    ) throws -> [ServiceCredential] {
        try snapshot.rows(
            """
            SELECT id, account, owner, service, user_name, active, created, expires FROM iam_service_credential
            WHERE account = ?1 AND (?2 IS NULL OR service = ?2) AND id > ?3 ORDER BY id LIMIT ?4
            """, .text(account.description), .textOrNull(service?.rawValue), .text(id), .number(limit),
            each: ServiceCredential.init)
    }

    /// A user name that nobody of the account has for the service: `jane-at-123456789012`, or `jane+1-at-123456789012` where
    /// that one is taken, by a set of the user's own or of one who was called so before.
    static func free(
        _ name: String, for service: Service, in account: AccountID, _ snapshot: borrowing Snapshot
    ) throws -> String {
        var (number, free) = (0, "\(name)-at-\(account)")
        while try snapshot.exists(
            "SELECT 1 FROM iam_service_credential WHERE account = ? AND service = ? AND user_name = ?",
            .text(account.description), .text(service.rawValue), .text(free))
        {
            number += 1
            free = "\(name)+\(number)-at-\(account)"
        }
        return free
    }

    static func find(_ id: String, _ snapshot: borrowing Snapshot) throws -> ServiceCredential? {
        try snapshot.first(
            """
            SELECT id, account, owner, service, user_name, active, created, expires FROM iam_service_credential
            WHERE id = ?
            """, .text(id), make: ServiceCredential.init)
    }

    func insert(digest: [UInt8], _ transaction: inout Transaction) throws {
        try transaction.run(
            """
            INSERT INTO iam_service_credential (id, account, owner, service, user_name, digest, active, created, expires)
            VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?)
            """, .text(id), .text(account.description), .text(owner), .text(service.rawValue), .text(userName),
            .blob(digest), .int(created.milliseconds), .intOrNull(expires?.milliseconds))
    }

    /// A new secret with what is kept of it: 60 characters, and for an API key the user name inside.
    func makeSecret() -> (secret: String, digest: [UInt8]) {
        let random = Base64.encode(SecureRandom.bytes(45))
        let secret = service.keyPrefix.map { $0 + Base64.encode(Array("\(userName):\(random)".utf8)) } ?? random
        return (secret, SHA256.hash(Array("\(id):\(secret)".utf8)))
    }

    /// The shape of the one answer that shows the secret.
    func shape(_ name: String, secret: String, at now: Instant) -> IAM.ServiceSpecificCredential {
        let isKey = service.keyPrefix != nil
        return IAM.ServiceSpecificCredential(
            createDate: created, expirationDate: expires, serviceName: service.rawValue,
            serviceUserName: isKey ? nil : userName, servicePassword: isKey ? nil : secret,
            serviceCredentialAlias: isKey ? userName : nil, serviceCredentialSecret: isKey ? secret : nil,
            serviceSpecificCredentialId: id, userName: name, status: status(at: now))
    }

    func metadata(_ name: String, at now: Instant) -> IAM.ServiceSpecificCredentialMetadata {
        let isKey = service.keyPrefix != nil
        return IAM.ServiceSpecificCredentialMetadata(
            userName: name, status: status(at: now), serviceUserName: isKey ? nil : userName,
            serviceCredentialAlias: isKey ? userName : nil, createDate: created, expirationDate: expires,
            serviceSpecificCredentialId: id, serviceName: service.rawValue)
    }
}
