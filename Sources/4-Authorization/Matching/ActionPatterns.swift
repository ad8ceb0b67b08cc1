/// The entries of one Action or NotAction element, read once. Prefix and name are matched apart, case ignored.
///
/// All lie in one piece, since most statements are passed over by looking at nothing else: an entry is matched in full only
/// if the action begins as it does, which one comparison of digests tells.
/// - Source: IAM User Guide, "IAM JSON policy elements: Action".
struct ActionPatterns: Sendable {
    private struct Entry: Sendable {
        let prefix: Prefix
        /// True for `*` alone.
        let isAny: Bool
        /// Places in `codes`: of the prefix before the colon, and of the name after it.
        let start, colon, end: Int
    }
    private var entries: [Entry] = []
    /// As `Glob` has them.
    private var codes: [UInt16] = []
    /// What an action must begin with to match one of them; of patterns such as `*:Get*`, what `ActionName.ofAnyService`
    /// must begin with.
    let prefixes: Prefixes

    init(_ texts: [String]) {
        var beginnings: [Beginning] = []
        entries.reserveCapacity(texts.count)
        beginnings.reserveCapacity(texts.count)
        for text in texts {
            let bytes = ASCII.lowercased(text.utf8)
            let colon = bytes.firstIndex(of: UInt8(ascii: ":"))
            // A text without a colon matches nothing, unless it is `*`.
            guard colon != nil || text == "*" else { continue }
            let beginning = Beginning(of: bytes[...])
            let start = codes.count
            for byte in bytes { codes.append(Glob.code(byte)) }
            entries.append(
                Entry(
                    prefix: Prefix(beginning), isAny: colon == nil, start: start, colon: start + (colon ?? 0),
                    end: codes.count))
            beginnings.append(bytes.starts(with: "*:".utf8) ? Beginning(of: bytes[...], passing: 1) : beginning)
        }
        prefixes = Prefixes(beginnings)
    }

    /// True if one of them matches.
    func contains(_ action: ActionName) -> Bool {
        let beginnings = action.beginnings
        for index in entries.indices {
            let entry = entries[index]
            let length = Int(entry.prefix.length)
            guard length < beginnings.count, beginnings[length] == entry.prefix.digest else { continue }
            if entry.isAny || matches(entry, action) { return true }
        }
        return false
    }

    private func matches(_ entry: Entry, _ action: ActionName) -> Bool {
        guard let colon = action.colon else { return false }
        let lowered = action.lowered
        let (pattern, text) = (codes.span, lowered.span)
        return Glob.matches(pattern.extracting(entry.start..<entry.colon), text.extracting(0..<colon))
            && Glob.matches(pattern.extracting(entry.colon + 1..<entry.end), text.extracting(colon + 1..<text.count))
    }
}
