import Door
import IAMAPI
import Storage
import World

/// Gives a device to a user or to root, who proves to have it by two codes that follow each other.
///
/// `EntityTemporarilyUnmodifiable` is AWS's word for a user that was made again a moment ago; here it is known at once.
/// - Source: IAM API Reference, "EnableMFADevice".
struct EnableMFADevice: PreparedChange, OnOwnedDevice {
    typealias Shape = IAM.EnableMFADevice
    let seeds: FactorSeeds
    func userName(_ input: Input) -> String? { input.userName }
    func serial(_ input: Input) -> String { input.serialNumber }

    func prepare(_ input: Input, under permit: borrowing Permit<OwnedDevice>) async throws -> CodePair {
        try CodePair(input.authenticationCode1, input.authenticationCode2, permit, seeds)
    }

    func perform(
        _ input: Input, _ pair: CodePair, under permit: borrowing Permit<OwnedDevice>,
        in transaction: inout Transaction
    ) throws -> Output {
        let target = permit.target
        let owner = try target.owner.required()
        try target.owner.requireFactor(permit.facts, transaction.snapshot)
        guard let device = target.device, device.sealedSeed != nil else {
            throw IAM.NoSuchEntityException(message: "MFA Device with serial number \(target.serial) does not exist.")
        }
        if let holder = device.owner {
            let name = try target.owner.shownName(transaction.snapshot)
            throw IAM.EntityAlreadyExistsException(
                message: holder == owner
                    ? "MFA Device for user \(name) already exists." : "MFA Device is already in use.")
        }
        guard try MFADevice.all(of: owner, transaction.snapshot).count < MFADevice.limit else {
            throw Quota.exceeded("MFADevicesPerUser", MFADevice.limit)
        }
        try pair.use(device, at: permit.facts.now, &transaction)
        try device.assign(to: target.owner, id: owner, at: permit.facts.now, &transaction)
        try FactorLock.open(owner, &transaction)
        return Output()
    }

    /// Nothing was kept.
    func abandon(_ prepared: CodePair) async {}
}

/// Sets the device's clock right by two codes that follow each other, and opens the lock of wrong ones.
/// - Source: IAM API Reference, "ResyncMFADevice".
struct ResyncMFADevice: PreparedChange, OnOwnedDevice {
    typealias Shape = IAM.ResyncMFADevice
    let seeds: FactorSeeds
    func userName(_ input: Input) -> String? { input.userName }
    func serial(_ input: Input) -> String { input.serialNumber }

    func prepare(_ input: Input, under permit: borrowing Permit<OwnedDevice>) async throws -> CodePair {
        try CodePair(input.authenticationCode1, input.authenticationCode2, permit, seeds)
    }

    func perform(
        _ input: Input, _ pair: CodePair, under permit: borrowing Permit<OwnedDevice>,
        in transaction: inout Transaction
    ) throws -> Output {
        let device = try permit.target.owned()
        try pair.use(device, at: permit.facts.now, &transaction)
        if let owner = device.owner { try FactorLock.open(owner, &transaction) }
        return Output()
    }

    /// Nothing was kept.
    func abandon(_ prepared: CodePair) async {}
}

/// Two codes that somebody brought for a device, compared before the transaction.
struct CodePair: Sendable {
    /// Which device they were compared with.
    private let deviceID: String?
    /// The step of the second; nil where they are not two codes of the device in a row.
    private let step: Int64?

    init(_ first: String, _ second: String, _ permit: borrowing Permit<OwnedDevice>, _ seeds: FactorSeeds) throws {
        deviceID = permit.target.device?.id
        guard let device = permit.target.device, let codes = try seeds.codes(of: device) else {
            step = nil
            return
        }
        step = codes.match(first, second, at: permit.facts.now)
    }

    /// Uses both up.
    func use(_ device: MFADevice, at now: Instant, _ transaction: inout Transaction) throws {
        guard let step, deviceID == device.id, try device.use(step, at: now, &transaction) else {
            throw IAM.InvalidAuthenticationCodeException(message: "Authentication code for device is not valid.")
        }
    }
}

/// Takes a device from its user. A security key is then forgotten; others can be enabled again.
/// - Source: IAM API Reference, "DeactivateMFADevice".
struct DeactivateMFADevice: Change, OnOwnedDevice {
    typealias Shape = IAM.DeactivateMFADevice
    func userName(_ input: Input) -> String? { input.userName }
    func serial(_ input: Input) -> String { input.serialNumber }

    func perform(
        _ input: Input, under permit: borrowing Permit<OwnedDevice>, in transaction: inout Transaction
    ) throws -> Output {
        try permit.target.owner.requireFactor(permit.facts, transaction.snapshot)
        let device = try permit.target.owned()
        try device.release(&transaction)
        if let owner = device.owner { try KnownPlace.forget(owner, &transaction) }
        return Output()
    }
}

/// The devices of a user, or of whoever calls.
/// - Source: IAM API Reference, "ListMFADevices".
struct ListMFADevices: Query {
    typealias Shape = IAM.ListMFADevices

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> KeyOwner {
        try KeyOwner.ofDevices(input.userName, facts, snapshot)
    }

    func access(_ input: Input, to target: KeyOwner, for facts: RequestFacts) throws -> Access {
        try ask(on: target.arn, facts, keys: target.tagKeys, as: target.title)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<KeyOwner>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let owner = permit.target
        let name = try owner.shownName(snapshot)
        let page = try Page(marker: input.marker, maxItems: input.maxItems)
        let (devices, marker) = page.cut(
            try MFADevice.all(of: owner.required(), after: page.after, limit: page.fetch, snapshot)
        ) { $0.serial }
        var shapes: [IAM.MFADevice] = []
        for device in devices {
            guard let enabled = device.enabled else { continue }
            shapes.append(IAM.MFADevice(userName: name, serialNumber: device.serial, enableDate: enabled))
        }
        return Output(mFADevices: shapes, isTruncated: marker != nil, marker: marker)
    }
}
