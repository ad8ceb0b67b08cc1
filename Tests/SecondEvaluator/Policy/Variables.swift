extension Request {
    /// The pattern that a text of a policy stands for, or nil if a variable in it has no value. Specification 3.4.
    /// - Parameters:
    ///   - hasVariables: Whether the document's Version knows them.
    ///   - hasWildcards: Whether `*` and `?` outside of variables are wildcards in this place.
    func pattern(_ text: String, hasVariables: Bool, hasWildcards: Bool) -> [Mark]? {
        func plain(_ text: some StringProtocol) -> [Mark] {
            hasWildcards ? wildcards(String(text)) : literal(String(text))
        }
        guard hasVariables, let start = text.firstRange(of: "${"),
            let end = text[start.upperBound...].firstRange(of: "}")
        else { return plain(text) }
        let body = String(text[start.upperBound..<end.lowerBound])
        let tail = String(text[end.upperBound...])
        guard let value = substitute(body),
            let rest = pattern(tail, hasVariables: hasVariables, hasWildcards: hasWildcards)
        else { return nil }
        return plain(text[..<start.lowerBound]) + literal(value) + rest
    }

    /// The text for what stands in `${…}`.
    private func substitute(_ body: String) -> String? {
        if ["*", "?", "$"].contains(body) { return body }
        let halves = body.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
        let name = halves.first.map { trimmed($0) } ?? ""
        if let found = value(of: name) {
            // Multivalued keys have no value here, and then the default does not help.
            return found.isMultivalued ? nil : found.values.first
        }
        guard halves.count == 2 else { return nil }
        let quoted = trimmed(halves[1])
        guard quoted.count >= 2, quoted.hasPrefix("'"), quoted.hasSuffix("'") else { return nil }
        return String(quoted.dropFirst().dropLast())
    }

    private func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
