import AWS
import Door
import SSMAPI
import Storage

/// A page of the parameters under a path: those right below it, or all. Who may have the path may have what is below it.
/// - Source: Systems Manager API Reference, "GetParametersByPath".
struct GetParametersByPath: WorkedQuery {
    typealias Shape = SSM.GetParametersByPath
    static var answersNow: Bool { false }
    let reading: ParameterReading
    let store: Store

    private static let usual = 10
    private static let filters = ["Type", "KeyId", "Label"]

    struct Target: Sendable {
        let account: AccountID
        /// Without the slash at its end.
        let path: String
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Target {
        Target(account: try facts.signedAccount(), path: try ParameterNaming.path(input.path))
    }

    /// What a page holds, and where the next begins.
    private typealias Found = (some: [(parameter: Parameter, version: ParameterVersion)], token: String?)

    private func find(_ input: Input, _ target: Target, _ facts: RequestFacts) throws -> Found {
        let path = target.path
        let page = try Page(input.maxResults, input.nextToken, usual: GetParametersByPath.usual)
        let filters = try ParameterFilter.all(input.parameterFilters, among: GetParametersByPath.filters)
        let label = filters.lazy.compactMap(\.label).first
        let walk = ParameterWalk(
            account: target.account, region: facts.region, prefix: path.isEmpty ? "" : path + "/")
        return try store.read { snapshot in
            let found = try walk.next(page, snapshot) { parameter in
                ParameterPath.holds(parameter.name, path, isRecursive: input.recursive == true)
                    && filters.allSatisfy { $0.matches(parameter) }
            }
            var some: [(parameter: Parameter, version: ParameterVersion)] = []
            for parameter in found.parameters {
                let version =
                    try label.map { try ParameterVersion.find(label: $0, of: parameter.place, snapshot) }
                    ?? parameter.latest
                if let version { some.append((parameter, version)) }
            }
            return (some, found.token)
        }
    }

    func access(_ input: Input, to target: Target, for facts: RequestFacts) throws -> Access {
        let arn = Parameter.arn(target.account, facts.region, target.path.isEmpty ? "/" : target.path)
        return .ask(
            Action("ssm", "GetParametersByPath"), on: arn, of: target.account,
            keys: [ConditionEntry(.ssmRecursive, input.recursive == true ? "true" : "false")])
    }

    func answer(_ input: Input, under permit: borrowing Permit<Target>) async throws -> Output {
        let calls = permit.calls
        let found = try find(input, permit.target, permit.facts)
        var output = Output(parameters: [], nextToken: found.token)
        for (parameter, version) in found.some {
            let text = try await reading.text(version, of: parameter, decrypts: input.withDecryption, calls)
            output.parameters?.append(ParameterReading.shape(version, of: parameter, text))
        }
        return output
    }
}
