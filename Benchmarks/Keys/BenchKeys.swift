import Crypto
import Glibc
import KeyEngine
import KeyVault
import PKCS11
import World

/// What a use of a key costs below the service.
///
/// `bench-keys SECONDS THREADS [MODULE TOKEN PIN-FILE]`: the software engine, or the one behind a PKCS #11 module, in which
/// it makes a root and removes it. Prints a line per use: its name, uses per second, and processor
/// microseconds of one, which another's load does not change.
@main struct BenchKeys {
    static func main() async throws {
        let words = CommandLine.arguments
        guard words.count == 3 || words.count == 6, let seconds = Double(words[1]), let threads = Int(words[2]) else {
            print("usage: bench-keys SECONDS THREADS [MODULE TOKEN PIN-FILE]")
            return
        }
        let bench = Bench(seconds: seconds, tasks: threads)
        guard words.count == 6 else {
            return try await bench.run(SoftwareKeyEngine(SoftwareKeyVault.ephemeral(), threads: threads))
        }
        let token = Token(
            try PKCS11Module(path: words[3]), TokenSettings(.label(words[4]), pinFile: words[5], sessions: threads))
        let root = TokenRoot(token, id: SecureRandom.bytes(16))
        try root.create()
        try await bench.run(DeviceKeyEngine(root))
        try root.destroy()
    }
}

/// Runs uses for a time, by as many tasks at once as asked.
struct Bench {
    let seconds: Double
    let tasks: Int
    private let clock = SystemClock()
    private let context = SealContext("111122223333", "eu-central-1", "bench")
    private let text = [UInt8](repeating: 7, count: 1024)

    init(seconds: Double, tasks: Int) { (self.seconds, self.tasks) = (seconds, tasks) }

    func run(_ engine: any KeyEngine) async throws {
        let aes = try await engine.generate(.aes256, for: context).key
        let sealed = try await engine.seal(text, associated: text, with: aes)
        if engine.status.root == .software {
            now("sealNow 1 KiB") { _ = try engine.sealNow(text, associated: [1], with: aes) }
            now("openNow 1 KiB") { _ = try engine.openNow(sealed, associated: text, with: aes) }
            now("openNow 1 KiB, not ready") {
                engine.forget(aes)
                _ = try engine.openNow(sealed, associated: text, with: aes)
            }
        }
        let texts = try await engine.generate(.textKeys, for: context).key
        let derived = try await engine.seal(text, associated: text, with: texts)
        if engine.status.root == .software {
            now("sealNow 1 KiB, a key for each text") { _ = try engine.sealNow(text, associated: [1], with: texts) }
            now("openNow 1 KiB, a key for each text") { _ = try engine.openNow(derived, associated: text, with: texts) }
        }
        try await many("seal 1 KiB") { _ = try await engine.seal(text, associated: [1], with: aes) }
        try await many("open 1 KiB") { _ = try await engine.open(sealed, associated: text, with: aes) }
        let mac = try await engine.generate(.hmac(.sha256), for: context).key
        try await many("HMAC_SHA_256 1 KiB") { _ = try await engine.mac(text, with: mac) }
        for (kind, algorithm) in [
            (KeyPairKind.rsa2048, SigningAlgorithm.pkcs1SHA256), (.rsa2048, .pssSHA256), (.p256, .ecdsaSHA256),
            (.p384, .ecdsaSHA384), (.ed25519, .ed25519),
        ] where engine.supports(.pair(kind)) {
            let key = try await engine.generate(.pair(kind), for: context).key
            try await many("\(kind) \(algorithm.rawValue)") {
                _ = try await engine.sign(.raw(text), by: algorithm, with: key)
            }
        }
    }

    /// On this thread.
    private func now(_ name: String, _ body: () throws -> Void) {
        let (start, used) = (clock.monotonicNanoseconds(), processorSeconds())
        var (count, span) = (0, 0.0)
        while span < seconds {
            for _ in 0..<256 { try? body() }
            count += 256
            span = Double(clock.monotonicNanoseconds() - start) / 1e9
        }
        report(name, count, span, processorSeconds() - used)
    }

    private func many(_ name: String, _ body: @escaping @Sendable () async throws -> Void) async throws {
        let (start, used) = (clock.monotonicNanoseconds(), processorSeconds())
        let end = start + UInt64(seconds * 1e9)
        let count = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<tasks {
                group.addTask {
                    var count = 0
                    while clock.monotonicNanoseconds() < end {
                        try await body()
                        count += 1
                    }
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
        report(name, count, Double(clock.monotonicNanoseconds() - start) / 1e9, processorSeconds() - used)
    }

    private func report(_ name: String, _ count: Int, _ span: Double, _ used: Double) {
        print("\(name): \(Int(Double(count) / span)) per second, \(used / Double(count) * 1e6) us of a processor")
    }

    private func processorSeconds() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }
}
