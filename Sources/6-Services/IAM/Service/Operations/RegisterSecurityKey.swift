import AWS
import Door
import IAMAPI
import WebAuthn
import Storage
import World

/// Gives what a browser hands to a security key that is to be registered.
/// - Source: IAM User Guide, "Assign a passkey or security key"; Web Authentication Level 2, section 7.1.
struct BeginSecurityKey: Query {
    typealias Shape = SecurityKeyCalls.Begin
    let challenges: KeyChallenges

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> KeyOwner {
        try KeyOwner.ofDevices(input.userName, facts, snapshot)
    }

    /// AWS has two steps too, and one condition key to tell them apart.
    func access(_ input: Input, to target: KeyOwner, for facts: RequestFacts) throws -> Access {
        try target.askForSecurityKey("Create", facts)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<KeyOwner>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let owner = permit.target
        let id = try owner.required()
        try owner.requireFactor(permit.facts, snapshot)
        var output = Output()
        output.challenge = try challenges.make(.register, for: id, now: permit.facts.now)
        (output.userId, output.userName) = (Array(id.utf8), try owner.shownName(snapshot))
        output.algorithms = SecurityKey.algorithms
        output.excluded = try snapshot.rows(
            """
            SELECT k.id FROM iam_mfa_device d JOIN iam_security_key k ON k.serial = d.serial
            WHERE d.owner = ? ORDER BY k.serial
            """, .text(id)
        ) { $0.blob(0) }
        return output
    }
}

/// Registers a security key for a user or for root, and enables it: it is checked that the key answered our challenge, for
/// a page of ours, with somebody present.
struct EnableSecurityKey: PreparedChange {
    typealias Shape = SecurityKeyCalls.Enable
    let challenges: KeyChallenges
    let identifiers: Identifiers

    struct Prepared: Sendable {
        let key: SecurityKey
        let client: ClientData
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> KeyOwner {
        try KeyOwner.ofDevices(input.userName, facts, snapshot)
    }

    func access(_ input: Input, to target: KeyOwner, for facts: RequestFacts) throws -> Access {
        try target.askForSecurityKey("Activate", facts)
    }

    func prepare(_ input: Input, under permit: borrowing Permit<KeyOwner>) async throws -> Prepared {
        let owner = try permit.target.required()
        guard let client = ClientData(input.clientData, .create),
            // A page of the host that the browser speaks with, and of no other.
            client.host == EnableSecurityKey.host(permit.facts.host ?? ""),
            try challenges.isGood(client.challenge, .register, for: owner, now: permit.facts.now),
            let key = SecurityKey(registering: input.attestation, client)
        else { throw EnableSecurityKey.refusal }
        return Prepared(key: key, client: client)
    }

    private static var refusal: any Error {
        IAM.InvalidAuthenticationCodeException(message: "The security key's answer is not valid.")
    }

    /// Of a `Host` header, without the port.
    private static func host(_ header: String) -> String { header.prefix { $0 != ":" }.lowercased() }

    func perform(
        _ input: Input, _ prepared: Prepared, under permit: borrowing Permit<KeyOwner>,
        in transaction: inout Transaction
    ) throws -> Output {
        let (owner, now) = (permit.target, permit.facts.now)
        let id = try owner.required()
        try owner.requireFactor(permit.facts, transaction.snapshot)
        guard try KeyChallenges.use(prepared.client.challenge, now: now, &transaction) else {
            throw EnableSecurityKey.refusal
        }
        guard try StoredSecurityKey.find(prepared.key.id, transaction.snapshot) == nil else {
            throw IAM.EntityAlreadyExistsException(message: "MFA Device is already in use.")
        }
        guard try MFADevice.all(of: id, transaction.snapshot).count < MFADevice.limit else {
            throw Quota.exceeded("MFADevicesPerUser", MFADevice.limit)
        }
        let place = owner.userName.map { "user/" + $0 } ?? "root-account"
        let serial = "arn:aws:iam::\(owner.account):u2f/\(place)/\(input.keyName)-\(identifiers.base32(26))"
        try MFADevice.insert(
            serial, .securityKey, in: owner.account, id: identifiers.uuid(), sealedSeed: nil, &transaction)
        try StoredSecurityKey.insert(prepared.key, serial: serial, host: prepared.client.host, &transaction)
        if let device = try MFADevice.find(serial, transaction.snapshot) {
            try device.assign(to: owner, id: id, at: now, &transaction)
        }
        return Output(serialNumber: serial)
    }

    /// Nothing was kept.
    func abandon(_ prepared: Prepared) async {}
}

extension KeyOwner {
    fileprivate func askForSecurityKey(_ step: String, _ facts: RequestFacts) throws -> Access {
        .ask([
            Ask(
                Action("iam", "EnableMFADevice"), on: arn, of: try facts.signedAccount(),
                keys: tagKeys + [ConditionEntry(.iamRegisterSecurityKey, step)], title: title)
        ])
    }
}
