@_spi(Declared) import AWS
import AccessAnalyzerAPI
import Door
import Smithy
import Storage

/// The analyzer that a call names: there or not.
struct AnalyzerTarget: Sendable {
    let name: AnalyzerName
    let analyzer: Analyzer?

    /// - Parameter facts: the Region that was signed for is the only one that is looked into.
    init(_ name: AnalyzerName, for facts: RequestFacts, _ snapshot: borrowing Snapshot) throws {
        self.name = name
        let found = name.region == facts.region ? try Analyzer.find(in: name.account, name.region, snapshot) : nil
        analyzer = found?.name == name.name ? found : nil
    }

    func required() throws -> Analyzer {
        guard let analyzer else { throw Invalid.notFound(name.arn, "Analyzer", "There is no analyzer \(name.name).") }
        return analyzer
    }

    /// - Parameter rule: the archive rule that is asked about; nil for the analyzer itself.
    func ask(_ action: String, rule: String? = nil, keys: [ConditionEntry] = []) -> Access {
        let tags = rule == nil ? analyzer?.tags.map { ConditionEntry(.awsResourceTag($0.key), $0.value) } ?? [] : []
        return .ask(
            Action("access-analyzer", action), on: name.arn + (rule.map { "/archive-rule/" + $0 } ?? ""),
            of: name.account, keys: keys + tags)
    }
}

/// An operation on an analyzer that the request names, by its name or its ARN.
protocol OnAnalyzer: Operation where Target == AnalyzerTarget {
    func analyzerName(_ input: Input, _ facts: RequestFacts) throws -> AnalyzerName
    /// Condition keys that only this operation has. Default: none.
    func conditions(_ input: Input) -> [ConditionEntry]
    /// The archive rule that it is about. Default: none.
    func ruleName(_ input: Input) -> String?
}

extension OnAnalyzer {
    func conditions(_ input: Input) -> [ConditionEntry] { [] }
    func ruleName(_ input: Input) -> String? { nil }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AnalyzerTarget {
        try AnalyzerTarget(try analyzerName(input, facts), for: facts, snapshot)
    }

    func access(_ input: Input, to target: AnalyzerTarget, for facts: RequestFacts) throws -> Access {
        // The newer forms of operations are the same actions.
        let name = Shape.model.name
        return target.ask(
            name.hasSuffix("V2") ? String(name.dropLast(2)) : name, rule: ruleName(input), keys: conditions(input))
    }

    /// In the caller's account and Region.
    static func own(_ name: String, _ facts: RequestFacts) throws -> AnalyzerName {
        AnalyzerName(name, of: try facts.signedAccount(), in: facts.region)
    }
}

/// Tags of analyzers.
enum AnalyzerTags {
    /// - Source: AWS General Reference, "Tag naming limits and requirements".
    private static let most = 50

    static func check(_ tags: [String: String], beside known: [String: String] = [:]) throws {
        for (key, value) in tags {
            guard (1...128).contains(key.utf16.count), value.utf16.count <= 256 else {
                throw Invalid.field("A tag's key has 1 to 128 characters, its value at most 256.")
            }
            guard !key.lowercased().hasPrefix("aws:") else { throw Invalid.field("Tag keys must not begin with aws:.") }
        }
        guard known.merging(tags, uniquingKeysWith: { $1 }).count <= most else {
            throw Invalid.field("An analyzer can have at most \(most) tags.")
        }
    }

    static func keys(_ tags: [String: String]) -> [ConditionEntry] {
        guard !tags.isEmpty else { return [] }
        let sorted = tags.sorted { $0.key < $1.key }
        return sorted.map { ConditionEntry(.awsRequestTag($0.key), $0.value) } + [
            ConditionEntry(.awsTagKeys, sorted.map(\.key))
        ]
    }
}

/// Pages of lists.
enum ListPage {
    private static let most = 100

    static func page(_ limit: Int?, _ token: String?) throws -> Page {
        guard limit ?? 1 >= 1 else { throw Invalid.field("maxResults must be at least 1.") }
        guard let page = Page(limit: min(limit ?? most, most), token: token) else {
            throw Invalid.field("The nextToken is not one that was given for this list.")
        }
        return page
    }
}
