import Authorization

/// One case of a test file: a question and the verdict it must have.
public struct SimulationCase: Sendable {
    /// For reports.
    public private(set) var name = ""
    /// `allowed`, `denied`, or one of the two kinds of denial.
    public private(set) var expect = ""
    private var principal = ""
    private var action = ""
    private var resource = "*"
    private var layer: String?
    private var context: [(key: String, values: [String])] = []

    /// Why a file is no test file.
    public struct Malformed: Error, CustomStringConvertible { public let description: String }

    /// Reads `{"cases": [{"principal", "action", "resource", "expect", "name"?, "by"?, "context"?}]}`. A field nobody knows is
    /// an error: it would be a condition that nobody checks.
    public static func read(_ text: [UInt8]) throws -> [SimulationCase] {
        var reader = FieldReader(text)
        var cases: [SimulationCase] = []
        try reader.document { reader, name in
            guard name == "cases" else { return false }
            try reader.array { reader in cases.append(try SimulationCase(&reader, number: cases.count + 1)) }
            return true
        }
        if let field = reader.unknownFields.first { throw Malformed(description: "unknown field \(field)") }
        // A pipeline would be green for ever.
        guard !cases.isEmpty else { throw Malformed(description: "there are no cases") }
        return cases
    }

    private init(_ reader: inout FieldReader, number: Int) throws {
        var read = SimulationCase()
        try reader.object { reader, field in
            switch field {
            case "name": read.name = try reader.string()
            case "principal": read.principal = try reader.string()
            case "action": read.action = try reader.string()
            case "resource": read.resource = try reader.string()
            case "expect": read.expect = try reader.string()
            case "by": read.layer = try reader.string()
            case "context":
                try reader.object { reader, key in
                    read.context.append((key: key, values: try reader.scalars()))
                    return true
                }
            default: return false
            }
            return true
        }
        guard ["allowed", "denied", "explicitDeny", "implicitDeny"].contains(read.expect), !read.principal.isEmpty,
            !read.action.isEmpty
        else {
            throw Malformed(description: "case \(number) needs a principal, an action, and allowed or denied expected")
        }
        guard read.action.contains(":"), !read.action.contains("*"), !read.action.contains("?") else {
            throw Malformed(description: "case \(number): '\(read.action)' is no action such as s3:GetObject")
        }
        if let layer = read.layer, Layer(rawValue: layer) == nil {
            throw Malformed(description: "case \(number): there is no layer \(layer)")
        }
        if read.name.isEmpty { read.name = "\(read.principal) \(read.action) \(read.resource)" }
        self = read
    }

    private init() {}

    /// Nil where the verdict is the one expected; else what came.
    public func failure(in estate: Estate) throws -> String? {
        var estate = estate
        estate.context += context
        let verdict = estate.verdict(try EstateCaller(principal, in: estate), action, on: resource)
        let outcome = verdict.decision.outcome
        let isAsExpected = expect == outcome.rawValue || expect == "denied" && outcome != .allowed
        let isByLayer = layer == nil || layer == verdict.decision.layer.rawValue
        return isAsExpected && isByLayer ? nil : "\(outcome.rawValue), \(verdict.reason)"
    }
}
