import Door
import Formats

/// The path a running server explains events at, and the form of its answer: an object with `outcome` and `text`.
struct WhyEndpoint {
    static let path = "/_gatehouse/why/"

    let id: String
    let form: EventExplanations.Form

    init(_ id: String, _ form: EventExplanations.Form) { (self.id, self.form) = (id, form) }

    /// Nil where the target is not understood.
    init?(_ target: some StringProtocol) {
        guard target.hasPrefix(WhyEndpoint.path) else { return nil }
        let parts = target.dropFirst(WhyEndpoint.path.count).split(
            separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let id = parts.first, WhyEndpoint.isID(id) else { return nil }
        self.id = String(id)
        guard parts.count == 2 else {
            form = .text
            return
        }
        let words = parts[1].split(separator: "=", omittingEmptySubsequences: false)
        guard words.count == 2, words[0] == "form", let form = EventExplanations.Form(rawValue: String(words[1])) else {
            return nil
        }
        self.form = form
    }

    var target: String { WhyEndpoint.path + id + "?form=" + form.rawValue }

    /// Ids of events and requests have nothing else in them.
    static func isID(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.count <= 64
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"): true
                default: false
                }
            }
    }

    static func body(_ outcome: EventExplanation.Outcome, _ text: String) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("outcome", outcome.rawValue)
        json.member("text", text)
        json.endObject()
        return json.bytes
    }

    /// The texts of an answer's members, by name.
    static func members(_ body: [UInt8]) throws -> [String: String] {
        var json = JSONReader(body)
        var members: [String: String] = [:]
        try json.beginObject()
        while let key = try json.nextKey() { members[key] = try json.readString() }
        try json.finish()
        return members
    }
}
