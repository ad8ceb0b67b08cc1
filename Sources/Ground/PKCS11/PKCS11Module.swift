import CPKCS11
import World

/// A vendor's module, loaded once and initialised when it is first needed.
///
/// A module is one thing for the whole process: when a token was lost, the module is finalised and initialised anew, which
/// invalidates every session and handle. So calls are counted, a new beginning waits until none is in the module, and what
/// was opened before bears the number of an older generation. Where a call hangs inside, the new generation begins without
/// that: sessions, login and handles are opened anew, in the module as it is.
public final class PKCS11Module: @unchecked Sendable {
    // The functions are of a library that is never unloaded; the state is behind the monitor.
    let functions: UnsafeMutablePointer<CK_FUNCTION_LIST>
    /// Where it was loaded from.
    public let path: String

    private struct State {
        var generation = 0
        var isReady = false
        var isOpening = false
        /// How often it was initialised.
        var starts = 0
        /// Whether calls kept this generation from beginning with an initialised module.
        var isHeld = false
        var calls = 0
        /// The calls inside, by number, and when each is taken for one that hangs.
        var inside: [Int: UInt64] = [:]

        func areAllOverdue(_ now: UInt64) -> Bool { inside.values.allSatisfy { $0 <= now } }
        /// When a new beginning was last made on a suspicion.
        var doubted: UInt64?
    }
    /// Between two new beginnings on a suspicion, in nanoseconds.
    private static let patience: UInt64 = 3_000_000_000
    private let clock = SystemClock()
    private let state = Monitor(State())

    /// Loads the module; touches no token yet.
    public init(path: String) throws(PKCS11Error) {
        var functions: UnsafeMutablePointer<CK_FUNCTION_LIST>?
        if let fault = gh_pkcs11_load(path, &functions) {
            throw .setup("The PKCS #11 module \(path) cannot be loaded: \(String(cString: fault))")
        }
        guard let functions else { throw .setup("The PKCS #11 module \(path) has no functions.") }
        (self.path, self.functions) = (path, functions)
    }

    /// What a call is made in.
    struct Generation {
        let number: Int
        /// Of the module's initialisation: with another one, the handles of before mean nothing.
        let start: Int
    }

    /// Runs `body` in the present generation, while the module stays as it is.
    /// - Parameters:
    ///   - time: what waiting for a new beginning may take of the call's time.
    ///   - patience: after how many milliseconds the call is taken for one that hangs.
    func call<Result>(
        within time: WaitingTime, patience: Int, _ body: (Generation) throws(PKCS11Error) -> Result
    ) throws(PKCS11Error) -> Result {
        let (generation, number) = try enter(time, patience)
        defer { leave(number) }
        return try body(generation)
    }

    /// What to do where calls that hang keep the module from being initialised anew; nil where none do.
    var advice: String? {
        let now = clock.monotonicNanoseconds()
        let isHeld = state.withLock { $0.isHeld && $0.inside.values.contains { $0 <= now } }
        return isHeld
            ? "The module cannot be initialised anew, because a call hangs in it: see to the device, and if the call does "
                + "not come back, restart the server." : nil
    }

    /// Nothing of that generation is good any more; the next call begins a new one.
    /// - Parameter isCertain: whether the token said so. Where it is only concluded, a new beginning, which takes every
    ///   session of the process along, is made at most once in a few seconds.
    /// - Returns: whether the next call begins anew.
    @discardableResult
    func abandon(_ generation: Int, isCertain: Bool = true) -> Bool {
        let now = clock.monotonicNanoseconds()
        let begins = state.withLock { state in
            guard state.generation == generation, state.isReady else { return true }
            if !isCertain {
                if let doubted = state.doubted, now &- doubted < PKCS11Module.patience { return false }
                state.doubted = now
            }
            state.isReady = false
            return true
        }
        state.wakeAll()
        return begins
    }

    private enum Entry { case ready(Generation, Int), opens(isHeld: Bool), busy }

    private func enter(_ time: WaitingTime, _ patience: Int) throws(PKCS11Error) -> (Generation, Int) {
        let clock = clock
        let entry: Entry = state.wait(
            until: { $0.isReady || (!$0.isOpening && $0.areAllOverdue(clock.monotonicNanoseconds())) },
            milliseconds: time.forOthers
        ) { state in
            if state.isReady { return .ready(generation(state), begin(&state, patience)) }
            // Calls that are not out by now are taken for ones that hang.
            guard !state.isOpening else { return .busy }
            state.isOpening = true
            return .opens(isHeld: !state.inside.isEmpty)
        }
        let isHeld: Bool
        switch entry {
        case .ready(let generation, let call): return (generation, call)
        case .busy: throw .busy("the PKCS #11 module \(path) is being initialised")
        case .opens(let held): isHeld = held
        }
        let code = open(isHeld: isHeld)
        let isThere = code == CKR_OK || (isHeld && code == CKR_CRYPTOKI_ALREADY_INITIALIZED)
        let entered: (Generation, Int)? = state.withLock { state in
            state.isOpening = false
            state.isHeld = isHeld
            guard isThere else { return nil }
            if code == CKR_OK { state.starts += 1 }
            state.isReady = true
            state.generation += 1
            return (generation(state), begin(&state, patience))
        }
        state.wakeAll()
        guard let entered else {
            let told = PKCS11Error.refused(function: "C_Initialize", code: code)
            throw .unavailable("The PKCS #11 module \(path) does not start: \(told).")
        }
        return entered
    }

    private func generation(_ state: State) -> Generation { Generation(number: state.generation, start: state.starts) }

    private func begin(_ state: inout State, _ patience: Int) -> Int {
        state.calls += 1
        state.inside[state.calls] = clock.monotonicNanoseconds() + UInt64(patience) * 1_000_000
        return state.calls
    }

    private func leave(_ call: Int) {
        state.withLock { $0.inside[call] = nil }
        state.wakeAll()
    }

    /// To finalise a module with calls inside may do anything, by the standard.
    private func open(isHeld: Bool) -> UInt {
        if !isHeld { _ = functions.pointee.C_Finalize(nil) }
        return gh_pkcs11_initialize(functions)
    }
}

/// How long one use of a token may wait for others, in all: half its patience, so that the rest is left for the call.
struct WaitingTime {
    private let clock = SystemClock()
    private let end: UInt64
    private let patience: Int

    init(patience: Int) {
        self.patience = patience
        end = clock.monotonicNanoseconds() + UInt64(patience) * 500_000
    }

    /// In milliseconds.
    var left: Int {
        let now = clock.monotonicNanoseconds()
        return now < end ? max(1, Int((end - now) / 1_000_000)) : 0
    }

    /// For calls of others to leave the module: half of it at most, so that it can be opened in the rest.
    var forOthers: Int { min(left, max(1, patience / 4)) }
}
