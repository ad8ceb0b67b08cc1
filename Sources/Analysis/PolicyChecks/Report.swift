import Catalogue

/// A place in a document: the way to it and its bytes.
struct Place {
    let path: [PathElement]
    let range: Range<Int>
}

/// Gathers what the checks find.
struct Report {
    let text: SourceText
    private(set) var findings: [Finding] = []

    init(_ text: SourceText) { self.text = text }

    /// - Parameters:
    ///   - message: what is wrong, in full sentences.
    ///   - mend: what to do about it.
    mutating func add(_ check: Check, _ message: String, mend: String, at places: Place...) {
        add(check, message, mend: mend, at: places)
    }

    mutating func add(_ check: Check, _ message: String, mend: String, at places: [Place]) {
        guard let entry = check.entry, let severity = Finding.Severity(rawValue: entry.findingType) else {
            preconditionFailure("the check \(check.rawValue) is not in the table")
        }
        findings.append(
            Finding(
                code: entry.code, severity: severity, message: message, mend: mend, link: entry.link,
                locations: places.map(location)))
    }

    mutating func add(_ trap: Trap, _ message: String, mend: String, at places: Place...) {
        findings.append(
            Finding(
                code: trap.code, severity: trap.severity, message: message, mend: mend, link: trap.link,
                locations: places.map(location)))
    }

    private func location(_ place: Place) -> Location {
        Location(
            path: place.path, start: text.position(place.range.lowerBound), end: text.position(place.range.upperBound))
    }

    /// The findings in the order of the document; at one place in the order they were made.
    var inDocumentOrder: [Finding] {
        findings.enumerated().sorted { one, other in
            let (first, second) = (one.element.locations[0].start.offset, other.element.locations[0].start.offset)
            return first == second ? one.offset < other.offset : first < second
        }.map(\.element)
    }
}
