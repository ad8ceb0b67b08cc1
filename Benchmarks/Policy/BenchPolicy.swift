import AWS
import Authorization
import CSystem
import World

/// What one decision of the policy engine costs.
///
/// `bench-policy POLICIES QUESTIONS SECONDS`: a file with one identity policy a line, a file with one question a line
/// (`action TAB resource TAB expected outcome {TAB key=value}`). Prints `compile_us` (of the longest policy), `index_us`,
/// `bytes` (of the longest policy), `decision_ns` (the median of many short rounds), `decisions`, and `grown_bytes`:
/// what the process grew by from the first tenth of the decisions to the last.
@main enum BenchPolicy {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let seconds = Double(arguments[3]) else {
            print("usage: bench-policy POLICIES QUESTIONS SECONDS")
            return
        }
        let texts = try lines(arguments[1])
        let longest = texts.max { $0.count < $1.count } ?? []
        let compiled = texts.map { CompiledPolicy(stored: $0, as: .identity) }
        precondition(compiled.allSatisfy { !$0.isBroken }, "a policy cannot be read")
        let compile = median((0..<200).map { _ in time { keep(CompiledPolicy(stored: longest, as: .identity)) } })
        let named = compiled.enumerated().map { NamedPolicy($0.element, name: "policy-\($0.offset)") }
        var set = PolicySet()
        let index = median((0..<20).map { _ in time { set.identity = named } })
        let asked = try lines(arguments[2]).map { Asked(String(decoding: $0, as: UTF8.self)) }
        for one in asked { one.check(set) }

        let before = residentBytes()
        var rounds: [Double] = []
        var decisions = 0
        let end = clock.monotonicNanoseconds() + UInt64(seconds * 1e9)
        while clock.monotonicNanoseconds() < end {
            var taken = 0
            let span = time {
                for _ in 0..<max(1, 200 / asked.count) {
                    for one in asked {
                        keep(decide(one.question, under: set, in: one.context))
                        taken += 1
                    }
                }
            }
            rounds.append(span / Double(taken))
            decisions += taken
            if rounds.count >= 100_000 { rounds.removeFirst(50_000) }
        }
        print(
            """
            bytes \(longest.count) compile_us \(compile / 1000) index_us \(index / 1000) \
            decision_ns \(median(rounds)) decisions \(decisions) grown_bytes \(residentBytes() - before)
            """)
    }

    private static let clock = SystemClock()

    /// Nanoseconds.
    private static func time(_ body: () -> Void) -> Double {
        let start = clock.monotonicNanoseconds()
        body()
        return Double(clock.monotonicNanoseconds() - start)
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    @inline(never) private static func keep<Value>(_ value: Value) { withExtendedLifetime(value) {} }

    private static func lines(_ path: String) throws -> [[UInt8]] {
        try bytes(path).split(separator: 10).map(Array.init)
    }

    private static func bytes(_ path: String) throws -> [UInt8] {
        guard let file = fopen(path, "r") else { throw Unreadable(path: path) }
        defer { fclose(file) }
        var all: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&part, 1, part.count, file)
            guard count > 0 else { return all }
            all += part[..<count]
        }
    }

    private static func residentBytes() -> Int {
        guard let text = try? bytes("/proc/self/statm"),
            let pages = Int(String(decoding: text, as: UTF8.self).split(separator: " ")[1])
        else { return 0 }
        return pages * 4096
    }
}

private struct Unreadable: Error { let path: String }

/// One question with what it must be answered.
private struct Asked {
    let question: Question
    let context: RequestContext
    private let expected: String

    init(_ line: String) {
        let fields = line.split(separator: "\t").map(String.init)
        let user = Subject(
            kind: .user, account: AccountID("123456789012"), arn: "arn:aws:iam::123456789012:user/alice")
        question = Question(user, ActionName(fields[0]), on: ResourceName(fields[1]), of: user.account)
        expected = fields[2]
        var context = RequestContext()
        for pair in fields.dropFirst(3) {
            let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
            context.set(parts[0], parts[1])
        }
        self.context = context
    }

    func check(_ set: PolicySet) {
        let outcome = decide(question, under: set, in: context).outcome.rawValue
        precondition(outcome == expected, "\(question.action) on \(question.resource): \(outcome), not \(expected)")
    }
}
