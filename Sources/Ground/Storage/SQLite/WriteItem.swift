/// A write waiting for the writer: its body, and the caller to tell of the outcome.
///
/// Made by the caller, then touched by the writer's thread alone.
class WriteItem: @unchecked Sendable {
    let durability: Durability
    /// No savepoint: if this item fails, its batch fails with it.
    let isInfallible: Bool
    /// Frees room, and so is run even where the disk has none left but the reserve.
    let isReclaiming: Bool
    /// Why this item was rolled back although its batch may commit.
    var failure: (any Error)?

    init(_ durability: Durability, isInfallible: Bool, isReclaiming: Bool) {
        (self.durability, self.isInfallible, self.isReclaiming) = (durability, isInfallible, isReclaiming)
    }

    func run(_ transaction: inout Transaction) throws {}

    /// Called once, after the commit or its failure.
    func resume(_ failure: (any Error)?) {}
}

/// A write whose caller is suspended until the commit.
final class AwaitedWrite<R: Sendable>: WriteItem, @unchecked Sendable {
    private let body: @Sendable (inout Transaction) throws -> R
    private let continuation: UnsafeContinuation<R, any Error>
    private var result: R?

    init(
        _ durability: Durability, isInfallible: Bool, isReclaiming: Bool,
        _ body: @escaping @Sendable (inout Transaction) throws -> R, _ continuation: UnsafeContinuation<R, any Error>
    ) {
        (self.body, self.continuation) = (body, continuation)
        super.init(durability, isInfallible: isInfallible, isReclaiming: isReclaiming)
    }

    override func run(_ transaction: inout Transaction) throws { result = try body(&transaction) }

    override func resume(_ failure: (any Error)?) {
        if let failure {
            continuation.resume(throwing: failure)
        } else if let result {
            continuation.resume(returning: result)
        } else {
            continuation.resume(throwing: StorageError.closed)
        }
    }
}

/// A write nobody is suspended on: `done` is called on the writer's thread.
final class SubmittedWrite: WriteItem, @unchecked Sendable {
    private let body: @Sendable (inout Transaction) throws -> Void
    private let done: @Sendable ((any Error)?) -> Void

    init(
        _ durability: Durability, isInfallible: Bool, _ body: @escaping @Sendable (inout Transaction) throws -> Void,
        _ done: @escaping @Sendable ((any Error)?) -> Void
    ) {
        (self.body, self.done) = (body, done)
        super.init(durability, isInfallible: isInfallible, isReclaiming: false)
    }

    override func run(_ transaction: inout Transaction) throws { try body(&transaction) }
    override func resume(_ failure: (any Error)?) { done(failure) }
}
