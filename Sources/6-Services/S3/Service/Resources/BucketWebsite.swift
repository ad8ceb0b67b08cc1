public import Door
import Formats
import S3API
public import Storage

/// A bucket's website configuration, kept as JSON.
extension Bucket {
    /// Nil ends it.
    func setWebsite(_ site: WebsiteSettings?, in transaction: inout Transaction) throws {
        try transaction.run("DELETE FROM s3_bucket_website WHERE bucket = ?", .int(id))
        guard let site else { return }
        var json = JSONWriter()
        json.beginObject()
        site.write(to: &json)
        json.endObject()
        try transaction.run(
            "INSERT INTO s3_bucket_website (bucket, site) VALUES (?, ?)", .int(id), .text(json.text))
    }
}

extension WebsiteSettings {
    /// Nil where the bucket is no website.
    static func find(_ bucket: Int64, _ snapshot: borrowing Snapshot) throws -> WebsiteSettings? {
        try snapshot.first("SELECT site FROM s3_bucket_website WHERE bucket = ?", .int(bucket)) {
            try read($0.text(0), of: bucket, snapshot)
        }
    }

    fileprivate static func read(
        _ text: String, of bucket: Int64, _ snapshot: borrowing Snapshot
    ) throws -> WebsiteSettings {
        try snapshot.meaning(of: text, in: bucket) { try WebsiteSettings(stored: $0) }
    }

    /// The members by the names of their XML elements. - Parameter isRecord: as CloudTrail writes lists of one.
    func write(to json: inout JSONWriter, isRecord: Bool = false) {
        if let all = configuration.redirectAllRequestsTo {
            json.object("RedirectAllRequestsTo", [("HostName", all.hostName), ("Protocol", all.protocol?.rawValue)])
        }
        if let index = configuration.indexDocument { json.object("IndexDocument", [("Suffix", index.suffix)]) }
        if let error = configuration.errorDocument { json.object("ErrorDocument", [("Key", error.key)]) }
        guard let rules = configuration.routingRules else { return }
        json.key("RoutingRules")
        if isRecord {
            json.beginObject()
            json.elements("RoutingRule", rules) { json, rule in json.rule(rule) }
            json.endObject()
        } else {
            json.beginArray()
            for rule in rules { json.rule(rule) }
            json.endArray()
        }
    }

    convenience init(stored text: String) throws {
        var reader = JSONReader(Array(text.utf8))
        var site = S3.WebsiteConfiguration()
        try reader.beginObject()
        while let name = try reader.nextKey() {
            switch name {
            case "RedirectAllRequestsTo":
                let all = try reader.texts()
                site.redirectAllRequestsTo = .init(
                    hostName: all["HostName"] ?? "", protocol: all["Protocol"].map { S3.ProtocolShape(rawValue: $0) })
            case "IndexDocument": site.indexDocument = .init(suffix: try reader.texts()["Suffix"] ?? "")
            case "ErrorDocument": site.errorDocument = .init(key: try reader.texts()["Key"] ?? "")
            case "RoutingRules": site.routingRules = try WebsiteSettings.rules(&reader)
            default: try reader.skipValue()
            }
        }
        self.init(site)
    }

    private static func rules(_ reader: inout JSONReader) throws -> [S3.RoutingRule] {
        var rules: [S3.RoutingRule] = []
        try reader.beginArray()
        while try reader.nextElement() {
            var rule = S3.RoutingRule()
            try reader.beginObject()
            while let name = try reader.nextKey() {
                let texts = try reader.texts()
                switch name {
                case "Condition":
                    rule.condition = .init(
                        httpErrorCodeReturnedEquals: texts["HttpErrorCodeReturnedEquals"],
                        keyPrefixEquals: texts["KeyPrefixEquals"])
                default:
                    rule.redirect = .init(
                        hostName: texts["HostName"], httpRedirectCode: texts["HttpRedirectCode"],
                        protocol: texts["Protocol"].map { S3.ProtocolShape(rawValue: $0) },
                        replaceKeyPrefixWith: texts["ReplaceKeyPrefixWith"], replaceKeyWith: texts["ReplaceKeyWith"])
                }
            }
            rules.append(rule)
        }
        return rules
    }
}

extension JSONReader {
    /// An object of texts.
    fileprivate mutating func texts() throws -> [String: String] {
        var texts: [String: String] = [:]
        try beginObject()
        while let name = try nextKey() { texts[name] = try readString() }
        return texts
    }
}

extension JSONWriter {
    fileprivate mutating func object(_ name: String, _ members: [(String, String?)]) {
        key(name)
        beginObject()
        for case (let name, let value?) in members { member(name, value) }
        endObject()
    }

    fileprivate mutating func rule(_ rule: S3.RoutingRule) {
        beginObject()
        if let condition = rule.condition {
            object(
                "Condition",
                [
                    ("HttpErrorCodeReturnedEquals", condition.httpErrorCodeReturnedEquals),
                    ("KeyPrefixEquals", condition.keyPrefixEquals),
                ])
        }
        object(
            "Redirect",
            [
                ("HostName", rule.redirect.hostName), ("HttpRedirectCode", rule.redirect.httpRedirectCode),
                ("Protocol", rule.redirect.protocol?.rawValue),
                ("ReplaceKeyPrefixWith", rule.redirect.replaceKeyPrefixWith),
                ("ReplaceKeyWith", rule.redirect.replaceKeyWith),
            ])
        endObject()
    }
}

/// What buckets are to the visitors of their websites.
public struct BucketWebsites: WebsiteHosting {
    /// Looks up what is stored with the bucket.
    public init() {}

    public func website(ofBucket name: String, in snapshot: borrowing Snapshot) throws -> HostedWebsite {
        let found = try snapshot.first(
            """
            SELECT b.location, b.id, w.site FROM s3_bucket b LEFT JOIN s3_bucket_website w ON w.bucket = b.id
            WHERE b.name = ?
            """, .text(name)
        ) { row in (Location(stored: row.text(0)).region, row.int(1), row.textOrNull(2)) }
        guard let (region, bucket, text) = found else { return .noBucket }
        guard let text else { return .notHosted }
        return .site(Website(region: region, plan: try WebsiteSettings.read(text, of: bucket, snapshot).plan))
    }

    /// Looks at the current version alone.
    public func holds(_ key: String, inBucket name: String, _ snapshot: borrowing Snapshot) throws -> Bool {
        try snapshot.exists(
            "SELECT 1 FROM s3_object o JOIN s3_bucket b ON b.id = o.bucket WHERE b.name = ? AND o.key = ?", .text(name),
            .blob(Array(key.utf8)))
    }
}

extension Website.Plan {
    init(_ configuration: S3.WebsiteConfiguration) {
        if let all = configuration.redirectAllRequestsTo {
            self = .elsewhere(host: all.hostName, scheme: all.protocol?.rawValue)
            return
        }
        let rules = (configuration.routingRules ?? []).map { rule in
            let redirect = rule.redirect
            return Website.Rule(
                prefix: rule.condition?.keyPrefixEquals,
                error: rule.condition?.httpErrorCodeReturnedEquals.flatMap { Int($0) }, host: redirect.hostName,
                scheme: redirect.protocol?.rawValue, status: redirect.httpRedirectCode.flatMap { Int($0) } ?? 301,
                key: redirect.replaceKeyWith.map { .whole($0) } ?? redirect.replaceKeyPrefixWith.map { .prefix($0) }
                    ?? .none)
        }
        self = .pages(
            index: configuration.indexDocument?.suffix ?? "", error: configuration.errorDocument?.key, rules: rules)
    }
}
