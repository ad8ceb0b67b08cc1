import Formats
import S3API
import World

/// Rules of lifecycles as JSON, by the names of their XML elements: as they are kept, and as records show them.
extension JSONWriter {
    /// - Parameter isRecord: as CloudTrail writes lists of one.
    mutating func rule(_ rule: S3.LifecycleRule, isRecord: Bool = false) {
        beginObject()
        if let id = rule.iD { member("ID", id) }
        if let prefix = rule.prefix { member("Prefix", prefix) }
        if let filter = rule.filter {
            key("Filter")
            self.filter(filter, isRecord)
        }
        member("Status", rule.status.rawValue)
        if let action = rule.expiration { element("Expiration") { $0.expiration(action) } }
        list("Transition", rule.transitions, isRecord) { $0.transition($1) }
        list("NoncurrentVersionTransition", rule.noncurrentVersionTransitions, isRecord) { $0.transition($1) }
        if let action = rule.noncurrentVersionExpiration {
            element("NoncurrentVersionExpiration") { json in
                json.number("NoncurrentDays", action.noncurrentDays)
                json.number("NewerNoncurrentVersions", action.newerNoncurrentVersions)
            }
        }
        if let action = rule.abortIncompleteMultipartUpload {
            element("AbortIncompleteMultipartUpload") { $0.number("DaysAfterInitiation", action.daysAfterInitiation) }
        }
        endObject()
    }

    private mutating func element(_ name: String, _ write: (inout JSONWriter) -> Void) {
        key(name)
        beginObject()
        write(&self)
        endObject()
    }

    private mutating func number(_ name: String, _ value: Int?) {
        guard let value else { return }
        key(name)
        integer(value)
    }

    private mutating func list<Item>(
        _ name: String, _ items: [Item]?, _ isRecord: Bool, _ write: (inout JSONWriter, Item) -> Void
    ) {
        guard let items else { return }
        if isRecord { return elements(name, items, write) }
        key(name)
        beginArray()
        for item in items { write(&self, item) }
        endArray()
    }

    private mutating func filter(_ filter: S3.LifecycleRuleFilter, _ isRecord: Bool) {
        beginObject()
        if let prefix = filter.prefix { member("Prefix", prefix) }
        if let tag = filter.tag {
            key("Tag")
            self.tag(tag)
        }
        number("ObjectSizeGreaterThan", filter.objectSizeGreaterThan)
        number("ObjectSizeLessThan", filter.objectSizeLessThan)
        if let and = filter.and {
            element("And") { json in
                if let prefix = and.prefix { json.member("Prefix", prefix) }
                json.list("Tag", and.tags, isRecord) { $0.tag($1) }
                json.number("ObjectSizeGreaterThan", and.objectSizeGreaterThan)
                json.number("ObjectSizeLessThan", and.objectSizeLessThan)
            }
        }
        endObject()
    }

    private mutating func tag(_ tag: S3.Tag) {
        beginObject()
        member("Key", tag.key)
        member("Value", tag.value)
        endObject()
    }

    private mutating func expiration(_ action: S3.LifecycleExpiration) {
        if let date = action.date { member("Date", date.iso8601) }
        number("Days", action.days)
        if let marker = action.expiredObjectDeleteMarker {
            key("ExpiredObjectDeleteMarker")
            bool(marker)
        }
    }

    private mutating func transition(_ action: S3.Transition) {
        beginObject()
        if let date = action.date { member("Date", date.iso8601) }
        number("Days", action.days)
        if let next = action.storageClass { member("StorageClass", next.rawValue) }
        endObject()
    }

    private mutating func transition(_ action: S3.NoncurrentVersionTransition) {
        beginObject()
        number("NoncurrentDays", action.noncurrentDays)
        if let next = action.storageClass { member("StorageClass", next.rawValue) }
        number("NewerNoncurrentVersions", action.newerNoncurrentVersions)
        endObject()
    }
}

extension LifecycleRules {
    var stored: String {
        var json = JSONWriter()
        json.beginArray()
        for shape in shapes { json.rule(shape) }
        json.endArray()
        return json.text
    }

    convenience init(stored text: String, minimum: Int64) throws {
        var reader = JSONReader(Array(text.utf8))
        self.init(
            try reader.list { reader in
                var rule = S3.LifecycleRule(status: .disabled)
                try reader.object { name, reader in try rule.read(name, &reader) }
                return rule
            }, minimum: minimum == 0 ? .allStorageClasses128k : .variesByStorageClass)
    }

    /// The number in the database; never to be changed.
    var storedMinimum: Int64 { minimum == .variesByStorageClass ? 1 : 0 }
}

extension JSONReader {
    fileprivate mutating func list<Item>(_ item: (inout JSONReader) throws -> Item) throws -> [Item] {
        var items: [Item] = []
        try beginArray()
        while try nextElement() { items.append(try item(&self)) }
        return items
    }

    fileprivate mutating func object(_ member: (String, inout JSONReader) throws -> Void) throws {
        try beginObject()
        while let name = try nextKey() { try member(name, &self) }
    }

    fileprivate mutating func number() throws -> Int { Int(try readInt64()) }
    fileprivate mutating func date() throws -> Instant? { Instant(iso8601: try readString()) }
}

extension S3.LifecycleRule {
    fileprivate mutating func read(_ name: String, _ reader: inout JSONReader) throws {
        switch name {
        case "ID": iD = try reader.readString()
        case "Prefix": prefix = try reader.readString()
        case "Status": status = .init(rawValue: try reader.readString())
        case "Filter":
            var found = S3.LifecycleRuleFilter()
            try reader.object { try found.read($0, &$1) }
            filter = found
        case "Expiration":
            var found = S3.LifecycleExpiration()
            try reader.object { try found.read($0, &$1) }
            expiration = found
        case "Transition":
            transitions = try reader.list { reader in
                var found = S3.Transition()
                try reader.object { try found.read($0, &$1) }
                return found
            }
        default: try readNoncurrent(name, &reader)
        }
    }

    private mutating func readNoncurrent(_ name: String, _ reader: inout JSONReader) throws {
        switch name {
        case "NoncurrentVersionTransition":
            noncurrentVersionTransitions = try reader.list { reader in
                var found = S3.NoncurrentVersionTransition()
                try reader.object { try found.read($0, &$1) }
                return found
            }
        case "NoncurrentVersionExpiration":
            var found = S3.NoncurrentVersionExpiration()
            try reader.object { name, reader in
                switch name {
                case "NoncurrentDays": found.noncurrentDays = try reader.number()
                case "NewerNoncurrentVersions": found.newerNoncurrentVersions = try reader.number()
                default: try reader.skipValue()
                }
            }
            noncurrentVersionExpiration = found
        case "AbortIncompleteMultipartUpload":
            var found = S3.AbortIncompleteMultipartUpload()
            try reader.object { name, reader in
                if name == "DaysAfterInitiation" {
                    found.daysAfterInitiation = try reader.number()
                } else {
                    try reader.skipValue()
                }
            }
            abortIncompleteMultipartUpload = found
        default: try reader.skipValue()
        }
    }
}

extension S3.LifecycleRuleFilter {
    fileprivate mutating func read(_ name: String, _ reader: inout JSONReader) throws {
        switch name {
        case "Prefix": prefix = try reader.readString()
        case "Tag": tag = try S3.Tag(&reader)
        case "ObjectSizeGreaterThan": objectSizeGreaterThan = try reader.number()
        case "ObjectSizeLessThan": objectSizeLessThan = try reader.number()
        case "And":
            var found = S3.LifecycleRuleAndOperator()
            try reader.object { try found.read($0, &$1) }
            and = found
        default: try reader.skipValue()
        }
    }
}

extension S3.LifecycleRuleAndOperator {
    fileprivate mutating func read(_ name: String, _ reader: inout JSONReader) throws {
        switch name {
        case "Prefix": prefix = try reader.readString()
        case "Tag": tags = try reader.list { try S3.Tag(&$0) }
        case "ObjectSizeGreaterThan": objectSizeGreaterThan = try reader.number()
        case "ObjectSizeLessThan": objectSizeLessThan = try reader.number()
        default: try reader.skipValue()
        }
    }
}

extension S3.Tag {
    fileprivate init(_ reader: inout JSONReader) throws {
        self.init()
        try reader.object { name, reader in
            switch name {
            case "Key": key = try reader.readString()
            case "Value": value = try reader.readString()
            default: try reader.skipValue()
            }
        }
    }
}

extension S3.LifecycleExpiration {
    fileprivate mutating func read(_ name: String, _ reader: inout JSONReader) throws {
        switch name {
        case "Date": date = try reader.date()
        case "Days": days = try reader.number()
        case "ExpiredObjectDeleteMarker": expiredObjectDeleteMarker = try reader.readBool()
        default: try reader.skipValue()
        }
    }
}

extension S3.Transition {
    fileprivate mutating func read(_ name: String, _ reader: inout JSONReader) throws {
        switch name {
        case "Date": date = try reader.date()
        case "Days": days = try reader.number()
        case "StorageClass": storageClass = .init(rawValue: try reader.readString())
        default: try reader.skipValue()
        }
    }
}

extension S3.NoncurrentVersionTransition {
    fileprivate mutating func read(_ name: String, _ reader: inout JSONReader) throws {
        switch name {
        case "NoncurrentDays": noncurrentDays = try reader.number()
        case "StorageClass": storageClass = .init(rawValue: try reader.readString())
        case "NewerNoncurrentVersions": newerNoncurrentVersions = try reader.number()
        default: try reader.skipValue()
        }
    }
}
