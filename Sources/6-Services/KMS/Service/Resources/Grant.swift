import AWS
import Authentication
import Authorization
import Door
import KMSAPI
import Storage
import World

/// A grant of a key.
struct Grant: Sendable {
    let account: AccountID
    let region: Region
    let key: String
    /// 64 hexadecimal digits.
    let id: String
    /// As stored, and as called when it was made.
    let grantee: (stored: String, name: String)
    let retiring: (stored: String, name: String)?
    let rights: GrantRights
    let name: String?
    let secret: [UInt8]
    let created: Instant

    func isOf(_ key: KMSKey) -> Bool { keyARN == key.arn }
    var keyARN: String { KMSKey.arn(account, region, key) }

    private init(_ row: borrowing Row) throws {
        (account, region) = (try AccountID.stored(row.text(0)), try Region.stored(row.text(1)))
        (key, id, grantee) = (row.text(2), row.text(3), (row.text(4), row.text(5)))
        if let stored = row.textOrNull(6) { retiring = (stored, row.text(7)) } else { retiring = nil }
        (rights, name) = (try GrantRights(stored: row.text(8)), row.textOrNull(9))
        (secret, created) = (row.blob(10), Instant(milliseconds: row.int(11)))
    }

    /// Those of the key that let the caller do this: made to him, to his role, his account or the service that he is, for
    /// this operation and bound to no other context. One by each issuer to each of these names is enough.
    static func reaching(
        _ facts: RequestFacts, _ key: KMSKey, for use: GrantUse, _ snapshot: borrowing Snapshot
    ) throws -> [KMSGrant] {
        let holders = GrantPrincipal.all(of: facts.caller.principal)
        let found =
            use.isDescription
            ? try GrantSearch.describing(key, to: holders, snapshot)
            : try GrantSearch(for: use).found(of: key, to: holders, snapshot)
        return found.map { $0.rights.grant(to: $0.holder.name) }
    }

    /// Those of the key by which the caller may make another grant. What they bind its context to has been asked of them: the
    /// call itself has no encryption context.
    static func parents(
        of child: GrantRights, _ facts: RequestFacts, _ key: KMSKey, _ snapshot: borrowing Snapshot
    ) throws -> [KMSGrant] {
        let holders = GrantPrincipal.all(of: facts.caller.principal)
        let found = try GrantSearch(parentsOf: child)?.found(of: key, to: holders, snapshot) ?? []
        return found.map { parent in
            var grant = KMSGrant(grantee: parent.holder.name, operations: ["CreateGrant"])
            grant.issuingAccount = parent.rights.issuer
            return grant
        }
    }

    /// The grant as the question whether the caller may retire it sees it.
    func retired(by facts: RequestFacts) -> KMSGrant {
        let holders = GrantPrincipal.all(of: facts.caller.principal)
        // Somebody else is left as stored, which matches no caller.
        func name(_ stored: String) -> String { holders.first { $0.stored == stored }?.name ?? "other:\(stored)" }
        var grant = rights.grant(to: name(grantee.stored))
        grant.retiringPrincipal = retiring.map { name($0.stored) }
        return grant
    }
}

// Reading and writing.
extension Grant {
    /// Whichever key it is of, in the Region.
    static func find(_ id: String, in region: Region, _ snapshot: borrowing Snapshot) throws -> Grant? {
        try snapshot.first(
            """
            SELECT account, region, key, id, grantee, grantee_name, retiring, retiring_name, rights, name, secret,
                created
            FROM kms_grant WHERE id = ? AND region = ?
            """, .text(id), .text(region.description)
        ) { try Grant($0) }
    }

    /// Of one key, in the order of their ids. - Parameter grantee: as stored; nil for all.
    static func list(
        of key: KMSKey, to grantee: String?, after marker: String, limit: Int, _ snapshot: borrowing Snapshot
    ) throws -> [Grant] {
        let (account, region) = (SQLValue.text(key.account.description), SQLValue.text(key.region.description))
        guard let grantee else {
            return try snapshot.rows(
                """
                SELECT account, region, key, id, grantee, grantee_name, retiring, retiring_name, rights, name, secret,
                    created
                FROM kms_grant WHERE account = ? AND region = ? AND key = ? AND id > ? ORDER BY id LIMIT ?
                """, account, region, .text(key.id), .text(marker), .number(limit)
            ) { try Grant($0) }
        }
        return try snapshot.rows(
            """
            SELECT account, region, key, id, grantee, grantee_name, retiring, retiring_name, rights, name, secret,
                created
            FROM kms_grant INDEXED BY kms_grant_by_grantee
            WHERE account = ? AND region = ? AND key = ? AND grantee = ? AND id > ? ORDER BY id LIMIT ?
            """, account, region, .text(key.id), .text(grantee), .text(marker), .number(limit)
        ) { try Grant($0) }
    }

    /// Of whatever keys, in the Region. - Parameter retiring: as stored.
    static func list(
        retiring: String, in region: Region, after marker: String, limit: Int, _ snapshot: borrowing Snapshot
    ) throws -> [Grant] {
        try snapshot.rows(
            """
            SELECT account, region, key, id, grantee, grantee_name, retiring, retiring_name, rights, name, secret,
                created
            FROM kms_grant WHERE retiring = ? AND region = ? AND id > ? ORDER BY id LIMIT ?
            """, .text(retiring), .text(region.description), .text(marker), .number(limit)
        ) { try Grant($0) }
    }

    /// The grant that is the same under the same name; nil where none is.
    static func twin(
        named name: String, of key: KMSKey, _ grantee: GrantPrincipal, _ retiring: GrantPrincipal?,
        _ rights: GrantRights, _ snapshot: borrowing Snapshot
    ) throws -> Grant? {
        try snapshot.first(
            """
            SELECT account, region, key, id, grantee, grantee_name, retiring, retiring_name, rights, name, secret,
                created
            FROM kms_grant INDEXED BY kms_grant_by_name
            WHERE account = ?1 AND region = ?2 AND key = ?3 AND name = ?4 AND grantee = ?5 AND retiring IS ?6
                AND rights = ?7
            """, .text(key.account.description), .text(key.region.description), .text(key.id), .text(name),
            .text(grantee.stored), .textOrNull(retiring?.stored), .text(rights.text)
        ) { try Grant($0) }
    }

    func remove(_ transaction: inout Transaction) throws {
        let (account, region) = (SQLValue.text(account.description), SQLValue.text(region.description))
        try transaction.run(
            "DELETE FROM kms_grant WHERE account = ? AND region = ? AND key = ? AND id = ?", account, region,
            .text(key), .text(id))
        try transaction.run(
            "UPDATE kms_key SET grants = grants - 1 WHERE account = ? AND region = ? AND id = ?", account, region,
            .text(key))
        transaction.touch(.resourcePolicies)
        transaction.eraseTraces()
    }

    func shape(_ names: any PrincipalNames, _ snapshot: borrowing Snapshot) throws -> KMS.GrantListEntry {
        KMS.GrantListEntry(
            keyId: keyARN, grantId: id, name: name ?? "", creationDate: created,
            granteePrincipal: try GrantPrincipal.shown(grantee.stored, grantee.name, names, snapshot),
            retiringPrincipal: try retiring.map { try GrantPrincipal.shown($0.stored, $0.name, names, snapshot) },
            issuingAccount: "arn:\(region.partition):iam::\(rights.issuer):root", operations: rights.operations,
            constraints: rights.constraints)
    }
}
