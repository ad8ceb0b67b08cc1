public import Crypto
public import KeyVault
public import PKCS11
public import World

/// Keys of KMS in a PKCS #11 device: made there, wrapped there, used there.
///
/// No private or secret key that the device made is ever outside it unwrapped. A key made elsewhere passes through guarded
/// memory once, on its way in. Every call waits for the device on a thread of the token's pool.
public final class DeviceKeyEngine: KeyEngine {
    /// What keys are still wrapped under that were made before the root was changed.
    public enum Former: Sendable {
        /// A root in this process: the vault's key for this purpose.
        case software(SecretKeeper)
        /// A root in the same token, by its id.
        case token(id: [UInt8])
        /// A root in another token. Its keys come over wrapped for this one.
        case otherToken(TokenRoot)
    }

    /// The roots that keys are wrapped under.
    struct Roots: Sendable {
        let present: TokenKeys
        var former: TokenKeys?
        var software: SoftwareKeyEngine?
        /// From the former root's token, where that is another one.
        var transport: TokenTransport?
        /// Whether keys under the former root are to be stored no more.
        var refusesFormer = false
    }

    let token: Token
    let roots: Lock<Roots>
    private let limit: Int
    private let description: DeviceDescription
    private let availability: Availability
    /// Of data pairs, whose private halves leave anyway: they are made in this process.
    let makers = BlockingPool("key-make", threads: 1, limit: 64)
    /// Of key material that comes from outside: the numbers of an RSA key take up to a second.
    let checkers = BlockingPool("key-check", threads: 1, limit: 64)

    /// Opens the device; waits for it.
    /// - Parameters:
    ///   - former: whose keys are used too, and taken over by `rewrap`.
    ///   - limit: how many keys stay unwrapped in the device.
    ///   - log: is told when the device goes away, why, and when it is back. Callers of a service are not told why.
    public init(_ root: TokenRoot, former: Former? = nil, limit: Int = 256, log: Log? = nil) throws(PKCS11Error) {
        (token, self.limit, availability) = (root.token, limit, Availability(log))
        description = DeviceDescription(try token.describe(), module: token.module.path)
        var roots = Roots(present: try TokenKeys(root, limit: limit))
        switch former {
        case nil: break
        case .software(let key):
            roots.software = SoftwareKeyEngine(
                SoftwareRoots(SoftwareWrapping(key.secret.copy()), former: nil), threads: 2)
        case .token(let id):
            roots.former = try TokenKeys(TokenRoot(root.token, id: id), limit: limit, makesKeys: false)
        case .otherToken(let other):
            let former = try TokenKeys(other, limit: limit, makesKeys: false)
            roots.former = former
            roots.transport = TokenTransport(from: former, to: roots.present)
        }
        self.roots = Lock(roots)
    }

    /// Another root of the same token, made ready. Waits for the device.
    public func ready(_ next: TokenRoot) throws(PKCS11Error) -> TokenKeys { try TokenKeys(next, limit: limit) }

    /// What is made from now on is wrapped under that root; keys under the present one stay of use.
    public func move(to next: TokenKeys) { roots.withLock { $0 = Roots(present: next, former: $0.present) } }

    var keys: TokenKeys { roots.withLock { $0.present } }

    /// The engine that made the key in this process, where it did not come into the device yet.
    func software(for key: WrappedKey) -> SoftwareKeyEngine? {
        guard SoftwareWrapping.isOfSoftware(key) else { return nil }
        return roots.withLock { $0.software }
    }

    /// Whose the key is. Keys that do not say it are of the oldest root.
    func holder(of key: WrappedKey) -> TokenKeys {
        let (roots, bytes) = (roots.withLock { $0 }, key.bytes)
        guard let former = roots.former else { return roots.present }
        return former.mayHold(bytes) ? former : roots.present
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

    /// By the PIN that the token took at the last login.
    public func isLoggedIn(with password: borrowing SecretBytes) -> Bool? { token.tookPIN(password) }

    /// By the device's mechanisms.
    public func supports(_ kind: KeyMaterialKind) -> Bool { keys.has(kind) }
    /// By the device's mechanisms.
    public func supports(_ algorithm: SigningAlgorithm) -> Bool { keys.has(algorithm) }

    /// One that the device itself encrypts with: nothing derived of it leaves the device.
    public var textMaterial: KeyMaterialKind { .aes256 }

    /// Destroys the object in the device, with the next call that reaches it.
    public func forget(_ key: EngineKey) {
        if let software = software(for: key.wrapped) { return software.forget(key) }
        holder(of: key.wrapped).forget(key.bound)
    }

    /// Calls the device on a thread of the token's, with the keys of the root that holds `key`, or of the present one.
    func wait<Result: Sendable>(
        for key: EngineKey? = nil, _ body: @escaping @Sendable (TokenKeys) throws(PKCS11Error) -> Result
    ) async throws(KeyEngineError) -> Result {
        let keys = key.map { holder(of: $0.wrapped) } ?? self.keys
        let outcome: Swift.Result<Result, PKCS11Error>
        do {
            outcome = try await token.threads.run {
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
