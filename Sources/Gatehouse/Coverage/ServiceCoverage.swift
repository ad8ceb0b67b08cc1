import AWS
import Door
import Smithy
import Storage

/// What one service does of what AWS's does.
struct ServiceCoverage {
    let model: ServiceModel
    let operations: [OperationCoverage]
    /// Known to the model and answered with an error of the service.
    let missing: [String]

    init(_ model: ServiceModel, _ honoured: [AnyOperation], _ facts: RequestFacts, _ snapshot: borrowing Snapshot) {
        self.model = model
        var covered: [OperationCoverage] = []
        for operation in honoured.sorted(by: { $0.model.name < $1.model.name }) {
            covered.append(OperationCoverage(operation, facts, snapshot))
        }
        operations = covered
        let names = Set(honoured.map(\.model.name))
        missing = model.operations.map(\.name).filter { !names.contains($0) }
    }

    /// The policies of resources that this service stores and asks.
    var resourcePolicies: [String] {
        let kinds = [
            "PutBucketPolicy": "bucket policies", "CreateRole": "role trust policies",
            "PutResourcePolicy": "policies of secrets",
        ]
        return operations.compactMap { kinds[$0.name] }
    }
}

/// What one operation asks of the policies, found by asking it.
struct OperationCoverage {
    let name: String
    let refusedMembers: [String]
    /// Actions with a resource each, in the order they are asked.
    let asks: [String]
    /// Asked only where optional members are given.
    let sometimes: [String]
    /// Asked, but only to choose between two refusals.
    let hints: [String]
    /// How the questions differ from what AWS publishes of their actions.
    let faults: [String]
    /// Why no policy is asked; nil where one is.
    let ungated: String?

    init(_ operation: AnyOperation, _ facts: RequestFacts, _ snapshot: borrowing Snapshot) {
        (name, refusedMembers) = (operation.model.name, operation.refusedMembers)
        let least = try? operation.rehearsed(facts, in: snapshot, isFull: false)
        let full = try? operation.rehearsed(facts, in: snapshot, isFull: true)
        let always = least ?? full
        asks = always.map(\.asked) ?? []
        let known = Set(always.map(\.actions) ?? [])
        sometimes = zip(full?.actions ?? [], full?.asked ?? []).filter { !known.contains($0.0) }.map(\.1)
        hints = always.map(\.hinted) ?? []
        faults = Set([least, full].flatMap { $0?.faults ?? [] }).sorted()
        if case .signedIn(let reason)? = always { ungated = reason.description } else { ungated = nil }
    }
}

extension Access {
    fileprivate var actions: [String] { questions.map(\.action.description) }
    fileprivate var faults: [String] {
        var asks = questions
        asks += extra
        return asks.flatMap(ReferenceCheck.faults)
    }
    fileprivate var asked: [String] { questions.map(\.words) }

    fileprivate var hinted: [String] { extra.map(\.words) }

    /// What refuses nothing.
    private var extra: [Ask] {
        switch self {
        case .hinted(_, let hint): [hint]
        case .noted(_, let hints): hints
        case .ask, .each, .signedIn: []
        }
    }

    private var questions: [Ask] {
        switch self {
        case .ask(let asks), .each(let asks), .hinted(let asks, _): asks
        case .noted(let ask, _): [ask]
        case .signedIn: []
        }
    }
}

extension Ask {
    /// `iam:CreateUser` on `arn:aws:iam::111122223333:user/sample`
    fileprivate var words: String { "`\(action)` on `\(resource)`" }
}
