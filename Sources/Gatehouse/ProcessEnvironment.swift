import CSystem

/// The environment the process was started with. Read once, here.
enum ProcessEnvironment {
    static func read() -> [String: String] {
        var result: [String: String] = [:]
        guard var pointer = gh_environment() else { return result }
        while let entry = pointer.pointee {
            let text = String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                result[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            pointer += 1
        }
        return result
    }
}
