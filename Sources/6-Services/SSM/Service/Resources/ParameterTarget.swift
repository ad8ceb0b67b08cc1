import AWS
import Door
import SSMAPI
import Storage

/// What a call is about: a parameter that was named, if it is there, and which of its versions.
struct ParameterTarget: Sendable {
    let name: ParameterName
    let parameter: Parameter?
    /// The version that was selected, or the latest; nil where there is none.
    let version: ParameterVersion?

    init(_ name: ParameterName, _ snapshot: borrowing Snapshot) throws {
        self.name = name
        var found: Parameter?
        for text in name.names where found == nil {
            found = try Parameter.find(
                ParameterPlace(account: name.account, region: name.region, name: text), snapshot)
        }
        parameter = found
        switch name.selector {
        case nil: version = found?.latest
        case .version(let number):
            version = try found.flatMap { try ParameterVersion.find(number, of: $0.place, snapshot) }
        case .label(let label):
            version = try found.flatMap { try ParameterVersion.find(label: label, of: $0.place, snapshot) }
        }
    }

    var arn: String { parameter?.arn ?? name.arn }

    /// The parameter; told only to who may know.
    func required() throws -> Parameter {
        guard let parameter else { throw Refused.notFound }
        return parameter
    }

    /// The parameter, of a call that takes no version or label behind its name.
    func unselected() throws -> Parameter {
        guard name.selector == nil else { throw Refused.notFound }
        return try required()
    }

    /// The version that was asked for.
    func requiredVersion() throws -> ParameterVersion {
        let parameter = try required()
        guard let version else {
            throw Refused.versionNotFound(String(name.selector?.text.dropFirst() ?? ""), parameter.name)
        }
        return version
    }

    /// The question whether the caller may do this to the parameter.
    func ask(_ action: String, keys: [ConditionEntry] = []) -> Ask {
        Ask(
            Action("ssm", action), on: arn, of: name.account,
            keys: keys + (parameter.map(ParameterConditions.of) ?? []))
    }
}
