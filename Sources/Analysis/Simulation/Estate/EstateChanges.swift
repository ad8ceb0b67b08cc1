public import Authorization

extension Estate {
    /// The estate with another text for one policy: of the dump, or an SCP or RCP by its name. Nil where there is none.
    /// Throws where the text is no policy of that kind.
    public func replacing(_ name: String, with text: [UInt8]) throws -> Estate? {
        var changed = self
        if let dump = try dump.replacing(name, with: text) {
            changed.dump = dump
            return changed
        }
        var isFound = false
        func replaced(_ levels: [Level]?, _ kind: PolicyKind) throws -> [Level]? {
            try levels?.map { level in
                let policies = try level.policies.map { old -> NamedPolicy in
                    guard old.name == name else { return old }
                    isFound = true
                    return NamedPolicy(try CompiledPolicy(readable: text, as: kind), name: name, arn: old.arn)
                }
                return Level(name: level.name, policies: policies)
            }
        }
        changed.scps = try replaced(scps, .scp)
        changed.rcps = try replaced(rcps, .rcp)
        return isFound ? changed : nil
    }

    /// Whether several values of a key on a command line are a list: where it is declared one, or nothing is known of it.
    public static func takesList(_ key: String) -> Bool { isMultivalued(key, 2) }
}

/// Why a text cannot take the place of a policy.
struct UnreadablePolicy: Error, CustomStringConvertible {
    let description = "this is no policy of that kind"
}

extension CompiledPolicy {
    /// A text that cannot be read is an error, not a policy that denies everything.
    init(readable text: [UInt8], as kind: PolicyKind) throws(UnreadablePolicy) {
        self.init(stored: text, as: kind)
        if isBroken { throw UnreadablePolicy() }
    }
}

extension Estate.Level {
    /// SCPs that only deny stand beside FullAWSAccess, which Organizations attaches to every node; RCPs always do so.
    public func besideFullAccess(_ kind: PolicyKind) -> Estate.Level {
        let allows = policies.contains { $0.policy.document.statements.contains { $0.effect == "Allow" } }
        guard kind == .rcp || !allows else { return self }
        let principal = kind == .rcp ? #","Principal":"*""# : ""
        let text =
            #"{"Version":"2012-10-17","Statement":{"Effect":"Allow"\#(principal),"Action":"*","Resource":"*"}}"#
        let full = NamedPolicy(
            CompiledPolicy(stored: Array(text.utf8), as: kind),
            name: kind == .rcp ? "RCPFullAWSAccess" : "FullAWSAccess")
        return Estate.Level(name: name, policies: policies + [full])
    }
}
