import AWS
import Authorization
import IAMAPI

/// Who calls in a simulation, and the condition keys that follow from it.
struct SimulationCaller {
    let subject: Subject
    /// For resource policies, which must know whom they reach.
    let isUser: Bool
    /// Values for keys that the request does not give itself.
    let defaults: [(key: String, value: String)]

    /// - Parameters:
    ///   - arn: the user that is to call; without one, the source, where that is a user.
    ///   - account: the account of whoever asks for the simulation.
    init(_ arn: String?, _ source: SimulationSource?, in account: AccountID) throws {
        let sourceARN = source?.arn
        let caller = arn ?? (source?.kind == .user ? sourceARN : nil)
        guard let caller else {
            let role = source?.kind == .role ? sourceARN : nil
            subject = Subject(
                kind: role == nil ? .user : .role, account: source?.account ?? account, arn: role,
                uniqueID: source?.found.record?.id)
            isUser = false
            defaults =
                SimulationCaller.common(subject, id: "STUB_PRINCIPAL_FOR_POLICY_SIMULATOR")
                + (role.map { [("aws:PrincipalArn", $0), ("aws:PrincipalType", "AssumedRole")] } ?? [])
                + SimulationCaller.tags(source)
            return
        }
        guard let entity = SimulationSource.entity(caller), entity.kind == .user else {
            throw invalid("Invalid caller - Caller must be an IAM user in this context.")
        }
        let isSource = caller == sourceARN
        subject = Subject(
            kind: .user, account: entity.account, arn: caller, uniqueID: isSource ? source?.found.record?.id : nil)
        isUser = true
        defaults =
            SimulationCaller.common(subject, id: caller)
            + [("aws:PrincipalArn", caller), ("aws:PrincipalType", "User"), ("aws:username", entity.name)]
            + (isSource ? SimulationCaller.tags(source) : [])
    }

    private static func common(_ subject: Subject, id: String) -> [(key: String, value: String)] {
        [("aws:userid", id)] + (subject.account.map { [("aws:PrincipalAccount", $0.description)] } ?? [])
    }

    private static func tags(_ source: SimulationSource?) -> [(key: String, value: String)] {
        (source?.found.tags ?? []).map { ("aws:PrincipalTag/" + $0.key, $0.value) }
    }
}
