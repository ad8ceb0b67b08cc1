public import Crypto
import KeyVault
public import PKCS11
public import World

/// Keys of KMS in a PKCS #11 device: made there, wrapped there, used there.
///
/// No private or secret key that the device made is ever outside it unwrapped. A key made elsewhere passes through guarded
/// memory once, on its way in. Every call waits for the device on a thread of the token's pool.
public final class DeviceKeyEngine: KeyEngine {
    let token: Token
    let keys: TokenKeys
    private let description: DeviceDescription
    /// Of the time before the folder's root was moved into the device.
    let former: SoftwareKeyEngine?
    private let availability: Availability
    /// Of data pairs, whose private halves leave anyway: they are made in this process.
    let makers = BlockingPool("key-make", threads: 1, limit: 64)
    /// Of key material that comes from outside: the numbers of an RSA key take up to a second.
    let checkers = BlockingPool("key-check", threads: 1, limit: 64)

    /// Opens the device; waits for it.
    /// - Parameters:
    ///   - former: the engine whose keys `rewrap` takes over.
    ///   - limit: how many keys stay unwrapped in the device.
    ///   - log: is told when the device goes away, why, and when it is back. Callers of a service are not told why.
    public init(_ root: TokenRoot, former: SoftwareKeyEngine? = nil, limit: Int = 256, log: Log? = nil)
        throws(PKCS11Error)
    {
        (token, self.former, availability) = (root.token, former, Availability(log))
        description = DeviceDescription(try token.describe(), module: token.module.path)
        keys = try TokenKeys(root, limit: limit)
    }

    /// The device, as it was at the last calls.
    public var status: EngineStatus { status(description) }

    private func status(_ description: DeviceDescription) -> EngineStatus {
        let reason = availability.reason
        return EngineStatus(root: .hsm, isAvailable: reason == nil, reason: reason, device: description)
    }

    /// How many threads are in calls that the device does not answer, given up by those who waited.
    public var threadsInHungCalls: Int { token.threads.lostThreads }

    /// How many sessions are open in the device, the one that keeps the login apart.
    public var openSessions: Int { token.openSessions }

    /// Asks the device now. Whatever goes wrong, it is not available.
    public func probe() async -> EngineStatus {
        do {
            let found = try await wait { keys throws(PKCS11Error) in try keys.root.probe() }
            return status(DeviceDescription(found, module: token.module.path))
        } catch {
            let reason = if case .unavailable(let reason) = error { reason } else { "\(error)" }
            return EngineStatus(root: .hsm, isAvailable: false, reason: reason, device: description)
        }
    }

    /// By the device's mechanisms.
    public func supports(_ kind: KeyMaterialKind) -> Bool { keys.has(kind) }
    /// By the device's mechanisms.
    public func supports(_ algorithm: SigningAlgorithm) -> Bool { keys.has(algorithm) }

    /// Destroys the object in the device, with the next call that reaches it.
    public func forget(_ key: EngineKey) { keys.forget(key.bound) }

    /// Calls the device on a thread of the token's.
    func wait<Result: Sendable>(
        _ body: @escaping @Sendable (TokenKeys) throws(PKCS11Error) -> Result
    ) async throws(KeyEngineError) -> Result {
        let outcome: Swift.Result<Result, PKCS11Error>
        do {
            outcome = try await token.threads.run { [self] in
                do throws(PKCS11Error) { return .success(try body(keys)) } catch { return .failure(error) }
            }
        } catch { throw refusal(error as? DeviceThreads.Refusal ?? .closed) }
        do {
            let result = try outcome.get()
            availability.works(isWhole: token.threads.lateCalls == 0)
            return result
        } catch {
            let told = KeyEngineError(error)
            if case .refused = error {
                availability.refused("\(error)")
            } else if case .busy = error, token.threads.lateCalls == 0 {
                // It works, for others.
            } else if case .unavailable(let reason) = told {
                availability.isGone(reason)
            }
            throw told
        }
    }

    private func refusal(_ refusal: DeviceThreads.Refusal) -> KeyEngineError {
        switch refusal {
        case .full, .closed: return .unavailable("it has more to do than it can")
        case .late, .stuck: break
        }
        let reason =
            refusal == .late
            ? "the HSM did not answer within \(token.threads.patience) ms"
            : "all calls hang in the HSM; see to the device, and if none comes back, restart the server"
        availability.isGone(reason)
        return .unavailable(reason)
    }
}

extension KeyEngineError {
    init(_ error: PKCS11Error) {
        switch error {
        case .notOurs: self = .notOurs
        case .unopened: self = Usage.unopened
        case .unsupported(let what): self = .unsupported(what)
        case .setup(let message), .unavailable(let message), .busy(let message): self = .unavailable(message)
        case .lost, .garbled, .refused: self = .unavailable("\(error)")
        }
    }
}

extension EngineKey {
    var bound: TokenKeys.Bound { TokenKeys.Bound(wrapped.bytes, kind, binding: context.bytes) }

    init(_ bound: TokenKeys.Bound, for context: SealContext) {
        self.init(WrappedKey(bytes: bound.wrapped), bound.kind, for: context)
    }
}

extension DeviceDescription {
    /// No validation is claimed: version 2.40 of the standard has no way to report one.
    init(_ token: TokenDescription, module: String) {
        self.init(
            module: module, library: token.library, tokenLabel: token.label, manufacturer: token.manufacturer,
            model: token.model, serialNumber: token.serialNumber, hardwareVersion: token.hardwareVersion,
            firmwareVersion: token.firmwareVersion)
    }
}
