import AWS
import Authentication
import Door
import Smithy
import World

/// A second factor that comes with a call: the serial number of a device, and the code it shows.
struct FactorProof: Sendable {
    let factors: any SecondFactors

    /// The request by a caller who proved the factor. The code is used up, whatever the policies then say.
    func prove(_ serial: String?, _ code: String?, _ facts: RequestFacts) async throws -> RequestFacts {
        guard let serial, !serial.isEmpty, let code, !code.isEmpty else {
            throw Invalid("Must provide both MFA serial number and one time pass code.")
        }
        let outcome = try await factors.check(
            code: code, serial: serial, of: facts.caller.principal, from: facts.factorPlace, now: facts.now)
        switch outcome {
        case .proved: return facts.withSecondFactor()
        case .wrong: throw AccessDenied("MultiFactorAuthentication failed with invalid MFA one time pass code.")
        case .noDevice:
            throw AccessDenied(
                "MultiFactorAuthentication failed, unable to validate MFA code.  "
                    + "Please verify your MFA serial number is valid and associated with this user.")
        case .locked(let until):
            throw AccessDenied(
                "MultiFactorAuthentication failed, too many wrong codes were given. Codes are looked at again at "
                    + "\(until.iso8601); until then, ResyncMFADevice with two codes in a row opens the lock.")
        }
    }
}
