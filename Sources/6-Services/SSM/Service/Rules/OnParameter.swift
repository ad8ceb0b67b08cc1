import Door
import Journal
import SSMAPI
import Smithy
import Storage

/// An operation on a parameter that the request names.
protocol OnParameter: Operation where Target == ParameterTarget {
    /// As the request says it.
    func parameterName(_ input: Input) -> String
    /// Condition keys that only this operation has.
    func conditions(_ input: Input) -> [ConditionEntry]
    /// Refuses more tags than a parameter can have, before the policies are asked about them. Default: nothing.
    func bound(_ input: Input) throws
}

extension OnParameter {
    func conditions(_ input: Input) -> [ConditionEntry] { [] }
    func bound(_ input: Input) throws {}

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> ParameterTarget {
        try bound(input)
        return try ParameterTarget(ParameterName(parameterName(input), for: facts), snapshot)
    }

    func access(_ input: Input, to target: ParameterTarget, for facts: RequestFacts) throws -> Access {
        .ask(target.ask(Shape.model.name, keys: conditions(input)))
    }

    func recording(_ input: Input, of target: ParameterTarget?, _ facts: RequestFacts) -> Recording {
        ParameterRecord.of([target].compactMap { $0 })
    }
}

/// An operation on several parameters, each of which the caller must be allowed.
protocol OnParameters: Operation where Target == [ParameterTarget] {
    /// As the request says them.
    func parameterNames(_ input: Input) -> [String]
}

extension OnParameters {
    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> [ParameterTarget] {
        try parameterNames(input).map { try ParameterTarget(ParameterName($0, for: facts), snapshot) }
    }

    func access(_ input: Input, to target: [ParameterTarget], for facts: RequestFacts) throws -> Access {
        .ask(target.map { $0.ask(Shape.model.name) })
    }

    func recording(_ input: Input, of target: [ParameterTarget]?, _ facts: RequestFacts) -> Recording {
        ParameterRecord.of(target ?? [])
    }
}
