import AWS
import AccessAnalyzerAPI
import Door
import Smithy
import Storage

/// - Source: Access Analyzer API Reference, "GetAnalyzer".
struct GetAnalyzer: Query, OnAnalyzer {
    typealias Shape = AccessAnalyzer.GetAnalyzer

    func analyzerName(_ input: Input, _ facts: RequestFacts) throws -> AnalyzerName {
        try Self.own(input.analyzerName, facts)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<AnalyzerTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        Output(analyzer: try permit.target.required().shape)
    }
}

/// The analyzers of the account in the Region: one or none. Of the types that are not here there are none.
/// - Source: Access Analyzer API Reference, "ListAnalyzers".
struct ListAnalyzers: Query {
    typealias Shape = AccessAnalyzer.ListAnalyzers

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccountID {
        try facts.signedAccount()
    }

    func access(_ input: Input, to target: AccountID, for facts: RequestFacts) throws -> Access {
        .ask(Action("access-analyzer", "ListAnalyzers"), on: "*", of: target)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let page = try ListPage.page(input.maxResults, input.nextToken)
        let analyzer = try Analyzer.find(in: permit.target, permit.facts.region, snapshot)
        guard let analyzer, input.type ?? .account == .account, analyzer.name > page.after else {
            return Output(analyzers: [])
        }
        return Output(analyzers: [analyzer.shape])
    }
}

/// Deletes an analyzer with its findings and its archive rules.
/// - Source: Access Analyzer API Reference, "DeleteAnalyzer".
struct DeleteAnalyzer: Change, OnAnalyzer {
    typealias Shape = AccessAnalyzer.DeleteAnalyzer

    func analyzerName(_ input: Input, _ facts: RequestFacts) throws -> AnalyzerName {
        try Self.own(input.analyzerName, facts)
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<AnalyzerTarget>, in transaction: inout Transaction
    ) throws -> Output {
        try permit.target.required().delete(&transaction)
        return Output()
    }
}

/// - Source: Access Analyzer API Reference, "TagResource".
struct TagResource: Change, OnAnalyzer {
    typealias Shape = AccessAnalyzer.TagResource

    func analyzerName(_ input: Input, _ facts: RequestFacts) throws -> AnalyzerName {
        try AnalyzerName(arn: input.resourceArn)
    }

    func conditions(_ input: Input) -> [ConditionEntry] { AnalyzerTags.keys(input.tags) }

    func perform(
        _ input: Input, under permit: borrowing Permit<AnalyzerTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let analyzer = try permit.target.required()
        try AnalyzerTags.check(input.tags, beside: analyzer.tags)
        try analyzer.setTags(input.tags, &transaction)
        return Output()
    }
}

/// Tags that are not there are no error.
/// - Source: Access Analyzer API Reference, "UntagResource".
struct UntagResource: Change, OnAnalyzer {
    typealias Shape = AccessAnalyzer.UntagResource

    func analyzerName(_ input: Input, _ facts: RequestFacts) throws -> AnalyzerName {
        try AnalyzerName(arn: input.resourceArn)
    }

    func conditions(_ input: Input) -> [ConditionEntry] { [ConditionEntry(.awsTagKeys, input.tagKeys)] }

    func perform(
        _ input: Input, under permit: borrowing Permit<AnalyzerTarget>, in transaction: inout Transaction
    ) throws -> Output {
        try permit.target.required().removeTags(input.tagKeys, &transaction)
        return Output()
    }
}

/// - Source: Access Analyzer API Reference, "ListTagsForResource".
struct ListTagsForResource: Query, OnAnalyzer {
    typealias Shape = AccessAnalyzer.ListTagsForResource

    func analyzerName(_ input: Input, _ facts: RequestFacts) throws -> AnalyzerName {
        try AnalyzerName(arn: input.resourceArn)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<AnalyzerTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        Output(tags: try permit.target.required().tags)
    }
}
