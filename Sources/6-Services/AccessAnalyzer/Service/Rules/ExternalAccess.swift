import AccessAnalyzerAPI
import Authorization
import Crypto
import Door
import Formats
import World

/// What one finding tells: somebody outside, what he may do with a resource, and how.
struct ExternalAccess: Sendable, Equatable {
    /// A key of the Principal element, and its value.
    let principal: (kind: String, name: String)
    let actions: [String]
    let condition: [String: String]
    let isPublic: Bool
    /// As `FindingSourceType`, and the access point or its account.
    var sources: [Source]

    struct Source: Sendable, Hashable {
        let type: String
        var point: String?
        var account: String?
    }

    static func == (left: ExternalAccess, right: ExternalAccess) -> Bool { left.text == right.text }

    /// One for each principal, permission and condition, in an order of their own; the same access by two ways is one, with
    /// both ways told.
    static func all(_ sharings: [Sharing]) -> [ExternalAccess] {
        var found: [String: ExternalAccess] = [:]
        for sharing in sharings {
            let access = ExternalAccess(sharing)
            let identity = access.identity
            for source in access.sources where !(found[identity]?.sources.contains(source) ?? true) {
                found[identity]?.sources.append(source)
            }
            if found[identity] == nil { found[identity] = access }
        }
        return found.sorted { $0.key < $1.key }.map(\.value)
    }

    private init(_ sharing: Sharing) {
        let reach = sharing.reach
        principal =
            switch reach.principal {
            case .everyone: ("AWS", "*")
            case .account(let number): ("AWS", number)
            case .identity(let arn): ("AWS", arn)
            case .federated(let provider): ("Federated", provider)
            case .canonicalUser(let id): ("CanonicalUser", id)
            }
        (actions, condition, isPublic) = (Set(reach.actions).sorted(), reach.condition, reach.isPublic)
        sources =
            switch sharing.source {
            case nil: []
            case .policy: [Source(type: "POLICY")]
            case .list: [Source(type: "BUCKET_ACL")]
            case .accessPoint(let arn): [Source(type: "S3_ACCESS_POINT", point: arn)]
            case .pointsOfAccount(let account): [Source(type: "S3_ACCESS_POINT_ACCOUNT", account: account)]
            }
    }

    /// The same for the same access, whatever way it goes: other access is another finding.
    /// - Source: IAM User Guide, "Resolving findings".
    var identity: String {
        var access = self
        access.sources = []
        return Hexadecimal.string(Array(SHA256.hash(Array(access.text.utf8)).prefix(16)))
    }

    /// As stored.
    var text: String {
        var json = JSONWriter()
        json.beginArray()
        json.string(principal.kind)
        json.string(principal.name)
        json.bool(isPublic)
        json.beginArray()
        for action in actions { json.string(action) }
        json.endArray()
        json.beginArray()
        for (key, value) in condition.sorted(by: { $0.key < $1.key }) {
            json.string(key)
            json.string(value)
        }
        json.endArray()
        json.beginArray()
        for source in sources {
            json.string(source.type)
            json.string(source.point ?? "")
            json.string(source.account ?? "")
        }
        json.endArray()
        json.endArray()
        return json.text
    }

    init(stored text: String) throws {
        var json = JSONReader(Array(text.utf8))
        func next() throws { guard try json.nextElement() else { throw JSONError.notAFinding } }
        func texts() throws -> [String] {
            var found: [String] = []
            try next()
            try json.beginArray()
            while try json.nextElement() { found.append(try json.readString()) }
            return found
        }
        try json.beginArray()
        try next()
        let kind = try json.readString()
        try next()
        principal = (kind, try json.readString())
        try next()
        isPublic = try json.readBool()
        actions = try texts()
        let pairs = try texts()
        condition = Dictionary(
            stride(from: 0, to: pairs.count - 1, by: 2).map { (pairs[$0], pairs[$0 + 1]) }
        ) { first, _ in first }
        let words = try texts()
        sources = stride(from: 0, to: words.count - 2, by: 3).map { place in
            Source(
                type: words[place], point: words[place + 1].isEmpty ? nil : words[place + 1],
                account: words[place + 2].isEmpty ? nil : words[place + 2])
        }
    }

    private enum JSONError: Error { case notAFinding }

    var sourceShapes: [AccessAnalyzer.FindingSource]? {
        sources.isEmpty
            ? nil
            : sources.map { source in
                .init(
                    type: .init(rawValue: source.type),
                    detail: source.point == nil && source.account == nil
                        ? nil : .init(accessPointArn: source.point, accessPointAccount: source.account))
            }
    }
}
