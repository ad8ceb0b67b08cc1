import AWS
import AccessAnalyzerAPI
import Door
import Smithy
import Storage

/// An operation on an archive rule of an analyzer of the account.
protocol OnArchiveRule: OnAnalyzer {
    static func names(_ input: Input) -> (analyzer: String, rule: String)
}

extension OnArchiveRule {
    func analyzerName(_ input: Input, _ facts: RequestFacts) throws -> AnalyzerName {
        try Self.own(Self.names(input).analyzer, facts)
    }

    func ruleName(_ input: Input) -> String? { Self.names(input).rule }
}

extension ArchiveRule {
    fileprivate static func required(
        _ name: String, of analyzer: Analyzer, _ snapshot: borrowing Snapshot
    ) throws -> ArchiveRule {
        guard let rule = try find(name, of: analyzer, snapshot) else {
            throw Invalid.notFound(
                "\(analyzer.arn)/archive-rule/\(name)", "ArchiveRule", "There is no archive rule \(name).")
        }
        return rule
    }
}

/// Archives new findings that meet its criteria; those that are there already `ApplyArchiveRule` does.
/// - Source: Access Analyzer API Reference, "CreateArchiveRule".
struct CreateArchiveRule: Change, OnArchiveRule {
    typealias Shape = AccessAnalyzer.CreateArchiveRule

    static func names(_ input: Input) -> (analyzer: String, rule: String) { (input.analyzerName, input.ruleName) }

    func perform(
        _ input: Input, under permit: borrowing Permit<AnalyzerTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let analyzer = try permit.target.required()
        let filter = try FindingFilter(input.filter, isRule: true)
        if let known = try ArchiveRule.find(input.ruleName, of: analyzer, transaction.snapshot) {
            if let token = input.clientToken, token == known.token, known.filter.text == filter.text { return Output() }
            throw Invalid.conflict(input.ruleName, "ArchiveRule", "There is an archive rule \(input.ruleName) already.")
        }
        guard try ArchiveRule.count(of: analyzer, transaction.snapshot) < ArchiveRule.limit else {
            throw Invalid.quota(
                analyzer.arn, "ArchiveRule", "An analyzer has at most \(ArchiveRule.limit) archive rules.")
        }
        try ArchiveRule.put(
            input.ruleName, filter, token: input.clientToken, of: analyzer, at: permit.facts.now, &transaction)
        return Output()
    }
}

/// - Source: Access Analyzer API Reference, "GetArchiveRule".
struct GetArchiveRule: Query, OnArchiveRule {
    typealias Shape = AccessAnalyzer.GetArchiveRule

    static func names(_ input: Input) -> (analyzer: String, rule: String) { (input.analyzerName, input.ruleName) }

    func answer(
        _ input: Input, under permit: borrowing Permit<AnalyzerTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        Output(archiveRule: try ArchiveRule.required(input.ruleName, of: try permit.target.required(), snapshot).shape)
    }
}

/// - Source: Access Analyzer API Reference, "UpdateArchiveRule".
struct UpdateArchiveRule: Change, OnArchiveRule {
    typealias Shape = AccessAnalyzer.UpdateArchiveRule

    static func names(_ input: Input) -> (analyzer: String, rule: String) { (input.analyzerName, input.ruleName) }

    func perform(
        _ input: Input, under permit: borrowing Permit<AnalyzerTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let analyzer = try permit.target.required()
        _ = try ArchiveRule.required(input.ruleName, of: analyzer, transaction.snapshot)
        try ArchiveRule.put(
            input.ruleName, try FindingFilter(input.filter, isRule: true), token: nil, of: analyzer,
            at: permit.facts.now, &transaction)
        return Output()
    }
}

/// - Source: Access Analyzer API Reference, "DeleteArchiveRule".
struct DeleteArchiveRule: Change, OnArchiveRule {
    typealias Shape = AccessAnalyzer.DeleteArchiveRule

    static func names(_ input: Input) -> (analyzer: String, rule: String) { (input.analyzerName, input.ruleName) }

    func perform(
        _ input: Input, under permit: borrowing Permit<AnalyzerTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let analyzer = try permit.target.required()
        try ArchiveRule.required(input.ruleName, of: analyzer, transaction.snapshot).delete(of: analyzer, &transaction)
        return Output()
    }
}

/// - Source: Access Analyzer API Reference, "ListArchiveRules", whose errors have none for an analyzer that is not there.
struct ListArchiveRules: Query, OnAnalyzer {
    typealias Shape = AccessAnalyzer.ListArchiveRules

    func analyzerName(_ input: Input, _ facts: RequestFacts) throws -> AnalyzerName {
        try Self.own(input.analyzerName, facts)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<AnalyzerTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        guard let analyzer = permit.target.analyzer else {
            throw Invalid.field("There is no analyzer \(input.analyzerName).")
        }
        let page = try ListPage.page(input.maxResults, input.nextToken)
        let rules = page.cut(
            try ArchiveRule.list(of: analyzer, after: page.after, limit: page.fetch, snapshot), key: \.name)
        return Output(archiveRules: rules.items.map(\.shape), nextToken: rules.next)
    }
}

/// Archives the active findings that meet a rule's criteria, however many there are: the first few with the call's record, the
/// rest a few at a time, before the call is answered where the store takes them. Where one of the findings cannot be read,
/// nothing is archived: nobody could say whether it meets them.
/// - Source: Access Analyzer API Reference, "ApplyArchiveRule".
struct ApplyArchiveRule: PreparedChange, OnAnalyzer {
    typealias Shape = AccessAnalyzer.ApplyArchiveRule
    let store: Store

    func analyzerName(_ input: Input, _ facts: RequestFacts) throws -> AnalyzerName {
        try AnalyzerName(arn: input.analyzerArn)
    }

    func prepare(
        _ input: Input, under permit: borrowing Permit<AnalyzerTarget>
    ) async throws -> ArchiveApplication.Name {
        let analyzer = try permit.target.required()
        var position: String? = ""
        while let after = position {
            position = try store.read { try StoredFinding.readOn(of: analyzer, after: after, $0) }
            await Task.yield()
        }
        return ArchiveApplication.Name(of: analyzer, id: permit.facts.requestID)
    }

    func perform(
        _ input: Input, _ name: ArchiveApplication.Name, under permit: borrowing Permit<AnalyzerTarget>,
        in transaction: inout Transaction
    ) throws -> Output {
        let analyzer = try permit.target.required()
        let rule = try ArchiveRule.required(input.ruleName, of: analyzer, transaction.snapshot)
        try ArchiveApplication(name, rule.filter, at: permit.facts.now).begin(of: analyzer, &transaction)
        return Output()
    }

    func abandon(_ name: ArchiveApplication.Name) async {}

    /// What fails now, `AccessAnalysis` does when it can.
    func settle(_ name: ArchiveApplication.Name) async {
        do {
            while try await store.write(.written, { try ArchiveApplication.goOn(with: name, &$0) }) { continue }
        } catch {}
    }
}
