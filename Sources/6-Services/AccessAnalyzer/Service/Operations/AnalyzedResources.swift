import AWS
import AccessAnalyzerAPI
import Door
import Smithy
import Storage

/// Looks at one resource at once: its findings are up to date when the call is answered.
/// - Source: Access Analyzer API Reference, "StartResourceScan".
struct StartResourceScan: Change, OnAnalyzer {
    typealias Shape = AccessAnalyzer.StartResourceScan
    let analysis: ResourceAnalysis

    func analyzerName(_ input: Input, _ facts: RequestFacts) throws -> AnalyzerName {
        try AnalyzerName(arn: input.analyzerArn)
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<AnalyzerTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let analyzer = try permit.target.required()
        if let owner = input.resourceOwnerAccount, owner != analyzer.account.description {
            throw Invalid.field("The analyzer's zone of trust is the account \(analyzer.account).")
        }
        let (arn, now) = (input.resourceArn, permit.facts.now)
        for source in analysis.sources {
            let found = try analysis.access(arn, source, for: analyzer, at: now, transaction.snapshot)
            let known = try AnalyzedResource.find(arn, of: analyzer, transaction.snapshot)
            guard found != nil || known?.type == source.type else { continue }
            var rules: [ArchiveRule]?
            try analysis.write(
                found, of: arn, type: source.type, for: analyzer, &rules, at: now, &transaction)
            return Output()
        }
        throw Invalid.notFound(
            arn, "Resource", "The account has no resource \(arn) in this Region that an analyzer looks at.")
    }
}

/// - Source: Access Analyzer API Reference, "ListAnalyzedResources".
struct ListAnalyzedResources: Query, OnAnalyzer {
    typealias Shape = AccessAnalyzer.ListAnalyzedResources

    func analyzerName(_ input: Input, _ facts: RequestFacts) throws -> AnalyzerName {
        try AnalyzerName(arn: input.analyzerArn)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<AnalyzerTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let analyzer = try permit.target.required()
        let page = try ListPage.page(input.maxResults, input.nextToken)
        let found = page.cut(
            try AnalyzedResource.list(
                of: analyzer, type: input.resourceType?.rawValue, after: page.after, limit: page.fetch, snapshot),
            key: \.arn)
        return Output(
            analyzedResources: found.items.map { resource in
                .init(
                    resourceArn: resource.arn, resourceOwnerAccount: analyzer.account.description,
                    resourceType: .init(rawValue: resource.type))
            }, nextToken: found.next)
    }
}

/// A resource, with what its findings that are not resolved tell together.
/// - Source: Access Analyzer API Reference, "GetAnalyzedResource".
struct GetAnalyzedResource: Query, OnAnalyzer {
    typealias Shape = AccessAnalyzer.GetAnalyzedResource

    func analyzerName(_ input: Input, _ facts: RequestFacts) throws -> AnalyzerName {
        try AnalyzerName(arn: input.analyzerArn)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<AnalyzerTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let analyzer = try permit.target.required()
        guard let resource = try AnalyzedResource.find(input.resourceArn, of: analyzer, snapshot) else {
            throw Invalid.notFound(
                input.resourceArn, "Resource", "The analyzer has not looked at a resource \(input.resourceArn).")
        }
        let findings = try StoredFinding.unresolved(on: resource.arn, of: analyzer, snapshot)
        let isAny = try StoredFinding.isAny(on: resource.arn, of: analyzer, snapshot)
        let ways = Set(findings.flatMap { $0.access.sources.map(\.type) }).sorted()
        let status =
            findings.contains { $0.status == .active } ? .active : findings.first?.status ?? (isAny ? .resolved : nil)
        return Output(
            resource: .init(
                resourceArn: resource.arn, resourceType: .init(rawValue: resource.type), createdAt: resource.created,
                analyzedAt: resource.analyzed, updatedAt: resource.updated,
                isPublic: findings.contains { $0.access.isPublic },
                actions: findings.isEmpty ? nil : Set(findings.flatMap(\.access.actions)).sorted(),
                sharedVia: ways.isEmpty ? nil : ways, status: status?.shape,
                resourceOwnerAccount: analyzer.account.description))
    }
}
