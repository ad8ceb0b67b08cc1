import Formats

/// Texts by name, as a JSON object: how metadata and encryption contexts are stored.
enum TextMap {
    /// In the order of the names; nil for nothing.
    static func encoded(_ texts: [String: String]) -> String? {
        guard !texts.isEmpty else { return nil }
        var json = JSONWriter()
        json.beginObject()
        for (name, value) in texts.sorted(by: { $0.key < $1.key }) { json.member(name, value) }
        json.endObject()
        return json.text
    }

    /// - Throws: `JSONError` where it is no object of texts with different names.
    static func decoded(_ text: String?) throws(JSONError) -> [String: String] {
        guard let text else { return [:] }
        return try decoded(Array(text.utf8))
    }

    /// As above.
    static func decoded(_ json: [UInt8]) throws(JSONError) -> [String: String] {
        var reader = JSONReader(json)
        var texts: [String: String] = [:]
        try reader.beginObject()
        while let name = try reader.nextKey() {
            let offset = reader.keyOffset
            let value = try reader.readString()
            guard texts.updateValue(value, forKey: name) == nil else {
                throw JSONError(.duplicateKey(name), at: offset)
            }
        }
        try reader.finish()
        return texts
    }
}
