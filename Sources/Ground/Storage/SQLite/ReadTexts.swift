import World

/// What texts in rows mean, once they were read: of each owner the last text, as long as there is room.
///
/// It counts only for the very same text, so it never has to be told of a change, of an undone one or of another database.
/// Belongs to a connection, which one thread uses at a time.
final class ReadTexts {
    private struct Key: Hashable {
        let type: ObjectIdentifier
        let owner, variant: Int64
    }

    private var read: [Key: (text: String, meaning: AnyObject)] = [:]
    private var bytes = 0

    /// Beyond so many texts, or bytes of them, everything is forgotten.
    private static let (mostTexts, mostBytes) = (512, 4 << 20)

    func meaning<Meaning: AnyObject>(
        of text: String, _ owner: Int64, _ variant: Int64, read make: (String) throws -> Meaning
    ) rethrows -> Meaning {
        let key = Key(type: ObjectIdentifier(Meaning.self), owner: owner, variant: variant)
        if let known = read[key], known.text.hasSameBytes(as: text) {
            // The key holds the type, so what lies there is of it.
            return unsafeDowncast(known.meaning, to: Meaning.self)
        }
        let meaning = try make(text)
        if let old = read.removeValue(forKey: key) { bytes -= old.text.utf8.count }
        let size = text.utf8.count
        guard size <= ReadTexts.mostBytes else { return meaning }
        if read.count >= ReadTexts.mostTexts || bytes + size > ReadTexts.mostBytes {
            read.removeAll(keepingCapacity: true)
            bytes = 0
        }
        read[key] = (text, meaning)
        bytes += size
        return meaning
    }
}
