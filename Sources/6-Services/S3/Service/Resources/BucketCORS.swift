import Formats
import S3API
import Storage

/// A bucket's rules for pages of other origins, kept as JSON.
extension Bucket {
    /// Nil where there are none.
    func cors(_ snapshot: borrowing Snapshot) throws -> CORSRules? {
        try snapshot.first("SELECT rules FROM s3_bucket_cors WHERE bucket = ?", .int(id)) {
            try CORSRules(stored: $0.text(0))
        }
    }

    /// Nil takes them away.
    func setCORS(_ rules: CORSRules?, in transaction: inout Transaction) throws {
        try transaction.run("DELETE FROM s3_bucket_cors WHERE bucket = ?", .int(id))
        guard let rules else { return }
        try transaction.run(
            "INSERT INTO s3_bucket_cors (bucket, rules) VALUES (?, ?)", .int(id), .text(rules.stored))
    }
}

extension CORSRules {
    /// The rules of the bucket of that name: nil without such a bucket, none where it has no rules.
    static func find(ofBucket name: String, _ snapshot: borrowing Snapshot) throws -> CORSRules? {
        try snapshot.first(
            "SELECT c.rules FROM s3_bucket b LEFT JOIN s3_bucket_cors c ON c.bucket = b.id WHERE b.name = ?",
            .text(name)
        ) { row in try row.textOrNull(0).map { try CORSRules(stored: $0) } ?? CORSRules([]) }
    }

    fileprivate var stored: String {
        var json = JSONWriter()
        json.beginArray()
        for rule in rules { json.rule(rule) }
        json.endArray()
        return json.text
    }

    fileprivate init(stored text: String) throws {
        var reader = JSONReader(Array(text.utf8))
        var rules: [S3.CORSRule] = []
        try reader.beginArray()
        while try reader.nextElement() { rules.append(try CORSRules.rule(&reader)) }
        self.init(rules)
    }

    private static func rule(_ reader: inout JSONReader) throws -> S3.CORSRule {
        var rule = S3.CORSRule()
        try reader.beginObject()
        while let name = try reader.nextKey() {
            switch name {
            case "ID": rule.iD = try reader.readString()
            case "AllowedHeader": rule.allowedHeaders = try texts(&reader)
            case "AllowedMethod": rule.allowedMethods = try texts(&reader)
            case "AllowedOrigin": rule.allowedOrigins = try texts(&reader)
            case "ExposeHeader": rule.exposeHeaders = try texts(&reader)
            case "MaxAgeSeconds": rule.maxAgeSeconds = Int(try reader.readInt64())
            default: try reader.skipValue()
            }
        }
        return rule
    }

    private static func texts(_ reader: inout JSONReader) throws -> [String] {
        var texts: [String] = []
        try reader.beginArray()
        while try reader.nextElement() { texts.append(try reader.readString()) }
        return texts
    }
}

extension JSONWriter {
    /// A rule by the names of its XML elements. - Parameter isRecord: as CloudTrail writes lists of one.
    mutating func rule(_ rule: S3.CORSRule, isRecord: Bool = false) {
        beginObject()
        if let id = rule.iD { member("ID", id) }
        let lists: [(String, [String]?)] = [
            ("AllowedHeader", rule.allowedHeaders), ("AllowedMethod", rule.allowedMethods),
            ("AllowedOrigin", rule.allowedOrigins), ("ExposeHeader", rule.exposeHeaders),
        ]
        for case (let name, let texts?) in lists {
            if isRecord {
                elements(name, texts) { json, text in json.string(text) }
            } else {
                key(name)
                beginArray()
                for text in texts { string(text) }
                endArray()
            }
        }
        if let age = rule.maxAgeSeconds {
            key("MaxAgeSeconds")
            integer(age)
        }
        endObject()
    }
}
