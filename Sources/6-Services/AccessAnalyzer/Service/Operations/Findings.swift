import AWS
import AccessAnalyzerAPI
import Door
import Smithy
import Storage

extension StoredFinding {
    var summary: AccessAnalyzer.FindingSummary {
        .init(
            id: id, principal: [access.principal.kind: access.principal.name], action: access.actions,
            resource: resource, isPublic: access.isPublic, resourceType: .init(rawValue: type),
            condition: access.condition, createdAt: created, analyzedAt: analyzed, updatedAt: updated,
            status: status.shape, resourceOwnerAccount: account.description, sources: access.sourceShapes)
    }

    var shape: AccessAnalyzer.Finding {
        .init(
            id: id, principal: [access.principal.kind: access.principal.name], action: access.actions,
            resource: resource, isPublic: access.isPublic, resourceType: .init(rawValue: type),
            condition: access.condition, createdAt: created, analyzedAt: analyzed, updatedAt: updated,
            status: status.shape, resourceOwnerAccount: account.description, sources: access.sourceShapes)
    }

    /// A page of both lists, whose requests say the same.
    fileprivate static func listed(
        _ filter: [String: AccessAnalyzer.Criterion]?, _ limit: Int?, _ token: String?, of analyzer: Analyzer,
        _ snapshot: borrowing Snapshot
    ) throws -> (findings: [StoredFinding], next: String?) {
        let page = try ListPage.page(limit, token)
        return try StoredFinding.page(
            of: analyzer, FindingFilter(filter ?? [:], isRule: false), after: page.after, limit: page.limit, snapshot)
    }

    static func required(_ id: String, of analyzer: Analyzer, _ snapshot: borrowing Snapshot) throws -> StoredFinding {
        guard let finding = try find(id, of: analyzer, snapshot) else {
            throw Invalid.notFound(id, "Finding", "There is no finding \(id).")
        }
        return finding
    }
}

/// The findings that meet the criteria, in the order of their ids. Other orders are refused.
/// - Source: Access Analyzer API Reference, "ListFindings".
struct ListFindings: Query, OnAnalyzer {
    typealias Shape = AccessAnalyzer.ListFindings
    static let refusedMembers: [StaticString] = ["sort"]

    func analyzerName(_ input: Input, _ facts: RequestFacts) throws -> AnalyzerName {
        try AnalyzerName(arn: input.analyzerArn)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<AnalyzerTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let found = try StoredFinding.listed(
            input.filter, input.maxResults, input.nextToken, of: permit.target.required(), snapshot)
        return Output(findings: found.findings.map(\.summary), nextToken: found.next.map(Page.token))
    }
}

/// - Source: Access Analyzer API Reference, "GetFinding".
struct GetFinding: Query, OnAnalyzer {
    typealias Shape = AccessAnalyzer.GetFinding

    func analyzerName(_ input: Input, _ facts: RequestFacts) throws -> AnalyzerName {
        try AnalyzerName(arn: input.analyzerArn)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<AnalyzerTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        Output(finding: try StoredFinding.required(input.id, of: permit.target.required(), snapshot).shape)
    }
}

/// The same as `ListFindings`, without what each tells.
/// - Source: Access Analyzer API Reference, "ListFindingsV2".
struct ListFindingsV2: Query, OnAnalyzer {
    typealias Shape = AccessAnalyzer.ListFindingsV2
    static let refusedMembers: [StaticString] = ["sort"]

    func analyzerName(_ input: Input, _ facts: RequestFacts) throws -> AnalyzerName {
        try AnalyzerName(arn: input.analyzerArn)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<AnalyzerTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let found = try StoredFinding.listed(
            input.filter, input.maxResults, input.nextToken, of: permit.target.required(), snapshot)
        return Output(
            findings: found.findings.map { finding in
                .init(
                    analyzedAt: finding.analyzed, createdAt: finding.created, id: finding.id,
                    resource: finding.resource, resourceType: .init(rawValue: finding.type),
                    resourceOwnerAccount: finding.account.description, status: finding.status.shape,
                    updatedAt: finding.updated, findingType: .externalAccess)
            }, nextToken: found.next.map(Page.token))
    }
}

/// - Source: Access Analyzer API Reference, "GetFindingV2".
struct GetFindingV2: Query, OnAnalyzer {
    typealias Shape = AccessAnalyzer.GetFindingV2

    func analyzerName(_ input: Input, _ facts: RequestFacts) throws -> AnalyzerName {
        try AnalyzerName(arn: input.analyzerArn)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<AnalyzerTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let finding = try StoredFinding.required(input.id, of: permit.target.required(), snapshot)
        // A finding of external access has one part: there is no second page.
        _ = try ListPage.page(input.maxResults, nil)
        guard input.nextToken == nil else {
            throw Invalid.field("The nextToken is not one that was given for this finding.")
        }
        return Output(
            analyzedAt: finding.analyzed, createdAt: finding.created, id: finding.id, resource: finding.resource,
            resourceType: .init(rawValue: finding.type), resourceOwnerAccount: finding.account.description,
            status: finding.status.shape, updatedAt: finding.updated, findingDetails: [details(finding)],
            findingType: .externalAccess)
    }

    private func details(_ finding: StoredFinding) -> AccessAnalyzer.FindingDetails {
        let access = finding.access
        return .init(
            externalAccessDetails: .init(
                action: access.actions, condition: access.condition, isPublic: access.isPublic,
                principal: [access.principal.kind: access.principal.name], sources: access.sourceShapes))
    }
}

/// Archives findings, or makes archived ones active again. What is resolved stays so.
/// - Source: Access Analyzer API Reference, "UpdateFindings".
struct UpdateFindings: Change, OnAnalyzer {
    typealias Shape = AccessAnalyzer.UpdateFindings
    private static let most = 100

    func analyzerName(_ input: Input, _ facts: RequestFacts) throws -> AnalyzerName {
        try AnalyzerName(arn: input.analyzerArn)
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<AnalyzerTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let analyzer = try permit.target.required()
        let status = input.status == .archived ? StoredFinding.Status.archived : .active
        var findings: [StoredFinding]
        switch (input.ids, input.resourceArn) {
        case (let ids?, nil):
            guard (1...UpdateFindings.most).contains(ids.count) else {
                throw Invalid.field("There must be 1 to \(UpdateFindings.most) ids.")
            }
            findings = []
            for id in ids {
                let finding = try StoredFinding.required(id, of: analyzer, transaction.snapshot)
                guard finding.status != .resolved else { throw Invalid.field("The finding \(id) is resolved.") }
                findings.append(finding)
            }
        case (nil, let arn?):
            findings = try StoredFinding.unresolved(on: arn, of: analyzer, transaction.snapshot)
            guard try StoredFinding.isAny(on: arn, of: analyzer, transaction.snapshot) else {
                throw Invalid.notFound(arn, "Resource", "There is no finding on \(arn).")
            }
        default: throw Invalid.field("Either ids or resourceArn must be given.")
        }
        for finding in findings where finding.status != status {
            try finding.set(status, at: permit.facts.now, analyzed: false, &transaction)
        }
        return Output()
    }
}
