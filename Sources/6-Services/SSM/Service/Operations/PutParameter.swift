import AWS
import Authentication
import Door
import Journal
import SSMAPI
import Storage

/// Makes a parameter, or adds a version to one.
/// - Source: Systems Manager API Reference, "PutParameter".
struct PutParameter: PreparedChange, OnParameter {
    typealias Shape = SSM.PutParameter
    static var refusedMembers: [StaticString] { ["Policies"] }
    let cipher: ParameterCipher

    struct Prepared: Sendable {
        let plan: ParameterPlan
        let value: StoredValue
    }

    func parameterName(_ input: Input) -> String { input.name }
    func bound(_ input: Input) throws { try ParameterTags.bound(input.tags) }

    func conditions(_ input: Input) -> [ConditionEntry] {
        [ConditionEntry(.ssmOverwrite, input.overwrite == true ? "true" : "false")] + ParameterConditions.of(input.tags)
    }

    func access(_ input: Input, to target: ParameterTarget, for facts: RequestFacts) throws -> Access {
        let put = target.ask("PutParameter", keys: conditions(input))
        guard input.tags?.isEmpty == false else { return .ask(put) }
        return .ask([put, target.ask("AddTagsToResource", keys: ParameterConditions.of(input.tags))])
    }

    func prepare(_ input: Input, under permit: borrowing Permit<ParameterTarget>) async throws -> Prepared {
        let (target, calls) = (permit.target, permit.calls)
        guard target.name.selector == nil, target.name.account == permit.facts.account else {
            throw Refused.invalid("A parameter is named without a version or label.")
        }
        try ParameterNaming.check(target.parameter?.name ?? target.name.name, arn: target.arn)
        _ = try ParameterPlan.dataType(input.dataType)
        let plan = try ParameterPlan(input, existing: target.parameter)
        try ParameterPlan.checkPattern(input.allowedPattern, input.value)
        guard plan.type == .secureString else { return Prepared(plan: plan, value: .plain(input.value)) }
        let value = try await cipher.seal(
            input.value, as: plan.number, of: place(target), under: plan.keyID, isAdvanced: plan.tier == .advanced,
            calls)
        return Prepared(plan: plan, value: value)
    }

    func abandon(_ prepared: Prepared) async {}

    func perform(
        _ input: Input, _ prepared: Prepared, under permit: borrowing Permit<ParameterTarget>,
        in transaction: inout Transaction
    ) throws -> Output {
        let (target, facts) = (permit.target, permit.facts)
        let plan = try ParameterPlan(input, existing: target.parameter)
        // Somebody else wrote a version meanwhile, or took the parameter away.
        guard plan == prepared.plan else { throw Failure.unsettled }
        let new = NewParameterVersion(
            place: place(target), plan: plan, dataType: try ParameterPlan.dataType(input.dataType),
            description: input.description.flatMap { $0.isEmpty ? nil : $0 },
            pattern: input.allowedPattern.flatMap { $0.isEmpty ? nil : $0 }, value: prepared.value,
            author: facts.caller.principal.arn ?? "")
        try new.write(isFirst: target.parameter == nil, facts.now, &transaction)
        try ParameterTags.put(input.tags ?? [], on: new.place, &transaction)
        return Output(version: plan.number, tier: plan.tier)
    }

    private func place(_ target: ParameterTarget) -> ParameterPlace {
        target.parameter?.place
            ?? ParameterPlace(account: target.name.account, region: target.name.region, name: target.name.name)
    }
}
