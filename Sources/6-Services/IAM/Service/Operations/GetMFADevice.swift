import Door
import IAMAPI
import Storage

/// A security key of a user, or of whoever calls. Of its certifications nothing is known: no metadata service is asked.
/// - Source: IAM API Reference, "GetMFADevice": it takes the ARNs of FIDO security keys alone.
struct GetMFADevice: Query, OnOwnedDevice {
    typealias Shape = IAM.GetMFADevice
    func userName(_ input: Input) -> String? { input.userName }
    func serial(_ input: Input) -> String { input.serialNumber }

    func answer(
        _ input: Input, under permit: borrowing Permit<OwnedDevice>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        guard input.serialNumber.contains(":u2f/") else {
            throw Invalid("Only the ARN of a FIDO security key is accepted as a serial number here.")
        }
        let device = try permit.target.owned()
        return Output(
            userName: try permit.target.owner.shownName(snapshot), serialNumber: device.serial,
            enableDate: device.enabled)
    }
}
