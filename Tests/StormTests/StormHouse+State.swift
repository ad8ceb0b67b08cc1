import Foundation
import Journal
import Storage

extension StormHouse {
    /// Every row that calls change, the journal apart: equal before and after a call that changed nothing.
    func rows() throws -> [String] {
        try store.read { snapshot in
            var rows: [String] = []
            for query in StormHouse.tables { rows += try snapshot.rows(query) { $0.text(0) } }
            return rows
        }
    }

    private static let tables: [StaticString] = [
        "SELECT 'account ' || id || users FROM iam_account ORDER BY 1",
        "SELECT 'user ' || name || path || id || quote(boundary) FROM iam_user ORDER BY 1",
        "SELECT 'role ' || name || id || trust FROM iam_role ORDER BY 1",
        "SELECT 'inline ' || owner || name || document FROM iam_inline_policy ORDER BY 1",
        "SELECT 'key ' || id || owner || hex(secret) || active FROM iam_access_key ORDER BY 1",
        "SELECT 'bucket ' || id || name || location || quote(policy) || quote(public_access) FROM s3_bucket ORDER BY 1",
        "SELECT 'object ' || bucket || hex(key) || hex(etag) || size || content FROM s3_object ORDER BY 1",
        "SELECT 'content ' || id || quote(blob) || hex(reference) || content_type FROM s3_content ORDER BY 1",
    ]

    /// What is there, in the words of `Model.lines`.
    func lines() throws -> [String] {
        try store.read { snapshot in
            let users = try snapshot.rows("SELECT name, id FROM iam_user") { ($0.text(1), $0.text(0)) }
            let names = Dictionary(uniqueKeysWithValues: users)
            let keys = try snapshot.rows("SELECT owner, id, active FROM iam_access_key") { row in
                names[row.text(0)].map { "key \($0) \(row.text(1)) \(row.int(2))" }
            }
            let policies = try snapshot.rows("SELECT owner FROM iam_inline_policy") { row in
                names[row.text(0)].map { "policy \($0)" }
            }
            let buckets = try snapshot.rows("SELECT name FROM s3_bucket") { "bucket " + $0.text(0) }
            let objects = try snapshot.rows(
                "SELECT b.name, o.key, o.size FROM s3_object o JOIN s3_bucket b ON b.id = o.bucket"
            ) { "object \($0.text(0)) \(String(decoding: $0.blob(1), as: UTF8.self)) \($0.int(2))" }
            return (users.map { "user " + $0.1 } + (keys + policies).compactMap { $0 } + buckets + objects).sorted()
        }
    }

    /// The first row of the journal that does not fit its chain; nil where all do.
    func brokenLink() throws -> Int64? { try store.read { snapshot in try Journal.verify(snapshot) } }

    /// A record, by what a storm asks of it.
    struct Record: Sendable {
        let position: Int64
        let name: String
        let requestID: String
        let errorCode: String?
    }

    /// In the order they were written.
    func records(after position: Int64) throws -> [Record] {
        try store.read { snapshot in
            var found: [Record] = []
            try Journal.scanBackwards(before: nil, snapshot) { at, entry in
                guard at > position else { return false }
                let json = try JSONSerialization.jsonObject(with: Data(entry.record)) as? [String: Any]
                found.append(
                    Record(
                        position: at, name: entry.name, requestID: json?["requestID"] as? String ?? "",
                        errorCode: json?["errorCode"] as? String))
                return true
            }
            return found.reversed()
        }
    }
}
