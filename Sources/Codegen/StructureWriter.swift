/// Writes a structure as a Swift type.
struct StructureWriter {
    let graph: ShapeGraph

    private struct Field {
        let name: String
        let type: String
        let isRequired: Bool
        let empty: String
    }

    /// - Parameter swiftName: the type's name, which for inputs and outputs is not the model's.
    func lines(of structure: ModelShape, as swiftName: String) throws -> [String] {
        let fields = try structure.members.map { try field($0, in: structure) }
        var lines = ["public struct \(swiftName): Shape {"]
        lines += fields.map {
            "    public var \($0.name): \($0.type)" + ($0.isRequired ? " = \($0.empty)" : "?")
        }
        lines += fields.isEmpty ? ["    public init() {}"] : ["", "    public init() {}", ""]
        if !fields.isEmpty { lines += memberwise(fields) }
        lines.append("")
        lines += try schema(structure)
        lines.append("")
        lines += set(fields, structure.name)
        lines.append("")
        lines += put(fields)
        lines.append("}")
        return lines
    }

    private func field(_ member: ModelMember, in structure: ModelShape) throws -> Field {
        let type = try graph.swiftType(member, in: structure.name)
        let empty: String
        switch type {
        case "String": empty = "\"\""
        case "Int": empty = "0"
        case "Double": empty = "0"
        case "Bool": empty = "false"
        case "Instant": empty = "Instant(milliseconds: 0)"
        case "StreamingBody": empty = ".none"
        case _ where type.hasPrefix("[String: "): empty = "[:]"
        case _ where type.hasPrefix("["): empty = "[]"
        case _ where try graph.shape(member.shape).isEnumeration: empty = "\(type)(rawValue: \"\")"
        default: empty = ".init()"
        }
        // A required structure that contains itself cannot be; a streaming body is always there, perhaps empty.
        let isRequired =
            (structure.required.contains(member.name) && !type.hasPrefix("Box<")) || type == "StreamingBody"
        return Field(name: SwiftName.member(member.name), type: type, isRequired: isRequired, empty: empty)
    }

    private func memberwise(_ fields: [Field]) -> [String] {
        let parameters = fields.map { field in
            if field.type == "StreamingBody" { return "\(field.name): StreamingBody = .none" }
            return "\(field.name): \(field.type)" + (field.isRequired ? "" : "? = nil")
        }
        let assignments = fields.map { "        self.\(bare($0.name)) = \($0.name)" } + ["    }"]
        let line = "    public init(\(parameters.joined(separator: ", "))) {"
        if line.count <= 104 { return [line] + assignments }
        return ["    public init("]
            + parameters.enumerated().map { index, parameter in
                "        " + parameter + (index + 1 < parameters.count ? "," : "")
            } + ["    ) {"] + assignments
    }

    private func bare(_ name: String) -> String {
        name == "`init`" || name == "`self`" ? name : name.filter { $0 != "`" }
    }

    private func schema(_ structure: ModelShape) throws -> [String] {
        let union = structure.isUnion ? ", isUnion: true" : ""
        let text = try SchemaWriter(graph: graph).lines(of: structure)
        guard !text.isEmpty else {
            return ["    public static let schema = Schema(\"\(structure.name)\", \"\"\(union))"]
        }
        return ["    public static let schema = Schema(", "        \"\(structure.name)\",", "        #\"\"\""]
            + text.map { "        " + $0 } + ["        \"\"\"#\(union))"]
    }

    private func set(_ fields: [Field], _ name: String) -> [String] {
        let head =
            "    public mutating func set<D: ShapeDecoder>(_ index: Int, _ decoder: inout D) throws(ShapeError) {"
        let stray = "throw .unknownMember(\"\(name)\")"
        guard !fields.isEmpty else { return [head, "        " + stray, "    }"] }
        return [head, "        switch index {"]
            + fields.enumerated().map { "        case \($0): \(target($1.name)) = try decoder.read(\($1.type).self)" }
            + ["        default: \(stray)", "        }", "    }"]
    }

    /// A member may be called as a parameter of `set` is.
    private func target(_ name: String) -> String { ["index", "decoder"].contains(name) ? "self." + name : name }

    private func put(_ fields: [Field]) -> [String] {
        guard !fields.isEmpty else { return ["    public func put<E: ShapeEncoder>(_ encoder: inout E) {}"] }
        return ["    public func put<E: ShapeEncoder>(_ encoder: inout E) {"]
            + fields.enumerated().map { index, field in
                let put = "encoder.put(\(index), \(field.name))"
                return "        " + (field.isRequired ? put : "if let \(field.name) { \(put) }")
            } + ["    }"]
    }
}
