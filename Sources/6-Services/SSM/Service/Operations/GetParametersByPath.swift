import AWS
import Door
import SSMAPI
import Storage

/// A page of the parameters under a path: those right below it, or all. Who may have the path may have what is below it.
/// - Source: Systems Manager API Reference, "GetParametersByPath".
struct GetParametersByPath: WorkedQuery {
    typealias Shape = SSM.GetParametersByPath
    let reading: ParameterReading

    private static let usual = 10
    private static let filters = ["Type", "KeyId", "Label"]

    struct Target: Sendable {
        let account: AccountID
        /// Without the slash at its end.
        let path: String
        let found: [(parameter: Parameter, version: ParameterVersion)]
        let token: String?
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Target {
        let account = try facts.signedAccount()
        let path = try ParameterNaming.path(input.path)
        let page = try Page(input.maxResults, input.nextToken, usual: GetParametersByPath.usual)
        let filters = try ParameterFilter.all(input.parameterFilters, among: GetParametersByPath.filters)
        let walk = ParameterWalk(account: account, region: facts.region, prefix: path.isEmpty ? "" : path + "/")
        let found = try walk.next(page, snapshot) { parameter in
            ParameterPath.holds(parameter.name, path, isRecursive: input.recursive == true)
                && filters.allSatisfy { $0.matches(parameter) }
        }
        var versions: [(parameter: Parameter, version: ParameterVersion)] = []
        let label = filters.lazy.compactMap(\.label).first
        for parameter in found.parameters {
            let version =
                try label.map { try ParameterVersion.find(label: $0, of: parameter.place, snapshot) }
                ?? parameter.latest
            if let version { versions.append((parameter, version)) }
        }
        return Target(account: account, path: path, found: versions, token: found.token)
    }

    func access(_ input: Input, to target: Target, for facts: RequestFacts) throws -> Access {
        let arn = Parameter.arn(target.account, facts.region, target.path.isEmpty ? "/" : target.path)
        return .ask(
            Action("ssm", "GetParametersByPath"), on: arn, of: target.account,
            keys: [ConditionEntry(.ssmRecursive, input.recursive == true ? "true" : "false")])
    }

    func answer(_ input: Input, under permit: borrowing Permit<Target>) async throws -> Output {
        let (target, calls) = (permit.target, permit.calls)
        var output = Output(parameters: [], nextToken: target.token)
        for (parameter, version) in target.found {
            let text = try await reading.text(version, of: parameter, decrypts: input.withDecryption, calls)
            output.parameters?.append(ParameterReading.shape(version, of: parameter, text))
        }
        return output
    }
}
