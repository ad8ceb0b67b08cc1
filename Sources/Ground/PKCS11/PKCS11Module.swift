import CPKCS11
import World

/// A vendor's module, loaded once and initialised when it is first needed.
///
/// A module is one thing for the whole process: when a token was lost, the module is finalised and initialised anew, which
/// invalidates every session and handle. So calls are counted, a new beginning waits until none is in the module, and what
/// was opened before bears the number of an older generation.
public final class PKCS11Module: @unchecked Sendable {
    // The functions are of a library that is never unloaded; the state is behind the monitor.
    let functions: UnsafeMutablePointer<CK_FUNCTION_LIST>
    /// Where it was loaded from.
    public let path: String

    private struct State {
        var generation = 0
        var isReady = false
        var isOpening = false
        var calls = 0
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

    /// Runs `body` with the number of the generation, while the module stays as it is.
    /// - Parameter patience: how long to wait for a new beginning that others make, or that calls in the module keep from
    ///   being made; in milliseconds.
    func call<Result>(
        within patience: Int, _ body: (Int) throws(PKCS11Error) -> Result
    ) throws(PKCS11Error) -> Result {
        let generation = try enter(within: patience)
        defer { leave() }
        return try body(generation)
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

    private enum Entry { case ready(Int), opens, never }

    private func enter(within patience: Int) throws(PKCS11Error) -> Int {
        let entry: Entry = state.wait(
            until: { $0.isReady || (!$0.isOpening && $0.calls == 0) }, milliseconds: patience
        ) { state in
            if state.isReady {
                state.calls += 1
                return .ready(state.generation)
            }
            guard !state.isOpening, state.calls == 0 else { return .never }
            state.isOpening = true
            return .opens
        }
        switch entry {
        case .ready(let generation): return generation
        case .never:
            throw .unavailable("The PKCS #11 module \(path) must begin anew, but calls hang in it.")
        case .opens: break
        }
        let code = open()
        let generation = state.withLock { state in
            state.isOpening = false
            guard code == CKR_OK else { return 0 }
            state.isReady = true
            state.generation += 1
            state.calls += 1
            return state.generation
        }
        state.wakeAll()
        guard code == CKR_OK else {
            let told = PKCS11Error.refused(function: "C_Initialize", code: code)
            throw .unavailable("The PKCS #11 module \(path) does not start: \(told).")
        }
        return generation
    }

    private func leave() {
        state.withLock { $0.calls -= 1 }
        state.wakeAll()
    }

    private func open() -> UInt {
        _ = functions.pointee.C_Finalize(nil)
        return gh_pkcs11_initialize(functions)
    }
}
