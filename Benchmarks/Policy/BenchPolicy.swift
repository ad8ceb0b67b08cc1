import Authorization
import CJemalloc
import World

/// What the policy engine costs.
///
///     bench-policy decide POLICIES QUESTIONS SECONDS
///     bench-policy memory POLICIES QUESTIONS DECISIONS
///
/// POLICIES holds one identity policy a line, QUESTIONS one question a line (`Asked`). Both begin by checking that each
/// question is answered as expected.
///
/// `decide` prints `compile_us` (of the longest policy), its `bytes`, `index_us` (making the list that is asked from
/// compiled policies), `decision_ns` (the median of many short rounds over all questions) and `decisions`.
///
/// `memory` prints `allocated` (bytes a decision asks the allocator for), and what was in use and resident after a tenth of
/// the decisions and grew until the last: `grown`, `resident_grown`.
@main enum BenchPolicy {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 5, ["decide", "memory"].contains(arguments[1]), let amount = Double(arguments[4])
        else {
            print("usage: bench-policy decide|memory POLICIES QUESTIONS SECONDS|DECISIONS")
            return
        }
        let texts = try TextFile(arguments[2]).lines
        var set = PolicySet()
        let compiled = texts.map { CompiledPolicy(stored: $0, as: .identity) }
        precondition(compiled.allSatisfy { !$0.isBroken }, "a policy cannot be read")
        let named = compiled.enumerated().map { NamedPolicy($0.element, name: "policy-\($0.offset)") }
        set.identity = named
        let asked = try TextFile(arguments[3]).lines.map { Asked(String(decoding: $0, as: UTF8.self)) }
        for one in asked { one.check(set) }
        if arguments[1] == "decide" {
            let longest = texts.max { $0.count < $1.count } ?? []
            let compile = Timing.median(of: 200) { _ = CompiledPolicy(stored: longest, as: .identity) }
            let index = Timing.median(of: 20) { set.identity = named }
            let (nanoseconds, count) = Timing.decisions(asked, set, seconds: amount)
            print(
                "bytes \(longest.count) compile_us \(compile / 1000) index_us \(index / 1000)",
                "decision_ns \(nanoseconds) decisions \(count)")
        } else {
            growth(asked, set, count: Int(amount))
        }
    }

    private static func growth(_ asked: [Asked], _ set: PolicySet, count: Int) {
        Timing.run(asked, set, count: count / 10)
        let before = (UsedMemory.allocated, UsedMemory.inUse, UsedMemory.resident)
        let rest = count - count / 10
        Timing.run(asked, set, count: rest)
        let after = (UsedMemory.allocated, UsedMemory.inUse, UsedMemory.resident)
        print(
            "allocated \(Double(after.0 - before.0) / Double(rest)) grown \(after.1 - before.1)",
            "resident_grown \(after.2 - before.2)")
    }
}

/// What this thread uses.
private enum UsedMemory {
    /// All bytes ever asked for.
    static var allocated: Int { Int(gh_allocated_bytes()) }
    static var inUse: Int { Int(gh_allocated_bytes()) - Int(gh_released_bytes()) }
    /// Of the process.
    static var resident: Int {
        guard let text = try? TextFile("/proc/self/statm").bytes,
            let pages = Int(String(decoding: text, as: UTF8.self).split(separator: " ")[1])
        else { return 0 }
        return pages * 4096
    }
}
