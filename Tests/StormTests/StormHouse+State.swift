import Foundation
import Journal
import Scaffold
import Storage

extension StormHouse {
    /// Every row that calls change, the journal apart: equal before and after a call that changed nothing.
    func rows() throws -> [String] { try store.rows(Store.identities + StormHouse.contents) }

    private static let contents: [StaticString] = [
        "SELECT 'bucket ' || id || name || location || quote(policy) || quote(public_access) FROM s3_bucket ORDER BY 1",
        "SELECT 'object ' || bucket || hex(key) || hex(etag) || size || content FROM s3_object ORDER BY 1",
        "SELECT 'version ' || bucket || hex(key) || place || quote(content) FROM s3_version ORDER BY 1",
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

    /// A record, by what a storm asks of it.
    struct Record: Sendable {
        let position: Int64
        let name: String
        let requestID: String
        let errorCode: String?
    }

    /// In the order they were written.
    func records(after position: Int64) throws -> [Record] {
        try store.entries(after: position).map { position, entry in
            let json = try JSONSerialization.jsonObject(with: Data(entry.record)) as? [String: Any]
            return Record(
                position: position, name: entry.name, requestID: json?["requestID"] as? String ?? "",
                errorCode: json?["errorCode"] as? String)
        }
    }
}
