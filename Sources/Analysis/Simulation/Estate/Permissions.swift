import AWS
import Authorization
import Catalogue

/// One action that a caller can do, on resources of one pattern.
public struct Permission: Sendable, Hashable {
    /// Such as `s3:GetObject`.
    public let action: String
    /// `Read`, `Write` and so on, as the Service Authorization Reference sorts it.
    public let level: String
    /// A pattern of a policy, or `*` for any resource that nothing names.
    public let resource: String
    /// True where it depends on condition keys that are not given.
    public let isConditional: Bool
    /// The ARN that was tried for the pattern.
    let sample: String
}

extension Estate {
    /// What the caller can do, of the actions of the catalogue: on any resource (`*`), and on those that policies name.
    ///
    /// A pattern is tried with one ARN that it matches and the action's resource types allow. What a narrower Deny takes away
    /// from it is not told.
    /// - Parameters:
    ///   - resource: tries this one alone.
    ///   - patterns: resources to try beside those of the caller's own policies.
    public func permissions(of caller: EstateCaller, on resource: String? = nil, patterns: [String] = [])
        -> [Permission]
    {
        var bench = PermissionBench(self, caller)
        let candidates =
            resource == nil
            ? ResourceCandidates(patterns + self.patterns(of: caller), caller) : ResourceCandidates([], caller)
        var result: [Permission] = []
        for prefix in ServiceAuthorization.prefixes {
            guard let service = ServiceAuthorization.find(prefix) else { continue }
            for action in service.actions {
                let name = ActionName(prefix + ":" + action.name)
                let tried =
                    resource.map { ResourceCandidates.tried($0, action, of: service) }
                    ?? candidates.tried(action, of: service)
                for (pattern, sample) in tried {
                    let certainty = bench.certainty(name, sample)
                    guard certainty != .denied else { continue }
                    result.append(
                        Permission(
                            action: name.description, level: action.levels.map(\.title).joined(separator: ", "),
                            resource: pattern, isConditional: certainty == .depends, sample: sample))
                }
            }
        }
        return result
    }

    /// The resources that the policies around a caller name.
    func patterns(of caller: EstateCaller) -> [String] {
        let set = caller.policies
        let named = set.identity + [set.boundary].compactMap { $0 } + (set.session ?? []) + (set.scps ?? []).joined()
        let written = named.flatMap(\.policy.document.statements).flatMap { $0.resource ?? $0.notResource ?? [] }
        var seen: Set<String> = ["*"]
        return (written + resourcePolicies.map(\.arn)).filter { seen.insert($0).inserted }
    }
}

/// The policies of a caller under both suppositions, made once for many questions.
private struct PermissionBench {
    private struct Book {
        let best: PolicySet
        let worst: PolicySet
    }
    private let estate: Estate
    private let caller: EstateCaller
    private var books: [String: Book] = [:]

    init(_ estate: Estate, _ caller: EstateCaller) { (self.estate, self.caller) = (estate, caller) }

    mutating func certainty(_ action: ActionName, _ resource: String) -> Verdict.Certainty {
        let side = estate.resourcePolicy(of: resource)
        let name = side?.policy.name ?? ""
        let book: Book
        if let known = books[name] {
            book = known
        } else {
            var set = caller.policies
            if let side { (set.resource, set.resourceKind) = (side.policy, side.kind) }
            book = Book(
                best: set.supposing(.favourable, knowing: caller), worst: set.supposing(.unfavourable, knowing: caller))
            books[name] = book
        }
        let (question, context) = estate.question(caller, action, resource)
        if decide(question, under: book.worst, in: context).isAllowed { return .allowed }
        return decide(question, under: book.best, in: context).isAllowed ? .depends : .denied
    }
}

/// ARNs to try for the patterns of policies.
private struct ResourceCandidates {
    private let byService: [String: [(pattern: String, samples: [String])]]

    init(_ patterns: [String], _ caller: EstateCaller) {
        var seen: Set<String> = []
        var byService: [String: [(pattern: String, samples: [String])]] = [:]
        for pattern in patterns where pattern != "*" && seen.insert(pattern).inserted {
            guard let arn = ARN(pattern) else { continue }
            byService[String(arn.service), default: []].append((pattern, ResourceCandidates.samples(pattern, caller)))
        }
        self.byService = byService
    }

    /// The action on anything, and on the patterns that its resource types allow.
    func tried(_ action: ServiceAuthorization.Action, of service: ServiceAuthorization) -> [(
        pattern: String, sample: String
    )] {
        guard !action.resources.isEmpty else { return [("*", "*")] }
        let templates = action.resources.flatMap { service.resourceType($0.type)?.arns ?? [] }.map {
            ResourceCandidates.filled($0, with: "*")
        }
        guard let first = templates.first else { return [("*", "*")] }
        let anything = first.replacing("*", with: "anything")
        let named = (byService[service.prefix] ?? []).compactMap { pattern, samples in
            samples.first { ResourceCandidates.fits($0, action, of: service) }.map {
                (pattern: pattern, sample: $0)
            }
        }
        return [("*", anything)] + named
    }

    /// The one resource, for actions whose resource types it fits.
    static func tried(
        _ resource: String, _ action: ServiceAuthorization.Action, of service: ServiceAuthorization
    ) -> [(pattern: String, sample: String)] {
        fits(resource, action, of: service) ? [(pattern: resource, sample: resource)] : []
    }

    /// Whether some resource type of the action has such ARNs. A bucket's name holds no slash.
    private static func fits(
        _ resource: String, _ action: ServiceAuthorization.Action, of service: ServiceAuthorization
    ) -> Bool {
        action.resources.contains { target in
            let isBucket = service.prefix == "s3" && target.type == "bucket"
            guard !isBucket || !resource.contains("/") else { return false }
            return service.resourceType(target.type)?.arns.contains { matches(filled($0, with: "*"), resource) } == true
        }
    }

    /// Texts the pattern matches: a `*` may stand for a name, or for several parts.
    private static func samples(_ pattern: String, _ caller: EstateCaller) -> [String] {
        let text = filled(pattern, with: nil, caller).replacing("?", with: "x")
        return ["x", "x/x", "x:x", ""].map { text.replacing("*", with: $0) }
    }

    /// The text with each `${…}` replaced: by `filler`, or by what the caller's context says.
    private static func filled(_ text: String, with filler: String?, _ caller: EstateCaller? = nil) -> String {
        var result = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "${"), let end = rest[start.upperBound...].firstIndex(of: "}") {
            let name = String(rest[start.upperBound..<end].prefix { $0 != "," })
            var value = filler ?? "x"
            if filler == nil, case .single(let known)? = caller?.context.value(of: ConditionKey(name)) { value = known }
            result += rest[..<start.lowerBound] + value
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    /// Whether a text fits a template whose `*` each stand for at least one character.
    static func matches(_ template: String, _ text: String) -> Bool {
        let (template, text) = (Array(template.utf8), Array(text.utf8))
        var (at, position) = (0, 0)
        var star: (at: Int, position: Int)?
        while position < text.count {
            if at < template.count, template[at] == UInt8(ascii: "*") {
                star = (at, position + 1)
                (at, position) = (at + 1, position + 1)
            } else if at < template.count, template[at] == text[position] {
                (at, position) = (at + 1, position + 1)
            } else if let last = star, last.position < text.count {
                star = (last.at, last.position + 1)
                (at, position) = (last.at + 1, last.position + 1)
            } else {
                return false
            }
        }
        return at == template.count
    }
}

extension ServiceAuthorization.Level {
    /// As the reference prints it.
    var title: String {
        switch self {
        case .list: "List"
        case .read: "Read"
        case .write: "Write"
        case .permissionsManagement: "Permissions management"
        case .tagging: "Tagging"
        }
    }
}
