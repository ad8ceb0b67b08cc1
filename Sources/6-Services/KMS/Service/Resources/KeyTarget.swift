import AWS
import Authorization
import Door
import KMSAPI

/// What a call is about: a key that was named, if it is there, and the grants that may reach the caller.
struct KeyTarget: Sendable {
    let name: KeyName
    let key: KMSKey?
    let grants: [KMSGrant]
    /// The policy that it is to have; nil where there is none, or it need not let its author change it.
    var proposed: CompiledPolicy?

    /// The key; told only to who may know.
    func required() throws -> KMSKey {
        guard let key else { throw name.absence }
        return key
    }

    /// The question whether the caller may do this to the key. Of a key that is not there the caller's own policies alone
    /// say whether he may know it. A denial names the key as the request does: neither what an alias leads to nor whether it
    /// leads anywhere.
    func ask(
        _ action: Action, _ facts: RequestFacts, keys: [ConditionEntry] = [], context: [String: String] = [:],
        policy: CompiledPolicy? = nil
    ) -> Ask {
        guard let key else {
            return Ask(
                action, on: name.arn, of: name.account, side: facts.account == name.account ? .silent : .missingKey,
                keys: keys + KeyConditions.ofCall(facts, name), title: name.arn)
        }
        let isNamedByID =
            if case .id = name.part { name.region == key.region && name.account == key.account } else { false }
        return Ask(
            action, on: key.arn, of: key.account,
            side: ResourceSide(
                keyPolicy: policy ?? key.policy,
                // Those that give something else would only lengthen the record.
                grants: grants.isEmpty
                    ? [] : grants.filter { $0.operations.contains(action.name) || $0.retiringPrincipal != nil },
                isAWSManagedKey: key.manager == .aws),
            keys: keys + KeyConditions.ofCall(facts, name) + key.conditions, title: isNamedByID ? key.arn : name.arn,
            encryptionContext: context)
    }
}

extension ResourceSide {
    /// A key of another account that is not there: nobody allows anything.
    fileprivate static let missingKey = ResourceSide(
        keyPolicy: .broken(as: .keyPolicy), grants: [], isAWSManagedKey: false)
}
