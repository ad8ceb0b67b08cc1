import Formats

/// Keys that a command signs with, and where it found them: the shell's, and where it has none the root user's.
struct CallerKeys {
    enum Origin {
        /// `AWS_ACCESS_KEY_ID` and its companions.
        case shell
        /// `GATEHOUSE_ROOT_ACCESS_KEY_ID` and its companion.
        case settings
        case file(String)
    }

    let id: String
    let secret: String
    var token: String?
    let origin: Origin

    /// Nil where there are none.
    static func find(_ folder: String, _ environment: [String: String]) throws -> CallerKeys? {
        try shell(environment) ?? root(folder, environment)
    }

    /// What AWS tools would sign with. Nil where nothing is set; an empty variable is not set.
    /// - Throws: `SetupError` where half of it is set.
    static func shell(_ environment: [String: String]) throws -> CallerKeys? {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        switch (value("AWS_ACCESS_KEY_ID"), value("AWS_SECRET_ACCESS_KEY")) {
        case (nil, nil): return nil
        case (let id?, let secret?):
            return CallerKeys(id: id, secret: secret, token: value("AWS_SESSION_TOKEN"), origin: .shell)
        default:
            throw SetupError("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY go together: set both, or neither")
        }
    }

    /// The root user's, from the environment or from the data folder. Nil where they are in neither.
    static func root(_ folder: String, _ environment: [String: String]) throws -> CallerKeys? {
        if let id = environment["GATEHOUSE_ROOT_ACCESS_KEY_ID"],
            let secret = environment["GATEHOUSE_ROOT_SECRET_ACCESS_KEY"]
        {
            return CallerKeys(id: id, secret: secret, origin: .settings)
        }
        let path = folder + "/" + CredentialsFile.name
        return try CredentialsFile(path: path).read().map {
            CallerKeys(id: $0.accessKeyID, secret: $0.secret, origin: .file(path))
        }
    }
}

// MARK: Keys that a server turns away

extension CallerKeys {
    /// What a server has against the keys themselves, whatever they may do.
    enum Fault {
        case unknown, signature, ended

        /// Nil where the answer is no such refusal.
        /// - Source: IAM API Reference, "Common Errors"; its names for JSON services.
        init?(_ answer: (status: Int, body: [UInt8])) {
            guard answer.status == 400 || answer.status == 403 else { return nil }
            let code = (try? WhyEndpoint.members(answer.body))?["__type"] ?? QueryFailure(answer).code
            switch code {
            case "InvalidClientTokenId", "UnrecognizedClientException": self = .unknown
            case "SignatureDoesNotMatch", "InvalidSignatureException": self = .signature
            case "ExpiredToken", "ExpiredTokenException": self = .ended
            default: return nil
            }
        }
    }

    /// - Throws: `SetupError` where the server turned the keys away: which they are, and what to do.
    func check(_ answer: (status: Int, body: [UInt8]), of server: String) throws {
        guard let fault = Fault(answer) else { return }
        switch fault {
        case .unknown: throw SetupError("\(name) is not known to the server at \(server), or is inactive. \(remedy)")
        case .ended: throw SetupError("the session of \(name) has ended. \(remedy)")
        case .signature:
            let members = try? WhyEndpoint.members(answer.body)
            let said = members?["message"] ?? members?["Message"] ?? QueryFailure(answer).message
            throw SetupError("the server at \(server) does not take the signature of \(name): \(said)")
        }
    }

    /// For messages.
    var name: String {
        switch origin {
        case .shell: "the key \(id) of AWS_ACCESS_KEY_ID"
        case .settings: "the key \(id) of GATEHOUSE_ROOT_ACCESS_KEY_ID"
        case .file(let path): "the root user's key \(id) in \(path)"
        }
    }

    private var remedy: String {
        switch origin {
        case .shell where id.hasPrefix("ASIA") && token == nil:
            "It is the key of a session, and AWS_SESSION_TOKEN is not set."
        case .shell:
            "Set keys of that server; or unset AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, and the root "
                + "user's are used, where its data folder has them."
        case .settings, .file:
            "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to keys of somebody who may, such as an administrator."
        }
    }
}
