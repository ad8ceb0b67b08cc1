public import Journal
public import Smithy
public import Storage

/// One operation of one service: its shape, what it asks of the policies, and what it does.
///
/// An operation that does not say what access it needs does not compile.
public protocol Operation: Sendable {
    associatedtype Shape: OperationShape
    associatedtype Target: Sendable
    typealias Input = Shape.Input
    typealias Output = Shape.Output

    /// Finds what the call is about. Absence is a value: it is told only after the policies allowed.
    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Target
    func access(_ input: Input, to target: Target, for facts: RequestFacts) throws -> Access

    /// Whether the answer, or the decision of an informed change, is made from the journal, which must then hold every call
    /// before this one. Default: no.
    static var readsJournal: Bool { get }
    /// Bytes of a body that is read whole: a form, or a document of JSON or XML. Default: `largestUsualDocument`.
    static var largestDocument: Int { get }
    /// Whether its input or its answer may be megabytes of text: such a call is read, made and answered on threads of its
    /// own, and the loops serve everybody else meanwhile. Default: no.
    static var isLengthy: Bool { get }
    /// Whether the call takes something away, a right included, and so may use the room kept in reserve on a full disk.
    /// Default: by the operation's name, whatever the input.
    func freesRoom(_ input: Input) -> Bool
    /// Members (model names) that are given but not honoured: such a request is refused. Default: none.
    static var refusedMembers: [StaticString] { get }
    /// How CloudTrail tells of the call. Default: by the shape, as a management event. The target is nil where it could
    /// not be resolved.
    func recording(_ input: Input, of target: Target?, _ facts: RequestFacts) -> Recording
    /// The error as the client sees it, such as with a header that only this operation's refusals have. Default: as it is.
    func told(_ error: any ServiceError, about target: Target?) -> any ServiceError
    /// What the record shows of the answer. Default: the output for changes, nothing for queries.
    func responseElements(_ output: Output) -> Recording.Elements
    /// What the call made and its answer names, which nobody could name before. Default: nothing.
    func made(_ output: Output) -> [Event.Resource]
}

/// An operation that changes nothing. Resolved, decided and answered on one snapshot.
public protocol Query: Operation {
    func answer(_ input: Input, under permit: borrowing Permit<Target>, in snapshot: borrowing Snapshot) throws
        -> Output
}

/// A query with slow work after it, such as content to open.
public protocol StreamedQuery: Query {
    /// Opens what the answer streams, after the snapshot is gone and before the call is recorded. Nil where what was found
    /// went meanwhile: the query is then asked again.
    func open(_ output: Output) async throws -> Output?
}

/// A query whose answer is work: of a processor for milliseconds, of a device, or of another service. Resolved and decided
/// on a snapshot, which is gone when the work begins.
public protocol WorkedQuery: Operation {
    /// Whether `answerNow` is worth asking: a call that it leaves is decided twice. Default: yes.
    static var answersNow: Bool { get }
    /// The answer, where it can be had within microseconds. Nil where not; then `answer` gives it. Default: nil.
    func answerNow(_ input: Input, under permit: borrowing Permit<Target>) throws -> Output?
    func answer(_ input: Input, under permit: borrowing Permit<Target>) async throws -> Output
}

/// A query to which its input may bring a proof besides the signature, or in its place: a code of a second factor, a
/// token of an identity provider. The proof is checked first, and the policies see what it proved.
public protocol ProvingQuery: Query {
    /// False where the input brings no proof; `prove` is then not asked.
    func hasProof(_ input: Input) -> Bool
    /// The request as the proof makes it: `RequestFacts.withSecondFactor` or `brought(by:)`. May wait, for a key of a
    /// provider or to write down that a code was used. A proof that is not good throws.
    func prove(_ input: Input, for facts: RequestFacts) async throws -> RequestFacts
    /// Uses up a proof that is good once, when the call was allowed and answered, and before the answer leaves: a call that
    /// is refused leaves the proof as it was. Throws where somebody else was first.
    func spend(_ input: Input, for facts: RequestFacts) async throws
}

extension ProvingQuery {
    /// Nothing, for proofs that are good as long as they are good, or are used up as they are checked.
    public func spend(_ input: Input, for facts: RequestFacts) {}
}

/// An operation that changes the store. Resolved, decided, performed and recorded in one transaction.
public protocol Change: Operation {
    /// Synchronous, without effects outside the transaction.
    func perform(_ input: Input, under permit: borrowing Permit<Target>, in transaction: inout Transaction) throws
        -> Output
    /// After the commit: drops what is kept of what is no more so. Default: nothing.
    func settle(_ target: Target)
}

/// A change whose decision may need what takes longer to find than a transaction may last, such as when a key was last used.
///
/// Decided on a snapshot first, with a `Lookout` for the request's evidence: only where a policy looks for the `WatchedValue`
/// is anything searched. `access` gives that value where the evidence is a lookout.
public protocol InformedChange: Change {
    /// The request with what was found: `RequestFacts.showing`.
    func inform(_ input: Input, for facts: RequestFacts) async throws -> RequestFacts
}

/// A change with slow work before it, such as a body to store. Decided before that work, and again in the transaction.
public protocol PreparedChange: Operation {
    associatedtype Prepared: Sendable
    /// Nothing made here is visible to anyone. What it leaves behind if the call then fails is taken back by `abandon`.
    func prepare(_ input: Input, under permit: borrowing Permit<Target>) async throws -> Prepared
    func perform(
        _ input: Input, _ prepared: Prepared, under permit: borrowing Permit<Target>, in transaction: inout Transaction
    ) throws -> Output
    func abandon(_ prepared: Prepared) async
    /// After the commit: removes what the change made unreachable. Default: nothing.
    func settle(_ prepared: Prepared) async
}

extension Operation {
    /// No.
    public static var readsJournal: Bool { false }
    public static var largestDocument: Int { largestUsualDocument }
    /// No.
    public static var isLengthy: Bool { false }
    /// By the first word of the operation's name.
    public func freesRoom(_ input: Input) -> Bool {
        let name = Shape.model.name
        return ["Delete", "Detach", "Remove", "Untag"].contains { name.hasPrefix($0) }
    }
    /// None.
    public static var refusedMembers: [StaticString] { [] }
    public func recording(_ input: Input, of target: Target?, _ facts: RequestFacts) -> Recording { .shape }
    public func told(_ error: any ServiceError, about target: Target?) -> any ServiceError { error }
    public func made(_ output: Output) -> [Event.Resource] { [] }
    public func responseElements(_ output: Output) -> Recording.Elements { .shape }
}

extension Query {
    public func responseElements(_ output: Output) -> Recording.Elements { .none }
}

extension WorkedQuery {
    /// Yes.
    public static var answersNow: Bool { true }
    public func answerNow(_ input: Input, under permit: borrowing Permit<Target>) throws -> Output? { nil }
    public func responseElements(_ output: Output) -> Recording.Elements { .none }
}

extension Change {
    public func settle(_ target: Target) {}
}

extension PreparedChange {
    public func settle(_ prepared: Prepared) async {}
}

/// 2 MiB: a DeleteObjects of 1,000 long keys fits.
public let largestUsualDocument = 2 << 20
