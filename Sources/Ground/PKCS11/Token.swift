import CPKCS11
public import Crypto
import World

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
    /// The threads on which calls wait for the token. There are as many as sessions, so each finds one; while calls hang in
    /// the token, their sessions are missing.
    public let threads: DeviceThreads

    private struct State {
        /// Nil while none is open.
        var generation: Int?
        /// The module's initialisation that the handles are of.
        var start = 0
        var slot: UInt = 0
        /// Keeps the login, which ends with the last session.
        var anchor: UInt = 0
        var idle: [UInt] = []
        /// Idle, lent, or just being opened; of older generations too, while calls are in them.
        var open = 0
        /// Since when each is lent, by handle.
        var lent: [UInt: UInt64] = [:]
    }
    private let state = Monitor(State())
    private let clock = SystemClock()
    /// Session objects that nobody uses any more, to be destroyed by who next has a session; with their generations.
    private let graves = Lock<[(generation: Int, object: UInt)]>([])
    /// When the file was written whose PIN the token did not take. A second try might lock it.
    private let refusedPIN = Lock<Int?>(nil)
    private let takenPIN = Lock<TakenPIN?>(nil)
    /// One at a time opens a new beginning; the others wait on their own threads.
    private let opening = Monitor(false)

    /// Touches nothing yet: the first call opens the token.
    public init(_ module: PKCS11Module, _ settings: TokenSettings) {
        (self.module, self.settings) = (module, settings)
        threads = DeviceThreads("hsm", threads: settings.sessions, patience: settings.patience)
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

    /// Whether this is the PIN that the token took at the last login; nil before the first, and where others of this process
    /// were logged in before, for then it looks at none.
    public func tookPIN(_ pin: borrowing SecretBytes) -> Bool? {
        guard let taken = takenPIN.withLock({ $0 }) else { return nil }
        return taken.isSame(as: pin)
    }

    /// A session lent to a call.
    struct Lent {
        let session: Session
        let generation: Int
        let slot: UInt
    }

    /// Waits for the token: never to be called on an event loop.
    func use<Result>(_ body: (Lent) throws(PKCS11Error) -> Result) throws(PKCS11Error) -> Result {
        let time = WaitingTime(patience: settings.patience)
        do { return try attempt(time, body) } catch {
            guard error.isLoss else { throw advised(error) }
        }
        do { return try attempt(time, body) } catch {
            throw advised(error.isLoss ? lost(error) : error)
        }
    }

    private func lost(_ error: PKCS11Error) -> PKCS11Error {
        .unavailable("\(settings.choice) of \(module.path) is lost: \(error)")
    }

    /// Where it takes more than waiting, the operator is told.
    private func advised(_ error: PKCS11Error) -> PKCS11Error {
        guard case .unavailable(let reason) = error, let advice = module.advice else { return error }
        return .unavailable("\(reason) \(advice)")
    }

    private func attempt<Result>(
        _ time: WaitingTime, _ body: (Lent) throws(PKCS11Error) -> Result
    ) throws(PKCS11Error) -> Result {
        var current = 0
        do {
            return try module.call(within: time, patience: settings.patience) { generation throws(PKCS11Error) in
                current = generation.number
                return try run(generation, time, body)
            }
        } catch {
            if error.isConcluded {
                guard module.abandon(current, isCertain: false) else { throw lost(error) }
                throw error
            }
            // A token that is not there may come back; a module looks for it only when it is initialised.
            if error.isLoss || error.isAbsence { module.abandon(current) }
            throw error
        }
    }

    private func run<Result>(
        _ generation: PKCS11Module.Generation, _ time: WaitingTime, _ body: (Lent) throws(PKCS11Error) -> Result
    ) throws(PKCS11Error) -> Result {
        let lent: Lent
        do { lent = try lend(generation, time) } catch { throw error.isAmbiguous ? error.asLoss : error }
        dig(lent)
        do {
            let result = try body(lent)
            giveBack(lent)
            return result
        } catch { throw conclude(error, lent) }
    }

    /// What an error in the midst of a call says; gives the session back, or ends it.
    private func conclude(_ error: PKCS11Error, _ lent: Lent) -> PKCS11Error {
        if error.isConcluded {
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

    private enum Place {
        case idle(Lent)
        /// For a session to be opened in this slot, of this generation.
        case room(UInt, Int)
        case none
    }

    private func lend(_ generation: PKCS11Module.Generation, _ time: WaitingTime) throws(PKCS11Error) -> Lent {
        try ready(generation, time)
        switch place(time, orRoom: true) {
        case .idle(let lent): return lent
        case .none: throw allTaken
        case .room(let slot, let number):
            do {
                let handle = try openSession(slot)
                state.withLock { $0.lent[handle] = clock.monotonicNanoseconds() }
                return Lent(session: session(handle), generation: number, slot: slot)
            } catch {
                let isOnly = state.withLock { state in
                    state.open -= 1
                    return state.open == 0
                }
                state.wakeOne()
                guard error.isOfRoom else { throw error }
                // It is not we who have them all.
                guard !isOnly else { throw noRoom }
            }
            guard case .idle(let lent) = place(time, orRoom: false) else { throw allTaken }
            return lent
        }
    }

    private var noRoom: PKCS11Error { .busy("\(settings.choice) has no session left; others may have them open") }
    private var allTaken: PKCS11Error {
        .busy(
            "calls have all \(openSessions) sessions of \(settings.choice); if they never end, see to the device, and "
                + "restart the server")
    }

    /// Waits for a session that nobody uses, or for room for another one; but not for those in which calls hang.
    private func place(_ time: WaitingTime, orRoom: Bool) -> Place {
        let (clock, most, patience) = (clock, orRoom ? settings.sessions : 0, UInt64(settings.patience) * 1_000_000)
        return state.wait(
            until: { state in
                guard state.idle.isEmpty, state.open >= most else { return true }
                let now = clock.monotonicNanoseconds()
                return state.lent.count == state.open && state.lent.values.allSatisfy { now &- $0 >= patience }
            }, milliseconds: time.left
        ) { state in
            // Nil while the next generation is being opened.
            guard let generation = state.generation else { return .none }
            if let idle = state.idle.popLast() {
                state.lent[idle] = clock.monotonicNanoseconds()
                return .idle(Lent(session: session(idle), generation: generation, slot: state.slot))
            }
            guard state.open < most else { return .none }
            state.open += 1
            return .room(state.slot, generation)
        }
    }

    /// A session of an older generation is good for nothing any more.
    private func giveBack(_ lent: Lent) {
        let isOld = state.withLock { state in
            guard state.generation == lent.generation else { return true }
            state.lent[lent.session.handle] = nil
            state.idle.append(lent.session.handle)
            return false
        }
        if isOld { drop(lent) } else { state.wakeOne() }
    }

    /// While a call is in the module, handles stay what they are, whatever generation has begun meanwhile.
    private func drop(_ lent: Lent) {
        lent.session.close()
        state.withLock { state in
            state.lent[lent.session.handle] = nil
            state.open -= 1
        }
        state.wakeOne()
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
    private func ready(_ generation: PKCS11Module.Generation, _ time: WaitingTime) throws(PKCS11Error) {
        let number = generation.number
        if isOpen(number) { return }
        let isMine = opening.wait(until: { !$0 }, milliseconds: time.left) { isOpening in
            defer { isOpening = true }
            return !isOpening
        }
        guard isMine else { throw .busy("\(settings.choice) is being opened, which takes its time") }
        defer {
            opening.withLock { $0 = false }
            opening.wakeAll()
        }
        if isOpen(number) { return }
        let pin = try takePIN()
        retire(generation.start)
        let slot = try findSlot()
        let anchor = try openAnchor(slot)
        do { try logIn(anchor, pin) } catch {
            session(anchor).close()
            throw error
        }
        state.withLock { state in
            state.generation = number
            (state.start, state.slot, state.anchor) = (generation.start, slot, anchor)
        }
        state.wakeAll()
    }

    /// Or a later one.
    private func isOpen(_ generation: Int) -> Bool { state.withLock { $0.generation ?? 0 >= generation } }

    /// Ends the generation before. Where the module was initialised since, its handles may be those of others by now.
    private func retire(_ start: Int) {
        let former = state.withLock { state in
            let former = state
            (state.generation, state.anchor, state.idle) = (nil, 0, [])
            state.open -= former.idle.count
            return former
        }
        guard former.start == start, former.generation != nil else { return }
        for handle in former.idle + [former.anchor] { session(handle).close() }
    }

    private func openAnchor(_ slot: UInt) throws(PKCS11Error) -> UInt {
        do { return try openSession(slot) } catch {
            throw error.isOfRoom ? noRoom : error
        }
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
        case CKR_OK:
            let taken = TakenPIN(pin.digits)
            takenPIN.withLock { $0 = taken }
        // By somebody else in this process: the PIN was not looked at.
        case CKR_USER_ALREADY_LOGGED_IN: return
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
        var slots = [UInt](repeating: 0, count: try Session.listCount("C_GetSlotList", count))
        try Session.check("C_GetSlotList", list.C_GetSlotList(1, &slots, &count))
        slots.removeLast(slots.count - min(slots.count, try Session.listCount("C_GetSlotList", count)))
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
