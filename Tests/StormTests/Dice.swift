import World

/// Random choices that a seed repeats.
struct Dice: RandomNumberGenerator {
    private let entropy: SeededEntropy
    init(seed: UInt64) { entropy = SeededEntropy(seed: seed) }
    mutating func next() -> UInt64 { entropy.bytes(8).reduce(0) { $0 << 8 | UInt64($1) } }

    mutating func roll(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
    /// True once in `times`.
    mutating func once(in times: Int) -> Bool { roll(1...times) == 1 }
    mutating func pick<T>(_ choices: [T]) -> T? { choices.randomElement(using: &self) }
}
