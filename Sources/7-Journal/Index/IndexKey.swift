/// What a record can be found by, in 28 bits: a hash of whose it is, of the attribute, and of its value.
///
/// Two different values may share a key, and then a look-up reads a sheet in vain; it compares what it reads. A change of
/// this hash makes every index made before it wrong: it would need a migration that empties the index.
struct IndexKey: Equatable {
    static let bits: UInt32 = 28
    let number: UInt32
}

/// The beginning of keys: whose records, and which of them.
struct IndexKeyScope {
    private let state: UInt64

    /// The management events of an account in a Region: what `LookupEvents` sees.
    init(account: Span<UInt8>, region: Span<UInt8>) {
        state = Mixer.add(region, to: Mixer.add(account, to: 0x9E37_79B9_7F4A_7C15))
    }

    /// All records of an account, wherever and of whatever kind.
    init(account: Span<UInt8>) { state = Mixer.add(account, to: 0xC2B2_AE3D_27D4_EB4F) }

    /// Records whose attribute has that value.
    func key(_ attribute: JournalSearch.Attribute, _ value: Span<UInt8>) -> IndexKey {
        IndexKey(number: Mixer.finish(Mixer.add(value, to: Mixer.mix(UInt64(attribute.rawValue), into: state))))
    }

    /// Records of the scope, whatever their attributes.
    var key: IndexKey { IndexKey(number: Mixer.finish(state)) }
}

/// A quick hash with no secret: whoever makes values collide slows his own account's look-ups.
private enum Mixer {
    static func mix(_ word: UInt64, into state: UInt64) -> UInt64 {
        let product = (state ^ word) &* 0xFF51_AFD7_ED55_8CCD
        return product ^ product >> 32
    }

    /// Eight bytes at a time, the last together with the count.
    static func add(_ bytes: Span<UInt8>, to state: UInt64) -> UInt64 {
        var state = state
        var word: UInt64 = 0
        for at in bytes.indices {
            word = word << 8 | UInt64(bytes[at])
            if at & 7 == 7 { state = mix(word, into: state) }
        }
        return mix(word ^ UInt64(bytes.count) << 56, into: state)
    }

    static func finish(_ state: UInt64) -> UInt32 {
        let product = (state ^ state >> 29) &* 0xC4CE_B9FE_1A85_EC53
        return UInt32(truncatingIfNeeded: product >> (64 - UInt64(IndexKey.bits)))
    }
}
