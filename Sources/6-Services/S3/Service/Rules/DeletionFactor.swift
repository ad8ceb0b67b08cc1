import AWS
import Authentication
import Door
import HTTP
import S3API
import Smithy
import World

/// MFA Delete: in a bucket that has it, only the owner's root user removes versions and sets the versioning, and shows a
/// code of a second factor each time.
/// - Source: S3 User Guide, "Configuring MFA delete" and "Deleting an object from an MFA delete-enabled bucket".
struct DeletionFactor: Sendable {
    let factors: any SecondFactors

    /// Whether the request brings a good factor: the header `x-amz-mfa`, which is a serial number, a space and a code. The
    /// code is used up. Without the header: no.
    /// - Throws: where a factor came that is not good, or by another than the owner's root user.
    func prove(_ header: String?, for bucket: Bucket, _ facts: RequestFacts) async throws -> Bool {
        guard let header else { return false }
        guard facts.connection.tls != nil || facts.connection.isLoopback else {
            throw S3.InvalidRequest(message: "Requests that include x-amz-mfa must be made over a secure connection.")
        }
        guard facts.caller.principal == .root(bucket.account) else {
            throw AccessDenied("This operation may only be performed by the bucket owner")
        }
        let parts = header.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2 else {
            throw Refused.argument(
                "x-amz-mfa", header, "The header must be the serial number of a device, a space and the code it shows.")
        }
        let outcome = try await factors.check(
            code: String(parts[1]), serial: String(parts[0]), of: facts.caller.principal, from: facts.factorPlace,
            now: facts.now)
        switch outcome {
        case .proved: return true
        case .noDevice:
            throw S3Refusal(
                "NotDeviceOwnerError", 400,
                "The device that generated the token is not owned by the authenticated user")
        case .wrong: throw AccessDenied("The code of x-amz-mfa is wrong, or was used before.")
        case .locked(let until):
            throw AccessDenied(
                "Too many wrong codes were given. Codes are looked at again at \(until.iso8601); until then, "
                    + "ResyncMFADevice with two codes in a row opens the lock.")
        }
    }

    static let missing = AccessDenied("Mfa Authentication must be used for this request")
}
