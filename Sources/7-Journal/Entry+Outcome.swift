/// What can be seen of a record without reading all of it.
extension Entry {
    /// Whether the call was refused or failed.
    public var isFailure: Bool { place(of: .errorCode) != nil }

    /// Nil of what was no call.
    public var requestID: String? {
        guard let start = place(of: .requestID), start + 2 < row.count, row[start + 2] == UInt8(ascii: "\"") else {
            return nil
        }
        let text = row[(start + 3)...]
        guard let end = text.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
        return String(decoding: text[..<end], as: UTF8.self)
    }

    /// Where a part of the record begins. No text holds the mark but doubled.
    private func place(of part: RecordPart) -> Int? {
        var at = recordStart
        while at + 1 < row.count {
            if row[at] == RecordPart.mark {
                if row[at + 1] == part.rawValue { return at }
                at += 1
            }
            at += 1
        }
        return nil
    }
}
