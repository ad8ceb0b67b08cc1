import Formats
import World

/// A policy read once, ready to be evaluated any number of times. A reference: sharing it costs nothing.
///
/// A stored text that cannot be read becomes a *broken* policy, which denies everything wherever it stands.
public struct CompiledPolicy: Sendable {
    private let storage: Storage

    private final class Storage: Sendable {
        let text: [UInt8]
        let kind: PolicyKind
        let document: PolicyDocument
        let statements: [CompiledStatement]
        let table: StatementTable?
        let isBroken: Bool
        let isPublic: Bool
        let memory = Lock<(any AnyObject & Sendable)?>(nil)

        init(text: [UInt8], kind: PolicyKind, document: PolicyDocument, statements: [CompiledStatement], isBroken: Bool)
        {
            (self.text, self.kind, self.document) = (text, kind, document)
            (self.statements, self.isBroken) = (statements, isBroken)
            table = statements.count > StatementTable.leastCount ? StatementTable([statements]) : nil
            isPublic = document.statements.contains { PublicAccess.isPublic($0) }
        }
    }

    init(_ document: PolicyDocument, text: [UInt8], kind: PolicyKind) {
        let version = document.version ?? .v2008
        storage = Storage(
            text: text, kind: kind, document: document,
            statements: document.statements.map { CompiledStatement($0, version: version, kind: kind) }, isBroken: false
        )
    }

    private init(brokenText text: [UInt8], kind: PolicyKind) {
        storage = Storage(text: text, kind: kind, document: PolicyDocument(), statements: [], isBroken: true)
    }

    /// Reads a text that was accepted earlier. Never fails: what cannot be read denies everything.
    public init(stored text: [UInt8], as kind: PolicyKind) {
        do throws(PolicyError) {
            let document = try PolicyReader.read(text)
            guard document.statements.allSatisfy({ CompiledPolicy.isUsable($0, as: kind) }) else {
                self.init(brokenText: text, kind: kind)
                return
            }
            self.init(document, text: text, kind: kind)
        } catch {
            self.init(brokenText: text, kind: kind)
        }
    }

    /// A policy that denies everything, for a text that is lost or damaged.
    public static func broken(as kind: PolicyKind) -> CompiledPolicy { CompiledPolicy(brokenText: [], kind: kind) }

    public var isBroken: Bool { storage.isBroken }
    /// True if S3 would call the policy public; worked out once.
    public var isPublic: Bool { storage.isPublic }
    /// What the server makes of a policy once and wants to find again with it, such as the digest of its text. `make` must
    /// depend on the policy alone; there is one such thing for each policy.
    public func remembered<Value: AnyObject & Sendable>(_ make: () -> Value) -> Value {
        if let known = storage.memory.withLock({ $0 }) as? Value { return known }
        let made = make()
        storage.memory.withLock { $0 = made }
        return made
    }

    /// What the document is for, its text, and what was read of it.
    public var kind: PolicyKind { storage.kind }
    public var text: [UInt8] { storage.text }
    public var document: PolicyDocument { storage.document }
    var statements: [CompiledStatement] { storage.statements }
    /// Of a policy with many statements.
    var table: StatementTable? { storage.table }

    /// True if every element that evaluation needs is there.
    private static func isUsable(_ statement: PolicyStatement, as kind: PolicyKind) -> Bool {
        guard ["Allow", "Deny"].contains(statement.effect), statement.action != nil || statement.notAction != nil else {
            return false
        }
        if kind.hasPrincipal { return statement.principal != nil || statement.notPrincipal != nil }
        return (statement.resource != nil || statement.notResource != nil) && statement.principal == nil
            && statement.notPrincipal == nil
    }
}

/// Strict reading, for a document that a caller wants to store.
public enum PolicyParser {
    /// Throws what AWS answers for a document that may not be stored as `kind`.
    public static func parse(_ text: [UInt8], as kind: PolicyKind) throws(PolicyError) -> CompiledPolicy {
        do throws(PolicyError) {
            let document = try PolicyReader.read(text)
            try PolicyValidator(kind: kind, text: text).validate(document)
            return CompiledPolicy(document, text: text, kind: kind)
        } catch {
            switch kind {
            case .scp, .rcp: throw error.asOrganizations
            default: throw error
            }
        }
    }
}
