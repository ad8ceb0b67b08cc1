import SSMAPI
import Storage

/// Tags of parameters. Names are compared by their bytes.
enum ParameterTags {
    /// - Source: Systems Manager API Reference, "AddTagsToResource".
    static let limit = 50

    /// Adds or replaces.
    static func put(_ tags: [SSM.Tag], on place: ParameterPlace, _ transaction: inout Transaction) throws {
        guard !tags.isEmpty else { return }
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
        guard count <= limit else {
            throw SSM.TooManyTagsError(message: "The number of tags of a parameter is limited to \(limit).")
        }
    }

    static func remove(_ tags: [String], from place: ParameterPlace, _ transaction: inout Transaction) throws {
        for tag in tags {
            try transaction.run(
                "DELETE FROM ssm_tag WHERE account = ? AND region = ? AND name = ? AND tag = ?", place.accountValue,
                place.regionValue, place.nameValue, .text(tag))
        }
    }
}
