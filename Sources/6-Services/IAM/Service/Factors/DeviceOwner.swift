import AWS
import Authentication
import Door
import IAMAPI
import Storage

/// Whose devices a call is about. AWS's model wants a user name where root enables a device of its own and does not say
/// which: root is called by the account id, by the account's alias (as GetUser calls it) or `root`, unless a user has the
/// name, and by root alone.
extension KeyOwner {
    static func ofDevices(
        _ name: String?, _ facts: RequestFacts, _ snapshot: borrowing Snapshot
    ) throws -> KeyOwner {
        guard let name, case .root(let account) = facts.caller.principal else {
            return try KeyOwner(name, facts, snapshot)
        }
        let names = ["root", account.description, try Account.find(account, snapshot).alias].compactMap { $0 }
        guard names.contains(name), try User.find(name, in: account, snapshot).record == nil else {
            return try KeyOwner(name, facts, snapshot)
        }
        return try KeyOwner(nil, facts, snapshot)
    }

    /// Throws where a user who has a device adds or takes away one of its own, with credentials that no device proved:
    /// whoever stole an access key would make a factor with it, or do away with the one there is.
    ///
    /// Asked before anything is told of the device. The first device, Resync and other people's devices need no factor.
    /// - Source: AWS Security Bulletin AWS-2023-001; the words and the order as captured from AWS in radkawar/stackd,
    ///   `docs/iam-mfa.md`.
    func requireFactor(_ facts: RequestFacts, _ snapshot: borrowing Snapshot) throws {
        guard facts.authenticatedWithMFA == nil, case .user(let caller) = facts.caller.principal,
            caller.uniqueID == id, try MFADevice.exists(of: caller.uniqueID, snapshot)
        else { return }
        throw AccessDenied(
            "To complete this action, please ensure that you are authenticated with an MFA device that is enabled for "
                + "this user.")
    }

    /// How answers name the owner: root as GetUser does.
    func shownName(_ snapshot: borrowing Snapshot) throws -> String {
        try userName ?? Account.find(account, snapshot).alias ?? account.description
    }
}

/// An owner and the device a call names, if there is one that the account can see.
struct OwnedDevice: Sendable {
    let owner: KeyOwner
    let serial: String
    let device: MFADevice?

    /// The device, if it is one of the owner's.
    /// - Source: the words as captured from AWS in radkawar/stackd, `testdata/aws/iam/mfa.json`, commit 9dc356f, as are
    ///   those of EnableMFADevice and DeleteUser.
    func owned() throws -> MFADevice {
        let id = try owner.required()
        guard let device else {
            throw IAM.NoSuchEntityException(message: "MFA Device with serial number \(serial) does not exist.")
        }
        guard device.owner == id else {
            throw IAM.NoSuchEntityException(message: "MFA Device invalid for user.")
        }
        return device
    }
}

/// An operation on a device of a user or of root.
protocol OnOwnedDevice: Operation where Target == OwnedDevice {
    func userName(_ input: Input) -> String?
    func serial(_ input: Input) -> String
}

extension OnOwnedDevice {
    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> OwnedDevice {
        let owner = try KeyOwner.ofDevices(userName(input), facts, snapshot)
        let device = try MFADevice.find(serial(input), snapshot).flatMap {
            $0.account == nil || $0.account == owner.account ? $0 : nil
        }
        return OwnedDevice(owner: owner, serial: serial(input), device: device)
    }

    func access(_ input: Input, to target: OwnedDevice, for facts: RequestFacts) throws -> Access {
        try ask(on: target.owner.arn, facts, keys: target.owner.tagKeys, as: target.owner.title)
    }
}
