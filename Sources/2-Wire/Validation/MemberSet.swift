/// Positions of members, for structures of up to 128: which were given.
struct MemberSet {
    private var bits: UInt128 = 0

    func contains(_ index: Int) -> Bool { bits >> UInt128(index) & 1 == 1 }

    /// False where it was there already.
    mutating func insert(_ index: Int) -> Bool {
        let bit = UInt128(1) << UInt128(index)
        guard bits & bit == 0 else { return false }
        bits |= bit
        return true
    }
}
