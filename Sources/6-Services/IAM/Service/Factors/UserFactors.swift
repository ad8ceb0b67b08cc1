public import AWS
public import Door
public import Storage
public import World

/// The second factors of users and root users, as sign-in and STS see them.
public struct UserFactors: SecondFactors {
    private let store: Store
    private let seeds: FactorSeeds

    /// Reads the store at each question; keeps nothing.
    public init(_ store: Store, _ seeds: FactorSeeds) { (self.store, self.seeds) = (store, seeds) }

    /// By serial number.
    public func devices(of principal: Principal, in snapshot: borrowing Snapshot) throws -> [SecondFactor] {
        guard let owner = UserFactors.owner(principal) else { return [] }
        return try MFADevice.all(of: owner, snapshot).map {
            SecondFactor(serial: $0.serial, kind: $0.kind == .securityKey ? .securityKey : .codes)
        }
    }

    /// Compares outside the transaction, and settles in one: of two who bring one code, one is right.
    public func check(
        code: String, serial: String?, of principal: Principal, from place: FactorPlace, now: Instant
    ) async throws -> FactorCheck {
        guard let owner = UserFactors.owner(principal) else { return .noDevice }
        let (devices, lock) = try store.read { snapshot in
            (
                try MFADevice.all(of: owner, snapshot).filter {
                    $0.sealedSeed != nil && (serial == nil || $0.serial == serial)
                }, try FactorLock.find(owner, at: place, now, snapshot)
            )
        }
        guard !devices.isEmpty else { return .noDevice }
        // A code that comes while the lock holds is not even compared.
        if let end = lock.end(at: now) { return .locked(until: end) }
        var matches: [(device: MFADevice, match: DeviceCodes.Match)] = []
        for device in devices {
            guard let codes = try seeds.codes(of: device) else { continue }
            matches.append((device, codes.match(code, at: now)))
        }
        let found = matches
        return try await store.write(.synced) { transaction in
            try UserFactors.settle(found, owner, place, now, &transaction)
        }
    }

    /// Uses the code up, or counts it.
    private static func settle(
        _ matches: [(device: MFADevice, match: DeviceCodes.Match)], _ owner: String, _ place: FactorPlace,
        _ now: Instant, _ transaction: inout Transaction
    ) throws -> FactorCheck {
        // Codes that came at the same time may have locked it since.
        let lock = try FactorLock.find(owner, at: place, now, transaction.snapshot)
        if let end = lock.end(at: now) { return .locked(until: end) }
        for case (let device, .fresh(let step)) in matches {
            guard let current = try MFADevice.find(device.serial, transaction.snapshot), current.id == device.id,
                current.owner == owner
            else { return .noDevice }
            guard try device.use(step, at: now, &transaction) else { return .wrong }
            try lock.open(&transaction)
            try KnownPlace.note(place.address, of: owner, at: now, &transaction)
            return .proved(serial: device.serial)
        }
        // A code that was taken before is no guess.
        if !matches.contains(where: { $0.match == .used }) {
            try lock.tightened(at: now).store(&transaction)
        }
        return .wrong
    }

    /// The unique id of a user, the account id of root; nobody else has second factors.
    static func owner(_ principal: Principal) -> String? {
        switch principal {
        case .user(let user): user.uniqueID
        case .root(let account): account.description
        case .roleSession, .federatedUser, .bearer, .service, .anonymous: nil
        }
    }
}
