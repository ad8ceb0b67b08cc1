extension JSONReader {
    /// Passes one value of any kind, validating it. Uses no recursion.
    public mutating func skipValue() throws(JSONError) {
        let base = depth
        var closers: [UInt8] = []
        repeat {
            if let closing = closers.last {
                guard try enterMember(closing) else {
                    closers.removeLast()
                    continue
                }
            }
            switch try peek() {
            case .object:
                try beginObject()
                closers.append(UInt8(ascii: "}"))
            case .array:
                try beginArray()
                closers.append(UInt8(ascii: "]"))
            case .string: _ = try readStringToken()
            case .number: _ = try readNumberRange()
            case .bool: _ = try readBool()
            case .null: try readNull()
            }
        } while depth > base
    }

    private mutating func enterMember(_ closing: UInt8) throws(JSONError) -> Bool {
        closing == UInt8(ascii: "}") ? try nextKeyToken() != nil : try nextElement()
    }

    /// Passes one value and returns where its text lies.
    public mutating func captureValue() throws(JSONError) -> Range<Int> {
        let start = try valueOffset()
        try skipValue()
        return start..<offset
    }

    /// The offsets of the one value in `bytes`, which must be a whole JSON text.
    public static func validate(_ bytes: [UInt8], depthLimit: Int = 100) throws(JSONError) -> Range<Int> {
        var reader = JSONReader(bytes, depthLimit: depthLimit)
        let range = try reader.captureValue()
        try reader.finish()
        return range
    }
}
