import Door
import Journal
import SSMAPI
import Storage

/// A page of a parameter's versions, the oldest first.
/// - Source: Systems Manager API Reference, "GetParameterHistory".
struct GetParameterHistory: WorkedQuery {
    typealias Shape = SSM.GetParameterHistory
    static var answersNow: Bool { false }
    let reading: ParameterReading

    private static let usual = 50

    struct Target: Sendable {
        let parameter: ParameterTarget
        let versions: [(version: ParameterVersion, labels: [String])]
        let token: String?
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Target {
        let target = try ParameterTarget(ParameterName(input.name, for: facts), snapshot)
        let page = try Page(input.maxResults, input.nextToken, usual: GetParameterHistory.usual)
        guard let parameter = target.parameter else { return Target(parameter: target, versions: [], token: nil) }
        let all = try ParameterVersion.list(
            of: parameter.place, after: Int64(page.after) ?? 0, limit: page.fetch, snapshot)
        let (some, token) = page.cut(all) { String($0.number) }
        return Target(
            parameter: target, versions: try some.map { ($0, try $0.labels(of: parameter.place, snapshot)) },
            token: token)
    }

    func access(_ input: Input, to target: Target, for facts: RequestFacts) throws -> Access {
        .ask(target.parameter.ask("GetParameterHistory"))
    }

    func answer(_ input: Input, under permit: borrowing Permit<Target>) async throws -> Output {
        let (target, calls) = (permit.target, permit.calls)
        let parameter = try target.parameter.unselected()
        var output = Output(parameters: [], nextToken: target.token)
        for (version, labels) in target.versions {
            var shape = SSM.ParameterHistory()
            (shape.name, shape.type, shape.keyId) = (parameter.name, version.type, version.shownKey)
            (shape.lastModifiedDate, shape.lastModifiedUser) = (version.modified, version.modifiedBy)
            (shape.description, shape.allowedPattern) = (version.description, version.pattern)
            (shape.version, shape.labels, shape.tier) = (version.number, labels, version.tier)
            (shape.policies, shape.dataType) = ([], version.dataType)
            shape.value = try await reading.text(version, of: parameter, decrypts: input.withDecryption, calls)
            output.parameters?.append(shape)
        }
        return output
    }

    func recording(_ input: Input, of target: Target?, _ facts: RequestFacts) -> Recording {
        ParameterRecord.of([target?.parameter].compactMap { $0 })
    }
}
