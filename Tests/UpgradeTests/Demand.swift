/// An expectation within a write. Its body runs on the store's own thread, where the test is not known that an expectation of
/// the framework would belong to; what is thrown reaches it.
func demand(_ isSo: Bool, _ comment: String = "", file: String = #fileID, line: Int = #line) throws {
    guard isSo else { throw Unmet(place: "\(file):\(line)", comment: comment) }
}

/// The same of what must be there.
func present<Value>(_ value: Value?, file: String = #fileID, line: Int = #line) throws -> Value {
    guard let value else { throw Unmet(place: "\(file):\(line)", comment: "nothing is there") }
    return value
}

private struct Unmet: Error, CustomStringConvertible {
    let place: String
    let comment: String
    var description: String { "not so: \(place) \(comment)" }
}
