import AWS
import Door
import IAMAPI
import Storage
import World

/// Makes a credential of a user for one service; the only answer that ever shows its secret.
///
/// Every kind may end by itself; the reference tells of API keys alone.
/// - Source: IAM API Reference, "CreateServiceSpecificCredential"; the rest as `ServiceCredential`.
struct CreateServiceSpecificCredential: Change, OnKeys {
    typealias Shape = IAM.CreateServiceSpecificCredential
    let naming: Naming
    func userName(_ input: Input) -> String? { input.userName }

    func access(_ input: Input, to target: KeyOwner, for facts: RequestFacts) throws -> Access {
        var keys = target.tagKeys
        // As policies write it, however the caller does.
        let service = ServiceCredential.Service(known: input.serviceName)?.rawValue ?? input.serviceName
        keys.append(ConditionEntry(.iamServiceSpecificCredentialServiceName, service))
        if let days = input.credentialAgeDays {
            keys.append(ConditionEntry(.iamServiceSpecificCredentialAgeDays, String(days)))
        }
        return try ask(on: target.arn, facts, keys: keys, as: target.title)
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<KeyOwner>, in transaction: inout Transaction
    ) throws -> Output {
        let (target, now) = (permit.target, permit.facts.now)
        let owner = try target.required()
        let service = try ServiceCredential.Service(name: input.serviceName)
        let others = try ServiceCredential.all(of: owner, transaction.snapshot).filter { $0.service == service }
        guard others.count < ServiceCredential.limit else {
            throw Quota.exceeded("ContextSpecificCredentialsPerUserPerContext", ServiceCredential.limit)
        }
        let name = target.userName ?? input.userName
        let credential = ServiceCredential(
            id: naming.serviceCredentialID(), account: target.account, owner: owner, service: service,
            userName: try ServiceCredential.free(name, for: service, in: target.account, transaction.snapshot),
            created: now,
            expires: input.credentialAgeDays.map { now + .seconds($0 * 86_400) })
        let (secret, digest) = credential.makeSecret()
        try credential.insert(digest: digest, &transaction)
        return Output(serviceSpecificCredential: credential.shape(name, secret: secret, at: now))
    }
}
