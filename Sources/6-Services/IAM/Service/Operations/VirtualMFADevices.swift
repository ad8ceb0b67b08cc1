import AWS
import Door
import Formats
import IAMAPI
import Pictures
import Storage
import World

/// Makes a virtual device that nobody uses yet; the only answer that ever shows its seed, as text and as a picture.
/// - Source: IAM API Reference, "CreateVirtualMFADevice".
struct CreateVirtualMFADevice: PreparedChange {
    typealias Shape = IAM.CreateVirtualMFADevice
    let identifiers: Identifiers
    let seeds: FactorSeeds

    struct Target: Sendable {
        let account: AccountID
        let serial: String
        let isTaken: Bool
    }

    struct Prepared: Sendable {
        let seed: [UInt8]
        let sealed: [UInt8]
        let picture: [UInt8]
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Target {
        let account = try facts.signedAccount()
        let serial = VirtualDevice.prefix(account) + (input.path ?? "/") + input.virtualMFADeviceName
        return Target(account: account, serial: serial, isTaken: try MFADevice.find(serial, snapshot) != nil)
    }

    func access(_ input: Input, to target: Target, for facts: RequestFacts) throws -> Access {
        let keys = Tags.requestKeys(input.tags)
        let create = Ask(Action("iam", "CreateVirtualMFADevice"), on: target.serial, of: target.account, keys: keys)
        guard let tags = input.tags, !tags.isEmpty else { return .ask(create) }
        return .ask([create, Ask(Action("iam", "TagMFADevice"), on: target.serial, of: target.account, keys: keys)])
    }

    func prepare(_ input: Input, under permit: borrowing Permit<Target>) async throws -> Prepared {
        let target = permit.target
        // A serial number fits its own model: longer ones could not be named in any call.
        guard target.serial.utf8.count <= 256 else { throw Invalid("The device's path and name are too long.") }
        let (seed, sealed) = try seeds.make(for: target.serial)
        let name = PercentEncoding.encode(input.virtualMFADeviceName)
        let text = "otpauth://totp/\(name)@\(target.account)?secret=\(String(decoding: seed, as: UTF8.self))"
        guard let picture = QRCode.png(text) else { throw Invalid("The device's name is too long for a QR code.") }
        return Prepared(seed: seed, sealed: sealed, picture: picture)
    }

    func perform(
        _ input: Input, _ prepared: Prepared, under permit: borrowing Permit<Target>, in transaction: inout Transaction
    ) throws -> Output {
        let target = permit.target
        guard !target.isTaken else {
            throw IAM.EntityAlreadyExistsException(
                message: "MFA device already exists.")
        }
        // - Source: IAM and STS quotas: as many virtual devices as users.
        let count = try transaction.number(
            "SELECT count(*) FROM iam_mfa_device WHERE account = ? AND kind = 'virtual'",
            .text(target.account.description))
        guard count < Quota.users.limit else { throw Quota.exceeded("VirtualMFADevicesPerAccount", Quota.users.limit) }
        let id = identifiers.uuid()
        try MFADevice.insert(
            target.serial, .virtual, in: target.account, id: id, sealedSeed: prepared.sealed, &transaction)
        if let tags = input.tags { try Tags.put(tags, on: .resource(id), &transaction) }
        return Output(
            virtualMFADevice: IAM.VirtualMFADevice(
                serialNumber: target.serial, base32StringSeed: prepared.seed, qRCodePNG: prepared.picture,
                tags: input.tags))
    }

    /// Nothing was kept.
    func abandon(_ prepared: Prepared) async {}
}

/// Forgets a virtual device that nobody uses any more, its sealed seed with it.
/// - Source: IAM API Reference, "DeleteVirtualMFADevice".
struct DeleteVirtualMFADevice: Change, OnVirtualDevice {
    typealias Shape = IAM.DeleteVirtualMFADevice
    func serial(_ input: Input) -> String { input.serialNumber }

    func perform(
        _ input: Input, under permit: borrowing Permit<VirtualDevice>, in transaction: inout Transaction
    ) throws -> Output {
        let device = try permit.target.required()
        guard device.owner == nil else {
            throw IAM.DeleteConflictException(message: "MFA VirtualDevice in use. Must deactivate first.")
        }
        try Tags.removeAll(of: device.id, &transaction)
        try transaction.run("DELETE FROM iam_mfa_device WHERE serial = ?", .text(device.serial))
        transaction.eraseTraces()
        return Output()
    }
}

/// The account's virtual devices, all or by whether somebody uses them; never their seeds.
/// - Source: IAM API Reference, "ListVirtualMFADevices".
struct ListVirtualMFADevices: Query {
    typealias Shape = IAM.ListVirtualMFADevices

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccountID {
        try facts.signedAccount()
    }

    func access(_ input: Input, to target: AccountID, for facts: RequestFacts) throws -> Access {
        try ask(on: VirtualDevice.prefix(target) + "/", facts)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let page = try Page(marker: input.marker, maxItems: input.maxItems)
        let isAssigned: Bool?
        switch input.assignmentStatus ?? .any {
        case .any: isAssigned = nil
        case .assigned: isAssigned = true
        case .unassigned: isAssigned = false
        default: throw Invalid("An assignment status is Assigned, Unassigned or Any.")
        }
        let (devices, marker) = page.cut(
            try MFADevice.virtual(
                in: permit.target, isAssigned: isAssigned, after: page.after, limit: page.fetch, snapshot)
        ) { $0.serial }
        var shapes: [IAM.VirtualMFADevice] = []
        for device in devices {
            shapes.append(
                IAM.VirtualMFADevice(
                    serialNumber: device.serial, user: try user(device.owner, permit.target, snapshot),
                    enableDate: device.enabled))
        }
        return Output(virtualMFADevices: shapes, isTruncated: marker != nil, marker: marker)
    }

    private func user(
        _ owner: String?, _ account: AccountID, _ snapshot: borrowing Snapshot
    ) throws -> IAM.User? {
        guard let owner else { return nil }
        guard owner == account.description else { return try User.find(id: owner, snapshot)?.shape() }
        return try Account.find(account, snapshot).rootShape
    }
}

/// - Source: IAM API Reference, "TagMFADevice".
struct TagMFADevice: TagChange, OnVirtualDevice {
    typealias Shape = IAM.TagMFADevice
    func serial(_ input: Input) -> String { input.serialNumber }
    func tags(_ input: Input) -> [IAM.Tag] { input.tags }
}

/// - Source: IAM API Reference, "UntagMFADevice".
struct UntagMFADevice: UntagChange, OnVirtualDevice {
    typealias Shape = IAM.UntagMFADevice
    func serial(_ input: Input) -> String { input.serialNumber }
    func tagKeys(_ input: Input) -> [String] { input.tagKeys }
}

/// - Source: IAM API Reference, "ListMFADeviceTags".
struct ListMFADeviceTags: TagList, OnVirtualDevice {
    typealias Shape = IAM.ListMFADeviceTags
    func serial(_ input: Input) -> String { input.serialNumber }
    func page(_ input: Input) throws -> Page { try Page(marker: input.marker, maxItems: input.maxItems) }
    func output(_ tags: [IAM.Tag], _ marker: String?) -> Output {
        Output(tags: tags, isTruncated: marker != nil, marker: marker)
    }
}
