import AWS
import Storage
import World

/// The lines of a credential report.
///
/// Whatever kind of credential there is has a query of its own here, for all users of a page at once: a hundred thousand users
/// are fifty pages and not a million questions.
/// - Source: IAM User Guide, "Generate credential reports for your AWS account"; the columns, what is told of root and how
///   times are written as captured from AWS in radkawar/stackd, `testdata/aws/iam/credential_report.json`, commit 9dc356f. The
///   guide's last column, for a third key or certificate, is not among them.
struct CredentialRows {
    let account: AccountID
    let behind: GatheredUses
    /// What the account asks of passwords, which tells when they expire.
    let passwordPolicy: PasswordPolicy?

    static let header = """
        user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,\
        mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,\
        access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,\
        access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,\
        cert_1_last_rotated,cert_2_active,cert_2_last_rotated
        """

    /// A user of the page, or root.
    private struct Person {
        let name: String
        let arn: String
        let id: String
        let created: Instant
    }

    private struct Key {
        let isActive: Bool
        let created: Instant
        let use: (last: GatheredUses.Last, service: String)?
    }

    private struct Certificate {
        let isActive: Bool
        let uploaded: Instant
    }

    /// What the page's credentials are, by owner.
    private struct Credentials {
        var keys: [String: [Key]] = [:]
        var certificates: [String: [Certificate]] = [:]
        var passwords: [String: Instant] = [:]
        /// When passwords were last signed in with.
        var signedIn: [String: Instant] = [:]
        /// Those with a second factor in use.
        var secured: Set<String> = []
    }

    /// The header, and the line of the root user.
    func beginning(_ snapshot: borrowing Snapshot) throws -> [UInt8] {
        var text = Array(CredentialRows.header.utf8)
        let record = try Account.find(account, snapshot)
        let root = Person(
            name: "<root_account>", arn: "arn:aws:iam::\(account):root", id: account.description,
            created: record.created)
        append(root, try credentials(ofOwners: .root, snapshot), isRoot: true, to: &text)
        return text
    }

    /// The lines of the users behind a name, `limit` at most; and the key of the last one, nil where there is none.
    func page(
        after name: String, limit: Int, _ snapshot: borrowing Snapshot
    ) throws -> (text: [UInt8], count: Int, last: String) {
        let users = try snapshot.rows(
            """
            SELECT name_key, name, path, id, created FROM iam_user WHERE account = ? AND name_key > ?
            ORDER BY name_key LIMIT ?
            """, .text(account.description), .text(name), .number(limit)
        ) { row in
            let name = row.text(1)
            return (
                key: row.text(0),
                person: Person(
                    name: name, arn: EntityKind.user.arn(account, path: row.text(2), name: name), id: row.text(3),
                    created: Instant(milliseconds: row.int(4)))
            )
        }
        let credentials = try credentials(ofOwners: .users(after: name, limit: limit), snapshot)
        var text: [UInt8] = []
        text.reserveCapacity(users.count * 320)
        for user in users { append(user.person, credentials, isRoot: false, to: &text) }
        return (text, users.count, users.last?.key ?? name)
    }

    private enum Owners {
        case root
        case users(after: String, limit: Int)

        /// The account, the key before the first user, how many: none for root.
        func bound(_ account: AccountID) -> (SQLValue, SQLValue, SQLValue, root: SQLValue) {
            let account = SQLValue.text(account.description)
            switch self {
            case .root: return (account, .text(""), .int(0), account)
            case .users(let name, let limit): return (account, .text(name), .number(limit), .text(""))
            }
        }
    }

    private func credentials(ofOwners owners: Owners, _ snapshot: borrowing Snapshot) throws -> Credentials {
        var found = Credentials()
        let bound = owners.bound(account)
        let keys = try snapshot.rows(
            """
            SELECT k.owner, k.id, k.active, k.created, u.time, u.region, u.service
            FROM iam_access_key k LEFT JOIN iam_key_use u ON u.key = k.id
            WHERE k.owner = ?4 OR k.owner IN (
                SELECT id FROM iam_user WHERE account = ?1 AND name_key > ?2 ORDER BY name_key LIMIT ?3)
            ORDER BY k.owner, k.created, k.id
            """, bound.0, bound.1, bound.2, bound.root
        ) { row in
            let known = row.intOrNull(4).map { time in
                (
                    last: GatheredUses.Last(time: Instant(milliseconds: time), region: row.text(5)),
                    service: row.text(6)
                )
            }
            return (
                owner: row.text(0),
                key: Key(
                    isActive: row.bool(2), created: Instant(milliseconds: row.int(3)),
                    use: behind.keys[row.text(1)] ?? known)
            )
        }
        for (owner, key) in keys { found.keys[owner, default: []].append(key) }
        let certificates = try snapshot.rows(
            """
            SELECT owner, active, uploaded FROM iam_signing_certificate
            WHERE owner = ?4 OR owner IN (
                SELECT id FROM iam_user WHERE account = ?1 AND name_key > ?2 ORDER BY name_key LIMIT ?3)
            ORDER BY owner, uploaded, id
            """, bound.0, bound.1, bound.2, bound.root
        ) { (owner: $0.text(0), Certificate(isActive: $0.bool(1), uploaded: Instant(milliseconds: $0.int(2)))) }
        for (owner, certificate) in certificates { found.certificates[owner, default: []].append(certificate) }
        let passwords = try snapshot.rows(
            """
            SELECT owner, changed FROM iam_login_profile WHERE owner = ?4 OR owner IN (
                SELECT id FROM iam_user WHERE account = ?1 AND name_key > ?2 ORDER BY name_key LIMIT ?3)
            """, bound.0, bound.1, bound.2, bound.root
        ) { ($0.text(0), Instant(milliseconds: $0.int(1))) }
        found.passwords = Dictionary(passwords) { first, _ in first }
        let uses = try snapshot.rows(
            """
            SELECT owner, last_used FROM iam_password_use WHERE owner = ?4 OR owner IN (
                SELECT id FROM iam_user WHERE account = ?1 AND name_key > ?2 ORDER BY name_key LIMIT ?3)
            """, bound.0, bound.1, bound.2, bound.root
        ) { ($0.text(0), Instant(milliseconds: $0.int(1))) }
        found.signedIn = Dictionary(uses) { first, _ in first }
        found.secured = Set(
            try snapshot.rows(
                """
                SELECT DISTINCT owner FROM iam_mfa_device WHERE owner = ?4 OR owner IN (
                    SELECT id FROM iam_user WHERE account = ?1 AND name_key > ?2 ORDER BY name_key LIMIT ?3)
                """, bound.0, bound.1, bound.2, bound.root
            ) { $0.text(0) })
        return found
    }

    private func append(_ person: Person, _ credentials: Credentials, isRoot: Bool, to text: inout [UInt8]) {
        var line = Line()
        line.add(person.name)
        line.add(person.arn)
        line.add(person.created)
        addPassword(person, credentials, isRoot: isRoot, to: &line)
        line.add(credentials.secured.contains(person.id) ? "true" : "false")
        let keys = credentials.keys[person.id] ?? []
        for index in 0..<2 { add(index < keys.count ? keys[index] : nil, to: &line) }
        let certificates = credentials.certificates[person.id] ?? []
        for index in 0..<2 {
            let certificate = index < certificates.count ? certificates[index] : nil
            line.add(certificate?.isActive == true ? "true" : "false")
            line.add(certificate?.uploaded)
        }
        text.append(UInt8(ascii: "\n"))
        text += line.bytes
    }

    /// Root's password never expires.
    private func addPassword(_ person: Person, _ credentials: Credentials, isRoot: Bool, to line: inout Line) {
        let (changed, used) = (credentials.passwords[person.id], credentials.signedIn[person.id])
        line.add(changed == nil ? "false" : "true")
        if let used, changed != nil { line.add(used) } else { line.add(changed == nil ? "N/A" : "no_information") }
        line.add(changed)
        if isRoot {
            line.add("not_supported")
        } else {
            line.add(changed.flatMap { passwordPolicy?.expiry(of: $0) })
        }
    }

    private func add(_ key: Key?, to line: inout Line) {
        line.add(key?.isActive == true ? "true" : "false")
        line.add(key?.created)
        line.add(key?.use?.last.time)
        line.add(key?.use?.last.region ?? "N/A")
        line.add(key?.use?.service ?? "N/A")
    }

    /// Values with commas between them.
    private struct Line {
        private(set) var bytes: [UInt8] = []

        /// A comma may stand in a user's name: then the value is quoted (RFC 4180).
        mutating func add(_ value: String) {
            if !bytes.isEmpty { bytes.append(UInt8(ascii: ",")) }
            guard value.utf8.contains(UInt8(ascii: ",")) else {
                bytes += value.utf8
                return
            }
            bytes.append(UInt8(ascii: "\""))
            bytes += value.utf8
            bytes.append(UInt8(ascii: "\""))
        }

        /// `2015-06-17T19:11:50Z`, or `N/A`.
        mutating func add(_ time: Instant?) {
            guard let time else {
                add("N/A")
                return
            }
            if !bytes.isEmpty { bytes.append(UInt8(ascii: ",")) }
            time.appendISO8601(to: &bytes)
        }
    }
}
