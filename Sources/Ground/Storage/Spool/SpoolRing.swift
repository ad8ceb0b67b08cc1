/// The records that lie in a spool's ring, found by their checksums alone: where the writer stood is not stored.
struct SpoolRing {
    private let memory: UnsafeMutableRawPointer
    /// Of the checksums; nil in the rings of former versions, whose checksums had none and half the length.
    private let key: UInt64?

    private static let magic: UInt64 = 0x3230_4C4F_4F50_5347
    private static let formerMagic: UInt64 = 0x3130_4C4F_4F50_5347

    /// - Parameter memory: the whole file; nil where it is no spool's.
    init?(_ memory: UnsafeMutableRawPointer) {
        self.memory = memory
        switch memory.load(as: UInt64.self) {
        case SpoolRing.magic: key = memory.load(fromByteOffset: 8, as: UInt64.self)
        case SpoolRing.formerMagic: key = nil
        default: return nil
        }
    }

    /// Says by which key the ring's records are told from now on.
    static func seal(_ memory: UnsafeMutableRawPointer, _ key: UInt64) {
        memory.storeBytes(of: key, toByteOffset: 8, as: UInt64.self)
        memory.storeBytes(of: magic, as: UInt64.self)
    }

    /// Finds whole records numbered after `moved`, wherever in the ring they lie, and puts them in order.
    func records(after moved: Int64) -> [Spool.Record] {
        var found: [Int64: UnsafeRawBufferPointer] = [:]
        // Every multiple of eight may begin a record.
        for offset in stride(from: 0, through: Spool.ringBytes - Spool.recordHead, by: 8) {
            if let (number, bytes) = record(at: offset), number > moved { found[number] = bytes }
        }
        var records: [Spool.Record] = []
        var number = moved
        while number < Int64.max, let bytes = found[number + 1] {
            number += 1
            records.append(Spool.Record(number: number, bytes: Array(bytes)))
        }
        return records
    }

    /// The record at `offset`; nil where there is none that is whole.
    private func record(at offset: Int) -> (number: Int64, bytes: UnsafeRawBufferPointer)? {
        let place = memory + Spool.headerBytes + offset
        guard let key else { return formerRecord(at: offset) }
        let count = place.load(as: UInt64.self)
        guard count <= UInt64(Spool.ringBytes / 4), offset + Spool.recordHead + Int(count) <= Spool.ringBytes else {
            return nil
        }
        let number = place.load(fromByteOffset: 16, as: Int64.self)
        guard number > 0,
            place.load(fromByteOffset: 8, as: UInt64.self) == SpoolRing.checksum(place + 16, 8 + Int(count), key)
        else { return nil }
        return (number, UnsafeRawBufferPointer(start: place + Spool.recordHead, count: Int(count)))
    }

    /// A record of a former version: its length and checksum in four bytes each, its number, its bytes.
    private func formerRecord(at offset: Int) -> (number: Int64, bytes: UnsafeRawBufferPointer)? {
        let place = memory + Spool.headerBytes + offset
        let count = Int(place.load(as: UInt32.self))
        guard count <= Spool.ringBytes / 4, offset + 16 + count <= Spool.ringBytes else { return nil }
        let number = place.load(fromByteOffset: 8, as: Int64.self)
        let hash = SpoolRing.checksum(place + 8, 8 + count, 0xCBF2_9CE4_8422_2325)
        guard number > 0,
            place.load(fromByteOffset: 4, as: UInt32.self) == UInt32(truncatingIfNeeded: hash ^ hash >> 32)
        else { return nil }
        return (number, UnsafeRawBufferPointer(start: place + 16, count: count))
    }

    /// FNV-1a over eight bytes at a time, begun with the key: tells a record from a torn one, and from a caller's text. Each
    /// step is a bijection, so that who does not know the key hits one checksum as seldom as any other.
    static func checksum(_ start: UnsafeMutableRawPointer, _ count: Int, _ key: UInt64) -> UInt64 {
        var hash = key
        var at = 0
        while at + 8 <= count {
            hash = (hash ^ start.loadUnaligned(fromByteOffset: at, as: UInt64.self)) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 29
            at += 8
        }
        while at < count {
            hash = (hash ^ UInt64(start.load(fromByteOffset: at, as: UInt8.self))) &* 0x100_0000_01B3
            at += 1
        }
        return hash
    }
}
