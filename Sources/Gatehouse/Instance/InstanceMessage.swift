import Formats

/// What an instance and the server tell each other: a JSON object of texts.
struct InstanceMessage {
    private var members: [String: String] = [:]

    init(_ bytes: [UInt8]) throws(JSONError) {
        var json = JSONReader(bytes)
        try json.beginObject()
        while let key = try json.nextKey() { members[key] = try json.readString() }
        try json.finish()
    }

    subscript(_ name: String) -> String? { members[name] }

    static func bytes(_ members: [(String, String)]) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        for (name, value) in members { json.member(name, value) }
        json.endObject()
        return json.bytes
    }
}
