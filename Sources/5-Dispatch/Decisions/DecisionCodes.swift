import Authorization

/// Numbers and names that stand in the journal for what the engine calls otherwise. They never change.
extension Layer {
    private static let coded: [Layer] = [
        .scp, .rcp, .endpoint, .resource, .identity, .boundary, .session, .root, .both, .unconditional,
    ]

    var code: UInt8 {
        switch self {
        case .scp: 0
        case .rcp: 1
        case .endpoint: 2
        case .resource: 3
        case .identity: 4
        case .boundary: 5
        case .session: 6
        case .root: 7
        case .both: 8
        case .unconditional: 9
        }
    }

    /// Nil for a number of a later program.
    init?(code: UInt8) {
        guard code < Layer.coded.count else { return nil }
        self = Layer.coded[Int(code)]
    }
}

extension Decision.Outcome {
    var code: UInt8 {
        switch self {
        case .allowed: 0
        case .explicitDeny: 1
        case .implicitDeny: 2
        }
    }

    init?(code: UInt8) {
        switch code {
        case 0: self = .allowed
        case 1: self = .explicitDeny
        case 2: self = .implicitDeny
        default: return nil
        }
    }
}

extension PolicyKind {
    private static let resourcePrefix = "resource:"

    var name: String {
        switch self {
        case .managed: "managed"
        case .identity: "identity"
        case .session: "session"
        case .trust: "trust"
        case .resource(let service): PolicyKind.resourcePrefix + service
        case .keyPolicy: "key"
        case .scp: "scp"
        case .rcp: "rcp"
        case .endpoint: "endpoint"
        }
    }

    init?(named name: String) {
        switch name {
        case "managed": self = .managed
        case "identity": self = .identity
        case "session": self = .session
        case "trust": self = .trust
        case "key": self = .keyPolicy
        case "scp": self = .scp
        case "rcp": self = .rcp
        case "endpoint": self = .endpoint
        default:
            guard name.hasPrefix(PolicyKind.resourcePrefix) else { return nil }
            self = .resource(service: String(name.dropFirst(PolicyKind.resourcePrefix.count)))
        }
    }
}
