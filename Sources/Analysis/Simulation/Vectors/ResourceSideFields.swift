import AWS
import Authorization

extension S3Access {
    /// The `s3` part of a vector. The two settings that refuse new settings have no part in a decision.
    init(_ reader: inout FieldReader) throws {
        self.init()
        var access = S3Access()
        try reader.object { reader, name in
            switch name {
            case "ownership": access.ownership = try Ownership(&reader)
            case "objectOwner":
                access.objectOwner = AccountID(try reader.scalar())
                if access.objectOwner == nil { reader.complain("no account id") }
            case "bucketAcl": access.bucketACL = try Grant.list(&reader)
            case "objectAcl": access.objectACL = try Grant.list(&reader)
            case "bpa":
                try reader.object { reader, name in
                    switch name {
                    case "IgnorePublicAcls": access.ignoresPublicACLs = try reader.bool()
                    case "RestrictPublicBuckets": access.restrictsPublicBuckets = try reader.bool()
                    case "BlockPublicAcls", "BlockPublicPolicy": _ = try reader.bool()
                    default: return false
                    }
                    return true
                }
            default: return false
            }
            return true
        }
        self = access
    }
}

extension S3Access.Ownership {
    init(_ reader: inout FieldReader) throws {
        switch try reader.string() {
        case "BucketOwnerEnforced": self = .bucketOwnerEnforced
        case "BucketOwnerPreferred": self = .bucketOwnerPreferred
        case "ObjectWriter": self = .objectWriter
        case let other:
            reader.complain("no object ownership: \(other)")
            self = .bucketOwnerEnforced
        }
    }
}

extension S3Access.Grant {
    private static let groups: [String: S3Access.Grantee] = [
        "http://acs.amazonaws.com/groups/global/AllUsers": .allUsers,
        "http://acs.amazonaws.com/groups/global/AuthenticatedUsers": .authenticatedUsers,
        "http://acs.amazonaws.com/groups/s3/LogDelivery": .logDelivery,
    ]

    static func list(_ reader: inout FieldReader) throws -> [S3Access.Grant] {
        var grants: [S3Access.Grant] = []
        try reader.array { reader in
            if let grant = try one(&reader) { grants.append(grant) }
        }
        return grants
    }

    /// A grantee is a group's address or an account, in whichever field it stands.
    private static func one(_ reader: inout FieldReader) throws -> S3Access.Grant? {
        var permission: S3Access.Permission?
        var grantee: S3Access.Grantee?
        try reader.object { reader, name in
            switch name {
            case "permission": permission = S3Access.Permission(rawValue: try reader.string())
            case "uri", "account", "id", "grantee", "canonicalUser":
                let text = try reader.scalar()
                grantee = groups[text] ?? AccountID(text).map { .account($0) } ?? grantee
            case "type": _ = try reader.string()
            default: return false
            }
            return true
        }
        guard let permission, let grantee else {
            reader.complain("a grant without permission or grantee")
            return nil
        }
        return S3Access.Grant(grantee, permission)
    }
}

extension KMSGrant {
    /// A grant of the `kmsGrants` part. Field names are read without regard to their first letter's case, as AWS's own begin
    /// with capitals.
    init?(_ reader: inout FieldReader) throws {
        var grant = KMSGrant(grantee: "", operations: [])
        try reader.object { reader, name in
            switch name.prefix(1).lowercased() + name.dropFirst() {
            case "grantee", "granteePrincipal": grant.grantee = try reader.string()
            case "operations": grant.operations = Set(try reader.scalars())
            case "retiringPrincipal": grant.retiringPrincipal = try reader.string()
            case "issuingAccount", "issuerAccount", "issuer", "issuedBy":
                let text = try reader.scalar()
                grant.issuingAccount = AccountID(text) ?? ARN(text)?.accountID
                if grant.issuingAccount == nil { reader.complain("no account id") }
            case "constraints": try grant.readConstraints(&reader)
            case "grantId", "name", "keyId": _ = try reader.string()
            default: return false
            }
            return true
        }
        guard !grant.grantee.isEmpty else {
            reader.complain("a grant without grantee")
            return nil
        }
        self = grant
    }

    private mutating func readConstraints(_ reader: inout FieldReader) throws {
        try reader.object { reader, name in
            switch name.prefix(1).lowercased() + name.dropFirst() {
            case "encryptionContextSubset": contextSubset = KMSGrant.pairs(try reader.scalarsByName())
            case "encryptionContextEquals": contextEquals = KMSGrant.pairs(try reader.scalarsByName())
            default: return false
            }
            return true
        }
    }

    private static func pairs(_ fields: [(name: String, value: String)]) -> [String: String] {
        Dictionary(fields.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    }
}
