import CData

/// The condition keys that AWS defines for all services.
///
/// - Source: IAM User Guide, "AWS global condition context keys".
public enum GlobalConditionKeys {
    /// One key and when it is there.
    public struct Entry: Sendable {
        public let key: ServiceAuthorization.Key
        /// `principal`, `session`, `network`, `resource` or `request`.
        public let group: String
        /// When AWS fills it, in a few words.
        public let presence: String
    }

    /// In byte order of their names; a name that ends in `/` takes a tag key.
    public static let all: [Entry] = {
        let table = Table { gh_global_condition_keys($0) }
        return table.rows(0..<table.count).map { row in
            let declared = (row[2] == "1" ? "ArrayOf" : "") + row[1]
            return Entry(
                key: ServiceAuthorization.Key(String(row[0]), declared: declared[...]), group: String(row[3]),
                presence: String(row[4]))
        }
    }()

    /// The global key that `name` is, or is one of, case aside.
    public static func find(_ name: String) -> Entry? {
        let wanted = name.lowercased()
        return all.first { entry in
            ServiceAuthorization.Key.find(wanted, among: [entry.key]) != nil
        }
    }
}
