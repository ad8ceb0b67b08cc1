import AWS
import Door
import SSMAPI
import Storage

/// A page of what there is to know of the account's parameters, but for their values.
/// - Source: Systems Manager API Reference, "DescribeParameters".
struct DescribeParameters: Query {
    typealias Shape = SSM.DescribeParameters
    static var refusedMembers: [StaticString] { ["Shared"] }

    private static let usual = 50
    private static let filters = ["tag:", "Name", "Type", "KeyId", "Path", "Tier", "DataType"]

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccountID {
        try facts.signedAccount()
    }

    func access(_ input: Input, to target: AccountID, for facts: RequestFacts) throws -> Access {
        .ask(Action("ssm", "DescribeParameters"), on: "*", of: target)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        guard input.filters?.isEmpty ?? true || input.parameterFilters?.isEmpty ?? true else {
            throw Refused.invalid("You can use either Filters or ParameterFilters in a single request.")
        }
        let filters =
            try (input.filters ?? []).map(ParameterFilter.init)
            + ParameterFilter.all(input.parameterFilters, among: DescribeParameters.filters)
        let page = try Page(input.maxResults, input.nextToken, usual: DescribeParameters.usual)
        let walk = ParameterWalk(account: permit.target, region: permit.facts.region, prefix: "")
        let found = try walk.next(page, snapshot) { parameter in filters.allSatisfy { $0.matches(parameter) } }
        return Output(parameters: found.parameters.map(\.metadata), nextToken: found.token)
    }
}

extension Parameter {
    /// The parameter as lists describe it.
    fileprivate var metadata: SSM.ParameterMetadata {
        var shape = SSM.ParameterMetadata()
        (shape.name, shape.aRN, shape.type, shape.keyId) = (name, arn, latest.type, latest.shownKey)
        (shape.lastModifiedDate, shape.lastModifiedUser) = (latest.modified, latest.modifiedBy)
        (shape.description, shape.allowedPattern) = (latest.description, latest.pattern)
        (shape.version, shape.tier, shape.policies, shape.dataType) = (version, tier, [], latest.dataType)
        return shape
    }
}
