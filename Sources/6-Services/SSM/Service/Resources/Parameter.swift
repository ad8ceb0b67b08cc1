import AWS
import SSMAPI
import Storage

/// A parameter, with its latest version.
final class Parameter: Sendable {
    let place: ParameterPlace
    let tier: SSM.ParameterTier
    let latest: ParameterVersion
    let tags: [SSM.Tag]

    var name: String { place.name }
    var version: Int { latest.number }
    var arn: String { Parameter.arn(place.account, place.region, name) }

    static func arn(_ account: AccountID, _ region: Region, _ name: String) -> String {
        "arn:\(region.partition):ssm:\(region):\(account):parameter\(name.hasPrefix("/") ? "" : "/")\(name)"
    }

    private init(_ place: ParameterPlace, _ tier: String, _ latest: ParameterVersion, _ tags: [SSM.Tag]) {
        (self.place, self.tier, self.latest) = (place, SSM.ParameterTier(rawValue: tier), latest)
        self.tags = tags
    }

    /// Nil where there is none.
    static func find(_ place: ParameterPlace, _ snapshot: borrowing Snapshot) throws -> Parameter? {
        let head = try snapshot.first(
            "SELECT tier, version FROM ssm_parameter WHERE account = ? AND region = ? AND name = ?",
            place.accountValue, place.regionValue, place.nameValue
        ) { (tier: $0.text(0), version: Int($0.int(1))) }
        guard let head else { return nil }
        guard let latest = try ParameterVersion.find(head.version, of: place, snapshot) else {
            throw StorageError.corrupt("a parameter without its latest version")
        }
        let tags = try snapshot.rows(
            "SELECT tag, value FROM ssm_tag WHERE account = ? AND region = ? AND name = ? ORDER BY tag",
            place.accountValue, place.regionValue, place.nameValue
        ) { SSM.Tag(key: $0.text(0), value: $0.text(1)) }
        return Parameter(place, head.tier, latest, tags)
    }

    /// The names after `name`, in their order, that begin with `prefix`.
    static func names(
        in account: AccountID, _ region: Region, after name: String, beginning prefix: String, limit: Int,
        _ snapshot: borrowing Snapshot
    ) throws -> [String] {
        try snapshot.rows(
            """
            SELECT name FROM ssm_parameter
            WHERE account = ?1 AND region = ?2 AND name > ?3 AND name >= ?4 AND name < ?5 ORDER BY name LIMIT ?6
            """, .text(account.description), .text(region.description), .text(name), .text(prefix),
            // Names are ASCII, so that what begins so lies before this.
            .text(prefix + "\u{7F}"), .number(limit)
        ) { $0.text(0) }
    }
}

/// Where the rows of a parameter are.
struct ParameterPlace: Sendable, Equatable {
    let account: AccountID
    let region: Region
    let name: String

    var accountValue: SQLValue { .text(account.description) }
    var regionValue: SQLValue { .text(region.description) }
    var nameValue: SQLValue { .text(name) }
}
