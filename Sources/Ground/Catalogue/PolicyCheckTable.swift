import CData

/// The checks of policies that Access Analyzer documents.
///
/// - Source: IAM User Guide, "IAM policy validation check reference"; the table and its date are named in NOTICE.
public enum PolicyCheckTable {
    /// One check.
    public struct Entry: Sendable {
        /// Such as `INVALID_ACTION`.
        public let code: String
        /// `ERROR`, `SECURITY_WARNING`, `WARNING` or `SUGGESTION`.
        public let findingType: String
        public let title: String
        /// Where the guide's page tells of it.
        public let link: String
        /// True for a check of a rule that AWS has given up.
        public let isObsolete: Bool
        /// True for a check that AWS added after the table's edition.
        public let isLater: Bool
    }

    /// In byte order of their codes.
    public static let all: [Entry] = {
        let table = Table { gh_policy_checks($0) }
        return table.rows(0..<table.count).map { row in
            Entry(
                code: String(row[0]), findingType: String(row[1]), title: String(row[2]), link: page + row[3],
                isObsolete: row[4] == "obsolete", isLater: row[4] == "later")
        }
    }()

    private static let byCode = Dictionary(all.map { ($0.code, $0) }) { first, _ in first }
    private static let page =
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html"
        + "#access-analyzer-reference-policy-checks-"

    /// The check of that code; nil where AWS documents none.
    public static func find(_ code: String) -> Entry? { byCode[code] }
}
