import Door
import SSMAPI
import Storage

/// Deletes a parameter.
/// - Source: Systems Manager API Reference, "DeleteParameter".
struct DeleteParameter: Change, OnParameter {
    typealias Shape = SSM.DeleteParameter

    func parameterName(_ input: Input) -> String { input.name }

    func perform(
        _ input: Input, under permit: borrowing Permit<ParameterTarget>, in transaction: inout Transaction
    ) throws -> Output {
        try permit.target.unselected().remove(&transaction)
        return Output()
    }
}

/// Deletes up to ten parameters. Names that lead to none are told apart.
/// - Source: Systems Manager API Reference, "DeleteParameters".
struct DeleteParameters: Change, OnParameters {
    typealias Shape = SSM.DeleteParameters

    func parameterNames(_ input: Input) -> [String] { input.names }

    func perform(
        _ input: Input, under permit: borrowing Permit<[ParameterTarget]>, in transaction: inout Transaction
    ) throws -> Output {
        var output = Output(deletedParameters: [], invalidParameters: [])
        for target in permit.target {
            guard target.name.selector == nil, let parameter = target.parameter else {
                output.invalidParameters?.append(target.name.given)
                continue
            }
            try parameter.remove(&transaction)
            output.deletedParameters?.append(target.name.given)
        }
        return output
    }
}
