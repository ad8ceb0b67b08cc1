import AWS
import AccessAnalyzerAPI
import Door
import Smithy
import Storage

/// Makes an account's analyzer of external access in a Region. What it finds is there within seconds.
/// - Source: Access Analyzer API Reference, "CreateAnalyzer"; IAM User Guide, "IAM Access Analyzer quotas".
struct CreateAnalyzer: Change, OnAnalyzer {
    typealias Shape = AccessAnalyzer.CreateAnalyzer
    static let refusedMembers: [StaticString] = ["configuration"]

    func analyzerName(_ input: Input, _ facts: RequestFacts) throws -> AnalyzerName {
        try Self.own(input.analyzerName, facts)
    }

    func conditions(_ input: Input) -> [ConditionEntry] { AnalyzerTags.keys(input.tags ?? [:]) }

    func perform(
        _ input: Input, under permit: borrowing Permit<AnalyzerTarget>, in transaction: inout Transaction
    ) throws -> Output {
        guard input.type == .account else { throw NotImplemented("The analyzer type \(input.type.rawValue)") }
        let (name, now, tags) = (permit.target.name, permit.facts.now, input.tags ?? [:])
        try AnalyzerTags.check(tags)
        let rules = try (input.archiveRules ?? []).map { rule in
            (name: rule.ruleName, filter: try FindingFilter(rule.filter, isRule: true))
        }
        guard rules.count <= ArchiveRule.limit, Set(rules.map(\.name)).count == rules.count else {
            throw Invalid.field(
                "An analyzer has at most \(ArchiveRule.limit) archive rules, each with a name of its own.")
        }
        let request =
            ([name.name] + rules.flatMap { [$0.name, $0.filter.text] }
            + tags.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }).joined(separator: "\n")
        if let known = try Analyzer.find(in: name.account, name.region, transaction.snapshot) {
            if let token = input.clientToken, token == known.token, request == known.request {
                return Output(arn: known.arn)
            }
            guard known.name == name.name else {
                throw Invalid.quota(
                    name.account.description, "Analyzer",
                    "The account has an analyzer of external access in this Region: \(known.name).")
            }
            throw Invalid.conflict(known.arn, "Analyzer", "There is an analyzer \(name.name) already.")
        }
        try Analyzer.insert(name, token: input.clientToken, request: request, at: now, &transaction)
        guard let analyzer = try Analyzer.find(in: name.account, name.region, transaction.snapshot) else {
            throw StorageError.corrupt("an analyzer that was just made")
        }
        try analyzer.setTags(tags, &transaction)
        for rule in rules {
            try ArchiveRule.put(rule.name, rule.filter, token: nil, of: analyzer, at: now, &transaction)
        }
        return Output(arn: analyzer.arn)
    }
}
