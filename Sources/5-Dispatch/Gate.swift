import AWS
public import Journal
import Smithy
public import Storage
public import World

/// The only door to a handler: resolves, decides, hands out the permit, and sees to it that the call is recorded.
///
/// Nothing past this type runs without a permit, and no permit exists without an allowing decision.
public final class Gate: Sendable {
    let store: Store
    let journal: Journal
    let world: World
    let decider: Decider
    let roster = Roster()
    /// Carries the calls of lengthy operations.
    let lengthy = BlockingPool("lengthy", threads: 2)
    /// For the answers of lengthy operations.
    let answers = AnswerRoom.shared()

    /// - Parameter policies: where the callers' policies are found.
    public init(store: Store, journal: Journal, world: World, policies: any PolicySource) {
        (self.store, self.journal, self.world) = (store, journal, world)
        decider = Decider(policies)
    }

    /// A query: one snapshot for look-up, decision and answer; recorded before the answer leaves.
    func run<Op: Query>(_ operation: Op, _ input: Op.Input, _ facts: RequestFacts) async throws -> Op.Output {
        var decision: TracedDecision?
        do {
            if Op.readsJournal { try await journal.settle() }
            let (target, output) = try answer(operation, input, facts, &decision)
            return try await recorded(output, operation, input, target, facts, decision)
        } catch {
            throw try await recorded(error, operation, input, facts, decision)
        }
    }

    /// A query that succeeds and whose record finds room at once. Nil where either is not so: nothing was recorded then,
    /// nobody was told anything, and `run` does it from the beginning.
    func runNow<Op: Query>(_ operation: Op, _ input: Op.Input, _ facts: RequestFacts) -> Op.Output? {
        do {
            var decision: TracedDecision?
            let (target, output) = try answer(operation, input, facts, &decision)
            if let event = Recorder(operation, facts, world).success(input, target, output, decision),
                event.sharedID != nil || !journal.note(event)
            {
                return nil
            }
            return output
        } catch { return nil }
    }

    /// A query whose answer is opened before it leaves; asked again where what it found went meanwhile.
    func run<Op: StreamedQuery>(_ operation: Op, _ input: Op.Input, _ facts: RequestFacts) async throws -> Op.Output {
        var decision: TracedDecision?
        do {
            for _ in 0..<Gate.attempts {
                let (target, output) = try answer(operation, input, facts, &decision)
                guard let opened = try await operation.open(output) else { continue }
                return try await recorded(opened, operation, input, target, facts, decision)
            }
            throw Failure.unsettled
        } catch {
            throw try await recorded(error, operation, input, facts, decision)
        }
    }

    /// A query that is work: the snapshot it was decided on is gone when the work begins.
    func run<Op: WorkedQuery>(_ operation: Op, _ input: Op.Input, _ facts: RequestFacts) async throws -> Op.Output {
        var decision: TracedDecision?
        do {
            if Op.readsJournal { try await journal.settle() }
            let (target, decided) = try decided(operation, input, facts, &decision)
            let output = try await operation.answer(input, under: permit(target, facts, decided))
            return try await recorded(output, operation, input, target, facts, decision)
        } catch {
            throw try await recorded(error, operation, input, facts, decision)
        }
    }

    /// The same, where the answer can be had and recorded at once. Nil where not: nothing was recorded then, nobody was
    /// told anything, and `run` does it from the beginning.
    func runNow<Op: WorkedQuery>(_ operation: Op, _ input: Op.Input, _ facts: RequestFacts) -> Op.Output? {
        do {
            var decision: TracedDecision?
            let (target, decided) = try decided(operation, input, facts, &decision)
            guard let output = try operation.answerNow(input, under: permit(target, facts, decided)) else { return nil }
            if let event = Recorder(operation, facts, world).success(input, target, output, decision),
                event.sharedID != nil || !journal.note(event)
            {
                return nil
            }
            return output
        } catch { return nil }
    }

    @inline(never)
    private func decided<Op: WorkedQuery>(
        _ operation: Op, _ input: Op.Input, _ facts: RequestFacts, _ decision: inout TracedDecision?
    ) throws -> (Op.Target, Decided) {
        let epoch = decider.epoch
        return try store.read { snapshot throws -> (Op.Target, Decided) in
            let target = try operation.resolve(input, for: facts, in: snapshot)
            let access = try operation.access(input, to: target, for: facts)
            return (target, try decider.decide(access, facts, snapshot, asOf: epoch, into: &decision))
        }
    }

    private func permit<Target>(_ target: Target, _ facts: RequestFacts, _ decided: Decided) -> Permit<Target> {
        Permit(target, facts, decided, self)
    }

    /// A query with a proof: checked, then run as any other, in the name of who it proved; at last the proof is spent.
    func run<Op: ProvingQuery>(_ operation: Op, proving input: Op.Input, _ facts: RequestFacts) async throws
        -> Op.Output
    {
        guard operation.hasProof(input) else { return try await run(operation, input, facts) }
        let proved: RequestFacts
        do { proved = try await operation.prove(input, for: facts) } catch {
            throw try await recorded(error, operation, input, facts, nil)
        }
        var decision: TracedDecision?
        do {
            if Op.readsJournal { try await journal.settle() }
            let (target, output) = try answer(operation, input, proved, &decision)
            try await operation.spend(input, for: proved)
            return try await recorded(output, operation, input, target, proved, decision)
        } catch {
            throw try await recorded(error, operation, input, proved, decision)
        }
    }

    /// How often a streamed query is asked before it is given up.
    private static let attempts = 5

    // Apart, so that what it needs on the way lies on the stack and not in the frame of the asynchronous call.
    @inline(never)
    private func answer<Op: Query>(
        _ operation: Op, _ input: Op.Input, _ facts: RequestFacts, _ decision: inout TracedDecision?
    ) throws -> (Op.Target, Op.Output) {
        // Read before the snapshot is opened: policies found in it are then never older than the epoch says.
        let epoch = decider.epoch
        return try store.read { snapshot throws -> (Op.Target, Op.Output) in
            let target = try operation.resolve(input, for: facts, in: snapshot)
            let decided = try decider.decide(
                operation.access(input, to: target, for: facts), facts, snapshot, asOf: epoch, into: &decision)
            return (target, try operation.answer(input, under: permit(target, facts, decided), in: snapshot))
        }
    }

    private func recorded<Op: Operation>(
        _ output: Op.Output, _ operation: Op, _ input: Op.Input, _ target: Op.Target, _ facts: RequestFacts,
        _ decision: TracedDecision?
    ) async throws -> Op.Output {
        let recorder = Recorder(operation, facts, world)
        guard let event = recorder.success(input, target, output, decision) else { return output }
        let copies = recorder.copies(of: event, input, target)
        if copies.isEmpty { try await note(event) } else { try await journal.record(event, with: copies, .written) }
        return output
    }

    /// Records a read, and waits where that has to be awaited.
    func note(_ event: Event) async throws {
        if !journal.note(event) { try await journal.record(event, .written) }
    }

    /// A change: look-up, decision, change and record in one transaction.
    func run<Op: Change>(_ operation: Op, _ input: Op.Input, _ facts: RequestFacts) async throws -> Op.Output {
        do {
            let (target, output) = try await store.write(.synced, isReclaiming: operation.freesRoom(input)) {
                [self] transaction throws -> (Op.Target, Op.Output) in
                let target = try operation.resolve(input, for: facts, in: transaction.snapshot)
                var decision: TracedDecision?
                do {
                    let decided = try decider.decide(
                        operation.access(input, to: target, for: facts), facts, transaction.snapshot,
                        asOf: decider.epoch(in: transaction), into: &decision)
                    // A policy that came meanwhile asks for what nobody has searched.
                    if (facts.evidence as? Lookout)?.hasNoticed == true { throw Failure.unsettled }
                    let output = try operation.perform(
                        input, under: permit(target, facts, decided), in: &transaction)
                    try recordSuccess(operation, input, target, output, facts, decision, &transaction)
                    return (target, output)
                } catch { throw DecidedFailure(error, decision) }
            }
            operation.settle(target)
            return output
        } catch {
            throw try await recorded(error, operation, input, facts, nil)
        }
    }

    /// A change that looks something up before its transaction.
    func run<Op: InformedChange>(_ operation: Op, informing input: Op.Input, _ facts: RequestFacts) async throws
        -> Op.Output
    {
        var decision: TracedDecision?
        let informed: RequestFacts
        do {
            let lookout = Lookout()
            let uninformed = facts.showing(lookout)
            do {
                let epoch = decider.epoch
                try store.read { snapshot in
                    let target = try operation.resolve(input, for: uninformed, in: snapshot)
                    _ = try decider.decide(
                        operation.access(input, to: target, for: uninformed), uninformed, snapshot, asOf: epoch,
                        into: &decision)
                }
            } catch {
                guard lookout.hasNoticed else { throw error }
            }
            guard lookout.hasNoticed else { return try await run(operation, input, uninformed) }
            decision = nil
            if Op.readsJournal { try await journal.settle() }
            informed = try await operation.inform(input, for: facts)
        } catch {
            throw try await recorded(error, operation, input, facts, decision)
        }
        return try await run(operation, input, informed)
    }

    /// A change with slow work before it: decided on a snapshot so that no refused body is stored, and again in the
    /// transaction, because what was true before the work may not be true after it.
    func run<Op: PreparedChange>(_ operation: Op, _ input: Op.Input, _ facts: RequestFacts) async throws -> Op.Output {
        var prepared: Op.Prepared?
        var decision: TracedDecision?
        do {
            let epoch = decider.epoch
            let (target, decided) = try store.read { snapshot throws -> (Op.Target, Decided) in
                let target = try operation.resolve(input, for: facts, in: snapshot)
                let access = try operation.access(input, to: target, for: facts)
                return (target, try decider.decide(access, facts, snapshot, asOf: epoch, into: &decision))
            }
            let work = try await operation.prepare(input, under: permit(target, facts, decided))
            prepared = work
            let output = try await store.write(.synced, isReclaiming: operation.freesRoom(input)) {
                [self] transaction in
                let target = try operation.resolve(input, for: facts, in: transaction.snapshot)
                var decision: TracedDecision?
                do {
                    let decided = try decider.decide(
                        operation.access(input, to: target, for: facts), facts, transaction.snapshot,
                        asOf: decider.epoch(in: transaction), into: &decision)
                    let output = try operation.perform(
                        input, work, under: permit(target, facts, decided), in: &transaction)
                    try recordSuccess(operation, input, target, output, facts, decision, &transaction)
                    return output
                } catch { throw DecidedFailure(error, decision) }
            }
            await operation.settle(work)
            return output
        } catch {
            // What a commit that failed may have kept after all is left to the sweep of the next start.
            if let prepared, (error as? StorageError)?.mayBeKept != true { await operation.abandon(prepared) }
            throw try await recorded(error, operation, input, facts, decision)
        }
    }

    /// The last step of every change: its record and what other accounts receive of it, in its transaction.
    private func recordSuccess<Op: Operation>(
        _ operation: Op, _ input: Op.Input, _ target: Op.Target, _ output: Op.Output, _ facts: RequestFacts,
        _ decision: TracedDecision?, _ transaction: inout Transaction
    ) throws {
        let recorder = Recorder(operation, facts, world)
        guard let event = recorder.success(input, target, output, decision) else { return }
        try journal.append(event, in: &transaction)
        for copy in recorder.copies(of: event, input, target) { try journal.append(copy, in: &transaction) }
    }

    /// Records a refusal or a failure, then hands back the error the client is to see. Refusals are synced.
    /// - Parameter decision: the last one that was made outside a transaction.
    private func recorded<Op: Operation>(
        _ error: any Error, _ operation: Op, _ input: Op.Input, _ facts: RequestFacts, _ decision: TracedDecision?
    ) async throws -> any Error {
        var (error, decision) = (error, decision)
        if let failure = error as? DecidedFailure {
            (error, decision) = (failure.cause, failure.decision ?? decision)
        }
        let target = try? store.read { snapshot in try operation.resolve(input, for: facts, in: snapshot) }
        let service = Op.Shape.model.service
        let told = operation.told(Failure.told(error, by: service, facts, world), about: target)
        guard let event = Recorder(operation, facts, world).failure(input, target, told, decision) else { return told }
        do { try await journal.record(event, .synced) } catch {
            // A call that cannot be recorded fails, whatever it was about to say.
            return Failure.told(error, by: service, facts, world)
        }
        return told
    }

    /// Records a call that the caller's credentials cannot make, whatever the policies say; hands back what is told.
    func refused<Op: Operation>(
        _ refusal: any ServiceError, _ operation: Op, _ input: Op.Input, _ facts: RequestFacts
    ) async throws -> any Error {
        try await recorded(refusal, operation, input, facts, nil)
    }

    /// Records a signed call that failed before its input could be read, or that names nothing this server does.
    func recordUnread(
        _ operation: String, of service: ServiceModel, _ error: any ServiceError, _ facts: RequestFacts
    ) async throws {
        let style = RecordStyle.of(service)
        guard let account = facts.account else { return }
        let event = facts.event(
            to: account, named: operation, source: style.source,
            isReadOnly: OperationModel.isReadOnly(named: operation),
            category: style.dataOperations.contains(operation) ? .data : .management,
            region: style.region(facts), id: world.identifiers.uuid(), userAgent: style.userAgent(facts),
            error: (error.shapeName, error.message))
        try await journal.record(event, .synced)
    }
}

/// What went wrong in a transaction after the policies were asked, if they were, and what they said.
private struct DecidedFailure: CausedError {
    let cause: any Error
    let decision: TracedDecision?

    init(_ cause: any Error, _ decision: TracedDecision?) { (self.cause, self.decision) = (cause, decision) }
}

extension OperationModel {
    /// By the first word, as CloudTrail sorts reads from writes.
    static func isReadOnly(named name: String) -> Bool {
        ["Get", "List", "Head", "Describe", "Lookup", "BatchGet", "Simulate"].contains { name.hasPrefix($0) }
    }
}
