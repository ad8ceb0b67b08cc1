import AWS
import AccessAnalyzerAPI
import Authorization
import Formats
import World

/// The criteria of an archive rule or of a list: all must be met.
/// - Source: IAM User Guide, "IAM Access Analyzer filter keys"; Access Analyzer API Reference, "Criterion".
struct FindingFilter: Sendable {
    let criteria: [String: AccessAnalyzer.Criterion]

    private static let most = 20
    private static let mostCriteria = 50
    /// In bytes.
    private static let longestValue = 2048
    private static let ofConditions = "condition."
    /// Beside those of conditions.
    private static let keys: Set<String> = [
        "resource", "resourceType", "resourceOwnerAccount", "isPublic", "status", "error", "principal.AWS",
        "principal.Federated", "principal.CanonicalUser", "findingType",
    ]

    /// - Parameter isRule: whether it is for archive rules, which know no id.
    init(_ criteria: [String: AccessAnalyzer.Criterion], isRule: Bool) throws {
        if isRule, criteria.isEmpty { throw Invalid.field("An archive rule needs at least one criterion.") }
        guard criteria.count <= FindingFilter.mostCriteria else {
            throw Invalid.field("There are at most \(FindingFilter.mostCriteria) criteria.")
        }
        for (key, criterion) in criteria {
            guard FindingFilter.keys.contains(key) || FindingFilter.isOfCondition(key) || key == "id" && !isRule else {
                throw Invalid.field("\(key) is no key that findings can be filtered by.")
            }
            let lists = [criterion.eq, criterion.neq, criterion.contains].compactMap { $0 }
            guard !lists.isEmpty || criterion.exists != nil else {
                throw Invalid.field("The criterion for \(key) has no operator.")
            }
            guard lists.allSatisfy({ (1...FindingFilter.most).contains($0.count) }) else {
                throw Invalid.field("The criterion for \(key) must have 1 to \(FindingFilter.most) values.")
            }
            guard lists.allSatisfy({ $0.allSatisfy { $0.utf8.count <= FindingFilter.longestValue } }) else {
                throw Invalid.field(
                    "A value of the criterion for \(key) has at most \(FindingFilter.longestValue) bytes.")
            }
        }
        self.criteria = criteria
    }

    /// Of a condition key that findings can have.
    private static func isOfCondition(_ key: String) -> Bool {
        key.hasPrefix(ofConditions) && key.utf8.count <= longestValue
            && ExternalReach.tells(ofKey: String(key.dropFirst(ofConditions.count)))
    }

    func matches(_ finding: StoredFinding) -> Bool {
        criteria.allSatisfy { key, criterion in
            let value = FindingFilter.value(key, of: finding)
            if let exists = criterion.exists, exists != (value != nil) { return false }
            if let wanted = criterion.eq {
                guard let value, wanted.contains(where: { $0.hasSameBytes(as: value) }) else { return false }
            }
            if let unwanted = criterion.neq, let value, unwanted.contains(where: { $0.hasSameBytes(as: value) }) {
                return false
            }
            if let parts = criterion.contains {
                guard let value, parts.contains(where: { $0.isEmpty || value.firstRange(of: $0) != nil }) else {
                    return false
                }
            }
            return true
        }
    }

    /// Nil where the finding has no such thing.
    private static func value(_ key: String, of finding: StoredFinding) -> String? {
        switch key {
        case "id": return finding.id
        case "resource": return finding.resource
        case "resourceType": return finding.type
        case "resourceOwnerAccount": return finding.account.description
        case "isPublic": return finding.access.isPublic ? "true" : "false"
        case "status": return finding.status.shape.rawValue
        case "findingType": return AccessAnalyzer.FindingType.externalAccess.rawValue
        case "principal.AWS", "principal.Federated", "principal.CanonicalUser":
            return "principal." + finding.access.principal.kind == key ? finding.access.principal.name : nil
        default:
            let name = key.dropFirst(ofConditions.count).lowercased()
            return finding.access.condition.first { $0.key.lowercased() == name }?.value
        }
    }

    /// As stored.
    var text: String {
        var json = JSONWriter()
        json.beginObject()
        for (key, criterion) in criteria.sorted(by: { $0.key < $1.key }) {
            json.key(key)
            json.beginObject()
            for (name, values) in [("eq", criterion.eq), ("neq", criterion.neq), ("contains", criterion.contains)] {
                guard let values else { continue }
                json.key(name)
                json.beginArray()
                for value in values { json.string(value) }
                json.endArray()
            }
            if let exists = criterion.exists {
                json.key("exists")
                json.bool(exists)
            }
            json.endObject()
        }
        json.endObject()
        return json.text
    }

    init(stored text: String) throws {
        var json = JSONReader(Array(text.utf8))
        var criteria: [String: AccessAnalyzer.Criterion] = [:]
        try json.beginObject()
        while let key = try json.nextKey() {
            var criterion = AccessAnalyzer.Criterion()
            try json.beginObject()
            while let name = try json.nextKey() {
                if name == "exists" {
                    criterion.exists = try json.readBool()
                    continue
                }
                var values: [String] = []
                try json.beginArray()
                while try json.nextElement() { values.append(try json.readString()) }
                switch name {
                case "eq": criterion.eq = values
                case "neq": criterion.neq = values
                default: criterion.contains = values
                }
            }
            criteria[key] = criterion
        }
        self.criteria = criteria
    }
}
