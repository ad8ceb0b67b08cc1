public import Authorization

extension Estate {
    /// The estate with another text for one policy: of the dump, or an SCP or RCP by its name. Nil where there is none.
    public func replacing(_ name: String, with text: [UInt8]) -> Estate? {
        var changed = self
        if let dump = dump.replacing(name, with: text) {
            changed.dump = dump
            return changed
        }
        var isFound = false
        func replaced(_ levels: [Level]?, _ kind: PolicyKind) -> [Level]? {
            levels?.map { level in
                let policies = level.policies.map { old -> NamedPolicy in
                    guard old.name == name else { return old }
                    isFound = true
                    return NamedPolicy(CompiledPolicy(stored: text, as: kind), name: name, arn: old.arn)
                }
                return Level(name: level.name, policies: policies)
            }
        }
        changed.scps = replaced(scps, .scp)
        changed.rcps = replaced(rcps, .rcp)
        return isFound ? changed : nil
    }

    /// Whether several values of a key on a command line are a list: where it is declared one, or nothing is known of it.
    public static func takesList(_ key: String) -> Bool { isMultivalued(key, 2) }
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
