import CData
import Synchronization

/// What AWS publishes about one service for policies: its actions, resource types and condition keys.
///
/// - Source: Service Authorization Reference; the table and its date are named in NOTICE.
public final class ServiceAuthorization: Sendable {
    /// The service prefix, such as `s3`.
    public let prefix: String
    /// Such as `Amazon S3`.
    public let title: String
    /// In byte order of their names.
    public let actions: [Action]
    public let resourceTypes: [ResourceType]
    public let keys: [Key]
    private let actionsByName: [String: Int]

    /// One action that policies can name.
    public struct Action: Sendable {
        /// Without the prefix, such as `GetObject`.
        public let name: String
        public let levels: [Level]
        /// Condition keys that belong to the action on every resource.
        public let keys: [String]
        /// The resource types it acts on; none means that policies can name only `*`.
        public let resources: [Target]
    }

    /// What an action does, as the reference sorts it.
    public enum Level: Character, Sendable {
        case list = "L"
        case read = "R"
        case write = "W"
        case permissionsManagement = "P"
        case tagging = "T"
    }

    /// One resource type of one action.
    public struct Target: Sendable {
        /// The name of a `ResourceType` of the same service.
        public let type: String
        /// True where every call of the action names such a resource.
        public let isRequired: Bool
        /// Condition keys present for this type only.
        public let keys: [String]
    }

    /// A kind of resource.
    public struct ResourceType: Sendable {
        public let name: String
        /// ARNs with `${Partition}`, `${Region}`, `${Account}` and names; mostly one.
        public let arns: [String]
        public let keys: [String]
    }

    /// A condition key with its declared type.
    public struct Key: Sendable {
        /// As published, such as `aws:RequestTag/${TagKey}` or `s3:ExistingObjectTag/<key>`.
        public let name: String
        /// `String`, `ARN`, `Bool`, `Numeric`, `Date` or `IPAddress`; empty where nothing is published.
        public let type: String
        /// True for keys declared `ArrayOf…`.
        public let isMultivalued: Bool

        init(_ name: String, declared: Substring) {
            self.name = name
            isMultivalued = declared.hasPrefix("ArrayOf")
            type = String(isMultivalued ? declared.dropFirst("ArrayOf".count) : declared)
        }

        /// The part before the tag key, with its `/`, where the name ends in one; else nil.
        public var family: String? {
            guard let slash = name.firstIndex(of: "/") else { return nil }
            let rest = name[name.index(after: slash)...]
            return rest.isEmpty || rest.hasPrefix("$") || rest.hasPrefix("<") ? String(name[...slash]) : nil
        }
    }

    /// The action of that name, case aside.
    public func action(_ name: String) -> Action? { actionsByName[name.lowercased()].map { actions[$0] } }

    /// The resource type of that name.
    public func resourceType(_ name: String) -> ResourceType? { resourceTypes.first { $0.name == name } }

    /// The key that `name` is one of, case aside; tag families match by what stands before the tag's own key.
    public func key(_ name: String) -> Key? { Key.find(name, among: keys) }

    // The parts of the table.

    private init(_ rows: [[Substring]]) {
        (prefix, title) = (String(rows[0][1]), String(rows[0][2]))
        let keys = rows.filter { $0[0] == "K" }.map { Key(String($0[1]), declared: $0[2]) }
        func names(_ list: Substring) -> [String] { list.split(separator: ",").map { keys[Int($0) ?? 0].name } }
        self.keys = keys
        resourceTypes = rows.filter { $0[0] == "R" }.map { row in
            let arns = row[2].split(separator: ",").map { String($0.drop { $0 == " " }) }
            return ResourceType(name: String(row[1]), arns: arns, keys: names(row[3]))
        }
        let actions = rows.filter { $0[0] == "A" }.map { row in
            Action(
                name: String(row[1]), levels: row[2].compactMap(Level.init(rawValue:)), keys: names(row[3]),
                resources: row[4].split(separator: ";").map { entry in
                    let parts = entry.split(separator: "=", maxSplits: 1)
                    let isRequired = parts[0].hasSuffix("!")
                    return Target(
                        type: String(isRequired ? parts[0].dropLast() : parts[0]), isRequired: isRequired,
                        keys: parts.count > 1 ? names(parts[1]) : [])
                })
        }
        self.actions = actions
        actionsByName = Dictionary(
            actions.indices.map { (actions[$0].name.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
    }

    private static let table = Table { gh_service_authorization($0) }
    private static let read = Mutex<[String: ServiceAuthorization]>([:])

    /// Where the lines of each service stand, by prefix.
    private static let places: [String: Range<Int>] = table.withBytes { bytes in
        var places: [String: Range<Int>] = [:]
        var (start, name) = (0, "")
        var at = 0
        while at < bytes.count {
            let end = bytes[at...].firstIndex(of: 10) ?? bytes.count - 1
            if bytes[at] == UInt8(ascii: "S") {
                if !name.isEmpty { places[name] = start..<at }
                let tab = bytes[(at + 2)...].firstIndex(of: 9) ?? end
                (start, name) = (at, String(decoding: bytes[(at + 2)..<tab], as: UTF8.self))
            }
            at = end + 1
        }
        places[name] = start..<bytes.count
        return places
    }

    /// Every published prefix, in byte order.
    public static let prefixes: [String] = places.keys.sorted()

    /// The service of that prefix, case aside; nil where AWS publishes none.
    public static func find(_ prefix: String) -> ServiceAuthorization? {
        let name = prefix.lowercased()
        guard let place = places[name] else { return nil }
        return read.withLock { read in
            if let known = read[name] { return known }
            let service = ServiceAuthorization(table.rows(place))
            read[name] = service
            return service
        }
    }
}

extension ServiceAuthorization.Key {
    static func find(_ name: String, among keys: [ServiceAuthorization.Key]) -> ServiceAuthorization.Key? {
        let wanted = name.lowercased()
        return keys.first { key in
            if let family = key.family { return wanted.hasPrefix(family.lowercased()) && wanted.count > family.count }
            return key.name.lowercased() == wanted
        }
    }
}
