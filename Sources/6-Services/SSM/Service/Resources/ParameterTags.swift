import Door
import SSMAPI
import Storage

/// Tags of parameters. Names are compared by their bytes.
enum ParameterTags {
    /// - Source: Systems Manager API Reference, "AddTagsToResource".
    static let limit = 50

    static func bound(_ tags: [SSM.Tag]?) throws {
        if let tags, tags.count > limit { throw excess }
    }

    /// RemoveTagsFromResource knows no error of limits.
    static func bound(names: [String]) throws {
        guard names.count <= limit else { throw Refused.invalid("At most \(limit) tag keys can be removed at once.") }
    }

    private static let excess = SSM.TooManyTagsError(
        message: "The number of tags of a parameter is limited to \(limit).")

    /// Adds or replaces.
    static func put(_ tags: [SSM.Tag], on place: ParameterPlace, _ transaction: inout Transaction) throws {
        guard !tags.isEmpty else { return }
        let stored = try transaction.snapshot.rows(
            "SELECT tag FROM ssm_tag WHERE account = ? AND region = ? AND name = ?", place.accountValue,
            place.regionValue, place.nameValue
        ) { $0.text(0) }
        if let name = TagNames.clash(tags.map(\.key), with: stored) { throw Refused.invalid(TagNames.message(name)) }
        for tag in tags {
            guard !tag.key.lowercased().hasPrefix("aws:") else {
                throw Refused.invalid("Tag keys that begin with aws: are reserved for AWS use.")
            }
            try transaction.run(
                """
                INSERT INTO ssm_tag (account, region, name, tag, value) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (account, region, name, tag) DO UPDATE SET value = excluded.value
                """, place.accountValue, place.regionValue, place.nameValue, .text(tag.key), .text(tag.value))
        }
        let count = try transaction.number(
            "SELECT count(*) FROM ssm_tag WHERE account = ? AND region = ? AND name = ?", place.accountValue,
            place.regionValue, place.nameValue)
        guard count <= limit else { throw excess }
    }

    static func remove(_ tags: [String], from place: ParameterPlace, _ transaction: inout Transaction) throws {
        for tag in tags {
            try transaction.run(
                "DELETE FROM ssm_tag WHERE account = ? AND region = ? AND name = ? AND tag = ?", place.accountValue,
                place.regionValue, place.nameValue, .text(tag))
        }
    }
}
