import AWS
import Authorization
import Journal

/// Access control lists as the journal keeps them with a decision. The numbers never change.
extension AccessListSide {
    init(_ lists: S3Access) {
        self.init(
            ownership: lists.ownership.code, objectOwner: lists.objectOwner, isObjectAnonymous: lists.isObjectAnonymous,
            objectExists: lists.objectExists, ignoresPublicLists: lists.ignoresPublicACLs,
            begun: lists.begun.rawValue, bucket: lists.bucketACL.map(Grant.init),
            object: lists.objectACL.map(Grant.init))
    }
}

extension S3Access {
    /// - Throws: `PastDecision.Gap` for numbers of a later program.
    init(_ side: AccessListSide) throws {
        self.init()
        guard let ownership = Ownership(code: side.ownership), let begun = BegunBy(rawValue: side.begun) else {
            throw PastDecision.Gap.record
        }
        self.begun = begun
        (self.ownership, objectOwner, isObjectAnonymous) = (ownership, side.objectOwner, side.isObjectAnonymous)
        (objectExists, ignoresPublicACLs) = (side.objectExists, side.ignoresPublicLists)
        (bucketACL, objectACL) = (try side.bucket.map(Grant.init), try side.object.map(Grant.init))
    }
}

extension S3Access.Ownership {
    fileprivate var code: UInt8 {
        switch self {
        case .bucketOwnerEnforced: 0
        case .bucketOwnerPreferred: 1
        case .objectWriter: 2
        }
    }

    fileprivate init?(code: UInt8) {
        switch code {
        case 0: self = .bucketOwnerEnforced
        case 1: self = .bucketOwnerPreferred
        case 2: self = .objectWriter
        default: return nil
        }
    }
}

extension AccessListSide.Grant {
    private enum Grantee {
        static let allUsers: UInt8 = 0
        static let authenticatedUsers: UInt8 = 1
        static let logDelivery: UInt8 = 2
        static let anonymous: UInt8 = 3
        static let account: UInt8 = 4
    }

    private static let permissions: [S3Access.Permission] = [.read, .write, .readACP, .writeACP, .fullControl]

    fileprivate init(_ grant: S3Access.Grant) {
        let permission = UInt8(Self.permissions.firstIndex(of: grant.permission) ?? 0)
        switch grant.grantee {
        case .allUsers: self.init(grantee: Grantee.allUsers, account: nil, permission: permission)
        case .authenticatedUsers: self.init(grantee: Grantee.authenticatedUsers, account: nil, permission: permission)
        case .logDelivery: self.init(grantee: Grantee.logDelivery, account: nil, permission: permission)
        case .anonymous: self.init(grantee: Grantee.anonymous, account: nil, permission: permission)
        case .account(let account): self.init(grantee: Grantee.account, account: account, permission: permission)
        }
    }

    fileprivate var grant: S3Access.Grant? {
        guard Self.permissions.indices.contains(Int(permission)) else { return nil }
        let permission = Self.permissions[Int(permission)]
        switch (grantee, account) {
        case (Grantee.allUsers, nil): return S3Access.Grant(.allUsers, permission)
        case (Grantee.authenticatedUsers, nil): return S3Access.Grant(.authenticatedUsers, permission)
        case (Grantee.logDelivery, nil): return S3Access.Grant(.logDelivery, permission)
        case (Grantee.anonymous, nil): return S3Access.Grant(.anonymous, permission)
        case (Grantee.account, let account?): return S3Access.Grant(.account(account), permission)
        default: return nil
        }
    }
}

extension S3Access.Grant {
    fileprivate init(_ kept: AccessListSide.Grant) throws {
        guard let grant = kept.grant else { throw PastDecision.Gap.record }
        self = grant
    }
}
