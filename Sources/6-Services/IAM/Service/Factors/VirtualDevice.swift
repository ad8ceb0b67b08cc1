import AWS
import Door
import IAMAPI
import Storage

/// A virtual device by its serial number, which is its ARN: the device, or the fact that the account has none such.
struct VirtualDevice: Sendable {
    let record: MFADevice?
    let serial: String
    /// What the policies are asked about.
    let arn: String
    let tagKeys: [ConditionEntry]

    init(_ serial: String, _ account: AccountID, _ snapshot: borrowing Snapshot) throws {
        self.serial = serial
        let prefix = VirtualDevice.prefix(account)
        arn = serial.hasPrefix(prefix + "/") ? serial : prefix + "/" + serial
        record = try MFADevice.find(serial, snapshot).flatMap {
            $0.account == account && $0.kind == .virtual ? $0 : nil
        }
        // Of the two tag keys, devices have the global one alone.
        tagKeys =
            try record.map { try Tags.of($0.id, snapshot) }?.map { ConditionEntry(.awsResourceTag($0.key), $0.value) }
            ?? []
    }

    /// Every virtual device of the account begins so.
    static func prefix(_ account: AccountID) -> String { "arn:aws:iam::\(account):mfa" }

    func required() throws -> MFADevice {
        guard let record else {
            throw IAM.NoSuchEntityException(message: "MFA Device with serial number \(serial) does not exist.")
        }
        return record
    }
}

extension VirtualDevice: Tagged {
    func tagOwner() throws -> TagOwner { .resource(try required().id) }
}

/// An operation on a virtual device by its serial number.
protocol OnVirtualDevice: OnTagged where Target == VirtualDevice {
    func serial(_ input: Input) -> String
}

extension OnVirtualDevice {
    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> VirtualDevice {
        try VirtualDevice(serial(input), facts.signedAccount(), snapshot)
    }

    func access(_ input: Input, to target: VirtualDevice, for facts: RequestFacts) throws -> Access {
        try ask(on: target.arn, facts, keys: keys(input) + target.tagKeys)
    }
}
