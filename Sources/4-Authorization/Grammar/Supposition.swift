/// What a policy says where a condition asks for a key that nobody knows.
public enum Supposition: Sendable {
    /// Every such condition turns out in the caller's favour: allows apply, denies do not.
    case favourable
    /// And the other way round.
    case unfavourable
}

/// Which condition keys are known: those with a value, and those known to be absent. The others may be anything.
public protocol KnownKeys: Sendable {
    func knows(_ key: ConditionKey) -> Bool
}

extension CompiledPolicy {
    /// The policy under a supposition. Statements keep their numbers; those that then cannot match stay as empty ones.
    public func supposing(_ supposition: Supposition, knowing known: some KnownKeys) -> CompiledPolicy {
        guard !isBroken, document.statements.contains(where: { !$0.isDecided(document.version, known) }) else {
            return self
        }
        var changed = document
        changed.statements = document.statements.map { statement in
            let applies = (statement.effect == "Allow") == (supposition == .favourable)
            return statement.supposing(applies: applies, document.version, known)
        }
        return CompiledPolicy(changed, text: text, kind: kind)
    }
}

extension PolicyStatement {
    /// Its conditions that depend on keys not known.
    public func openConditions(
        _ version: PolicyDocument.Version?, _ known: some KnownKeys
    ) -> [PolicyCondition] {
        condition.filter { condition in
            !known.knows(ConditionKey(condition.key))
                || condition.values.contains { PolicyVariables.isOpen($0, version, known) }
        }
    }

    fileprivate func isDecided(_ version: PolicyDocument.Version?, _ known: some KnownKeys) -> Bool {
        openConditions(version, known).isEmpty
            && (resource ?? notResource ?? []).allSatisfy { !PolicyVariables.isOpen($0, version, known) }
    }

    /// - Parameter applies: whether what is open is taken to match.
    fileprivate func supposing(applies: Bool, _ version: PolicyDocument.Version?, _ known: some KnownKeys)
        -> PolicyStatement
    {
        var result = self
        let open = openConditions(version, known)
        if !open.isEmpty {
            guard applies else { return result.emptied }
            result.condition = condition.filter { condition in
                !open.contains { $0.operatorName == condition.operatorName && $0.key == condition.key }
            }
        }
        // An open variable is anything, or nothing: the wider reading of Resource is the narrower one of NotResource.
        result.resource = resource.map { PolicyVariables.settled($0, widely: applies, version, known) }
        result.notResource = notResource.map { PolicyVariables.settled($0, widely: !applies, version, known) }
        return result.resource?.isEmpty == true ? result.emptied : result
    }

    private var emptied: PolicyStatement {
        var result = self
        (result.action, result.notAction) = ([], nil)
        return result
    }
}

/// The `${…}` of policy texts.
enum PolicyVariables {
    /// True if the text has a variable whose key is not known.
    static func isOpen(_ text: String, _ version: PolicyDocument.Version?, _ known: some KnownKeys) -> Bool {
        version == .v2012 && names(in: text).contains { !known.knows(ConditionKey($0)) }
    }

    /// Resources with their open variables read as anything (`widely`), or without the entries that have any.
    static func settled(
        _ texts: [String], widely: Bool, _ version: PolicyDocument.Version?, _ known: some KnownKeys
    ) -> [String] {
        texts.compactMap { text in
            guard isOpen(text, version, known) else { return text }
            return widely ? opened(text, known) : nil
        }
    }

    /// The names within `${…}`; not of the three that stand for a character.
    static func names(in text: String) -> [String] {
        pieces(of: text).compactMap { piece in
            guard case .variable(let name, _) = piece else { return nil }
            return name
        }
    }

    private enum Piece {
        case text(String)
        /// The key, and the whole as written.
        case variable(String, String)
    }

    private static func opened(_ text: String, _ known: some KnownKeys) -> String {
        pieces(of: text).map { piece in
            switch piece {
            case .text(let text): text
            case .variable(let name, let written): known.knows(ConditionKey(name)) ? written : "*"
            }
        }.joined()
    }

    private static func pieces(of text: String) -> [Piece] {
        var pieces: [Piece] = []
        var rest = text.utf8[...]
        while let start = rest.firstIndex(of: UInt8(ascii: "$")) {
            let open = rest.index(after: start)
            guard open < rest.endIndex, rest[open] == UInt8(ascii: "{") else {
                pieces.append(.text(String(Substring(rest[..<open]))))
                rest = rest[open...]
                continue
            }
            guard let end = rest[open...].firstIndex(of: UInt8(ascii: "}")) else { break }
            let name = rest[rest.index(after: open)..<end].prefix { $0 != UInt8(ascii: ",") && $0 != 0x20 }
            let written = String(Substring(rest[start...end]))
            pieces.append(.text(String(Substring(rest[..<start]))))
            let isCharacter = name.count == 1 && ["*", "?", "$"].contains(String(Substring(name)))
            pieces.append(isCharacter || name.isEmpty ? .text(written) : .variable(String(Substring(name)), written))
            rest = rest[rest.index(after: end)...]
        }
        return pieces + [.text(String(Substring(rest)))]
    }
}
