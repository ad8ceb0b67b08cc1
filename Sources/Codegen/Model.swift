/// A service's model, as the generator understands it: the second stage, after parsing.
struct Model {
    var metadata: [String: String]
    var operations: [String: Operation]
    var shapes: [String: ModelShape]

    struct Operation {
        var name: String
        var method: String
        var uri: String
        var status: Int
        var input: String?
        var output: String?
        var resultWrapper: String
        var errors: [String]
        var isUnsigned: Bool
        var isReadOnly: Bool
        var isDeprecated: Bool
        var checksumRequired: Bool?
        var checksumMember: String?
    }
}

/// A shape of the model. What a kind does not have stays empty.
struct ModelShape {
    var name: String
    var kind: String
    var members: [ModelMember] = []
    var required: Set<String> = []
    var payload: String?
    /// A list's element.
    var element: ModelMember?
    /// A map's key and value.
    var key: ModelMember?
    var value: ModelMember?
    var values: [String] = []
    var minimum: Int?
    var maximum: Int?
    var pattern: String?
    var isSensitive = false
    var isFlattened = false
    var isUnion = false
    var isException = false
    var errorCode: String?
    var errorStatus: Int?
    var timestampFormat: String?
    var locationName: String?
    var isEnumeration: Bool { kind == "string" && !values.isEmpty }
}

struct ModelMember {
    var name: String
    var shape: String
    var location: String?
    var locationName: String?
    var isFlattened = false
    var isStreaming = false
    var isToken = false
    var isHostLabel = false
    var isAttribute = false
    var xmlNamespace: String?
    var timestampFormat: String?
}
