import CPKCS11
import Crypto
public import World

/// A token of a module, logged in, with a bounded number of sessions.
///
/// Sessions are opened when they are needed and lent to one call at a time. Where a call shows that the token is gone, or the
/// login is, everything is dropped and the call is made once more on a new beginning; if that fails too, the token is
/// unavailable until a later call finds it back. Many modules tell a loss in codes that mean other things too: after one of
/// those the session must show that it still works.
public final class Token: Sendable {
    /// The module it is reached through.
    public let module: PKCS11Module
    /// Which token, and how it is opened.
    public let settings: TokenSettings
    /// The threads on which calls wait for the token. There are as many as sessions, so each finds one.
    public let pool: BlockingPool

    private struct State {
        var generation = 0
        var slot: UInt = 0
        /// Keeps the login, and owns the session objects: both end with their session.
        var anchor: UInt = 0
        var idle: [UInt] = []
        var open = 0
    }
    private let state = Lock(State())
    /// Session objects that nobody uses any more, to be destroyed by who next has a session; with their generations.
    private let graves = Lock<[(generation: Int, object: UInt)]>([])
    /// When the file was written whose PIN the token did not take. A second try might lock it.
    private let refusedPIN = Lock<Int?>(nil)
    /// One at a time opens a new beginning; the others wait on their own threads.
    private let opening = Monitor(false)

    /// Touches nothing yet: the first call opens the token.
    public init(_ module: PKCS11Module, _ settings: TokenSettings) {
        (self.module, self.settings) = (module, settings)
        pool = BlockingPool("hsm", threads: settings.sessions, limit: 4096)
    }

    /// What module and token say of themselves; opens the token if need be.
    public func describe() throws(PKCS11Error) -> TokenDescription {
        try use { lent throws(PKCS11Error) in
            var (library, token) = (CK_INFO(), CK_TOKEN_INFO())
            try Session.check("C_GetInfo", module.functions.pointee.C_GetInfo(&library))
            try Session.check("C_GetTokenInfo", module.functions.pointee.C_GetTokenInfo(lent.slot, &token))
            return TokenDescription(library, token)
        }
    }

    /// Whether both are one token, by what it says of itself.
    public func isSame(as other: Token) throws(PKCS11Error) -> Bool {
        if self === other { return true }
        guard module.path == other.module.path else { return false }
        let own = try describe()
        return own == (try other.describe())
    }

    /// How many sessions are open, the one that keeps the login apart.
    public var openSessions: Int { state.withLock { $0.open } }

    /// A session lent to a call.
    struct Lent {
        let session: Session
        let generation: Int
        let slot: UInt
    }

    /// Waits for the token: never to be called on an event loop.
    func use<Result>(_ body: (Lent) throws(PKCS11Error) -> Result) throws(PKCS11Error) -> Result {
        do { return try attempt(body) } catch {
            guard error.isLoss else { throw error }
        }
        do { return try attempt(body) } catch {
            guard error.isLoss else { throw error }
            throw .unavailable("\(settings.choice) of \(module.path) is lost: \(error)")
        }
    }

    private func attempt<Result>(_ body: (Lent) throws(PKCS11Error) -> Result) throws(PKCS11Error) -> Result {
        var current = 0
        do {
            return try module.call { generation throws(PKCS11Error) in
                current = generation
                return try run(generation, body)
            }
        } catch {
            if case .lost = error {
                guard module.abandon(current, isCertain: false) else {
                    throw .unavailable("\(settings.choice) of \(module.path) is lost: \(error)")
                }
                throw error
            }
            // A token that is not there may come back; a module looks for it only when it is initialised.
            if error.isLoss || error.isAbsence { module.abandon(current) }
            throw error
        }
    }

    private func run<Result>(
        _ generation: Int, _ body: (Lent) throws(PKCS11Error) -> Result
    ) throws(PKCS11Error) -> Result {
        let lent: Lent
        do { lent = try lend(generation) } catch { throw error.isAmbiguous ? error.asLoss : error }
        dig(lent)
        do {
            let result = try body(lent)
            giveBack(lent)
            return result
        } catch { throw conclude(error, lent) }
    }

    /// What an error in the midst of a call says; gives the session back, or ends it.
    private func conclude(_ error: PKCS11Error, _ lent: Lent) -> PKCS11Error {
        if case .lost = error {
            drop(lent)
            return error
        }
        guard error.isAmbiguous, !lent.session.isWorking else {
            giveBack(lent)
            return error
        }
        drop(lent)
        return error.asLoss
    }

    private func lend(_ generation: Int) throws(PKCS11Error) -> Lent {
        try ready(generation)
        let (slot, idle) = state.withLock { state in
            let idle = state.idle.popLast()
            if idle == nil { state.open += 1 }
            return (state.slot, idle)
        }
        if let idle { return Lent(session: session(idle), generation: generation, slot: slot) }
        do { return Lent(session: session(try openSession(slot)), generation: generation, slot: slot) } catch {
            state.withLock { if $0.generation == generation { $0.open -= 1 } }
            throw error
        }
    }

    private func giveBack(_ lent: Lent) {
        state.withLock { if $0.generation == lent.generation { $0.idle.append(lent.session.handle) } }
    }

    private func drop(_ lent: Lent) {
        lent.session.close()
        state.withLock { if $0.generation == lent.generation { $0.open -= 1 } }
    }

    /// Destroys a session object, soon.
    func bury(_ object: UInt, _ generation: Int) { graves.withLock { $0.append((generation, object)) } }

    private func dig(_ lent: Lent) {
        let dead = graves.withLock { graves in
            defer { graves = [] }
            return graves
        }
        for (generation, object) in dead where generation == lent.generation { lent.session.destroy(object) }
    }

    /// Opens the token, if this is a new generation.
    private func ready(_ generation: Int) throws(PKCS11Error) {
        if state.withLock({ $0.generation == generation }) { return }
        opening.wait(until: { !$0 }) { $0 = true }
        defer {
            opening.withLock { $0 = false }
            opening.wakeAll()
        }
        if state.withLock({ $0.generation == generation }) { return }
        let pin = try takePIN()
        let slot = try findSlot()
        let anchor = try openSession(slot)
        do { try logIn(anchor, pin) } catch {
            session(anchor).close()
            throw error
        }
        state.withLock { $0 = State(generation: generation, slot: slot, anchor: anchor) }
    }

    private func session(_ handle: UInt) -> Session { Session(functions: module.functions, handle: handle) }

    private func openSession(_ slot: UInt) throws(PKCS11Error) -> UInt {
        var handle: UInt = 0
        let flags = CKF_SERIAL_SESSION | CKF_RW_SESSION
        try Session.check(
            "C_OpenSession", module.functions.pointee.C_OpenSession(slot, UInt(flags), nil, nil, &handle))
        return handle
    }

    /// The PIN, unless the token did not take it before.
    private func takePIN() throws(PKCS11Error) -> UserPIN {
        let pin = try UserPIN(file: settings.pinFile)
        let written = pin.written
        if refusedPIN.withLock({ $0 == written }) {
            throw .setup(
                "\(settings.choice) did not take the PIN in \(settings.pinFile). It is not tried again: write it anew.")
        }
        return pin
    }

    private func logIn(_ session: UInt, _ pin: borrowing UserPIN) throws(PKCS11Error) {
        let written = pin.written
        let code = pin.digits.withBytes { bytes in
            bytes.withUnsafeBytes { bytes in
                // The function only reads them, though C's type does not say so.
                let start = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
                return module.functions.pointee.C_Login(session, UInt(CKU_USER), start, UInt(bytes.count))
            }
        }
        switch code {
        case CKR_OK, CKR_USER_ALREADY_LOGGED_IN: return
        case CKR_PIN_INCORRECT, CKR_PIN_LEN_RANGE, CKR_PIN_INVALID:
            refusedPIN.withLock { $0 = written }
            throw .setup("\(settings.choice) does not take the PIN in \(settings.pinFile). A few more tries lock it.")
        case CKR_PIN_LOCKED: throw .setup("\(settings.choice) has locked its PIN. Its security officer can unlock it.")
        default: throw .refused(function: "C_Login", code: code)
        }
    }

    private func findSlot() throws(PKCS11Error) -> UInt {
        let list = module.functions.pointee
        var count: UInt = 0
        try Session.check("C_GetSlotList", list.C_GetSlotList(1, nil, &count))
        var slots = [UInt](repeating: 0, count: Int(count))
        try Session.check("C_GetSlotList", list.C_GetSlotList(1, &slots, &count))
        slots.removeLast(slots.count - min(slots.count, Int(count)))
        var labels: [String] = []
        for slot in slots {
            var info = CK_TOKEN_INFO()
            guard list.C_GetTokenInfo(slot, &info) == CKR_OK, info.flags & CKF_TOKEN_INITIALIZED != 0 else { continue }
            let label = text(info.label)
            labels.append("\"\(label)\" in slot \(slot)")
            switch settings.choice {
            case .label(let wanted) where wanted == label: return slot
            case .slot(let wanted) where wanted == slot: return slot
            default: continue
            }
        }
        let there = labels.isEmpty ? "It has none." : "It has \(labels.joined(separator: ", "))."
        throw .unavailable("The module \(module.path) does not show \(settings.choice). \(there)")
    }
}
