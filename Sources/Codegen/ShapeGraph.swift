/// The part of a model that the listed operations need, with Swift names: the stage between model and text.
struct ShapeGraph {
    let model: Model
    /// In the order of their names, as all of these.
    let operations: [Model.Operation]
    let structures: [ModelShape]
    let enumerations: [ModelShape]
    let errors: [ModelShape]

    init(_ model: Model, operations names: [String], extraErrors: [String]) throws {
        self.model = model
        operations = try names.sorted().map { name in
            guard let operation = model.operations[name] else { throw Failure("no operation \(name) in the model") }
            return operation
        }
        var walk = Walk(model: model)
        for operation in operations {
            for root in [operation.input, operation.output] {
                guard let root, let shape = model.shapes[root] else { continue }
                try walk.visitMembers(of: shape)
            }
        }
        let used = walk.seen.compactMap { model.shapes[$0] }.sorted { $0.name < $1.name }
        structures = used.filter { $0.kind == "structure" }
        enumerations = used.filter(\.isEnumeration)
        let errorNames = Set(operations.flatMap(\.errors) + extraErrors)
        errors = errorNames.compactMap { model.shapes[$0] }.sorted { $0.name < $1.name }
        try checkNames()
    }

    /// Structures and enumerations become types beside the operations: two must not have one Swift name.
    private func checkNames() throws {
        var seen: Set<String> = []
        let names = operations.map(\.name) + (structures + enumerations + errors).map { SwiftName.type($0.name) }
        for name in names where !seen.insert(name).inserted { throw Failure("two types would be named \(name)") }
    }

    func shape(_ name: String) throws -> ModelShape {
        guard let shape = model.shapes[name] else { throw Failure("no shape \(name) in the model") }
        return shape
    }

    /// The Swift type of a member's value, not yet optional.
    func swiftType(_ member: ModelMember, in structure: String = "") throws -> String {
        if member.isStreaming { return "StreamingBody" }
        let shape = try shape(member.shape)
        switch shape.kind {
        case "string", "character": return shape.isEnumeration ? SwiftName.type(shape.name) : "String"
        case "integer", "long": return "Int"
        case "boolean": return "Bool"
        case "double", "float": return "Double"
        case "timestamp": return "Instant"
        case "blob": return "[UInt8]"
        case "structure":
            let name = SwiftName.type(shape.name)
            return contains(shape.name, structure) ? "Box<\(name)>" : name
        case "list":
            guard let element = shape.element else { throw Failure("list \(shape.name) has no element") }
            return "[\(try swiftType(element))]"
        case "map":
            guard let value = shape.value else { throw Failure("map \(shape.name) has no value") }
            return "[String: \(try swiftType(value))]"
        default: throw Failure("shape \(shape.name) is a \(shape.kind)")
        }
    }

    /// Whether `inner` lies in `outer` through structures alone, where a struct would need infinite room.
    private func contains(_ outer: String, _ inner: String) -> Bool {
        var seen: Set<String> = []
        var open = [outer]
        while let name = open.popLast() {
            if name == inner { return true }
            guard seen.insert(name).inserted, let shape = model.shapes[name], shape.kind == "structure" else {
                continue
            }
            open += shape.members.map(\.shape).filter { model.shapes[$0]?.kind == "structure" }
        }
        return false
    }

    private struct Walk {
        let model: Model
        var seen: Set<String> = []

        mutating func visitMembers(of shape: ModelShape) throws {
            guard shape.members.count <= 128 else { throw Failure("\(shape.name) has over 128 members") }
            for member in shape.members + [shape.element, shape.key, shape.value].compactMap({ $0 }) {
                guard let target = model.shapes[member.shape] else { throw Failure("no shape \(member.shape)") }
                if seen.insert(target.name).inserted { try visitMembers(of: target) }
            }
        }
    }
}
