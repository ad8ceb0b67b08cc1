/// From botocore's JSON to a `Model`: the first stage.
enum ModelParser {
    static func model(_ tree: JSONTree) throws -> Model {
        var metadata: [String: String] = [:]
        for (key, value) in tree["metadata"]?.members ?? [] { metadata[key] = value.text }
        var operations: [String: Model.Operation] = [:]
        for (name, value) in tree["operations"]?.members ?? [] { operations[name] = operation(name, value) }
        var shapes: [String: ModelShape] = [:]
        for (name, value) in tree["shapes"]?.members ?? [] { shapes[name] = try shape(name, value) }
        return Model(metadata: metadata, operations: operations, shapes: shapes)
    }

    private static let readingVerbs = [
        "Get", "List", "Head", "Describe", "Lookup", "Search", "Query", "Simulate", "Select",
    ]

    private static func operation(_ name: String, _ tree: JSONTree) -> Model.Operation {
        let authType = tree["authtype"]?.text
        let checksum = tree["httpChecksum"]
        var required = checksum?["requestChecksumRequired"]?.isTrue
        if tree["httpChecksumRequired"]?.isTrue == true { required = true }
        return Model.Operation(
            name: name,
            method: tree["http"]?["method"]?.text ?? "POST",
            uri: tree["http"]?["requestUri"]?.text ?? "/",
            status: tree["http"]?["responseCode"]?.integer ?? 200,
            input: tree["input"]?["shape"]?.text,
            output: tree["output"]?["shape"]?.text,
            resultWrapper: tree["output"]?["resultWrapper"]?.text ?? "",
            errors: (tree["errors"]?.elements ?? []).compactMap { $0["shape"]?.text },
            isUnsigned: authType == "none",
            isReadOnly: tree["readonly"]?.isTrue ?? readingVerbs.contains { name.hasPrefix($0) },
            isDeprecated: tree["deprecated"]?.isTrue ?? false,
            checksumRequired: required,
            checksumMember: checksum?["requestAlgorithmMember"]?.text)
    }

    private static func shape(_ name: String, _ tree: JSONTree) throws -> ModelShape {
        guard let kind = tree["type"]?.text else { throw Failure("shape \(name) has no type") }
        var shape = ModelShape(name: name, kind: kind)
        shape.members = (tree["members"]?.members ?? []).map { member($0.key, $0.value) }
        shape.required = Set((tree["required"]?.elements ?? []).compactMap(\.text))
        shape.payload = tree["payload"]?.text
        shape.element = tree["member"].map { member("member", $0) }
        shape.key = tree["key"].map { member("key", $0) }
        shape.value = tree["value"].map { member("value", $0) }
        shape.values = (tree["enum"]?.elements ?? []).compactMap(\.text)
        shape.minimum = tree["min"]?.integer
        shape.maximum = tree["max"]?.integer
        shape.pattern = tree["pattern"]?.text
        shape.isSensitive = tree["sensitive"]?.isTrue ?? false
        shape.isFlattened = tree["flattened"]?.isTrue ?? false
        shape.isUnion = tree["union"]?.isTrue ?? false
        shape.isException = tree["exception"]?.isTrue ?? false
        shape.errorCode = tree["error"]?["code"]?.text
        shape.errorStatus = tree["error"]?["httpStatusCode"]?.integer ?? (tree["fault"]?.isTrue == true ? 500 : nil)
        shape.timestampFormat = tree["timestampFormat"]?.text
        shape.locationName = tree["locationName"]?.text
        return shape
    }

    private static func member(_ name: String, _ tree: JSONTree) -> ModelMember {
        var member = ModelMember(name: name, shape: tree["shape"]?.text ?? "")
        member.location = tree["location"]?.text
        member.locationName = tree["locationName"]?.text
        member.isFlattened = tree["flattened"]?.isTrue ?? false
        member.isStreaming = tree["streaming"]?.isTrue ?? false
        member.isToken = tree["idempotencyToken"]?.isTrue ?? false
        member.isHostLabel = tree["hostLabel"]?.isTrue ?? false
        member.isAttribute = tree["xmlAttribute"]?.isTrue ?? false
        member.xmlNamespace = tree["xmlNamespace"]?["uri"]?.text ?? tree["xmlNamespace"]?.text
        member.timestampFormat = tree["timestampFormat"]?.text
        return member
    }
}

/// What stops the generator, in words for whoever runs it.
struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
