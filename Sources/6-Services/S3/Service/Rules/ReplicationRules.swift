import AWS
import Door
import Formats
import S3API
import Smithy
import World

/// To which other buckets the objects of a bucket are replicated, which of them, and by whose right.
/// - Source: S3 User Guide, "Replication configuration file elements"; S3 API Reference, "ReplicationRule".
final class ReplicationRules: Sendable {
    /// The ARN of the role that S3 takes on.
    let role: String
    /// Each has an id.
    let rules: [S3.ReplicationRule]
    /// Those that are carried out, made ready to be looked at for each object.
    private let ready: [Ready]

    private struct Ready {
        let prefix: [UInt8]
        let destination: String
        let rule: S3.ReplicationRule
    }

    init(role: String, rules: [S3.ReplicationRule]) {
        (self.role, self.rules) = (role, rules)
        ready = rules.compactMap { rule in
            guard rule.isEnabled, let destination = rule.bucketName else { return nil }
            return Ready(prefix: Array(rule.keyPrefix.utf8), destination: destination, rule: rule)
        }
    }

    /// The rule of that id, while it is enabled and leads to that bucket.
    func rule(_ id: String, to bucket: String) -> S3.ReplicationRule? {
        ready.first { $0.rule.iD == id && $0.destination == bucket }?.rule
    }

    /// Of each destination the rule of highest priority that covers a key.
    /// - Parameter tags: what the object is tagged with; nil where that does not matter.
    func chosen(for key: [UInt8], _ tags: [S3.Tag]?) -> [S3.ReplicationRule] {
        var chosen: [String: S3.ReplicationRule] = [:]
        for next in ready where key.starts(with: next.prefix) {
            let rule = next.rule
            guard rule.covers(tags) else { continue }
            if let known = chosen[next.destination], known.priority ?? 0 >= rule.priority ?? 0 { continue }
            chosen[next.destination] = rule
        }
        return chosen.sorted { $0.key < $1.key }.map(\.value)
    }
}

extension S3.ReplicationRule {
    var isEnabled: Bool { status == .enabled }

    /// Whether the rule is written as the first version of the schema has it. It then replicates delete markers.
    /// - Source: S3 User Guide, "Replication configuration file elements", "Backward compatibility".
    var isOfFirstVersion: Bool { filter == nil }
    var keyPrefix: String { filter?.and?.prefix ?? filter?.prefix ?? prefix ?? "" }
    var wantedTags: [S3.Tag] { filter?.and?.tags ?? filter?.tag.map { [$0] } ?? [] }
    var takesMarkers: Bool { isOfFirstVersion || deleteMarkerReplication?.status == .enabled }
    var takesKMS: Bool { sourceSelectionCriteria?.sseKmsEncryptedObjects?.status == .enabled }
    var takesReplicaChanges: Bool { sourceSelectionCriteria?.replicaModifications?.status == .enabled }
    var overridesOwner: Bool { destination.accessControlTranslation != nil }
    var replicaKey: String? { destination.encryptionConfiguration?.replicaKmsKeyID }

    /// Nil where the destination is no bucket.
    var bucketName: String? { S3.ReplicationRule.bucketName(destination.bucket) }

    fileprivate static func bucketName(_ text: String) -> String? {
        guard let arn = ARN(text), arn.service == "s3", arn.region.isEmpty, arn.account.isEmpty,
            BucketName.isValid(String(arn.resource))
        else { return nil }
        return String(arn.resource)
    }

    /// - Parameter tags: nil where they do not matter.
    func covers(_ key: [UInt8], _ tags: [S3.Tag]?) -> Bool {
        key.starts(with: Array(keyPrefix.utf8)) && covers(tags)
    }

    /// Whether an object with those tags is covered. - Parameter tags: nil where they do not matter.
    fileprivate func covers(_ tags: [S3.Tag]?) -> Bool {
        guard let tags else { return true }
        return wantedTags.allSatisfy { wanted in
            tags.contains { $0.key.hasSameBytes(as: wanted.key) && $0.value.hasSameBytes(as: wanted.value) }
        }
    }
}

/// What a configuration must keep to, in the words of S3's refusals.
/// - Source: the words as S3 was seen to answer (LocalStack's validated tests, `test_s3.py`; terraform-provider-aws issues on
///   `aws_s3_bucket_replication_configuration`); what nobody quotes is worded here.
extension ReplicationRules {
    private static let most = 1000
    private static let idLimit = 255

    /// Of a request: what is wrong is refused, rules without an id get one.
    convenience init(_ asked: S3.ReplicationConfiguration, for bucket: Bucket, _ identifiers: Identifiers) throws {
        guard bucket.versioning.state == .enabled else {
            throw S3.InvalidRequest(
                message: "Versioning must be 'Enabled' on the bucket to apply a replication configuration")
        }
        guard !asked.rules.isEmpty else { throw Refused.malformedXML }
        guard asked.rules.count <= ReplicationRules.most else {
            throw S3.InvalidRequest(
                message: "The number of replication rules must not exceed the allowed limit of "
                    + "\(ReplicationRules.most) rules.")
        }
        for rule in asked.rules { try rule.check(for: bucket) }
        try ReplicationRules.checkTogether(asked.rules)
        let rules = asked.rules.map { rule in
            var rule = rule
            if rule.iD?.isEmpty ?? true { rule.iD = identifiers.uuid() }
            return rule
        }
        self.init(role: asked.role, rules: rules)
    }

    private static func checkTogether(_ rules: [S3.ReplicationRule]) throws {
        let ids = rules.compactMap(\.iD).filter { !$0.isEmpty }
        guard Set(ids).count == ids.count else {
            throw S3.InvalidRequest(message: "Rule Id must be unique. Found same Id for more than one rule")
        }
        guard Set(rules.map(\.isOfFirstVersion)).count == 1 else {
            throw S3.InvalidRequest(
                message:
                    "All rules must be of one version of the replication configuration schema: with Filter, or without."
            )
        }
        guard rules.contains(where: \.isOfFirstVersion) else {
            let priorities = rules.compactMap(\.priority)
            guard Set(priorities).count == priorities.count else {
                throw S3.InvalidRequest(
                    message: "Priority must be unique. Found same Priority for more than one rule")
            }
            return
        }
        guard Set(rules.map(\.destination.bucket)).count == 1 else {
            throw S3.InvalidRequest(
                message: "Rules without Filter must all have the same destination bucket.")
        }
        let prefixes = rules.map { Array($0.keyPrefix.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
        for (first, second) in zip(prefixes, prefixes.dropFirst()) where second.starts(with: first) {
            throw S3.InvalidRequest(
                message: "Found overlapping prefixes '\(String(decoding: first, as: UTF8.self))' and "
                    + "'\(String(decoding: second, as: UTF8.self))' for same destination")
        }
    }

    fileprivate static func checkID(_ id: String?) throws {
        guard (id ?? "").utf16.count <= idLimit else {
            throw Refused.argument("ID", id ?? "", "ID length should not exceed allowed limit of \(idLimit)")
        }
    }

    fileprivate static let moreOfSchema =
        " must be specified for this version of Cross Region Replication configuration schema. Please refer to S3 Developer "
        + "Guide for more information."
}

extension S3.ReplicationRule {
    fileprivate func check(for bucket: Bucket) throws {
        try ReplicationRules.checkID(iD)
        guard [.enabled, .disabled].contains(status) else { throw Refused.malformedXML }
        try checkFilter()
        try checkSelection()
        try checkDestination(of: bucket)
        switch existingObjectReplication?.status {
        case nil, .disabled?: break
        case .enabled?:
            throw S3.InvalidRequest(
                message:
                    "ExistingObjectReplication cannot be enabled: only objects that are stored from now on are replicated."
            )
        default: throw Refused.malformedXML
        }
    }

    private func checkFilter() throws {
        guard keyPrefix.utf8.count <= ObjectKey.limit else {
            throw S3.InvalidRequest(message: "The maximum size of a prefix is \(ObjectKey.limit).")
        }
        guard let filter else {
            guard prefix != nil, priority == nil else { throw Refused.malformedXML }
            return
        }
        let given = [filter.prefix != nil, filter.tag != nil, filter.and != nil].count(where: { $0 })
        guard prefix == nil, given <= 1 else { throw Refused.malformedXML }
        if let and = filter.and, and.prefix == nil, (and.tags ?? []).isEmpty { throw Refused.malformedXML }
        guard let priority else { throw S3.InvalidRequest(message: "Priority" + ReplicationRules.moreOfSchema) }
        guard (0...Int(Int32.max)).contains(priority) else {
            throw S3.InvalidRequest(message: "Priority must be an integer between 0 and \(Int32.max)")
        }
        try TagRules.checkObject(wantedTags)
        guard let markers = deleteMarkerReplication?.status else {
            throw S3.InvalidRequest(message: "DeleteMarkerReplication" + ReplicationRules.moreOfSchema)
        }
        guard [.enabled, .disabled].contains(markers) else { throw Refused.malformedXML }
        guard markers == .disabled || wantedTags.isEmpty else {
            throw S3.InvalidRequest(
                message:
                    "Delete marker replication is not supported if any Tag filter is specified. Please refer to S3 "
                    + "Developer Guide for more information.")
        }
    }

    private func checkSelection() throws {
        if let criteria = sourceSelectionCriteria {
            guard [nil, .enabled, .disabled].contains(criteria.sseKmsEncryptedObjects?.status),
                [nil, .enabled, .disabled].contains(criteria.replicaModifications?.status)
            else { throw Refused.malformedXML }
        }
        if takesKMS, replicaKey?.isEmpty ?? true {
            throw S3.InvalidRequest(
                message: "ReplicaKmsKeyID must be specified if SseKmsEncryptedObjects tag is present.")
        }
        if destination.encryptionConfiguration != nil, sourceSelectionCriteria?.sseKmsEncryptedObjects == nil {
            throw S3.InvalidRequest(
                message: "SseKmsEncryptedObjects must be specified if EncryptionConfiguration is present.")
        }
    }

    /// What cannot be carried out is refused. Whether the destination is there, and whose it is, is looked at elsewhere.
    private func checkDestination(of bucket: Bucket) throws {
        guard let name = bucketName else {
            throw Refused.argument("Bucket", destination.bucket, "Invalid bucket ARN")
        }
        guard name != bucket.name else {
            throw S3.InvalidRequest(message: "Destination bucket cannot be the same as the source bucket.")
        }
        if let account = destination.account, AccountID(account) == nil {
            throw Refused.argument("Account", account, "The account is not a valid AWS account ID.")
        }
        if let translation = destination.accessControlTranslation {
            guard translation.owner == .destination else { throw Refused.malformedXML }
            guard destination.account != nil else {
                throw S3.InvalidRequest(
                    message: "Account must be specified if AccessControlTranslation is present.")
            }
        }
        _ = try ObjectClass(asked: destination.storageClass)
        if let time = destination.replicationTime {
            guard [.enabled, .disabled].contains(time.status), time.time.minutes == 15 else {
                throw Refused.malformedXML
            }
            guard time.status == .disabled else { throw NotImplemented("S3 Replication Time Control") }
        }
        if let metrics = destination.metrics {
            guard [.enabled, .disabled].contains(metrics.status), [nil, 15].contains(metrics.eventThreshold?.minutes)
            else {
                throw Refused.malformedXML
            }
            guard metrics.status == .disabled else { throw NotImplemented("Metrics of replication in CloudWatch") }
        }
    }
}
