import Door
import SSMAPI
import Storage

/// Puts labels on a version of a parameter, wherever they were. Those that can be none are told.
/// - Source: Systems Manager API Reference, "LabelParameterVersion".
struct LabelParameterVersion: Change, OnParameter {
    typealias Shape = SSM.LabelParameterVersion

    func parameterName(_ input: Input) -> String { input.name }

    func perform(
        _ input: Input, under permit: borrowing Permit<ParameterTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let parameter = try permit.target.unselected()
        let version = try parameter.version(input.parameterVersion ?? parameter.version, transaction.snapshot)
        let labels = input.labels.filter(ParameterLabel.isValid)
        let place = parameter.place
        let all = Set(try version.labels(of: place, transaction.snapshot)).union(labels)
        guard all.count <= ParameterLabel.limit else {
            throw SSM.ParameterVersionLabelLimitExceeded(
                message: "An attempt was made to put more than \(ParameterLabel.limit) labels on a parameter version. "
                    + "Move one or more labels to another version and try again.")
        }
        for label in labels {
            try transaction.run(
                """
                INSERT INTO ssm_label (account, region, name, label, version) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (account, region, name, label) DO UPDATE SET version = excluded.version
                """, place.accountValue, place.regionValue, place.nameValue, .text(label), .number(version.number))
        }
        return Output(
            invalidLabels: input.labels.filter { !ParameterLabel.isValid($0) }, parameterVersion: version.number)
    }
}

/// Takes labels off a version of a parameter. Those that are not on it are told.
/// - Source: Systems Manager API Reference, "UnlabelParameterVersion".
struct UnlabelParameterVersion: Change, OnParameter {
    typealias Shape = SSM.UnlabelParameterVersion

    func parameterName(_ input: Input) -> String { input.name }

    func perform(
        _ input: Input, under permit: borrowing Permit<ParameterTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let parameter = try permit.target.unselected()
        let version = try parameter.version(input.parameterVersion, transaction.snapshot)
        let present = Set(try version.labels(of: parameter.place, transaction.snapshot))
        let place = parameter.place
        for label in input.labels where present.contains(label) {
            try transaction.run(
                "DELETE FROM ssm_label WHERE account = ? AND region = ? AND name = ? AND label = ?",
                place.accountValue, place.regionValue, place.nameValue, .text(label))
        }
        return Output(
            removedLabels: input.labels.filter(present.contains),
            invalidLabels: input.labels.filter { !present.contains($0) })
    }
}

extension Parameter {
    fileprivate func version(_ number: Int, _ snapshot: borrowing Snapshot) throws -> ParameterVersion {
        guard let version = try ParameterVersion.find(number, of: place, snapshot) else {
            throw Refused.versionNotFound(String(number), name)
        }
        return version
    }
}
