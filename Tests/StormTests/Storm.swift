import Journal
import Scaffold
import Storage
import Testing
import World

/// One run: calls, one after the other or a few at once, followed by the invariants.
///
/// After every call: what failed changed nothing; what succeeded is there, and nothing else is. Whenever the store works:
/// every call has exactly one record, of its own outcome, and the journal's chain holds. After a crash: all of that, on
/// what the crash left.
final class Storm {
    struct Seen { var calls = 0, faults = 0, crashes = 0, lost = 0, successes = 0 }

    static let role = "worker"

    private let seed: UInt64
    private var dice: Dice
    private let foundations: Foundations
    private var house: StormHouse
    private var model = Model()
    private var ledger = Ledger()
    private var fault: StandingFault?
    private(set) var seen = Seen()
    private var step = 0

    init(seed: UInt64) async throws {
        (self.seed, dice) = (seed, Dice(seed: seed))
        foundations = try Foundations(seed: seed)
        house = try await StormHouse(foundations, at: Wreck.path())
        try await setUp()
    }

    /// A role that every user of the account may assume, where its own policies let it.
    private func setUp() async throws {
        let trust =
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","#
            + #""Principal":{"AWS":"arn:aws:iam::\#(Foundations.account):root"}}]}"#
        for (name, members) in [
            ("CreateRole", [("AssumeRolePolicyDocument", trust)]),
            ("PutRolePolicy", [("PolicyName", "all"), ("PolicyDocument", StormRequest.policy)]),
        ] {
            let request = StormRequest(
                action: name, [("RoleName", Storm.role)] + members, as: foundations.root,
                at: foundations.clock.now())
            let answer = try await house.send(request)
            try #require(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
            ledger.expect(.success, of: name, answer.requestID)
        }
    }

    func blow(steps: Int) async throws {
        for number in 1...steps {
            step = number
            foundations.clock.advance(by: .seconds(dice.roll(0...40)))
            try await weather()
            switch dice.roll(1...50) {
            case 1...2 where fault == nil: try await crash()
            case 3 where fault == nil: try await loseBatch()
            case 4...10: try await burst()
            default: try await call()
            }
        }
        if let fault { try await lift(fault) }
        try await settle()
    }

    func end() async { await house.close() }

    private func complain(_ text: String) { Issue.record("seed \(seed), step \(step): \(text)") }

    // MARK: Calls

    private func call() async throws {
        let (call, caller) = (Call.random(&dice, model), Model.randomCaller(&dice, model))
        let before = try house.rows()
        let answer = try await house.send(request(call, caller))
        if !answer.isSuccess, try house.rows() != before {
            complain("\(call.name) failed with \(answer.status) and changed something")
        }
        judge(call, caller, answer)
        try await checkState("\(call.name), \(answer.status)")
    }

    /// Calls at once, by root and on different things, so that each has one outcome whatever their order.
    private func burst() async throws {
        var calls: [Call] = []
        for _ in 0..<dice.roll(2...6) {
            let call = Call.random(&dice, model)
            if !calls.contains(where: { $0.target == call.target }) { calls.append(call) }
        }
        let (requests, house) = (calls.map { request($0, .root) }, house)
        let answers = try await withThrowingTaskGroup(of: (Int, Answer).self) { group in
            for (number, request) in requests.enumerated() {
                group.addTask { (number, try await house.send(request)) }
            }
            var answers: [Int: Answer] = [:]
            for try await (number, answer) in group { answers[number] = answer }
            return answers
        }
        for (number, call) in calls.enumerated() {
            if let answer = answers[number] { judge(call, .root, answer) }
        }
        try await checkState("a burst of \(calls.map(\.name))")
    }

    private func checkState(_ event: String) async throws {
        if try house.lines() != model.lines { complain("after \(event) there is not what there should be") }
        if fault == nil { try await settle() }
    }

    private func request(_ call: Call, _ caller: Model.Caller) -> StormRequest {
        let keys =
            switch caller {
            case .root: foundations.root
            case .session(let index): model.sessions[index].keys
            case .user(let name, let key): Keys(id: key, secret: model.users[name]?.keys[key]?.secret ?? "")
            }
        return StormRequest(call, as: keys, at: foundations.clock.wallTime())
    }

    private func judge(_ call: Call, _ caller: Model.Caller, _ answer: Answer) {
        seen.calls += 1
        let now = foundations.clock.now()
        let expected = model.statuses(of: call, by: caller, at: now)
        let isFaulty = fault != nil && answer.status >= 500
        if !expected.contains(answer.status), !isFaulty {
            complain("\(call.name) was answered \(answer.status), not \(expected.sorted())")
        }
        if answer.isSuccess {
            seen.successes += 1
            checkContent(call, answer)
            model.apply(call, answer, at: now)
        }
        // Who is not authenticated is not recorded.
        guard model.isAllowed(caller, at: now) != nil || answer.isSuccess else { return }
        ledger.expect(
            answer.isSuccess ? .success : fault == nil ? .failure : .perhapsFailure, of: call.name, answer.requestID)
    }

    private func checkContent(_ call: Call, _ answer: Answer) {
        guard case .getObject(let bucket, let key) = call, answer.body != model.buckets[bucket]?[key] else { return }
        complain("an object has not the content it was given")
    }

    /// The records of all calls so far, and the chain they hang on.
    private func settle() async throws {
        try await house.journal.settle()
        for complaint in ledger.settle(try house.records(after: ledger.position)) { complain(complaint) }
        if let broken = try house.store.brokenLink() { complain("the journal's chain breaks at \(broken)") }
    }

    // MARK: Faults

    private func weather() async throws {
        if let fault {
            if dice.once(in: 6) { try await lift(fault) }
        } else if dice.once(in: 20), let kind = dice.pick(Fault.allCases) {
            seen.faults += 1
            fault = try await StandingFault(kind, on: house.store, at: house.folder.path)
        }
    }

    private func lift(_ standing: StandingFault) async throws {
        try await standing.lift()
        fault = nil
        try await settle()
    }

    /// The process dies at a moment of a write, or between two calls, and begins again on what it left.
    private func crash() async throws {
        seen.crashes += 1
        let wreck = Wreck.path()
        switch dice.roll(1...3) {
        case 1: try await crashAfterCommit(wreck)
        case 2: try await crashBeforeCommit(wreck)
        default:
            let path = house.folder.path
            try await house.store.append { _ in Wreck.copy(path, to: wreck) }
        }
        await house.close()
        house = try await StormHouse(foundations, at: wreck)
        try await settle()
        if try house.lines() != model.lines { complain("after a crash there is not what there should be") }
    }

    /// Committed and never answered: the change is there, with its record.
    private func crashAfterCommit(_ wreck: String) async throws {
        let call = Call.putObject(
            Call.buckets[0], key: "crash", [UInt8](repeating: UInt8(truncatingIfNeeded: step), count: 9000))
        try await makeBucket()
        house.crashPath.withLock { $0 = wreck }
        let answer = try await house.send(request(call, .root))
        #expect(answer.status == 200)
        model.apply(call, answer, at: foundations.clock.now())
        ledger.expect(.success, of: call.name, answer.requestID)
    }

    /// The process dies after the call's body has run and before its commit: nothing of it is there.
    private func crashBeforeCommit(_ wreck: String) async throws {
        try await makeBucket()
        let path = house.folder.path
        let answer = try await send(Storm.lost, beside: { _ in Wreck.copy(path, to: wreck) })
        #expect(answer.status == 200)
        ledger.expect(.nothing, of: Storm.lost.name, answer.requestID)
    }

    private static let lost = Call.putObject(Call.buckets[0], key: "lost", [UInt8](repeating: 1, count: 9000))

    /// A neighbour that may not fail does, and takes the whole commit with it: the call fails, and is recorded so.
    private func loseBatch() async throws {
        struct Broken: Error {}
        seen.faults += 1
        try await makeBucket()
        let before = try house.rows()
        let answer = try await send(Storm.lost, beside: { _ in throw Broken() })
        if answer.isSuccess {
            // The journal's own write came between: they were two commits.
            model.apply(Storm.lost, answer, at: foundations.clock.now())
        } else if try house.rows() != before {
            complain("something of a lost commit is there")
        }
        ledger.expect(answer.isSuccess ? .success : .failure, of: Storm.lost.name, answer.requestID)
        seen.lost += answer.isSuccess ? 0 : 1
        try await checkState("a lost commit")
    }

    /// Sends a call of root's, with `body` in the same commit after it.
    private func send(_ call: Call, beside body: @escaping @Sendable (inout Transaction) throws -> Void) async throws
        -> Answer
    {
        let (hold, house, request) = (Hold(house.store), house, request(call, .root))
        let isOver = Lock(false)
        let sending = Task {
            defer { isOver.withLock { $0 = true } }
            return try await house.send(request)
        }
        await hold.whenWaiting(1) { isOver.withLock { $0 } }
        house.store.submit(.written, body)
        hold.open()
        return try await sending.value
    }

    private func makeBucket() async throws {
        guard model.buckets[Call.buckets[0]] == nil else { return }
        let call = Call.createBucket(Call.buckets[0])
        let answer = try await house.send(request(call, .root))
        #expect(answer.status == 200)
        model.apply(call, answer, at: foundations.clock.now())
        ledger.expect(.success, of: call.name, answer.requestID)
    }
}
