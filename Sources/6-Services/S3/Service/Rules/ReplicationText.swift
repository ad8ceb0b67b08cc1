import Formats
import S3API

/// Replication rules as JSON, by the names of their XML elements: as they are stored, and as CloudTrail tells them.
extension ReplicationRules {
    var stored: String {
        var json = JSONWriter()
        json.beginObject()
        json.member("Role", role)
        json.key("Rule")
        json.beginArray()
        for rule in rules { json.rule(rule) }
        json.endArray()
        json.endObject()
        return json.text
    }

    convenience init(stored text: String) throws {
        var reader = JSONReader(Array(text.utf8))
        var (role, rules): (String, [S3.ReplicationRule]) = ("", [])
        try reader.members { name, reader in
            switch name {
            case "Role": role = try reader.readString()
            case "Rule":
                try reader.beginArray()
                while try reader.nextElement() { rules.append(try ReplicationRules.rule(&reader)) }
            default: try reader.skipValue()
            }
        }
        self.init(role: role, rules: rules)
    }

    private static func rule(_ reader: inout JSONReader) throws -> S3.ReplicationRule {
        var rule = S3.ReplicationRule()
        try reader.members { name, reader in
            switch name {
            case "ID": rule.iD = try reader.readString()
            case "Priority": rule.priority = Int(try reader.readInt64())
            case "Prefix": rule.prefix = try reader.readString()
            case "Status": rule.status = .init(rawValue: try reader.readString())
            case "Filter": rule.filter = try filter(&reader)
            case "SourceSelectionCriteria": rule.sourceSelectionCriteria = try criteria(&reader)
            case "ExistingObjectReplication":
                rule.existingObjectReplication = .init(status: .init(rawValue: try status(&reader)))
            case "DeleteMarkerReplication":
                rule.deleteMarkerReplication = .init(status: .init(rawValue: try status(&reader)))
            case "Destination": rule.destination = try destination(&reader)
            default: try reader.skipValue()
            }
        }
        return rule
    }

    private static func filter(_ reader: inout JSONReader) throws -> S3.ReplicationRuleFilter {
        var filter = S3.ReplicationRuleFilter()
        try reader.members { name, reader in
            switch name {
            case "Prefix": filter.prefix = try reader.readString()
            case "Tag": filter.tag = try tags(&reader).first
            case "And":
                var and = S3.ReplicationRuleAndOperator()
                try reader.members { name, reader in
                    if name == "Prefix" { and.prefix = try reader.readString() } else { and.tags = try tags(&reader) }
                }
                filter.and = and
            default: try reader.skipValue()
            }
        }
        return filter
    }

    /// One tag, or several.
    private static func tags(_ reader: inout JSONReader) throws -> [S3.Tag] {
        guard try reader.peek() == .array else { return [try tag(&reader)] }
        var tags: [S3.Tag] = []
        try reader.beginArray()
        while try reader.nextElement() { tags.append(try tag(&reader)) }
        return tags
    }

    private static func tag(_ reader: inout JSONReader) throws -> S3.Tag {
        var tag = S3.Tag()
        try reader.members { name, reader in
            if name == "Key" { tag.key = try reader.readString() } else { tag.value = try reader.readString() }
        }
        return tag
    }

    private static func criteria(_ reader: inout JSONReader) throws -> S3.SourceSelectionCriteria {
        var criteria = S3.SourceSelectionCriteria()
        try reader.members { name, reader in
            let status = try status(&reader)
            if name == "SseKmsEncryptedObjects" {
                criteria.sseKmsEncryptedObjects = .init(status: .init(rawValue: status))
            } else {
                criteria.replicaModifications = .init(status: .init(rawValue: status))
            }
        }
        return criteria
    }

    private static func destination(_ reader: inout JSONReader) throws -> S3.Destination {
        var destination = S3.Destination()
        try reader.members { name, reader in
            switch name {
            case "Bucket": destination.bucket = try reader.readString()
            case "Account": destination.account = try reader.readString()
            case "StorageClass": destination.storageClass = .init(rawValue: try reader.readString())
            case "AccessControlTranslation":
                destination.accessControlTranslation = .init(owner: .init(rawValue: try text("Owner", &reader) ?? ""))
            case "EncryptionConfiguration":
                destination.encryptionConfiguration = .init(replicaKmsKeyID: try text("ReplicaKmsKeyID", &reader))
            // These two are there to say that they are off.
            case "ReplicationTime":
                destination.replicationTime = .init(
                    status: .init(rawValue: try status(&reader)), time: .init(minutes: 15))
            case "Metrics": destination.metrics = .init(status: .init(rawValue: try status(&reader)))
            default: try reader.skipValue()
            }
        }
        return destination
    }

    private static func status(_ reader: inout JSONReader) throws -> String { try text("Status", &reader) ?? "" }

    private static func text(_ member: String, _ reader: inout JSONReader) throws -> String? {
        var text: String?
        try reader.members { name, reader in
            if name == member { text = try reader.readString() } else { try reader.skipValue() }
        }
        return text
    }
}

extension JSONReader {
    /// Reads an object. - Parameter read: is given each member's name, and reads its value.
    fileprivate mutating func members(_ read: (String, inout JSONReader) throws -> Void) throws {
        try beginObject()
        while let name = try nextKey() { try read(name, &self) }
    }
}

extension JSONWriter {
    mutating func rule(_ rule: S3.ReplicationRule) {
        beginObject()
        texts([("ID", rule.iD), ("Prefix", rule.prefix), ("Status", rule.status.rawValue)])
        if let priority = rule.priority {
            key("Priority")
            integer(priority)
        }
        if let filter = rule.filter { self.filter(filter) }
        if let criteria = rule.sourceSelectionCriteria {
            object("SourceSelectionCriteria") { json in
                json.status("SseKmsEncryptedObjects", criteria.sseKmsEncryptedObjects?.status.rawValue)
                json.status("ReplicaModifications", criteria.replicaModifications?.status.rawValue)
            }
        }
        status("ExistingObjectReplication", rule.existingObjectReplication?.status.rawValue)
        status("DeleteMarkerReplication", rule.deleteMarkerReplication?.status?.rawValue)
        destination(rule.destination)
        endObject()
    }

    private mutating func filter(_ filter: S3.ReplicationRuleFilter) {
        object("Filter") { json in
            json.texts([("Prefix", filter.prefix)])
            if let tag = filter.tag { json.elements("Tag", [tag]) { $0.tag($1) } }
            guard let and = filter.and else { return }
            json.object("And") { json in
                json.texts([("Prefix", and.prefix)])
                json.elements("Tag", and.tags ?? []) { $0.tag($1) }
            }
        }
    }

    private mutating func destination(_ destination: S3.Destination) {
        object("Destination") { json in
            json.texts([
                ("Bucket", destination.bucket), ("Account", destination.account),
                ("StorageClass", destination.storageClass?.rawValue),
            ])
            if let translation = destination.accessControlTranslation {
                json.object("AccessControlTranslation") { $0.member("Owner", translation.owner.rawValue) }
            }
            if let encryption = destination.encryptionConfiguration {
                json.object("EncryptionConfiguration") { $0.texts([("ReplicaKmsKeyID", encryption.replicaKmsKeyID)]) }
            }
            json.status("ReplicationTime", destination.replicationTime?.status.rawValue)
            json.status("Metrics", destination.metrics?.status.rawValue)
        }
    }

    private mutating func tag(_ tag: S3.Tag) {
        beginObject()
        member("Key", tag.key)
        member("Value", tag.value)
        endObject()
    }

    private mutating func status(_ name: String, _ status: String?) {
        if let status { object(name) { $0.member("Status", status) } }
    }

    private mutating func texts(_ members: [(String, String?)]) {
        for case (let name, let text?) in members { member(name, text) }
    }

    private mutating func object(_ name: String, _ write: (inout JSONWriter) -> Void) {
        key(name)
        beginObject()
        write(&self)
        endObject()
    }
}
