import AWS
import Authentication
import Door
import Formats
import HTTP
import Journal
import S3API

/// The CloudTrail record of a call to S3: header and query names as they are on the wire, not the shape's members.
/// - Source: CloudTrail User Guide, "CloudTrail record contents"; S3 User Guide, "Amazon S3 CloudTrail events".
struct S3Record {
    private let facts: RequestFacts
    private let bucket: String
    private let key: String?
    private var request = JSONWriter()
    private var transferred: [(name: String, bytes: Int64)] = []
    private var encryption: String?
    /// What is read besides.
    private var sources: [Event.Resource] = []
    /// Whether the request sets an access control list, other than the one that is so anyway where lists do not count.
    var setsList = false

    init(_ facts: RequestFacts, bucket: String, key: String? = nil) {
        (self.facts, self.bucket, self.key) = (facts, bucket, key)
        request.beginObject()
        request.member("bucketName", bucket)
        put("Host", facts.host)
        put("x-amz-request-payer", facts.only("x-amz-request-payer"))
        put("key", key)
    }

    /// A parameter, where it was given. A sub-resource such as `?policy` has the empty value.
    mutating func put(_ name: String, _ value: String?) {
        if let value { request.member(name, value) }
    }

    /// A parameter that is JSON already.
    mutating func put(_ name: String, json: [UInt8]) {
        request.key(name)
        request.raw(json)
    }

    mutating func put(_ block: PublicAccessBlock) {
        let settings: [(String, PublicAccessBlock)] = [
            ("RestrictPublicBuckets", .restrictPublicBuckets), ("BlockPublicPolicy", .blockPublicPolicy),
            ("BlockPublicAcls", .blockPublicAcls), ("IgnorePublicAcls", .ignorePublicAcls),
        ]
        put(body: "PublicAccessBlockConfiguration") { json in
            for (name, setting) in settings {
                json.key(name)
                json.bool(block.contains(setting))
            }
        }
    }

    /// A body under the name of its root element, whose members `write` adds.
    mutating func put(body name: String, _ write: (inout JSONWriter) -> Void) {
        request.key(name)
        request.beginObject()
        request.member("xmlns", "http://s3.amazonaws.com/doc/2006-03-01/")
        write(&request)
        request.endObject()
    }

    /// A body under the name of its root element.
    mutating func put(_ configuration: S3.ServerSideEncryptionConfiguration) {
        request.key("ServerSideEncryptionConfiguration")
        request.beginObject()
        request.member("xmlns", "http://s3.amazonaws.com/doc/2006-03-01/")
        // A configuration has one rule; what has more was refused.
        if let rule = configuration.rules.first {
            request.key("Rule")
            put(rule)
        }
        request.endObject()
    }

    private mutating func put(_ rule: S3.ServerSideEncryptionRule) {
        request.beginObject()
        if let wanted = rule.applyServerSideEncryptionByDefault {
            request.key("ApplyServerSideEncryptionByDefault")
            request.beginObject()
            request.member("SSEAlgorithm", wanted.sSEAlgorithm.rawValue)
            if let key = wanted.kMSMasterKeyID { request.member("KMSMasterKeyID", key) }
            request.endObject()
        }
        if let uses = rule.bucketKeyEnabled {
            request.key("BucketKeyEnabled")
            request.bool(uses)
        }
        if let types = rule.blockedEncryptionTypes?.encryptionType {
            request.key("BlockedEncryptionTypes")
            request.beginObject()
            for type in types.prefix(1) { request.member("EncryptionType", type.rawValue) }
            request.endObject()
        }
        request.endObject()
    }

    mutating func took(_ bytes: Int64?) {
        if let bytes { transferred.append(("bytesTransferredIn", bytes)) }
    }

    mutating func gave(_ bytes: Int64) { transferred.append(("bytesTransferredOut", bytes)) }

    /// An object that is copied from. - Parameter target: nil where its bucket could not be looked up.
    mutating func copies(_ key: String, of name: String, _ target: BucketTarget?) {
        guard let arn = target?.bucket?.arn ?? S3Record.arn(ofBucket: name) else { return }
        sources.append(Event.Resource(account: nil, type: "AWS::S3::Object", arn: arn + "/" + key))
        sources.append(Event.Resource(account: target?.bucket?.account, type: "AWS::S3::Bucket", arn: arn))
        if let point = target?.point?.point { sources.append(point.resource) }
    }

    /// Nil where the name is one of an access point.
    private static func arn(ofBucket name: String) -> String? {
        AccessPointName.isARN(name) ? nil : Bucket.arn(name)
    }

    /// `SSE_S3` where the request asked for it, `Default_SSE_S3` where the bucket did.
    mutating func encrypted(_ how: String) { encryption = how }

    /// - Parameter target: nil where the bucket could not be looked up.
    consuming func recording(
        of target: BucketTarget?, named name: String? = nil, _ category: Event.Category = .management,
        showsResources: Bool = true
    ) -> Recording {
        request.endObject()
        let owner = target?.bucket?.account
        var resources: [Event.Resource] = []
        let point = target?.point?.point
        if showsResources, let arn = target?.bucket?.arn ?? S3Record.arn(ofBucket: bucket) {
            if let key { resources.append(Event.Resource(account: nil, type: "AWS::S3::Object", arn: arn + "/" + key)) }
            resources.append(Event.Resource(account: owner, type: "AWS::S3::Bucket", arn: arn))
            if let point { resources.append(point.resource) }
            resources += sources
        }
        var recording = Recording(
            eventName: name, category: category, request: .json(request.bytes),
            additionalData: additional, resources: resources,
            subjects: [Event.Subject(type: "AWS::S3::Bucket", name: target?.bucket?.name ?? bucket)]
                + (point.map { [$0.subject] } ?? []), owner: owner)
        recording.setsList = setsList
        return recording
    }

    /// `additionalEventData`: how the call was signed and carried.
    private var additional: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        switch facts.caller.method {
        case .anonymous, .signIn: break
        case .header:
            json.member("SignatureVersion", "SigV4")
            json.member("AuthenticationMethod", "AuthHeader")
        case .query, .form:
            json.member("SignatureVersion", facts.caller.signatureVersion == .version2 ? "SigV2" : "SigV4")
            json.member("AuthenticationMethod", facts.caller.method == .form ? "HtmlForm" : "QueryString")
        }
        if let suite = facts.connection.tls?.cipherSuite { json.member("CipherSuite", suite) }
        if let encryption { json.member("SSEApplied", encryption) }
        for (name, bytes) in transferred {
            json.key(name)
            json.integer(bytes)
        }
        json.endObject()
        return json.bytes
    }
}

/// XML as CloudTrail writes it in JSON.
extension JSONWriter {
    /// A repeated element: alone it stands for itself, several are a list.
    mutating func elements<Item>(_ name: String, _ items: [Item], _ write: (inout JSONWriter, Item) -> Void) {
        guard !items.isEmpty else { return }
        key(name)
        if items.count > 1 { beginArray() }
        for item in items { write(&self, item) }
        if items.count > 1 { endArray() }
    }

    /// Tags in an element of that name.
    mutating func tags(_ tags: [S3.Tag], in name: String) {
        key(name)
        beginObject()
        elements("Tag", tags) { json, tag in
            json.beginObject()
            json.member("Key", tag.key)
            json.member("Value", tag.value)
            json.endObject()
        }
        endObject()
    }
}
