import AWS
import Authorization
import Door
import S3API
import Smithy
import Storage

/// The members by which a request may give an access control list: a name, grants in the header, or a body.
protocol ListGiver {
    var cannedName: String? { get }
    var grantFullControl: String? { get }
    var grantRead: String? { get }
    var grantReadACP: String? { get }
    var grantWriteACP: String? { get }
    var grantWrite: String? { get }
    var accessControlPolicy: S3.AccessControlPolicy? { get }
}

extension ListGiver {
    var accessControlPolicy: S3.AccessControlPolicy? { nil }

    /// The grants of the header that are there, in S3's order.
    var headerGrants: [(name: String, permission: S3Access.Permission, text: String)] {
        let all: [(String, S3Access.Permission, String?)] = [
            ("x-amz-grant-full-control", .fullControl, grantFullControl), ("x-amz-grant-read", .read, grantRead),
            ("x-amz-grant-read-acp", .readACP, grantReadACP), ("x-amz-grant-write", .write, grantWrite),
            ("x-amz-grant-write-acp", .writeACP, grantWriteACP),
        ]
        return all.compactMap { name, permission, text in text.map { (name: name, permission: permission, text: $0) } }
    }

    /// Whether there is anything of a list in the header.
    var givesList: Bool {
        cannedName != nil || grantFullControl != nil || grantRead != nil || grantReadACP != nil || grantWrite != nil
            || grantWriteACP != nil
    }

    /// What policies see of the list. A body they do not see.
    var listKeys: [ConditionEntry] {
        guard givesList else { return [] }
        let given = [
            ConditionEntry(.s3XAmzAcl, cannedName), ConditionEntry(.s3XAmzGrantFullControl, grantFullControl),
            ConditionEntry(.s3XAmzGrantRead, grantRead), ConditionEntry(.s3XAmzGrantReadAcp, grantReadACP),
            ConditionEntry(.s3XAmzGrantWrite, grantWrite), ConditionEntry(.s3XAmzGrantWriteAcp, grantWriteACP),
        ]
        return given.compactMap { $0 }
    }
}

extension S3.CreateBucket.Input: ListGiver { var cannedName: String? { aCL?.rawValue } }
extension S3.PutBucketAcl.Input: ListGiver { var cannedName: String? { aCL?.rawValue } }
extension S3.PutObjectAcl.Input: ListGiver { var cannedName: String? { aCL?.rawValue } }

/// A list as a request gives it, in one of three ways.
/// - Source: S3 API Reference, "PutBucketAcl", "PutObjectAcl".
enum GivenList {
    case canned(CannedList)
    case header([(name: String, permission: S3Access.Permission, text: String)])
    case body(S3.AccessControlPolicy)

    /// Nil where the request gives none.
    init?(_ input: some ListGiver) throws {
        let header = input.headerGrants
        if input.accessControlPolicy != nil, input.cannedName != nil || !header.isEmpty {
            throw S3Refusal("UnexpectedContent", 400, "This request does not support content")
        }
        if let body = input.accessControlPolicy {
            self = .body(body)
        } else if let name = input.cannedName {
            guard header.isEmpty else {
                throw S3.InvalidRequest(
                    message: "Specifying both Canned ACLs and Header Grants is not allowed")
            }
            guard let canned = CannedList(rawValue: name) else { throw Refused.argument("x-amz-acl", name, "") }
            // There is no EC2 here that could read anything.
            if canned == .awsExecRead { throw NotImplemented("The canned ACL aws-exec-read") }
            self = .canned(canned)
        } else {
            if header.isEmpty { return nil }
            self = .header(header)
        }
    }

    var isBucketOwnerFullControl: Bool { if case .canned(.bucketOwnerFullControl) = self { true } else { false } }

    /// The list itself.
    /// - Parameters:
    ///   - owner: of what the list is for; a body must name it.
    ///   - names: where the accounts are found that the list names.
    func list(
        of owner: ListOwner, in bucketOwner: AccountID, _ names: any PrincipalNames, _ snapshot: borrowing Snapshot
    ) throws -> AccessControlList {
        let grants: [S3Access.Grant]
        switch self {
        case .canned(let canned): return canned.list(of: owner, in: bucketOwner)
        case .header(let header):
            var reader = GranteeReader(names, owner)
            grants = try header.flatMap { name, permission, text in
                try reader.grantees(text, of: name, snapshot).map { S3Access.Grant($0, permission) }
            }
        case .body(let policy):
            guard let id = policy.owner?.iD, let given = policy.grants else { throw Refused.malformedList }
            guard id == owner.canonicalID else { throw AccessDenied("Access Denied") }
            var reader = GranteeReader(names, owner)
            grants = try given.map { try reader.grant($0, snapshot) }
        }
        guard grants.count <= AccessControlList.limit else { throw Refused.malformedList }
        return AccessControlList(grants)
    }
}

/// Finds out whom a request means by a grantee.
private struct GranteeReader {
    private let names: any PrincipalNames
    private let owner: ListOwner
    /// The accounts of this server by their canonical ids, looked up when first needed.
    private var accounts: [String: AccountID]?

    init(_ names: any PrincipalNames, _ owner: ListOwner) { (self.names, self.owner) = (names, owner) }

    mutating func grant(_ grant: S3.Grant, _ snapshot: borrowing Snapshot) throws -> S3Access.Grant {
        guard let grantee = grant.grantee,
            let permission = grant.permission.flatMap({ S3Access.Permission(rawValue: $0.rawValue) })
        else { throw Refused.malformedList }
        switch grantee.type {
        case .canonicalUser:
            guard let id = grantee.iD else { throw Refused.malformedList }
            return S3Access.Grant(try user(id, "CanonicalUser/ID", snapshot), permission)
        case .group:
            guard let uri = grantee.uRI else { throw Refused.malformedList }
            return S3Access.Grant(try GranteeReader.group(uri, "Group/URI"), permission)
        case .amazonCustomerByEmail: throw GranteeReader.email
        default: throw Refused.malformedList
        }
    }

    /// `id="…", uri=…`: a list of kinds and values, each value in quotation marks or not.
    mutating func grantees(_ text: String, of header: String, _ snapshot: borrowing Snapshot) throws
        -> [S3Access.Grantee]
    {
        var found: [S3Access.Grantee] = []
        for part in text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            guard let (kind, value) = GranteeReader.pair(part) else {
                throw Refused.argument(header, text, "Argument format not recognized")
            }
            switch kind {
            case "id": found.append(try user(value, "id", snapshot))
            case "uri": found.append(try GranteeReader.group(value, "uri"))
            case "emailaddress": throw GranteeReader.email
            default: throw Refused.argument(header, text, "Argument format not recognized")
            }
        }
        return found
    }

    private static func pair(_ part: Substring.UTF8View) -> (kind: String, value: String)? {
        guard let sign = part.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        func trimmed(_ bytes: Substring.UTF8View, of unwanted: [UInt8]) -> Substring.UTF8View {
            var bytes = bytes
            while let first = bytes.first, unwanted.contains(first) { bytes = bytes.dropFirst() }
            while let last = bytes.last, unwanted.contains(last) { bytes = bytes.dropLast() }
            return bytes
        }
        let space: [UInt8] = [UInt8(ascii: " "), UInt8(ascii: "\t")]
        let kind = trimmed(part[..<sign], of: space)
        var value = trimmed(part[part.index(after: sign)...], of: space)
        if value.count >= 2, value.first == UInt8(ascii: "\""), value.last == UInt8(ascii: "\"") {
            value = value.dropFirst().dropLast()
        }
        guard !value.isEmpty else { return nil }
        return (String(Substring(kind)).lowercased(), String(Substring(value)))
    }

    private mutating func user(_ id: String, _ argument: String, _ snapshot: borrowing Snapshot) throws
        -> S3Access.Grantee
    {
        // Elsewhere a grant to the anonymous user would open to everybody what Block Public Access takes for closed.
        if owner == .anonymous, id == owner.canonicalID { return .anonymous }
        let known: [String: AccountID]
        if let accounts {
            known = accounts
        } else {
            known = Dictionary(
                try names.accounts(in: snapshot).map { (CanonicalUser.id(of: $0), $0) }, uniquingKeysWith: { $1 })
            accounts = known
        }
        guard let account = known[id] else { throw Refused.argument(argument, id, "Invalid id") }
        return .account(account)
    }

    private static func group(_ uri: String, _ argument: String) throws -> S3Access.Grantee {
        guard let group = S3Access.Grantee.groups.first(where: { $0.uri == uri }) else {
            throw Refused.argument(argument, uri, "Invalid group uri")
        }
        return group.grantee
    }

    /// - Source: S3 API Reference, "PutBucketAcl", end of support for email grantees on 1 October 2025.
    private static var email: S3.MethodNotAllowed {
        S3.MethodNotAllowed(message: "The specified method is not allowed against this resource.")
    }
}
